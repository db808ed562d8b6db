"""RunView: a run on one page, for Explore and for the history alike."""

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static
from typing_extensions import override

from opinionscope.history import Run
from opinionscope.report import Unit, chart_data, provenance, sample_size
from opinionscope.survey import Distribution
from opinionscope.tui.styles import MUTED
from opinionscope.tui.widgets.chart_view import ChartView
from opinionscope.tui.widgets.detail_tabs import DetailTabs
from opinionscope.tui.widgets.measures_view import MeasuresView

BADGES = {"live": "bold $background on $success", "recorded": "bold $background on $secondary"}


class RunView(VerticalScroll):
    """Question, provenance, chart, measures and details of one run, finished or not."""

    def __init__(self, unit: Unit = "nats") -> None:
        super().__init__()
        self.shown: Run | None = None
        self._unit: Unit = unit
        self._hint = ""

    @override
    def compose(self) -> ComposeResult:
        yield Static(id="question-text", markup=False)
        yield Static(id="question-source", markup=False)
        yield Static(id="provenance", markup=False)
        yield ChartView()
        yield MeasuresView()
        yield DetailTabs()

    def show(self, run: Run, *, hint: str = "", partial: Distribution | None = None, partial_text: str = "") -> None:
        """Show a run; `partial` and `partial_text` are what has arrived of an answer."""
        self.shown = run
        self._hint = hint
        self._show_question(run)
        self._show_provenance(run, arriving=bool(partial_text))
        self.query_one(ChartView).show(chart_data(run, partial))
        self.query_one(MeasuresView).show(run, self._unit, hint)
        self.query_one(DetailTabs).show(run, partial_text)

    def toggle_unit(self) -> None:
        """Nats to bits and back."""
        self._unit = "bits" if self._unit == "nats" else "nats"
        if self.shown:
            self.query_one(MeasuresView).show(self.shown, self._unit, self._hint)

    def open_detail(self, detail: str) -> None:
        """Bring the prompt, the answer or the reading to the front, and into view."""
        tabs = self.query_one(DetailTabs)
        tabs.open(detail)
        self.scroll_to_widget(tabs, top=True, animate=False)

    def _show_question(self, run: Run) -> None:
        question = run.elicitation.question
        text = Content.styled(question.text, "bold")
        if question.context:
            text = Content.assemble(text, ("\n" + question.context, MUTED))
        self.query_one("#question-text", Static).update(text)
        parts = [question.wording, question.dataset, question.source_key or question.id]
        if question.source_key.startswith("sha256:"):
            parts[2] = question.id
        self.query_one("#question-source", Static).update(Content(" · ".join(dict.fromkeys(parts))))

    def _show_provenance(self, run: Run, *, arriving: bool) -> None:
        elicitation, response = run.elicitation, run.response
        kind = response.kind if response else ""
        badge = (f" {kind.upper()} ", BADGES[kind]) if kind else ("", "")
        answered = f"{run.model} · answering …" if arriving else provenance(run)
        self.query_one("#provenance", Static).update(
            Content.assemble(
                (elicitation.group.name, "bold $chart-human"),
                (f", {sample_size(run.human)}", MUTED),
                "   ",
                (f"{elicitation.steering} · {elicitation.format}", ""),
                "   ",
                badge,
                f" {answered}",
            )
        )
