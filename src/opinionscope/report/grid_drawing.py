"""A grid as a drawing: small multiples where there is room, else sparklines; the screen and the command line share it.

Where rows or columns do not fit, those around the cursor are drawn, and the drawing says how many are not in sight.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from textwrap import wrap
from typing import Literal

from msgspec import Struct
from rich.cells import cell_len

from opinionscope.charts.bars import BLOCKS, HALF_BLOCKS, on_track, percent
from opinionscope.charts.chart import UNDER, Rows, only_bars
from opinionscope.charts.lines import Line, Piece, Role, fit, shorten, shorten_apart
from opinionscope.report.grid import AXIS_TITLES, Grid, GridCell, Place, shown_model
from opinionscope.report.shift import shift_sentence
from opinionscope.report.sparks import spark
from opinionscope.report.words import Unit, in_unit, sample_size
from opinionscope.survey import Distribution

HUMAN_MARK, MODEL_MARK, CURSOR = "┃", "▀", "▌"
MARKS = {"best": "▲", "worst": "▼", "": ""}
SMALL_COLUMN, FULL_COLUMN, WIDEST_COLUMN = 12, 26, 64
EDGES = 2
"""Cells of a column that hold the cursor and the gap to the next one."""
LONGEST_ROW, LONGEST_NARROW_ROW, NARROW = 18, 15, 100
FIGURE = 5
Style = Literal["paired", "marked", "small", "line"]
"""How a cell is drawn: two bars an option; one, with the people's mark on it; sparklines under figures; one line."""


