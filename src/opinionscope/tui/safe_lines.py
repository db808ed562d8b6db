"""The one door to the terminal of the terminal program: every line passes it."""

from collections.abc import Callable

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter
from typing_extensions import override

from opinionscope.cleaning import clean_line_part


class Rewritten(LineFilter):
    """Rewrites every line of every widget on its way to the terminal: labels, titles, cells, options, toasts, footers.

    What each widget shows has been measured by then, so that the new text takes as many columns as before.

    Args:
        rewrite: gives another text for a part of a line.
    """

    def __init__(self, rewrite: Callable[[str], str]) -> None:
        super().__init__()
        self._rewrite = rewrite

    @override
    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [segment if segment.control else self._rewritten(segment) for segment in segments]

    def _rewritten(self, segment: Segment) -> Segment:
        text = self._rewrite(segment.text)
        if text == segment.text:
            return segment
        return Segment(set_cell_size(text, cell_len(segment.text)), segment.style)


class SafeLines(Rewritten):
    """Cleans what is drawn."""

    def __init__(self) -> None:
        super().__init__(clean_line_part)
