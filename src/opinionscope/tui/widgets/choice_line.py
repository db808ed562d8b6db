"""ChoiceLine: one line for what is chosen from a few."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.app import RenderResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from typing_extensions import override

from opinionscope.charts.lines import fit
from opinionscope.tui.styles import MUTED
from opinionscope.tui.widgets.picker_field import LABEL_WIDTH


class ChoiceLine(Widget, can_focus=True):
    """A label and a few choices, all in sight where there is room; arrows or a click change it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "step(-1)", "Previous", show=False),
        Binding("right,space,enter", "step(1)", "Next", show=False),
    ]
    value: reactive[str] = reactive("")

    @dataclass
    class Changed(Message):
        """The user chose something else, which the line shows already."""

        line: "ChoiceLine"

        @property
        @override
        def control(self) -> "ChoiceLine":
            return self.line

    def __init__(self, label: str, choices: Sequence[str], *, id: str, label_width: int = LABEL_WIDTH) -> None:
        super().__init__(id=id)
        self._label = label
        self._label_width = label_width
        self._choices = choices
        self._places: list[tuple[int, int, str]] = []

    @override
    def render(self) -> RenderResult:
        parts: list[tuple[str, str]] = [(fit(self._label, self._label_width), MUTED)]
        self._places = []
        at = self._label_width
        everything = self._label_width + sum(len(name) + 3 for name in self._choices) <= self.content_size.width + 1
        for name in self._choices:
            chosen = name == self.value
            if not everything and not chosen:
                continue
            mark = ("● " if chosen else "○ ") if everything else "◂ "
            text = f"{mark}{name}" if everything else f"{mark}{name} ▸"
            self._places.append((at, at + len(text), name))
            parts += [(text, "bold" if chosen else MUTED), (" ", "")]
            at += len(text) + 1
        return Content.assemble(*parts)

    def action_step(self, by: int) -> None:
        """Choose the next or the previous one, cyclically."""
        names = self._choices
        at = names.index(self.value) if self.value in names else 0
        self._choose(names[(at + by) % len(names)])

    def on_click(self, event: events.Click) -> None:
        """Choose what was clicked; where only one is in sight, the next one."""
        at = event.get_content_offset_capture(self).x
        if len(self._places) > 1:
            for start, end, name in self._places:
                if start <= at < end:
                    self._choose(name)
        else:
            self.action_step(1)

    def _choose(self, value: str) -> None:
        """Show it at once: the next key of a burst goes on from there."""
        if value != self.value:
            self.value = value
            self.post_message(self.Changed(self))
