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
        self._partial_text = ""
        self._is_behind = False

    @override
    def compose(self) -> ComposeResult:
        yield Static(answer_title(self._run), id="answer-title", markup=False)
        yield Static(styled_text("answer", self._run), id="answer-text", markup=False)

    def show(self, run: Run, partial_text: str = "") -> None:
        """Show the answer of a run, as soon as the pane is displayed; `partial_text` is one that is still arriving."""
        self._run, self._partial_text = run, partial_text
        self._is_behind = True
        if self.display:
            self._catch_up()

    def on_show(self) -> None:
        """Show what came while the pane was hidden."""
        if self._is_behind:
            self._catch_up()

    def _catch_up(self) -> None:
        self._is_behind = False
        self.query_one("#answer-title", Static).update(answer_title(self._run))
        text = Content(self._partial_text) if self._partial_text else styled_text("answer", self._run)
        self.query_one("#answer-text", Static).update(text)
