"""Writing what batches brought: as any run, by the only process at work on their sweeps."""

from collections.abc import Iterable
from contextlib import ExitStack
from types import TracebackType
from typing import Self

from opinionscope.history.run_writer import HistoryWriter
from opinionscope.history.store import History


class BatchWriter(HistoryWriter):
    """Writes answers; a context manager, at whose end sweeps are let go. See `CollectStore`."""

    def __init__(self, history: History) -> None:
        super().__init__(history)
        self._stack = ExitStack()
        self._held: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._held.clear()
        self._stack.close()

    def hold(self, run_ids: Iterable[str]) -> None:
        """Be the only process at work on the sweeps that these runs answer.

        Raises:
            HistoryError: naming the process that is at work on one.
        """
        self.hold_sweeps(row.id for row in self._history.sweeps_of(run_ids))

    def hold_sweeps(self, sweeps: Iterable[str]) -> None:
        """Be the only process at work on these sweeps.

        Raises:
            HistoryError: naming the process that is at work on one.
        """
        for sweep in sweeps:
            if sweep not in self._held:
                self._stack.enter_context(self._history.holding(sweep))
                self._held.add(sweep)
