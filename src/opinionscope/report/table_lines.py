"""A finished table drawn for a width: columns that do not vary are told once, intervals are drawn on one axis."""

import math
from collections.abc import Sequence
from typing import Any

from msgspec import Struct
from rich.cells import cell_len

from opinionscope.charts.lines import GAP, Line, Piece, Role, fit, narrowed
from opinionscope.report.tables import aligned_intervals, cells, is_number, shown_columns
from opinionscope.tables import Column, Report
from opinionscope.tables.leaderboard_scores import BASELINE
from opinionscope.tables.words import number

BLANK = " " * GAP
LEAST_PLOT, MOST_PLOT = 17, 96
"""Cells of the drawn intervals."""
LONGEST_NAME = 26
POINT, BASELINE_POINT, WHISKER, REFERENCE, OVER_REFERENCE = "●", "○", "─", "│", "┼"


class DrawnTable(Struct, frozen=True):
    """Lines of a table.

    Attributes:
        same: what holds for every row, as label and value; their columns are not drawn.
        hidden: labels of columns for which there was no room.
    """

    header: Line
    rows: tuple[Line, ...]
    same: tuple[tuple[str, str], ...]
    hidden: tuple[str, ...]

    @property
    def told(self) -> list[str]:
        """What holds for every row, a sentence each."""
        return [f"{label.capitalize()}: {value}." for label, value in self.same]


def draw_table(report: Report, order: Sequence[int], width: int) -> DrawnTable:
    """The rows of a table in an order, as far as its columns fit into `width` terminal cells.

    Names give way to a length, then columns from the right, then names again. What the table is about always stays: the
    first number that has an interval, or else the first number. Room that is left draws that interval.
    """
    columns = shown_columns(report)
    texts = _in_lines(columns, cells(report))
    is_same = [
        len(texts) > 1 and not is_number(column) and len({row[at] for row in texts}) == 1
        for at, column in enumerate(columns)
    ]
    same = tuple((columns[at].label, texts[0][at]) for at, same in enumerate(is_same) if same)
    kept = [at for at, same in enumerate(is_same) if not same]
    wide = {at: _wide(columns[at], [row[at] for row in texts]) for at in kept}
    first = next((at for at in kept if is_number(columns[at])), kept[0])
    about = next((at for at in kept if columns[at].interval), first)
    dropped: list[int] = []
    giving_way = [at for at in kept if at >= first and at != about]
    while sum(wide[at] for at in kept) + GAP * (len(kept) - 1) > width and giving_way:
        dropped.insert(0, giving_way.pop())
        kept.remove(dropped[0])
    names = [at for at, column in enumerate(kept) if not is_number(columns[column])]
    wide = dict(zip(kept, narrowed([wide[at] for at in kept], width, names), strict=True))
    room = width - sum(wide[at] + GAP for at in kept) - GAP
    plot = next((columns[at] for at in kept if columns[at].interval), None) if room >= LEAST_PLOT else None
    axis = _Axis.over(report, plot, min(room, MOST_PLOT)) if plot else None

    def line(values: Sequence[str], row: Any, role: Role) -> Line:
        pieces: Line = []
        for at in kept:
            text = values[at]
            shown = text.rjust(wide[at]) if is_number(columns[at]) else fit(text, wide[at])
            pieces += [Piece(shown, _role(columns[at], row, role)), Piece(BLANK, "muted")]
            if axis and columns[at] is plot:
                pieces += [*(axis.heading() if row is None else axis.plotted(row)), Piece(BLANK, "muted")]
        return pieces[:-1]

    header = line([column.label for column in columns], None, "muted")
    rows = tuple(line(texts[at], report.rows[at], "label") for at in order)
    return DrawnTable(header, rows, same, tuple(columns[at].label for at in dropped))


def _in_lines(columns: Sequence[Column], rows: list[list[str]]) -> list[list[str]]:
    by_column = [
        aligned_intervals(texts) if column.interval else texts
        for column, texts in zip(columns, map(list, zip(*rows, strict=True)), strict=False)
    ]
    return list(map(list, zip(*by_column, strict=True)))


def in_order(report: Report, name: str, *, descending: bool = False) -> list[int]:
    """The rows sorted by a column; those without a value stand last, others keep their order."""
    has: list[int] = []
    lacks: list[int] = []
    for at, row in enumerate(report.rows):
        (lacks if row.get(name) is None else has).append(at)
    return sorted(has, key=lambda at: report.rows[at][name], reverse=descending) + lacks


def _wide(column: Column, texts: Sequence[str]) -> int:
    longest = max(map(cell_len, [column.label, *texts]))
    return longest if is_number(column) else min(longest, LONGEST_NAME)


def _role(column: Column, row: Any, role: Role) -> Role:
    """Baselines are told from models; the number that is compared stands out."""
    if row is None or row.get("format") == BASELINE:
        return "muted"
    return "value" if column.interval else role


class _Axis(Struct, frozen=True):
    """One axis for the intervals of all rows."""

    column: Column
    low: float
    high: float
    width: int

    @classmethod
    def over(cls, report: Report, column: Column, width: int) -> "_Axis | None":
        names = (column.name, *column.interval)
        values = [row[name] for row in report.rows for name in names if row.get(name) is not None]
        if not values or max(values) == min(values):
            return None
        if column.reference is not None:
            values.append(column.reference)
        low, high = min(values), max(values)
        near = 0 < low < (high - low) / 2
        return cls(column, 0.0 if near else low, high, width)

    def place(self, value: float) -> int:
        share = (value - self.low) / (self.high - self.low)
        return min(self.width - 1, max(0, math.floor(share * (self.width - 1) + 0.5)))

    def heading(self) -> Line:
        low, high = number(self.low, 2), number(self.high, 2)
        return [Piece(low + high.rjust(self.width - len(low)), "muted")]

    def plotted(self, row: Any) -> Line:
        """The interval as a line, the value as a point, and a bar at the reference of the column."""
        drawn = [" "] * self.width
        if self.column.reference is not None:
            drawn[self.place(self.column.reference)] = REFERENCE
        value, ends = row.get(self.column.name), [row.get(name) for name in self.column.interval]
        if value is None:
            return [Piece("".join(drawn), "muted")]
        is_baseline = row.get("format") == BASELINE
        if None not in ends:
            for at in range(self.place(ends[0]), self.place(ends[1]) + 1):
                drawn[at] = WHISKER if drawn[at] == " " else OVER_REFERENCE
        at = self.place(value)
        left, right = "".join(drawn[:at]), "".join(drawn[at + 1 :])
        role: Role = "muted" if is_baseline else "model"
        return [Piece(left, role), Piece(BASELINE_POINT if is_baseline else POINT, role), Piece(right, role)]
