"""ChartView: the drawing of both distributions."""

from opinionscope.charts.chart import ChartData, draw
from opinionscope.charts.lines import Line
from opinionscope.tui.screens.layout import HIGH
from opinionscope.tui.widgets.drawing import Drawing

SHARE = 0.4
"""How much of a high screen the bars may take."""


class ChartView(Drawing):
    """Draws a `ChartData`, with higher bars on a high screen."""

    def __init__(self, data: ChartData) -> None:
        super().__init__(self._drawn)
        self.data = data

    @property
    def bar_rows(self) -> int:
        """Rows that the bars may take: a part of a high screen, else as few as can be."""
        rows = self.app.size.height
        return int(rows * SHARE) if rows >= HIGH else 0

    def _drawn(self, width: int) -> list[Line]:
        return draw(self.data, width, self.bar_rows)

    def show_data(self, data: ChartData) -> None:
        """Draw something else."""
        resized = len(data.labels) != len(self.data.labels)
        self.data = data
        self.show(self._drawn, resized=resized)
