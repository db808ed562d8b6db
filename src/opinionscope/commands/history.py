"""`opinionscope history`: saved runs."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from opinionscope.alignment.measures import MEASURES
from opinionscope.commands.figures_out import put_figure, require_chart
from opinionscope.commands.output import print_json, print_lines, print_table
from opinionscope.commands.print_run import print_kept, print_run
from opinionscope.commands.printing import tell, write
from opinionscope.commands.probing import Probe
from opinionscope.commands.prompt import print_prompt, prompt_json
from opinionscope.commands.selecting import selected
from opinionscope.commands.tables_out import put_out, wanted_format
from opinionscope.report.as_json import row_json, run_json
from opinionscope.report.details import answer_lines, reading_lines
from opinionscope.report.figure import run_figure
from opinionscope.report.listing import RUN_COLUMNS, row_cells
from opinionscope.report.names import answer_title, without_folders
from opinionscope.report.words import Unit
from opinionscope.survey.text import counted
from opinionscope.workspace import Workspace


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
    table: list[tuple[str, ...]] = [
        (
            row.id,
            f"{row.created:%Y-%m-%d %H:%M}",
            row.question.id,
            row.group,
            row.steering,
            row.format,
            without_folders(row.model),
            row.status,
            "–" if row.kl is None else f"{row.kl:.3f}",
            "–" if row.tv is None else f"{row.tv:.3f}",
            f"{row.answered}/{row.planned}",
            f"muted: {row.measures_muted}" if row.measures_muted else "",
        )
        for row in rows
    ]
    header = [
        "RUN",
        "CREATED (UTC)",
        "QUESTION",
        "GROUP",
        "STEERING",
        "FORMAT",
        "MODEL",
        "STATUS",
        "KL nats",
        "TV",
        "ANSWERS",
        "NOTE",
    ]
    widths = [26, 16, 20, 12, 8, 10, 24, 9, 7, 5, 9, 30]
    if sort in MEASURES and sort not in ("kl", "tv"):
        header.insert(10, sort)
        widths.insert(10, max(7, len(sort)))
        values = [_number(row.scores.get(sort)) for row in rows]
        table = [(*cells[:10], value, *cells[10:]) for cells, value in zip(table, values, strict=True)]
    print_table(header, table, widths, least_needed=(len(widths) - 2, len(widths) - 1, 1))
    if not workspace.history.exists:
        tell(f"No history yet at {workspace.history.path}; `opinionscope run` begins one.")
        return
    tell(f"{len(rows)} of {counted(workspace.history.count(selection), 'run')}")


def _is_descending(sort: str) -> bool:
    """What is looked for comes first: the newest, the best value of a measure, names from A to Z."""
    return sort == "created" or (sort in MEASURES and MEASURES[sort].better == "high")


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def show_run(
    workspace: Workspace, run_id: str, *, prompt: bool, bits: bool, as_json: bool, out: Path | None, theme: str | None
) -> None:
    """Print one saved run, or draw its chart into a file."""
    require_chart(out)
    run = workspace.history.get(run_id)
    unit: Unit = "bits" if bits else workspace.settings.unit
    if out is not None:
        put_figure(run_figure(run, unit), out, workspace, theme)
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


def resume_run(workspace: Workspace, run_id: str, bits: bool, as_json: bool) -> int:
    """Ask for the missing answers of a run, print it, and return the exit code as `run` does."""
    run, prober = workspace.history.get(run_id), workspace.prober()
    probe = Probe(workspace, prober, run.model, run.api_base, as_json=as_json, bits=bits)
    return probe.carried_out(lambda watch: prober.resume(run.id, watch))


def score_run(workspace: Workspace, run_id: str, bits: bool, as_json: bool) -> int:
    """Score a run with the answers so far, print it, and return the exit code as `run` does."""
    run, prober = workspace.history.get(run_id), workspace.prober()
    probe = Probe(workspace, prober, run.model, run.api_base, as_json=as_json, bits=bits)
    scored = asyncio.run(prober.score(run))
    probe.show(scored)
    return probe.told(scored)
