"""AnswerPane: the raw answer below the measures, on screens that have the prompt beside them."""

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static
from typing_extensions import override

from opinionscope.report.names import answer_title
from opinionscope.runs import Run
from opinionscope.tui.widgets.detail_tabs import styled_text


class AnswerPane(VerticalScroll, can_focus=True):
    """The text of the Answer tab; the style sheet says where there is room for it."""

    def __init__(self, run: Run) -> None:
        super().__init__()
        self._run = run

    @override
    def compose(self) -> ComposeResult:
        yield Static(answer_title(self._run), id="answer-title", markup=False)
        yield Static(styled_text("answer", self._run), id="answer-text", markup=False)

    def show(self, run: Run, partial_text: str = "") -> None:
        """Show the answer of a run; `partial_text` is one that is still arriving."""
        self._run = run
        self.query_one("#answer-title", Static).update(answer_title(run))
        text = Content(partial_text) if partial_text else styled_text("answer", run)
        self.query_one("#answer-text", Static).update(text)
