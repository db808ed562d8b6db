"""ChartView: the drawing of both distributions."""

from typing import ClassVar

from opinionscope.charts.chart import ChartData, draw
from opinionscope.charts.lines import Line
from opinionscope.tui.screens.layout import HIGH
from opinionscope.tui.widgets.drawing import Drawing


class ChartView(Drawing):
    """Draws a `ChartData`, with higher bars on a high screen."""

    SHARE: ClassVar[float] = 0.4
    """How much of a high screen the bars may take."""

    def __init__(self, data: ChartData) -> None:
        super().__init__(self._drawn)
        self.data = data

    def _drawn(self, width: int) -> list[Line]:
        rows = self.app.size.height
        return draw(self.data, width, int(rows * self.SHARE) if rows >= HIGH else 0)

    def show_data(self, data: ChartData) -> None:
        """Draw something else."""
        resized = len(data.labels) != len(self.data.labels)
        self.data = data
        self.show(self._drawn, resized=resized)
