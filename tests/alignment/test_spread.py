"""What several answers leave open, held against scipy and against simulation."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from opinionscope.alignment import spread_of_answers, spread_of_people
from opinionscope.alignment.spread import student_interval

HUMAN = (0.5, 0.3, 0.2)


def _compare(model: tuple[float, ...]) -> tuple[float, float]:
    tv = 0.5 * sum(abs(p - q) for p, q in zip(HUMAN, model, strict=True))
    return tv * 2, tv


@given(st.lists(st.floats(0, 5), min_size=2, max_size=45))
def test_the_interval_of_a_mean_is_students(values: list[float]) -> None:
    interval = student_interval(values)
    assert interval.mean == pytest.approx(sum(values) / len(values))
    assert interval.deviation is not None
    if interval.deviation < 1e-9:
        assert interval.low == pytest.approx(interval.high)
        return
    error = interval.deviation / math.sqrt(len(values))
    low, high = stats.t.interval(0.95, len(values) - 1, interval.mean, error)
    assert interval.high == pytest.approx(high, rel=0.05)
    assert interval.low == pytest.approx(max(0, low), rel=0.05, abs=0.05 * (high - low))


def test_answers_have_their_range_and_their_errors() -> None:
    spread = spread_of_answers([(0.2, 0.8, 0.0), (0.4, 0.6, 0.0), (0.6, 0.4, 0.0)], _compare)
    assert (spread.lowest, spread.highest) == ((0.2, 0.4, 0.0), (0.6, 0.8, 0.0))
    assert spread.errors == pytest.approx((0.2 / math.sqrt(3), 0.2 / math.sqrt(3), 0))
    assert spread.kl is not None
    assert spread.tv is not None
    assert spread.tv.mean == pytest.approx((0.5 + 0.3 + 0.2) / 3)
    assert spread.kl.mean == pytest.approx(2 * spread.tv.mean)
    assert spread_of_answers([(0.5, 0.5), (0.4, 0.6)]).kl is None


def test_people_have_the_errors_of_a_multinomial() -> None:
    spread = spread_of_people([50, 30, 20])
    assert spread.errors == pytest.approx((0.05, math.sqrt(0.21) / 10, 0.04))
    assert (spread.answers, spread.of_people, spread.lowest, spread.tv) == (100, True, (), None)


def test_the_interval_of_people_holds_what_resampling_gives() -> None:
    """Against a simulation that draws the people afresh, as often again."""
    counts = (40, 15, 5)
    spread = spread_of_people(counts, _compare)
    assert spread.tv is not None
    rng = random.Random(7)
    drawn = []
    for _ in range(4000):
        sample = rng.choices(range(3), weights=counts, k=60)
        drawn.append(_compare(tuple(sample.count(at) / 60 for at in range(3)))[1])
    low, high = (sorted(drawn)[round(share * 3999)] for share in (0.025, 0.975))
    width = high - low
    assert spread.tv.low == pytest.approx(low, abs=0.15 * width)
    assert spread.tv.high == pytest.approx(high, abs=0.15 * width)
    assert spread.tv.low <= spread.tv.mean <= spread.tv.high
    assert spread_of_people(counts, _compare) == spread
