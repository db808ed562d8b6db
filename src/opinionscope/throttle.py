"""Throttle: limits how often an action runs, so that there is time for everything else."""

import asyncio
import time
from collections.abc import Callable

REST = 9
"""The pause after an action, as a multiple of the time it took."""


class Throttle:
    """Acts at once when it is wanted, then rests nine times as long as that took.

    Requests during a rest are combined into one action after it.
    """

    def __init__(self, act: Callable[[], None]) -> None:
        self._act = act
        self._resting: asyncio.TimerHandle | None = None
        self._wanted = False

    def want(self) -> None:
        """Act now, or after the rest."""
        if self._resting is not None:
            self._wanted = True
            return
        begun = time.perf_counter()
        self._act()
        rest = REST * (time.perf_counter() - begun)
        self._resting = asyncio.get_running_loop().call_later(rest, self._rested)

    def stop(self) -> None:
        """Cancel a pending action."""
        if self._resting is not None:
            self._resting.cancel()

    def _rested(self) -> None:
        self._resting = None
        if self._wanted:
            self._wanted = False
            self.want()
