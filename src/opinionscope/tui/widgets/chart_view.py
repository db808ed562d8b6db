"""ChartView: the drawing of both distributions, redrawn for whatever width there is."""

from textual.app import RenderResult
from textual.geometry import Size
from textual.widget import Widget
from typing_extensions import override

from opinionscope.charts import ChartData, draw
from opinionscope.tui.styles import to_content


class ChartView(Widget):
    """Shows a `ChartData`; as high as its drawing."""

    DEFAULT_CSS = """
    ChartView { width: 1fr; height: auto; }
    """

    def __init__(self, data: ChartData) -> None:
        super().__init__()
        self._data = data

    @property
    def data(self) -> ChartData:
        """What is drawn."""
        return self._data

    def show(self, data: ChartData) -> None:
        """Draw something else."""
        resized = len(data.labels) != len(self._data.labels)
        self._data = data
        self.refresh(layout=resized)

    @override
    def render(self) -> RenderResult:
        return to_content(draw(self._data, self.content_size.width))

    @override
    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(draw(self._data, width)) if width else 1
