"""GridView: a grid of answers with a cursor."""

from textual import events
from textual.app import RenderResult
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from typing_extensions import override

from opinionscope.report.grid import Grid, Place
from opinionscope.report.grid_drawing import GridDrawing
from opinionscope.report.words import Unit
from opinionscope.tui.styles import MUTED, to_content


class GridView(Widget, can_focus=True):
    """Draws the part of the grid that there is room for, around the cursor."""

    class Moved(Message):
        """The cursor is on another cell."""

    class Opened(Message):
        """The cell under the cursor was clicked."""

    def __init__(self, unit: Unit) -> None:
        super().__init__()
        self.grid: Grid | None = None
        self.cursor: Place = (0, 0)
        self.unit: Unit = unit

    def show(self, grid: Grid, cursor: Place | None = None) -> None:
        """Draw another grid, or more of this one; `cursor` is where it stands from now on."""
        self.grid = grid
        self._go(*(self.cursor if cursor is None else cursor))

    def move(self, down: int, right: int) -> None:
        """Move the cursor by so many cells."""
        self._go(self.cursor[0] + down, self.cursor[1] + right)

    def _go(self, row: int, column: int) -> None:
        if self.grid is not None:
            self.cursor = (min(max(row, 0), len(self.grid.rows) - 1), min(max(column, 0), len(self.grid.columns) - 1))
            self.refresh()
            self.post_message(self.Moved())

    @property
    def _drawing(self) -> GridDrawing | None:
        width, height = self.content_size
        return GridDrawing(self.grid, width, height, self.cursor, self.unit) if self.grid and width else None

    @override
    def render(self) -> RenderResult:
        drawing = self._drawing
        return to_content(drawing.lines) if drawing else Content.styled("Looking for answers …", MUTED)

    def on_click(self, event: events.Click) -> None:
        """Put the cursor where one clicks; a second click opens the cell."""
        at = event.get_content_offset_capture(self)
        place = self._drawing.place_at(at.x, at.y) if self._drawing else None
        if place is not None and place == self.cursor:
            self.post_message(self.Opened())
        elif place is not None:
            self._go(*place)
