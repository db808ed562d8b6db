"""The one place that draws distributions as text, for the TUI and for the command line.

A drawing is a list of lines, a line a list of pieces, a piece some text and the role it plays; who shows
it turns roles into colours. Every width is counted in terminal cells. Bars stand on one fixed axis from
0 to 100 %, one row a bar, or more where there is room. Humans and model can be told apart without colour:
side by side each has a panel under its name; bar under bar, the model's is half as high.
"""

from opinionscope.charts.bars import (
    ALMOST_NOTHING,
    BLOCKS,
    HALF_BLOCKS,
    INTERVAL,
    INTERVAL_WORDS,
    POOLED,
    Ends,
    at_most,
    bar,
    bar_pieces,
    difference,
    has_marks,
    percent,
)
from opinionscope.charts.chart import (
    BESIDE,
    UNDER,
    UNMEASURED,
    UNSCORED,
    ChartData,
    Rows,
    draw,
    draw_human,
    heightened,
    highest,
    only_bars,
)
from opinionscope.charts.lines import Line, Piece, Role, fit, flow, plain, shorten, shorten_apart

__all__ = [
    "ALMOST_NOTHING",
    "BESIDE",
    "BLOCKS",
    "HALF_BLOCKS",
    "INTERVAL",
    "INTERVAL_WORDS",
    "POOLED",
    "UNDER",
    "UNMEASURED",
    "UNSCORED",
    "ChartData",
    "Ends",
    "Line",
    "Piece",
    "Role",
    "Rows",
    "at_most",
    "bar",
    "bar_pieces",
    "difference",
    "draw",
    "draw_human",
    "fit",
    "flow",
    "has_marks",
    "heightened",
    "highest",
    "only_bars",
    "percent",
    "plain",
    "shorten",
    "shorten_apart",
]
