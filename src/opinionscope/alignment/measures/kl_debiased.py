"""KL less what chance alone adds to it."""

import numpy as np

from opinionscope.alignment.divergences import Array, kullback_leibler
from opinionscope.alignment.measures.registry import measure
from opinionscope.alignment.pairs import Pairs
from opinionscope.alignment.uncertainty import expected_kl


@measure(
    "KL debiased",
    "KL less what even a perfect answer would score, because n people are a sample; below 0: within noise",
    unit="nats",
    low=-float("inf"),
    high=float("inf"),
)
def kl_debiased(pairs: Pairs) -> Array:
    """KL unsmoothed − (K − 1) / 2n − (K − 1) / 2m in nats; nan where n is not known."""
    found: Array = np.asarray(kullback_leibler(pairs.human, pairs.model) - expected_kl(pairs))
    return found
