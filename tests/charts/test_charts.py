import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from opinionscope.charts.bars import BLOCKS, HALF_BLOCKS, bar, difference, percent
from opinionscope.charts.chart import UNDER, ChartData, draw, draw_human
from opinionscope.charts.lines import narrowed, plain, shorten, shorten_apart
from opinionscope.values import replace

HUMAN = (0.14, 0.56, 0.299, 0.001)
MODEL = (0.25, 0.5, 0.05, 0.2)
LABELS = ("Top priority", "Some priority", "No priority", "Refused")
DATA = ChartData(LABELS, HUMAN, MODEL, "gpt-4")


@given(st.floats(0, 1), st.integers(1, 200), st.sampled_from([BLOCKS, HALF_BLOCKS]))
def test_a_bar_is_as_long_as_its_share_to_the_fineness_of_its_glyphs(share, width, glyphs):
    drawn = bar(share, width, glyphs)
    steps = len(glyphs) - 1
    length = sum(glyphs.index(glyph) / steps for glyph in drawn)
    assert cell_len(drawn) <= width
    if share * width * steps >= 1:
        assert abs(length - share * width) <= 0.5 / steps + 1e-9
    elif share > 0:
        assert length == 1 / steps
    else:
        assert drawn == ""


@pytest.mark.parametrize("width", [40, 60, 79, 80, 100, 200])
def test_every_line_fits_and_all_axes_are_of_one_length(width):
    lines = draw(DATA, width)
    assert all(cell_len("".join(piece.text for piece in line)) <= width for line in lines)
    axes = {
        cell_len(a.text) + cell_len(b.text)
        for line in lines
        for a, b in pairwise(line)
        if a.role.endswith("-bar") and b.role == "track"
    }
    assert len(axes) == 1


def test_side_by_side_is_one_row_an_option_and_interleaved_two():
    assert len(draw(DATA, 120)) == len(LABELS) + 2
    assert len(draw(DATA, 60)) == 2 * len(LABELS) + 2


@pytest.mark.parametrize("width", [60, 120])
def test_values_and_differences_are_printed(width):
    text = plain(draw(DATA, width))
    for part in ("14 %", "56 %", "<1 %", "25 %", "+11", "−6", "−25", "+20", "humans", "gpt-4", "100 %"):
        assert part in text


def test_without_colour_interleaved_bars_differ_in_glyph():
    for rows in UNDER:
        heading, *lines = draw(DATA, 60, len(LABELS) * sum(rows))
        model = plain([[piece for piece in line if piece.role == "model-bar"] for line in lines])
        human = plain([[piece for piece in line if piece.role == "human-bar"] for line in lines])
        assert "■ humans   ▀ gpt-4" in plain([heading])
        assert "█" in human
        assert "▀" in model
        assert "▀" not in human


def test_the_longest_bar_means_one_hundred_percent_and_not_the_largest_share():
    full = plain(draw(ChartData(("a", "b"), (1.0, 0.0), (0.5, 0.5)), 60)).splitlines()
    half = plain(draw(ChartData(("a", "b"), (0.5, 0.5), (0.5, 0.5)), 60)).splitlines()
    assert full[1].count("█") == pytest.approx(2 * half[1].count("█"), abs=1)


def test_a_side_that_is_not_there_is_left_empty():
    text = plain(draw(ChartData(LABELS, HUMAN, None), 100))
    assert "14 %" in text
    assert "25 %" not in text
    assert "=" not in text


@given(st.lists(st.text(min_size=1, max_size=500), min_size=2, max_size=9, unique=True), st.integers(40, 160))
def test_no_label_breaks_the_layout(labels, width):
    labels = tuple(label.replace("\n", " ").replace("\r", " ") for label in labels)
    share = (1 / len(labels),) * len(labels)
    lines = draw(ChartData(labels, share, share), width)
    widths = {cell_len("".join(piece.text for piece in line[:1])) for line in lines[:-1]}
    assert len(widths) == 1


