"""How much more the model puts on its first choice than people on theirs."""

import numpy as np

from opinionscope.alignment.divergences import Array
from opinionscope.alignment.measures.registry import measure
from opinionscope.alignment.pairs import Pairs


@measure(
    "top gap",
    "the model's largest share less the people's largest: above 0 the model is surer than people agree",
    low=-1.0,
    better="zero",
)
def top_gap(pairs: Pairs) -> Array:
    """Max q − max p, whichever options these are."""
    return np.asarray(pairs.model.max(axis=-1) - pairs.human.max(axis=-1))
