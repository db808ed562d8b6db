"""The chart of humans and model: side by side, or bar under bar."""

import math
from collections.abc import Iterator, Sequence

from msgspec import Struct
from rich.cells import cell_len, set_cell_size

from opinionscope.charts.bars import (
    BLOCKS,
    DIFFERENCE_WIDTH,
    FIGURE_WIDTH,
    HALF_BLOCKS,
    INTERVAL_WORDS,
    POOLED,
    SHORTER_INTERVAL_WORDS,
    Ends,
    at_most,
    axis,
    bar_pieces,
    difference,
    has_marks,
    percent,
)
from opinionscope.charts.lines import Line, Piece, fit, flow, shorten, shorten_apart
from opinionscope.values import replace

SIDE_BY_SIDE_WIDTH = 79
SIDE_BY_SIDE_IF_MANY, MANY_OPTIONS = 70, 8
"""With more options than that, side by side begins at a smaller width: it takes half the rows."""
SIDE_BY_SIDE_IF_HIGH = 120
"""Where there are rows for it, bar under bar up to this width: its bars are twice as long, on one axis."""
LONGEST_LABEL = 28
SHORTEST_LABEL = 8
SHORTEST_BAR = 10
BESIDE = ((5, 0, 2), (4, 0, 1), (3, 0, 1), (2, 0, 1), (2, 0, 0), (1, 0, 0))
UNDER = ((4, 2, 1), (3, 2, 1), (2, 1, 1), (2, 1, 0), (1, 1, 0))
"""Rows of a bar, of one under it, and free rows before the next, the best first. The model's is half as high."""
UNMEASURED = "·"
UNSCORED = "░"
_BARS = frozenset({"human-bar", "model-bar", "partial-bar", "expected-bar", "pooled", "pooled-on-bar", "track"})
_GAP = "  "

Rows = tuple[int, int, int]


class ChartData(Struct, frozen=True):
    """What is drawn, all of shape (K,), in survey order; a side that is not there yet is None.

    Attributes:
        model_name: heads the model's bars.
        bounds: most that the model's share can be where it was not measured and is given as 0; else None. () for none.
        partial: the model's side is still arriving.
        unscored: the model's shares as stated in an answer that is not scored, if there is no `model`; a share may
            exceed 1, and is None where none was stated. () for none.
        remark: text below the bars.
        pooled: what somebody would answer who does not know the group: a mark on each human bar; () for none.
        human_ends, model_ends: the 95 % interval of each share, () for none.
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
    human_ends: tuple[Ends | None, ...] = ()
    model_ends: tuple[Ends | None, ...] = ()

    @property
    def has_differences(self) -> bool:
        """Whether both sides are known, and the model's answer counts."""
        return self.human is not None and self.model is not None and not self.unscored


def draw(data: ChartData, width: int, height: int = 0) -> list[Line]:
    """Both distributions on one 0–100 % axis: side by side where there is room, else bar under bar.

    Args:
        height: rows that the bars may take; they are as high as fits, up to five rows.
    """
    options = len(data.labels)
    is_wide = width >= (SIDE_BY_SIDE_IF_MANY if options > MANY_OPTIONS else SIDE_BY_SIDE_WIDTH)
    if is_wide and (width >= SIDE_BY_SIDE_IF_HIGH or not _fits(UNDER[-1], options, height)):
        lines = _side_by_side(data, width, highest(BESIDE, options, height))
    else:
        lines = _interleaved(data, width, highest(UNDER, options, height))
    return [*lines, [Piece(shorten(data.remark, width), "warning")]] if data.remark else lines


