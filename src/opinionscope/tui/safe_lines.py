"""SafeLines: the one door to the terminal of the terminal program."""

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter
from typing_extensions import override

from opinionscope.cleaning import clean_line_part


class SafeLines(LineFilter):
    """Cleans every line of every widget on its way to the terminal: labels, titles, cells, options, toasts, footers.

    What each widget shows has been measured by then, so that the cleaned text takes as many columns as before.
    """

    @override
    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [segment if segment.control else _safe(segment) for segment in segments]


def _safe(segment: Segment) -> Segment:
    text = segment.text
    cleaned = clean_line_part(text)
    if cleaned == text:
        return segment
    return Segment(set_cell_size(cleaned, cell_len(text)), segment.style)
