"""Whether the model knows more of the group than somebody who does not know the group at all."""

import numpy as np

from opinionscope.alignment.divergences import Array, total_variation
from opinionscope.alignment.measures.registry import measure
from opinionscope.alignment.pairs import Pairs

ENOUGH_PEOPLE = 100
"""From so many on, that the group is part of its own pool hardly flatters the pool."""
HALVES = 200


@measure(
    "added value",
    "TV of the pooled answer less TV of the model: above 0 it is better than not knowing the group at all",
    low=-1.0,
    better="high",
)
def added_value(pairs: Pairs) -> Array:
    """TV(p, p̄) − TV(p, q); nan where the pooled distribution p̄ is not known.

    A group is part of its own pool, which flatters p̄ where the group is small. Below `ENOUGH_PEOPLE` people both are
    cross-fitted: `HALVES` times, a random half of the group is the truth for both, and the other half stays in the
    pool.
    """
    human, model, pooled = np.broadcast_arrays(pairs.human, pairs.model, pairs.pooled)
    found = np.asarray(total_variation(human, pooled) - total_variation(human, model))
    n, pooled_n = (np.broadcast_to(each, found.shape) for each in (pairs.n, pairs.pooled_n))
    small = np.isfinite(found) & (n >= 2) & (n < ENOUGH_PEOPLE) & (pooled_n >= n)
    flat = found.reshape(-1)
    for at in np.flatnonzero(small):
        index = np.unravel_index(at, found.shape)
        flat[at] = _cross_fitted(human[index], model[index], pooled[index], float(n[index]), float(pooled_n[index]))
    return flat.reshape(found.shape)


def _cross_fitted(human: Array, model: Array, pooled: Array, n: float, pooled_n: float) -> float:
    """The mean over random halves; all arguments of one pair, shape (K,)."""
    counts = np.rint(human * n).astype(np.int64)
    others = np.maximum(0.0, pooled * pooled_n - human * n)
    half = int(counts.sum()) // 2
    if half == 0:
        return float(np.nan)
    truth = np.random.default_rng(0).multivariate_hypergeometric(counts, half, size=HALVES)
    rest = others + (counts - truth)
    p = truth / half
    return float((total_variation(p, rest / rest.sum(axis=1, keepdims=True)) - total_variation(p, model)).mean())
