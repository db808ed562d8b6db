"""Lists with an entry for each simulated person: "Person 1: B", "2) A - reason", {"1": "B", "2": "A"}."""

import re
from collections.abc import Iterator

from opinionscope.elicitation.expression.rows import FEWEST_AMID_PROSE, Row

_HEAD = (
    r"[^\w\n]{0,8}(?:[A-Za-z_][A-Za-z_ ]{0,30}?)?[\"':#\s_]{0,4}(?P<number>\d{1,4})(?=[\"']?\s?[^\w\s]|\s-|\s[A-Za-z])"
)
_NUMBERED = re.compile(_HEAD)
_NEXT = re.compile(rf"(?<=[,;|}}])(?={_HEAD})")
_SAYS = re.compile(
    r"[^\w\n]{1,6}(?:(?i:answer(?:s|ed)?|options?|choice|letter|response|cho(?:se|oses)|pick(?:s|ed)|select(?:s|ed)|"
    r"sa(?:ys|id)|would (?:answer|choose|pick|say|select))\b[^\w\n]{1,6}){0,2}"
    r"(?P<letter>[A-Z])(?![\w'’])(?!\s?[:=x×]\s?\d)"
    r"(?! (?!because\b|since\b|as\b|for\b|due\b|and\b)[a-z])"
)
"""What a person says; not the count of a tally (“1. A: 9”), not an article (“1. A few”)."""


_OBJECT = re.compile(r"\{[^{}]{0,400}\}")
"""An entry as a JSON object, which may stand on several lines."""


def find_persons(text: str, offered: str) -> list[Row]:
    """A row for each list that counts persons from 1 (or 0) and gives every one of them a letter.

    An entry without a letter spoils its list: what is left would be no sample of the people asked for.
    """
    open_lists: dict[int, tuple[Row, list[bool]]] = {}
    lists: list[tuple[Row, list[bool]]] = []
    for start, entry in _entries(text):
        head = _NUMBERED.match(entry)
        if head is None:
            continue
        number = int(head["number"])
        row, readable = open_lists.pop(number, (Row(), []))
        if not readable and number > 1:
            continue
        said = _SAYS.match(entry, head.end())
        row.add(said["letter"] if said else "", (start, start + len(entry)))
        readable.append(said is not None)
        if len(readable) == 1:
            lists.append((row, readable))
        open_lists[number + 1] = row, readable
    return [
        row for row, readable in lists if all(readable) and len(readable) >= FEWEST_AMID_PROSE and _varied(row, offered)
    ]


def _on_one_line(entry: re.Match[str]) -> str:
    """An object without its line breaks and indents, as long as it was."""
    return " ".join(entry[0].split()).ljust(len(entry[0]))


def _varied(row: Row, offered: str) -> bool:
    """Whether a list is more than the options themselves, numbered."""
    return row.letters not in offered and bool(set(row.letters) & set(offered))


def _entries(text: str) -> Iterator[tuple[int, str]]:
    """Each line, or each part of one behind which the next number stands, with its place."""
    for line in re.finditer(r"[^\n]+", _OBJECT.sub(_on_one_line, text)):
        start = line.start()
        for entry in _NEXT.split(line[0]):
            yield start, entry
            start += len(entry)
