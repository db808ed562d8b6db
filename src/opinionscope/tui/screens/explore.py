"""Explore: choose, ask, and see the humans and the model side by side."""

import time
from contextlib import suppress
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal
from typing_extensions import override

from opinionscope.errors import OpinionscopeError
from opinionscope.local.models import SMALL
from opinionscope.report.words import plan_words
from opinionscope.runs import Run
from opinionscope.runs.prober import Choices
from opinionscope.survey import Library
from opinionscope.survey.question import Question
from opinionscope.tui.actions import Scope, actions_in, bindings_in
from opinionscope.tui.arrangement import Arrangement
from opinionscope.tui.choosing import choices_of
from opinionscope.tui.items import search_in
from opinionscope.tui.menu import COMPOSE
from opinionscope.tui.messages import CompareWanted, GridWanted, HoldWanted, StudyCardWanted, WritingWanted
from opinionscope.tui.screens.asking import ANSWERED
from opinionscope.tui.screens.layout import WIDTHS_OF_A_RUN
from opinionscope.tui.screens.touring import TouringScreen
from opinionscope.tui.widgets.choice_line import ChoiceLine
from opinionscope.tui.widgets.chooser import Chooser
from opinionscope.tui.widgets.held_view import told_apart
from opinionscope.tui.widgets.key_footer import KeyFooter
from opinionscope.tui.widgets.picker_field import PickerField
from opinionscope.tui.widgets.run_view import RunView
from opinionscope.tui.widgets.top_bar import TopBar
from opinionscope.tui.working import Failed, work
from opinionscope.values import replace

IN_SIGHT = 3.0
"""Seconds that it is shown why a key does nothing."""


