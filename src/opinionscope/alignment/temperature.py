"""Temperature scaling of log-probabilities (Guo et al. 2017), fitted on other questions than the one it is used on.

The published benchmark fitted τ on the very answers it was then judged by, and let it end at a bound; here the
question shown never takes part, and a bound that is hit is said.
"""

from collections.abc import Sequence

import numpy as np
from msgspec import Struct

from opinionscope.alignment.divergences import EPSILON, Array, kullback_leibler, smoothed
from opinionscope.alignment.pairs import padded

FEWEST = 5
"""Held-out answers below which a temperature would mostly be chance."""
COLDEST, HOTTEST = 0.05, 100.0

Probabilities = Sequence[float]


class Scaling(Struct, frozen=True):
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


def scaled(probabilities: Probabilities, tau: float) -> tuple[float, ...]:
    """Probabilities, shape (K,), to the power 1 / τ, renormalised; smoothed first, since 0 has no logarithm."""
    logs = np.log(smoothed(probabilities, EPSILON)) / tau
    powers = np.exp(logs - logs.max())
    return tuple((powers / powers.sum()).tolist())


def fit(held_out: Sequence[tuple[Probabilities, Probabilities]], questions: int, source: str) -> Scaling:
    """The temperature with the least mean KL(human ‖ model) over held-out pairs (human, model), each shape (K,).

    With q ∝ exp(l / τ) for the logs l of the smoothed model, the mean KL is convex in 1 / τ, and its slope there is
    the mean of E_q[l] − E_p[l]. So the minimum is where the slope is 0, or at an end of the range.

    Raises:
        ValueError: for fewer than `FEWEST` pairs.
    """
    from scipy.optimize import brentq

    if len(held_out) < FEWEST:
        raise ValueError(f"expected at least {FEWEST} held-out answers, got {len(held_out)}")
    human = padded([human for human, _ in held_out])
    exists = padded([[1.0] * len(model) for _, model in held_out]) > 0
    logs = np.log(np.where(exists, smoothed(padded([model for _, model in held_out]), EPSILON, exists), 1.0))

    def model_at(inverse: float) -> Array:
        powers = np.where(exists, np.exp(logs * inverse - (logs * inverse).max(axis=1, keepdims=True)), 0.0)
        shares: Array = powers / powers.sum(axis=1, keepdims=True)
        return shares

    def slope(inverse: float) -> float:
        return float(((model_at(inverse) - human) * logs).sum())

    def mean_kl(inverse: float) -> float:
        return float(kullback_leibler(human, model_at(inverse)).mean())

    low, high = 1 / HOTTEST, 1 / COLDEST
    at_bound = slope(low) >= 0 or slope(high) <= 0
    best = (low if slope(low) >= 0 else high) if at_bound else float(brentq(slope, low, high, xtol=1e-12))
    return Scaling(1 / best, len(held_out), questions, source, mean_kl(1.0), mean_kl(best), at_bound)
