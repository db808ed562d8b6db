"""RowPlot: the answers behind a row of a table as a plot, where there is room for one."""

import asyncio

from textual import events
from textual.content import Content
from textual.widgets import Static

from opinionscope.report.plots import POINT, plot_of_row
from opinionscope.tables import Report
from opinionscope.tui.styles import MUTED
from opinionscope.tui.working import work

LEAST_WIDTH, LEAST_HEIGHT = 30, 10


class RowPlot(Static):
    """The model's shares against people's; drawn in a thread, and again for another size.

    Args:
        shown: the name of a table, the report and the index of a row; None to begin without.
    """

    def __init__(self, shown: tuple[str, Report, int] | None = None, *, id: str = "row-plot") -> None:
        super().__init__("", id=id, markup=False)
        self._shown = shown

    def show(self, name: str, report: Report, at: int, pause: float = 0) -> None:
        """Show the plot of a row, unless another one follows within `pause` seconds."""
        self._shown = (name, report, at)
        self._draw(pause)

    def on_resize(self, event: events.Resize) -> None:
        """Drawn for its size."""
        self._draw(0)

    def on_unmount(self) -> None:
        """A report has all answers: they go with the screen, though Textual may keep what was closed for a while."""
        self._shown = None

    @work(group="plot", exclusive=True)
    async def _draw(self, pause: float) -> None:
        await asyncio.sleep(pause)
        size = self.content_size
        if self._shown is None or size.width < LEAST_WIDTH or size.height < LEAST_HEIGHT:
            self.update("")
            return
        width = min(size.width, 2 * size.height + 24)
        caption, lines = await asyncio.to_thread(plot_of_row, *self._shown, width, size.height - 2)
        drawn = Content.styled("\n".join(lines), MUTED).highlight_regex(POINT, style="bold $chart-model")
        self.update(Content("\n").join([Content.styled(caption, MUTED), drawn]))
