"""FormField: a name, one sentence on what is typed, and the place to type it."""

from collections.abc import Mapping
from typing import Literal

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static, TextArea
from textual.widgets.text_area import Edit, EditResult
from typing_extensions import override

from opinionscope.survey.text import clean
from opinionscope.tui.styles import MUTED
from opinionscope.values import replace

State = Literal["hint", "problem", "fine"]

STATE_STYLES: Mapping[State, str] = {"hint": MUTED, "problem": "$error", "fine": "$success"}
STATE_MARKS: Mapping[State, str] = {"hint": "", "problem": "✗ ", "fine": "✓ "}


class CleanInput(Input):
    """Shows pasted control characters, and obeys none."""

    def validate_value(self, value: str) -> str:
        """The line as it may be shown."""
        return clean(value).replace("\n", " ")


class CleanArea(TextArea):
    """Shows pasted control characters, and obeys none."""

    @override
    def edit(self, edit: Edit) -> EditResult:
        return super().edit(replace(edit, text=clean(edit.text)))


class FormField(Vertical):
    """One line, or several, of free text.

    Args:
        label: the field's name on screen.
        example: stands in the empty field.
        lines: how many rows there are to type in, at least.
    """

    class Changed(Message):
        """Something was typed."""

    def __init__(self, label: str, value: str = "", *, example: str = "", lines: int = 1, id: str) -> None:
        super().__init__(id=id, classes="-several" if lines > 1 else "")
        self._label = label
        self._first = value
        self._example = example
        self._lines = lines
        self.styles.min_height = lines + 1

    @override
    def compose(self) -> ComposeResult:
        yield Static(classes="field-state", markup=False)
        if self._lines == 1:
            yield CleanInput(self._first, placeholder=self._example, compact=True)
            return
        area = CleanArea(
            self._first,
            soft_wrap=True,
            show_line_numbers=False,
            tab_behavior="focus",
            compact=True,
            highlight_cursor_line=False,
            placeholder=Content(self._example),
        )
        area.styles.min_height = self._lines
        yield area

    @property
    def value(self) -> str:
        """What is typed."""
        return self.query_one(Input).value if self._lines == 1 else self.query_one(TextArea).text

    def tell(self, sentence: str, state: State) -> None:
        """Say something about what is typed."""
        self.set_class(state == "problem", "-problem")
        self.query_one(".field-state", Static).update(
            Content.assemble((self._label, "bold"), "  ", (STATE_MARKS[state] + sentence, STATE_STYLES[state]))
        )

    def take_focus(self) -> None:
        """Put the cursor here."""
        self.query_one(Input if self._lines == 1 else TextArea).focus()

    def on_descendant_focus(self) -> None:
        """Bring the name into sight with the place to type."""
        self.add_class("-here")
        self.scroll_visible(animate=False)

    def on_descendant_blur(self) -> None:
        """The cursor is elsewhere."""
        self.remove_class("-here")

    @on(Input.Changed)
    @on(TextArea.Changed)
    def _typed(self, event: Message) -> None:
        event.stop()
        self.post_message(self.Changed())

    @on(Input.Submitted)
    def _typed_out(self, event: Message) -> None:
        event.stop()
        self.screen.focus_next()
