"""Noise floors, against sums done in full and against sampling."""

import math
import random
from collections import Counter
from collections.abc import Iterator
from statistics import mean, stdev

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opinionscope.alignment.pairs import Pairs
from opinionscope.alignment.uncertainty import (
    LARGEST_EXACT,
    expected_absolute_deviation,
    expected_kl,
    expected_tv,
    likely_truth,
    noise_floor,
)


def _pair(p, n: float, m: float = math.nan) -> Pairs:
    shares = np.array(p)
    return Pairs(shares, shares, np.full(len(p), True), np.full(len(p), np.nan), np.array(float(n)), np.array(m))


def _expected_tv(p, n: float) -> float:
    """Of people whose likely truth is p itself: as many as leave no doubt, and n answers drawn from them."""
    return 0.5 * float(expected_absolute_deviation(np.array(p), np.array(float(n))).sum())


FOUR = (0.14, 0.56, 0.25, 0.05)


def _deviation_in_full(p: float, n: int) -> float:
    return math.fsum(math.comb(n, k) * p**k * (1 - p) ** (n - k) * abs(k / n - p) for k in range(n + 1))


@given(st.floats(0.001, 0.999), st.integers(1, 60))
def test_expected_deviation_is_the_whole_sum(p: float, n: int) -> None:
    assert expected_absolute_deviation(p, n) == pytest.approx(_deviation_in_full(p, n), rel=1e-9)


@pytest.mark.parametrize("p", [0.0, 1.0, 0.5, 5e-324, 1 - 2**-53, 1 / 3])
@pytest.mark.parametrize("n", [1, 2, 19, 1000, 10**9, 10**300])
def test_expected_deviation_is_a_share_for_any_p_and_n(p: float, n: int) -> None:
    assert 0 <= expected_absolute_deviation(p, n) <= 0.5
    if p in (0.0, 1.0):
        assert expected_absolute_deviation(p, n) == 0


def test_expected_deviation_goes_on_smoothly_where_the_formula_changes() -> None:
    below = expected_absolute_deviation(0.3, LARGEST_EXACT)
    beyond = expected_absolute_deviation(0.3, LARGEST_EXACT + 1)
    assert beyond == pytest.approx(below, rel=1e-5)


def _samples(n: int) -> Iterator[tuple[tuple[float, ...], float]]:
    """Shares of n people drawn from `FOUR`, with their total variation from it."""
    draw = random.Random(20_240_611)
    for _ in range(4000):
        counts = Counter(draw.choices(range(4), FOUR, k=n))
        shares = tuple(counts[option] / n for option in range(4))
        yield shares, 0.5 * math.fsum(abs(share - p) for share, p in zip(shares, FOUR, strict=True))


@pytest.mark.parametrize("n", [19, 100])
def test_expected_tv_is_what_sampling_gives(n: int) -> None:
    distances = [distance for _, distance in _samples(n)]
    standard_error = stdev(distances) / math.sqrt(len(distances))
    assert _expected_tv(FOUR, n) == pytest.approx(mean(distances), abs=4 * standard_error)


def test_floor_of_a_sample_is_on_average_nearly_how_far_the_truth_lies_from_it() -> None:
    floors, distances = [], []
    for shares, distance in _samples(19):
        floor = noise_floor(shares, 19)
        assert floor is not None
        floors.append(floor.tv)
        distances.append(distance)
    assert mean(floors) == pytest.approx(mean(distances), rel=0.06)


def test_expected_kl_by_hand() -> None:
    assert expected_kl(_pair(FOUR, 428)) == pytest.approx(3 / 856)
    assert expected_kl(_pair((0.5, 0.5), 1)) == 0.5


def test_floor_by_hand() -> None:
    floor = noise_floor(FOUR, 428)
    assert floor is not None
    assert floor.kl == pytest.approx(3 / 856)
    assert floor.tv == pytest.approx(_expected_tv(likely_truth(_pair(FOUR, 428)), 428))


def test_two_of_two_who_agree_prove_little() -> None:
    """Simulated: truths drawn at random, samples of n from each; the floor is their mean TV, or a little more."""
    rng = random.Random(5)
    for n in (1, 2, 6, 19):
        distances, floors = [], []
        for _ in range(1500):
            weights = [rng.gammavariate(1.2, 1) for _ in range(4)]
            truth = [weight / sum(weights) for weight in weights]
            drawn = rng.choices(range(4), weights=truth, k=n)
            shares = [drawn.count(at) / n for at in range(4)]
            distances.append(0.5 * sum(abs(p - q) for p, q in zip(truth, shares, strict=True)))
            floor = noise_floor(shares, n)
            assert floor is not None
            assert floor.tv > 0.05
            floors.append(floor.tv)
        assert mean(floors) == pytest.approx(mean(distances), rel=0.15)


def test_thirty_letters_raise_the_floor() -> None:
    people_only, with_letters = _pair(FOUR, 428), _pair(FOUR, 428, 30)
    assert expected_kl(with_letters) == pytest.approx(3 / 856 + 3 / 60)
    assert expected_tv(with_letters) > expected_tv(people_only)
    assert expected_tv(with_letters) == pytest.approx(
        math.hypot(expected_tv(people_only), _expected_tv(FOUR, 30)), rel=0.1
    )


def test_without_n_there_is_no_floor() -> None:
    assert noise_floor(FOUR, None) is None


@given(st.floats(0.3, 1e6), st.floats(1.01, 10))
def test_more_people_lower_the_floor(n: float, factor: float) -> None:
    few, many = noise_floor(FOUR, n), noise_floor(FOUR, n * factor)
    assert few is not None
    assert many is not None
    assert many.kl < few.kl
    assert many.tv <= few.tv * 1.05
