"""Keeping: a run is written before anybody is asked, answer by answer while they come, and when it has ended."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from msgspec import Struct

from opinionscope.elicitation import Reply
from opinionscope.runs.errors import RunError
from opinionscope.runs.run import Run


class Unkept(Struct, frozen=True):
    """A run that is not in the history.

    Attributes:
        reason: why it could not be written.
        path: the spill file that holds it; None if no file could be written either.
    """

    run: Run
    reason: RunError
    path: Path | None

    @property
    def words(self) -> str:
        """Why it is not kept, and where it is meanwhile."""
        if self.path is None:
            return f"{self.reason.message}. No other file could be written either: copy what you need before you leave"
        return f"{self.reason.message}. It waits in {self.path}, and the next start of the program takes it in"


AnsweredBy = Callable[[str, str, Sequence[str], int], list[Run]]
"""As `RunStore.answered_by`."""


class RunStore(Protocol):
    """Where runs are kept; its methods block, and are called in threads. See `HistoryWriter`."""

    @property
    def unkept(self) -> Mapping[str, Unkept]:
        """By id, the runs that have ended and could not be written so far."""

    def get(self, run_id: str) -> Run:
        """The run with that id, or raise RunError."""

    def resume(self, run_id: str) -> Run:
        """Mark a run that has ended as running again, or raise RunError."""

    def answered_by(self, model: str, steering: str, formats: Sequence[str], most: int) -> list[Run]:
        """The newest answered runs of a model under a steering method in any of these formats."""

    def write(self, writes: Sequence[Callable[[], object]]) -> Sequence[RunError | None]:
        """Do several of the writes below at once; for each why it failed, None where it did not."""

    def begin(self, run: Run) -> None:
        """Write a run before anybody is asked, or raise RunError."""

    def add(self, run_id: str, replies: Iterable[Reply]) -> None:
        """Write answers of a run that is under way, or raise RunError."""

    def finish(self, run: Run) -> Unkept | None:
        """Write what came of a run; never raises RunError."""

    def retry(self) -> None:
        """Try again to write what is in `unkept`."""


class WriteQueue:
    """Keeps runs, in a thread, so that nobody waits for the disk.

    Writes are done one batch after the other: what comes while one batch is written makes the next.

    Args:
        store: where to; None to keep nothing.
    """

    def __init__(self, store: RunStore | None) -> None:
        self._store = store
        self._waiting: list[tuple[Callable[[], object], asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None
        self._unwritten: dict[str, tuple[Reply, ...]] = {}

    async def begin(self, run: Run) -> None:
        """Write a run before the call.

        Raises:
            RunError: if it cannot be written.
        """
        if self._store is not None:
            await _to_the_end(self._put(self._store, partial(self._store.begin, run)))

    def add(self, run: Run, reply: Reply) -> None:
        """Have one of several answers written soon, so that it outlives the program; `finish` writes them all again.

        An answer that cannot be written now is tried again with the next one, and by `finish`.
        """
        if self._store is None:
            return
        come = (*self._unwritten.pop(run.id, ()), reply)

        def note(written: asyncio.Future[None]) -> None:
            if written.exception():
                self._unwritten[run.id] = (*come, *self._unwritten.get(run.id, ()))

        self._put(self._store, partial(self._store.add, run.id, come)).add_done_callback(note)

    async def finish(self, run: Run) -> None:
        """Write what came of a run; its answers were written by then, or could not be."""
        if self._store is not None:
            await _to_the_end(self._put(self._store, partial(self._store.finish, run)))
            self._unwritten.pop(run.id, None)

    def _put(self, store: RunStore, write: Callable[[], object]) -> asyncio.Future[None]:
        """Have a write done soon; what is returned is done with it, or has the RunError for which it failed."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((write, future))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write(store))
        return future

    async def _write(self, store: RunStore) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            try:
                errors: Sequence[Exception | None] = await asyncio.to_thread(store.write, [write for write, _ in batch])
            except Exception as error:  # of whatever kind: those who wait must hear of it
                errors = [error] * len(batch)
            for (_, future), failure in zip(batch, errors, strict=True):
                if not future.done():
                    future.set_exception(failure) if failure else future.set_result(None)


async def _to_the_end(writing: asyncio.Future[Any]) -> None:
    """Let something be written whatever happens; a cancel that comes meanwhile counts once it is."""
    is_cancelled = False
    while not writing.done():
        try:
            await asyncio.wait([writing])
        except asyncio.CancelledError:
            is_cancelled = True
    if is_cancelled:
        with suppress(RunError):
            writing.result()
        raise asyncio.CancelledError
    writing.result()
