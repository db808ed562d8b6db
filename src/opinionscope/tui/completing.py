"""Values that a filter is completed with."""

from collections.abc import Callable, Iterable, Mapping

from opinionscope.selection.completing import Values
from opinionscope.survey import Library
from opinionscope.survey.question import DOMAIN_TITLES

Names = Callable[[], Iterable[str]]


def values_of(library: Library, models: Names = tuple, tags: Names = tuple) -> Values:
    """Values of the fields that have few.

    Args:
        models, tags: give those at hand.
    """
    values: Mapping[str, Names] = {
        "domain": lambda: DOMAIN_TITLES,
        "question": lambda: (question.id for question in library.questions),
        "group": lambda: (name for pack in library.packs for name in pack.groups),
        "topic": lambda: (topic for question in library.questions for topic in question.topics),
        "dataset": lambda: (question.dataset for question in library.questions),
        "model": lambda: (name.rpartition("/")[2] for name in models()),
        "tag": lambda: ("none", *tags()),
    }
    return lambda field: values[field]() if field in values else ()
