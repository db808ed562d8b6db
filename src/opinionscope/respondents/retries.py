"""When a failed call is made again: after how long, and what the provider asked for.

A pause that a provider asks for is kept in full, or, where it is longer than anybody would wait, not begun.
"""

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from opinionscope.regexes import regex

FIRST_WAIT = 1.0
LONGEST_BACKOFF = 60.0
SPREAD = 0.25
A_WHILE = 7 * 86_400.0

_SAID = regex(
    r"\b(?:retry[_ -]?(?:delay|after)\W{1,6}|(?:try again|retry|wait)(?: in| after| for)?)\s?"
    r"(?:(?P<days>\d{1,3}) ?d(?:ays?)?(?![a-z]) ?)?(?:(?P<hours>\d{1,4})(?: ?h(?:ours?|rs?)| h(?!\d)|h)(?![a-z]) ?)?"
    r"(?:(?P<minutes>\d{1,4}) ?m(?:in(?:utes?)?)?\b ?|(?P<short>\d{1,4})m(?=\d))?"
    r"(?:(?P<number>\d{1,6}(?:\.\d{1,9})?) ?(?P<unit>ms|s(?:ec(?:onds?)?)?)\b)?"
)


def wait_before(attempt: int, retry_after: float | None, chance: float, longest: float) -> float | None:
    """Seconds to wait before an attempt: exponential backoff with jitter, or what the provider asks for.

    Args:
        attempt: the number of the attempt to come, from 2.
        retry_after: what the provider asked for, in seconds; never cut short, and spread only upwards.
        chance: a random number from 0 to 1, which keeps callers that failed together from coming back together.
        longest: the longest pause that is worth waiting for, in seconds.

    Returns:
        The pause, or None if the provider asks for one longer than `longest`.
    """
    backoff = min(LONGEST_BACKOFF, longest, FIRST_WAIT * 2.0 ** (attempt - 2)) * (0.5 + 0.5 * chance)
    if retry_after is None or retry_after <= backoff:
        return backoff
    return None if retry_after > longest else retry_after + min(SPREAD, longest - retry_after) * chance


def in_words(seconds: float) -> str:
    """A pause as people say it: ``90 s``, ``15 min``, ``24 h``, ``more than a week``."""
    if seconds > A_WHILE:
        return "more than a week"
    size, unit = (1, "s") if seconds < 120 else (60, "min") if seconds < 7200 else (3600, "h")
    return f"{seconds / size:.0f} {unit}"


def said_seconds(words: str) -> float | None:
    """The pause that the text of an error asks for ("try again in 20s"), in lower case; None if it does not."""
    for said in _SAID.finditer(words):
        minutes = said["minutes"] or said["short"]
        if any(said[name] for name in ("days", "hours", "minutes", "short", "number")):
            hours = 24 * float(said["days"] or 0) + float(said["hours"] or 0)
            return (
                3_600 * hours
                + 60 * float(minutes or 0)
                + float(said["number"] or 0) / (1000 if said["unit"] == "ms" else 1)
            )
    return None


def retry_after_seconds(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """The seconds that a ``Retry-After`` header asks for, as a number, with units ("1m") or as a date; else None.

    OpenAI and Azure give milliseconds as well, in a header of their own.
    """
    values = {name.lower(): value.strip() for name, value in headers.items()}
    exactly = _number(values.get("retry-after-ms") or values.get("x-ms-retry-after-ms", "")) / 1000
    if exactly >= 0:
        return exactly
    value = values.get("retry-after", "")
    seconds = _number(value)
    if math.isnan(seconds):
        said = said_seconds(f"retry after {value.lower()}")
        seconds = _seconds_until(value, now or datetime.now(UTC)) if said is None else said
    return seconds if seconds >= 0 else None


def _number(value: str) -> float:
    """The number; NaN if it is none, or without end."""
    try:
        number = float(value)
    except ValueError:
        return math.nan
    return number if math.isfinite(number) else math.nan


def _seconds_until(date: str, now: datetime) -> float:
    try:
        moment = parsedate_to_datetime(date)
    except ValueError:
        return math.nan
    return max(0.0, (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() - now.timestamp())
