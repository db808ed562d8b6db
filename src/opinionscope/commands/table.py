"""`opinionscope table`: what a collection of answers says."""

import json
from pathlib import Path

from opinionscope.commands.output import print_json, print_table
from opinionscope.commands.printing import tell, write
from opinionscope.errors import OpinionscopeError
from opinionscope.report.tables import WRITERS, as_json, cells, shown_columns, widths
from opinionscope.selection import Selection, SelectionError, parse
from opinionscope.settings import bundled
from opinionscope.suggesting import did_you_mean
from opinionscope.survey.library import NotFoundError
from opinionscope.tables import TABLES, Options, Report, Table
from opinionscope.workspace import Workspace

ENDINGS = {".csv": "csv", ".md": "markdown", ".tex": "latex", ".json": "json"}


class WriteError(OpinionscopeError):
    """A file that cannot be written."""

    title = "Not written"


def list_tables(kind: str) -> None:
    """Print the tables there are."""
    if kind == "json":
        print_json(
            [{"name": table.name, "summary": table.summary, "by": list(table.splits)} for table in TABLES.values()]
        )
        return
    rows = [(table.name, table.summary) for table in TABLES.values()]
    print_table(("TABLE", "SAYS"), rows, widths(("TABLE", "SAYS"), rows))
    tell("`opinionscope table NAME [SELECTION]` shows one")


def show_table(
    session: Workspace, name: str, words: tuple[str, ...], options: Options, kind: str, output: Path | None
) -> int:
    """Print one table, or write it to a file; returns the exit code.

    Raises:
        NotFoundError: if there is no such table.
        TableError: if nothing that was selected can enter it.
        WriteError: if the file cannot be written.
    """
    chosen = _table(name)
    text = " ".join(words)
    try:
        selection = parse(text)
    except SelectionError as error:
        tell(f"Error: {error}\n  {text}\n  {' ' * error.start}{'^' * max(1, error.end - error.start)}")
        return 2
    report = _made(session, chosen, selection, options)
    kind = kind or ENDINGS.get(output.suffix.lower() if output else "", "")
    if output is not None:
        _write(output, _text(report, kind or "csv"))
        tell(f"{len(report.rows):,} rows written to {output}")
    elif kind == "json":
        print_json(as_json(report))
    elif kind:
        write(_text(report, kind).rstrip("\n"))
    else:
        _print(report)
    if output is not None or kind:
        _tell_notes(report)
    return 0


def _table(name: str) -> Table:
    try:
        return TABLES[name]
    except KeyError:
        hint = did_you_mean(name, TABLES, f"there are {', '.join(TABLES)}")
        raise NotFoundError(f'there is no table "{name}"; {hint}', title="No such table") from None


def _made(session: Workspace, table: Table, selection: Selection, options: Options) -> Report:
    own = bundled("data")
    if all(path.is_relative_to(own) for path in session.library.answer_files):
        tell(
            "Nothing is imported: recorded answers are those to the bundled questions only. `opinionscope data fetch` "
            "or `data import` brings the whole benchmark."
        )
    return table(session.collection(), selection, options)


def _text(report: Report, kind: str) -> str:
    if kind == "json":
        return json.dumps(as_json(report), ensure_ascii=False, indent=2, allow_nan=False) + "\n"
    return WRITERS[kind](report)


def _print(report: Report) -> None:
    """The table, and on stderr what it says."""
    header = [column.label for column in shown_columns(report)]
    rows = cells(report)
    print_table(header, rows, widths(header, rows))
    _tell_notes(report)


def _tell_notes(report: Report) -> None:
    tell(report.sentence)
    for note in report.notes:
        tell(note)


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise WriteError(f"{path} cannot be written ({error.strerror}); check the path and its rights") from error
