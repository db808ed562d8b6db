"""`opinionscope sweep export` and `collect`: batch files for providers and for `vllm run-batch`, and their results."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from opinionscope.commands.output import counted, print_json
from opinionscope.commands.printing import tell, write
from opinionscope.commands.sweep_planning import grid_of
from opinionscope.commands.sweep_running import kept_sweep, print_table_of, status_json
from opinionscope.errors import FAILED
from opinionscope.history import HistoryWriter
from opinionscope.history.sweep_writer import SweepWriter
from opinionscope.runs.batch_files import BatchError, Collected, collect, export
from opinionscope.runs.sweep_plan import read_plan
from opinionscope.workspace import Workspace

MOST_NAMED = 5


def export_sweep(session: Workspace, path: Path, folder: Path, shards: int) -> int:
    """Begin a sweep whose calls are written into files instead of being sent; their paths go to stdout."""
    plan = read_plan(path)
    grid = grid_of(session, plan)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BatchError(f"{folder} cannot be made ({error.strerror}); name another folder") from error
    if any(folder.glob("*.jsonl")):
        raise BatchError(f"{folder} holds .jsonl files already; name another folder")
    row = kept_sweep(session, grid)
    writer = SweepWriter(session.history, row.id)
    prober = session.prober(writer=writer)
    with session.history.holding(row.id):
        exported = asyncio.run(export(grid, prober, writer, writer.cells(), folder, shards, list(grid.models)))
    for file, lines in exported.files.items():
        write(str(file))
        tell(f"{file.name}: {counted(lines, 'call')}")
    for reason, times in exported.refused.items():
        tell(f"{counted(times, 'cell')} cannot be asked: {reason}")
    tell(f"Sweep {row.id}: `opinionscope sweep collect RESULTS.jsonl …` reads the results back.")
    return 0


def collect_files(session: Workspace, paths: Sequence[Path], as_json: bool) -> int:
    """Read results back, say what came and what is missing, and return 1 if lines were broken, foreign or failed."""
    collected = collect(paths, HistoryWriter(session.history))
    sweeps = session.history.sweeps_of(collected.runs)
    for row in sweeps:
        writer = SweepWriter(session.history, row.id)
        asyncio.run(session.prober(writer=writer).scale(writer.unscaled()))
    _tell(collected)
    for row in sweeps:
        if missing := session.history.missing_calls(row.id, MOST_NAMED + 1):
            tell(
                f"Sweep {row.id} lacks answers: {_named(missing)}; `opinionscope sweep resume {row.id}` asks them live."
            )
    if as_json:
        lines = {
            "new": collected.new,
            "known": collected.known,
            "failed": sum(collected.failed.values()),
            "foreign": collected.foreign,
            "broken": collected.broken,
        }
        print_json(lines | {"sweeps": [status_json(session, row) for row in sweeps]})
    else:
        for row in sweeps:
            print_table_of(session, f"sweep:{row.id}")
    return FAILED if collected.failed or collected.foreign or collected.broken else 0


def _tell(collected: Collected) -> None:
    tell(f"{counted(collected.new, 'new answer')}, {collected.known:,} known before.")
    for reason, times in collected.failed.most_common(MOST_NAMED):
        tell(f"{counted(times, 'line')} failed: {reason}")
    if collected.foreign:
        tell(f"{counted(len(collected.foreign), 'line')} of no call in this history: {_named(collected.foreign)}")
    if collected.broken:
        broken = counted(len(collected.broken), "line")
        tell(f"{broken} cannot be read, a file may be cut off: {_named(collected.broken)}")


def _named(names: Sequence[str]) -> str:
    return ", ".join(names[:MOST_NAMED]) + (", …" if len(names) > MOST_NAMED else "")
