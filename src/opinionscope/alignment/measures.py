"""How far a model's distribution lies from the humans': the measures, each a pure function.

All functions take probabilities in the same option order, shape (K,), human first.
"""

import math
from collections.abc import Sequence
from itertools import pairwise

Probabilities = Sequence[float]

EPSILON = 0.01
NATS_PER_BIT = math.log(2)


def smoothed(model: Probabilities, epsilon: float = EPSILON) -> tuple[float, ...]:
    """Q' = (1 − ε) q + ε / K: one floor under the model side, whatever the format."""
    share = epsilon / len(model)
    return tuple((1 - epsilon) * q + share for q in model)


def kullback_leibler(human: Probabilities, model: Probabilities) -> float:
    """KL(human ‖ model) = Σ p log(p / q), in nats, of the two as given (nothing is smoothed here).

    A term with p = 0 counts 0; a term with p > 0 and q = 0 makes the sum infinite.
    Source: Kullback and Leibler 1951.
    """
    terms = []
    for p, q in zip(human, model, strict=True):
        if p == 0:
            continue
        if q == 0:
            return math.inf
        terms.append(p * (math.log(p) - math.log(q)))
    return max(0.0, math.fsum(terms))


def total_variation(human: Probabilities, model: Probabilities) -> float:
    """TV = ½ Σ |p − q|, from 0 (equal) to 1 (disjoint); Meister et al. 2025, their measure A for one item."""
    return 0.5 * math.fsum(abs(p - q) for p, q in zip(human, model, strict=True))


def jensen_shannon(human: Probabilities, model: Probabilities) -> float:
    """Jensen–Shannon divergence, in nats, from 0 to log 2. Source: Lin 1991."""
    pairs = zip(human, model, strict=True)
    terms = [side * math.log(2 * side / (p + q)) for p, q in pairs for side in (p, q) if side > 0]
    return max(0.0, math.fsum(terms) / 2)


def wasserstein(human: Probabilities, model: Probabilities, values: Sequence[float]) -> float:
    """1-Wasserstein distance over the options' ordinal values, in scale points.

    The area between the two cumulative distributions along the scale: Σ |F(v) − G(v)| · step.
    Source: Vallender 1974. `values` has shape (K,), in any order.
    """
    order = sorted(range(len(values)), key=values.__getitem__)
    gap, area = 0.0, []
    for here, following in pairwise(order):
        gap += human[here] - model[here]
        area.append(abs(gap) * (values[following] - values[here]))
    return math.fsum(area)


def score_against_uniform(human: Probabilities, model: Probabilities) -> float | None:
    """100 · (1 − TV / TV of uniform): 100 is a perfect answer, 0 no better than uniform, below 0 worse.

    In the manner of SimBench (Hu et al. 2025). None where the humans themselves are uniform.
    """
    reference = total_variation(human, (1 / len(human),) * len(human))
    if reference < 1e-12:
        return None
    return 100 * (1 - total_variation(human, model) / reference)
