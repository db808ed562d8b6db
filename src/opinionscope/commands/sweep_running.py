"""`opinionscope sweep start`, `resume`, `status` and `list`: progress on stderr, a table or JSON on stdout."""

import time
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from opinionscope.commands.calibrating import ask_missing_of
from opinionscope.commands.output import Narration, print_json, print_table
from opinionscope.commands.printing import tell
from opinionscope.commands.table import print_report
from opinionscope.errors import FAILED, NOT_KEPT, OpinionscopeError
from opinionscope.history.sweep_progress import SweepBounds, SweepState
from opinionscope.history.sweep_writer import SweepWriter
from opinionscope.history.sweeps import SweepRow
from opinionscope.planning import grid_of, is_priced, money
from opinionscope.report.as_json import run_json
from opinionscope.report.tables import widths
from opinionscope.respondents.retries import in_words
from opinionscope.runs import Run, Unkept, new_run_id
from opinionscope.runs.sweep import Bounds, Progress, Sweep
from opinionscope.runs.sweep_grid import SweepGrid
from opinionscope.runs.sweep_plan import SweepPlan, parse_plan, plan_text, read_plan
from opinionscope.selection import parse
from opinionscope.stopping import run_stoppable
from opinionscope.survey.text import counted
from opinionscope.tables import TABLES, Options
from opinionscope.tables.base import TableError
from opinionscope.values import replace
from opinionscope.workspace import Workspace

MOST_KINDS = 3
"""Kinds of failures that the line of progress names."""
WORTH_A_WORD, ENOUGH = 0.2, 20
"""The share of unread answers that is told early, and of how many answers at least."""
LOOKED_BACK = 30.0
"""Seconds over which the rate is told."""
HEADER = ("ID", "NAME", "CREATED", "CELLS", "ANSWERED", "FAILED", "UNREAD", "COST", "STATUS")


class SweepTold:
    """A sweep on the command line, while it is asked.

    Args:
        hint: the command that goes on with it.
    """

    def __init__(self, progress: Progress, hint: str) -> None:
        self._progress, self._hint = progress, hint
        self._narration = Narration()
        self._ends: deque[float] = deque()
        self._has_warned = False

    def carried_out(self, sweep: Sweep) -> Progress:
        """Ask what is left, and say how it goes.

        Raises:
            OpinionscopeError: if a run cannot be written.
            KeyboardInterrupt: after Ctrl-C or another signal; the runs under way were kept.
        """

        async def narrated() -> Progress:
            self._narration.show(self._line())
            async with self._narration.ticking():
                return await sweep.carried_out()

        try:
            return run_stoppable(narrated())
        except KeyboardInterrupt:
            self._narration.end()
            tell(f"Stopped. What was answered is kept; `{self._hint}` goes on.")
            raise
        finally:
            self._narration.end()

    def ended(self, run: Run) -> None:
        """Take note of a run that has ended."""
        now = time.monotonic()
        self._ends.append(now)
        while self._ends[0] < now - LOOKED_BACK:
            self._ends.popleft()
        progress = self._progress
        if not self._has_warned and progress.answered >= ENOUGH and progress.unread_share >= WORTH_A_WORD:
            self._has_warned = True
            reason, times = progress.unread.most_common(1)[0]
            self._narration.above(
                f"Warning: {progress.unread_share:.0%} of the answers are unread so far, {times:,} of them: {reason}. "
                "Ctrl-C stops; what was answered is kept."
            )
        self._narration.show(self._line())

    def _line(self) -> str:
        progress = self._progress
        done = progress.before + progress.answered + progress.refused
        parts = [f"{done:,} of {counted(progress.cells, 'cell')}"]
        span = time.monotonic() - self._ends[0] if len(self._ends) > 1 else 0.0
        if span > 1:
            rate = len(self._ends) / span
            parts.append(f"{rate:.1f} a second, {in_words(progress.left / rate)} left")
        if progress.cost_usd or not progress.unpriced:
            parts.append(money(progress.cost_usd) + (" and more" if progress.unpriced else ""))
        if progress.unread:
            parts.append(f"unread {progress.unread_share:.0%}")
        if progress.failed:
            parts.append(f"failed {progress.failed:,}: {kinds(progress.failures)}")
        return ", ".join([*parts, *filter(None, (progress.waiting,))])


def kinds(failures: Mapping[str, int]) -> str:
    """Failures by kind, the most frequent first."""
    return "; ".join(f"{times:,} × {title}" for title, times in Counter(failures).most_common(MOST_KINDS))


