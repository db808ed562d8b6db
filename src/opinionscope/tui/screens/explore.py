"""Explore: choose, ask, and see the humans and the model side by side."""

from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Input, OptionList, Static
from textual.worker import Worker
from typing_extensions import override

from opinionscope.elicitation import FORMATS, STEERINGS
from opinionscope.errors import OpinionscopeError
from opinionscope.history import Run
from opinionscope.probe import Choices, Prober
from opinionscope.report import Unit, sample_size
from opinionscope.survey.question import DOMAIN_TITLES, Question
from opinionscope.tui.actions import Scope, bindings_in
from opinionscope.tui.models import ModelShelf
from opinionscope.tui.screens.layout import HEIGHTS, WIDTHS
from opinionscope.tui.screens.picker import Item, PickerScreen, Search, options_of, search_in
from opinionscope.tui.widgets.late_footer import LateFooter
from opinionscope.tui.widgets.picker_field import ChoiceLine, PickerField
from opinionscope.tui.widgets.run_view import RunView
from opinionscope.tui.widgets.top_bar import TopBar


class ExploreScreen(Screen[None]):
    """Sends choices to the prober, shows the runs that come back."""

    CSS_PATH = "explore.tcss"
    HORIZONTAL_BREAKPOINTS = WIDTHS
    VERTICAL_BREAKPOINTS = HEIGHTS
    SCOPE: ClassVar[Scope] = "explore"
    BINDINGS = bindings_in(SCOPE)

    class Arrived(Message):
        """More of a live answer has arrived."""

        def __init__(self, run: Run, text: str) -> None:
            super().__init__()
            self.run = run
            self.text = text

        @override
        def can_replace(self, message: Message) -> bool:
            return isinstance(message, ExploreScreen.Arrived)

    class Finished(Message):
        """A run has ended, whatever its status."""

        def __init__(self, run: Run, *, kept: bool) -> None:
            super().__init__()
            self.run = run
            self.kept = kept

    def __init__(self, prober: Prober, shelf: ModelShelf, choices: Choices, unit: Unit = "nats") -> None:
        super().__init__()
        self._prober = prober
        self._shelf = shelf
        self._choices = choices
        self._start_base = choices.api_base
        self._unit = unit
        self._worker: Worker[None] | None = None

    @override
    def compose(self) -> ComposeResult:
        yield TopBar("explore")
        with Horizontal(id="explore"):
            with Vertical(id="chooser"):
                yield Input(placeholder="search questions", compact=True, id="search")
                yield OptionList(compact=True, id="questions", markup=False)
                with Vertical(id="setup"):
                    yield PickerField("Question", id="question")
                    yield PickerField("Group", id="group")
                    yield ChoiceLine("Steering", {n: m.summary for n, m in STEERINGS.items()}, id="steering")
                    yield ChoiceLine("Format", {n: f.summary for n, f in FORMATS.items()}, id="format")
                    yield PickerField("Model", id="model")
                yield Static(id="state", markup=False)
            yield RunView(self._unit)
        yield LateFooter()

    def on_mount(self) -> None:
        """Fill the list and show the first choices."""
        self._fill_questions("")
        self._show_choices()
        self.query_one(RunView).show(self._prober.draft(self._choices))
        self.query_one("#questions").focus()
        self.call_after_refresh(self._look_up, self._choices)

    # Choosing

    @property
    def choices(self) -> Choices:
        """What is chosen now."""
        return self._choices

    @property
    def question(self) -> Question:
        """The question chosen now."""
        return self._prober.library.question(self._choices.question)

    @on(Input.Changed, "#search")
    def _searched(self, event: Input.Changed) -> None:
        self._fill_questions(event.value)

    @on(Input.Submitted, "#search")
    def _search_done(self) -> None:
        self.query_one("#questions").focus()

    @on(OptionList.OptionHighlighted, "#questions")
    def _question_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        if event.option_id and event.option_id != self._choices.question:
            self._choose_question(event.option_id)

    @on(OptionList.OptionSelected, "#questions")
    def _question_selected(self) -> None:
        self.action_run()

    @on(PickerField.Opened, "#question")
    def _pick_question(self) -> None:
        self._pick("Question", self._items, self._choices.question, self._choose_question)

    @on(PickerField.Opened, "#group")
    def action_group(self) -> None:
        """Choose the group."""
        question, library = self.question, self._prober.library
        items = [
            Item(group.name, group.name, f"{group.expression} · {sample_size(library.human(question, group))}")
            for group in library.groups(question)
        ]
        self._pick(
            "Group", search_in(items), self._choices.group, lambda key: self._apply(replace(self._choices, group=key))
        )

    @on(PickerField.Opened, "#model")
    def action_model(self) -> None:
        """Choose or type the model."""
        self._pick(
            "Model: recorded, or any litellm name",
            search_in(self._shelf.items()),
            self._choices.model,
            self._choose_model,
            free_text="Ask",
        )

    def _choose_model(self, name: str) -> None:
        """Another model, with the server it is on; the settings' server stays for those that name none."""
        api_base = self._shelf.api_base(name) or self._start_base
        self._apply(replace(self._choices, model=name, api_base=api_base))

    @on(ChoiceLine.Changed, "#steering")
    def _steering_changed(self, event: ChoiceLine.Changed) -> None:
        self._apply(replace(self._choices, steering=event.value))

    @on(ChoiceLine.Changed, "#format")
    def _format_changed(self, event: ChoiceLine.Changed) -> None:
        self._apply(replace(self._choices, format=event.value))

    def action_steering(self) -> None:
        """Next steering method."""
        self.query_one("#steering", ChoiceLine).action_step(1)

    def action_format(self) -> None:
        """Next expression format."""
        self.query_one("#format", ChoiceLine).action_step(1)

    def action_search(self) -> None:
        """Find a question: in the list where it is in sight, else in a window of its own."""
        search = self.query_one("#search", Input)
        if search.display and search.region:
            search.focus()
        else:
            self._pick_question()

    def action_next_question(self) -> None:
        """Next question of the list."""
        self._step_question(1)

    def action_previous_question(self) -> None:
        """Previous question of the list."""
        self._step_question(-1)

    def action_toggle_refused(self) -> None:
        """Keep or drop refusals."""
        self._apply(replace(self._choices, drop_nonresponse=not self._choices.drop_nonresponse))
        self.notify("Refusals are dropped on both sides" if self._choices.drop_nonresponse else "Refusals are kept")

    def _pick(
        self, title: str, search: Search, current: str, chosen: Callable[[str], None], free_text: str = ""
    ) -> None:
        def picked(key: str | None) -> None:
            if key is not None:
                chosen(key)

        self.app.push_screen(PickerScreen(title, search, current, free_text), picked)

    def _items(self, text: str) -> list[Item]:
        return [
            Item(f"{q.dataset}/{q.id}", q.title, "", "" if text else DOMAIN_TITLES.get(q.domain, q.domain))
            for q in self._prober.library.search(text)
        ]

    def _fill_questions(self, text: str) -> None:
        items = self._items(text)
        options = self.query_one("#questions", OptionList)
        options.set_options(options_of(items))
        self.query_one("#state", Static).update(
            Content(f"{len(items)} questions" if items else "No question has these words.")
        )
        self._mark_question()

    def _mark_question(self) -> None:
        options = self.query_one("#questions", OptionList)
        if any(option.id == self._choices.question for option in options.options):
            options.highlighted = options.get_option_index(self._choices.question)

    def _step_question(self, by: int) -> None:
        keys = [option.id for option in self.query_one("#questions", OptionList).options if option.id]
        if keys:
            at = keys.index(self._choices.question) if self._choices.question in keys else -by
            self._choose_question(keys[(at + by) % len(keys)])

    def _choose_question(self, key: str) -> None:
        """Another question; the group stays if that question's pack has it."""
        library = self._prober.library
        names = [group.name for group in library.groups(library.question(key))]
        group = self._choices.group if self._choices.group in names or not names else names[0]
        self._apply(replace(self._choices, question=key, group=group))

    def _apply(self, choices: Choices) -> None:
        self._choices = choices
        self._show_choices()
        self._look_up(choices)

    def _show_choices(self) -> None:
        choices, library, question = self._choices, self._prober.library, self.question
        group = library.group(question, choices.group)
        field = self.query_one("#question", PickerField)
        field.value, field.detail = question.title, question.dataset
        field = self.query_one("#group", PickerField)
        field.value, field.detail = group.name, sample_size(library.human(question, group))
        self.query_one("#steering", ChoiceLine).value = choices.steering
        self.query_one("#format", ChoiceLine).value = choices.format
        field = self.query_one("#model", PickerField)
        field.value, field.detail = choices.model, choices.api_base or ""
        self._mark_question()

    # Asking

    @work(exclusive=True, group="run", exit_on_error=False)
    async def _look_up(self, choices: Choices) -> None:
        """Show what is known before anybody is asked: the humans, and a recorded answer."""
        try:
            if choices.model.startswith("recorded/"):
                self.post_message(self.Finished(await self._prober.peek(choices), kept=False))
            else:
                self.query_one(RunView).show(self._prober.draft(choices), hint="Press r to ask the model.")
        except OpinionscopeError as error:
            self.notify(error.message, title=error.title, severity="error", markup=False)

    def action_run(self) -> None:
        """Ask the model."""
        self._worker = self._ask(self._choices)

    @work(exclusive=True, group="run", exit_on_error=False)
    async def _ask(self, choices: Choices) -> None:
        try:
            draft = self._prober.draft(choices)
            self.query_one(RunView).show(draft, hint=f"Asking {choices.model} …   esc cancels")

            def arrived(text: str) -> None:
                self.post_message(self.Arrived(draft, text))

            await self._prober.run(choices, on_text=arrived, on_run=self._show_finished)
        except OpinionscopeError as error:
            self.notify(error.message, title=error.title, severity="error", markup=False)

    def _show_finished(self, run: Run) -> None:
        self.post_message(self.Finished(run, kept=True))

    @on(Arrived)
    def _arrived(self, event: Arrived) -> None:
        elicitation = event.run.elicitation
        partial = FORMATS[elicitation.format].preview(event.text, elicitation.question)
        self.query_one(RunView).show(
            event.run, hint="Answering …   esc cancels", partial=partial, partial_text=event.text
        )

    @on(Finished)
    def _finished(self, event: Finished) -> None:
        self.query_one(RunView).show(event.run)
        if event.kept:
            self.notify("Kept in the history", timeout=2)

    def action_cancel(self) -> None:
        """Cancel the call under way; else leave the search field."""
        if self._worker is not None and self._worker.is_running:
            self._worker.cancel()
            self.query_one(RunView).show(self._prober.draft(self._choices), hint="Cancelled.   Press r to ask again.")
        else:
            self.query_one("#questions").focus()

    # Looking

    def action_detail(self, detail: str) -> None:
        """Show the prompt, the answer or the reading."""
        self.query_one(RunView).open_detail(detail)

    def action_toggle_unit(self) -> None:
        """Nats or bits."""
        self.query_one(RunView).toggle_unit()
