"""Writing the runs of a sweep or of a batch: as any run, with the cells that they answer in the same transaction."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from types import TracebackType
from typing import Self

from typing_extensions import override

from opinionscope.history.run_writer import HistoryWriter
from opinionscope.history.store import History
from opinionscope.runs import Run, Unkept


class SweepWriter(HistoryWriter):
    """Writes runs of one sweep; see `HistoryWriter` and `runs.sweep.SweepStore`."""

    def __init__(self, history: History, sweep: str) -> None:
        super().__init__(history)
        self._sweep = sweep
        self._expected: dict[str, str] = {}

    def expect(self, run_id: str, cell: str) -> None:
        """Say which cell a run answers that will be written."""
        self._expected[run_id] = cell

    def adopt(self, runs: Mapping[str, str]) -> None:
        """Have cells answered by runs that are in the history already: cell → id of the run."""
        self._history.link(self._sweep, runs)

    def keep_planned(self, run: Run, cell: str) -> None:
        """Write a run of which nobody was asked yet, and which cell it answers."""
        with self._history.together():
            self._history.finish(run)
            self.adopt({cell: run.id})

    def unscaled(self) -> Sequence[str]:
        """As `History.unscaled`."""
        return self._history.unscaled(self._sweep)

    def refuse(self, cell: str, reason: str) -> None:
        """As `History.refuse`."""
        self._history.refuse(self._sweep, cell, reason)

    @override
    def begin(self, run: Run) -> None:
        with self._history.together():
            super().begin(run)
            if run.id in self._expected:
                self.adopt({self._expected[run.id]: run.id})

    @override
    def finish(self, run: Run) -> Unkept | None:
        unkept = super().finish(run)
        cell = self._expected.pop(run.id, None)
        if not run.is_live and cell is not None and unkept is None:
            self.adopt({cell: run.id})
        return unkept


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
