"""The columns of the list of runs fit the terminal."""

import pytest

from opinionscope.charts.lines import shorten
from opinionscope.tui.run_columns import columns_for


@pytest.mark.parametrize("width", [44, 56, 70, 71, 76, 99, 100, 150, 200])
def test_a_run_is_one_line_at_every_width(width):
    columns = columns_for(width, "nats")
    assert sum(column.width for column in columns) + len(columns) - 1 <= width
    assert all(column.width >= 6 for column in columns if column.is_number)


def test_what_was_cut_before_has_one_mark_of_the_cut():
    assert shorten("pers…·verb…·gpt-4", 12) == "pers…·verb…"
    assert shorten("a b c", 3) == "a…"
