"""Watching: a screen that looks at the history every second while it is in sight, and not else."""

import time
from abc import abstractmethod

from textual.screen import Screen
from textual.timer import Timer

from opinionscope.tui.working import work

EVERY = 1.0
"""Seconds between two looks; more where a look takes long."""
SHARE = 0.2
"""Of the time, that may be spent on looking."""


class Watching(Screen[None]):
    """Calls `looked` in a worker, one at a time."""

    _watch: Timer | None = None
    _is_looking = False
    _look_again = False
    _not_before = 0.0

    @abstractmethod
    async def looked(self) -> None:
        """Look, and draw what was seen."""

    def on_screen_resume(self) -> None:
        """In sight: look now, and every second."""
        if self._watch is None:
            self._watch = self.set_interval(EVERY, self._tick)
        self._watch.resume()
        self.look()

    def on_screen_suspend(self) -> None:
        """Out of sight."""
        if self._watch is not None:
            self._watch.pause()

    def _tick(self) -> None:
        if time.monotonic() >= self._not_before:
            self.look()

    def look(self) -> None:
        """Look now, or again once the present look is over."""
        if self._is_looking:
            self._look_again = True
        else:
            self._is_looking = True
            self._look()

    @work(group="look")
    async def _look(self) -> None:
        try:
            begun = time.monotonic()
            await self.looked()
            ended = time.monotonic()
            self._not_before = ended + (ended - begun) * (1 / SHARE - 1)
        finally:
            self._is_looking = False
        if self._look_again and self.is_running:
            self._look_again = False
            self.look()
