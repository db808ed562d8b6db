"""LineScreen: one line to write, such as tags, a note or a name."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, Static
from typing_extensions import override

from opinionscope.tui.screens.window import Window


class LineScreen(Window[str]):
    """Returns what was written, which may be nothing, or None.

    Args:
        title: what is written.
        text: what stands in the field at first.
        hint: shown below.
        verb: what Enter does.
    """

    CSS_PATH = "line.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Leave")]

    def __init__(self, title: str, text: str = "", hint: str = "", verb: str = "save") -> None:
        super().__init__()
        self._title = title
        self._text = text
        self._hint = hint
        self._verb = verb

    @override
    def compose(self) -> ComposeResult:
        with Vertical(id="line") as box:
            box.border_subtitle = f"enter {self._verb} · esc leave"
            yield Static(self._title, id="line-title", markup=False)
            yield Input(self._text, compact=True, select_on_focus=False, id="line-input")
            yield Static(self._hint, id="line-hint", markup=False)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        self.close_with(event.value.strip())
