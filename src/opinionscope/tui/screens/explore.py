"""Explore: choose, ask, and see the humans and the model side by side."""

import asyncio
from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from typing_extensions import override

from opinionscope.alignment.measures import MEASURES
from opinionscope.errors import OpinionscopeError
from opinionscope.local.models import SMALL
from opinionscope.report.worst import DEFAULT_MEASURE, rank
from opinionscope.runs import Run
from opinionscope.runs.prober import Choices
from opinionscope.survey import Library
from opinionscope.survey.question import Question
from opinionscope.tui.actions import Scope, bindings_in
from opinionscope.tui.arrangement import Arrangement
from opinionscope.tui.choosing import choices_of
from opinionscope.tui.items import PickerItem, Search, search_in
from opinionscope.tui.menu import COMPOSE, Menu
from opinionscope.tui.messages import CompareWanted, GridWanted, StudyCardWanted, WritingWanted
from opinionscope.tui.model_choice import ModelChoice
from opinionscope.tui.probe_view import ProbeView
from opinionscope.tui.screens.layout import WIDTHS_OF_A_RUN
from opinionscope.tui.screens.run_screen import RunScreen
from opinionscope.tui.widgets.choice_line import ChoiceLine
from opinionscope.tui.widgets.chooser import Chooser
from opinionscope.tui.widgets.held_view import told_apart
from opinionscope.tui.widgets.key_footer import KeyFooter
from opinionscope.tui.widgets.picker_field import PickerField
from opinionscope.tui.widgets.top_bar import TopBar
from opinionscope.tui.widgets.tour import ENDED, Tour
from opinionscope.tui.working import Failed, work
from opinionscope.values import replace


