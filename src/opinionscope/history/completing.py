"""Completing a selection as it is typed: names of fields, then values that runs of the history have."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from opinionscope.alignment import MEASURES
from opinionscope.history.errors import HistoryError
from opinionscope.history.selecting import SETUP_COLUMNS, WITH
from opinionscope.history.store import History
from opinionscope.selection import FIELDS, field_named
from opinionscope.survey.text import fold

MOST = 100
_NAMED = ("name", "words", "date")
_DAYS = ("today", "yesterday", "7d", "30d")
_KNOWN = {
    "kind": ("live", "recorded", "person"),
    "reasoning": ("yes", "no"),
    "order": ("survey", "reversed", "shuffled"),
}
_SHARED = {
    "question": "SELECT DISTINCT question_id FROM questions",
    "dataset": "SELECT DISTINCT dataset FROM questions",
    "domain": "SELECT DISTINCT domain FROM questions",
    "topic": "SELECT DISTINCT topic FROM topics",
    "group": "SELECT DISTINCT name FROM groups",
    "voice": "SELECT DISTINCT voice FROM runs",
    "tag": f"{WITH} SELECT tag FROM labels",
    "sweep": "SELECT id FROM sweeps UNION SELECT name FROM sweeps WHERE name <> ''",
    **{name: f"{WITH} SELECT DISTINCT {name} FROM setups" for name in SETUP_COLUMNS},
}


@dataclass(frozen=True, slots=True)
class Completion:
    """What can stand in place of the characters from `start` to `end`; `meaning` is a few words on it."""

    text: str
    start: int
    end: int
    meaning: str = ""


def completions(text: str, cursor: int, history: History | None = None) -> list[Completion]:
    """What the word at the cursor can become; nothing is raised.

    Args:
        text: a selection, in part.
        cursor: where it is being typed, as a position of characters.
        history: where values of fields are taken from; None for names of fields only.
    """
    start = _word_start(text, cursor)
    word = text[start:cursor]
    start += len(word) - len(word.removeprefix("-"))
    word = word.removeprefix("-")
    name, colon, typed = word.partition(":")
    if not colon:
        begun = fold(word)
        names = [field for field in FIELDS.values() if field.name.startswith(begun)]
        return [
            Completion(
                field.name + (":" if field.kind in ("name", "words", "date") else "<"), start, cursor, field.meaning
            )
            for field in names
        ]
    field = field_named(name.lower())
    if field is None:
        return []
    part = typed.rpartition(",")[2]
    at, begun = cursor - len(part), fold(part.strip('"'))
    values = [value for value in _values(field.name, history) if _begins(value, begun)]
    return [Completion(_quoted(value), at, cursor, field.meaning) for value in values[:MOST]]


def _word_start(text: str, cursor: int) -> int:
    """Where the word begins that ends at the cursor; blanks within quotation marks do not end it."""
    start, is_quoted = 0, False
    for at, sign in enumerate(text[:cursor]):
        if sign == '"':
            is_quoted = not is_quoted
        elif sign.isspace() and not is_quoted:
            start = at + 1
    return start


def _values(name: str, history: History | None) -> Sequence[str]:
    if name == "on":
        return _DAYS
    if name in _KNOWN:
        return _KNOWN[name]
    if name in MEASURES or name not in _SHARED or history is None:
        return ()
    try:
        found = history.listed(_SHARED[name])
    except (HistoryError, sqlite3.Error):
        return ()
    return [*sorted(found, key=fold), *(["none"] if name == "tag" else [])]


def _begins(value: str, begun: str) -> bool:
    folded = fold(value)
    return folded.startswith(begun) or any(word.startswith(begun) for word in folded.replace("/", " ").split())


def _quoted(value: str) -> str:
    return f'"{value}"' if any(sign.isspace() or sign == "," for sign in value) else value