def draw_human(labels: Sequence[str], shares: Sequence[float], width: int) -> list[Line]:
    """The human side alone, one row an option."""
    label_width = label_width_of(labels, max(SHORTEST_LABEL, width // 2), LONGEST_LABEL)
    bar_width = max(SHORTEST_BAR, width - label_width - len(_GAP) - FIGURE_WIDTH)
    return [
        [Piece(set_cell_size(label, label_width) + _GAP, "label"), *bar_pieces(share, bar_width, BLOCKS, "human-bar")]
        for label, share in zip(shorten_apart(labels, label_width), shares, strict=True)
    ]


def _fits(rows: Rows, options: int, height: int) -> bool:
    return options * sum(rows) - rows[-1] <= height


def highest(sizes: Sequence[Rows], options: int, height: int) -> Rows:
    """The highest bars that fit, or else the lowest there are."""
    return next((rows for rows in sizes if _fits(rows, options, height)), sizes[-1])


def label_width_of(labels: Sequence[str], room: int, most: int = LONGEST_LABEL) -> int:
    """Cells for labels: those of the longest, but no more than there is room for."""
    longest = max(cell_len(label) for label in labels)
    return max(SHORTEST_LABEL, min(longest, most, room))


def _labels(labels: Sequence[str], width: int, rows: int, middle: int) -> list[list[str]]:
    """Labels of `width` cells, each over so many rows: on the middle one, or on several if it is cut else."""
    placed = []
    for label, short in zip(labels, shorten_apart(labels, width), strict=True):
        wrapped = ["".join(text for text, _ in line) for line in flow([Piece(label, "label")], width)]
        is_wrapped = 1 < len(wrapped) <= rows
        first = max(0, min(middle, rows - len(wrapped))) if is_wrapped else middle
        shown = wrapped if is_wrapped else [short]
        blank = [""] * rows
        blank[first : first + len(shown)] = shown
        placed.append([set_cell_size(each, width) for each in blank])
    return placed


def _legend(data: ChartData, width: int, bar_width: int) -> Piece:
    """What the marks of intervals are, above the labels; blank where none are drawn."""
    sides = ((data.human, data.human_ends), (data.model, data.model_ends))
    if not any(has_marks(shares, ends, bar_width) for shares, ends in sides):
        return Piece(" " * width + _GAP, "label")
    forms = (INTERVAL_WORDS, *SHORTER_INTERVAL_WORDS)
    words = next((form for form in forms if cell_len(form) <= width), forms[-1])
    return Piece(fit(words, width) + _GAP, "muted")


def _human_pieces(data: ChartData, position: int, width: int) -> Line:
    """The human bar, with its interval, and the mark of those who do not know the group, where they are known."""
    share = data.human[position] if data.human else None
    pooled = data.pooled[position] if data.pooled else None
    return bar_pieces(share, width, BLOCKS, "human-bar", ends=_at(data.human_ends, position), pooled=pooled)


def _at(ends: Sequence[Ends | None], position: int) -> Ends | None:
    return ends[position] if ends else None


def _human_heading(data: ChartData) -> str:
    return f"■ humans  {POOLED} all groups" if data.pooled and data.human else "■ humans"


def _model_pieces(data: ChartData, position: int, width: int, glyphs: str) -> Line:
    """The model's bar; where a share was not measured, dots as far as it may reach; shaded where it is not scored."""
    if data.unscored:
        return _unscored_pieces(data.unscored[position], width)
    bound = data.bounds[position] if data.bounds else None
    if bound is None:
        share, ends = _stated(data, position), _at(data.model_ends, position)
        return bar_pieces(share, width, glyphs, "partial-bar" if data.partial else "model-bar", ends=ends)
    reach = min(width, max(1, math.ceil(bound * width)))
    return [
        Piece(UNMEASURED * reach, "muted"),
        Piece(" " * (width - reach), "track"),
        Piece(at_most(bound).rjust(FIGURE_WIDTH), "value"),
    ]


def _unscored_pieces(share: float | None, width: int) -> Line:
    if share is None:
        return bar_pieces(None, width, BLOCKS, "muted")
    reach = min(width, max(1 if share > 0 else 0, round(share * width)))
    figure = percent(share).rjust(5)
    return [Piece(UNSCORED * reach, "muted"), Piece(" " * (width - reach), "track"), Piece(figure, "muted")]


def _stated(data: ChartData, position: int) -> float | None:
    """The model's share of an option; while an answer arrives, what is at 0 has not been stated yet."""
    if data.model is None or (data.partial and data.model[position] == 0):
        return None
    return data.model[position]


def _side_by_side(data: ChartData, width: int, rows: Rows) -> list[Line]:
    label_width = label_width_of(data.labels, width // 4, max(LONGEST_LABEL, width // 4))
    panel = (width - label_width - 3 * len(_GAP) - DIFFERENCE_WIDTH) // 2
    bar_width = panel - FIGURE_WIDTH
    head: Line = [
        _legend(data, label_width, bar_width),
        Piece(fit(_human_heading(data), panel), "human"),
        Piece(_GAP, "label"),
        Piece(fit(f"■ {data.model_name}", panel), "model"),
        Piece(_GAP + "Δ pp".rjust(DIFFERENCE_WIDTH), "muted"),
    ]
    lines = [head]
    high, _, free = rows
    middle = (high - 1) // 2
    for i, label in enumerate(_labels(data.labels, label_width, high, middle)):
        drawn, other_rows = (
            [
                *_human_pieces(each, i, bar_width),
                Piece(_GAP, "label"),
                *_model_pieces(each, i, bar_width, BLOCKS),
                Piece(_GAP, "label"),
                _difference(each, i),
            ]
            for each in (data, unmarked(data))
        )
        lines += [[] for _ in range(free if i else 0)]
        lines += _rows(drawn, other_rows, label, middle)
    scale = axis(bar_width)
    lines.append([Piece(" " * label_width + _GAP + fit(scale, panel) + _GAP + fit(scale, panel), "muted")])
    return lines


def unmarked(data: ChartData) -> ChartData:
    """Without intervals: of several rows of a bar they stand on one, and the others show where it ends."""
    return replace(data, human_ends=(), model_ends=())


def _rows(drawn: Line, other_rows: Line, labels: Sequence[str], middle: int) -> Iterator[Line]:
    """Rows of bars, each with what of a label stands there; figures and intervals stand in the middle one."""
    bars = only_bars(other_rows)
    for row, label in enumerate(labels):
        yield [Piece(label + _GAP, "label"), *(drawn if row == middle else bars)]


def only_bars(line: Line) -> Line:
    """A row of bars without what is written in it."""
    return [piece if piece.role in _BARS else Piece(" " * cell_len(piece.text), "label") for piece in line]


def heightened(lines: Sequence[Line], height: int, bare: Sequence[Line] = ()) -> list[Line]:
    """Rows of bars, each as high as fits into so many rows together, with what is written in its middle one.

    Args:
        bare: the same bars without marks on them, for the other rows.
    """
    high, _, free = highest(BESIDE, len(lines), height)
    drawn: list[Line] = []
    for at, line in enumerate(lines):
        drawn += [[] for _ in range(free if at else 0)]
        other = only_bars(bare[at] if bare else line)
        drawn += [line if row == (high - 1) // 2 else other for row in range(high)]
    return drawn


def _interleaved(data: ChartData, width: int, rows: Rows) -> list[Line]:
    fixed = FIGURE_WIDTH + DIFFERENCE_WIDTH + 2 + len(_GAP)
    room = max(SHORTEST_LABEL, width - fixed - 30)
    label_width = label_width_of(data.labels, room, max(LONGEST_LABEL, width // 3))
    bar_width = max(SHORTEST_BAR, width - fixed - label_width)
    head: Line = [_legend(data, label_width, bar_width), Piece(_human_heading(data), "human"), Piece("   ", "label")]
    taken = sum(cell_len(piece.text) for piece in head) - label_width
    head.append(Piece(shorten(f"▀ {data.model_name}", max(10, bar_width + FIGURE_WIDTH - taken)), "model"))
    used = sum(cell_len(piece.text) for piece in head)
    head.append(Piece("Δ pp".rjust(max(0, label_width + fixed + bar_width - used)), "muted"))
    lines = [head]
    high, low, free = rows
    middle = (high - 1) // 2
    glyphs = BLOCKS if low > 1 else HALF_BLOCKS
    bare = unmarked(data)
    for i, label in enumerate(_labels(data.labels, label_width, high + low, middle)):
        lines += [[] for _ in range(free if i else 0)]
        humans, other_rows = (_human_pieces(each, i, bar_width) for each in (data, bare))
        lines += _rows(humans, other_rows, label[:high], middle)
        model = [*_model_pieces(data, i, bar_width, glyphs), Piece(_GAP, "label"), _difference(data, i)]
        lines += _rows(model, _model_pieces(bare, i, bar_width, HALF_BLOCKS), label[high:], 0)
    lines.append([Piece(" " * label_width + _GAP + axis(bar_width), "muted")])
    return lines


def _difference(data: ChartData, position: int) -> Piece:
    human, model = data.human[position] if data.human else None, _stated(data, position)
    if human is None or model is None:
        return Piece(" " * DIFFERENCE_WIDTH, "muted")
    return difference(human, model)
