"""What the condition being typed in a filter could become."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from opinionscope.elicitation import FORMATS, STEERINGS
from opinionscope.selection.fields import FIELDS, field_named
from opinionscope.survey import Library
from opinionscope.survey.question import DOMAIN_TITLES
from opinionscope.survey.text import fold
from opinionscope.tui.widgets.filter_line import Complete, word_start

Values = Callable[[], Iterable[str]]
ENDINGS = {"measure": "<", "number": ":"}
DAYS = ("today", "yesterday", "monday", "7d")


def completer(library: Library, models: Values, tags: Values) -> Complete:
    """Completes names of fields, and values of those that have few.

    Args:
        models, tags: give those at hand.
    """
    values: Mapping[str, Values] = {
        "steering": lambda: STEERINGS,
        "format": lambda: FORMATS,
        "kind": lambda: ("live", "recorded", "person"),
        "status": lambda: ("done", "unread", "failed", "cancelled", "running"),
        "order": lambda: ("survey", "reversed", "shuffled"),
        "reasoning": lambda: ("yes", "no"),
        "domain": lambda: DOMAIN_TITLES,
        "question": lambda: (question.id for question in library.questions),
        "group": lambda: (name for pack in library.packs for name in pack.groups),
        "topic": lambda: dict.fromkeys(topic for question in library.questions for topic in question.topics),
        "dataset": lambda: dict.fromkeys(question.dataset for question in library.questions),
        "on": lambda: DAYS,
        "model": lambda: (name.rpartition("/")[2] for name in models()),
        "tag": lambda: ("none", *tags()),
    }

    def complete(text: str, cursor: int) -> Sequence[str]:
        word = text[word_start(text[:cursor]) : cursor]
        sign, name = ("-", word[1:]) if word.startswith("-") else ("", word)
        field, colon, begun = name.partition(":")
        if colon:
            known = field_named(field.lower())
            found = values[known.name]() if known and known.name in values else ()
            fitting = sorted({each for each in found if fold(each).startswith(fold(begun))})
            return [f"{sign}{field}:{_quoted(each)}" for each in fitting]
        if not name:
            return []
        return [
            f"{sign}{each.name}{ENDINGS.get(each.kind, ':')}"
            for each in FIELDS.values()
            if each.name.startswith(name.lower())
        ]

    return complete


def _quoted(value: str) -> str:
    return f'"{value}"' if " " in value else value
