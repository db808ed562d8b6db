"""ChartView: the drawing of both distributions."""

from functools import partial

from opinionscope.charts import ChartData, draw
from opinionscope.tui.widgets.drawing import Drawing


class ChartView(Drawing):
    """Draws a `ChartData`."""

    def __init__(self, data: ChartData) -> None:
        super().__init__(partial(draw, data))
        self.data = data

    def show_data(self, data: ChartData) -> None:
        """Draw something else."""
        resized = len(data.labels) != len(self.data.labels)
        self.data = data
        self.show(partial(draw, data), resized=resized)
