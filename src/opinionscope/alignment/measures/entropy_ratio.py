"""How spread out the model's answers are against the people's."""

import numpy as np

from opinionscope.alignment.divergences import Array
from opinionscope.alignment.measures.registry import measure
from opinionscope.alignment.pairs import Pairs


@measure(
    "entropy ratio",
    "entropy of the model over that of the people: below 1 the model puts too much on few options",
    high=float("inf"),
    better="one",
    decimals=2,
)
def entropy_ratio(pairs: Pairs) -> Array:
    """H(q) / H(p); nan where all people chose the same option."""
    human = _entropy(pairs.human)
    return np.asarray(_entropy(pairs.model) / np.where(human > 0, human, np.nan))


def _entropy(shares: Array) -> Array:
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(shares > 0, shares * np.log(shares), 0.0)
    return np.asarray(-terms.sum(axis=-1))
