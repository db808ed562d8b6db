"""A finished table as rows of text for people."""

import sys
from collections.abc import Mapping, Sequence
from typing import Any

from rich.cells import cell_len

from opinionscope.charts.lines import GAP, NARROWEST, fit, narrowed, shorten_apart
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


def aligned_intervals(texts: Sequence[str]) -> list[str]:
    """Values with and without intervals, so that the values stand under each other once they stand to the right."""
    parts = [text.partition(" [") for text in texts]
    longest = max((len(bracket + ends) for _, bracket, ends in parts), default=0)
    return [value + (bracket + ends).ljust(longest) for value, bracket, ends in parts]


def is_number(column: Column) -> bool:
    """Whether a column holds numbers, and stands to the right."""
    return column.decimals is not None or column.name in COUNTS


COUNTS = ("items", "questions", "options", "levels", "more_questions", "pairs")
"""Names of columns that hold whole numbers."""


def aligned(rows: Sequence[Sequence[str]], width: int = sys.maxsize, names: int = 1) -> list[list[str]]:
    """Rows of one length as lines, names to the left and numbers to the right.

    Names give way to the width. Numbers for which there is no room follow in blocks of their own, behind the names.

    Args:
        names: how many columns are names, the first ones.
    """
    wide = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
    room = width - sum(min(each, NARROWEST) + GAP for each in wide[:names]) + GAP
    blocks: list[list[int]] = [[]]
    for at in range(names, len(wide)):
        if blocks[-1] and sum(wide[each] + GAP for each in (*blocks[-1], at)) > room:
            blocks.append([])
        blocks[-1].append(at)
    return [_block(rows, [*range(names), *numbers], wide, width, names) for numbers in blocks]


def _block(
    rows: Sequence[Sequence[str]], columns: Sequence[int], wide: Sequence[int], width: int, names: int
) -> list[str]:
    sizes = narrowed([wide[at] for at in columns], width, range(names))
    drawn = [
        _told_apart([row[at] for row in rows], size) if at < names else [row[at].rjust(size) for row in rows]
        for at, size in zip(columns, sizes, strict=True)
    ]
    return [(" " * GAP).join(cells) for cells in zip(*drawn, strict=True)]


def _told_apart(texts: Sequence[str], width: int) -> list[str]:
    """Texts cut or padded to exactly `width` cells, different ones differently."""
    each = list(dict.fromkeys(texts))
    cut = dict(zip(each, shorten_apart(each, width), strict=True))
    return [fit(cut[text], width) for text in texts]


def widths(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[int]:
    """How wide columns have to be for what stands in them."""
    return [max(map(len, column)) for column in zip(header, *rows, strict=True)]
