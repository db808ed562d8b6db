"""ProbeView: what is chosen on Explore: the humans at once, then the newest answer known, then the one being given."""

import asyncio
from contextlib import suppress

from textual import on
from textual.worker import Worker
from typing_extensions import override

from opinionscope.elicitation import FORMATS
from opinionscope.errors import OpinionscopeError
from opinionscope.report.words import calls_and_cost, plan_words
from opinionscope.runs import Run, rescore
from opinionscope.runs.job import Watch
from opinionscope.runs.prober import Choices
from opinionscope.tui.arrangement import Arrangement
from opinionscope.tui.calls import LACKING, CallUnderWay, ask_first
from opinionscope.tui.messages import KeepingChanged
from opinionscope.tui.pace import Pace
from opinionscope.tui.screens.confirm import ConfirmScreen
from opinionscope.tui.widgets.asked_view import Ask, AskedView, can_resume, can_score
from opinionscope.tui.working import Failed, work
from opinionscope.values import replace

SHORT = 2
ANSWERED = ("done", "unread")
TRY_LIVE = "l asks a small model on this machine, live."


class ProbeView(AskedView):
    """Shows what is known of the choices, and asks on their behalf.

    Args:
        first: what is shown at first, a run of the choices of the arrangement.

    Attributes:
        choices: what is chosen now.
    """

    def __init__(self, arrangement: Arrangement, first: Run) -> None:
        super().__init__(first, arrangement.prober, arrangement.settings.unit)
        self.choices = arrangement.choices
        self._arrangement = arrangement
        self._looking: Worker[None] | None = None
        self._pace = Pace()
        self._hint = self.hint_for(first, is_saved=False)

    # Looking up

    def choose(self, choices: Choices, showing: Run | None = None) -> None:
        """Show what is known of other choices; nothing is sent, and a probe under way is cancelled.

        Args:
            showing: a saved run of them, to be shown though there may be a newer one.
        """
        self.give_up()
        self.choices = choices
        self._stop_looking()
        if showing is not None and showing.is_live and showing.status in ANSWERED:
            self.present(showing, is_saved=True)
        else:
            self._looking = self._look_up(choices, self._pace.pause())

    def toggle_refusals(self) -> bool:
        """Drop refusals on both sides, or keep them; returns whether they are dropped now. Nothing is sent."""
        drop = not self.choices.drop_nonresponse
        self.choices = replace(self.choices, drop_nonresponse=drop)
        if self.call is None:
            self.present(self.shown, is_saved=self._is_saved)
        else:
            self._drawing.want()
        return drop

    @work(exclusive=True, group="look")
    async def _look_up(self, choices: Choices, pause: float) -> None:
        await asyncio.sleep(pause)
        try:
            saved = await self._newest_answer(choices)
            self.present(saved or await self._prober.peek(choices), is_saved=saved is not None)
        except OpinionscopeError as error:
            self.present(self._prober.refused(choices, error))

    async def _newest_answer(self, choices: Choices) -> Run | None:
        """The newest answer to live choices; None where the history cannot be read, which History tells."""
        if not choices.is_live:
            return None
        draft = self._prober.draft(choices)
        for run in [unkept.run for unkept in self._prober.unkept.values()][::-1]:
            if _is_answer(run, draft):
                return run
        with suppress(OpinionscopeError):
            return await asyncio.to_thread(self._arrangement.history.answer_to, draft)
        return None

    @property
    def is_looked_up(self) -> bool:
        """Whether the run shown is of what is chosen, and not of what was chosen a moment ago."""
        return self._looking is None or self._looking.is_finished

    def _stop_looking(self) -> None:
        if self._looking is not None:
            self._looking.cancel()
            self._looking = None

    @override
    def compared(self, run: Run) -> Run:
        drop = self.choices.drop_nonresponse
        return run if run.drop_nonresponse == drop else rescore(replace(run, drop_nonresponse=drop))

    @override
    def present(self, run: Run, *, is_saved: bool = False) -> None:
        super().present(run, is_saved=is_saved and run.id not in self._prober.unkept)

    @override
    def hint_for(self, run: Run, *, is_saved: bool) -> str:
        if is_saved:
            return f"Saved on {run.created.astimezone():%Y-%m-%d}: nothing was sent now. Press r to ask again."
        if run.status == "running":
            return "Press r to ask the model; G and h show what it answered before."
        if run.is_recorded and not self._arrangement.shelf.has_asked_live:
            return TRY_LIVE
        return super().hint_for(run, is_saved=False)

    def plan_words(self, choices: Choices) -> str:
        """What would be sent for some choices, in words.

        Raises:
            OpinionscopeError: if they make no plan.
        """
        if choices.is_recorded:
            return "The answers of a recorded model are fixed: these options apply to live models only."
        return plan_words(self._prober.draft(choices))

    # Asking

    def run(self) -> None:
        """Ask the model, unless it is being asked already; where its temperature is to be fitted, offer to do so."""
        if self.call is not None:
            self.notify("The model is being asked already; esc cancels", timeout=SHORT)
        elif self._prober.refusal is not None:
            self.post_message(Failed(self._prober.refusal))
        elif self.choices.is_recorded and self.is_looked_up and self.shown.status == "failed":
            self.notify("There is nothing to keep: no answer was recorded for this", severity="warning", timeout=SHORT)
        else:
            try:
                draft = self._prober.draft(self.choices)
            except OpinionscopeError as error:
                self.present(self._prober.refused(self.choices, error))
                return
            if FORMATS[self.choices.format].scaled and not self.choices.is_recorded:
                self._check_temperature(draft, self.choices)
            else:
                self._begin(CallUnderWay(draft))

    @work(group="check", exclusive=True)
    async def _check_temperature(self, draft: Run, choices: Choices) -> None:
        """Ask at once if a temperature can be fitted; else offer to ask what is lacking first."""
        lacking = await self._prober.lacking(choices)
        if self.call is not None or not self._is_chosen(choices):
            return
        if lacking is None:
            self._begin(CallUnderWay(draft))
        elif not lacking.suffices:
            raise OpinionscopeError(f"{lacking.words}; {lacking.advice}", title=LACKING)
        else:
            first = tuple(choices.asking(lacking))
            prober, opened = self._prober, self._arrangement.opened
            cost = await asyncio.to_thread(
                lambda: calls_and_cost([prober.draft(each) for each in first], opened.facts_of)
            )

            def go_on(_: bool) -> None:
                if self.call is None and self._is_chosen(choices):
                    self._begin(CallUnderWay(draft, first=first))

            offer = f"{lacking.words}. Ask {len(first)} more first: {cost}?"
            ConfirmScreen(offer, "ask them first", "not now").ask(self.app, go_on)

    def _begin(self, call: CallUnderWay) -> None:
        choices = self.choices

        async def ask(watch: Watch) -> Run:
            await ask_first(self._prober, call, choices, lambda error: self.post_message(Failed(error)))
            return await self._prober.run(choices, watch)

        self.ask(call, ask)

    @override
    def ask(self, call: CallUnderWay, ask: Ask) -> None:
        call.choices = self.choices
        self._stop_looking()
        super().ask(call, ask)
        if self._arrangement.opened.needs_litellm(call.draft.model, call.draft.api_base):
            self._load_litellm(call)

    @work(group="load")
    async def _load_litellm(self, call: CallUnderWay) -> None:
        """Show that litellm is being loaded, which takes seconds the first time; the call waits for it."""
        from opinionscope.respondents.loading import load

        call.is_loading = True
        with suppress(OpinionscopeError):
            await load()
        call.is_loading = False

    @work(exclusive=True, group="load")
    async def get_ready(self) -> None:
        """Load litellm, or start a model on this machine, as soon as it is chosen, before it is asked."""
        choices = self.choices
        with suppress(OpinionscopeError):
            if self._arrangement.opened.needs_litellm(choices.model, choices.api_base):
                from opinionscope.respondents.loading import load

                await load()
            else:
                await self._prober.start(choices)

    def _is_chosen(self, choices: Choices) -> bool:
        """Whether choices are those of now; refusals may be kept or dropped, which asks nothing else."""
        return replace(choices, drop_nonresponse=self.choices.drop_nonresponse) == self.choices

    @override
    def is_about(self, call: CallUnderWay) -> bool:
        return call.choices is not None and self._is_chosen(call.choices)

    @override
    def shows_refusal(self, call: CallUnderWay) -> bool:
        return not call.is_resumed

    @override
    def present_refusal(self, call: CallUnderWay, error: OpinionscopeError | None) -> None:
        if error is not None and self.shows_refusal(call):
            self.present(self._prober.refused(self.choices, error))
        elif not call.is_shown_cancelled:
            super().present_refusal(call, error)

    @on(AskedView.Kept)
    @work(group="note")
    async def _note(self, event: AskedView.Kept) -> None:
        run = event.run
        if run.status in ANSWERED:
            await asyncio.to_thread(self._arrangement.shelf.note_use, run.model, run.api_base)
        if run.id not in self._prober.unkept:
            self.notify("Kept in the history" if run.status == "done" else "Kept, with its error", timeout=SHORT)

    def enough(self) -> None:
        """Use the answers so far: of the probe under way, or of the interrupted run shown."""
        if self.call is not None:
            self.stop_early()
        elif self.is_looked_up:
            self._score()

    @work(group="score", exclusive=True)
    async def _score(self) -> None:
        """Score the run shown, whatever is chosen meanwhile."""
        choices, asked = self.choices, self.shown
        await self._prober.ended()
        try:
            run = await self._prober.score(self.shown if self.shown.id == asked.id else asked)
            if self._is_chosen(choices):
                self.present(run)
        finally:
            self.post_message(KeepingChanged())
            self.refresh_bindings()

    def can(self, action: str) -> bool:
        """Whether an action of Explore can be done now."""
        if action == "enough":
            return self.can_stop_early if self.call is not None else can_score(self.shown)
        if action == "resume":
            return self.call is None and can_resume(self.shown)
        return action not in ("run", "grid", "hold", "compare") or self.call is None


def _is_answer(run: Run, draft: Run) -> bool:
    """Whether a run was answered, and asked just what a draft would ask."""
    return run.status in ANSWERED and _asked(run) == _asked(draft)


def _asked(run: Run) -> tuple[object, ...]:
    first = run.plan.first
    return run.cell, run.human, first.prompt, first.seed, run.model, run.api_base
