"""RunList: a list of runs of any length, of which only the pages in sight are ever read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from textual import events
from textual.app import RenderResult
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from typing_extensions import override

from opinionscope.charts.lines import shorten
from opinionscope.history import RunRow
from opinionscope.report.words import Unit
from opinionscope.tui.phrases import local_day
from opinionscope.tui.run_columns import RunColumn, Text, cell_texts, columns_for
from opinionscope.tui.styles import MUTED

__all__ = ["PAGE", "STATUS_MARKS", "RunList"]

PAGE = 100
MOST_PAGES = 12
"""Pages kept; those furthest from the cursor are forgotten first."""
STATUS_MARKS = {"done": "✓", "unread": "?", "failed": "✗", "cancelled": "–", "running": "…"}
STATUS_STYLES = {"done": "$success", "running": "$warning", "cancelled": "$warning"}
MARKED, NOT_KEPT = "●", "!"
EDGE = 4
"""Cells left of the columns, for the marks, and right of them, for the place in the list."""


class RunList(Widget, can_focus=True):
    """Draws the runs in sight under their headings, with a cursor; asks for pages as they come into sight.

    Args:
        clock: the time now, for "today" and "yesterday".
    """

    @dataclass
    class Moved(Message):
        """The cursor is on another run, or on none."""

        row: RunRow | None

    class Opened(Message):
        """The run under the cursor is to be opened."""

    @dataclass
    class PageWanted(Message):
        """A page is in sight that is not there; its number counts from 0."""

        page: int

    @dataclass
    class SortWanted(Message):
        """A heading was clicked."""

        key: str

    def __init__(self, clock: Callable[[], datetime], unit: Unit = "nats") -> None:
        super().__init__(id="runs")
        self._clock = clock
        self._unit: Unit = unit
        self._pages: dict[int, Sequence[RunRow]] = {}
        self._wanted: set[int] = set()
        self._cursor = 0
        self._top = 0
        self._told: RunRow | None = None
        self.total = 0
        self.sort = "created"
        self.descending = True
        self.grouped = ""
        self.marked: dict[str, RunRow] = {}
        self.unkept: frozenset[str] = frozenset()

    @property
    def columns(self) -> list[RunColumn]:
        """The columns as they are drawn now; that of a grouped list stands first."""
        columns = columns_for(max(40, self.size.width - EDGE), self._unit)
        return sorted(columns, key=lambda column: column.key != self.grouped) if self.grouped else columns

    @property
    def loaded(self) -> list[RunRow]:
        """The runs that have been read, in order."""
        return [row for page in sorted(self._pages) for row in self._pages[page]]

    @property
    def current(self) -> RunRow | None:
        """The run under the cursor; None if there is none, or it is not read yet."""
        return self.row_at(self._cursor)

    @property
    def cursor(self) -> int:
        """Place of the cursor, from 0."""
        return self._cursor

    def page_at(self, page: int) -> Sequence[RunRow]:
        """The runs of a page; () if it is not read yet."""
        return self._pages.get(page, ())

    def row_at(self, index: int) -> RunRow | None:
        """The run at a place; None if it is not read yet."""
        page = self._pages.get(index // PAGE, ())
        return page[index % PAGE] if 0 <= index % PAGE < len(page) else None

    # What is listed

    def show(self, total: int, page: int, rows: Sequence[RunRow], *, keep: str = "") -> None:
        """List other runs, of which one page is known; the cursor stays on the run `keep` if that is on it."""
        self.total = total
        self._pages = {page: rows}
        self._wanted.clear()
        ids = [row.id for row in rows]
        self._cursor = page * PAGE + ids.index(keep) if keep in ids else min(self._cursor, max(0, total - 1))
        self._follow()

    def count(self, total: int) -> None:
        """List so many runs, of which those known stay."""
        self.total = total
        self.move_to(self._cursor)

    def fill(self, page: int, rows: Sequence[RunRow]) -> None:
        """Take in one more page."""
        self._wanted.discard(page)
        self._pages[page] = rows
        here = self._cursor // PAGE
        while len(self._pages) > MOST_PAGES:
            del self._pages[max(self._pages, key=lambda each: abs(each - here))]
        self._follow()

    def miss(self, page: int) -> None:
        """A page could not be read: ask for it again the next time it is in sight."""
        self._wanted.discard(page)

    def move_to(self, index: int) -> None:
        """Put the cursor somewhere."""
        self._cursor = max(0, min(index, self.total - 1))
        self._follow()

    def move(self, by: int) -> None:
        """Move the cursor by some runs."""
        self.move_to(self._cursor + by)

    def turn(self, by: int) -> None:
        """Move the cursor by some pages of the screen."""
        self.move(by * max(1, self._room - 1))

    @property
    def _room(self) -> int:
        return max(1, self.size.height - 1)

    def _follow(self) -> None:
        """Keep the cursor in sight, ask for what is missing there, and tell what it is on."""
        self._top = min(max(self._top, self._cursor - self._room + 1, 0), self._cursor)
        self._top = max(0, min(self._top, self.total - self._room))
        if self.total:
            last = min(self.total, self._top + self._room) - 1
            for page in {self._top // PAGE, last // PAGE, self._cursor // PAGE}:
                if page not in self._pages and page not in self._wanted:
                    self._wanted.add(page)
                    self.post_message(self.PageWanted(page))
        if self.current is not self._told:
            self._told = self.current
            self.post_message(self.Moved(self._told))
        self.refresh()

    # Drawing

    @override
    def render(self) -> RenderResult:
        columns, now = self.columns, self._clock()
        lines = [self._head(columns)]
        in_sight = range(self._top, min(self.total, self._top + self._room))
        lines += (self._line(columns, index, now) for index in in_sight)
        return Content("\n").join(lines)

    def _head(self, columns: Sequence[RunColumn]) -> Content:
        parts: list[Text] = [("   ", "")]
        for column in columns:
            is_sorted = column.key == self.sort
            mark = (" ▼" if self.descending else " ▲") if is_sorted else "  " if column.is_number else ""
            title = shorten(column.title, column.width + 1 - max(1, len(mark))) + mark
            room = column.width + 1
            title = title.rjust(room) if column.is_number else title.ljust(room)
            parts.append((title, "bold $primary" if is_sorted else f"bold {MUTED}"))
        return Content.assemble(*parts)

    def _line(self, columns: Sequence[RunColumn], index: int, now: datetime) -> Content:
        row = self.row_at(index)
        if row is None:
            return Content.styled("   reading …", MUTED)
        is_marked, is_unkept = row.id in self.marked, row.id in self.unkept
        status = NOT_KEPT if is_unkept else STATUS_MARKS.get(row.status, " ")
        parts: list[Text] = [
            (MARKED if is_marked else " ", "bold $warning"),
            (status, "$error" if is_unkept else STATUS_STYLES.get(row.status, "$error")),
            (" ", ""),
        ]
        before = self.row_at(index - 1) if index > self._top else None
        for column, (text, style) in zip(columns, cell_texts(columns, row, now), strict=True):
            parts.append(self._grouped(column, text, style, row, before, now))
            parts.append((" ", ""))
        line = Content.assemble(*parts[:-1])
        line = line.pad_right(max(0, self.size.width - 1 - line.cell_length))
        line = Content.assemble(line, (self._thumb(index - self._top), MUTED))
        if index != self._cursor:
            return line
        return line.stylize("bold on $primary 30%" if self.has_focus else "on $primary 15%")

    def _grouped(
        self, column: RunColumn, text: str, style: str, row: RunRow, before: RunRow | None, now: datetime
    ) -> Text:
        """A cell; in a grouped list what is the same as above is left out, and what is new stands out."""
        if column.key != self.grouped:
            return text, style
        if column.key == "created":
            if before is None or local_day(before.created, now) != local_day(row.created, now):
                return text, "bold"
            return f"{row.created.astimezone():%H:%M}".rjust(len(text.rstrip())).ljust(len(text)), style
        if column.shared is None or before is None or column.shared(before) != column.shared(row):
            return text, f"bold {style}".strip()
        return " " * len(text), style

    def _thumb(self, line: int) -> str:
        """The place in the list, beside a line: nothing where all of it is in sight."""
        if self.total <= self._room:
            return " "
        size = max(1, self._room * self._room // self.total)
        start = round((self._room - size) * self._top / (self.total - self._room))
        return "┃" if start <= line < start + size else "│"

    # Keys and mouse

    def on_resize(self) -> None:
        """Keep the cursor in sight."""
        self._follow()

    def on_click(self, event: events.Click) -> None:
        """A heading sorts; a run is taken by the cursor, and opened by a second click."""
        if event.y == 0:
            at = event.x - self.gutter.left - 3
            for column in self.columns:
                if 0 <= at <= column.width and column.key:
                    self.post_message(self.SortWanted(column.key))
                    return
                at -= column.width + 1
            return
        index = self._top + event.y - 1
        if index < self.total:
            is_second = event.chain > 1 and index == self._cursor
            self.move_to(index)
            if is_second:
                self.post_message(self.Opened())

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Move down."""
        event.stop()
        self.move(3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Move up."""
        event.stop()
        self.move(-3)
