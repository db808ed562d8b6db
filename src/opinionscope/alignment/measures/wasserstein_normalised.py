"""1-Wasserstein as a share of the scale."""

import numpy as np

from opinionscope.alignment.divergences import Array
from opinionscope.alignment.measures.registry import measure
from opinionscope.alignment.pairs import Pairs


@measure(
    "W₁ normalised",
    "W₁ as a share of the whole scale, 0 to 1: one less the alignment that OpinionQA reports",
    has_interval=True,
    along_scale=True,
)
def wasserstein_normalised(pairs: Pairs) -> Array:
    """W₁ / (largest value − smallest value); nan where options carry no order (Santurkar et al. 2023)."""
    has_value = np.isfinite(pairs.values)
    highest = np.where(has_value, pairs.values, -np.inf).max(axis=-1)
    lowest = np.where(has_value, pairs.values, np.inf).min(axis=-1)
    width = np.where(highest > lowest, highest - lowest, np.nan)
    return np.asarray(pairs.distance_along_scale / width)
