"""Keeping: a run is written before anybody is asked, answer by answer while they come, and when it has ended."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import ParamSpec

from opinionscope.errors import OpinionscopeError
from opinionscope.history import History, Run
from opinionscope.respondents import Response

P = ParamSpec("P")


class Keeper:
    """Keeps one run in the history, in threads, so that nobody waits for the disk.

    Args:
        history: where to; None to keep nothing.
    """

    def __init__(self, history: History | None) -> None:
        self._history = history
        self._come: list[Response] = []
        self._writing: asyncio.Task[None] | None = None

    async def begin(self, run: Run) -> None:
        """Write the run before the call.

        Raises:
            HistoryError: if it cannot be written.
        """
        if self._history is not None:
            await _in_full(self._history.begin, run)

    def add(self, run: Run, response: Response) -> None:
        """Have one of several answers written soon, so that it outlives the program; `finish` writes them all again.

        An answer that cannot be written now is left to `finish`, which says so.
        """
        if self._history is None:
            return
        self._come.append(response)
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write(self._history, run))

    async def finish(self, run: Run) -> None:
        """Write what came of the run.

        Raises:
            HistoryError: if it cannot be written.
        """
        if self._history is None:
            return
        self._come.clear()
        if self._writing is not None:
            await _shielded(self._writing)
        await _in_full(self._history.finish, run)

    async def _write(self, history: History, run: Run) -> None:
        while self._come:
            come, self._come = tuple(self._come), []
            with suppress(OpinionscopeError):
                await asyncio.to_thread(history.add, run.id, come)


async def _in_full(write: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> None:
    """Write in a thread; a cancel that comes meanwhile waits until it is written."""
    await _shielded(asyncio.create_task(asyncio.to_thread(write, *args, **kwargs)))


async def _shielded(writing: asyncio.Task[None]) -> None:
    try:
        await asyncio.shield(writing)
    except asyncio.CancelledError:
        with suppress(OpinionscopeError):
            await writing
        raise
