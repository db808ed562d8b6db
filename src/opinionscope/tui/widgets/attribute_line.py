"""AttributeLine: one attribute of people in one line, its values and how many people have them."""

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.app import RenderResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from typing_extensions import override

from opinionscope.charts.lines import fit
from opinionscope.survey.microdata import Slice
from opinionscope.tui.styles import MUTED

ANY = "any"
GAP = 2
RANGE_SIGNS = "0123456789.+-–"


class AttributeLine(Widget, can_focus=True):
    """Arrows or a click choose a value; a range can be typed where values are numbers.

    Args:
        attribute: its name.
        slices: its values.
        takes_range: whether any range may be typed.
        label_width: room for the name, in cells.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "step(-1)", "Previous value", show=False),
        Binding("right,space", "step(1)", "Next value", show=False),
        Binding("backspace", "erase", "Erase", show=False),
        Binding("delete", "clear", "Any", show=False),
    ]
    value: reactive[str] = reactive("")

    class Changed(Message):
        """Another value, or none."""

    def __init__(self, attribute: str, slices: Sequence[Slice], *, takes_range: bool, label_width: int) -> None:
        super().__init__()
        self.attribute = attribute
        self._counts = {part.value: part.people for part in slices}
        self._takes_range = takes_range
        self._label_width = label_width
        self._places: list[tuple[int, int, str]] = []

    @property
    def condition(self) -> str:
        """``attribute=value``; "" if any value will do."""
        return f"{self.attribute}={self.value}" if self.value else ""

    @override
    def render(self) -> RenderResult:
        room = self.content_size.width - self._label_width
        start, end = self._in_sight(room)
        choices = self._choices
        parts: list[Content | tuple[str, str]] = [(fit(self.attribute, self._label_width), "")]
        at = self._label_width
        self._places = []
        for place in range(start, end):
            value = choices[place]
            mark = "‹ " if place == start and start else "" if place == start else " " * GAP
            parts += [(mark, MUTED), self._token(value)]
            at += len(mark)
            self._places.append((at, at + self._token(value).cell_length, value))
            at += self._token(value).cell_length
        if end < len(choices):
            parts.append((" ›", MUTED))
        elif self._takes_range and not self._is_typed and at + len(_HINT) <= self.content_size.width:
            parts.append((_HINT, MUTED))
        return Content.assemble(*parts)

    def on_key(self, event: events.Key) -> None:
        """Type a range."""
        if self._takes_range and event.character and event.character in RANGE_SIGNS:
            event.stop()
            self._choose(self.value + event.character if self._is_typed else event.character)

    def on_click(self, event: events.Click) -> None:
        """Choose what was clicked."""
        at = event.get_content_offset_capture(self).x
        for start, end, value in self._places:
            if start <= at < end:
                self._choose(value)

    def action_step(self, by: int) -> None:
        """The next or the previous value, cyclically; "any" is one of them."""
        choices = self._choices
        self._choose(choices[(choices.index(self.value) + by) % len(choices)])

    def action_erase(self) -> None:
        """Take back what was typed last."""
        if self._is_typed:
            self._choose(self.value[:-1])

    def action_clear(self) -> None:
        """Any value will do."""
        self._choose("")

    def _choose(self, value: str) -> None:
        if value != self.value:
            self.value = value
            self.post_message(self.Changed())

    @property
    def _is_typed(self) -> bool:
        return bool(self.value) and self.value not in self._counts

    @property
    def _choices(self) -> list[str]:
        return ["", *self._counts, *([self.value] if self._is_typed else [])]

    def _token(self, value: str) -> Content:
        chosen = value == self.value
        people = f" {self._counts[value]:,}" if value in self._counts else ""
        cursor = "▏" if chosen and self._is_typed and self.has_focus else ""
        style = "bold" if chosen else MUTED
        return Content.assemble(("● " if chosen else "○ ", style), (f"{value or ANY}{cursor}", style), (people, MUTED))

    def _in_sight(self, room: int) -> tuple[int, int]:
        """From where to where values are shown, the chosen one among them."""
        widths = [GAP + self._token(value).cell_length for value in self._choices]
        if sum(widths) - GAP <= room:
            return 0, len(widths)
        chosen = self._choices.index(self.value)
        start = 0
        while start < chosen and sum(widths[start : chosen + 1]) + GAP > room:
            start += 1
        end = chosen + 1
        while end < len(widths) and sum(widths[start : end + 1]) + GAP <= room:
            end += 1
        return start, end


_HINT = "  or type a range"


def label_width(attributes: Sequence[str]) -> int:
    """Room for the longest name and a gap, in cells."""
    return max(map(cell_len, attributes), default=0) + GAP
