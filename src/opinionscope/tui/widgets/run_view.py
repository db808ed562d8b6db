"""RunView: a run on one page, on Explore and in the history."""

from typing import TYPE_CHECKING

from rich.segment import Segment
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.strip import Strip
from textual.widgets import Static
from typing_extensions import override

from opinionscope.charts.lines import plain, shorten
from opinionscope.report.chart import chart_data
from opinionscope.report.words import Unit, brief_provenance, recipe_words, sample_size
from opinionscope.runs import Run
from opinionscope.tui.messages import ChartWanted, CopyWanted
from opinionscope.tui.phrases import cancelled_words
from opinionscope.tui.styles import MUTED
from opinionscope.tui.unkept import unkept_of
from opinionscope.tui.widgets.answer_pane import AnswerPane
from opinionscope.tui.widgets.chart_view import ChartView
from opinionscope.tui.widgets.detail_tabs import DetailTabs
from opinionscope.tui.widgets.held_view import HeldView
from opinionscope.tui.widgets.measures_view import MeasuresView
from opinionscope.tui.widgets.pinned_line import PinnedLine

if TYPE_CHECKING:
    from opinionscope.report.figure import Figure

BADGES = {
    "live": "bold $background on $success",
    "recorded": "bold $background on $secondary",
    "person": "bold $background on $primary",
}
ROOM_FOR_REST, SHORTEST_NAME = 40, 16
NOT_KEPT = ("\xa0NOT\xa0KEPT\xa0", "bold $background on $error")


class QuestionText(Static):
    """The question and what people were told beforehand; an ellipsis tells that there is more of it."""

    @override
    def render_line(self, y: int) -> Strip:
        strip, (width, height) = super().render_line(y), self.size
        if y + 1 < height or self.get_content_height(self.size, self.app.size, width) <= height:
            return strip
        return Strip.join([strip.crop(0, width - 1), Strip([Segment("…", self.rich_style)])])


