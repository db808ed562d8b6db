"""Sweep: asks what a grid has no answer to yet, each cell once, until it is done or has to stop."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Literal, Protocol

from msgspec import Struct

from opinionscope.errors import OpinionscopeError
from opinionscope.respondents.base import Attempt
from opinionscope.runs.job import Job, Opening, Watch
from opinionscope.runs.keeping import RunStore
from opinionscope.runs.prober import Prober
from opinionscope.runs.run import Run
from opinionscope.runs.scheduler import FAILURES_IN_A_ROW
from opinionscope.runs.sweep_grid import SweepCell, SweepGrid

State = Literal["whole", "open", "refused"]
Known = Mapping[str, tuple[State, str]]
"""Cells that were begun: key → state, and the id of the run, or ""."""


class SweepStore(RunStore, Protocol):
    """Where the runs of a sweep are kept, and which cells they answer. See `history.sweep_writer`."""

    def expect(self, run_id: str, cell: str) -> None:
        """Say which cell a run answers that will be written."""

    def unscaled(self) -> Sequence[str]:
        """Ids of the runs whose answers wait for a temperature that is fitted on others."""

    def refuse(self, cell: str, reason: str) -> None:
        """Keep that a cell cannot be asked, and why."""


class Bounds(Struct, frozen=True):
    """Where a sweep stops although it is not done; None for no bound.

    Attributes:
        budget: US dollars.
        calls: requests.
    """

    budget: float | None = None
    calls: int | None = None


UNBOUNDED = Bounds()


@dataclass
class Progress:
    """How far a sweep has come, in cells; `asked` ones of now only.

    Attributes:
        cells: of the whole grid.
        before: those that had been answered before.
        answered: those answered now, `unread` ones among them.
        failed: those of which a call failed now.
        refused: those that cannot be asked.
        calls: requests begun now.
        cost_usd: of now, as far as prices are known; `unpriced` answers have none.
        failures, unread: title of the error, reason → how often.
        stopped: models that are not asked any more → why.
        ended_by: which bound stopped it, in words; "" for none.
        waiting: what the last call waits for, in words.
    """

    cells: int
    before: int = 0
    answered: int = 0
    failed: int = 0
    refused: int = 0
    calls: int = 0
    cost_usd: float = 0.0
    unpriced: int = 0
    failures: Counter[str] = field(default_factory=Counter)
    unread: Counter[str] = field(default_factory=Counter)
    stopped: dict[str, str] = field(default_factory=dict)
    ended_by: str = ""
    waiting: str = ""

    @property
    def left(self) -> int:
        """Cells without an answer, failed ones among them."""
        return self.cells - self.before - self.answered - self.refused

    @property
    def unread_share(self) -> float:
        """Of the cells answered now, how many no parser could read."""
        return sum(self.unread.values()) / self.answered if self.answered else 0.0


class Sweep:
    """Asks the cells of a grid.

    Args:
        prober: whose store is `store`.
        store: where runs are kept; None to keep nothing.
        known: cells that were begun earlier.
        on_run: called with each run when it has ended.
    """

    def __init__(
        self,
        grid: SweepGrid,
        prober: Prober,
        store: SweepStore | None,
        known: Known | None = None,
        bounds: Bounds = UNBOUNDED,
        on_run: Callable[[Run], None] = lambda _: None,
    ) -> None:
        self._grid, self._prober, self._store = grid, prober, store
        self._known, self._bounds, self._on_run = known or {}, bounds, on_run
        self._in_a_row: Counter[str] = Counter()
        self._good: set[str] = set()
        self._under_way: dict[str, tuple[int, frozenset[int]]] = {}
        """Run → how many requests it makes now, and the calls that were answered before."""
        states = Counter(state for state, _ in self._known.values())
        self.progress = Progress(len(grid), before=states["whole"], refused=states["refused"])

    async def carried_out(self) -> Progress:
        """Ask all that is left.

        Raises:
            RunError: if a run cannot be written.
            asyncio.CancelledError: after the runs under way were kept with the answers that they have.
        """
        async for run in self._prober.many(self._openings()):
            self._note(run)
            self._on_run(run)
        if self._store is not None and (waiting := self._store.unscaled()):
            self.progress.waiting = "fitting temperatures"
            await self._prober.scale(waiting)
        return self.progress

    def _openings(self) -> Iterator[Opening]:
        for cell in self._grid:
            state, run_id = self._known.get(cell.key, ("", ""))
            if state in ("whole", "refused") or cell.model in self.progress.stopped:
                continue
            if self._has_ended(cell):
                return
            self.progress.calls += cell.way.calls
            yield partial(self._opened, cell, run_id)

    async def _opened(self, cell: SweepCell, run_id: str) -> Job | None:
        """The job of a cell; None where it needs no call, or cannot be asked."""
        if cell.model in self.progress.stopped:
            self.progress.calls -= cell.way.calls
            return None
        try:
            job = await self._job(cell, run_id)
        except OpinionscopeError as error:
            self.progress.calls -= cell.way.calls
            self._refuse(cell, run_id, error)
            return None
        had = frozenset(reply.call for reply in job.run.whole)
        self._under_way[job.run.id] = cell.way.calls, had
        return job

    async def _job(self, cell: SweepCell, run_id: str) -> Job:
        watch = Watch(on_attempt=self._wait)
        if run_id:
            return await self._prober.job_left(run_id, watch)
        job = await self._prober.job(self._grid.choices(cell), watch, is_fitted=False)
        if self._store is not None:
            self._store.expect(job.run.id, cell.key)
        return job

    def _refuse(self, cell: SweepCell, run_id: str, error: OpinionscopeError) -> None:
        if run_id:
            self.progress.failed += 1
            self.progress.failures[error.title] += 1
            return
        self.progress.refused += 1
        if self._store is not None:
            self._store.refuse(cell.key, str(error))

    def _wait(self, attempt: Attempt) -> None:
        self.progress.waiting = attempt.words

    def _note(self, run: Run) -> None:
        progress, (_, had) = self.progress, self._under_way.pop(run.id)
        progress.waiting = ""
        new = [reply for reply in run.whole if not reply.recorded and reply.call not in had]
        costs = [reply.usage.cost_usd for reply in new]
        progress.cost_usd += sum(cost for cost in costs if cost is not None)
        progress.unpriced += costs.count(None)
        lost = [reply.unread.partition(":")[0] for reply in run.replies if reply.is_failure]
        if run.status in ("done", "unread") and not lost:
            progress.answered += 1
            self._in_a_row[run.model] = 0
            self._good.add(run.model)
            if run.status == "unread":
                progress.unread[run.error.partition(";")[0]] += 1
            return
        progress.failed += 1
        progress.failures[run.error_title if run.status == "failed" else lost[0] if lost else "No answer"] += 1
        if run.status == "failed":
            self._count_failure(run)

    def _count_failure(self, run: Run) -> None:
        """Stop asking a model that only fails: after a few if it never answered, after many else."""
        self._in_a_row[run.model] += 1
        most = FAILURES_IN_A_ROW if run.model not in self._good else 2 * self._prober.concurrency
        if self._in_a_row[run.model] >= most:
            self.progress.stopped.setdefault(run.model, f"{run.error_title}: {run.error}")

    def _has_ended(self, cell: SweepCell) -> bool:
        """Whether a bound does not let another cell be asked."""
        progress, bounds = self.progress, self._bounds
        if bounds.calls is not None and progress.calls + cell.way.calls > bounds.calls:
            progress.ended_by = f"--calls {bounds.calls:,}"
        elif bounds.budget is not None and self._spent() >= bounds.budget:
            progress.ended_by = f"--budget {bounds.budget:g}"
        return bool(progress.ended_by)

    def _spent(self) -> float:
        """What was spent, and what the calls under way will cost if they are like those before."""
        progress, under_way = self.progress, sum(calls for calls, _ in self._under_way.values())
        ended = progress.calls - under_way
        return progress.cost_usd * (1 + under_way / ended) if ended > 0 else progress.cost_usd
