"""The selection language: words, ``field:value``, ``field<number``, ``-not``, ``"exact text"``, ``on:2026-05-01..``."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from opinionscope.regexes import regex
from opinionscope.selection.fields import ALIASES, FIELDS, Field, field_named
from opinionscope.selection.terms import Selection, SelectionError, Term
from opinionscope.suggesting import did_you_mean
from opinionscope.survey.text import clean_line, fold
from opinionscope.values import replace

LONGEST = 2_000
MOST_TERMS = 64

_TERM = regex(
    r"""(?P<not>-(?=[^\s-]))?
    (?:(?P<field>[A-Za-z_][\w-]*?)(?P<operator>:|<=|>=|<|>|=)(?=\S))?
    (?P<value>(?:"[^"]*"?|[^\s"])+)""",
    re.VERBOSE,
)
_BEGUN = regex(r"([A-Za-z_][\w-]*)(?::|[<>]=?|=)")
"""A field whose value is still to come."""
_QUOTED = regex(r'"([^"]*)"?')
_PART = regex(r'((?:"[^"]*"?|[^,"])*)(?:,|$)')
_RANGE = regex(r"(?P<low>[^.].*?|\.\d.*?)?\.\.(?P<high>.+)?")
_DATE = regex(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_AGO = regex(r"(\d{1,4})d")
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
EXPECTED_DAY = "expected a day: today, yesterday, monday, 7d (the last seven days), 2026-05-01, 2026-05 or 2026"


def parse(text: str, now: datetime | None = None) -> Selection:
    """What was typed, as conditions that all have to hold.

    Args:
        now: for ``on:yesterday`` and its like; the local time now if None.

    Raises:
        SelectionError: naming the place of the mistake and what was expected there.
    """
    text = clean_line(text)
    if len(text) > LONGEST:
        raise SelectionError(f"expected at most {LONGEST:,} characters, got {len(text):,}", LONGEST, len(text))
    terms = tuple(_terms(text, now or datetime.now().astimezone()))
    if len(terms) > MOST_TERMS:
        raise SelectionError(f"expected at most {MOST_TERMS} conditions, got {len(terms)}", 0, len(text))
    return Selection(text, terms)


def _terms(text: str, now: datetime) -> Iterator[Term]:
    for found in _TERM.finditer(text):
        term = _term(found["field"], found["operator"], found["value"], found.start(), found.end(), now)
        if term is not None:
            yield replace(term, negated=bool(found["not"]), start=found.start(), end=found.end())


def _term(name: str | None, operator: str | None, value: str, start: int, end: int, now: datetime) -> Term | None:
    if name is None or operator is None:
        if (begun := _BEGUN.fullmatch(value)) and (field := field_named(begun[1].lower())):
            raise SelectionError(f"expected a value behind {value} ({field.meaning})", start, end)
        return _plain(value)
    field = field_named(name.lower())
    if field is None:
        is_condition = not value.startswith("//") if operator == ":" else operator != "=" and _is_number(value)
        if not is_condition:
            return _plain(f"{name}{operator}{value}")
        known = [*FIELDS, *ALIASES]
        hint = did_you_mean(name.lower(), known) or f"there are {', '.join(FIELDS)}"
        raise SelectionError(f'there is no field "{name}"; {hint}', start, end)
    if field.kind in ("name", "words"):
        if operator not in (":", "="):
            raise SelectionError(f"expected {field.name}:VALUE, for {field.name} has no order", start, end)
        return _names(field, value, start, end)
    try:
        if field.kind == "date":
            return _dates(field, operator, value, now)
        return _numbers(field, operator, value)
    except ValueError as error:
        raise SelectionError(f"{error}", start, end) from None


def _plain(value: str) -> Term | None:
    quoted = _QUOTED.fullmatch(value)
    words = tuple(fold(quoted[1] if quoted else value.replace('"', " ")).split())
    if not words:
        return None
    return Term("text" if quoted else "word", values=(" ".join(words),))


def _names(field: Field, value: str, start: int, end: int) -> Term:
    parts = [_QUOTED.sub(r"\1", part[1]) for part in _PART.finditer(value)]
    values = tuple(filter(None, (" ".join(fold(part).split()) for part in parts)))
    if not values:
        raise SelectionError(f"expected a value behind {field.name}: ({field.meaning})", start, end)
    return Term("is", field.name, values)


def _numbers(field: Field, operator: str, value: str) -> Term:
    """A comparison, a range ``low..high`` with both ends inside, or one number."""
    span = _RANGE.fullmatch(value)
    if operator in (":", "=") and span:
        low, high = (None if end is None else _number(field, end) for end in (span["low"], span["high"]))
        if low is not None and high is not None and low > high:
            raise ValueError(f"expected the smaller end first, as in {field.name}:{span['high']}..{span['low']}")
        return Term("between", field.name, low=low, high=high)
    number = _number(field, value)
    match operator:
        case "<" | "<=":
            return Term("between", field.name, high=number, high_open=operator == "<")
        case ">" | ">=":
            return Term("between", field.name, low=number, low_open=operator == ">")
    return Term("between", field.name, low=number, high=number)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _number(field: Field, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError(f'expected a number behind {field.name}, got "{text}", as in {field.name}<0.2') from None


def _dates(field: Field, operator: str, value: str, now: datetime) -> Term:
    """A day, month or year, or a range of them: from the first moment of the one to the last of the other."""
    span = _RANGE.fullmatch(value)
    if operator in (":", "=") and span:
        low = None if span["low"] is None else day_range(span["low"], now)[0]
        high = None if span["high"] is None else day_range(span["high"], now)[1]
        if low is not None and high is not None and low >= high:
            raise ValueError(f"expected the earlier day first, as in {field.name}:{span['high']}..{span['low']}")
        return Term("between", field.name, low=low, high=high, high_open=True)
    first, after = day_range(value, now)
    match operator:
        case "<":
            return Term("between", field.name, high=first, high_open=True)
        case "<=":
            return Term("between", field.name, high=after, high_open=True)
        case ">":
            return Term("between", field.name, low=after)
        case ">=":
            return Term("between", field.name, low=first)
    return Term("between", field.name, low=first, high=after, high_open=True)


def day_range(text: str, now: datetime) -> tuple[datetime, datetime]:
    """The first moment of a day, month, year or weekday, and the first one after it.

    Args:
        now: with a time zone, which is that of the days.

    Raises:
        ValueError: if the text names no day.
    """
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    word = text.lower()
    if word == "today":
        return today, _days(today, 1)
    if word == "yesterday":
        return _days(today, -1), today
    if word in _WEEKDAYS:
        begun = _days(today, -((today.weekday() - _WEEKDAYS.index(word)) % 7))
        return begun, _days(begun, 1)
    if ago := _AGO.fullmatch(word):
        return _days(today, 1 - int(ago[1])), _days(today, 1)
    found = _DATE.fullmatch(word)
    if not found:
        raise ValueError(f'{EXPECTED_DAY}; got "{text}"')
    year, month, day = (int(part) if part else None for part in found.groups())
    assert year is not None
    try:
        first = _local(year, month or 1, day or 1)
        if day:
            return first, _days(first, 1)
        if month:
            return first, _local(year + month // 12, month % 12 + 1, 1)
        return first, _local(year + 1, 1, 1)
    except (ValueError, OverflowError):
        raise ValueError(f'there is no day "{text}"; {EXPECTED_DAY}') from None


def _local(year: int, month: int, day: int) -> datetime:
    """Midnight in local time, with the offset that holds on that day."""
    return datetime(year, month, day).astimezone()


def _days(moment: datetime, number: int) -> datetime:
    """So many days later, at the same hour by the local clock."""
    try:
        later = moment.replace(tzinfo=None) + timedelta(days=number)
        return later.astimezone()
    except (OverflowError, ValueError, OSError):
        raise ValueError(EXPECTED_DAY) from None
