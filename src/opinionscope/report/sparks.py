"""A distribution in one line: a column an option, on a scale that all that is drawn together shares."""

from opinionscope.charts.bars import percent
from opinionscope.charts.lines import Line, Piece, Role
from opinionscope.survey import Distribution

HEIGHTS = " ▁▂▃▄▅▆▇█"
WITH_FIGURE, WIDEST = 6, 8
"""Cells of a column that has its percent beside it, at least, and of its block at most."""


def spark(side: Distribution | None, width: int, role: Role, scale: float) -> Line:
    """A column an option, as wide as there is room, with its percent where that fits too; a cut is marked.

    Args:
        scale: the share of a whole block.
    """
    if side is None:
        return []
    shares = side.probabilities
    if width >= len(shares) * WITH_FIGURE:
        block = min(WIDEST, width // len(shares) - WITH_FIGURE + 2)
        return [
            piece
            for share in shares
            for piece in (
                Piece(_height(share, scale) * block, role),
                Piece(percent(share).removesuffix(" %").rjust(3) + " ", "label"),
            )
        ]
    each = max(1, min(4, width // len(shares)))
    is_cut = len(shares) > width
    shown = shares[: width - 1] if is_cut else shares
    wide = each - 1 if each > 2 else each
    pieces: Line = []
    for share in shown:
        pieces.append(Piece(_height(share, scale) * wide, role))
        pieces += [Piece(" ", "label")] if wide < each else []
    return [*pieces, Piece("…", "warning")] if is_cut else pieces


def _height(share: float, scale: float) -> str:
    steps = len(HEIGHTS) - 1
    return HEIGHTS[max(1 if share > 0 else 0, min(steps, round(share / scale * steps)))]
