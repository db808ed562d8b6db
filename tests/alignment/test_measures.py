"""The measures, against values worked out by hand and the properties their definitions promise."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from opinionscope.alignment.alignment import pair_of
from opinionscope.alignment.divergences import (
    EPSILON,
    NATS_PER_BIT,
    jensen_shannon,
    kullback_leibler,
    smoothed,
    total_variation,
    wasserstein,
)
from opinionscope.alignment.measures import MEASURES
from opinionscope.survey.distribution import Distribution
from opinionscope.survey.question import Option

Pair = tuple[tuple[float, ...], tuple[float, ...]]


def _normalised(weights: list[tuple[float, float]]) -> Pair:
    human, model = zip(*weights, strict=True)
    return Distribution.from_weights(human).probabilities, Distribution.from_weights(model).probabilities


WEIGHT = st.one_of(st.integers(0, 1000).map(float), st.sampled_from([0.0, 1e-300, 5e-324, 1e12]))
PAIRS = (
    st.lists(st.tuples(WEIGHT, WEIGHT), min_size=2, max_size=26)
    .filter(lambda pairs: any(p for p, _ in pairs) and any(q for _, q in pairs))
    .map(_normalised)
)


@pytest.mark.parametrize(
    ("human", "model", "nats"),
    [
        ((0.5, 0.5), (0.5, 0.5), 0),
        ((0.5, 0.5), (0.25, 0.75), 0.5 * math.log(4 / 3)),
        ((0.25, 0.75), (0.5, 0.5), 0.75 * math.log(3) - math.log(2)),
        ((0, 1), (0.5, 0.5), math.log(2)),
        ((0, 1), (0, 1), 0),
        ((0, 0.5, 0.5), (0, 0.25, 0.75), 0.5 * math.log(4 / 3)),
        ((0.5, 0.25, 0.25), (0.25, 0.25, 0.5), 0.25 * math.log(2)),
        ((1, 0), (0, 1), math.inf),
        ((0.5, 0.5), (0, 1), math.inf),
    ],
)
def test_kl_by_hand(human: tuple[float, ...], model: tuple[float, ...], nats: float) -> None:
    assert kullback_leibler(human, model) == pytest.approx(nats, abs=1e-15)


def test_kl_has_a_direction() -> None:
    human, model = (0.9, 0.1), (0.5, 0.5)
    assert kullback_leibler(human, model) == pytest.approx(0.368064, abs=1e-6)
    assert kullback_leibler(model, human) == pytest.approx(0.510826, abs=1e-6)


def test_one_certain_answer_against_an_even_split_is_one_bit() -> None:
    assert kullback_leibler((1, 0), (0.5, 0.5)) / NATS_PER_BIT == pytest.approx(1)
    assert math.isclose(NATS_PER_BIT, 0.6931471805599453)


@given(PAIRS)
def test_kl_is_never_negative_and_infinite_only_where_the_model_gives_nothing(pair: Pair) -> None:
    human, model = pair
    kl = kullback_leibler(human, model)
    assert kl >= 0
    assert math.isinf(kl) == any(p > 0 and q == 0 for p, q in zip(human, model, strict=True))
    assert kullback_leibler(human, human) == 0


def test_smoothing_is_a_mixture_with_uniform() -> None:
    assert EPSILON == 0.01
    assert smoothed((1, 0, 0, 0)) == pytest.approx((0.9925, 0.0025, 0.0025, 0.0025), abs=1e-15)
    assert smoothed((0.5, 0.5), 0.2) == pytest.approx((0.5, 0.5), abs=1e-15)
    assert smoothed((0.7, 0.3), 0.5) == pytest.approx((0.6, 0.4), abs=1e-15)
    assert smoothed((0.7, 0.3), 0).tolist() == [0.7, 0.3]


@given(PAIRS, st.floats(0.001, 0.999))
def test_smoothing_keeps_a_distribution_and_bounds_kl(pair: Pair, epsilon: float) -> None:
    human, model = pair
    floored = smoothed(model, epsilon)
    assert math.fsum(floored) == pytest.approx(1)
    assert min(floored) >= epsilon / len(model) * (1 - 1e-12)
    assert kullback_leibler(human, floored) <= math.log(len(model) / epsilon) + 1e-12


@pytest.mark.parametrize(
    ("human", "model", "tv"),
    [
        ((0.5, 0.5), (0.5, 0.5), 0),
        ((1, 0), (0, 1), 1),
        ((0.14, 0.56, 0.30, 0.0), (0.25, 0.50, 0.05, 0.20), 0.31),
        ((0.2, 0.3, 0.5), (0.5, 0.3, 0.2), 0.3),
    ],
)
def test_tv_by_hand(human: tuple[float, ...], model: tuple[float, ...], tv: float) -> None:
    assert total_variation(human, model) == pytest.approx(tv)


@pytest.mark.parametrize(
    ("human", "model", "nats"),
    [
        ((0.5, 0.5), (0.5, 0.5), 0),
        ((1, 0), (0, 1), math.log(2)),
        ((1, 0), (0.5, 0.5), 0.75 * math.log(4 / 3)),
    ],
)
def test_js_by_hand(human: tuple[float, ...], model: tuple[float, ...], nats: float) -> None:
    assert jensen_shannon(human, model) == pytest.approx(nats, abs=1e-12)


@given(PAIRS)
def test_tv_and_js_are_symmetric_and_bounded(pair: Pair) -> None:
    human, model = pair
    tv, js = total_variation(human, model), jensen_shannon(human, model)
    assert total_variation(model, human) == pytest.approx(tv)
    assert jensen_shannon(model, human) == pytest.approx(js)
    assert 0 <= tv <= 1 + 1e-12
    assert 0 <= js <= math.log(2) + 1e-12
    assert tv * tv / 2 <= js + 1e-12, "Pinsker: JS is at least TV² / 2"
    assert js <= tv * math.log(2) + 1e-12, "Lin 1991: JS is at most TV · log 2"


@given(PAIRS)
def test_kl_and_tv_keep_pinskers_bound(pair: Pair) -> None:
    human, model = pair
    assert 2 * total_variation(human, model) ** 2 <= kullback_leibler(human, model) + 1e-12


@pytest.mark.parametrize(
    ("human", "model", "values", "points"),
    [
        ((1, 0, 0), (0, 0, 1), (1, 2, 3), 2),
        ((1, 0, 0), (0, 1, 0), (1, 2, 3), 1),
        ((0.5, 0, 0.5), (0, 1, 0), (1, 2, 3), 1),
        ((0.5, 0.3, 0.2), (0.2, 0.3, 0.5), (1, 2, 3), 0.6),
        ((1, 0, 0), (0, 1, 0), (1, 2, 1.5), 1),
        ((1, 0, 0), (0, 0, 1), (1, 2, 1.5), 0.5),
        ((0.4, 0.4, 0.2), (0.2, 0.6, 0.2), (3, 1, 2), 0.4),
        ((1, 0), (0, 1), (10, -10), 20),
        ((0.5, 0.5), (0.1, 0.9), (2, 2), 0),
    ],
)
def test_wasserstein_by_hand(
    human: tuple[float, ...], model: tuple[float, ...], values: tuple[float, ...], points: float
) -> None:
    assert wasserstein(human, model, values) == pytest.approx(points)


@given(PAIRS)
def test_wasserstein_does_not_mind_the_order_of_options(pair: Pair) -> None:
    human, model = pair
    values = [float(position) for position in range(len(human))]
    there = wasserstein(human, model, values)
    backwards = wasserstein(human[::-1], model[::-1], values[::-1])
    assert backwards == pytest.approx(there, abs=1e-9)
    assert wasserstein(model, human, values) == pytest.approx(there, abs=1e-9)
    tv = total_variation(human, model)
    assert tv - 1e-9 <= there <= tv * (len(human) - 1) + 1e-9


def score_against_uniform(human: tuple[float, ...], model: tuple[float, ...]) -> float | None:
    options = [Option(str(at)) for at in range(len(human))]
    found = float(MEASURES["score"](pair_of(Distribution(human), Distribution(model), options)))
    return None if math.isnan(found) else found


def test_score_by_hand() -> None:
    human = (0.8, 0.2)
    assert score_against_uniform(human, human) == 100
    assert score_against_uniform(human, (0.5, 0.5)) == pytest.approx(0)
    assert score_against_uniform(human, (0.65, 0.35)) == pytest.approx(50)
    assert score_against_uniform(human, (0, 1)) == pytest.approx(-500 / 3)
    assert score_against_uniform((0.5, 0.5), (0.5, 0.5)) is None
    assert score_against_uniform((0.25,) * 4, (1, 0, 0, 0)) is None


@given(PAIRS)
def test_score_is_at_most_a_hundred_and_falls_with_tv(pair: Pair) -> None:
    human, model = pair
    score = score_against_uniform(human, model)
    assume(score is not None)
    assert score is not None
    assert score <= 100
    assert (score > 0) == (total_variation(human, model) < total_variation(human, (1 / len(human),) * len(human)))
