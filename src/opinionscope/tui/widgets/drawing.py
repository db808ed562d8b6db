"""Drawing: lines of text that are drawn for whatever width there is."""

from collections.abc import Callable, Sequence

from textual.app import RenderResult
from textual.geometry import Size
from textual.widget import Widget
from typing_extensions import override

from opinionscope.charts.lines import Line
from opinionscope.tui.styles import to_content

Draw = Callable[[int], Sequence[Line]]
"""Draws lines for a width in terminal cells."""


class Drawing(Widget):
    """As wide as there is room, and as high as its lines."""

    DEFAULT_CSS = """
    Drawing { width: 1fr; height: auto; }
    """

    def __init__(self, draw: Draw, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._draw = draw

    @property
    def lines(self) -> Sequence[Line]:
        """The lines as they are drawn now."""
        return self._draw(self.content_size.width)

    def show(self, draw: Draw, *, resized: bool = True) -> None:
        """Draw something else; `resized` says whether the number of lines may have changed."""
        self._draw = draw
        self.refresh(layout=resized)

    @override
    def render(self) -> RenderResult:
        return to_content(self.lines)

    @override
    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self._draw(width)) if width else 1
