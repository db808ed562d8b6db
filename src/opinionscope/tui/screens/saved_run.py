"""SavedRunScreen: one run of the history, as it was shown when it was made; it can be resumed and asked again here."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.message import Message
from textual.timer import Timer
from typing_extensions import override

from opinionscope.errors import OpinionscopeError
from opinionscope.runs import Run, rescore
from opinionscope.runs.job import Watch
from opinionscope.runs.prober import Choices
from opinionscope.tui.actions import Scope, bindings_in
from opinionscope.tui.arrangement import Arrangement
from opinionscope.tui.calls import FRAMES_A_SECOND, CallUnderWay
from opinionscope.tui.choosing import choices_of
from opinionscope.tui.items import search_in
from opinionscope.tui.keeping import ask_note, ask_tags, set_tags
from opinionscope.tui.messages import CompareWanted, ExploreWanted, HoldWanted, KeepingChanged, StudyCardWanted
from opinionscope.tui.screens.layout import WIDTHS_OF_A_RUN
from opinionscope.tui.screens.window import Above
from opinionscope.tui.widgets.key_footer import KeyFooter
from opinionscope.tui.widgets.run_facts import RunFacts
from opinionscope.tui.widgets.run_view import RunView
from opinionscope.tui.widgets.top_bar import TopBar
from opinionscope.tui.working import Failed, work
from opinionscope.values import replace

NEVER_ENDED = "Still running when this was opened, or never finished: the program may have been killed."
Ask = Callable[[Watch], Awaitable[Run]]


class SavedRunScreen(Above):
    """Shows a run that was kept."""

    @dataclass
    class Came(Message):
        """More of the answers that were missing."""

        run: Run

        @override
        def can_replace(self, message: Message) -> bool:
            return isinstance(message, SavedRunScreen.Came)

    @dataclass
    class Ended(Message):
        """All calls have ended."""

        run: Run

    CSS_PATH = "saved_run.tcss"
    AUTO_FOCUS = "RunView"
    HORIZONTAL_BREAKPOINTS = WIDTHS_OF_A_RUN
    SCOPE: ClassVar[Scope] = "saved run"
    BINDINGS = bindings_in(SCOPE)

    def __init__(self, run: Run, arrangement: Arrangement) -> None:
        super().__init__()
        self._history = arrangement.history
        self._prober = arrangement.prober
        self._shelf = arrangement.shelf
        self._call: CallUnderWay | None = None
        self._wheel: Timer | None = None
        self._unit = arrangement.settings.unit
        self._saved = run
        self._before: Run | None = None

    @override
    def compose(self) -> ComposeResult:
        yield TopBar("history")
        yield RunFacts(self._saved, self._prober.now)
        yield RunView(self._saved, self._unit, hint=hint_for(self._saved))
        yield KeyFooter()

    @override
    def action_back(self) -> None:
        """Cancel the running calls and save the answers so far; else go back to the list."""
        if self._call is not None and self._call.worker is not None:
            self._call.worker.cancel()
        else:
            super().action_back()

    # Asking

    def action_resume(self) -> None:
        """Ask only for the missing answers."""
        call = CallUnderWay(self._saved, is_resumed=True, answered=len(self._saved.whole))
        self._begin(call, lambda watch: self._prober.resume(self._saved.id, watch))

    def action_again(self) -> None:
        """Ask the same again, as it was; the answers are a run of their own."""
        run = self._saved
        blank = replace(run, status="running", replies=(), reading=None, alignment=None, error="", error_title="")
        self._begin(CallUnderWay(blank), lambda watch: self._prober.again(run, watch))

    def action_other_model(self) -> None:
        """Choose another model, and ask it the same."""
        from opinionscope.tui.screens.fetch import with_model
        from opinionscope.tui.screens.picker import PickerScreen

        try:
            choices = choices_of(self._saved, self._prober.library)
        except OpinionscopeError as error:
            self.post_message(Failed(error))
            return

        def picked(model: str) -> None:
            asked = replace(choices, model=model, api_base=self._shelf.api_base(model))
            with_model(self.app, self._shelf, model, lambda: self._ask_model(asked), at_once=True)

        picker = PickerScreen(
            "Ask which model the same?", lambda text: search_in(self._shelf.items())(text), "", free_text="Ask"
        )
        picker.ask(self.app, picked)
        self._shelf.when_full(picker.renew)

    def _ask_model(self, choices: Choices) -> None:
        try:
            draft = self._prober.draft(choices)
        except OpinionscopeError as error:
            self.post_message(Failed(error))
        else:
            self._begin(CallUnderWay(draft, choices), lambda watch: self._prober.run(choices, watch))

    def _begin(self, call: CallUnderWay, ask: Ask) -> None:
        self._call = call
        call.worker = self._ask(call, ask)
        self._wheel = self.set_interval(1 / FRAMES_A_SECOND, self._turn)
        if not call.is_resumed:
            self.query_one(RunView).show(call.draft, hint=" ", waiting=call.words())
        self.refresh_bindings()

    @work(group="ask")
    async def _ask(self, call: CallUnderWay, ask: Ask) -> None:
        def ended(run: Run) -> None:
            call.has_ended = True
            self.post_message(self.Ended(run))

        watch = Watch(on_part=lambda run: self.post_message(self.Came(run)), on_attempt=call.delay, on_run=ended)
        try:
            await ask(watch)
        finally:
            if not call.has_ended:
                ended(self._saved)
            self.post_message(KeepingChanged())

    @work(group="ask")
    async def action_score(self) -> None:
        """Score the run with the answers so far."""
        try:
            self.post_message(self.Ended(await self._prober.score(self._saved)))
        finally:
            self.post_message(KeepingChanged())

    @override
    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        run = self._saved
        if action == "again" and run.kind == "person":
            return False
        if action in ("again", "other_model", "explore"):
            return self._call is None and run.status != "running"
        if action in ("compare", "hold", "today"):
            return run.alignment is not None or action == "today"
        if action == "resume":
            return self._call is None and run.status != "running" and run.is_live and not run.is_complete
        if action == "score":
            return self._call is None and run.is_interrupted and bool(run.whole)
        return True

    @on(Came)
    def _came(self, event: Came) -> None:
        if self._call is not None:
            self._call.answered = len(event.run.whole)
            self.query_one(RunView).show(event.run, hint=" ", waiting=self._call.words())

    @on(Ended)
    def _ended(self, event: Ended) -> None:
        self._call = None
        if self._wheel is not None:
            self._wheel.stop()
        if event.run.id != self._saved.id:
            self._before = self._saved
            self.notify("Kept as a run of its own; C compares it with the one before", timeout=4)
        self._saved = event.run
        self.query_one(RunFacts).show(event.run)
        self.query_one(RunView).show(event.run, hint=hint_for(event.run))
        self.refresh_bindings()

    def _turn(self) -> None:
        if self._call is not None:
            self.query_one(RunView).wait(self._call.words())

    # Going on from here

    def action_explore(self) -> None:
        """Open it in Explore."""
        self.post_message(ExploreWanted(self._saved))

    def action_hold(self) -> None:
        """Pin it, to compare others with."""
        self.post_message(HoldWanted(self._saved))

    def action_compare(self) -> None:
        """Compare with the run before, or with the pinned one."""
        held: Run | None = self._before or getattr(self.app, "held", None)
        if held is None or held.id == self._saved.id:
            self.notify("Press = to pin this run, then C on another one; or c in the list of runs.", timeout=4)
        else:
            self.post_message(CompareWanted([held, self._saved]))

    @work(exclusive=True, group="today")
    async def action_today(self) -> None:
        """Show what today's reader and measures say, beside what was kept."""
        from opinionscope.tui.screens.rescored import RescoredScreen

        today = await asyncio.to_thread(rescore, self._saved)
        self.app.push_screen(RescoredScreen(self._saved, today, self._unit))

    # Keeping

    def action_tag(self) -> None:
        """Write the tags."""
        run_id = self._saved.id
        ask_tags(
            self,
            [self._saved.tags],
            lambda before, wanted: self._change(partial(set_tags, self._history, [run_id], before, wanted)),
        )

    def action_note(self) -> None:
        """Write the note."""
        ask_note(self, self._saved.note, lambda text: self._change(partial(self._history.note, self._saved.id, text)))

    def action_pin(self) -> None:
        """Pin it in the list, or no longer."""
        change = self._history.unpin if self._saved.pinned else self._history.pin
        self._change(partial(change, self._saved.id))

    @work(group="change")
    async def _change(self, change: Callable[[], object]) -> None:
        """Change what is kept with the run, and show it."""
        await asyncio.to_thread(change)
        now = await asyncio.to_thread(self._history.get, self._saved.id)
        self._saved = replace(self._saved, tags=now.tags, note=now.note, pinned=now.pinned)
        self.query_one(RunFacts).show(self._saved)

    # Looking

    def action_copy_id(self) -> None:
        """Copy the id."""
        self.app.copy_to_clipboard(self._saved.id)
        self.notify(f"Copied {self._saved.id}", timeout=3)

    def action_detail(self, detail: str) -> None:
        """Show the prompt, the answer or the reading."""
        self.query_one(RunView).open_detail(detail)

    def action_copy(self) -> None:
        """Copy the result, or the tab that has the focus."""
        self.query_one(RunView).copy()

    def action_write_chart(self) -> None:
        """Draw the chart into files."""
        self.query_one(RunView).write_chart()

    def action_toggle_unit(self) -> None:
        """Nats or bits."""
        self._unit = self.query_one(RunView).toggle_unit()

    def action_study_card(self) -> None:
        """Show where the question and its people come from."""
        self.post_message(StudyCardWanted(self._saved.cell.question))


def hint_for(run: Run) -> str:
    """The keys that resume or score a run without measures."""
    if run.status == "running":
        return NEVER_ENDED
    if not run.is_interrupted or not run.is_live:
        return ""
    ways = ["x to score the answers so far"] if run.whole else []
    return f"Press {', '.join([*ways, 'R to ask only for the missing ones', 'r to ask all again'])}."
