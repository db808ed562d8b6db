"""What several answers leave open, held against scipy and against simulation."""

import math
import random
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from opinionscope.alignment import align, spread_of_answers, spread_of_people
from opinionscope.alignment.resampling import binomial, multinomial
from opinionscope.alignment.spread import comparison, student_interval
from opinionscope.survey import Distribution, Option

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


@pytest.mark.parametrize(
    ("model", "least"), [(HUMAN, 0.9), ((0.45, 0.3, 0.25), 0.9), ((0.35, 0.3, 0.35), 0.85), ((0.1, 0.1, 0.8), 0.85)]
)
def test_the_interval_of_people_mostly_holds_what_countless_people_would_show(
    model: tuple[float, ...], least: float
) -> None:
    """A perfect model above all, of which percentiles of resamples say every time that it is not."""
    rng, held, truth = random.Random(7), 0, _compare(model)[1]
    for _ in range(100):
        people = rng.choices(range(3), weights=model, k=40)
        interval = spread_of_people([people.count(at) for at in range(3)], HUMAN, _compare).tv
        assert interval is not None
        assert interval.low <= interval.mean <= interval.high
        held += interval.low <= truth + 1e-9 and truth - 1e-9 <= interval.high
    assert held >= 100 * least


def test_the_interval_of_people_is_as_wide_as_they_leave_open() -> None:
    """Against a simulation that draws the people afresh, and far from the humans, where no 0 is near."""
    counts = (4, 6, 50)
    spread = spread_of_people(counts, HUMAN, _compare)
    assert spread.tv is not None
    rng = random.Random(7)
    drawn = []
    for _ in range(4000):
        sample = rng.choices(range(3), weights=counts, k=60)
        drawn.append(_compare(tuple(sample.count(at) / 60 for at in range(3)))[1])
    low, high = (sorted(drawn)[round(share * 3999)] for share in (0.025, 0.975))
    assert spread.tv.low == pytest.approx(low, abs=0.15 * (high - low))
    assert spread.tv.high == pytest.approx(high, abs=0.15 * (high - low))
    assert spread_of_people(counts, HUMAN, _compare) == spread


@given(
    st.lists(st.floats(0.01, 1), min_size=4, max_size=4),
    st.lists(st.floats(0.01, 1), min_size=4, max_size=4),
    st.floats(0, 0.5),
    st.booleans(),
)
def test_the_fast_comparison_agrees_with_the_whole_one(
    human: list[float], model: list[float], epsilon: float, drop: bool
) -> None:
    options = (Option("a"), Option("b"), Option("c"), Option("Refused", nonresponse=True))
    people, other = Distribution.from_weights(human), Distribution.from_weights(model)
    whole = align(people, other, options, epsilon=epsilon, drop_nonresponse=drop)
    compare = comparison(people, options, epsilon=epsilon, drop_nonresponse=drop)
    assert compare(other.probabilities) == pytest.approx((whole.kl, whole.tv))


@pytest.mark.parametrize(("n", "p"), [(1, 0.3), (12, 0.5), (12, 0.02), (200, 0.37), (1000, 0.999)])
def test_drawn_numbers_are_binomial(n: int, p: float) -> None:
    rng = random.Random(3)
    drawn = [binomial(rng, n, p) for _ in range(5000)]
    grid = sorted(set(drawn))
    ours = [sum(value <= at for value in drawn) / len(drawn) for at in grid]
    assert max(abs(ours - stats.binom.cdf(grid, n, p))) < 1.63 / math.sqrt(len(drawn))


def test_a_crowd_falls_to_options_by_their_shares() -> None:
    rng = random.Random(4)
    drawn = [multinomial(rng, 40, (0.0, 0.5, 0.3, 0.2)) for _ in range(4000)]
    assert {sum(counts) for counts in drawn} == {40}
    means = [sum(column) / len(drawn) for column in zip(*drawn, strict=True)]
    assert means == pytest.approx([0, 20, 12, 8], abs=0.2)
    spread = [statistics.variance(column) for column in zip(*drawn, strict=True)]
    assert spread == pytest.approx([0, 10, 8.4, 6.4], rel=0.08)
