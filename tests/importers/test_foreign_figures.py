"""Figures as spreadsheets write them: decimal commas, thousands, percent signs, cells without any."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opinionscope.importers.figures import Notation, notation_of

PEOPLE = 60


@pytest.mark.parametrize(
    ("figures", "women"),
    [
        (["1.234.567", "2.345", "1.000", "2"], [1234567, 2345]),
        (["1.234,5", "2.345", "1.000", "2"], [1234.5, 2345]),
        (["1'234", "2’345", "1", "2"], [1234, 2345]),
        (["1 234", "2\u00a0345", "1\u202f000", "2"], [1234, 2345]),
        (["0,5", "1,5", "2", "3"], [0.5, 1.5]),
        (["12 (34%)", "23 (66 %)", "1 (50%)", "1 (50%)"], [12, 23]),
        (["34% (12)", "66% (23)", "50% (1)", "50% (1)"], [12, 23]),
        (["12 [34]", "23 [66]", "1 [50]", "1 [50]"], [12, 23]),
    ],
)
def test_counts_are_read_as_they_are_written(figures: list[str], women: list[float], field: Any) -> None:
    gathered = field.gather(field.counts(*figures))
    assert field.human(gathered) == women
    assert len(gathered.decisions) > 2, "how the figures were read is said"


@pytest.mark.parametrize(
    ("figures", "separator"),
    [
        (["1.234", "2.345", "1.000", "2.000"], ";"),
        (["1,234", "2,345", "1,000", "2,000"], ";"),
        (["1.234", "2.345", "1.000", "2.000"], "\t"),
        (["1.234", "987", "45", "1.200"], ";"),
        (["1.234", "987", "45", "1.200"], ","),
    ],
)
def test_a_thousand_or_a_decimal_is_not_guessed(figures: list[str], separator: str, field: Any) -> None:
    message = field.refused(field.counts(*figures, separator=separator))
    assert "ambiguous" in message
    assert "--decimal" in message
    assert field.human(field.gather(field.counts("1.234", "2.345", separator=separator), decimal=",")) == [1234, 2345]
    assert field.human(field.gather(field.counts("1.234", "2.345", separator=separator), decimal=".")) == [1.234, 2.345]


def test_a_comma_in_quotes_parts_thousands_where_commas_part_cells(field: Any) -> None:
    gathered = field.gather(field.counts("1,234", "987", "5", "6", separator=","))
    assert field.human(gathered) == [1234, 987]
    assert "the comma was read as parting thousands" in field.told(gathered)
    assert field.human(field.gather(field.counts("12.345", "23.456", "987.123", "0", separator=","))) == [
        12.345,
        23.456,
    ]


@pytest.mark.parametrize("blank", ["", " ", "\u00a0", "\u202f"])
def test_percents_with_a_decimal_comma(blank: str, field: Any) -> None:
    content = field.counts(f"62,5{blank}%", f"37,5{blank}%", f"33,333{blank}%", f"66,667{blank}%", measure="percent")
    assert field.human(field.gather(content)) == [62.5, 37.5]
    assert field.human(field.gather(content), "Men") == [33.333, 66.667]


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("<5", "suppressed"),
        ("*", "suppressed"),
        ("n/a", "found nothing"),
        ("-", "found nothing"),
        (".", "found nothing"),
        ("-3", "0 or more"),
        ("12ab", "expected a number"),
        ("1.23.4", "expected a number"),
    ],
)
def test_a_cell_without_a_figure_costs_its_group(cell: str, reason: str, field: Any) -> None:
    gathered = field.gather(field.counts(cell, "23", "5", "6"))
    entry = field.entries(gathered)["Like buses?"]
    assert (list(entry["human"]), field.labels(entry)) == (["Men"], ["Yes", "No"])
    assert any(reason in each.reason for each in gathered.set_aside)


@pytest.mark.parametrize("total", ["Total", "TOTAL", "N=", "N = 60", "Base", "Base (n)", "Unweighted base", "Gesamt"])
def test_rows_of_totals_are_no_option(total: str, field: Any) -> None:
    rows = [["Like buses?", "Yes", "40", "20"], ["Like buses?", "No", "60", "80"], ["Like buses?", total, "60", "60"]]
    gathered = field.gather(field.csv(["question", "option", "Women", "Men"], rows))
    assert field.labels(field.entries(gathered)["Like buses?"]) == ["Yes", "No"]


@pytest.mark.parametrize(
    ("cells", "decimal"),
    [(["1,5"], ","), (["1.5"], "."), (["1.234,5"], ","), (["1,234.5"], "."), (["1.234.567"], ","), (["12", "3"], ".")],
)
def test_a_notation_is_told_by_figures_that_allow_one_only(cells: list[str], decimal: str) -> None:
    assert notation_of(cells) == Notation(decimal, told=any(not cell.isdecimal() for cell in cells))


@pytest.mark.parametrize("text", ["1,2,3", "1.2.3", "12,34.5", "1_000", "", "a", "inf", "1,23,456"])
def test_what_is_no_number_is_none(text: str) -> None:
    assert Notation(".").number(text) is None


@given(st.floats(0, 1e12, allow_nan=False), st.sampled_from([(",", "."), (".", ","), (" ", ","), ("'", ".")]))
def test_numbers_are_read_back_in_every_notation(number: float, marks: tuple[str, str]) -> None:
    thousands, decimal = marks
    written = f"{number:,.2f}".translate(str.maketrans({",": thousands, ".": decimal}))
    assert Notation(decimal).number(written) == pytest.approx(round(number, 2))


def test_cells_that_were_merged_are_filled_from_above(field: Any) -> None:
    rows = ["Like buses?,Yes,Women,30", ",No,,20", ",Yes,Men,3", ",No,,2"]
    gathered = field.gather("\n".join(["question,option,group,count", *rows]))
    assert (field.human(gathered), field.human(gathered, "Men")) == ([30, 20], [3, 2])
    assert "An empty cell was read as the question above it" in field.told(gathered)


def test_two_merged_questions_of_a_wide_table(field: Any) -> None:
    rows = ["Like buses?,Yes,30,3", ",No,20,2", "Like trams?,Yes,1,2", ",No,3,4"]
    gathered = field.gather("\n".join(["question,option,Women,Men", *rows]))
    assert (field.human(gathered), list(field.entries(gathered))) == ([30, 20], ["Like buses?", "Like trams?"])


def test_totals_sizes_and_thousands_of_a_wide_table(field: Any) -> None:
    rows = [
        ["Like buses?", "Women", "62,5", "37,5", "100,0", "1.234"],
        ["Like buses?", "Men", "50", "50", "100", "987"],
    ]
    gathered = field.gather(field.csv(["question", "group", "Yes", "No", "Total", "N"], rows, ";"))
    assert field.entries(gathered)["Like buses?"]["human"]["Women"] == {"shares": [62.5, 37.5], "n": 1234}


def test_figures_in_two_notations_are_refused_and_a_single_stray_one_costs_its_group(field: Any) -> None:
    assert "written in two ways" in field.refused(field.counts("1.5", "2.5", "1,5", "2,5"))
    rows = [f"Question {at}?;{option};Men;{at}.5" for at in range(12) for option in ("Yes", "No")]
    stray = field.gather("\n".join(["question;option;group;count", *rows, "Stray?;Yes;Men;1,5", "Stray?;No;Men;2.5"]))
    assert len(field.entries(stray)) == 12
    assert any("found 1,5" in each.reason for each in stray.set_aside)


@pytest.mark.parametrize(("n", "separator"), [("1,024", ","), ("1.024", ";"), ("1 024", ";")])
def test_numbers_of_people_are_whole(n: str, separator: str, field: Any) -> None:
    cells = [["Like buses?", option, "Women", share] for option, share in (("Yes", "60"), ("No", "40"))]
    header = ["question", "option", "group", "percent"]
    beside = field.csv([*header, "n"], [[*row, n] for row in cells], separator)
    below = field.csv(header, [*cells, ["Like buses?", "N", "Women", n]], separator)
    named = field.csv(header, [[row[0], row[1], f"Women (n={n})", row[3]] for row in cells], separator)
    for content in (beside, below, named):
        entry = field.entries(field.gather(content))["Like buses?"]
        assert entry["human"] == {"Women": {"shares": [60, 40], "n": 1024}}


def test_the_head_of_a_column_names_the_group_and_its_size(field: Any) -> None:
    rows = [["Like buses?", "Yes", 60, 50], ["Like buses?", "No", 40, 50]]
    entry = field.entries(field.gather(field.csv(["question", "option", "Women (n=50)", "Men, N = 60"], rows)))
    assert {name: each["n"] for name, each in entry["Like buses?"]["human"].items()} == {"Women": 50, "Men": 60}


@pytest.mark.parametrize("label", ["Base: all adults", "Base (all)", "NET: like", "NET Like", "Like (net)", "Subtotal"])
def test_rows_of_bases_and_nets_are_no_answers(label: str, field: Any) -> None:
    content = field.counts("30", "20", separator=",") + f"Like buses?,{label},Women,50\r\n"
    assert field.human(field.gather(content)) == [30, 20]


@pytest.mark.parametrize("label", ["Mean", "Median", "Std. dev.", "Standard deviation"])
def test_statistics_below_the_figures_are_no_answers(label: str, field: Any) -> None:
    content = field.counts("60", "40", separator=",", measure="percent") + f"Like buses?,{label},Women,1.4\r\n"
    assert field.human(field.gather(content)) == [60, 40]


def test_an_option_called_mean_is_not_taken_for_a_statistic(field: Any) -> None:
    cells = {"Kind": 50, "Mean": 30, "Neither": 20}
    wide = field.csv(["question", "group", *cells], [["What are they like?", "Women", *cells.values()]])
    assert '"Mean" may be an option or a statistic' in field.refused(wide)
    for measure, why in (("count", '"Mean" may be an option or a statistic'), ("percent", "they sum to 70")):
        rows = [["What are they like?", option, "Women", number] for option, number in cells.items()]
        assert why in field.refused(field.csv(["question", "option", "group", measure], rows))


def test_groups_and_options_that_differ_in_case_only_are_the_same(field: Any) -> None:
    cells = [("Yes", "Women", 30), ("No", "women", 20), ("yes", "Men", 25), ("no ", "MEN", 35)]
    header = ["question", "option", "group", "count"]
    gathered = field.gather(field.csv(header, [["Like buses?", *row] for row in cells]))
    assert field.entries(gathered)["Like buses?"]["human"] == {"Women": [30, 20], "Men": [25, 35]}
    assert '"women" as "Women"' in field.told(gathered)
    twice = field.csv(header, [["Like buses?", *row] for row in [*cells, ("YES", "Women", 31)]])
    assert "is given with 31 here and 30 before" in field.refused(twice)


@pytest.mark.parametrize("nothing", ["", "-", "–", "*", "n/a"])
def test_a_figure_that_is_not_given_is_0_where_the_others_are_the_whole(nothing: str, field: Any) -> None:
    header = ["question", "option", "group", "percent"]
    rows = [["Like buses?", option, "Women", share] for option, share in (("Yes", "98"), ("No", "2"), ("DK", nothing))]
    gathered = field.gather(field.csv(header, rows))
    assert field.human(gathered) == [98, 2, 0]
    assert "line 4" in field.told(gathered)
    rows[1][3] = "0" if nothing == "*" else "1"
    assert "Like buses?, Women" in field.refused(field.csv(header, rows))


def test_tags_in_the_texts_of_questions_in_a_table_of_figures_are_left_out(field: Any) -> None:
    rows = [["<p>Like <b>buses</b>&nbsp;?</p>", option, "Women", share] for option, share in (("Yes", 60), ("No", 40))]
    gathered = field.gather(field.csv(["question", "option", "group", "percent"], rows))
    (text,) = field.entries(gathered)
    assert text.split() == ["Like", "buses", "?"]
