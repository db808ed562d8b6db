"""SavedRunScreen: one run of the history, as it was shown when it was made; it can be resumed and asked again here."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from typing_extensions import override

from opinionscope.errors import OpinionscopeError
from opinionscope.runs import Run, rescore
from opinionscope.runs.prober import Choices
from opinionscope.tui.actions import Scope, bindings_in
from opinionscope.tui.arrangement import Arrangement
from opinionscope.tui.calls import CallUnderWay
from opinionscope.tui.choosing import choices_of
from opinionscope.tui.items import search_in
from opinionscope.tui.keeping import ask_note, ask_tags, set_tags
from opinionscope.tui.messages import CompareWanted, ExploreWanted, KeepingChanged
from opinionscope.tui.model_choice import ModelChoice
from opinionscope.tui.screens.layout import WIDTHS_OF_A_RUN
from opinionscope.tui.screens.run_screen import RunScreen
from opinionscope.tui.screens.window import Above
from opinionscope.tui.widgets.asked_view import AskedView, can_score
from opinionscope.tui.widgets.key_footer import KeyFooter
from opinionscope.tui.widgets.run_facts import RunFacts
from opinionscope.tui.widgets.top_bar import TopBar
from opinionscope.tui.working import Failed, work
from opinionscope.values import replace


class SavedRunScreen(RunScreen, Above):
    """Shows a run that was kept."""

    CSS_PATH = "saved_run.tcss"
    AUTO_FOCUS = "RunView"
    HORIZONTAL_BREAKPOINTS = WIDTHS_OF_A_RUN
    SCOPE: ClassVar[Scope] = "saved run"
    BINDINGS = bindings_in(SCOPE)

    def __init__(self, run: Run, arrangement: Arrangement) -> None:
        super().__init__()
        self._arrangement = arrangement
        self._history = arrangement.history
        self._prober = arrangement.prober
        self._view = AskedView(run, arrangement.prober, arrangement.settings.unit)
        self._saved = run
        self._before: Run | None = None

    @override
    def compose(self) -> ComposeResult:
        yield TopBar("history")
        yield RunFacts(self._saved, self._prober.now)
        yield self._view
        yield KeyFooter()

    @property
    @override
    def view(self) -> AskedView:
        return self._view

    @override
    def action_back(self) -> None:
        """Cancel the running calls and save the answers so far; else go back to the list."""
        if self._view.call is not None:
            self._view.cancel()
        else:
            super().action_back()

    # Asking

    def action_resume(self) -> None:
        """Ask only for the missing answers."""
        self._view.resume()

    def action_again(self) -> None:
        """Ask the same again, as it was; the answers are a run of their own."""
        run = self._saved
        blank = replace(run, status="running", replies=(), reading=None, alignment=None, error="", error_title="")
        self._view.ask(CallUnderWay(blank), lambda watch: self._prober.again(run, watch))

    def action_other_model(self) -> None:
        """Choose another model, and ask it the same."""
        try:
            choices = choices_of(self._saved, self._prober.library)
        except OpinionscopeError as error:
            self.post_message(Failed(error))
            return
        shelf = self._arrangement.shelf

        def ask(model: str, api_base: str | None) -> None:
            self._ask_model(replace(choices, model=model, api_base=api_base))

        ModelChoice(self, self._arrangement, ask).list_models(
            "Ask which model the same?", lambda text: search_in(shelf.items())(text)
        )

    def _ask_model(self, choices: Choices) -> None:
        try:
            draft = self._prober.draft(choices)
        except OpinionscopeError as error:
            self.post_message(Failed(error))
        else:
            self._view.ask(CallUnderWay(draft), lambda watch: self._prober.run(choices, watch))

    @work(group="score", exclusive=True)
    async def action_score(self) -> None:
        """Score the run with the answers so far."""
        await self._prober.ended()
        try:
            self._saved = await self._prober.score(self._saved)
            if self._view.call is None:
                self._view.present(self._saved)
            self._tell()
        finally:
            self.app.post_message(KeepingChanged())  # this screen may be gone by now

    @override
    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        run, is_free = self._saved, self._view.call is None and self._saved.status != "running"
        if action == "again" and run.kind == "person":
            return False
        if action in ("again", "other_model", "explore"):
            return is_free
        if action in ("compare", "hold"):
            return is_free and run.alignment is not None
        if action == "resume":
            return is_free and run.is_live and not run.is_complete
        if action == "score":
            return is_free and can_score(run)
        return True

    @override
    def why_not(self, method: str) -> str:
        if self._view.call is not None:
            return "The model is being asked; esc cancels."
        if self._saved.status == "running":
            return "This run has not ended: another program may be asking."
        return {
            "again": "A guess in Play cannot be asked again.",
            "compare": "This run has no measures to compare.",
            "hold": "This run has no measures to compare.",
            "resume": "This run lacks no answers.",
            "score": "This run was not interrupted: there is nothing left to score.",
        }.get(method, "")

    @on(AskedView.Finished)
    def _finished(self, event: AskedView.Finished) -> None:
        if event.run.id == self._saved.id:
            self._saved = event.run
        elif self._view.call is None:
            self._before, self._saved = self._saved, event.run
            self.notify("Kept as a run of its own; C compares it with the one before", timeout=4)
        self._tell()

    @on(AskedView.NotAsked)
    def _tell(self) -> None:
        """Say of which run everything else is, and what can be done with it."""
        self.query_one(RunFacts).show(self._saved)
        self.refresh_bindings()

    # Going on from here

    def action_explore(self) -> None:
        """Open it in Explore."""
        self.post_message(ExploreWanted(self._saved))

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
        self.app.push_screen(RescoredScreen(self._saved, today, self._view.unit))

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
