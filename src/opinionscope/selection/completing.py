"""Completing a selection as it is typed: names of fields, then their values."""

import re
from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct

from opinionscope.selection.fields import FIELDS, VALUES, Kind, field_named
from opinionscope.survey.text import fold

MOST = 100
_ENDINGS: Mapping[Kind, str] = {"number": "<", "measure": "<"}
_KNOWN: Mapping[str, tuple[str, ...]] = {
    **VALUES,
    "on": ("today", "yesterday", "monday", "7d", "30d"),
}

Values = Callable[[str], Iterable[str]]
"""Gives values of a field by its name; none where it knows none."""


class Suggestion(Struct, frozen=True):
    """What can stand in place of the characters from `start` to the cursor; `meaning` is a few words on it."""

    text: str
    start: int
    meaning: str = ""


def completions(text: str, cursor: int, values: Values = lambda _: ()) -> list[Suggestion]:
    """What the condition at the cursor can become; nothing is raised.

    Args:
        text: a selection, in part.
        cursor: where it is being typed, as a position of characters.
    """
    start = condition_start(text[:cursor])
    word = text[start:cursor]
    start += len(word) - len(word.removeprefix("-"))
    name, colon, typed = text[start:cursor].partition(":")
    if not colon:
        begun = fold(name)
        fields = [field for field in FIELDS.values() if field.name.startswith(begun)]
        return [Suggestion(field.name + _ENDINGS.get(field.kind, ":"), start, field.meaning) for field in fields]
    field = field_named(name.lower())
    if field is None:
        return []
    part = typed.rpartition(",")[2]
    begun = fold(part.strip('"'))
    known = _KNOWN.get(field.name) or sorted(set(values(field.name)), key=fold)
    fitting = [value for value in known if _begins(value, begun)]
    return [Suggestion(_quoted(value), cursor - len(part), field.meaning) for value in fitting[:MOST]]


def condition_start(before: str) -> int:
    """Where the condition begins in which a text ends; a blank inside quotes does not end it."""
    at = 0
    for found in re.finditer(r'"[^"]*"?|\s+', before):
        if found[0].isspace():
            at = found.end()
    return at


def _begins(value: str, begun: str) -> bool:
    folded = fold(value)
    return folded.startswith(begun) or any(word.startswith(begun) for word in folded.replace("/", " ").split())


def _quoted(value: str) -> str:
    return f'"{value}"' if any(sign.isspace() or sign == "," for sign in value) else value
