"""What is drawn stays legible on every terminal: filters over each line on its way out.

Sources: contrast by WCAG 2.2, success criterion 1.4.3, https://www.w3.org/TR/WCAG22/#contrast-minimum.
"""

import os
import sys
from functools import lru_cache

from rich.color import Color as CellColor
from rich.color import ColorSystem, blend_rgb
from rich.color_triplet import ColorTriplet
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter
from typing_extensions import override

from opinionscope.plain import in_ascii, in_console
from opinionscope.tui.safe_lines import Rewritten

ENOUGH = 4.5
"""Least ratio of contrast between a text and what it stands on."""
SYSTEMS = {
    "standard": ColorSystem.STANDARD,
    "256": ColorSystem.EIGHT_BIT,
    "truecolor": ColorSystem.TRUECOLOR,
    "windows": ColorSystem.WINDOWS,
}
STEPS = 8
_DRAWN = frozenset(map(chr, range(0x2500, 0x25A0))) | {"▪", " "}
"""Lines and blocks: frames, scroll bars and rules may be faint, and a bar has one colour from its start to its end."""
_BLACK, _WHITE = CellColor.from_rgb(0, 0, 0), CellColor.from_rgb(255, 255, 255)


class EnoughContrast(LineFilter):
    """Letters stand out from what they stand on, in the colours that the terminal has.

    A terminal of 16 or 256 colours shows the nearest of its own, and two that are told apart in full colour may
    become one. Where a text has too little contrast its colour is moved to black or white, as far as it takes.

    Args:
        system: how many colours the terminal has, by rich's name: "standard", "256", "truecolor" …
    """

    def __init__(self, system: str) -> None:
        super().__init__()
        self._system = SYSTEMS.get(system, ColorSystem.TRUECOLOR)

    @override
    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [self._legible(segment) for segment in segments]

    def _legible(self, segment: Segment) -> Segment:
        text, style, control = segment
        if control or style is None or style.color is None or style.bgcolor is None:
            return segment
        if not text or text.isspace() or (self._system is ColorSystem.TRUECOLOR and _DRAWN.issuperset(text)):
            return segment
        changed = _legible_style(style, self._system)
        return segment if changed is style else Segment(text, changed)


@lru_cache(4096)
def _legible_style(style: Style, system: ColorSystem) -> Style:
    assert style.color is not None
    assert style.bgcolor is not None
    if style.color.is_default or style.bgcolor.is_default:
        return style
    paper = shown(style.bgcolor, system)
    if contrast(shown(style.color, system), paper) >= ENOUGH:
        return style
    ink = max(_BLACK, _WHITE, key=lambda each: contrast(shown(each, system), paper))
    stronger = (_mixed(style.color, ink, share / STEPS) for share in range(1, STEPS))
    fitting = (each for each in stronger if contrast(shown(each, system), paper) >= ENOUGH)
    return style + Style(color=next(fitting, ink))


def _mixed(color: CellColor, ink: CellColor, share: float) -> CellColor:
    """A colour with so large a share of another in it."""
    mixed = blend_rgb(color.get_truecolor(), ink.get_truecolor(), share)
    return CellColor.from_triplet(mixed)


@lru_cache(4096)
def shown(color: CellColor, system: ColorSystem) -> ColorTriplet:
    """A colour as a terminal of so many colours shows it, in red, green and blue of 0 to 255."""
    return color.downgrade(system).get_truecolor()


def contrast(one: ColorTriplet, other: ColorTriplet) -> float:
    """Ratio of contrast of two colours, from 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: ColorTriplet) -> float:
    """Relative luminance, from 0 to 1."""
    red, green, blue = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in (each / 255 for each in color)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def legible_filters(color_system: str | None) -> list[LineFilter]:
    """The filters for the terminal that is drawn on.

    Args:
        color_system: how many colours it has, by rich's name; None where that is not known.
    """
    glyphs = _glyph_filter()
    return [EnoughContrast(color_system or "truecolor"), *([glyphs] if glyphs else [])]


def _glyph_filter() -> Rewritten | None:
    """Draws with the characters that the terminal has."""
    stream = sys.__stderr__ if sys.__stderr__ and sys.__stderr__.isatty() else sys.__stdout__
    encoding = (stream.encoding if stream else "utf-8").lower().replace("-", "")
    if not encoding.startswith("utf"):
        return Rewritten(in_ascii)
    return Rewritten(in_console) if os.environ.get("TERM") == "linux" else None
