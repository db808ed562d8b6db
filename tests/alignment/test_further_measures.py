"""The measures beside KL, TV and JS: by hand, over many pairs at once, and as the registry promises."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opinionscope.alignment.measures import MEASURES
from opinionscope.alignment.pairs import Pairs, padded
from opinionscope.alignment.scores import measured, scored


def pairs(human, model, values=None, n=math.nan, m=math.nan, **more) -> Pairs:
    p, q = np.array(human, dtype=float), np.array(model, dtype=float)
    scale = np.full(p.shape[-1], np.nan) if values is None else np.array(values, dtype=float)
    return Pairs(p, q, np.full(p.shape[-1], True), scale, np.array(n), np.array(m), **more)


@pytest.mark.parametrize(
    ("name", "pair", "value"),
    [
        ("kl_debiased", pairs((0.5, 0.5), (0.25, 0.75), n=50), 0.5 * math.log(4 / 3) - 1 / 100),
        ("kl_debiased", pairs((0.5, 0.5), (0.5, 0.5), n=50, m=25), -1 / 100 - 1 / 50),
        ("kl_debiased", pairs((0.5, 0.5), (0.25, 0.75)), math.nan),
        ("js_distance", pairs((1, 0), (0, 1)), 1.0),
        ("js_distance", pairs((1, 0), (0.5, 0.5)), math.sqrt(0.75 * math.log(4 / 3) / math.log(2))),
        ("wasserstein_normalised", pairs((1, 0, 0), (0, 0, 1), (1, 2, 5)), 1.0),
        ("wasserstein_normalised", pairs((0.5, 0.3, 0.2), (0.2, 0.3, 0.5), (1, 2, 3)), 0.3),
        ("wasserstein_normalised", pairs((0.4, 0.0, 0.4, 0.2), (0.0, 0.5, 0.0, 0.5), (1, 2, 3, math.nan)), 0.5),
        ("wasserstein_normalised", pairs((0.5, 0.5), (0.1, 0.9)), math.nan),
        ("entropy_ratio", pairs((0.5, 0.5), (0.5, 0.5)), 1.0),
        ("entropy_ratio", pairs((0.5, 0.5), (1, 0)), 0.0),
        ("entropy_ratio", pairs((0.5, 0.5, 0, 0), (0.25,) * 4), 2.0),
        ("entropy_ratio", pairs((1, 0), (0.5, 0.5)), math.nan),
        ("spread_ratio", pairs((0.5, 0, 0.5), (0.25, 0.5, 0.25), (1, 2, 3)), math.sqrt(0.5)),
        ("spread_ratio", pairs((0.4, 0.4, 0.2), (0.1, 0.1, 0.8), (1, 2, math.nan)), 1.0),
        ("spread_ratio", pairs((1, 0, 0), (0.25, 0.5, 0.25), (1, 2, 3)), math.nan),
        ("missed_mass", pairs((0.5, 0.3, 0.2), (1, 0, 0)), 0.5),
        ("missed_mass", pairs((0.5, 0.5), (0.1, 0.9)), 0.0),
        ("top_gap", pairs((0.5, 0.3, 0.2), (0.1, 0.1, 0.8)), 0.3),
        ("worth_people", pairs((0.5, 0.5), (0.6, 0.4)), 50 / math.pi),
        ("worth_people", pairs((0.5, 0.5), (0.5, 0.5)), math.inf),
    ],
)
def test_by_hand(name: str, pair: Pairs, value: float) -> None:
    assert float(MEASURES[name](pair)) == pytest.approx(value, abs=1e-12, nan_ok=True)


def test_so_many_people_as_it_is_worth_are_as_far_off() -> None:
    """A model at TV .05 from an even split is worth 64 people: so many drawn from it are at .05 on average."""
    n = float(MEASURES["worth_people"](pairs((0.5, 0.5), (0.55, 0.45))))
    drawn = np.random.default_rng(1).multinomial(round(n), (0.5, 0.5), size=20_000) / round(n)
    assert np.abs(drawn - 0.5).sum(axis=1).mean() / 2 == pytest.approx(0.05, rel=0.03)


side = st.lists(st.integers(0, 50), min_size=2, max_size=6).filter(any)


@given(st.lists(st.tuples(side, side).filter(lambda two: len(two[0]) == len(two[1])), min_size=1, max_size=4))
def test_many_pairs_at_once_are_measured_as_each_alone(weights) -> None:
    """Questions of different sizes are padded, which changes none of the measures."""
    alone = [
        pairs(np.array(human) / sum(human), np.array(model) / sum(model), range(len(human)), n=sum(human))
        for human, model in weights
    ]
    together = Pairs(
        human=padded([pair.human for pair in alone]),
        model=padded([pair.model for pair in alone]),
        options=padded([pair.options for pair in alone]) > 0,
        values=padded([pair.values for pair in alone], fill=np.nan),
        n=np.array([pair.n for pair in alone]),
        m=np.full(len(alone), np.nan),
    )
    for name, values in measured(together).items():
        assert values.shape == (len(alone),)
        each = [float(MEASURES[name](pair)) for pair in alone]
        assert values == pytest.approx(each, abs=1e-9, nan_ok=True), name
        if floor := MEASURES[name].floor:
            assert floor(together) == pytest.approx([float(floor(pair)) for pair in alone], abs=1e-9), name


@given(side, side)
def test_values_lie_in_the_range_that_the_registry_gives(human, model) -> None:
    size = min(len(human), len(model))
    if not (any(human[:size]) and any(model[:size])):
        return
    p, q = (np.array(each[:size]) / sum(each[:size]) for each in (human, model))
    for name, score in scored(pairs(p, q, range(size), n=float(sum(human)))).items():
        measure = MEASURES[name]
        assert measure.low - 1e-9 <= score.value <= measure.high + 1e-9, name


def test_every_measure_says_what_it_means() -> None:
    for name, measure in MEASURES.items():
        assert measure.name == name
        assert measure.label
        assert len(measure.meaning) > 20
        assert not measure.meaning.endswith(".")


def pooled_pair(n: float, model=(0.5, 0.5)) -> Pairs:
    """Of two groups, n people at .7 and ten times as many at .3; a model that answers for both alike."""
    pooled = np.array([(0.7 * n + 0.3 * 10 * n) / (11 * n), (0.3 * n + 0.7 * 10 * n) / (11 * n)])
    return pairs((0.7, 0.3), model, n=n, pooled=pooled, pooled_n=np.array(11.0 * n))


def test_added_value_is_how_much_closer_than_the_pool_a_model_comes() -> None:
    pair = pooled_pair(1000)
    pool_off = 0.7 - float(pair.pooled[0])
    assert float(MEASURES["added_value"](pair)) == pytest.approx(pool_off - 0.2)
    assert float(MEASURES["added_value"](pooled_pair(1000, (0.3, 0.7)))) == pytest.approx(pool_off - 0.4)
    assert math.isnan(float(MEASURES["added_value"](pairs((0.7, 0.3), (0.5, 0.5), n=1000))))


def test_a_small_group_does_not_flatter_its_own_pool() -> None:
    """Ten people who are their own pool: half of them against the other half is no perfect answer."""
    alone = pairs((0.5, 0.5), (0.5, 0.5), n=10, pooled=np.array([0.5, 0.5]), pooled_n=np.array(10.0))
    assert float(MEASURES["added_value"](alone)) > 0.05
    many = pairs((0.5, 0.5), (0.5, 0.5), n=1000, pooled=np.array([0.5, 0.5]), pooled_n=np.array(1000.0))
    assert float(MEASURES["added_value"](many)) == 0


def test_added_value_of_many_is_that_of_each() -> None:
    each = [pooled_pair(n) for n in (20, 50, 500)]
    together = Pairs(
        *(np.stack([getattr(pair, side) for pair in each]) for side in ("human", "model", "options", "values")),
        *(np.array([getattr(pair, side) for pair in each]) for side in ("n", "m")),
        pooled=np.stack([pair.pooled for pair in each]),
        pooled_n=np.array([pair.pooled_n for pair in each]),
    )
    expected = [float(MEASURES["added_value"](pair)) for pair in each]
    assert MEASURES["added_value"](together) == pytest.approx(expected)
