"""Chooser: everything that is chosen before a probe, in one column, or in three lines where there is no room."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from msgspec import Struct
from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, OptionList, Static
from typing_extensions import override

from opinionscope.elicitation import FORMATS, STEERINGS
from opinionscope.survey.text import counted
from opinionscope.tui.items import PickerItem, Search, options_of
from opinionscope.tui.pace import A_MOMENT
from opinionscope.tui.widgets.choice_line import ChoiceLine
from opinionscope.tui.widgets.late import Late
from opinionscope.tui.widgets.picker_field import PickerField
from opinionscope.tui.working import work


class Chosen(Struct, frozen=True):
    """What the chooser shows as chosen.

    Attributes:
        question: key of the question in the list.
        fields: value and detail of the fields "question", "group", "recipe" and "model".
    """

    question: str
    steering: str
    format: str
    fields: Mapping[str, tuple[str, str]]


class QuestionList(OptionList):
    """The questions; Enter runs the one under the cursor, a click only chooses it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "run_wanted", "Run", show=False)]

    def action_run_wanted(self) -> None:
        """Say that the question under the cursor is to be run."""
        self.post_message(Chooser.RunWanted())


class Chooser(Vertical, Late):
    """Shows what is chosen, and says what the user wants instead; it is filled after the first paint.

    Args:
        search: finds the questions for what has been typed.
        chosen: what is chosen at first.
    """

    @dataclass
    class QuestionChosen(Message):
        """Another question."""

        key: str

    class RunWanted(Message):
        """The question under the cursor, and now."""

    def __init__(self, search: Search, chosen: Chosen) -> None:
        super().__init__()
        self._search = search
        self._chosen = chosen
        self._order = ""

    def show(self, chosen: Chosen, *, from_list: bool = False) -> None:
        """Show something else as chosen.

        Args:
            from_list: the cursor in the list brought it; it may be farther on by now, and is left alone.
        """
        self._chosen = chosen
        if not self.is_filled:
            return
        for name, (value, detail) in chosen.fields.items():
            field = self.query_one(f"#{name}", PickerField)
            field.value, field.detail = value, detail
        self.query_one("#steering", ChoiceLine).value = chosen.steering
        self.query_one("#format", ChoiceLine).value = chosen.format
        if not from_list:
            self._mark_question()

    @property
    def is_filled(self) -> bool:
        """Whether the fields are there already."""
        return bool(self.query("#format"))

    @property
    def listed(self) -> Sequence[str]:
        """Keys of the questions in the list, as filtered."""
        if not self.is_filled:
            return [item.key for item in self._search("")]
        return [option.id for option in self.query_one(QuestionList).options if option.id]

    @property
    def has_search_focus(self) -> bool:
        """Whether the search field has the cursor."""
        return any(field.has_focus for field in self.query("#search"))

    def focus_list(self) -> None:
        """Put the cursor on the list of questions, or, where that is out of sight, on the question."""
        if self.is_filled:
            questions = self.query_one(QuestionList)
            (questions if questions.display else self.query_one("#question")).focus()

    def focus_search(self) -> bool:
        """Put the cursor into the search field; False if it is not in sight."""
        if not self.is_filled or not self.query_one(Input).display:
            return False
        self.query_one(Input).focus()
        return True

    def clear_search(self) -> None:
        """Show all questions again, and leave the search field."""
        if self.is_filled:
            self.query_one(Input).value = ""
        self.focus_list()

    def show_first(self) -> bool:
        """Scroll the list to its first question; False if the list is not in sight."""
        is_in_sight = self.is_filled and self.query_one(QuestionList).display
        if is_in_sight:
            self.call_after_refresh(self.query_one(QuestionList).scroll_home, animate=False)
        return is_in_sight

    def renew(self, order: str = "") -> None:
        """List the questions again: there may be others now, or another order, which `order` names."""
        self._order = order
        if self.is_filled:
            self._list(self.query_one(Input).value)

    @override
    async def fill(self) -> None:
        setup = Vertical(
            PickerField("Question", id="question"),
            PickerField("Group", id="group"),
            ChoiceLine("Steering", tuple(STEERINGS), id="steering"),
            ChoiceLine("Format", tuple(FORMATS), id="format"),
            PickerField("How", id="recipe"),
            PickerField("Model", id="model"),
            id="setup",
        )
        await self.mount(
            Input(placeholder="search questions", compact=True, id="search"),
            QuestionList(compact=True, id="questions", markup=False),
            setup,
            Static(id="state", markup=False),
        )
        if not self.is_filled:
            # The program is being left: what was mounted is gone again.
            return
        self._list("")
        self.show(self._chosen)
        self.call_after_refresh(self.focus_list)

    @on(Input.Changed, "#search")
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._search_for(event.value)

    @work(exclusive=True)
    async def _search_for(self, text: str) -> None:
        await asyncio.sleep(A_MOMENT)
        self._list(text)

    @on(Input.Submitted, "#search")
    def _typed_out(self, event: Input.Submitted) -> None:
        event.stop()
        self._list(event.value)
        self.focus_list()
        if self.listed and self._chosen.question not in self.listed:
            self.post_message(self.QuestionChosen(self.listed[0]))

    @on(OptionList.OptionHighlighted, "#questions")
    def _moved(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        if event.option_id and event.option_id != self._chosen.question:
            self.post_message(self.QuestionChosen(event.option_id))

    def _list(self, text: str) -> None:
        items: Sequence[PickerItem] = self._search(text)
        questions = self.query_one(QuestionList)
        with questions.prevent(OptionList.OptionHighlighted):
            questions.set_options(options_of(items, questions.scrollable_content_region.width))
        known = f"{sum(bool(item.figure) for item in items)} of " if self._order else ""
        found = (
            f"{known}{counted(len(items), 'question')}{self._order}" if items else "No question contains these words."
        )
        self.query_one("#state", Static).update(Content(found))
        self._mark_question()

    def _mark_question(self) -> None:
        questions = self.query_one(QuestionList)
        if self._chosen.question in self.listed:
            with questions.prevent(OptionList.OptionHighlighted):
                questions.highlighted = questions.get_option_index(self._chosen.question)
