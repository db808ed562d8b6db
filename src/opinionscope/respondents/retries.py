"""When a failed call is made again: after how long, and what the provider asked for."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

FIRST_WAIT = 1.0
LONGEST_WAIT = 60.0


def wait_before(attempt: int, retry_after: float | None, chance: float) -> float:
    """Seconds to wait before an attempt: exponential backoff with jitter, or longer if the provider says so.

    Args:
        attempt: the number of the attempt to come, from 2.
        retry_after: what the provider asked for, in seconds; honoured up to `LONGEST_WAIT`.
        chance: a random number from 0 to 1, which spreads callers that failed together over half the wait.
    """
    backoff = FIRST_WAIT * 2.0 ** (attempt - 2) * (0.5 + 0.5 * chance)
    return min(LONGEST_WAIT, max(backoff, retry_after or 0.0))


def retry_after_seconds(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """The seconds that a ``Retry-After`` header asks for, given as a number or a date; None if it does not."""
    value = next((text for name, text in headers.items() if name.lower() == "retry-after"), "").strip()
    try:
        seconds = float(value)
    except ValueError:
        seconds = _seconds_until(value, now or datetime.now(UTC))
    return seconds if math.isfinite(seconds) and seconds >= 0 else None


def _seconds_until(date: str, now: datetime) -> float:
    try:
        moment = parsedate_to_datetime(date)
    except ValueError:
        return math.nan
    return max(0.0, (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() - now.timestamp())
