"""RunPreview: the chart of the run under the cursor, beside the list or under it."""

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static
from typing_extensions import override

from opinionscope.charts.chart import ChartData
from opinionscope.report.chart import chart_data
from opinionscope.report.names import answer_title, without_folders
from opinionscope.report.words import Unit, divergence, muted_sentence, other_measures
from opinionscope.runs import Run
from opinionscope.tui.phrases import cancelled_words
from opinionscope.tui.screens.layout import HIGH
from opinionscope.tui.styles import MUTED
from opinionscope.tui.widgets.chart_view import ChartView
from opinionscope.tui.widgets.detail_tabs import styled_text

ROWS_AROUND, ROWS_AROUND_BELOW = 24, 23
"""Rows that are not for bars: of a high screen, and where the preview stands below a few runs."""


class PreviewChart(ChartView):
    """The chart of a preview: where that stands beside the list, or below a short one, its height is for the bars."""

    @property
    @override
    def bar_rows(self) -> int:
        rows, screen = self.app.size.height, self.screen
        if rows >= HIGH and screen.has_class("-broad"):
            return rows - ROWS_AROUND
        return max(0, rows - ROWS_AROUND_BELOW) if screen.has_class("-few") else 0


class PreviewAnswer(Static):
    """The raw answer, which may be long: put together where the style sheet has room for it."""

    def __init__(self) -> None:
        super().__init__("", id="preview-answer", markup=False)
        self._waits: Run | None = None

    def show(self, run: Run) -> None:
        """Show the answer of a run, as soon as there is room."""
        self._waits = run
        if self.display:
            self.on_show()

    def on_show(self) -> None:
        """Show what waits."""
        if (run := self._waits) is not None:
            title = Content.styled(answer_title(run), f"bold {MUTED}")
            self.update(Content("\n").join([title, styled_text("answer", run)]))
            self._waits = None


class RunPreview(VerticalScroll, can_focus=False):
    """Question, setup, chart and measures of a run in few lines; empty until the first is shown."""

    def __init__(self, unit: Unit = "nats") -> None:
        super().__init__(id="preview")
        self._unit: Unit = unit
        self.shown: Run | None = None

    @override
    def compose(self) -> ComposeResult:
        yield Static("", id="preview-question", markup=False)
        yield Static("", id="preview-how", markup=False)
        yield Static("", id="preview-measures", markup=False)
        yield PreviewChart(ChartData(("",), None, None))
        yield PreviewAnswer()

    def on_mount(self) -> None:
        """Nothing is shown yet."""
        self.set_class(True, "-blank")

    def show(self, run: Run | None) -> None:
        """Show a run, or nothing."""
        self.shown = run
        self.set_class(run is None, "-blank")
        if run is None:
            return
        cell = run.cell
        self.scroll_home(animate=False)
        self.query_one("#preview-question", Static).update(Content.styled(cell.question.text, "bold"))
        how = f"{cell.steering} · {cell.format} · {without_folders(run.model)}"
        note = [f"✎ {' '.join(run.note.split())}"] if run.note else []
        marks = "".join(f" {mark}" for mark in (*(f"#{tag}" for tag in run.tags), *note))
        self.query_one("#preview-how", Static).update(
            Content.assemble((cell.group.name, "bold $chart-human"), f" · {how} ", (marks, MUTED))
        )
        self.query_one(PreviewChart).show_data(chart_data(run))
        self.query_one("#preview-measures", Static).update(_measures(run, self._unit))
        self.query_one(PreviewAnswer).show(run)


def _measures(run: Run, unit: Unit) -> Content:
    """The main measures in one line, or why there are none."""
    if run.alignment is None:
        reason = (
            cancelled_words(run) if run.status == "cancelled" else ": ".join(filter(None, (run.error_title, run.error)))
        )
        return Content.styled(reason or "No measures.", "$warning")
    muted = muted_sentence(run)
    kl = run.alignment["kl"]
    parts = [("KL ", MUTED), ("–" if kl is None else divergence(kl, unit), "bold"), (f" {unit}", MUTED)]
    for measure in other_measures(run.alignment, unit):
        parts += [(f"   {measure.label} ", MUTED), (measure.value, "bold")]
    return Content.assemble(*parts, (f"   {muted}" if muted else "", "$warning"))
