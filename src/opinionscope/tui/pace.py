"""The pace of keys: how soon what takes a while is done for one of them."""

import time

A_MOMENT = 0.08
"""Seconds without another key after which the last one of a burst is acted on, where acting takes a while."""


class Pace:
    """Lets a single key be acted on at once, and of a burst the first and the last."""

    def __init__(self) -> None:
        self._last = float("-inf")

    def pause(self) -> float:
        """Seconds to wait with what a key asks for, in case another one follows."""
        before, self._last = self._last, time.monotonic()
        return A_MOMENT if self._last - before < A_MOMENT else 0.0
