"""Bars on an axis of terminal cells, the marks on them, and the figures beside them."""

import math
from collections.abc import Iterator, Sequence

from rich.cells import cell_len

from opinionscope.charts.lines import Line, Piece, Role, append

BLOCKS = " ▏▎▍▌▋▊▉█"
HALF_BLOCKS = " ▘▀"
ALMOST_NOTHING = 1e-9
POOLED = "┃"
INTERVAL = "├─┼┤"
"""Lower end, line, the share itself, upper end."""
INTERVAL_WORDS = "├─┼─┤ 95 % interval"
SHORTER_INTERVAL_WORDS = ("├─┼─┤ 95 %", "├─┤ 95 %")
"""Where there is no room for those, the longest first; the last fits above the shortest labels."""
SHORTEST_AXIS = 24
"""Cells of an axis from which on intervals are drawn: a cell is then about 4 percentage points."""
FIGURE_WIDTH = 6
"""A blank, so that a full bar does not touch its figure, and the five cells of `percent`."""
DIFFERENCE_WIDTH = 5
Ends = tuple[float, float]
"""Both ends of an interval of a share."""
_ON_BAR: dict[Role, Role] = {"human-bar": "interval-on-human", "model-bar": "interval-on-model"}


def bar(share: float, width: int, glyphs: str) -> str:
    """A bar for a share of 0 to 1 on an axis of `width` cells, in steps as fine as the glyphs allow.

    Any value above 0 shows at least the thinnest glyph.
    """
    steps = len(glyphs) - 1
    filled = round(min(max(share, 0.0), 1.0) * width * steps)
    if share > 0:
        filled = max(filled, 1)
    whole, rest = divmod(filled, steps)
    return glyphs[-1] * whole + (glyphs[rest] if rest else "")


def on_track(share: float, width: int, glyphs: str, role: Role) -> Line:
    """A bar, and what it leaves free of its axis."""
    drawn = bar(share, width, glyphs)
    return [Piece(drawn, role), Piece(" " * (width - cell_len(drawn)), "track")]


def percent(share: float) -> str:
    """A share as people write it, in at most five cells: ``14 %``; ``<1 %``, ``>99 %`` for what rounds to none, all."""
    rounded = f"{share * 100:.0f} %"
    if rounded == "0 %" and share > 0:
        return "<1 %"
    if rounded == "100 %" and share < 1 - ALMOST_NOTHING:
        return ">99 %"
    return rounded


def at_most(bound: float) -> str:
    """The most that a share can be which was not measured, in five cells, rounded up: ``<1 %``, ``<12 %``."""
    points = max(1, math.ceil(round(bound * 100, 6)))
    return f"<{points} %".rjust(5) if points < 100 else "<100%"


def difference(human: float, model: float) -> Piece:
    """Model minus human in percentage points, signed."""
    points = round(model * 100) - round(human * 100)
    if points == 0:
        return Piece("=".rjust(DIFFERENCE_WIDTH), "muted")
    return Piece(f"{points:+d}".replace("-", "−").rjust(DIFFERENCE_WIDTH), "above" if points > 0 else "below")


def bar_pieces(
    share: float | None,
    width: int,
    glyphs: str,
    role: Role,
    *,
    ends: Ends | None = None,
    pooled: float | None = None,
) -> Line:
    """A bar on its axis, the marks on it, and its figure; blank where there is no share.

    Args:
        width: of the axis, in cells.
        ends: the interval of the share, drawn as ``├─┼─┤`` where the axis is long enough to show it.
        pooled: the share that those would give who do not know the group, drawn as ``┃``.
    """
    if share is None:
        return [Piece(" " * width, "track"), Piece(" " * FIGURE_WIDTH, "muted")]
    cells = [Piece(glyph, role) for glyph in bar(share, width, glyphs)]
    filled = [glyph == BLOCKS[-1] for glyph, _ in cells] + [False] * (width - len(cells))
    cells += [Piece(" ", "track")] * (width - len(cells))
    for at, glyph in interval_marks(share, ends, width):
        cells[at] = Piece(glyph, _ON_BAR.get(role, "interval") if filled[at] else "interval")
    if pooled is not None:
        at = min(width - 1, int(pooled * width))
        cells[at] = Piece(POOLED, "pooled-on-bar" if filled[at] else "pooled")
    return [*joined(cells), Piece(percent(share).rjust(FIGURE_WIDTH), "value")]


def interval_marks(share: float, ends: Ends | None, width: int) -> Iterator[tuple[int, str]]:
    """The cells and the glyphs of an interval; none where it is narrower than two cells, or the axis is too short."""
    if ends is None or width < SHORTEST_AXIS:
        return
    first, last = round(ends[0] * width), round(ends[1] * width) - 1
    if first < last:
        yield first, INTERVAL[0]
        yield from ((at, INTERVAL[2] if at == int(share * width) else INTERVAL[1]) for at in range(first + 1, last))
        yield last, INTERVAL[3]


def has_marks(shares: Sequence[float] | None, ends: Sequence[Ends | None], width: int) -> bool:
    """Whether any of these intervals is drawn on an axis of `width` cells."""
    pairs = zip(shares, ends, strict=True) if shares and ends else ()
    return any(True for share, each in pairs for _ in interval_marks(share, each, width))


def joined(cells: Line) -> Line:
    """Neighbours of one role as one piece."""
    pieces: Line = []
    for cell in cells:
        append(pieces, cell)
    return pieces


def axis(width: int) -> str:
    """The scale under bars of `width` cells: 0, 50 and 100 % at their places."""
    if width < 14:
        return "0" + "100 %".rjust(width - 1)
    left = width // 2
    return "0" + "50".rjust(left) + "100 %".rjust(width - left - 1)