def start_sweep(workspace: Workspace, path: Path, as_json: bool, **options: Any) -> int:
    """Begin a sweep by the plan in a file, ask it, and return the exit code."""
    return begin_sweep(workspace, read_plan(path), as_json, **options)


def begin_sweep(
    workspace: Workspace,
    plan: SweepPlan,
    as_json: bool,
    *,
    ask_missing: bool = False,
    with_runs: bool = False,
    **options: Any,
) -> int:
    """Begin a sweep, ask it, and return the exit code.

    Args:
        with_runs: whether its JSON has the runs, too.

    Raises:
        OpinionscopeError: if the plan cannot be used; nobody was asked then.
    """
    workspace = _adapted(workspace, plan, **options)
    grid = grid_of(workspace, plan)
    bounds = _bounds(workspace, grid, **options)
    ask_missing_of(workspace.prober(), workspace.facts_of, grid, ask=ask_missing)
    row = kept_sweep(workspace, grid)
    tell(f"Sweep {row.id}: {counted(row.cells, 'cell')}, {counted(row.calls, 'call')}.")
    return _asked(workspace, row, grid, bounds, as_json, with_runs=with_runs)


def kept_sweep(workspace: Workspace, grid: SweepGrid) -> SweepRow:
    """A new sweep in the history, with the cells that were answered before."""
    plan = grid.plan
    row = SweepRow(new_run_id(), datetime.now(UTC), plan.name, plan_text(plan), len(grid), grid.calls)
    workspace.history.add_sweep(row)
    workspace.history.link(row.id, grid.answered(workspace.history.answered_cells(grid.questions)))
    return row


def resume_sweep(
    workspace: Workspace, wanted: str, as_json: bool, *, anyway: bool = False, ask_missing: bool = False, **options: Any
) -> int:
    """Ask what a sweep has no answer to, and return the exit code.

    Raises:
        OpinionscopeError: if a provider has its calls in a batch; nobody was asked then.
    """
    row = workspace.history.sweep(wanted)
    if not anyway and (waiting := [made for made in workspace.history.submissions(row.id) if made.is_open]):
        raise OpinionscopeError(
            f"{counted(len(waiting), 'file')} of sweep {row.id} may be in a batch ({waiting[0].words}), and what is "
            f"asked live as well is paid for twice; `opinionscope sweep collect {row.id}` fetches it, --anyway asks",
            title="Handed in",
        )
    plan = parse_plan(row.plan)
    workspace = _adapted(workspace, plan, **options)
    grid = grid_of(workspace, plan)
    bounds = _bounds(workspace, grid, **options)
    ask_missing_of(workspace.prober(), workspace.facts_of, grid, ask=ask_missing)
    return _asked(workspace, row, grid, bounds, as_json)


def _adapted(
    workspace: Workspace, plan: SweepPlan, *, concurrency: int | None = None, rpm: int | None = None, **_: Any
) -> Workspace:
    workspace = workspace.with_settings(concurrency=concurrency)
    return workspace.with_limit(plan.models, rpm) if rpm else workspace


def _bounds(
    workspace: Workspace, grid: SweepGrid, *, budget: float | None = None, calls: int | None = None, **_: Any
) -> Bounds:
    if budget is not None:
        unpriced = [name for name in grid.models if not is_priced(workspace, grid, name)]
        if unpriced:
            raise OpinionscopeError(
                f"no price is known for {', '.join(unpriced)}, so --budget cannot be kept; use --calls N",
                title="Budget",
            )
    return Bounds(budget, calls)


def _asked(
    workspace: Workspace, row: SweepRow, grid: SweepGrid, bounds: Bounds, as_json: bool, *, with_runs: bool = False
) -> int:
    """Ask what is left of a sweep, say what came of it, and return the exit code."""
    history = workspace.history
    hint = f"opinionscope sweep resume {row.id}"
    with history.holding(row.id):
        history.settle_abandoned()
        begun = SweepBounds(bounds.budget, bounds.calls, history.sweep_totals(row.id).cost_usd)
        history.bound_sweep(row.id, begun)
        writer = SweepWriter(history, row.id)
        prober = workspace.prober(writer=writer)
        sweep = Sweep(grid, prober, writer, history.sweep_cells(row.id), bounds, lambda run: told.ended(run))
        told = SweepTold(sweep.progress, hint)
        progress = told.carried_out(sweep)
        given_up = "; ".join(f"errors of {model}: {why}" for model, why in progress.stopped.items())
        if ended_by := progress.ended_by or given_up:
            history.bound_sweep(row.id, replace(begun, ended_by=ended_by))
    tell_end(progress, hint)
    for reason, times in history.refusals(row.id).items():
        tell(f"{counted(times, 'cell')} cannot be asked: {reason}")
    if as_json:
        runs = {"runs": list(_runs_json(workspace, row, grid, prober.unkept))} if with_runs else {}
        print_json(status_json(workspace, row) | runs)
    else:
        print_table_of(workspace, f"sweep:{row.id}")
    for unkept in prober.unkept.values():
        tell(f"Warning: an answer is not kept: {unkept.words}.")
    if prober.unkept:
        return NOT_KEPT
    return FAILED if progress.failed or progress.stopped else 0


