"""`opinionscope table`: what a collection of answers says."""

from pathlib import Path

from opinionscope.commands.figures_out import CHART, put_figure
from opinionscope.commands.output import print_table
from opinionscope.commands.printing import tell
from opinionscope.commands.selecting import selected
from opinionscope.commands.tables_out import paper_text, put_out, put_text
from opinionscope.report.figure import table_figure
from opinionscope.report.tables import cells, is_number, shown_columns, widths
from opinionscope.selection import Selection
from opinionscope.settings import bundled
from opinionscope.suggesting import did_you_mean
from opinionscope.survey.library import NotFoundError
from opinionscope.tables import TABLES, Options, Report, Table
from opinionscope.workspace import Workspace

NEEDED_LEAST = ("coverage", "floor")
"""Columns that a narrow terminal omits, in this order."""


def list_tables(kind: str, out: Path | None) -> None:
    """Print the tables there are, or write them to a file."""
    if kind:
        listed = [{"name": each.name, "summary": each.summary, "by": list(each.splits)} for each in TABLES.values()]
        put_out(("name", "summary", "by"), listed, kind, out)
        return
    rows = [(table.name, table.summary) for table in TABLES.values()]
    print_table(("TABLE", "SAYS"), rows, widths(("TABLE", "SAYS"), rows))
    tell("`opinionscope table NAME [SELECTION]` shows one")


def show_table(
    workspace: Workspace,
    name: str,
    words: tuple[str, ...],
    options: Options,
    kind: str,
    output: Path | None,
) -> None:
    """Print one table, or write it to a file.

    Raises:
        NotFoundError: if there is no such table.
        TableError: if nothing that was selected can enter it.
        SelectionError: if the selection cannot be understood.
        OutputFormatError: if the file cannot be written, or is there already.
    """
    chosen = _table(name)
    report = _made(workspace, chosen, selected(workspace, words), options)
    if output is not None and kind == CHART:
        put_figure(table_figure(name, report, range(len(report.rows))), output, workspace)
        _tell_notes(report)
        return
    if not kind:
        print_report(report)
        return
    if kind in ("markdown", "latex"):
        put_text(_for_paper(report, kind), output)
    else:
        put_out([column.name for column in report.columns], report.rows, kind, output)
    _tell_notes(report)


def _for_paper(report: Report, kind: str) -> str:
    """A rounded table, with its sentence and notes below."""
    columns = shown_columns(report)
    labels = [column.label for column in columns]
    rows = [dict(zip(labels, row, strict=True)) for row in cells(report)]
    numbers = [column.label for column in columns if is_number(column)]
    return paper_text(labels, rows, kind, numbers, [report.sentence, *report.notes])


def _table(name: str) -> Table:
    try:
        return TABLES[name]
    except KeyError:
        hint = did_you_mean(name, TABLES, f"there are {', '.join(TABLES)}")
        raise NotFoundError(f'there is no table "{name}"; {hint}', title="No such table") from None


def _made(workspace: Workspace, table: Table, selection: Selection, options: Options) -> Report:
    own = bundled("data")
    if all(path.is_relative_to(own) for path in workspace.library.answer_files):
        tell(
            "Recorded answers are those to the bundled questions only: `opinionscope data fetch` or `data import` "
            "brings those of the whole benchmark."
        )
    return table(workspace.collection(), selection, options)


def print_report(report: Report) -> None:
    """The table, and on stderr what it says."""
    columns = shown_columns(report)
    header, rows = [column.label for column in columns], cells(report)
    names = [column.name for column in columns]
    print_table(header, rows, widths(header, rows), [names.index(name) for name in NEEDED_LEAST if name in names])
    _tell_notes(report)


def _tell_notes(report: Report) -> None:
    tell(report.sentence)
    for note in report.notes:
        tell(note)
