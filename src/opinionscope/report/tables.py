"""A finished table as text, CSV, JSON, Markdown or LaTeX."""

import csv
from collections.abc import Callable, Mapping, Sequence
from io import StringIO
from typing import Any

from opinionscope.cleaning import clean_line
from opinionscope.tables import Column, Report
from opinionscope.tables.words import number

_LATEX = {"\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{",
          "}": r"\}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "−": "$-$", "–": "--"}  # fmt: skip


def cell(column: Column, value: Any) -> str:
    """A value for people: rounded, – where there is none."""
    if value is None:
        return "–"
    if isinstance(value, float):
        return number(value, 3 if column.decimals is None else column.decimals)
    return f"{value:,}" if isinstance(value, int) else clean_line(str(value))


def shown_columns(report: Report) -> list[Column]:
    """The columns for people: the ends of an interval stand beside their value, in one cell."""
    ends = {name for column in report.columns for name in column.interval}
    return [column for column in report.columns if column.name not in ends]


def cells(report: Report) -> list[list[str]]:
    """All values for people, row by row, intervals as ``.198 [.181, .214]``."""
    return [[_with_interval(column, row) for column in shown_columns(report)] for row in report.rows]


def _with_interval(column: Column, row: Mapping[str, Any]) -> str:
    text = cell(column, row.get(column.name))
    ends = [row.get(name) for name in column.interval]
    if not ends or None in ends:
        return text
    return f"{text} [{', '.join(cell(column, end) for end in ends)}]"


def as_json(report: Report) -> list[dict[str, Any]]:
    """The rows with the names of all columns, numbers as they are."""
    return [{column.name: row.get(column.name) for column in report.columns} for row in report.rows]


def as_csv(report: Report) -> str:
    """The rows under the names of all columns, numbers as they are, nothing where there is no value."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([column.name for column in report.columns])
    writer.writerows([_plain(row.get(column.name)) for column in report.columns] for row in report.rows)
    return text.getvalue()


def _plain(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, str):
        line = clean_line(value)
        return f"'{line}" if line.startswith(("=", "+", "-", "@")) else line
    return value


def as_markdown(report: Report) -> str:
    """The table for a README or an issue, with the sentence and notes below it."""
    columns = shown_columns(report)
    lines = [
        _piped(column.label for column in columns),
        _piped("---" if _is_text(column) else "---:" for column in columns),
        *(_piped(row) for row in cells(report)),
        "",
        report.sentence,
        *(f"- {note}" for note in report.notes),
    ]
    return "\n".join(lines) + "\n"


def _piped(row: Any) -> str:
    return "| " + " | ".join(text.replace("|", r"\|") for text in row) + " |"


def as_latex(report: Report) -> str:
    """The table for a paper, with the rules of the package booktabs; the sentence as its caption."""
    columns = shown_columns(report)
    rows = [" & ".join(map(_escaped, row)) + r" \\" for row in cells(report)]
    return "\n".join([
        "% needs \\usepackage{booktabs}",
        r"\begin{table}",
        r"\centering",
        rf"\begin{{tabular}}{{{''.join('l' if _is_text(column) else 'r' for column in columns)}}}",
        r"\toprule",
        " & ".join(_escaped(column.label) for column in columns) + r" \\",
        r"\midrule",
        *rows,
        r"\bottomrule",
        r"\end{tabular}",
        rf"\caption{{{_escaped(report.sentence)}}}",
        r"\end{table}",
        *(f"% {note}" for note in report.notes),
    ]) + "\n"  # fmt: skip


def _escaped(text: str) -> str:
    return "".join(_LATEX.get(character, character) for character in text)


def _is_text(column: Column) -> bool:
    return column.decimals is None and column.name not in COUNTS


COUNTS = ("items", "questions", "options", "levels", "more_questions", "pairs")
"""Names of columns that hold whole numbers."""


def widths(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[int]:
    """How wide columns have to be for what stands in them."""
    return [max(map(len, column)) for column in zip(header, *rows, strict=True)]


WRITERS: Mapping[str, Callable[[Report], str]] = {"csv": as_csv, "markdown": as_markdown, "latex": as_latex}