class RunView(VerticalScroll):
    """Question, provenance, chart, measures and details of one run, finished or not.

    Args:
        run: what is shown at first.
        unit: of the divergences.
        hint: shown where there are no measures yet.
    """

    def __init__(self, run: Run, unit: Unit = "nats", hint: str = "") -> None:
        super().__init__()
        self.shown = run
        self._unit: Unit = unit
        self._hint = hint
        self._has_children = False
        self._is_behind = False
        self._detail = ""
        self._held: Run | None = None
        self._waiting = ""
        self._is_saved = False

    def on_mount(self) -> None:
        """Apply what was requested before the children were mounted."""
        self._has_children = True
        self.watch(self.app, "unkept", self._keeping_changed, init=False)
        if self._is_behind:
            self.show(self.shown, hint=self._hint, is_saved=self._is_saved)
        if self._detail:
            self.open_detail(self._detail)
        self._pin()

    @override
    def compose(self) -> ComposeResult:
        run = self.shown
        yield QuestionText(_question(run), id="question-text", markup=False)
        yield Static(_source(run), id="question-source", markup=False)
        yield Static(self._provenance(), id="provenance", markup=False)
        yield ReasonLine(run, self._unkept)
        yield HeldView()
        yield ChartView(chart_data(run))
        yield MeasuresView(run, self._unit, self._hint)
        yield AnswerPane(run)
        yield DetailTabs(run, self._unit)
        yield PinnedLine()

    def show(
        self,
        run: Run,
        *,
        hint: str = "",
        partial: tuple[float, ...] | None = None,
        partial_text: str = "",
        waiting: str = "",
        is_saved: bool = False,
    ) -> None:
        """Show another run, or more of this one.

        Args:
            is_saved: whether it is to be told from one that was asked just now.
            waiting: what is awaited and for how long, while the model is asked.
            partial: shares of the options, shape (K,), in an answer that is still arriving.
            partial_text: the text of that answer so far.
        """
        if run.cell.question != self.shown.cell.question:
            self.scroll_home(animate=False)
        self.shown = run
        self._hint, self._is_saved = hint, is_saved
        self._is_behind = not self._has_children
        if self._is_behind:
            return
        self.query_one("#question-text", Static).update(_question(run))
        self.query_one("#question-source", Static).update(_source(run))
        self._waiting = waiting
        self.query_one("#provenance", Static).update(self._provenance())
        self.query_one(ReasonLine).show(run, self._unkept)
        chart = self.query_one(ChartView)
        chart.display = not self.query_one(HeldView).show(self._held, run, self._unit)
        if chart.display:
            chart.show_data(chart_data(run, partial))
        self.query_one(MeasuresView).show(run, self._unit, hint)
        self.query_one(AnswerPane).show(run, partial_text)
        self.query_one(DetailTabs).show(run, partial_text)
        self._pin()

    def _pin(self) -> None:
        """Renew what stands in for the measures, once it is known where those are."""
        self.query_one(PinnedLine).show(self.shown, self._unit)
        self.call_after_refresh(self._stand_in)

    def _stand_in(self) -> None:
        for line in self.query(PinnedLine):
            measures = self.query_one(MeasuresView)
            top, rows = measures.virtual_region.y - self.scroll_offset.y, self.size.height
            line.stand_in(measures.display and not -1 <= top < rows - (0 if line.display else 1))

    def on_resize(self) -> None:
        """Look again which measures are in sight, and how much of a group's name fits."""
        self.call_after_refresh(self._stand_in)
        for place in self.query("#provenance").results(Static):
            place.update(self._provenance(), layout=False)

    @override
    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self._stand_in()

    def hold(self, run: Run | None) -> None:
        """Pin a run, to stand beside those that are shown; None pins none."""
        self._held = run
        self.show(self.shown, hint=self._hint, is_saved=self._is_saved)

    @property
    def _unkept(self) -> str:
        """Why the run shown is not kept, or ""."""
        return unkept_of(self.app).get(self.shown.id, "") if self.shown.id else ""

    def _provenance(self) -> Content:
        """Who was asked, how many people, and who answered; a long name gives way to both."""
        run, waiting, unkept = self.shown, self._waiting, "" if self._waiting else self._unkept
        kind = "live" if waiting else run.reply.kind if run.reply else ""
        if kind == "recorded" and run.alignment is None and run.error:
            kind = ""
        rest = Content.assemble(
            (f", {sample_size(run.human)}   ", MUTED),
            (f" {'SAVED' if self._is_saved else kind.upper()} ", BADGES[kind]) if kind else ("", ""),
            NOT_KEPT if unkept else ("", ""),
            f" {waiting} · {run.model}" if waiting else f" {brief_provenance(run)}",
        )
        room = (self.content_size.width or 999) - min(rest.cell_length, ROOM_FOR_REST)
        return Content.assemble((shorten(run.cell.group.name, max(SHORTEST_NAME, room)), "bold $chart-human"), rest)

    def _keeping_changed(self) -> None:
        for place in self.query("#provenance").results(Static):
            place.update(self._provenance())
        for line in self.query(ReasonLine):
            line.show(self.shown, self._unkept)

    def wait(self, words: str) -> None:
        """Update the line that says what is awaited."""
        self._waiting = words
        for place in self.query("#provenance").results(Static):
            place.update(self._provenance(), layout=False)

    def turn_page(self, by: int) -> None:
        """Scroll a page down or up."""
        self.scroll_page_down() if by > 0 else self.scroll_page_up()

    def toggle_unit(self) -> Unit:
        """Nats to bits and back; returns the one now shown."""
        self._unit = "bits" if self._unit == "nats" else "nats"
        self._is_behind = not self._has_children
        if not self._is_behind:
            self.query_one(MeasuresView).show(self.shown, self._unit, self._hint)
            self.query_one(HeldView).show(self._held, self.shown, self._unit)
            self.query_one(DetailTabs).show_in(self._unit)
            self._pin()
        return self._unit

    def toggle_differences(self) -> None:
        """Draw how far the model is off in place of both sides, and back."""
        if self._has_children:
            self.query_one(ChartView).toggle_differences()

    @property
    def unit(self) -> Unit:
        """The unit of the divergences."""
        return self._unit

    def copy(self) -> None:
        """Copy the tab that has the focus, or else the result."""
        run, tabs = self.shown, self.query_one(DetailTabs)
        figure = self._figure()
        detail = "answer" if self.query_one(AnswerPane).has_focus else tabs.focused
        text = tabs.text(detail) if detail else plain(figure.lines) + (f"\n\nrun {run.id}" if run.id else "")
        name = f"{figure.name}-{detail}" if detail else figure.name
        self.post_message(CopyWanted(text, f"the {detail or 'result'}", name))

    def write_chart(self) -> None:
        """Draw the chart into files."""
        if chart_data(self.shown).model is None:
            self.notify("There is no answer to draw yet.", timeout=3)
        else:
            self.post_message(ChartWanted(self._figure()))

    def _figure(self) -> "Figure":
        """The run as it is drawn now."""
        from opinionscope.report.figure import run_figure

        return run_figure(self.shown, self._unit, differences=self.query_one(ChartView).differences)

    def open_detail(self, detail: str) -> None:
        """Open the tab with the prompt, the answer or the reading, and scroll to it."""
        self._detail = detail
        if self._has_children:
            self.query_one(DetailTabs).open(detail)


def _question(run: Run) -> Content:
    question = run.cell.question
    text = Content.styled(question.text, "bold")
    return Content.assemble(text, (f"\n{question.context}", MUTED)) if question.context else text


def _source(run: Run) -> Content:
    question = run.cell.question
    key = question.id if question.source_key.startswith("sha256:") else question.source_key or question.id
    cell = run.cell
    recipe = recipe_words(cell.recipe, cell.steering, cell.format)
    how = " · ".join(filter(None, (cell.steering, cell.format, recipe)))
    return Content.assemble(how, (f"   {' · '.join(dict.fromkeys((question.wording, question.dataset, key)))}", MUTED))


class ReasonLine(Static):
    """Why there is no answer to draw; it stands above the chart, in sight on the smallest screen."""

    def __init__(self, run: Run, unkept: str) -> None:
        super().__init__(markup=False)
        self.show(run, unkept)

    def show(self, run: Run, unkept: str) -> None:
        """Show the reason of another run, and why it is not kept, or nothing."""
        lines = [line for line in (_reason(run), _warning(unkept)) if line]
        self.display = bool(lines)
        self.update(Content("\n").join(lines))


def _reason(run: Run) -> Content:
    if run.error and run.alignment is None:
        return Content.assemble((run.error_title, "bold $error"), f"  {run.error}")
    return Content.styled(cancelled_words(run), "$warning") if run.status == "cancelled" else Content("")


def _warning(unkept: str) -> Content:
    return Content.assemble(("Not kept", "bold $error"), f"  {unkept}.") if unkept else Content("")
