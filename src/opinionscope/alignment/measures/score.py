"""The score against uniform."""

import numpy as np

from opinionscope.alignment.divergences import Array, total_variation
from opinionscope.alignment.measures.registry import measure
from opinionscope.alignment.pairs import Pairs

LEAST_REFERENCE = 1e-12


@measure(
    "score",
    "100 · (1 − TV / TV of uniform): 100 is perfect, 0 no better than the same share for every option",
    unit="of 100",
    low=-float("inf"),
    high=100.0,
    better="high",
    decimals=0,
    is_main=True,
)
def score(pairs: Pairs) -> Array:
    """100 (1 − TV / TV of uniform), after SimBench (Hu et al. 2025); nan where the humans are uniform.

    Of each item. SimBench, and popfidelity 0.1 unless told `per_item`, divide by the data set's mean TV of uniform.
    """
    reference = total_variation(pairs.human, pairs.uniform)
    far = np.where(reference < LEAST_REFERENCE, np.nan, reference)
    return np.asarray(100 * (1 - total_variation(pairs.human, pairs.model) / far), dtype=np.float64)
