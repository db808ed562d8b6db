"""Debounce: what is slow is done for the first and the last key of a burst only."""

import time

A_MOMENT = 0.08
"""Seconds without another key after which the last key of a burst is acted on."""


class Pace:
    """Lets a single key be acted on at once, and of a burst the first and the last."""

    def __init__(self) -> None:
        self._last = float("-inf")

    def pause(self) -> float:
        """Seconds to wait before acting on a key, in case another one follows."""
        before, self._last = self._last, time.monotonic()
        return A_MOMENT if self._last - before < A_MOMENT else 0.0
