"""`opinionscope compare`: runs beside each other, or sets of answers matched by item."""

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from opinionscope.charts.lines import Line, Piece, flow
from opinionscope.commands.figures_out import CHART, chart_or_table, put_figure
from opinionscope.commands.output import Page, print_json
from opinionscope.commands.printing import tell, write
from opinionscope.commands.selecting import selected
from opinionscope.commands.tables_out import json_text, paper_text, put_out, put_text
from opinionscope.comparison.comparing import ComparisonError, compare
from opinionscope.comparison.sets import compare_sets
from opinionscope.report.comparing import (
    comparison_json,
    comparison_sentences,
    difference_rows,
    letters,
    measure_rows,
    prompt_difference,
)
from opinionscope.report.comparing_sets import (
    HOW,
    set_difference_rows,
    sets_json,
    sets_lines,
    sets_rows,
    sets_sentences,
    sets_title,
)
from opinionscope.report.figure import compared_lines, comparison_figure, sets_figure
from opinionscope.report.tables import aligned
from opinionscope.workspace import Workspace

WIDEST = 120
NAMES = ("a", "b", "measure")


def compare_runs(
    workspace: Workspace,
    ids: Sequence[str],
    *,
    prompts: bool,
    out: Path | None,
    **formats: bool,
) -> None:
    """Print two to eight runs beside each other, or write the differences as a table, or the chart.

    Raises:
        HistoryError: if there is no such run.
        ComparisonError: if the runs cannot be compared.
        OutputFormatError: if the file cannot be written.
    """
    kind = chart_or_table(out, **formats)
    comparison = compare([workspace.history.get(run_id) for run_id in ids])
    unit = workspace.settings.unit
    if kind == CHART and out is not None:
        put_figure(comparison_figure(comparison), out, workspace)
        return
    shown = measure_rows(comparison, unit)
    if kind:
        said = comparison_sentences(comparison)
        _put_out(comparison_json(comparison), difference_rows(comparison), shown, said, kind, out)
        return
    page = _page(partial(compared_lines, comparison), shown)
    for name, run in zip(letters(comparison.runs), comparison.runs, strict=True):
        page.print((f"{name}  run {run.id}", "dim"))
        if run.measures_muted:
            told = flow([Piece(f"not reliable: {run.measures_muted}", "warning")], page.width - 3)
            page.draw([[Piece("   ", "label"), *line] for line in told])
    if prompts and len(comparison.runs) == 2:
        write("\nPrompts\n")
        for line in prompt_difference(*comparison.runs):
            write(line.text)


def compare_by(
    workspace: Workspace,
    by: str,
    selection: Sequence[str],
    *,
    recorded: bool,
    out: Path | None,
    **formats: bool,
) -> None:
    """Print sets of answers that differ in one field, matched by item.

    Raises:
        SelectionError: if the selection cannot be understood.
        ComparisonError: if nothing matches.
        OutputFormatError: if the file cannot be written, or is there already.
    """
    kind = chart_or_table(out, **formats)
    collection, chosen = workspace.collection(), selected(workspace, selection)
    items = collection.once(chosen) if recorded else (item for item in collection.items(chosen) if item.run_id)
    comparison = compare_sets(items, by)
    unit = workspace.settings.unit
    shown = sets_rows(comparison, unit)
    if kind == CHART and out is not None:
        put_figure(sets_figure(comparison), out, workspace)
    elif kind:
        said = [sets_title(comparison), *sets_sentences(comparison), HOW]
        _put_out(sets_json(comparison), set_difference_rows(comparison), shown, said, kind, out)
    else:
        _page(partial(sets_lines, comparison), shown)
        tell(HOW)


def _page(lines: Callable[[int], Sequence[Line]], rows: Sequence[Sequence[str]]) -> Page:
    """A page with a drawing, and a table under it."""
    page = Page(WIDEST)
    page.draw(lines(page.width))
    page.print()
    print_aligned(page, rows)
    return page


def _put_out(
    whole: Mapping[str, Any],
    differences: Sequence[Mapping[str, Any]],
    shown: Sequence[Sequence[str]],
    said: Iterable[str],
    kind: str,
    out: Path | None,
) -> None:
    """Write a comparison: all of it as JSON, its differences as rows, or for a page the table that is shown."""
    if kind == "json":
        if out is None:
            print_json(whole)
        else:
            put_text(json_text(whole), out)
    elif kind in ("markdown", "latex"):
        columns, *rows = shown
        cells = [dict(zip(columns, row, strict=True)) for row in rows]
        numbers = [column for column in columns if column not in NAMES]
        put_text(paper_text(columns, cells, kind, numbers, [line.strip() for line in said]), out)
    else:
        put_out(list(differences[0]) if differences else [], differences, kind, out)


def check_arguments(runs: Sequence[str], by: str | None) -> None:
    """Refuse one run alone, where no field is named.

    Raises:
        ComparisonError: saying what was expected.
    """
    if by is None and len(runs) < 2:
        raise ComparisonError("expected two to eight runs, or --by FIELD and a selection; `history list` shows ids")


def print_aligned(page: Page, rows: Sequence[Sequence[str]]) -> None:
    """A table with its first row as the heading, numbers to the right; whole in a pipe, else cut to the page."""
    width = page.width if sys.stdout.isatty() else sys.maxsize
    for at, (heading, *lines) in enumerate(aligned(rows, width, sum(title in NAMES for title in rows[0]))):
        if at:
            page.print()
        page.print((heading.rstrip(), "bold"), wrap=False)
        for line in lines:
            page.print(line.rstrip(), wrap=False)
