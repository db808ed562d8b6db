"""Throttle: something that is wanted often, done seldom enough to leave time for everything else."""

import asyncio
import time
from collections.abc import Callable

REST = 9
"""How many times as long as the last beat took the next one waits."""


class Throttle:
    """Acts at once when it is wanted, then no more often than leaves nine tenths of the time free.

    What is wanted meanwhile is done together, by the next beat.
    """

    def __init__(self, act: Callable[[], None]) -> None:
        self._act = act
        self._resting: asyncio.TimerHandle | None = None
        self._wanted = False

    def want(self) -> None:
        """Act now, or as soon as may be."""
        if self._resting is not None:
            self._wanted = True
            return
        begun = time.perf_counter()
        self._act()
        rest = REST * (time.perf_counter() - begun)
        self._resting = asyncio.get_running_loop().call_later(rest, self._rested)

    def stop(self) -> None:
        """Never act again of itself."""
        if self._resting is not None:
            self._resting.cancel()

    def _rested(self) -> None:
        self._resting = None
        if self._wanted:
            self._wanted = False
            self.want()
