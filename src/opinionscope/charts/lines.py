"""Lines of pieces of text: cut, flowed and padded by the cells that they take in a terminal."""

import re
from collections.abc import Sequence
from functools import partial
from typing import Literal, NamedTuple

from rich.cells import cell_len, chop_cells, set_cell_size

Role = Literal[
    "human",
    "model",
    "human-bar",
    "model-bar",
    "partial-bar",
    "expected-bar",
    "pooled",
    "pooled-on-bar",
    "interval",
    "interval-on-human",
    "interval-on-model",
    "track",
    "heading",
    "rule",
    "label",
    "value",
    "muted",
    "warning",
    "above",
    "below",
]


class Piece(NamedTuple):
    """Some text and the role it plays."""

    text: str
    role: Role


Line = list[Piece]

GAP, NARROWEST = 2, 8
"""Cells between two columns of a table, and those that a column keeps where there is too little room."""


def plain(lines: Sequence[Line]) -> str:
    """A drawing without any style."""
    return "\n".join("".join(piece.text for piece in line).rstrip() for line in lines)


def shorten(text: str, width: int) -> str:
    """Text cut to `width` cells, the cut marked by an ellipsis."""
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, max(0, width - 1)).rstrip(" …") + "…"


def shorten_apart(texts: Sequence[str], width: int) -> list[str]:
    """Texts cut to `width` cells; those that would look alike lose their middles, or else their beginnings."""
    cut = [shorten(text, width) for text in texts]
    for apart in (_without_middle, partial(_without_start, texts)):
        cut = [apart(text, width) if cut.count(short) > 1 else short for text, short in zip(texts, cut, strict=True)]
    return cut


def _without_start(texts: Sequence[str], text: str, width: int) -> str:
    """A text from the word on in which it differs from the one that is most like it; the cut marked by an ellipsis."""
    alike = max((_alike(text, other) for other in texts if other != text), default=0)
    start = text.rfind(" ", 0, alike) + 1
    return shorten(f"…{text[start:]}", width) if start else _without_middle(text, width)


def _alike(one: str, other: str) -> int:
    """With how many characters both texts begin."""
    pairs = zip(one, other, strict=False)
    return next((at for at, (left, right) in enumerate(pairs) if left != right), min(len(one), len(other)))


def _without_middle(text: str, width: int) -> str:
    tail = width // 2
    while cell_len(text[-tail:]) > width // 2:
        tail -= 1
    return shorten(text, width - cell_len(text[-tail:])) + text[-tail:]


def flow(pieces: Sequence[Piece], width: int) -> list[Line]:
    """Pieces one behind the other, in lines of at most `width` cells that end between words; at least one line."""
    lines: list[Line] = [[]]
    used = 0
    for text, role in pieces:
        for word in re.findall(r"\n|[^\S\n]*\S+", text):
            if word == "\n" or (used and used + cell_len(word) > width):
                lines.append([])
                used, word = 0, word.strip()
            for at, part in enumerate(chop_cells(word, width)):
                if at:
                    lines.append([])
                    used = 0
                append(lines[-1], Piece(part, role))
                used += cell_len(part)
    return lines


def paragraphs(width: int, *told: tuple[str, Role]) -> list[Line]:
    """Texts one below the other, each in lines of at most `width` cells; one that is empty is left out."""
    return [line for text, role in told if text for line in flow([Piece(text, role)], width)]


def append(line: Line, piece: Piece) -> None:
    """Put a piece at the end of a line, as one with a piece of the same role."""
    if line and line[-1].role == piece.role:
        line[-1] = Piece(line[-1].text + piece.text, piece.role)
    else:
        line.append(piece)


def fit(text: str, width: int) -> str:
    """Text cut or padded to exactly `width` cells."""
    return set_cell_size(shorten(text, width), width)


def narrowed(widths: Sequence[int], room: int, *names: Sequence[int], least: int = NARROWEST) -> list[int]:
    """Widths of columns that together fit into `room` cells, as far as that goes.

    Args:
        names: the columns that may be cut, the widest first, those of one sequence before those of the next. Others
            may not: a figure, a day or an id that is cut says something else.
        least: what the columns that are cut keep, in cells.
    """
    found = list(widths)
    for cut in names:
        while sum(found) + GAP * (len(found) - 1) > room:
            widest = max(cut, key=found.__getitem__, default=None)
            if widest is None or found[widest] <= least:
                break
            found[widest] -= 1
    return found
