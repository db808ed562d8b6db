"""How far the model's answers spread along the scale against the people's."""

import numpy as np

from opinionscope.alignment.divergences import Array
from opinionscope.alignment.measures.registry import measure
from opinionscope.alignment.pairs import Pairs


@measure(
    "spread ratio",
    "standard deviation of the model along the scale over that of the people: below 1 the model varies too little",
    high=float("inf"),
    better="one",
    decimals=2,
)
def spread_ratio(pairs: Pairs) -> Array:
    """σ(q) / σ(p) over ordinal values, among the options that have one (Bisbee et al. 2024); nan without a scale.

    Also nan where all people chose the same option; popfidelity 0.1 says infinite there, and pools groups first.
    """
    human = _deviation(pairs.human, pairs.values)
    return np.asarray(_deviation(pairs.model, pairs.values) / np.where(human > 0, human, np.nan))


def _deviation(shares: Array, values: Array) -> Array:
    has_value = np.isfinite(values)
    weights = np.where(has_value, shares, 0.0)
    total = weights.sum(axis=-1, keepdims=True)
    weights = weights / np.where(total > 0, total, np.nan)
    scale = np.where(has_value, values, 0.0)
    mean = (weights * scale).sum(axis=-1, keepdims=True)
    return np.asarray(np.sqrt((weights * (scale - mean) ** 2).sum(axis=-1)))