class ExploreScreen(RunScreen):
    """Has everything chosen beside a view that shows what is known of it, and asks.

    Args:
        first: what is shown at first, a run of the choices of the arrangement.

    Attributes:
        has_toured: whether the tour has been shown since the start.
    """

    CSS_PATH = "explore.tcss"
    HORIZONTAL_BREAKPOINTS = WIDTHS_OF_A_RUN
    AUTO_FOCUS = ""
    SCOPE: ClassVar[Scope] = "explore"
    BINDINGS = bindings_in(SCOPE)

    def __init__(self, arrangement: Arrangement, first: Run) -> None:
        super().__init__()
        self.has_toured = False
        self._arrangement = arrangement
        self._prober = arrangement.prober
        self._menu = Menu(arrangement.library, arrangement.shelf, arrangement.settings.unit)
        self._models = ModelChoice(self, arrangement, self._take_model)
        self._view = ProbeView(arrangement, first)
        self._measure = DEFAULT_MEASURE

    @override
    def compose(self) -> ComposeResult:
        yield TopBar("explore")
        with Horizontal(id="explore"):
            yield Chooser(self._menu.questions, self._menu.chosen(self.choices))
            yield self._view
        yield KeyFooter()

    def on_mount(self) -> None:
        """Show what a live model has answered before; the history is opened after the first paint."""
        if self.choices.is_live:
            self._view.choose(self.choices)

    def on_resize(self) -> None:
        """Scroll to the focused widget, which may be out of sight now."""
        self.call_after_refresh(self._keep_focus_in_sight)

    def _keep_focus_in_sight(self) -> None:
        if self.focused is None or not self.focused.display:
            self._chooser.focus_list()

    @property
    @override
    def view(self) -> ProbeView:
        return self._view

    @property
    def _chooser(self) -> Chooser:
        return self.query_one(Chooser)

    @property
    def choices(self) -> Choices:
        """What is chosen now."""
        return self._view.choices

    @property
    def question(self) -> Question:
        """The question chosen now."""
        return self._menu.question(self.choices)

    # Choosing

    def choose(self, choices: Choices, *, showing: Run | None = None, from_list: bool = False) -> None:
        """Choose something else; a probe under way is cancelled.

        Args:
            showing: the answer to show; the newest one that is known, if it is none.
            from_list: whether the cursor in the list of questions brought it.
        """
        is_same_question = choices.question == self.choices.question
        self._view.choose(choices, showing)
        self._chooser.show(self._menu.chosen(choices), from_list=from_list)
        self._go_on_touring()
        if is_same_question and self._menu.ranking is not None:
            self._rank(is_wanted=False)

    def open(self, wanted: Run | Choices) -> None:
        """Choose something else, or what a saved run asked, and show that run.

        Raises:
            OpinionscopeError: if its question or group is not at hand any more.
        """
        if isinstance(wanted, Choices):
            self.choose(wanted)
        else:
            self.choose(choices_of(wanted, self._prober.library), showing=wanted)

    def _pick(self, title: str, search: Search, current: str, chosen: Callable[[str], None]) -> None:
        from opinionscope.tui.screens.picker import PickerScreen

        PickerScreen(title, search, current).ask(self.app, chosen)

    @on(Chooser.QuestionChosen)
    def _question_chosen(self, event: Chooser.QuestionChosen) -> None:
        self.choose_question(event.key, from_list=True)

    def choose_question(self, key: str, *, from_list: bool = False) -> None:
        """Another question; the group stays if it can."""
        self.choose(self._menu.with_question(self.choices, key), from_list=from_list)

    @on(Chooser.RunWanted)
    def _run_wanted(self) -> None:
        self.action_run()

    @on(PickerField.Opened, "#question")
    def _pick_question(self) -> None:
        self._pick("Question", self._menu.questions, self.choices.question, self.choose_question)

    @on(PickerField.Opened, "#group")
    def action_group(self) -> None:
        """Choose the group."""
        title = "Group: a name, or attribute=value, …"
        self._pick(title, self._menu.groups(self.choices), self._menu.group_key(self.choices), self._choose_group)

    def _choose_group(self, key: str) -> None:
        if key == COMPOSE:
            self._compose_group()
        else:
            self.choose(replace(self.choices, group=key))

    def _compose_group(self) -> None:
        from opinionscope.tui.screens.compose_group import ComposeGroupScreen

        group, unit = self._menu.group(self.choices), self._arrangement.settings.unit
        try:
            screen = ComposeGroupScreen(self._menu.library, self.question, group, unit)
        except OpinionscopeError as error:
            self.post_message(Failed(error))
        else:
            screen.ask(self.app, lambda group: self.choose(self._menu.with_group(self.choices, group)))

    @on(PickerField.Opened, "#model")
    def action_model(self) -> None:
        """Choose or type the model."""
        title = "Model: one of these, any litellm name, or a server's address"
        self._models.list_models(title, self._menu.models(self.choices), self.choices.model)

    def _take_model(self, name: str, api_base: str | None) -> None:
        self.choose(replace(self.choices, model=name, api_base=api_base))
        self._view.get_ready()

    def action_local(self) -> None:
        """Choose the small model of this machine, and ask it; it is fetched first if it is not here."""

        def ask(name: str, api_base: str | None) -> None:
            self._take_model(name, api_base)
            self.action_run()

        ModelChoice(self, self._arrangement, ask).take(SMALL.model, at_once=False)

    @on(ChoiceLine.Changed, "#steering")
    def _steering_changed(self, event: ChoiceLine.Changed) -> None:
        self.choose(replace(self.choices, steering=event.line.value))

    @on(ChoiceLine.Changed, "#format")
    def _format_changed(self, event: ChoiceLine.Changed) -> None:
        self.choose(replace(self.choices, format=event.line.value))

    def action_steering(self) -> None:
        """Next steering method."""
        self.choose(self._menu.with_next_steering(self.choices))

    def action_format(self) -> None:
        """Next expression format."""
        self.choose(self._menu.with_next_format(self.choices))

    @on(PickerField.Opened, "#recipe")
    def action_recipe(self) -> None:
        """Choose the recipe."""
        from opinionscope.tui.screens.recipe import RecipeScreen

        RecipeScreen(self.choices, self._prober.voices, self._view.plan_words).ask(
            self.app, lambda recipe: self.choose(replace(self.choices, recipe=recipe))
        )

    def action_toggle_refused(self) -> None:
        """Keep or drop refusals; the answer is compared again, nothing is sent."""
        is_dropped = self._view.toggle_refusals()
        self.notify("Refusals are dropped on both sides" if is_dropped else "Refusals are kept", timeout=2)

    # The list of questions

    def action_search(self) -> None:
        """Find a question: in the list where it is in sight, else in a window of its own."""
        if not self._chooser.focus_search():
            self._pick_question()

    def action_next_question(self) -> None:
        """Next question of the list."""
        self._step_question(1)

    def action_previous_question(self) -> None:
        """Previous question of the list."""
        self._step_question(-1)

    def _step_question(self, by: int) -> None:
        keys = self._chooser.listed
        if keys:
            at = keys.index(self.choices.question) if self.choices.question in keys else -by
            self.choose_question(keys[(at + by) % len(keys)])

    def action_worst(self) -> None:
        """List the questions with the worst first, or in the usual order again."""
        if self._menu.ranking is None:
            self._rank()
        else:
            self._menu.ranking = None
            self._list_again()

    def action_measure(self) -> None:
        """Choose what the questions are sorted by."""
        items = [PickerItem(name, measure.label, measure.meaning) for name, measure in MEASURES.items()]

        def chosen(name: str) -> None:
            self._measure = name
            self._rank()

        self._pick("Sort the questions by, the worst first", search_in(items), self._measure, chosen)

    @work(exclusive=True, group="rank")
    async def _rank(self, *, is_wanted: bool = True) -> None:
        """Score the questions and list them anew; `is_wanted` says whether the worst is to be looked at now."""
        choices = self.choices
        ranking = await asyncio.to_thread(rank, self._arrangement.collection(), choices, self._measure)
        self._menu.ranking = ranking if ranking.values else None
        self._list_again()
        if not ranking.values:
            asked = f"{choices.model}, {choices.steering}, {choices.format}, for {choices.group}"
            self.notify(f"No answer with {ranking.measure.label} is known: {asked}.", timeout=4, markup=False)
        elif is_wanted and not self._chooser.show_first() and self.is_active:
            title = f"Question, the worst by {ranking.measure.label} first"
            self._pick(title, self._menu.questions, "", self.choose_question)

    def _list_again(self) -> None:
        ranking = self._menu.ranking
        self._chooser.renew("" if ranking is None else f" by {ranking.measure.label}")

    def action_write(self) -> None:
        """Write a question."""
        self.post_message(WritingWanted(None, self.show_library))

    def action_change(self) -> None:
        """Change the question chosen."""
        self.post_message(WritingWanted(self.question, self.show_library))

    def show_library(self, library: Library, question: str) -> None:
        """Use other packs, with the cursor on one of their questions."""
        self._menu.library = library
        self._list_again()
        self.choose_question(question)

    # Asking

    def action_run(self) -> None:
        """Ask the model."""
        self._view.run()

    def action_resume(self) -> None:
        """Ask only for the missing answers of the run shown."""
        if self._view.is_looked_up:
            self._view.resume()

    def action_enough(self) -> None:
        """Stop early and use the answers so far; also after a cancel."""
        self._view.enough()

    async def action_cancel(self) -> None:
        """Cancel the probe under way; else leave the search field, else the tour."""
        if self._view.call is not None:
            self._view.cancel()
        elif self._chooser.has_search_focus:
            self._chooser.clear_search()
        else:
            await self._skip_tour()

    @override
    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "cancel":
            is_searching = any(each.has_search_focus for each in self.query(Chooser))
            return self._view.call is not None or is_searching or bool(self.query(Tour))
        return self._view.can(action)

    @override
    def why_not(self, method: str) -> str:
        if (call := self._view.call) is not None:
            if method != "enough":
                return "The model is being asked; esc cancels."
            return "" if call.enough.is_set() else "There is nothing to stop early; esc cancels."
        return {
            "enough": "No run that was interrupted is shown: there are no answers to score.",
            "resume": "No run that lacks answers is shown: there is nothing to ask again.",
        }.get(method, "")

    # Looking

    @override
    def action_toggle_unit(self) -> None:
        super().action_toggle_unit()
        self._menu.unit = self._view.unit
        self._list_again()

    def action_compare(self) -> None:
        """Compare the result on screen with the pinned one."""
        held: Run | None = getattr(self.app, "held", None)
        if held is None:
            self.notify("Press = to pin this result, change one thing, then press C.", timeout=4)
        else:
            self.post_message(CompareWanted(told_apart(held, self._view.shown)))

    def action_grid(self) -> None:
        """Show the question asked in many ways at once."""
        self.post_message(GridWanted(self.choices))

    @override
    def action_study_card(self) -> None:
        self.post_message(StudyCardWanted(self.question))

    # The tour

    @property
    def likeliest(self) -> str:
        """Id of the action that leads to a live answer, with what is installed; "" if nobody may be asked."""
        from opinionscope.local.serving import has_llama

        if self._prober.refusal is not None:
            return ""
        return "explore.run" if not self.choices.is_recorded else f"explore.{'local' if has_llama() else 'model'}"

    async def show_tour(self) -> None:
        """Begin the tour, or begin it again."""
        self.has_toured = True
        await self._skip_tour()
        await self.mount(Tour(self.choices))
        self._go_on_touring()

    async def _skip_tour(self) -> None:
        await self.query(Tour).remove()
        self.refresh_bindings()

    @on(ProbeView.Began)
    def _began(self, event: ProbeView.Began) -> None:
        for tour in self.query(Tour):
            tour.has_asked |= event.call.draft.is_live
        self._go_on_touring()

    def _go_on_touring(self) -> None:
        for tour in self.query(Tour):
            if not tour.go_on(self.choices, self.likeliest):
                tour.remove()
                self.notify(ENDED, timeout=6)
            self.refresh_bindings()
