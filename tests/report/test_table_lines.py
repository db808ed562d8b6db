"""Tables drawn for a width: what gives way, what is told once, and intervals on one axis."""

from opinionscope.charts.lines import plain
from opinionscope.report.table_lines import draw_table, in_order
from opinionscope.report.tables import aligned
from opinionscope.tables import Column, Report
from opinionscope.values import replace

COLUMNS = (
    Column("model", "MODEL", "x"),
    Column("format", "FORMAT", "x"),
    Column("domain", "DOMAIN", "x"),
    Column("tv", "TV", "x", decimals=3, interval=("low", "high")),
    Column("low", "LOW", "x", decimals=3),
    Column("high", "HIGH", "x", decimals=3),
    Column("kl", "KL", "x", decimals=3),
    Column("items", "ITEMS", "x"),
)


def row(model, tv, low, high, form="verbalized", kl=0.5):
    return {
        "model": model, "format": form, "domain": "all", "tv": tv, "low": low, "high": high, "kl": kl, "items": 9,
    }  # fmt: skip


REPORT = Report(
    COLUMNS,
    (row("b", 0.2, 0.1, 0.3), row("uniform", 0.4, 0.35, 0.45, "baseline", None), row("a", -0.1, -0.2, 0.0)),
    ((), (), ()),
    "A sentence.",
)


def test_what_is_the_same_everywhere_is_told_once():
    drawn = draw_table(REPORT, [0, 1, 2], 100)
    assert drawn.same == (("DOMAIN", "all"),)
    assert "DOMAIN" not in plain([drawn.header])
    assert drawn.hidden == ()


def test_intervals_stand_on_one_axis_with_reference_and_baselines_marked():
    columns = [replace(column, reference=0) if column.name == "tv" else column for column in COLUMNS]
    drawn = draw_table(replace(REPORT, columns=tuple(columns)), [0, 1, 2], 100)
    first, second, third = plain(drawn.rows).splitlines()
    assert first.index("●") < second.index("○")
    assert third.index("●") < first.index("●")
    assert first.index("│") == second.index("│") == third.index("┼")
    assert "───" in first


def test_values_stand_under_each_other_whatever_their_intervals():
    rows = (*REPORT.rows, row("few", 0.3, None, None))
    lines = plain(draw_table(replace(REPORT, rows=rows, behind=((),) * 4), range(4), 100).rows).splitlines()
    ends = {
        line.index(value) + len(value) for line, value in zip(lines, (".200", ".400", "−.100", ".300"), strict=True)
    }
    assert len(ends) == 1


def test_columns_give_way_from_the_right_but_for_the_first_number():
    widths = [100, 60, 44, 38, 20]
    drawn = [draw_table(REPORT, [0, 1, 2], width) for width in widths]
    for each, width in zip(drawn, widths, strict=True):
        lines = plain([each.header, *each.rows]).splitlines()
        assert max(map(len, lines)) <= max(width, 40)
        assert ".200 [.100, .300]" in lines[1]
    assert drawn[-1].hidden == ("KL", "ITEMS")


def test_what_a_table_is_about_stays_though_other_numbers_stand_before_it():
    columns = (COLUMNS[0], Column("kl", "KL", "x", decimals=3), *COLUMNS[3:6], COLUMNS[-1])
    drawn = draw_table(replace(REPORT, columns=columns), [0, 1, 2], 30)
    assert ".200 [.100, .300]" in plain([drawn.rows[0]])
    assert drawn.hidden == ("KL", "ITEMS")


def test_rows_are_sorted_with_those_that_lack_a_value_last():
    assert in_order(REPORT, "tv") == [2, 0, 1]
    assert in_order(REPORT, "tv", descending=True) == [1, 0, 2]
    assert in_order(REPORT, "kl", descending=True)[-1] == 1


def test_names_give_way_before_a_figure_is_cut():
    long_named = replace(REPORT, rows=tuple(row | {"model": row["model"] * 30} for row in REPORT.rows))
    drawn = draw_table(long_named, [0, 1, 2], 44)
    _, first, *_ = lines = plain([drawn.header, *drawn.rows]).splitlines()
    assert ".200 [.100, .300]" in first
    assert "bbb…" in first
    assert max(map(len, lines)) <= 44


def test_aligned_names_are_cut_alike_and_numbers_without_room_follow_in_a_block_of_their_own():
    rows = [["a", "b", "a − b", "interval"], ["recorded/one-model", "recorded/other-model", "+0.123", "−0.1 to +0.2"]]
    (heading, line), *others = aligned(rows, 50, names=2)
    assert (len(heading), len(line), others) == (50, 50, [])
    assert line.split() == ["recorded/one…", "recorded/oth…", "+0.123", "−0.1", "to", "+0.2"]
    blocks = aligned([["measure", *"ABCDEFGH"], ["TV", *(f"0.{at}00" for at in range(8))]], 30)
    assert [heading.split() for heading, _ in blocks] == [["measure", *"ABC"], ["measure", *"DEF"], ["measure", *"GH"]]
    assert blocks[2][1].split() == ["TV", "0.600", "0.700"]
