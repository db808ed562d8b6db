"""A drawing as SVG: the lines that are shown on screen, as rectangles and texts with the colours of a theme.

Bars are rectangles, so that they look the same whatever glyphs a font has. Texts stand at the place of their cell and
have the length of their cells, so that columns are aligned in any font.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape

from rich.cells import cell_len

from opinionscope.charts.bars import BLOCKS, INTERVAL, POOLED
from opinionscope.charts.chart import UNSCORED
from opinionscope.charts.lines import Line, Piece, Role, plain
from opinionscope.cleaning import clean_line
from opinionscope.regexes import regex
from opinionscope.theming import Palette

CELL, LINE, SIZE, MARGIN = 8.4, 19, 14, 18
"""In pixels: width and height of a cell, size of the letters, and the room around the drawing."""
GAP = 2
"""Pixels left free above and below a bar."""


class Ink(NamedTuple):
    """How a role is drawn: a colour of the palette, how opaque, and whether in bold letters."""

    color: str
    opacity: float = 1.0
    is_bold: bool = False


INKS: Mapping[Role, Ink] = {
    "human": Ink("human"),
    "model": Ink("model"),
    "human-bar": Ink("human"),
    "model-bar": Ink("model"),
    "partial-bar": Ink("model", 0.6),
    "expected-bar": Ink("foreground", 0.6),
    "pooled": Ink("foreground"),
    "pooled-on-bar": Ink("background"),
    "interval": Ink("foreground"),
    "interval-on-human": Ink("background"),
    "interval-on-model": Ink("background"),
    "track": Ink("track"),
    "heading": Ink("primary", is_bold=True),
    "rule": Ink("foreground", 0.2),
    "label": Ink("foreground"),
    "value": Ink("foreground", is_bold=True),
    "muted": Ink("foreground", 0.65),
    "warning": Ink("warning"),
    "above": Ink("model"),
    "below": Ink("human"),
}
_ON_TRACK = {
    role for role in INKS if role == "track" or role.startswith(("pooled", "interval")) or role.endswith("-bar")
}

_BEHIND: Mapping[Role, Role] = {
    "pooled-on-bar": "human-bar",
    "interval-on-human": "human-bar",
    "interval-on-model": "model-bar",
}
"""Marks that stand on a bar, and the bar that is drawn behind them."""


class Block(NamedTuple):
    """What of a cell a glyph fills: width, height and the room to its left, from 0 to 1, and how opaque."""

    width: float
    height: float = 1.0
    left: float = 0.0
    opacity: float = 1.0


_GLYPHS: Mapping[str, Block] = {
    **{glyph: Block(eighths / 8) for eighths, glyph in enumerate(BLOCKS) if eighths},
    "▘": Block(0.5, 0.5),
    "▀": Block(1.0, 0.5),
    "■": Block(1.0),
    POOLED: Block(0.25, left=0.375),
    UNSCORED: Block(1.0, opacity=0.4),
}
_BLOCKS = "".join(_GLYPHS)
_PARTS = regex(rf"(?P<blocks>[{_BLOCKS}]+)|(?P<text>[^\s{_BLOCKS}]+(?: [^\s{_BLOCKS}]+)*)")
"""A text ends where several blanks follow each other, so that what stands behind them has a place of its own."""


def svg(lines: Sequence[Line], title: str, colors: Palette) -> str:
    """A drawing as an SVG document, for screen readers with its title and its text."""
    columns = max((sum(cell_len(piece.text) for piece in line) for line in lines), default=0)
    width, height = columns * CELL + 2 * MARGIN, len(lines) * LINE + 2 * MARGIN
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.1f} {height}" width="{width:.1f}" '
            f'height="{height}" role="img" aria-labelledby="title description" font-family="monospace" '
            f'font-size="{SIZE}" shape-rendering="crispEdges">',
            f'<title id="title">{_escaped(title)}</title>',
            f'<desc id="description">{_escaped(_spoken(lines))}</desc>',
            f'<rect width="100%" height="100%" fill="{colors.background}"/>',
            *(shape for at, line in enumerate(lines) for shape in _line(line, MARGIN + at * LINE, colors)),
            "</svg>",
        )
    )


def _line(line: Line, top: float, colors: Palette) -> Iterator[str]:
    column = 0
    placed: list[tuple[Piece, int]] = []
    for piece in line:
        placed.append((piece, column))
        column += cell_len(piece.text)
    for left, cells in _tracks(placed):
        yield _rectangle(left, top, Block(cells), Ink("track"), colors)
    for piece, left in placed:
        if behind := _BEHIND.get(piece.role):
            yield _rectangle(left, top, Block(cell_len(piece.text)), INKS[behind], colors)
        yield from _piece(piece, left, top, colors)


def _tracks(placed: Iterable[tuple[Piece, int]]) -> Iterator[tuple[int, int]]:
    """Where the empty axis is drawn behind bars: first column and number of cells."""
    begun, end = 0, 0
    for (text, role), left in placed:
        if role in _ON_TRACK and text:
            if left != end:
                if end > begun:
                    yield begun, end - begun
                begun = left
            end = left + cell_len(text)
    if end > begun:
        yield begun, end - begun


def _piece(piece: Piece, left: int, top: float, colors: Palette) -> Iterator[str]:
    ink = INKS[piece.role]
    if piece.role.startswith("interval"):
        yield from _interval(piece.text, left, top, ink, colors)
        return
    for found in _PARTS.finditer(piece.text):
        at = left + cell_len(piece.text[: found.start()])
        if found["blocks"]:
            yield from _bar(found[0], at, top, ink, colors)
        else:
            bold = ' font-weight="bold"' if ink.is_bold else ""
            yield (
                f'<text x="{MARGIN + at * CELL:.1f}" y="{top + LINE * 0.74:.1f}"{_fill(ink, colors)}{bold} '
                f'textLength="{cell_len(found[0]) * CELL:.1f}" lengthAdjust="spacingAndGlyphs">'
                f"{_escaped(found[0])}</text>"
            )


def _bar(glyphs: str, left: int, top: float, ink: Ink, colors: Palette) -> Iterator[str]:
    """One rectangle, as long as the glyphs fill their cells; all of them are of one height but the last."""
    blocks = [_GLYPHS[glyph] for glyph in glyphs]
    yield _rectangle(left, top, Block(sum(block.width for block in blocks), *blocks[0][1:]), ink, colors)


def _interval(glyphs: str, left: int, top: float, ink: Ink, colors: Palette) -> Iterator[str]:
    """A line through the cells, and a stroke across it at either end and at the share."""
    lower, share, upper = (INTERVAL[at] for at in (0, 2, 3))
    begins, ends = left + 0.5 * glyphs.startswith(lower), left + len(glyphs) - 0.5 * glyphs.endswith(upper)
    yield _rectangle(begins, top, Block(ends - begins, 0.1), ink, colors)
    for at, glyph in enumerate(glyphs, left):
        if glyph in (lower, share, upper):
            yield _rectangle(at, top, Block(0.15, 0.7 if glyph == share else 0.5, 0.425), ink, colors)


def _rectangle(left: float, top: float, block: Block, ink: Ink, colors: Palette) -> str:
    """A bar in the middle of its row."""
    ink = Ink(ink.color, ink.opacity * block.opacity)
    height = (LINE - 2 * GAP) * block.height
    return (
        f'<rect x="{MARGIN + (left + block.left) * CELL:.1f}" y="{top + (LINE - height) / 2:.1f}" '
        f'width="{block.width * CELL:.1f}" height="{height:.1f}"{_fill(ink, colors)}/>'
    )


def _fill(ink: Ink, colors: Palette) -> str:
    opacity = f' fill-opacity="{ink.opacity:.2g}"' if ink.opacity < 1 else ""
    return f' fill="{getattr(colors, ink.color)}"{opacity}'


def _spoken(lines: Sequence[Line]) -> str:
    """The words and figures of a drawing, line by line, without bars."""
    texts = (" ".join(found["text"] or "" for found in _PARTS.finditer(text)) for text in plain(lines).split("\n"))
    return "; ".join(" ".join(text.split()) for text in texts if text.strip())


def _escaped(text: str) -> str:
    """Text for XML, which has no place for two characters that terminals take."""
    return escape(clean_line(text)).translate({0xFFFE: "\ufffd", 0xFFFF: "\ufffd"})
