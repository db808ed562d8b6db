"""`opinionscope sweep export` and `collect`: batch files for providers and for `vllm run-batch`, and their results."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from opinionscope.commands.output import print_json
from opinionscope.commands.printing import tell, write
from opinionscope.commands.sweep_running import kept_sweep, print_table_of, status_json
from opinionscope.commands.sweep_submitting import fetch_all, wanted_by
from opinionscope.errors import FAILED
from opinionscope.history.sweep_writer import BatchWriter, SweepWriter
from opinionscope.history.sweeps import SweepRow
from opinionscope.planning import grid_of
from opinionscope.runs.batch_files import BatchError, Collected, collect, export
from opinionscope.runs.submissions import Fetched
from opinionscope.runs.sweep_plan import read_plan
from opinionscope.survey.text import counted, first_of
from opinionscope.workspace import Workspace

MOST_NAMED = 5


def export_sweep(workspace: Workspace, path: Path, folder: Path, shards: int) -> int:
    """Begin a sweep whose calls are written into files instead of being sent; their paths go to stdout."""
    plan = read_plan(path)
    grid = grid_of(workspace, plan)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BatchError(f"{folder} cannot be made ({error.strerror}); name another folder") from error
    if any(folder.glob("*.jsonl")):
        raise BatchError(f"{folder} holds .jsonl files already; name another folder")
    row = kept_sweep(workspace, grid)
    writer = SweepWriter(workspace.history, row.id)
    prober = workspace.prober(writer=writer)
    with workspace.history.holding(row.id):
        known = workspace.history.sweep_cells(row.id)
        exported = asyncio.run(export(grid, prober, writer, known, folder, shards, list(grid.models)))
    for file, lines in exported.files.items():
        write(str(file))
        tell(f"{file.name}: {counted(lines, 'call')}")
    for reason, times in exported.refused.items():
        tell(f"{counted(times, 'cell')} cannot be asked: {reason}")
    tell(f"Sweep {row.id}: `opinionscope sweep submit {folder}` hands the files in to the provider's batch API; ")
    tell("`opinionscope sweep collect RESULTS.jsonl …` reads results that were made elsewhere.")
    return 0


def collect_results(workspace: Workspace, names: Sequence[str], as_json: bool) -> int:
    """Read results back, from files and from batches that were handed in; say what came and what is missing.

    Returns:
        1 if lines were broken, foreign or failed, or a batch failed or could not be asked about; else 0.
    """
    files, submissions = wanted_by(workspace, names)
    with BatchWriter(workspace.history) as store:
        collected = collect(files, store)
        fetched, unasked = fetch_all(workspace, store, submissions, collected)
        sweeps = {row.id: row for row in workspace.history.sweeps_of(collected.runs)}
        for sweep in sweeps:
            writer = SweepWriter(workspace.history, sweep)
            asyncio.run(workspace.prober(writer=writer).scale(writer.unscaled()))
    sweeps |= {made.sweep: workspace.history.sweep(made.sweep) for made in submissions}
    if files or collected.has_lines:
        _tell(collected)
    for row in sweeps.values():
        _tell_missing(workspace, row)
    if as_json:
        lines = {
            "new": collected.new,
            "known": collected.known,
            "failed": sum(collected.failed.values()),
            "foreign": collected.foreign,
            "broken": collected.broken,
            "batches": [_batch_json(each) for each in fetched],
        }
        print_json(lines | {"sweeps": [status_json(workspace, row) for row in sweeps.values()]})
    else:
        for row in workspace.history.sweeps_of(collected.runs):
            print_table_of(workspace, f"sweep:{row.id}")
    is_bad = collected.failed or collected.foreign or collected.broken or unasked
    return FAILED if is_bad or any(each.state.status == "failed" for each in fetched) else 0


def _tell_missing(workspace: Workspace, row: SweepRow) -> None:
    if missing := workspace.history.missing_calls(row.id, MOST_NAMED + 1):
        waits = any(made.is_open for made in workspace.history.submissions(row.id))
        how = (
            f"`opinionscope sweep collect {row.id}` fetches them"
            if waits
            else (f"`opinionscope sweep resume {row.id}` asks them live")
        )
        tell(f"Sweep {row.id} lacks answers: {first_of(missing, MOST_NAMED)}; {how}.")


def _batch_json(fetched: Fetched) -> dict[str, Any]:
    made, state = fetched.submission, fetched.state
    return {
        "id": made.id,
        "sweep": made.sweep,
        "shard": made.shard,
        "batch_id": made.batch_id,
        "provider": made.provider,
        "model": made.model,
        "status": state.status,
        "calls": made.calls,
        "lines": fetched.lines,
        "collected": made.collected is not None,
        "problems": list(state.problems),
    }


def _tell(collected: Collected) -> None:
    tell(f"{counted(collected.new, 'new answer')}, {collected.known:,} known before.")
    for reason, times in collected.failed.most_common(MOST_NAMED):
        tell(f"{counted(times, 'line')} failed: {reason}")
    if collected.foreign:
        foreign = counted(len(collected.foreign), "line")
        tell(f"{foreign} of no call in this history: {first_of(collected.foreign, MOST_NAMED)}")
    if collected.broken:
        broken = counted(len(collected.broken), "line")
        tell(f"{broken} cannot be read, a file may be cut off: {first_of(collected.broken, MOST_NAMED)}")
