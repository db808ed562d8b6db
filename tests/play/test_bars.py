"""Bars that always sum to 100, whatever is done to them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opinionscope.play.bars import equal, with_percent

CHANGES = st.lists(st.tuples(st.booleans(), st.integers(0, 20), st.integers(-250, 250)), max_size=30)


@given(st.integers(1, 20), CHANGES)
def test_whatever_is_changed_the_sum_is_100_and_nobody_has_less_than_nothing(options, changes):
    bars = equal(options)
    for is_by, at, number in changes:
        at %= options
        wanted = bars[at] + number if is_by else number
        bars = with_percent(bars, at, wanted)
        assert len(bars) == options
        assert sum(bars) == 100
        assert min(bars) >= 0
        if options > 1:
            assert bars[at] == min(max(wanted, 0), 100)


@pytest.mark.parametrize(
    ("bars", "at", "wanted", "after"),
    [
        ((25, 25, 25, 25), 0, 40, (40, 20, 20, 20)),
        ((50, 30, 20), 2, 60, (25, 15, 60)),
        ((34, 33, 33), 0, 35, (35, 33, 32)),
        ((100, 0, 0), 0, 95, (95, 3, 2)),
        ((0, 60, 40), 1, 0, (0, 0, 100)),
        ((100,), 0, 20, (100,)),
    ],
)
def test_the_others_give_way_in_proportion(bars, at, wanted, after):
    assert with_percent(bars, at, wanted) == after


def test_a_start_is_as_equal_as_whole_percents_can_be():
    assert equal(3) == (34, 33, 33)
