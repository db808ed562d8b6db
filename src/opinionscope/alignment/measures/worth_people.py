"""How many people drawn from the group would tell as much as the model."""

import math

import numpy as np

from opinionscope.alignment.divergences import Array, total_variation
from opinionscope.alignment.measures.registry import measure
from opinionscope.alignment.pairs import Pairs


@measure(
    "worth people",
    "the number of people drawn from the group whose answers would be as far off as the model's",
    unit="people",
    high=float("inf"),
    better="high",
    decimals=1,
)
def worth_people(pairs: Pairs) -> Array:
    """n* = (½ Σ √(2 p (1 − p) / π) / TV)²; infinite where TV is 0 (after arXiv 2502.17773).

    The TV of n people from their own group is about ½ Σ √(2 p (1 − p) / π n). A value at or above the number of
    people asked says only "more than these".
    """
    of_one = tv_of_one(pairs.human)
    tv = total_variation(pairs.human, pairs.model)
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Array = np.where(tv > 0, (of_one / tv) ** 2, np.inf)
    return found


def tv_of_one(human: Array) -> Array:
    """½ Σ √(2 p (1 − p) / π), shape (…): n people drawn from p have about this TV from it, over √n."""
    return np.asarray(0.5 * np.sqrt(2 * human * (1 - human) / math.pi).sum(axis=-1))
