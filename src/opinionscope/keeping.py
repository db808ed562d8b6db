"""Keeping: a run is written before anybody is asked, answer by answer while they come, and when it has ended."""

import asyncio
from collections.abc import Coroutine, Iterable
from contextlib import suppress
from typing import Any, Protocol

from opinionscope.errors import OpinionscopeError
from opinionscope.history import Run, Unkept
from opinionscope.respondents import Response


class RunWriter(Protocol):
    """Where runs are written, in threads; see `HistoryWriter`."""

    def begin(self, run: Run) -> None:
        """Write a run before anybody is asked, or raise OpinionscopeError."""

    def add(self, run_id: str, responses: Iterable[Response]) -> None:
        """Write answers of a run that is under way, or raise OpinionscopeError."""

    def finish(self, run: Run) -> Unkept | None:
        """Write what came of a run; never raises OpinionscopeError."""


class Keeper:
    """Keeps one run, in threads, so that nobody waits for the disk.

    Args:
        writer: where to; None to keep nothing.
    """

    def __init__(self, writer: RunWriter | None) -> None:
        self._writer = writer
        self._come: list[Response] = []
        self._writing: asyncio.Task[None] | None = None

    async def begin(self, run: Run) -> None:
        """Write the run before the call.

        Raises:
            HistoryError: if it cannot be written.
        """
        if self._writer is not None:
            await to_the_end(asyncio.to_thread(self._writer.begin, run))

    def add(self, run: Run, response: Response) -> None:
        """Have one of several answers written soon, so that it outlives the program; `finish` writes them all again.

        An answer that cannot be written now is tried again with the next one, and by `finish`.
        """
        if self._writer is None:
            return
        self._come.append(response)
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write(self._writer, run))

    async def finish(self, run: Run) -> None:
        """Write what came of the run."""
        if self._writer is None:
            return
        self._come.clear()
        await to_the_end(self._finish(self._writer, run))

    async def _finish(self, writer: RunWriter, run: Run) -> None:
        try:
            if self._writing is not None:
                await asyncio.wait([self._writing])
        finally:
            await asyncio.to_thread(writer.finish, run)

    async def _write(self, writer: RunWriter, run: Run) -> None:
        while self._come:
            come, self._come = tuple(self._come), []
            try:
                await asyncio.to_thread(writer.add, run.id, come)
            except OpinionscopeError:
                self._come[:0] = come
                return


async def to_the_end(write: Coroutine[Any, Any, Any]) -> None:
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
