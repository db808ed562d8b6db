"""What somebody would answer who does not know the group."""

import math

from opinionscope.survey.distribution import Distribution
from opinionscope.survey.library import Library, NotFoundError
from opinionscope.survey.question import EVERYONE, Group, Question


def pooled_of(library: Library, question: Question, group: Group) -> Distribution | None:
    """The whole population's answer where the source has it, else the groups of the same attributes together.

    Groups are weighted by how many of them answered. A group is part of its own pool.

    Returns:
        None where the pool would be the group alone, or it is not known how many answered.
    """
    try:
        pack = library.pack(question.dataset)
    except NotFoundError:
        return None
    answered = pack.humans.get(question.id)
    if not answered or group.name == EVERYONE.name:
        return None
    if EVERYONE.name in answered:
        return answered[EVERYONE.name]
    if not group.attributes:
        return None
    attributes = {attribute for attribute, _ in group.attributes}
    alike = [
        name
        for name, other in pack.groups.items()
        if name in answered and {attribute for attribute, _ in other.attributes} == attributes
    ]
    sides = [answered[name] for name in alike]
    if len(sides) < 2 or any(side.n is None for side in sides):
        return None
    options = range(len(question.options))
    return Distribution.from_counts(math.fsum(s.probabilities[at] * (s.n or 0.0) for s in sides) for at in options)
