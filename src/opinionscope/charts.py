"""The one place that draws distributions as text, for the TUI and for the command line.

A drawing is a list of lines, a line a list of pieces, a piece some text and the role it plays; who shows
it turns roles into colours. Every width is counted in terminal cells. Bars stand on one fixed axis from
0 to 100 %, one row a bar, or more where there is room. Humans and model can be told apart without colour:
side by side each has a panel under its name; bar under bar, the model's is half as high.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
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

BLOCKS = " ▏▎▍▌▋▊▉█"
HALF_BLOCKS = " ▘▀"
SIDE_BY_SIDE_WIDTH = 79
SIDE_BY_SIDE_IF_MANY, MANY_OPTIONS = 70, 8
"""With more options than that, side by side begins at a smaller width: it takes half the rows."""
LONGEST_LABEL = 28
SHORTEST_LABEL = 8
SHORTEST_BAR = 10
ALMOST_NOTHING = 1e-9
TALL = ((3, 1), (2, 1), (2, 0))
"""Rows of a bar and free rows before the next, the best first, where one row a bar leaves too much room."""
_BARS = frozenset({"human-bar", "model-bar", "partial-bar", "pooled", "pooled-on-bar", "track"})
UNMEASURED = "·"
UNSCORED = "░"
POOLED = "┃"
_GAP = "  "
_DIFFERENCE_WIDTH = 5
_FIGURE_WIDTH = 6
"""A blank, so that a full bar does not touch its figure, and the five cells of `percent`."""


class Piece(NamedTuple):
    """Some text and the role it plays."""

    text: str
    role: Role


Line = list[Piece]


@dataclass(frozen=True, slots=True)
class ChartData:
    """What is drawn, all of shape (K,), in survey order; a side that is not there yet is None.

    Attributes:
        model_name: heads the model's bars.
        bounds: most that the model's share can be where it was not measured and is given as 0; else None. () for none.
        partial: the model's side is still arriving.
        unscored: the model's shares as stated in an answer that is not scored, if there is no `model`; a share may
            exceed 1, and is None where none was stated. () for none.
        remark: text below the bars.
        pooled: what somebody would answer who does not know the group: a mark on each human bar; () for none.
    """

    labels: tuple[str, ...]
    human: tuple[float, ...] | None
    model: tuple[float, ...] | None
    model_name: str = "model"
    partial: bool = False
    bounds: tuple[float | None, ...] = ()
    unscored: tuple[float | None, ...] = ()
    remark: str = ""
    pooled: tuple[float, ...] = ()


def draw(data: ChartData, width: int, height: int = 0) -> list[Line]:
    """Both distributions on one 0–100 % axis: side by side where there is room, else bar under bar.

    Args:
        height: rows that the bars may take side by side; they are as high as fits, at least one row and at most three.
    """
    is_wide = width >= (SIDE_BY_SIDE_IF_MANY if len(data.labels) > MANY_OPTIONS else SIDE_BY_SIDE_WIDTH)
    lines = _side_by_side(data, width, height) if is_wide else _interleaved(data, width)
    return [*lines, [Piece(shorten(data.remark, width), "warning")]] if data.remark else lines


def draw_human(labels: Sequence[str], shares: Sequence[float], width: int) -> list[Line]:
    """The human side alone, one row an option."""
    label_width = _label_width(labels, max(SHORTEST_LABEL, width // 2))
    bar_width = max(SHORTEST_BAR, width - label_width - len(_GAP) - _FIGURE_WIDTH)
    return [
        [Piece(set_cell_size(label, label_width) + _GAP, "label"), *_bar_pieces(share, bar_width, BLOCKS, "human-bar")]
        for label, share in zip(shorten_apart(labels, label_width), shares, strict=True)
    ]


def plain(lines: Sequence[Line]) -> str:
    """A drawing without any style."""
    return "\n".join("".join(piece.text for piece in line).rstrip() for line in lines)


def shorten(text: str, width: int) -> str:
    """Text cut to `width` cells, the cut marked by an ellipsis."""
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, max(0, width - 1)).rstrip() + "…"


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
                _append(lines[-1], Piece(part, role))
                used += cell_len(part)
    return lines


def _append(line: Line, piece: Piece) -> None:
    """Put a piece at the end of a line, as one with a piece of the same role."""
    if line and line[-1].role == piece.role:
        line[-1] = Piece(line[-1].text + piece.text, piece.role)
    else:
        line.append(piece)


def fit(text: str, width: int) -> str:
    """Text cut or padded to exactly `width` cells."""
    return set_cell_size(shorten(text, width), width)


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


def percent(share: float) -> str:
    """A share as people write it in five cells: ``14 %``; ``<1 %`` and ``>99 %`` for what rounds to none or all."""
    rounded = f"{share * 100:3.0f} %"
    if rounded == "  0 %" and share > 0:
        return " <1 %"
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
        return Piece("=".rjust(_DIFFERENCE_WIDTH), "muted")
    return Piece(f"{points:+d}".replace("-", "−").rjust(_DIFFERENCE_WIDTH), "above" if points > 0 else "below")


def _label_width(labels: Sequence[str], room: int) -> int:
    longest = max(cell_len(label) for label in labels)
    return max(SHORTEST_LABEL, min(longest, LONGEST_LABEL, room))


def _bar_pieces(share: float | None, width: int, glyphs: str, role: Role) -> Line:
    if share is None:
        return [Piece(" " * width, "track"), Piece(" " * _FIGURE_WIDTH, "muted")]
    drawn = bar(share, width, glyphs)
    return [
        Piece(drawn, role),
        Piece(" " * (width - cell_len(drawn)), "track"),
        Piece(percent(share).rjust(_FIGURE_WIDTH), "value"),
    ]


def _human_pieces(data: ChartData, position: int, width: int) -> Line:
    """The human bar, with the mark of those who do not know the group where they are known."""
    pieces = _bar_pieces(data.human[position] if data.human else None, width, BLOCKS, "human-bar")
    if not data.pooled or data.human is None:
        return pieces
    (drawn, role), (rest, track), figure = pieces
    at = min(width - 1, int(data.pooled[position] * width))
    if at >= len(drawn):
        cut = at - len(drawn)
        return [
            Piece(drawn, role),
            Piece(rest[:cut], track),
            Piece(POOLED, "pooled"),
            Piece(rest[cut + 1 :], track),
            figure,
        ]
    mark = Piece(POOLED, "pooled-on-bar" if drawn[at] == BLOCKS[-1] else "pooled")
    return [Piece(drawn[:at], role), mark, Piece(drawn[at + 1 :], role), Piece(rest, track), figure]


def _human_heading(data: ChartData) -> str:
    return f"■ humans  {POOLED} all groups" if data.pooled and data.human else "■ humans"


def _model_pieces(data: ChartData, position: int, width: int, glyphs: str) -> Line:
    """The model's bar; where a share was not measured, dots as far as it may reach; shaded where it is not scored."""
    if data.unscored:
        return _unscored_pieces(data.unscored[position], width)
    bound = data.bounds[position] if data.bounds else None
    if bound is None:
        return _bar_pieces(_stated(data, position), width, glyphs, _model_bar(data))
    reach = min(width, max(1, math.ceil(bound * width)))
    return [
        Piece(UNMEASURED * reach, "muted"),
        Piece(" " * (width - reach), "track"),
        Piece(at_most(bound).rjust(_FIGURE_WIDTH), "value"),
    ]


