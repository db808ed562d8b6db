"""How many people chose what the model rules out."""

import numpy as np

from opinionscope.alignment.divergences import Array
from opinionscope.alignment.measures.registry import measure
from opinionscope.alignment.pairs import Pairs


@measure("missed mass", "share of people who chose an option that the model gives nothing")
def missed_mass(pairs: Pairs) -> Array:
    """Σ p over the options with q = 0."""
    return np.asarray(np.where(pairs.model == 0, pairs.human, 0.0).sum(axis=-1))