def test_wide_characters_are_cut_by_cells():
    assert cell_len(shorten("日本語日本語", 7)) <= 7
    assert shorten("日本語日本語", 7).endswith("…")


def test_shares_as_people_write_them():
    shares = (0, 1e-12, 0.0049, 0.005, 0.0051, 0.126, 0.994, 0.995, 0.996, 0.9999999, 1 - 1e-12, 1)
    texts = ("0 %", "<1 %", "<1 %", "<1 %", "1 %", "13 %", "99 %", ">99 %", ">99 %", ">99 %", "100 %", "100 %")
    assert tuple(map(percent, shares)) == texts
    assert max(cell_len(percent(share)) for share in shares) == 5


def test_a_difference_agrees_with_the_percents_beside_it():
    assert difference(0.144, 0.256).text.strip() == "+12"
    assert difference(0.5, 0.5).text.strip() == "="
    assert difference(0.5, 0.4).role == "below"


def test_labels_that_begin_alike_stay_apart():
    labels = ("Always with people who are of my race", "Always with people who are of other races")
    lines = plain(draw(ChartData(labels, (0.5, 0.5), (0.5, 0.5)), 100)).splitlines()
    assert lines[1].partition("█")[0] != lines[2].partition("█")[0]
    assert "my race" in lines[1]
    assert "other races" in lines[2]


def test_what_has_not_arrived_yet_is_blank_and_not_0_percent():
    text = plain(draw(ChartData(("a", "b"), (0.5, 0.5), (0.3, 0.0), partial=True), 100))
    assert "30 %" in text
    assert "0 %" not in text.replace("30 %", "").replace("50 %", "").replace("100 %", "")


@pytest.mark.parametrize(("width", "glyphs"), [(60, HALF_BLOCKS), (120, BLOCKS)])
def test_a_share_that_was_not_measured_is_a_bound_and_no_bar(width, glyphs):
    bounds = (None, None, 0.003, 0.151)
    lines = draw(ChartData(LABELS, HUMAN, (0.6, 0.4, 0.0, 0.0), "gpt-4", bounds=bounds), width)
    rows = plain(lines).splitlines()
    unmeasured = [row for row in rows if "·" in row]
    assert len(unmeasured) == 2
    assert "<1 %" in unmeasured[0]
    assert "<16 %" in unmeasured[1]
    assert unmeasured[0].count("·") == 1
    assert unmeasured[1].count("·") > 3
    bars = [piece for line in lines for piece in line if piece.role == "model-bar"]
    assert len(bars) == 2
    assert all(cell_len("".join(piece.text for piece in line)) <= width for line in lines)
    measured = draw(ChartData(LABELS, HUMAN, (0.6, 0.4, 0.0, 0.0), "gpt-4"), width)
    assert [cell_len(plain([line])) for line in lines[1:-1]] == [cell_len(plain([line])) for line in measured[1:-1]]


UNSCORED = replace(DATA, model=None, unscored=(0.6, 1.58, 0.0, None)[: len(LABELS)], remark="not scored: sums to 158")


@pytest.mark.parametrize("width", [40, 78, 79, 120])
def test_what_is_not_scored_is_shown_muted_marked_and_without_a_difference(width):
    lines = draw(UNSCORED, width)
    text = plain(lines)
    assert text.splitlines()[-1] == "not scored: sums to 158"
    assert "░" in text
    assert "60 %" in text
    assert "158 %" in text
    assert all(cell_len(line) <= width for line in text.splitlines())
    shaded = [piece for line in lines for piece in line if "░" in piece.text]
    assert shaded
    assert {piece.role for piece in shaded} == {"muted"}
    assert not {piece.role for line in lines for piece in line} & {"above", "below", "model-bar"}


