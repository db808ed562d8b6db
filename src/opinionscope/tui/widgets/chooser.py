"""Chooser: everything that is chosen before a probe, in one column, or in three lines where there is no room."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from textual import on
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, OptionList, Static

from opinionscope.elicitation import FORMATS, STEERINGS
from opinionscope.tui.items import Item, Search, options_of
from opinionscope.tui.widgets.choice_line import ChoiceLine
from opinionscope.tui.widgets.picker_field import PickerField


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the chooser shows as chosen.

    Attributes:
        question: key of the question in the list.
        fields: value and detail of the fields "question", "group" and "model".
    """

    question: str
    steering: str
    format: str
    fields: Mapping[str, tuple[str, str]]


class Chooser(Vertical):
    """Shows what is chosen, and says what the user wants instead; it is filled after the first paint.

    Args:
        search: finds the questions for what has been typed.
        chosen: what is chosen at first.
    """

    class QuestionChosen(Message):
        """Another question."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    class RunWanted(Message):
        """The question under the cursor, and now."""

    def __init__(self, search: Search, chosen: Chosen) -> None:
        super().__init__()
        self._search = search
        self._chosen = chosen

    def on_mount(self) -> None:
        """Fill the place later."""
        self.call_after_refresh(self._fill)

    def show(self, chosen: Chosen) -> None:
        """Show something else as chosen."""
        self._chosen = chosen
        if not self.is_filled:
            return
        for name, (value, detail) in chosen.fields.items():
            field = self.query_one(f"#{name}", PickerField)
            field.value, field.detail = value, detail
        self.query_one("#steering", ChoiceLine).value = chosen.steering
        self.query_one("#format", ChoiceLine).value = chosen.format
        self._mark_question()

    @property
    def is_filled(self) -> bool:
        """Whether the fields are there already."""
        return bool(self.query("#format"))

    @property
    def listed(self) -> Sequence[str]:
        """Keys of the questions in the list, as filtered."""
        return [option.id for option in self.query_one(OptionList).options if option.id]

    def focus_list(self) -> None:
        """Put the cursor on the list of questions, where that is in sight."""
        self.query_one(OptionList).focus()

    def focus_search(self) -> bool:
        """Put the cursor into the search field; False if it is not in sight."""
        field = self.query_one(Input)
        if field.region:
            field.focus()
        return bool(field.region)

    async def _fill(self) -> None:
        setup = Vertical(
            PickerField("Question", id="question"),
            PickerField("Group", id="group"),
            ChoiceLine("Steering", tuple(STEERINGS), id="steering"),
            ChoiceLine("Format", tuple(FORMATS), id="format"),
            PickerField("Model", id="model"),
            id="setup",
        )
        await self.mount(
            Input(placeholder="search questions", compact=True, id="search"),
            OptionList(compact=True, id="questions", markup=False),
            setup,
            Static(id="state", markup=False),
        )
        self._list("")
        self.show(self._chosen)
        self.focus_list()

    @on(Input.Changed, "#search")
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._list(event.value)

    @on(Input.Submitted, "#search")
    def _typed_out(self, event: Input.Submitted) -> None:
        event.stop()
        self.focus_list()

    @on(OptionList.OptionHighlighted, "#questions")
    def _moved(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        if event.option_id and event.option_id != self._chosen.question:
            self.post_message(self.QuestionChosen(event.option_id))

    @on(OptionList.OptionSelected, "#questions")
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.post_message(self.RunWanted())

    def _list(self, text: str) -> None:
        items: Sequence[Item] = self._search(text)
        self.query_one(OptionList).set_options(options_of(items))
        self.query_one("#state", Static).update(
            Content(f"{len(items)} questions" if items else "No question has these words.")
        )
        self._mark_question()

    def _mark_question(self) -> None:
        options = self.query_one(OptionList)
        if self._chosen.question in self.listed:
            options.highlighted = options.get_option_index(self._chosen.question)