class ExploreScreen(TouringScreen):
    """Sends choices to the prober, shows the runs that come back.

    Args:
        first: what is shown at first, a run of the choices of the arrangement.
    """

    CSS_PATH = "explore.tcss"
    HORIZONTAL_BREAKPOINTS = WIDTHS_OF_A_RUN
    AUTO_FOCUS = ""
    SCOPE: ClassVar[Scope] = "explore"
    BINDINGS = bindings_in(SCOPE)

    def __init__(self, arrangement: Arrangement, first: Run) -> None:
        super().__init__(arrangement)
        self._first = first
        self._told: dict[str, float] = {}  # why a key does nothing, and when that was said

    @override
    def compose(self) -> ComposeResult:
        yield TopBar("explore")
        with Horizontal(id="explore"):
            yield Chooser(self._menu.questions, self._menu.chosen(self._choices))
            yield RunView(self._first, self._menu.unit, self.hint_for(self._first))
        yield KeyFooter()

    def on_mount(self) -> None:
        """Show what a live model has answered before; the history is opened after the first paint."""
        if self._choices.is_live:
            self._look_up()

    def on_resize(self) -> None:
        """Scroll to the focused widget, which may be out of sight now."""
        self.call_after_refresh(self._keep_focus_in_sight)

    def _keep_focus_in_sight(self) -> None:
        if self.focused is None or not self.focused.display:
            self.query_one(Chooser).focus_list()

    # Choosing

    @property
    def question(self) -> Question:
        """The question chosen now."""
        return self._menu.question(self._choices)

    def choose(self, choices: Choices, *, from_list: bool = False) -> None:
        """Choose something else; a running call is cancelled."""
        is_same_question = choices.question == self._choices.question
        self._choices = choices
        self._give_up()
        self.query_one(Chooser).show(self._menu.chosen(choices), from_list=from_list)
        self._look_up()
        if is_same_question:
            self.rank_again()

    @on(Chooser.QuestionChosen)
    def _question_chosen(self, event: Chooser.QuestionChosen) -> None:
        self.choose_question(event.key, from_list=True)

    @override
    def choose_question(self, key: str, *, from_list: bool = False) -> None:
        """Another question; the group stays if it can."""
        self.choose(self._menu.with_question(self._choices, key), from_list=from_list)

    @on(Chooser.RunWanted)
    def _run_wanted(self) -> None:
        self.action_run()

    @on(PickerField.Opened, "#question")
    def _pick_question(self) -> None:
        self._pick("Question", self._menu.questions, self._choices.question, self.choose_question)

    @on(PickerField.Opened, "#group")
    def action_group(self) -> None:
        """Choose the group."""
        title = "Group: a name, or attribute=value, …"
        self._pick(title, self._menu.groups(self._choices), self._menu.group_key(self._choices), self._choose_group)

    def _choose_group(self, key: str) -> None:
        if key == COMPOSE:
            self._compose_group()
        else:
            self.choose(replace(self._choices, group=key))

    def _compose_group(self) -> None:
        from opinionscope.tui.screens.compose_group import ComposeGroupScreen

        group, unit = self._menu.group(self._choices), self._arrangement.settings.unit
        try:
            screen = ComposeGroupScreen(self._menu.library, self.question, group, unit)
        except OpinionscopeError as error:
            self.post_message(Failed(error))
        else:
            screen.ask(self.app, lambda group: self.choose(self._menu.with_group(self._choices, group)))

    @on(PickerField.Opened, "#model")
    def action_model(self) -> None:
        """Choose or type the model."""
        title = "Model: one of these, any litellm name, or a server's address"
        models = self._menu.models(self._choices)
        picker = self._pick(
            title, models, self._choices.model, self._choose_model, "Ask", self._mark_model, self._ask_address
        )
        self._menu.shelf.when_full(picker.renew)

    def _mark_model(self, name: str) -> None:
        try:
            self._menu.shelf.toggle_favourite(name)
        except OpinionscopeError as error:
            self.post_message(Failed(error))

    def _choose_model(self, name: str) -> None:
        if "://" in name:
            self._choose_server(name)
        elif self._menu.shelf.needs_address(name):
            self._ask_address(name)
        else:
            from opinionscope.tui.screens.fetch import with_model

            def take() -> None:
                self._take_model(self._menu.with_model(self._choices, name))

            with_model(self.app, self._menu.shelf, name, take, at_once=True)

    @work(exclusive=True, group="server")
    async def _choose_server(self, address: str) -> None:
        """Choose one of the models that a server lists."""
        if self._prober.refusal is not None:
            raise self._prober.refusal
        from opinionscope.respondents.catalog import server_models

        cards = await server_models(address)
        base = cards[0].api_base

        def take(name: str) -> None:
            self._take_model(replace(self._choices, model=name, api_base=base))

        self._pick(f"Models at {base}", search_in(self._menu.shelf.of_server(cards)), "", take)

    def _ask_address(self, name: str) -> None:
        """Ask for the server of a model; without one it is asked at its provider's own."""
        from opinionscope.tui.screens.address import AddressScreen

        AddressScreen(name, self._menu.shelf.api_base(name) or "").ask(
            self.app,
            lambda address: self._take_model(replace(self._choices, model=name, api_base=address or None)),
        )

    def _take_model(self, choices: Choices) -> None:
        self.choose(choices)
        self._get_ready(choices)

    def action_local(self) -> None:
        """Choose the small model of this machine, and ask it; it is fetched first if it is not here."""
        from opinionscope.tui.screens.fetch import with_model

        def ask() -> None:
            self._take_model(self._menu.with_model(self._choices, SMALL.model))
            self.action_run()

        with_model(self.app, self._menu.shelf, SMALL.model, ask)

    @work(exclusive=True, group="load")
    async def _get_ready(self, choices: Choices) -> None:
        """Load litellm, or start a model on this machine, as soon as it is chosen, before it is asked."""
        with suppress(OpinionscopeError):
            if self._arrangement.opened.needs_litellm(choices.model, choices.api_base):
                from opinionscope.respondents.loading import load

                await load()
            else:
                await self._prober.start(choices)

    @on(ChoiceLine.Changed, "#steering")
    def _steering_changed(self, event: ChoiceLine.Changed) -> None:
        self.choose(replace(self._choices, steering=event.line.value))

    @on(ChoiceLine.Changed, "#format")
    def _format_changed(self, event: ChoiceLine.Changed) -> None:
        self.choose(replace(self._choices, format=event.line.value))

    def action_steering(self) -> None:
        """Next steering method."""
        self.choose(self._menu.with_next_steering(self._choices))

    def action_format(self) -> None:
        """Next expression format."""
        self.choose(self._menu.with_next_format(self._choices))

    @on(PickerField.Opened, "#recipe")
    def action_recipe(self) -> None:
        """Choose the recipe."""
        from opinionscope.tui.screens.recipe import RecipeScreen

        RecipeScreen(self._choices, self._prober.voices, self._plan).ask(
            self.app, lambda recipe: self.choose(replace(self._choices, recipe=recipe))
        )

    def _plan(self, choices: Choices) -> str:
        if choices.is_recorded:
            return "The answers of a recorded model are fixed: these options apply to live models only."
        return plan_words(self._prober.draft(choices))

    def action_search(self) -> None:
        """Find a question: in the list where it is in sight, else in a window of its own."""
        if not self.query_one(Chooser).focus_search():
            self._pick_question()

    def action_next_question(self) -> None:
        """Next question of the list."""
        self._step_question(1)

    def action_previous_question(self) -> None:
        """Previous question of the list."""
        self._step_question(-1)

    def action_write(self) -> None:
        """Write a question."""
        self.post_message(WritingWanted(None, self.show_library))

    def action_change(self) -> None:
        """Change the question chosen."""
        self.post_message(WritingWanted(self.question, self.show_library))

    def show_library(self, library: Library, question: str) -> None:
        """Use other packs, with the cursor on one of their questions."""
        self._menu.library = library
        self.list_again()
        self.choose_question(question)

    def action_toggle_refused(self) -> None:
        """Keep or drop refusals; the answer is compared again, nothing is sent."""
        drop = not self._choices.drop_nonresponse
        self._choices = replace(self._choices, drop_nonresponse=drop)
        if self._call is None:
            self._show(self.query_one(RunView).shown)
        else:
            self._drawing.want()
        self.notify("Refusals are dropped on both sides" if drop else "Refusals are kept", timeout=2)

    def _step_question(self, by: int) -> None:
        keys = self.query_one(Chooser).listed
        if keys:
            at = keys.index(self._choices.question) if self._choices.question in keys else -by
            self.choose_question(keys[(at + by) % len(keys)])

    # Asking

    @override
    def action_cancel(self) -> None:
        """Cancel the running probe; else leave the search field, else the tour."""
        if self._call is not None:
            super().action_cancel()
        elif self.is_touring and not self.query_one(Chooser).has_search_focus:
            self.skip_tour()
        else:
            self.query_one(Chooser).clear_search()

    @override
    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "cancel":
            return self.has_more_to_cancel or self.is_touring
        return super().check_action(action, parameters)

    def on_key(self, event: events.Key) -> None:
        """Say why a key does nothing now, once while that is in sight."""
        if event.key in self.active_bindings:
            return
        chosen, now = getattr(self.app, "chosen_keys", {}), time.monotonic()
        for action in actions_in(self.SCOPE):
            why = self._why_not(action.method) if event.key in chosen.get(action.id, action.keys).split(",") else ""
            if why and now > self._told.get(why, -IN_SIGHT) + IN_SIGHT:
                self._told[why] = now
                self.notify(why, timeout=IN_SIGHT)

    def _why_not(self, method: str) -> str:
        if self.check_action(method, ()):
            return ""
        if (call := self._call) is not None:
            if method != "enough":
                return "The model is being asked; esc cancels."
            return "" if call.enough.is_set() else "There is nothing to stop early; esc cancels."
        return {
            "enough": "No run that was interrupted is shown: there are no answers to score.",
            "resume": "No run that lacks answers is shown: there is nothing to ask again.",
        }.get(method, "")

    # Looking

    def action_detail(self, detail: str) -> None:
        """Show the prompt, the answer or the reading."""
        self.query_one(RunView).open_detail(detail)

    def action_turn_page(self, by: int) -> None:
        """Scroll the run, where the cursor is not on a list that scrolls itself."""
        self.query_one(RunView).turn_page(by)

    def action_copy(self) -> None:
        """Copy the result, or the tab that has the focus."""
        self.query_one(RunView).copy()

    def action_write_chart(self) -> None:
        """Draw the chart into files."""
        self.query_one(RunView).write_chart()

    def action_toggle_unit(self) -> None:
        """Nats or bits."""
        self._menu.unit = self.query_one(RunView).toggle_unit()
        self.list_again()

    def action_hold(self) -> None:
        """Pin the result on screen, or no longer."""
        self.post_message(HoldWanted(self.query_one(RunView).shown))

    def action_compare(self) -> None:
        """Compare the result on screen with the pinned one."""
        held: Run | None = getattr(self.app, "held", None)
        if held is None:
            self.notify("Press = to pin this result, change one thing, then press C.", timeout=4)
        else:
            self.post_message(CompareWanted(told_apart(held, self.query_one(RunView).shown)))

    def open(self, wanted: Run | Choices) -> None:
        """Choose something else, or what a saved run asked, and show its answer.

        Raises:
            OpinionscopeError: if its question or group is not at hand any more.
        """
        choices = wanted if isinstance(wanted, Choices) else choices_of(wanted, self._prober.library)
        if isinstance(wanted, Run) and wanted.status in ANSWERED and not wanted.is_recorded:
            self._remember(choices, wanted)
        self.choose(choices)

    def action_grid(self) -> None:
        """Show the question asked in many ways at once."""
        self.post_message(GridWanted(self._choices))

    def action_study_card(self) -> None:
        """Show where the question and its people come from."""
        self.post_message(StudyCardWanted(self.question))
