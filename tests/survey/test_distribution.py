"""Distribution: what is one, what is none, and whole percents of it."""

import math
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opinionscope.survey.distribution import Distribution, DistributionError, whole_shares

WEIGHTS = st.lists(st.floats(0, 1e12), min_size=2, max_size=26).filter(any)
COUNTS = st.lists(st.integers(0, 5000), min_size=2, max_size=26).filter(any)


@pytest.mark.parametrize(
    ("probabilities", "words"),
    [
        ((), "at least two options, got 0"),
        ((1.0,), "at least two options, got 1"),
        ((0.5, 0.4), "sum to 1, got 0.9"),
        ((0.5, 0.51), "sum to 1, got 1.01"),
        ((0.0, 0.0), "sum to 1, got 0"),
        ((-0.1, 1.1), "from 0 to 1, got -0.1"),
        ((math.nan, 1.0), "from 0 to 1, got nan"),
        ((math.inf, 0.0), "from 0 to 1, got inf"),
        ((1e308, 1e308), "from 0 to 1, got 1e"),
    ],
)
def test_refuses_what_is_no_distribution(probabilities: tuple[float, ...], words: str) -> None:
    with pytest.raises(DistributionError, match=words):
        Distribution(probabilities)


@pytest.mark.parametrize("n", [0, -3, math.nan, math.inf])
def test_refuses_a_number_of_answers_that_is_none(n: float) -> None:
    with pytest.raises(DistributionError, match="positive number of answers"):
        Distribution((0.5, 0.5), n)


@pytest.mark.parametrize(
    "weights",
    [
        [],
        [0, 0],
        [3],
        [1, -1],
        [1, math.nan],
        [1, math.inf],
        [math.inf, -math.inf],
        [1e308, 1e308],
        [1.7e308, 1.7e308, 1.7e308],
    ],
)
def test_refuses_weights_and_counts_that_cannot_be_normalised(weights: list[float]) -> None:
    with pytest.raises(DistributionError):
        Distribution.from_weights(weights)
    with pytest.raises(DistributionError):
        Distribution.from_counts(weights)


@given(WEIGHTS)
def test_weights_keep_their_proportions(weights: list[float]) -> None:
    distribution = Distribution.from_weights(weights)
    assert distribution.n is None
    assert math.fsum(distribution.probabilities) == pytest.approx(1)
    assert distribution.probabilities == pytest.approx([weight / math.fsum(weights) for weight in weights])


@given(COUNTS)
def test_counts_give_their_number(counts: list[int]) -> None:
    distribution = Distribution.from_counts(iter(counts))
    assert distribution.n == sum(counts)
    assert distribution.probabilities == pytest.approx([count / sum(counts) for count in counts])


def test_weighted_counts_keep_their_fractions() -> None:
    assert Distribution.from_counts([1.5, 0.5]).n == 2
    assert Distribution.from_weights([1, 3], n=12.5).n == 12.5


def test_restricting_renormalises_and_shrinks_n() -> None:
    whole = Distribution.from_counts([10, 30, 40, 20])
    kept = whole.restricted_to([0, 1, 2])
    assert kept.probabilities == pytest.approx((0.125, 0.375, 0.5))
    assert kept.n == pytest.approx(80)
    assert whole.restricted_to([3, 0]).probabilities == pytest.approx((2 / 3, 1 / 3))
    assert Distribution((0.5, 0.25, 0.25)).restricted_to([0, 1]).n is None


@pytest.mark.parametrize("positions", [[], [1, 2], [0]])
def test_restricting_to_nothing_or_to_one_option_is_refused(positions: list[int]) -> None:
    with pytest.raises(DistributionError):
        Distribution((1.0, 0.0, 0.0)).restricted_to(positions)


def test_is_a_value() -> None:
    assert Distribution((0.5, 0.5), 4) == Distribution((0.5, 0.5), 4)
    assert len({Distribution((0.5, 0.5)), Distribution((0.5, 0.5))}) == 1


@pytest.mark.parametrize("name", ["n", "probabilities"])
def test_cannot_be_changed(name: str) -> None:
    with pytest.raises(AttributeError):
        setattr(Distribution((0.5, 0.5)), name, None)


@pytest.mark.parametrize(
    ("probabilities", "total", "shares"),
    [
        ((1 / 3, 1 / 3, 1 / 3), 100, (34, 33, 33)),
        ((0.145, 0.555, 0.3), 100, (15, 55, 30)),
        ((0.5, 0.5), 1, (1, 0)),
        ((1.0, 0.0), 30, (30, 0)),
        ((0.29, 0.71), 100, (29, 71)),
        ((0.004, 0.004, 0.992), 100, (1, 0, 99)),
        ((0.125,) * 8, 30, (4, 4, 4, 4, 4, 4, 3, 3)),
    ],
)
def test_whole_shares_by_hand(probabilities: Sequence[float], total: int, shares: tuple[int, ...]) -> None:
    assert whole_shares(probabilities, total) == shares


@given(WEIGHTS, st.sampled_from([1, 30, 100, 1000]))
def test_whole_shares_sum_to_the_total_and_lie_closest(weights: list[float], total: int) -> None:
    exact = [p * total for p in Distribution.from_weights(weights).probabilities]
    shares = whole_shares(Distribution.from_weights(weights).probabilities, total)
    assert sum(shares) == total
    assert all(share >= 0 and abs(share - value) < 1 for share, value in zip(shares, exact, strict=True))
    largest_gain = max(value - share for share, value in zip(shares, exact, strict=True))
    largest_loss = min(value - share for share, value in zip(shares, exact, strict=True))
    assert largest_gain - largest_loss <= 1 + 1e-9
