"""Writing what was paid for: tried again, then spilled into a file, and never lost without a word."""

import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress

from opinionscope.elicitation import Reply
from opinionscope.history.errors import HistoryError
from opinionscope.history.spilling import write_spill
from opinionscope.history.store import History
from opinionscope.runs import Run, Unkept

PAUSES = (0.2, 1.0)
"""Seconds before the second and the third attempt to write a run that has ended.

In each SQLite itself waits for another program's lock.
"""


class HistoryWriter:
    """Writes runs to a history, and reads them from it; worker threads may share one.

    Args:
        wait: how to spend the `PAUSES`.

    Attributes:
        unkept: by id, the runs that could not be written so far.
    """

    def __init__(self, history: History, *, wait: Callable[[float], None] = time.sleep) -> None:
        self._history = history
        self._wait = wait
        self.unkept: dict[str, Unkept] = {}

    def get(self, run_id: str) -> Run:
        """As `History.get`."""
        return self._history.get(run_id)

    def resume(self, run_id: str) -> Run:
        """As `History.resume`."""
        return self._history.resume(run_id)

    def answered_by(self, model: str, steering: str, formats: Sequence[str], most: int) -> list[Run]:
        """As `History.answered_by`."""
        return self._history.answered_by(model, steering, formats, most)

    def write(self, writes: Sequence[Callable[[], object]]) -> list[HistoryError | None]:
        """Do several writes in one transaction, so that they wait for the disk once.

        Where the transaction fails, each is done again alone.

        Returns:
            For each why it failed; None where it did not.
        """
        if len(writes) > 1:
            with suppress(HistoryError), self._history.together():
                return [_done(write) for write in writes]
        return [_done(write) for write in writes]

    def begin(self, run: Run) -> None:
        """As `History.begin`, in one attempt: nothing has been paid for yet.

        Raises:
            HistoryError: if the run cannot be written.
        """
        self._history.begin(run)

    def add(self, run_id: str, replies: Iterable[Reply]) -> None:
        """As `History.add`.

        Raises:
            HistoryError: if the answers cannot be written now.
        """
        self._history.add(run_id, replies)

    def finish(self, run: Run) -> Unkept | None:
        """Write what came of a run: to the history, in several attempts, or else to a spill file.

        Returns:
            What is known of a run that is not in the history; None if it is.
        """
        for pause in (*PAUSES, None):
            try:
                self._history.finish(run)
            except HistoryError as error:
                if pause is None:
                    return self._spill(run, error)
                self._wait(pause)
            else:
                break
        self._forget(run.id)
        return None

    def retry(self) -> None:
        """Try once more to write the runs that could not be written; those that another process took in are done."""
        for unkept in tuple(self.unkept.values()):
            if unkept.path is None or unkept.path.exists():
                try:
                    self._history.finish(unkept.run)
                except HistoryError:
                    return
            self._forget(unkept.run.id)

    def _spill(self, run: Run, reason: HistoryError) -> Unkept:
        path = None
        with suppress(HistoryError):
            path = write_spill(self._history.path, run)
        self.unkept[run.id] = Unkept(run, reason, path)
        return self.unkept[run.id]

    def _forget(self, run_id: str) -> None:
        unkept = self.unkept.pop(run_id, None)
        if unkept is not None and unkept.path is not None:
            with suppress(OSError):
                unkept.path.unlink(missing_ok=True)


def _done(write: Callable[[], object]) -> HistoryError | None:
    try:
        write()
    except HistoryError as error:
        return error
    return None
