"""Keeping: a run is written before anybody is asked, answer by answer while they come, and when it has ended."""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

from opinionscope.errors import OpinionscopeError
from opinionscope.history import History, Run
from opinionscope.respondents import Response


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
            await _to_the_end(asyncio.to_thread(self._history.begin, run))

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
        await _to_the_end(self._finish(self._history, run))

    async def _finish(self, history: History, run: Run) -> None:
        if self._writing is not None:
            await asyncio.wait([self._writing])
        await asyncio.to_thread(history.finish, run)

    async def _write(self, history: History, run: Run) -> None:
        while self._come:
            come, self._come = tuple(self._come), []
            with suppress(OpinionscopeError):
                await asyncio.to_thread(history.add, run.id, come)


async def _to_the_end(write: Coroutine[Any, Any, None]) -> None:
    """Let something be written whatever happens; a cancel that comes meanwhile counts once it is."""
    writing, is_cancelled = asyncio.create_task(write), False
    while not writing.done():
        try:
            await asyncio.wait([writing])
        except asyncio.CancelledError:
            is_cancelled = True
    if is_cancelled:
        with suppress(OpinionscopeError):
            writing.result()
        raise asyncio.CancelledError
    writing.result()
