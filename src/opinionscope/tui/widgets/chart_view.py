"""ChartView: the drawing of both distributions."""

from opinionscope.charts.chart import ChartData, draw
from opinionscope.charts.lines import Line
from opinionscope.tui.screens.layout import HIGH, TALL
from opinionscope.tui.widgets.drawing import Drawing

SHARE, SMALLER_SHARE = 0.4, 0.25
"""How much of a high screen the bars may take, and of one that is not so high, but has room for words as well."""


class ChartView(Drawing):
    """Draws a `ChartData`, with higher bars on a high screen.

    Attributes:
        differences: whether it draws how far the model is off, where both sides are known, and not both of them.
    """

    def __init__(self, data: ChartData) -> None:
        super().__init__(self._drawn)
        self.data = data
        self.differences = False

    @property
    def bar_rows(self) -> int:
        """Rows that the bars may take: a part of a screen that is not short, else as few as can be."""
        rows = self.app.size.height
        return int(rows * (SHARE if rows >= HIGH else SMALLER_SHARE if rows >= TALL else 0))

    def _drawn(self, width: int) -> list[Line]:
        if not self.shows_differences:
            return draw(self.data, width, self.bar_rows)
        from opinionscope.charts.differences import draw_differences

        return draw_differences(self.data, width, self.bar_rows)

    @property
    def shows_differences(self) -> bool:
        """Whether differences are drawn now."""
        return self.differences and self.data.has_differences

    def toggle_differences(self) -> None:
        """Draw differences in place of both sides, and back."""
        self.differences = not self.differences
        self.show(self._drawn)

    def show_data(self, data: ChartData) -> None:
        """Draw something else."""
        before = len(self.data.labels), self.shows_differences
        self.data = data
        resized = (len(data.labels), self.shows_differences) != before
        self.show(self._drawn, resized=resized)
