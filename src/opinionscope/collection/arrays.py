"""Items as arrays, for the measures."""

from collections.abc import Sequence

import numpy as np

from opinionscope.alignment.alignment import scale_of
from opinionscope.alignment.divergences import EPSILON
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
    human = [item.human for item in items if item.human is not None]
    model = [item.answer for item in items if item.answer is not None]
    if not len(human) == len(model) == len(items):
        raise ValueError("expected items with a human and a model side")
    questions = {id(item.question): item.question for item in items}
    places = {key: at for at, key in enumerate(questions)}
    scales = padded([scale_of(question.options) for question in questions.values()], fill=np.nan)
    sizes = np.array([len(side.probabilities) for side in human], np.intp)
    known = {}
    if pooled is not None:
        sides = [side.probabilities if side else (np.nan,) * len(item.question.options) for side, item in
                 zip(pooled, items, strict=True)]  # fmt: skip
        known = {
            "pooled": padded(sides),
            "pooled_n": np.array([(side and side.n) or np.nan for side in pooled], dtype=float),
        }
    return Pairs(
        human=padded([side.probabilities for side in human]),
        model=padded([side.probabilities for side in model]),
        options=np.arange(sizes.max(initial=0)) < sizes[:, np.newaxis],
        values=scales[[places[id(item.question)] for item in items]],
        n=np.array([side.n or np.nan for side in human], dtype=float),
        m=np.array([side.n or np.nan for side in model], dtype=float),
        epsilon=epsilon,
        **known,
    )
