"""ConfirmScreen: one question to be answered with yes or no before something is lost."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Static
from typing_extensions import override

from opinionscope.tui.screens.window import Window


class ConfirmScreen(Window[bool]):
    """Returns True if it was meant so, else None.

    Args:
        question: what is asked, in one sentence.
        yes, no: what the two answers do.
    """

    CSS_PATH = "confirm.tcss"
    AUTO_FOCUS = "#confirm-no"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer(True)", "Yes"),
        Binding("n,escape", "answer(False)", "No"),
        Binding("left,up", "app.focus_previous", "Other answer", show=False),
        Binding("right,down", "app.focus_next", "Other answer", show=False),
    ]

    def __init__(self, question: str, yes: str, no: str) -> None:
        super().__init__()
        self._question = question
        self._yes = yes
        self._no = no

    @override
    def compose(self) -> ComposeResult:
        with Vertical(id="confirm"):
            yield Static(self._question, id="confirm-question", markup=False)
            with Horizontal(id="confirm-answers"):
                yield Button(f"y {self._yes}", compact=True, id="confirm-yes", action="screen.answer(True)")
                yield Button(f"n {self._no}", compact=True, id="confirm-no", action="screen.answer(False)")

    def action_answer(self, answer: bool) -> None:
        """Answer, and go back."""
        self.close_with(answer or None)
