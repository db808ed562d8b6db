"""The third view of a chart: how much more or less the model gives each option than people do."""

from collections.abc import Iterator, Sequence

from opinionscope.charts.bars import (
    ALMOST_NOTHING,
    BLOCKS,
    DIFFERENCE_WIDTH,
    FIGURE_WIDTH,
    INTERVAL,
    POOLED,
    Ends,
    at_most,
    bar,
    difference,
    joined,
    percent,
)
from opinionscope.charts.chart import UNMEASURED, ChartData, heightened, label_width_of, unmarked
from opinionscope.charts.lines import Line, Piece, Role, fit, shorten, shorten_apart
from opinionscope.values import replace

SCALES = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0)
"""Ends of the axis: the nearest that holds all that is drawn."""
HALF, FULL = "▐", "█"
MODEL_ENDS = "[]"
HUMAN_WORDS, MODEL_WORDS = "├─┼─┤ humans' 95 %", "[ ] the model's 95 %"
_GAP = " "
_ON_BAR: dict[Role, Role] = {"human-bar": "interval-on-human", "model-bar": "interval-on-model"}


def draw_differences(data: ChartData, width: int, height: int = 0) -> list[Line]:
    """The model's share minus the people's for each option, as a bar to the left or to the right of 0.

    Around 0 stands the 95 % interval of the people's share: a bar that ends within it is as long as chance among so
    many people makes it. The end of a bar has the model's interval, if it gave several answers. The mark of all groups
    is what those would be off who do not know the group.

    Args:
        data: which `has_differences`.
        height: rows that the bars may take, as for `draw`.
    """
    human, model = data.human, data.model
    assert human is not None
    assert model is not None
    label_width = label_width_of(data.labels, width // 3)
    half = max(6, (width - label_width - 2 * FIGURE_WIDTH - DIFFERENCE_WIDTH - 3 * len(_GAP) - 1) // 2)
    spans = [_Span(data, position) for position in range(len(data.labels))]
    reach = max(abs(value) for span in spans for value in span.values)
    scale = next((each for each in SCALES if each >= reach - ALMOST_NOTHING), SCALES[-1])
    names = shorten_apart(data.labels, label_width)

    def line(at: int, span: _Span) -> Line:
        return [
            Piece(fit(names[at], label_width) + _GAP, "label"),
            Piece(percent(human[at]).rjust(FIGURE_WIDTH), "human"),
            Piece(span.figure.rjust(FIGURE_WIDTH) + _GAP, "model"),
            *span.drawn(half, scale, is_partial=data.partial),
            Piece(_GAP, "label"),
            span.difference,
        ]

    plain = replace(unmarked(data), pooled=())
    bare = [line(at, _Span(plain, at)) for at in range(len(spans))]
    before = label_width + len(_GAP) + 2 * FIGURE_WIDTH + len(_GAP)
    return [
        *_heading(data, label_width, half, width),
        *heightened([line(at, span) for at, span in enumerate(spans)], height, bare),
        [Piece(" " * before + _axis(half, scale), "muted")],
    ]


def _heading(data: ChartData, label_width: int, half: int, width: int) -> Iterator[Line]:
    marks = [HUMAN_WORDS] if any(data.human_ends) else []
    marks += [MODEL_WORDS] if any(data.model_ends) else []
    marks += [f"{POOLED} all groups"] if data.pooled else []
    if marks:
        yield [Piece(shorten("   ".join(marks), width), "muted")]
    yield [
        Piece(" " * label_width + _GAP, "label"),
        Piece("humans".rjust(FIGURE_WIDTH), "human"),
        Piece("model".rjust(FIGURE_WIDTH) + _GAP, "model"),
        Piece(shorten("humans more ◂", half).rjust(half), "human"),
        Piece(" ", "label"),
        Piece(fit(shorten("▸ model more", half), half) + _GAP, "model"),
        Piece("Δ pp".rjust(DIFFERENCE_WIDTH), "muted"),
    ]


def _axis(half: int, scale: float) -> str:
    """Both ends and 0, at their places."""
    end = f"{scale * 100:.0f}"
    return f"−{end}".ljust(half) + "0" + f"+{end}".rjust(half)


class _Span:
    """What is drawn of one option: differences of shares, from −1 to 1."""

    def __init__(self, data: ChartData, position: int) -> None:
        assert data.human is not None
        assert data.model is not None
        share, model = data.human[position], data.model[position]
        self._bound = data.bounds[position] if data.bounds else None
        self._is_stated = not (data.partial and model == 0)
        self._is_known = self._is_stated and self._bound is None
        self.off = model - share
        self._human = _less(data.human_ends, position, share)
        self._model = _less(data.model_ends, position, share) if self._is_known else None
        self._pooled = data.pooled[position] - share if data.pooled else None
        self._share = share
        self.difference = difference(share, model) if self._is_stated else Piece(" " * DIFFERENCE_WIDTH, "muted")
        self.figure = percent(model) if self._is_known else at_most(self._bound) if self._bound is not None else ""

    @property
    def values(self) -> Iterator[float]:
        """All that has to find room on the axis."""
        yield self.off if self._is_stated else 0.0
        yield from (*(self._human or ()), *(self._model or ()))
        if self._pooled is not None:
            yield self._pooled
        if self._bound is not None:
            yield self._bound - self._share

    def drawn(self, half: int, scale: float, *, is_partial: bool) -> Line:
        """The bar on its axis of 2 · `half` + 1 cells, and the marks on it."""
        track = _Track(half, scale)
        if self._bound is not None:
            track.dot(-self._share, self._bound - self._share)
        elif self._is_stated and self.off:
            track.fill(self.off, "human-bar" if self.off < 0 else "partial-bar" if is_partial else "model-bar")
        track.mark(0.0, "│")
        if self._human is not None:
            track.span(*self._human)
        for value, glyph in zip(self._model or (), MODEL_ENDS, strict=False):
            track.mark(value, glyph)
        if self._pooled is not None:
            track.mark(self._pooled, POOLED, "pooled")
        return joined(track.cells)


class _Track:
    """The cells of one axis, from −`scale` to +`scale`, with 0 in the middle one."""

    def __init__(self, half: int, scale: float) -> None:
        self.cells = [Piece(" ", "track")] * (2 * half + 1)
        self._half = half
        self._scale = scale

    def fill(self, off: float, role: Role) -> None:
        """Draw a bar from 0."""
        glyphs = bar(abs(off) / self._scale, self._half, BLOCKS if off > 0 else f" {HALF}{FULL}")
        start = self._half + 1 if off > 0 else self._half - len(glyphs)
        for at, glyph in enumerate(glyphs if off > 0 else glyphs[::-1], start):
            self.cells[at] = Piece(glyph, role)

    def dot(self, low: float, high: float) -> None:
        """Draw as far as a share may reach that was not measured."""
        for at in range(self._place(low), self._place(high) + 1):
            self.cells[at] = Piece(UNMEASURED, "muted")

    def span(self, low: float, high: float) -> None:
        """Draw an interval around 0."""
        first, last = self._place(low), self._place(high)
        for at in range(first, last + 1):
            self._put(at, INTERVAL[2] if at == self._half else INTERVAL[1])
        if first < self._half:
            self._put(first, INTERVAL[0])
        if last > self._half:
            self._put(last, INTERVAL[3])

    def mark(self, value: float, glyph: str, role: Role = "interval") -> None:
        """Draw one sign."""
        self._put(self._place(value), glyph, role)

    def _place(self, value: float) -> int:
        return self._half + round(max(-1.0, min(1.0, value / self._scale)) * self._half)

    def _put(self, at: int, glyph: str, role: Role = "interval") -> None:
        before = self.cells[at]
        self.cells[at] = Piece(glyph, _ON_BAR.get(before.role, role) if before.text == FULL else role)


def _less(ends: Sequence[Ends | None], position: int, share: float) -> Ends | None:
    """An interval of a share as one of differences to the people's share."""
    found = ends[position] if ends else None
    return None if found is None else (found[0] - share, found[1] - share)
