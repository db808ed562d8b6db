"""`opinionscope history`: saved runs."""

import asyncio
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from opinionscope.alignment.measures import MEASURES
from opinionscope.commands.figures_out import put_figure, require_chart
from opinionscope.commands.output import print_json, print_lines, print_table
from opinionscope.commands.printing import tell, write
from opinionscope.commands.probing import Probe, print_kept, print_run
from opinionscope.commands.prompt import print_prompt, prompt_json
from opinionscope.commands.selecting import selected
from opinionscope.commands.tables_out import put_out, wanted_format
from opinionscope.history import RunRow
from opinionscope.report.as_json import row_json, run_json
from opinionscope.report.details import answer_lines, reading_lines
from opinionscope.report.figure import run_figure
from opinionscope.report.listing import MUTED_MARK, RUN_COLUMNS, row_cells
from opinionscope.report.names import answer_title, without_folders
from opinionscope.survey.text import counted
from opinionscope.workspace import Workspace


class _Column(NamedTuple):
    title: str
    width: int
    text: Callable[[RunRow], str]


_LISTED = (
    _Column("RUN", 26, lambda row: row.id),
    _Column("CREATED (UTC)", 16, lambda row: f"{row.created:%Y-%m-%d %H:%M}"),
    _Column("QUESTION", 20, lambda row: row.question.id),
    _Column("GROUP", 12, lambda row: row.group),
    _Column("STEERING", 8, lambda row: row.steering),
    _Column("FORMAT", 10, lambda row: row.format),
    _Column("MODEL", 24, lambda row: without_folders(row.model)),
    _Column("STATUS", 9, lambda row: row.status),
    _Column("KL nats", 7, lambda row: _number(row.kl, row)),
    _Column("TV", 6, lambda row: _number(row.tv, row)),
    _Column("ANSWERS", 9, lambda row: f"{row.answered}/{row.planned}"),
    _Column("NOTE", 30, lambda row: f"muted: {row.measures_muted}" if row.measures_muted else ""),
)
LEAST_NEEDED = ("ANSWERS", "NOTE", "CREATED (UTC)", "STATUS", "STEERING", "FORMAT", "TV", "GROUP")
"""Columns that a narrow terminal omits, in this order."""


def list_runs(
    workspace: Workspace,
    words: Sequence[str],
    *,
    search: str,
    sort: str,
    reverse: bool,
    limit: int,
    out: Path | None,
    **formats: bool,
) -> None:
    """Print runs, newest first unless sorted otherwise; a history that is not there yet has none."""
    selection = selected(workspace, words, search)
    kind = wanted_format(out, **formats)
    rows = workspace.history.page(
        selection, limit, sort=sort, descending=_is_descending(sort) is not reverse, with_scores=True
    )
    if kind == "json" and out is None:
        print_json([row_json(row) for row in rows])
        return
    if kind:
        put_out(RUN_COLUMNS, [row_cells(row) for row in rows], kind, out)
        return
    columns = list(_LISTED)
    if sort in MEASURES and sort not in ("kl", "tv"):
        columns.insert(-2, _Column(sort, max(7, len(sort)), lambda row: _number(row.scores.get(sort), row)))
    titles = [column.title for column in columns]
    cells = [[column.text(row) for column in columns] for row in rows]
    print_table(titles, cells, [column.width for column in columns], [titles.index(title) for title in LEAST_NEEDED])
    if not workspace.history.exists:
        tell(f"No history yet at {workspace.history.path}; `opinionscope run` begins one.")
        return
    tell(f"{len(rows)} of {counted(workspace.history.count(selection), 'run')}")
    if sys.stdout.isatty() and any(row.measures_muted for row in rows):
        tell(f"{MUTED_MARK} not reliable: `history show` says why")


def _is_descending(sort: str) -> bool:
    """What is looked for comes first: the newest, the best value of a measure, names from A to Z."""
    return sort == "created" or (sort in MEASURES and MEASURES[sort].better == "high")


def _number(value: float | None, row: RunRow) -> str:
    """A measure; on a terminal, where the note may have no room, one that is muted has a mark."""
    if value is None:
        return "–"
    return f"{value:.3f}{MUTED_MARK if row.measures_muted and sys.stdout.isatty() else ''}"


def show_run(workspace: Workspace, run_id: str, *, prompt: bool, as_json: bool, out: Path | None) -> None:
    """Print one saved run, or draw its chart into a file."""
    require_chart(out)
    run = workspace.history.get(run_id)
    unit = workspace.settings.unit
    if out is not None:
        put_figure(run_figure(run, unit), out, workspace)
        if not as_json:
            return
    if as_json:
        print_json(run_json(run) | ({"prompt": prompt_json(run)} if prompt else {}))
        return
    print_run(run, unit)
    print_kept(run, is_kept=True)
    if run.error:
        write(f"\n{run.status}: {run.error_title}: {run.error}")
    write("\nReading\n")
    print_lines(reading_lines(run, unit))
    write(f"\n{answer_title(run)}\n")
    print_lines(answer_lines(run))
    if prompt:
        write("\nPrompt\n")
        print_prompt(run)


def resume_run(workspace: Workspace, run_id: str, as_json: bool) -> int:
    """Ask for the missing answers of a run, print it, and return the exit code as `run` does."""
    run, prober = workspace.history.get(run_id), workspace.prober()
    probe = Probe(workspace, prober, run.model, run.api_base, as_json=as_json)
    return probe.carried_out(lambda watch: prober.resume(run.id, watch))


def score_run(workspace: Workspace, run_id: str, as_json: bool) -> int:
    """Score a run with the answers so far, print it, and return the exit code as `run` does."""
    run, prober = workspace.history.get(run_id), workspace.prober()
    probe = Probe(workspace, prober, run.model, run.api_base, as_json=as_json)
    scored = asyncio.run(prober.score(run))
    probe.show(scored)
    return probe.told(scored)