class GridDrawing(Struct, frozen=True, dict=True):
    """A grid drawn for a width and, where `height` is given, for a height, both in terminal cells.

    Attributes:
        cursor: the cell that is marked and kept in sight; None for none.
    """

    grid: Grid
    width: int
    height: int | None = None
    cursor: Place | None = None
    unit: Unit = "nats"

    # What fits

    @cached_property
    def _names(self) -> tuple[list[str], list[str]]:
        rows, columns = list(self.grid.rows), list(self.grid.columns)
        if self.grid.by == "model":
            columns = [shown_model(name, columns) for name in columns]
        return rows, columns

    @cached_property
    def _row_width(self) -> int:
        longest = max(map(cell_len, [*self._names[0], "▀ model"]))
        return min(longest, LONGEST_NARROW_ROW if self.width < NARROW else LONGEST_ROW) + 1

    @property
    def _head_height(self) -> int:
        """Lines above the cells: what is shown, best and worst, the shift of groups, the legend, the headings."""
        return 4 + len(self._shift)

    @cached_property
    def _shift(self) -> list[str]:
        """The group shift under the steering method of the cursor, in lines."""
        if self.grid.by != "group":
            return []
        chosen, columns = self.grid.chosen.steering, self.grid.columns
        steering = columns[self.cursor[1]] if self.cursor else chosen if chosen in columns else columns[-1]
        return wrap(shift_sentence(self.grid, steering), self.width)

    @property
    def _room(self) -> int:
        """Lines for cells; only asked for where there is a height."""
        return (self.height or 0) - self._head_height

    @property
    def _frozen(self) -> int:
        """How many columns always stand at the left: that of the people, where rows are groups."""
        return 1 if self.grid.by == "group" else 0

    @cached_property
    def _columns(self) -> range:
        """The columns in sight."""
        total = len(self.grid.columns)
        room = max(1, (self.width - self._row_width) // SMALL_COLUMN - self._frozen)
        return _around(self.cursor[1] if self.cursor else 0, total, total if self.height is None else room)

    @cached_property
    def _column_width(self) -> int:
        shown = len(self._columns) + self._frozen
        return max(SMALL_COLUMN, min(WIDEST_COLUMN, (self.width - self._row_width) // shown))

    @property
    def _inner(self) -> int:
        return self._column_width - EDGES

    @cached_property
    def _style(self) -> Style:
        """The richest style that there is room for."""
        rows, options = len(self.grid.rows), len(self.grid.positions)
        if self.height is None and self._frozen and options + FIGURE + 1 <= self._inner:
            return "line"
        if self._column_width >= FULL_COLUMN:
            if self.height is None:
                return "marked"
            for style in ("paired", "marked"):
                if rows * (self._height_in(style) + 1) <= self._room + 1:
                    return style
        is_crowded = self.height is not None and rows * (self._height_in("small") + 1) > self._room + 1
        return "line" if self._frozen and is_crowded and options + FIGURE + 1 <= self._inner else "small"

    def _height_in(self, style: Style) -> int:
        """Lines of a cell, without the blank one below."""
        options = len(self.grid.positions)
        paired = options * sum(self._bars) - self._bars[-1] + 1
        return {"paired": paired, "marked": options + 1, "small": 3, "line": 1}[style]

    @cached_property
    def _bars(self) -> Rows:
        """Rows of paired bars: the highest that leave all rows of the grid in sight."""
        rows, options = len(self.grid.rows), len(self.grid.positions)
        room = 0 if self.height is None else self._room
        fits = (bars for bars in UNDER if rows * (options * sum(bars) - bars[-1] + 2) <= room + 1)
        return next(fits, UNDER[-1])

    @property
    def _step(self) -> int:
        return self._height_in(self._style) + self._gap

    @cached_property
    def _gap(self) -> int:
        """Blank lines between rows: one, unless only without are all rows in sight, or each is a line."""
        height, rows = self._height_in(self._style), len(self.grid.rows)
        if self.height is None:
            return 0 if self._style == "line" else 1
        is_roomy = rows * (height + 1) - 1 <= self._room
        return 1 if is_roomy or (rows * height > self._room and self._style != "line") else 0

    @cached_property
    def _rows(self) -> range:
        """The rows in sight."""
        total = len(self.grid.rows)
        if self.height is None or total * self._step <= self._room + self._gap:
            return range(total)
        return _around(self.cursor[0] if self.cursor else 0, total, max(1, (self._room - 1 + self._gap) // self._step))

    def place_at(self, x: int, y: int) -> Place | None:
        """The cell at a point of the drawing."""
        column = (x - self._row_width) // self._column_width - self._frozen
        row = (y - self._head_height) // self._step
        if (
            x < self._row_width
            or y < self._head_height
            or not (0 <= column < len(self._columns) and 0 <= row < len(self._rows))
        ):
            return None
        return self._rows[row], self._columns[column]

    # Drawing

    @cached_property
    def lines(self) -> list[Line]:
        """The whole drawing."""
        found = [*self._head()]
        for row in self._rows:
            found += self._row(row)
            if self._gap and row != self._rows[-1]:
                found.append([])
        if len(self._rows) < len(self.grid.rows):
            above, below = self._rows[0], len(self.grid.rows) - self._rows[-1] - 1
            parts = [f"↑ {above} more above"] if above else []
            parts += [f"↓ {below} more below"] if below else []
            found.append([Piece("   ".join(parts), "warning")])
        return found

    def _head(self) -> Iterator[Line]:
        yield [Piece(fit(self._title(), self.width), "heading")]
        yield self._ends()
        yield from ([Piece(line, "label")] for line in self._shift)
        sides = _SIDES.get(self._style, [])
        yield [*sides, Piece(shorten(self._legend(), self.width - sum(cell_len(side.text) for side in sides)), "muted")]
        before, after = self._columns[0], len(self.grid.columns) - self._columns[-1] - 1
        heads: Line = [Piece(fit(f"◂ {before} more" if before else "", self._row_width), "warning")]
        if self._frozen:
            heads.append(Piece(fit(" humans", self._column_width), "human"))
        names = shorten_apart([self._names[1][at] for at in self._columns], self._inner)
        heads += [Piece(fit(f" {name}", self._column_width), "model") for name in names]
        if after:
            left = self.width - sum(cell_len(piece.text) for piece in heads)
            more = f"{after} more ▸"
            if left < len(more):
                heads[-1] = Piece(fit(f" {names[-1]}", self._column_width - len(more) + max(0, left)), "model")
            heads.append(Piece(more, "warning"))
        yield heads

    def _title(self) -> str:
        grid, chosen = self.grid, self.grid.chosen
        parts = [AXIS_TITLES[grid.by]]
        if grid.by != "group":
            parts += [f"{chosen.group}, {sample_size(grid.cells[0][0].human)}"]
        if grid.by != "format":
            parts += [chosen.format]
        if grid.by != "model":
            parts += [shown_model(chosen.model)]
        return " · ".join(parts)

    def _ends(self) -> Line:
        grid = self.grid
        if grid.ends is None:
            answered = sum(cell.alignment is not None for row in grid.cells for cell in row)
            words = ("No answers yet.", "One answer: no best or worst yet.", "All answers are equally far.")[
                min(answered, 2)
            ]
            if answered > 1 and len(grid.reliable) < 2:
                words = "Fewer than two answers are reliable: no best or worst."
            return [Piece(words, "muted")]
        rows, columns = self._names
        pieces: Line = []
        roles: tuple[Role, Role] = ("value", "warning")
        for (row, column), role in zip(grid.ends, roles, strict=True):
            word = grid.mark((row, column))
            tv = _figure(grid[row, column]["tv"], 3)
            gap = "   " if pieces else ""
            pieces.append(Piece(f"{gap}{MARKS[word]} {word}: {rows[row]}, {columns[column]}, TV {tv}", role))
        room = self.width - sum(cell_len(piece.text) for piece in pieces)
        return pieces if room >= 0 else [Piece(shorten("".join(piece.text for piece in pieces), self.width), "value")]

    def _legend(self) -> str:
        parts = ["TV" if self._style == "line" else f"TV, KL in {self.unit}"]
        if any(cell.muted for row in self.grid.cells for cell in row):
            parts.append("* not reliable")
        if self.grid.left_out:
            why = "nothing recorded" if self.grid.chosen.is_recorded else "cannot be asked here"
            parts.append(f"{why}: {', '.join(self.grid.left_out)}")
        rest = f" · {' · '.join(parts)}"
        if self._style in _SIDES:
            return rest
        bars, scale = f"Bars: {', '.join(self.grid.labels)}", f"; █ is {percent(self._scale)}"
        return (bars if cell_len(bars + scale + rest) <= self.width else "A bar an option") + scale + rest

    @cached_property
    def _scale(self) -> float:
        """The share of a whole block: the largest in the grid, rounded up to tenths."""
        sides = [side for row in self.grid.cells for cell in row for side in (cell.human, cell.model) if side]
        largest = max((max(side.probabilities) for side in sides), default=1.0)
        return min(1.0, math.ceil(largest * 10 - 1e-9) / 10)

    def _row(self, row: int) -> list[Line]:
        name = shorten_apart(self._names[0], self._row_width - 1)[row]
        heads: list[Line] = [[Piece(fit(name, self._row_width), "label")]]
        if self._style == "small":
            heads += [[Piece(fit(text, self._row_width), role)] for text, role in _SMALL_HEADS]
        heads += [[Piece(" " * self._row_width, "label")] for _ in range(self._height_in(self._style) - len(heads))]
        blocks = [self._people(row)] if self._frozen else []
        blocks += [self._cell((row, column)) for column in self._columns]
        return [[piece for part in parts for piece in part] for parts in zip(heads, *blocks, strict=True)]

    def _people(self, row: int) -> list[Line]:
        human, width = self.grid.cells[row][0].human, self._inner
        size = "" if human is None or human.n is None else _size(human.n)
        if self._style == "line":
            lines = [
                [*spark(human, width - FIGURE - 1, "human-bar", self._scale), Piece(f" {size.rjust(FIGURE)}", "muted")]
            ]
        elif self._style == "small":
            lines = [[Piece(size, "muted")], spark(human, width, "human-bar", self._scale), []]
        else:
            lines = []
            for label, share in self._options(human):
                drawn = self._bar(label, share, BLOCKS, "human-bar")
                lines += self._pair(drawn, []) if self._style == "paired" else [drawn]
            lines = [*lines[: len(lines) - self._bars[-1]], [Piece(size, "muted")]]
        return [self._edged(line, " ") for line in lines]

    def _cell(self, place: Place) -> list[Line]:
        cell, mark = self.grid[place], self.grid.mark(place)
        if self._style == "line":
            lines = [self._in_one_line(cell, mark)]
        elif self._style == "small":
            lines = [
                self._figures(cell, mark, 2),
                spark(cell.human, self._inner, "human-bar", self._scale),
                spark(cell.model, self._inner, "model-bar", self._scale),
            ]
        else:
            lines = []
            sides = zip(self._options(cell.human), self._options(cell.model), strict=True)
            for (label, human), (_, model) in sides:
                if self._style == "paired":
                    glyphs = BLOCKS if self._bars[1] > 1 else HALF_BLOCKS
                    model_bar = self._bar(" " * cell_len(label), model, glyphs, "model-bar")
                    lines += self._pair(self._bar(label, human, BLOCKS, "human-bar"), model_bar)
                else:
                    lines.append(self._bar(label, model, HALF_BLOCKS, "model-bar", mark_at=human))
            lines = [*lines[: len(lines) - self._bars[-1]], self._figures(cell, mark, 3)]
        return [self._edged(line, CURSOR if place == self.cursor else " ") for line in lines]

    def _pair(self, human: Line, model: Line) -> list[Line]:
        """The bars of an option, one under the other, and the free rows below."""
        high, low, free = self._bars
        return [human, *[only_bars(human)] * (high - 1), model, *[only_bars(model)] * (low - 1), *[[]] * free]

    def _edged(self, pieces: Line, edge: str) -> Line:
        used = sum(cell_len(piece.text) for piece in pieces)
        return [Piece(edge, "heading"), *pieces, Piece(" " * (self._column_width - 1 - used), "label")]

    def _options(self, side: Distribution | None) -> list[tuple[str, float | None]]:
        shares: Sequence[float | None] = side.probabilities if side else [None] * len(self.grid.positions)
        width = max(6, min(max(map(cell_len, self.grid.labels)), self._inner * 2 // 5))
        return list(zip((fit(label, width) for label in shorten_apart(self.grid.labels, width)), shares, strict=True))

    def _bar(self, label: str, share: float | None, glyphs: str, role: Role, mark_at: float | None = None) -> Line:
        """One option: a bar, and on it the people's mark if that is wanted."""
        width = self._inner - cell_len(label) - 1 - FIGURE
        pieces = on_track(share or 0.0, width, glyphs, role)
        if mark_at is not None:
            pieces = _with_mark(pieces, min(width - 1, int(mark_at * width)))
        figure = "" if share is None else percent(share)
        return [Piece(f"{label} ", "label"), *pieces, Piece(figure.rjust(FIGURE), "value")]

    def _figures(self, cell: GridCell, mark: str, decimals: int) -> Line:
        width = self._inner
        if cell.waiting or cell.alignment is None:
            return [Piece(shorten(f"… {cell.waiting}" if cell.waiting else cell.word, width), "muted")]
        tv, kl = _figure(cell["tv"], decimals), _figure(_unit(cell["kl"], self.unit), decimals)
        text = (f"TV {tv}  KL {kl}" if decimals > 2 else f"{tv} {kl}") + ("*" if cell.muted else "")
        marked = f"{MARKS[mark]}{' ' if decimals > 2 else ''}{mark}"
        if mark and cell_len(text) + cell_len(marked) > width:
            marked = MARKS[mark]
        role: Role = "muted" if cell.muted else "value"
        room = max(0, width - cell_len(text))
        return [Piece(text, role), Piece(marked.rjust(room), "warning" if mark == "worst" else "value")]

    def _in_one_line(self, cell: GridCell, mark: str) -> Line:
        room = self._inner - FIGURE - 1
        if cell.waiting or cell.alignment is None:
            return [Piece(shorten(f"… {cell.waiting}" if cell.waiting else cell.word, self._inner), "muted")]
        figure = f" {_figure(cell['tv'], 2)}{'*' if cell.muted else ''}{MARKS[mark]}"
        role: Role = "muted" if cell.muted else "warning" if mark == "worst" else "value"
        return [*spark(cell.model, room, "model-bar", self._scale), Piece(figure, role)]


_SIDES: Mapping[Style, Line] = {
    "paired": [Piece("█ humans", "human"), Piece(", ", "muted"), Piece("▀ model", "model")],
    "marked": [Piece(f"{MODEL_MARK} model", "model"), Piece(", ", "muted"), Piece(f"{HUMAN_MARK} humans", "human")],
}
"""The two sides in the colours of their bars."""
_SMALL_HEADS: tuple[tuple[str, Role], ...] = ((" humans", "human"), (" model", "model"))


def _around(place: int, total: int, room: int) -> range:
    """As many places as there is room for, with one of them near the middle."""
    first = max(0, min(place - room // 2, total - room))
    return range(first, min(total, first + room))


def _size(people: float) -> str:
    """How many people, in at most `FIGURE` cells: ``n 428``, ``1,012``, ``12k``."""
    if people < 1000:
        return f"n {people:.0f}"
    return f"{people:,.0f}" if people < 10_000 else f"{people / 1000:.0f}k"


def _with_mark(pieces: Line, at: int) -> Line:
    """A bar with the people's mark over one of its cells."""
    found: Line = []
    start = 0
    for text, role in pieces:
        if start <= at < start + len(text):
            cut = at - start
            found += [Piece(text[:cut], role), Piece(HUMAN_MARK, "human-bar"), Piece(text[cut + 1 :], role)]
        else:
            found.append(Piece(text, role))
        start += len(text)
    return found


def _unit(nats: float | None, unit: Unit) -> float | None:
    return None if nats is None else in_unit(nats, unit)


def _figure(value: float | None, decimals: int) -> str:
    """A number without the zero before its point; – where there is none, ∞ for infinity."""
    if value is None:
        return "–"
    return "∞" if math.isinf(value) else f"{value:.{decimals}f}".removeprefix("0") or "0"
