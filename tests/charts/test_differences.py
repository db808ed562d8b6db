"""The view of differences: each mark stands where the share minus the people's says, at any size."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from opinionscope.charts.chart import ChartData
from opinionscope.charts.differences import draw_differences
from opinionscope.charts.lines import plain
from opinionscope.plain import in_ascii
from opinionscope.values import replace

HUMAN, MODEL = (0.10, 0.50, 0.40), (0.30, 0.30, 0.40)
DATA = ChartData(("Yes", "Perhaps", "No"), HUMAN, MODEL, "gpt-4")
HALF = 20


def axis_of(line: str, half: int = HALF) -> str:
    """The cells of the axis in a line: those between the figures and the difference."""
    start = 8 + 1 + 6 + 6 + 1
    return line.ljust(200)[start : start + 2 * half + 1]


def rows(data: ChartData, height: int = 0) -> list[str]:
    width = 8 + 1 + 12 + 1 + 2 * HALF + 1 + 1 + 5 + 1
    return plain(draw_differences(data, width, height)).splitlines()


def test_bars_go_to_the_side_that_has_more_and_are_as_long_as_the_difference():
    head, yes, perhaps, no, scale = rows(DATA)
    assert ("humans more" in head, "model more" in head) == (True, True)
    assert axis_of(yes) == " " * HALF + "│" + "█" * HALF  # +20 points on an axis to 20
    assert axis_of(perhaps) == "█" * HALF + "│" + " " * HALF
    assert axis_of(no).strip() == "│"
    assert [line.split()[-1] for line in (yes, perhaps, no)] == ["+20", "−20", "="]
    assert [line.split()[1:5] for line in (yes, perhaps)] == [["10", "%", "30", "%"], ["50", "%", "30", "%"]]
    assert scale.split() == ["−20", "0", "+20"]


def test_intervals_and_the_mark_of_all_groups_stand_at_their_places():
    ends = ((0.05, 0.20), (0.45, 0.55), None)
    data = replace(DATA, human_ends=ends, model_ends=((0.25, 0.30), None, None), pooled=(0.20, 0.30, 0.40))
    marks, _, yes, perhaps, no, _ = rows(data)
    assert marks.split("   ") == ["├─┼─┤ humans' 95 %", "[ ] the model's 95 %", "┃ all groups"]
    at = axis_of(yes)
    assert (at.index("├"), at.index("┼")) == (HALF - 5, HALF)
    assert at[HALF + 10] == "┃"  # in place of the upper end of the interval, which is at the same place
    assert (at.index("["), at.index("]")) == (HALF + 15, HALF + 20)
    assert (axis_of(perhaps).index("├"), axis_of(perhaps).index("┤")) == (HALF - 5, HALF + 5)
    assert axis_of(no).strip() == "┃"


def test_a_share_that_was_not_measured_or_has_not_come_has_no_bar():
    bound = replace(DATA, model=(0.6, 0.4, 0.0), bounds=(None, None, 0.3))
    *_, no, _ = rows(bound)
    assert "<30 %" in no
    assert set(axis_of(no)) == {" ", "·", "│"}
    coming = replace(DATA, model=(0.3, 0.0, 0.0), partial=True)
    *_, perhaps, no, _ = rows(coming)
    assert axis_of(perhaps).strip() == axis_of(no).strip() == "│"
    assert perhaps.split()[-1] != "−50"


def test_without_both_sides_there_are_no_differences():
    assert DATA.has_differences
    assert not replace(DATA, model=None).has_differences
    assert not replace(DATA, human=None).has_differences
    assert not replace(DATA, unscored=(0.1, 0.2, 0.3)).has_differences


@pytest.mark.parametrize("height", [0, 9, 20])
@given(
    st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=2, max_size=12),
    st.integers(60, 200),
)
def test_every_line_fits_and_bars_are_of_one_length_whatever_the_size(height, shares, width):
    labels = tuple(f"Option {at}" for at in range(len(shares)))
    human, model = zip(*shares, strict=True)
    lines = draw_differences(ChartData(labels, human, model, human_ends=((0.0, 1.0),) * len(labels)), width, height)
    drawn = plain(lines).splitlines()
    assert max(map(cell_len, drawn)) <= width
    assert len({sum(cell_len(piece.text) for piece in line) for line in lines[1:-1] if line}) == 1
    assert "?" not in in_ascii("\n".join(drawn))
