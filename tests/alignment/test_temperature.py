"""Temperature scaling: held against scipy, and against a truth that is known."""

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar

from opinionscope.alignment.divergences import kullback_leibler
from opinionscope.alignment.temperature import COLDEST, FEWEST, HOTTEST, fit, scaled


def _distributions(seed: int, count: int, size: int = 4) -> list[tuple[float, ...]]:
    rng = random.Random(seed)
    drawn = [[rng.expovariate(1) for _ in range(size)] for _ in range(count)]
    return [tuple(value / sum(row) for value in row) for row in drawn]


@given(st.integers(0, 10_000), st.floats(0.2, 8))
@settings(max_examples=30)
def test_a_known_temperature_is_found_again(seed: int, tau: float) -> None:
    models = _distributions(seed, 12)
    held_out = [(scaled(model, tau), model) for model in models]
    found = fit(held_out, 12, "made up")
    assert found.tau == pytest.approx(tau, rel=1e-3)
    assert found.kl_after == pytest.approx(0, abs=1e-6)
    assert found.kl_before >= found.kl_after
    assert not found.at_bound


def test_the_minimum_is_scipys() -> None:
    held_out = list(zip(_distributions(1, 20), _distributions(2, 20), strict=True))
    found = fit(held_out, 20, "made up")

    def mean_kl(inverse: float) -> float:
        return math.fsum(kullback_leibler(human, scaled(model, 1 / inverse)) for human, model in held_out) / 20

    best = minimize_scalar(mean_kl, bounds=(1 / HOTTEST, 1 / COLDEST), method="bounded", options={"xatol": 1e-8})
    assert found.kl_after == pytest.approx(best.fun, abs=1e-7)


def test_a_bound_that_is_hit_is_said() -> None:
    opposed = [((0.9, 0.1), (0.1, 0.9))] * FEWEST
    found = fit(opposed, 1, "made up")
    assert found.at_bound
    assert found.tau == pytest.approx(HOTTEST, rel=0.01)


def test_too_few_held_out_answers_are_refused() -> None:
    with pytest.raises(ValueError, match="at least 5"):
        fit([((0.5, 0.5), (0.5, 0.5))] * (FEWEST - 1), 1, "made up")


def test_zeros_and_extremes_stay_distributions() -> None:
    for tau in (COLDEST, 1.0, HOTTEST):
        for probabilities in ((1.0, 0.0, 0.0), (0.5, 0.5, 0.0), (1 - 1e-12, 1e-12, 0.0)):
            result = scaled(probabilities, tau)
            assert math.fsum(result) == pytest.approx(1)
            assert all(0 < value < 1 or value == pytest.approx(1) for value in result)
            assert result[0] >= result[2]