@pytest.mark.parametrize("width", range(30, 201))
def test_no_bar_touches_its_figure_or_the_edge(width):
    full = ChartData(("Yes, all of it", "No"), (1.0, 0.999), (1.0, 1.0), "gpt-4", bounds=(None, 1.0))
    lines = [*draw(full, width), *draw_human(full.labels, (1.0, 0.999), width)]
    rows = plain(lines).splitlines()
    assert any("100 %" in row for row in rows[1:3])
    for row in rows:
        assert not re.search(r"[█▀▌▍▎▏▋▊▉▘·][0-9<>]", row)


@pytest.mark.parametrize("width", [60, 100])
def test_those_who_do_not_know_the_group_are_a_mark_on_each_human_bar(width: int) -> None:
    data = ChartData(("Yes", "No"), (0.2, 0.8), (0.5, 0.5), pooled=(0.6, 0.4))
    lines = draw(data, width)
    assert "┃ all groups" in plain(lines[:1])
    bars = [line for line in lines if any(piece.role in ("pooled", "pooled-on-bar") for piece in line)]
    assert [next(piece.role for piece in line if piece.text == "┃") for line in bars] == ["pooled", "pooled-on-bar"]
    without = draw(ChartData(("Yes", "No"), (0.2, 0.8), (0.5, 0.5)), width)
    assert [len(line) for line in plain(lines).splitlines()[1:]] == [len(x) for x in plain(without).splitlines()[1:]]


def test_bars_are_higher_where_there_is_room_and_say_the_same():
    data = ChartData(("Yes", "No"), (0.25, 0.75), (0.5, 0.5), pooled=(0.4, 0.6))
    low, high = draw(data, 120), draw(data, 120, 24)
    assert (len(low), len(high)) == (4, 14)
    assert [line for line in plain(high).splitlines() if "%" in line] == plain(low).splitlines()[1:]
    assert [line.count("█") for line in plain(high).splitlines()[1:6]] == [plain([low[1]]).count("█")] * 5
    assert len(draw(data, 120, 3)) == len(low)
    assert len(draw(data, 70, 24)) == 15


def test_an_interval_stands_on_its_bar_at_its_place_and_is_explained():
    ends = ((0.35, 0.65), (0.35, 0.65))
    data = ChartData(("Yes", "No"), (0.5, 0.5), (0.5, 0.5), human_ends=ends, model_ends=ends)
    for width, height, intervals in ((70, 0, 4), (70, 24, 4), (120, 0, 2), (120, 24, 2)):
        lines = draw(data, width, height)
        assert plain(lines).startswith("├─┤ 95 %")
        rows = [row for row in plain(lines[1:]).splitlines() if "├" in row]
        assert len(rows) == intervals
        scale = plain([lines[-1]])
        for row in rows:
            (low, high), start, end = (row.index("├"), row.index("┤") + 1), scale.index("0"), scale.index("100 %") + 5
            assert abs((low - start) / (end - start) - 0.35) < 0.02
            assert abs((high - start) / (end - start) - 0.65) < 0.02
            assert low < row.index("┼") < high
    wider = replace(data, labels=("Yes, always", "No, never"))
    assert plain(draw(wider, 70)).startswith("├─┼─┤ 95 %")
    assert "├" not in plain(draw(data, 44))
    assert "├" not in plain(draw(replace(data, human_ends=(), model_ends=()), 120))
    narrow = ((0.499, 0.501), (0.499, 0.501))
    assert "├" not in plain(draw(replace(data, human_ends=narrow, model_ends=()), 120))


def test_labels_that_differ_in_the_middle_are_told_apart():
    labels = [f"Programme number {number} of the long list" for number in range(1, 18)]
    cut = shorten_apart(labels, 19)
    assert len(set(cut)) == 17
    assert max(map(cell_len, cut)) <= 19
    assert cut[11] == "…12 of the long li…"
    assert len(shorten_apart(["same label"] * 2, 6)) == 2


def test_columns_are_cut_no_further_than_they_keep() -> None:
    assert narrowed([22, 10, 16], 42, [1, 2], [0]) == [22, 8, 8]
    assert narrowed([22, 10, 16], 42, [1, 2], [0], least=10) == [18, 10, 10]