def _unscored_pieces(share: float | None, width: int) -> Line:
    if share is None:
        return _bar_pieces(None, width, BLOCKS, "muted")
    reach = min(width, max(1 if share > 0 else 0, round(share * width)))
    figure = fit(percent(share), 5)
    return [Piece(UNSCORED * reach, "muted"), Piece(" " * (width - reach), "track"), Piece(figure, "muted")]


def _axis(width: int) -> str:
    """The scale under bars of `width` cells: 0, 50 and 100 % at their places."""
    if width < 14:
        return "0" + "100 %".rjust(width - 1)
    left = width // 2
    return "0" + "50".rjust(left) + "100 %".rjust(width - left - 1)


def _stated(data: ChartData, position: int) -> float | None:
    """The model's share of an option; while an answer arrives, what is at 0 has not been stated yet."""
    if data.model is None or (data.partial and data.model[position] == 0):
        return None
    return data.model[position]


def _model_bar(data: ChartData) -> Role:
    return "partial-bar" if data.partial else "model-bar"


def _bar_rows(options: int, height: int) -> tuple[int, int]:
    """How many rows a bar has, and how many are free between two bars."""
    fitting = (each for each in TALL if options * sum(each) - each[1] <= height)
    return next(fitting, (1, 0))


def _side_by_side(data: ChartData, width: int, height: int) -> list[Line]:
    label_width = _label_width(data.labels, width // 4)
    panel = (width - label_width - 3 * len(_GAP) - _DIFFERENCE_WIDTH) // 2
    bar_width = panel - _FIGURE_WIDTH
    head: Line = [
        Piece(" " * label_width + _GAP, "label"),
        Piece(fit(_human_heading(data), panel), "human"),
        Piece(_GAP, "label"),
        Piece(fit(f"■ {data.model_name}", panel), "model"),
        Piece(_GAP + "Δ pp".rjust(_DIFFERENCE_WIDTH), "muted"),
    ]
    lines = [head]
    bar_rows, free_rows = _bar_rows(len(data.labels), height)
    for i, label in enumerate(shorten_apart(data.labels, label_width)):
        human = data.human[i] if data.human else None
        model = _stated(data, i)
        lines += [[] for _ in range(free_rows if i else 0)]
        line: Line = [Piece(set_cell_size(label, label_width) + _GAP, "label")]
        line += _human_pieces(data, i, bar_width)
        line += [Piece(_GAP, "label")]
        line += _model_pieces(data, i, bar_width, BLOCKS)
        line += [Piece(_GAP, "label"), _difference(human, model)]
        lines += [line if row == (bar_rows - 1) // 2 else _only_bars(line) for row in range(bar_rows)]
    axis = _axis(bar_width)
    lines.append([Piece(" " * label_width + _GAP + fit(axis, panel) + _GAP + fit(axis, panel), "muted")])
    return lines


def _only_bars(line: Line) -> Line:
    """A row of a chart without what is written in it."""
    return [piece if piece.role in _BARS else Piece(" " * cell_len(piece.text), "label") for piece in line]


def _interleaved(data: ChartData, width: int) -> list[Line]:
    fixed = _FIGURE_WIDTH + _DIFFERENCE_WIDTH + 2 + len(_GAP)
    label_width = _label_width(data.labels, max(SHORTEST_LABEL, width - fixed - 30))
    bar_width = max(SHORTEST_BAR, width - fixed - label_width)
    head: Line = [
        Piece(" " * label_width + _GAP, "label"),
        Piece(_human_heading(data), "human"),
        Piece("   ", "label"),
    ]
    taken = sum(cell_len(piece.text) for piece in head) - label_width
    head.append(Piece(shorten(f"▀ {data.model_name}", max(10, bar_width + _FIGURE_WIDTH - taken)), "model"))
    used = sum(cell_len(piece.text) for piece in head)
    head.append(Piece("Δ pp".rjust(max(0, label_width + fixed + bar_width - used)), "muted"))
    lines = [head]
    for i, label in enumerate(shorten_apart(data.labels, label_width)):
        human = data.human[i] if data.human else None
        model = _stated(data, i)
        lines.append(
            [
                Piece(set_cell_size(label, label_width) + _GAP, "label"),
                *_human_pieces(data, i, bar_width),
            ]
        )
        lines.append(
            [
                Piece(" " * label_width + _GAP, "label"),
                *_model_pieces(data, i, bar_width, HALF_BLOCKS),
                Piece("  ", "label"),
                _difference(human, model),
            ]
        )
    lines.append([Piece(" " * label_width + _GAP + _axis(bar_width), "muted")])
    return lines


def _difference(human: float | None, model: float | None) -> Piece:
    if human is None or model is None:
        return Piece(" " * _DIFFERENCE_WIDTH, "muted")
    return difference(human, model)
