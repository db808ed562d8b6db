"""Days as people type them, as moments in local time."""

from datetime import datetime, timedelta

from opinionscope.regexes import regex

_DATE = regex(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_AGO = regex(r"(\d{1,4})d")
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
EXPECTED = "expected a day: today, yesterday, monday, 7d (the last seven days), 2026-05-01, 2026-05 or 2026"


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
        raise ValueError(f'{EXPECTED}; got "{text}"')
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
        raise ValueError(f'there is no day "{text}"; {EXPECTED}') from None


def _local(year: int, month: int, day: int) -> datetime:
    """Midnight in local time, with the offset that holds on that day."""
    return datetime(year, month, day).astimezone()


def _days(moment: datetime, number: int) -> datetime:
    """So many days later, at the same hour by the local clock."""
    try:
        later = moment.replace(tzinfo=None) + timedelta(days=number)
        return later.astimezone()
    except (OverflowError, ValueError, OSError):
        raise ValueError(EXPECTED) from None
