"""A finished table as rows of text for people."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.cells import cell_len

from opinionscope.charts.lines import fit
from opinionscope.cleaning import clean_line
from opinionscope.tables import Column, Report
from opinionscope.tables.words import number


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


def is_number(column: Column) -> bool:
    """Whether a column holds numbers, and stands to the right."""
    return column.decimals is not None or column.name in COUNTS


GAP = "  "
COUNTS = ("items", "questions", "options", "levels", "more_questions", "pairs")
"""Names of columns that hold whole numbers."""


def aligned(rows: Sequence[Sequence[str]], width: int | None = None) -> list[str]:
    """Rows of one length as lines, names to the left and numbers to the right; in `width` cells, names give way."""
    wide = [max(cell_len(row[at]) for row in rows) for at in range(len(rows[0]))]
    if width is not None:
        wide[0] = max(8, min(wide[0], width - sum(wide[1:]) - len(GAP) * (len(wide) - 1)))
    return [
        GAP.join([fit(row[0], wide[0]), *(cell.rjust(size) for cell, size in zip(row[1:], wide[1:], strict=True))])
        for row in rows
    ]


def widths(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[int]:
    """How wide columns have to be for what stands in them."""
    return [max(map(len, column)) for column in zip(header, *rows, strict=True)]
