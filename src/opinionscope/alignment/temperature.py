"""Temperature scaling of log-probabilities (Guo et al. 2017), fitted on other questions than the one it is used on.

The published benchmark fitted τ on the very answers it was then judged by, and let it end at a bound; here the
question shown never takes part, and a bound that is hit is said.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from opinionscope.alignment.measures import EPSILON, smoothed

FEWEST = 5
"""Held-out answers below which a temperature would mostly be chance."""
COLDEST, HOTTEST = 0.05, 100.0
_GOLDEN = (math.sqrt(5) - 1) / 2
_PRECISION = 1e-6

Probabilities = Sequence[float]
Function = Callable[[float], float]


@dataclass(frozen=True, slots=True)
class Scaling:
    """A fitted temperature.

    Attributes:
        tau: by which log-probabilities are divided; above 1 flattens, below 1 sharpens.
        answers: how many held-out answers it was fitted on, each a question and a group.
        questions: of how many questions these are.
        source: whose answers, in words.
        kl_before, kl_after: mean KL(human ‖ model) over the held-out answers without and with it, in nats.
        at_bound: whether the best temperature lies at or beyond the ends of `COLDEST` to `HOTTEST`.
    """

    tau: float
    answers: int
    questions: int
    source: str
    kl_before: float
    kl_after: float
    at_bound: bool = False


def scaled(probabilities: Probabilities, tau: float, epsilon: float = EPSILON) -> tuple[float, ...]:
    """Probabilities, shape (K,), to the power 1 / τ, renormalised; smoothed first, since 0 has no logarithm."""
    logs = [math.log(q) / tau for q in smoothed(probabilities, epsilon)]
    highest = max(logs)
    powers = [math.exp(log - highest) for log in logs]
    total = math.fsum(powers)
    return tuple(power / total for power in powers)


def fit(held_out: Sequence[tuple[Probabilities, Probabilities]], questions: int, source: str) -> Scaling:
    """The temperature with the least mean KL(human ‖ model) over held-out pairs (human, model), each shape (K,).

    With q ∝ exp(l / τ) for the logs l of the smoothed model, KL is Σ p log p − Σ p l / τ + log Σ exp(l / τ): only the
    last sum has to be computed anew for each τ. The mean is convex in 1 / τ, so that golden-section search finds the
    one minimum.

    Raises:
        ValueError: for fewer than `FEWEST` pairs.
    """
    if len(held_out) < FEWEST:
        raise ValueError(f"expected at least {FEWEST} held-out answers, got {len(held_out)}")

    logs = [[math.log(q) for q in smoothed(model)] for _, model in held_out]
    paired = [(p, at) for (human, _), row in zip(held_out, logs, strict=True) for p, at in zip(human, row, strict=True)]
    negentropy = math.fsum(p * math.log(p) for p, _ in paired if p > 0)
    expected = math.fsum(p * at for p, at in paired)

    def mean_kl(inverse: float) -> float:
        sums = math.fsum(math.log(sum(math.exp(at * inverse) for at in row)) for row in logs)
        return max(0.0, (negentropy - inverse * expected + sums) / len(held_out))

    low, high = 1 / HOTTEST, 1 / COLDEST
    best = _least(mean_kl, low, high)
    at_bound = best - low < 10 * _PRECISION or high - best < 10 * _PRECISION
    return Scaling(1 / best, len(held_out), questions, source, mean_kl(1.0), mean_kl(best), at_bound)


def _least(function: Function, low: float, high: float) -> float:
    """Where a convex function is least between two ends."""
    left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
    at_left, at_right = function(left), function(right)
    while high - low > _PRECISION:
        if at_left <= at_right:
            high, right, at_right = right, left, at_left
            left = high - _GOLDEN * (high - low)
            at_left = function(left)
        else:
            low, left, at_left = left, right, at_right
            right = low + _GOLDEN * (high - low)
            at_right = function(right)
    return (low + high) / 2