def _runs_json(
    workspace: Workspace, row: SweepRow, grid: SweepGrid, unkept: Mapping[str, Unkept]
) -> Iterator[dict[str, Any]]:
    """The runs of a sweep as `run --json` prints them, in the order of its cells; those that are not kept last."""
    cells = workspace.history.sweep_cells(row.id)
    for cell in grid:
        run_id = cells.get(cell.key, ("", ""))[1]
        if run_id and run_id not in unkept:
            yield run_json(workspace.history.get(run_id)) | {"kept": True, "spill": None}
    for each in unkept.values():
        yield run_json(each.run) | {"kept": False, "spill": str(each.path) if each.path else None}


def tell_end(progress: Progress, hint: str) -> None:
    """Say what came of a sweep, on stderr."""
    parts = [f"{progress.before:,} answered before"] if progress.before else []
    parts += [f"{progress.answered:,} answered now"]
    if progress.unread:
        reason, times = progress.unread.most_common(1)[0]
        parts.append(f"{sum(progress.unread.values()):,} of these unread ({times:,} × {reason})")
    if progress.failed:
        parts.append(f"{progress.failed:,} failed ({kinds(progress.failures)})")
    if progress.cost_usd or progress.unpriced:
        parts.append(f"cost {money(progress.cost_usd if not progress.unpriced else None)}")
    tell(f"{counted(progress.cells, 'cell')}: {', '.join(parts)}.")
    for model, why in progress.stopped.items():
        tell(f"{model} was not asked further: {why}")
    if progress.ended_by:
        tell(f"Stopped by {progress.ended_by}.")
    if progress.left and hint:
        tell(f"{counted(progress.left, 'cell')} left; `{hint}` asks {'it' if progress.left == 1 else 'them'}.")


def print_table_of(workspace: Workspace, selection: str) -> None:
    """Print the leaderboard of what a sweep has answered, under each of its steering methods."""
    try:
        report = TABLES["leaderboard"](workspace.collection(), parse(selection), Options(by=("steering",)))
    except TableError as error:
        tell(f"{error.title}: {error.message}")
        return
    print_report(report)


def status_json(workspace: Workspace, row: SweepRow) -> dict[str, Any]:
    """What came of a sweep so far."""
    state = workspace.history.sweep_state(row)
    totals = state.totals
    return {
        "id": row.id,
        "name": row.name,
        "created": row.created.isoformat(),
        "cells": row.cells,
        "calls": row.calls,
        "answered": totals.answered,
        "failed": totals.failed,
        "unread": totals.unread,
        "refused": totals.refused,
        "cost_usd": totals.cost_usd,
        "status": state.status,
        "stopped_by": _stopped_by(workspace, state) if state.status == "stopped" else "",
    }


def _stopped_by(workspace: Workspace, state: SweepState) -> str:
    """The bound or the errors that stopped a sweep, or else the failures of all that is left; "" for none."""
    failed = state.totals.failed
    if state.bounds.ended_by or not failed or failed < state.row.cells - state.done:
        return state.bounds.ended_by
    return f"{counted(failed, 'failed cell')} ({kinds(workspace.history.sweep_pace(state.row.id).failures)})"


def show_status(workspace: Workspace, wanted: str | None, as_json: bool) -> None:
    """Print what came of one sweep, or of all."""
    rows = [workspace.history.sweep(wanted)] if wanted else workspace.history.sweeps()
    found = [status_json(workspace, row) for row in rows]
    if as_json:
        print_json(found[0] if wanted else found)
        return
    cells = [
        (
            each["id"], each["name"], each["created"][:16].replace("T", " "), f"{each['cells']:,}",
            f"{each['answered']:,}", f"{each['failed']:,}", f"{each['unread']:,}", money(each["cost_usd"]),
            each["status"],
        )
        for each in found
    ]  # fmt: skip
    print_table(HEADER, cells, widths(HEADER, cells), least_needed=(1, 2, 6))
    tell(counted(len(found), "sweep"))
    for each in found:
        if each["stopped_by"]:
            tell(f"{each['id']} stopped by {each['stopped_by'].removesuffix('.')}.")
