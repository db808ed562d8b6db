"""Items as arrays, for the measures."""

from collections.abc import Sequence

import numpy as np

from opinionscope.alignment import EPSILON, scale_of
from opinionscope.alignment.pairs import Pairs, padded
from opinionscope.collection.item import Item
from opinionscope.survey import Distribution


def pairs_of(
    items: Sequence[Item], epsilon: float = EPSILON, pooled: Sequence[Distribution | None] | None = None
) -> Pairs:
    """Both sides of items as arrays of shape (N, K), K the most options of a question.

    Args:
        items: each with a human and a model side.
        pooled: what somebody would answer who does not know the group, one an item.

    Raises:
        ValueError: if a side is missing.
    """
    human, model = [item.human for item in items], [item.answer for item in items]
    if not (all(human) and all(model)):
        raise ValueError("expected items with a human and a model side")
    questions = {id(item.question): item.question for item in items}
    scales = {key: scale_of(question.options) for key, question in questions.items()}
    known = {}
    if pooled is not None:
        sides = [side.probabilities if side else (np.nan,) * len(item.question.options) for side, item in
                 zip(pooled, items, strict=True)]  # fmt: skip
        known = {
            "pooled": padded(sides),
            "pooled_n": np.array([(side and side.n) or np.nan for side in pooled], dtype=float),
        }
    return Pairs(
        human=padded([side.probabilities for side in human if side]),
        model=padded([side.probabilities for side in model if side]),
        options=padded([(1.0,) * len(side) for side in human if side]) > 0,
        values=padded([scales[id(item.question)] for item in items], fill=np.nan),
        n=np.array([(side and side.n) or np.nan for side in human], dtype=float),
        m=np.array([(side and side.n) or np.nan for side in model], dtype=float),
        epsilon=epsilon,
        **known,
    )
