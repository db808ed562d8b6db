"""`opinionscope compare`: runs beside each other, or sets of answers matched by item."""

from collections.abc import Sequence

from opinionscope.commands.output import Page, print_json
from opinionscope.commands.printing import tell, write
from opinionscope.commands.selecting import selected
from opinionscope.comparison import ComparisonError, compare, compare_sets
from opinionscope.report.comparing import (
    comparison_json,
    comparison_lines,
    differs_sentence,
    letters,
    measure_rows,
    prompt_difference,
    sets_json,
    sets_rows,
    sets_sentences,
    verdict_sentence,
)
from opinionscope.report.words import Unit
from opinionscope.workspace import Workspace

WIDEST = 120


def compare_runs(workspace: Workspace, ids: Sequence[str], *, bits: bool, prompts: bool, as_json: bool) -> None:
    """Print two to eight runs beside each other.

    Raises:
        HistoryError: if there is no such run.
        ComparisonError: if the runs cannot be compared.
    """
    comparison = compare([workspace.history.get(run_id) for run_id in ids])
    if as_json:
        print_json(comparison_json(comparison))
        return
    unit: Unit = "bits" if bits else workspace.settings.unit
    page = Page(WIDEST)
    first = comparison.runs[0]
    page.print((differs_sentence(comparison.differs), "bold"))
    for verdict in comparison.verdicts:
        page.print(verdict_sentence(verdict, comparison))
    page.print()
    page.print((first.cell.question.text, "bold"))
    page.print((f"{first.cell.group.name} · {first.cell.question.dataset} · {first.cell.question.id}", "dim"))
    page.draw(comparison_lines(comparison, page.width))
    page.print()
    print_aligned(page, measure_rows(comparison, unit))
    for name, run in zip(letters(comparison.runs), comparison.runs, strict=True):
        page.print((f"{name}  run {run.id}", "dim"))
        if run.measures_muted:
            page.print((f"   not reliable: {run.measures_muted}", "yellow"))
    if prompts and len(comparison.runs) == 2:
        write("\nPrompts\n")
        for line in prompt_difference(*comparison.runs):
            write(line.text)


def compare_by(
    workspace: Workspace, by: str, selection: Sequence[str], *, bits: bool, as_json: bool, recorded: bool = True
) -> None:
    """Print sets of answers that differ in one field, matched by item.

    Raises:
        SelectionError: if the selection cannot be understood.
        ComparisonError: if nothing matches.
    """
    items = workspace.collection().items(selected(workspace, selection))
    comparison = compare_sets((item for item in items if recorded or item.run_id), by)
    if as_json:
        print_json(sets_json(comparison))
        return
    page = Page(WIDEST)
    sizes = ", ".join(f"{value} ({size:,} items)" for value, size in comparison.sizes.items())
    page.print((f"Compared by {by}: {sizes}.", "bold"))
    for sentence in sets_sentences(comparison):
        page.print(sentence)
    page.print()
    print_aligned(page, sets_rows(comparison, "bits" if bits else workspace.settings.unit))
    tell("Means over matched items; intervals clustered by question; several pairs judged together (Holm).")


def check_arguments(runs: Sequence[str], by: str | None) -> None:
    """Refuse one run alone, where no field is named.

    Raises:
        ComparisonError: saying what was expected.
    """
    if by is None and len(runs) < 2:
        raise ComparisonError("expected two to eight runs, or --by FIELD and a selection; `history list` shows ids")


def print_aligned(page: Page, rows: Sequence[Sequence[str]]) -> None:
    """A table with its first row as the heading, numbers to the right."""
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    for at, row in enumerate(rows):
        cells = [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        line = "  ".join(cells).rstrip()
        page.print((line, "bold") if at == 0 else line, wrap=False)
