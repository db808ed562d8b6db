"""PickerField: one line for what is chosen from a long list."""

from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from textual.app import RenderResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from typing_extensions import override

from opinionscope.charts.lines import fit, shorten
from opinionscope.tui.styles import MUTED

LABEL_WIDTH = 9


class PickerField(Widget, can_focus=True):
    """A label, a value and an arrow; Enter or a click asks for the list to choose from."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,space,down", "pick", "Choose", show=False)]
    value: reactive[str] = reactive("")
    detail: reactive[str] = reactive("")

    @dataclass
    class Opened(Message):
        """The user wants to choose."""

        field: "PickerField"

        @property
        @override
        def control(self) -> "PickerField":
            return self.field

    def __init__(self, label: str, *, id: str) -> None:
        super().__init__(id=id)
        self._label = label

    @override
    def render(self) -> RenderResult:
        width = max(1, self.content_size.width)
        room = max(1, width - LABEL_WIDTH - 2)
        value = shorten(self.value, room)
        rest = room - cell_len(value)
        detail = f" {self.detail}" if self.detail and cell_len(self.detail) < rest else ""
        return Content.assemble(
            (fit(self._label, LABEL_WIDTH), MUTED),
            (value, "bold"),
            (fit(detail, rest), MUTED),
            (" ▾", MUTED),
        )

    def action_pick(self) -> None:
        """Ask for the list."""
        self.post_message(self.Opened(self))

    def on_click(self) -> None:
        """The mouse's way to ask for the list."""
        self.action_pick()
