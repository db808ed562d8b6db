"""AskingScreen: the part of Explore that asks models and shows answers as they arrive."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass

from textual import on
from textual.message import Message
from textual.screen import Screen
from textual.timer import Timer
from textual.worker import Worker
from typing_extensions import override

from opinionscope.elicitation import FORMATS
from opinionscope.errors import OpinionscopeError
from opinionscope.report.words import calls_and_cost
from opinionscope.respondents.base import Attempt
from opinionscope.runs import Run, rescore
from opinionscope.runs.job import Watch
from opinionscope.runs.prober import Choices
from opinionscope.throttle import Throttle
from opinionscope.tui.arrangement import Arrangement
from opinionscope.tui.calls import FRAMES_A_SECOND, LACKING, CallUnderWay, ask_first
from opinionscope.tui.messages import KeepingChanged
from opinionscope.tui.pace import Pace
from opinionscope.tui.screens.confirm import ConfirmScreen
from opinionscope.tui.unkept import unkept_of
from opinionscope.tui.widgets.run_view import RunView
from opinionscope.tui.working import Failed, as_told, work
from opinionscope.values import replace

MOST_REMEMBERED = 200
SHORT = 2
ANSWERED = ("done", "unread")
TRY_LIVE = "l asks a small model on this machine, live."


class AskingScreen(Screen[None]):
    """Asks on behalf of what is chosen, one probe at a time, and shows it as it arrives."""

    @dataclass
    class Arrived(Message):
        """More of a live answer has arrived: the text so far, or the run with one more of several answers."""

        call: CallUnderWay
        text: str = ""
        run: Run | None = None

        @override
        def can_replace(self, message: Message) -> bool:
            return isinstance(message, AskingScreen.Arrived) and message.call is self.call

    @dataclass
    class Delayed(Message):
        """A call will be made again."""

        call: CallUnderWay
        attempt: Attempt

    @dataclass
    class Finished(Message):
        """A probe has ended, whatever its status."""

        call: CallUnderWay
        run: Run

    def __init__(self, arrangement: Arrangement) -> None:
        super().__init__()
        self._arrangement = arrangement
        self._prober = arrangement.prober
        self._choices = arrangement.choices
        self._call: CallUnderWay | None = None
        self._wheel: Timer | None = None
        self._drawing = Throttle(self._draw)
        self._looking: Worker[None] | None = None
        self._pace = Pace()
        self._remembered: dict[Choices, Run] = {}
        self._fresh = ""  # the run that was asked while its choices stood on screen

    @property
    def choices(self) -> Choices:
        """What is chosen now."""
        return self._choices

    def on_unmount(self) -> None:
        """Stop drawing."""
        self._drawing.stop()

    def hold(self, run: Run | None) -> None:
        """Pin a run, to stand beside those that are shown; None pins none."""
        self.query_one(RunView).hold(run)

    # Looking up

    def _look_up(self) -> None:
        """Show the human side, and an earlier answer to the same choices if there is one; nothing is sent."""
        self._fresh = ""
        self._looking = self._look(self._choices, self._pace.pause())

    @work(exclusive=True, group="look")
    async def _look(self, choices: Choices, pause: float) -> None:
        await asyncio.sleep(pause)
        try:
            before = self._recalled(choices) or await self._saved(choices)
            self._show(before or await self._prober.peek(choices))
        except OpinionscopeError as error:
            self._show(self._prober.refused(choices, error))

    @property
    def _is_looked_up(self) -> bool:
        """Whether the run shown is of what is chosen, and not of what was chosen a moment ago."""
        return self._looking is None or self._looking.is_finished

    def _recalled(self, choices: Choices) -> Run | None:
        """An earlier answer to the same choices, unless the question or its people have changed since."""
        if (before := self._remembered.get(_key(choices))) is None:
            return None
        library = self._prober.library
        question = library.question(choices.question)
        human = library.human(question, library.group(question, choices.group))
        return before if (before.cell.question, before.human) == (question, human) else None

    async def _saved(self, choices: Choices) -> Run | None:
        """The newest answer of the history to the same choices; None where it cannot be read, which History tells."""
        if not choices.is_live:
            return None
        draft = self._prober.draft(choices)
        with suppress(OpinionscopeError):
            return await asyncio.to_thread(self._arrangement.history.answer_to, draft)
        return None

    def _show(self, run: Run, hint: str = "") -> None:
        view = self.query_one(RunView)
        view.show(self._compared(run), hint=hint or self.hint_for(run), is_saved=self._is_saved(run))

    def _is_saved(self, run: Run) -> bool:
        """Whether it is an answer of a model that was asked earlier, and is kept."""
        return run.is_live and run.status in ANSWERED and run.id not in (self._fresh, *unkept_of(self.app))

    def _compared(self, run: Run) -> Run:
        """The run with refusals kept or dropped, whichever is chosen now."""
        drop = self._choices.drop_nonresponse
        return run if run.drop_nonresponse == drop else rescore(replace(run, drop_nonresponse=drop))

    def hint_for(self, run: Run) -> str:
        """What can be done next, where that is worth a line."""
        if run.status == "running":
            return "Press r to ask the model; G and h show what it answered before."
        if self._is_saved(run):
            return f"Saved on {run.created.astimezone():%Y-%m-%d}: nothing was sent now. Press r to ask again."
        if not run.is_interrupted or not run.is_live:
            return TRY_LIVE if run.is_recorded and not self._arrangement.shelf.has_asked_live else ""
        ways = ["x to score the answers so far"] if _can_go_on(run, "score") else []
        ways += ["R to ask only for the missing ones"] if _can_go_on(run, "resume") else []
        return f"Press {', '.join([*ways, 'r to ask again'])}." if ways or run.status == "cancelled" else ""

    # Asking

    def action_run(self) -> None:
        """Ask the model, unless it is being asked already."""
        if self._call is not None:
            self.notify("The model is being asked already; esc cancels", timeout=SHORT)
            return
        if self._prober.refusal is not None:
            self.post_message(Failed(self._prober.refusal))
            return
        if self._has_nothing_recorded():
            self.notify("There is nothing to keep: no answer was recorded for this", severity="warning", timeout=SHORT)
            return
        try:
            draft = self._prober.draft(self._choices)
        except OpinionscopeError as error:
            self._show(self._prober.refused(self._choices, error))
            return
        if FORMATS[self._choices.format].scaled and not self._choices.is_recorded:
            self._check_temperature(draft, self._choices)
        else:
            self._begin(CallUnderWay(draft, self._choices))

    @work(group="check", exclusive=True)
    async def _check_temperature(self, draft: Run, choices: Choices) -> None:
        """Ask at once if a temperature can be fitted; else offer to ask what is lacking first."""
        lacking = await self._prober.lacking(choices)
        if self._call is not None or self._choices != choices:
            return
        if lacking is None:
            self._begin(CallUnderWay(draft, choices))
        elif not lacking.suffices:
            raise OpinionscopeError(f"{lacking.words}; {lacking.advice}", title=LACKING)
        else:
            first = tuple(choices.asking(lacking))
            prober, opened = self._prober, self._arrangement.opened
            cost = await asyncio.to_thread(
                lambda: calls_and_cost([prober.draft(each) for each in first], opened.facts_of)
            )

            def go_on(_: bool) -> None:
                if self._call is None and self._choices == choices:
                    self._begin(CallUnderWay(draft, choices, first=first))

            offer = f"{lacking.words}. Ask {len(first)} more first: {cost}?"
            ConfirmScreen(offer, "ask them first", "not now").ask(self.app, go_on)

    def action_resume(self) -> None:
        """Ask only for the missing answers of the run shown, as it was planned."""
        if not self._is_looked_up:
            return
        run = self.query_one(RunView).shown
        self._begin(CallUnderWay(run, self._choices, is_resumed=True, answered=len(run.whole)))

    @work(group="score", exclusive=True)
    async def _score(self) -> None:
        """Score the run shown with the answers so far, whatever is chosen meanwhile."""
        choices, asked = self._choices, self.query_one(RunView).shown
        await self._prober.ended()
        now = self.query_one(RunView).shown
        try:
            run = await self._prober.score(now if now.id == asked.id else asked)
            self._remember(choices, run)
            if _key(choices) == _key(self._choices):
                self._fresh = run.id
                self._show(run)
        finally:
            self.post_message(KeepingChanged())
            self.refresh_bindings()

    def _begin(self, call: CallUnderWay) -> None:
        if self._looking is not None:
            self._looking.cancel()
        self._call = call
        call.worker = self._ask(call)
        if self._arrangement.opened.needs_litellm(call.draft.model, call.draft.api_base):
            self._load_litellm(call)
        self._show(replace(call.draft, status="running", error="", error_title=""), " ")
        self._turn()
        self._wheel = self.set_interval(1 / FRAMES_A_SECOND, self._turn)
        self.refresh_bindings()

    def _has_nothing_recorded(self) -> bool:
        return self._choices.is_recorded and self._is_looked_up and self.query_one(RunView).shown.status == "failed"

    @work(group="ask")
    async def _ask(self, call: CallUnderWay) -> None:
        def ended(run: Run) -> None:
            call.has_ended = True
            self.post_message(self.Finished(call, run))

        watch = Watch(
            on_text=lambda text: self.post_message(self.Arrived(call, text)),
            on_attempt=lambda attempt: self.post_message(self.Delayed(call, attempt)),
            on_part=lambda run: self.post_message(self.Arrived(call, run=run)),
            on_run=ended,
            enough=call.enough,
        )
        try:
            run = await self._asked(call, watch)
        except Exception as error:
            if self._call is call and not call.has_ended:
                self._end()
                self._show(call.draft if call.is_resumed else self._prober.refused(self._choices, as_told(error)))
            if not isinstance(error, OpinionscopeError) or call.is_resumed or call.has_ended:
                raise
        else:
            if run.status in ANSWERED:
                await asyncio.to_thread(self._arrangement.shelf.note_use, run.model, run.api_base)
            if run.id not in self._prober.unkept:
                self.notify("Kept in the history" if run.status == "done" else "Kept, with its error", timeout=SHORT)
        finally:
            self.post_message(KeepingChanged())

    async def _asked(self, call: CallUnderWay, watch: Watch) -> Run:
        if call.is_resumed:
            await self._prober.ended()
            return await self._prober.resume(call.draft.id, watch)
        assert call.choices is not None
        await ask_first(self._prober, call, call.choices, lambda error: self.post_message(Failed(error)))
        return await self._prober.run(call.choices, watch)

    @work(group="load")
    async def _load_litellm(self, call: CallUnderWay) -> None:
        """Show that litellm is being loaded, which takes seconds the first time; the call waits for it."""
        from opinionscope.respondents.loading import load

        call.is_loading = True
        with suppress(OpinionscopeError):
            await load()
        call.is_loading = False

    @on(Arrived)
    def _arrived(self, event: Arrived) -> None:
        call = event.call
        if call is not self._call:
            return
        if call.planned == 1:
            call.delay(None)
        was_unanswered = not call.answered
        call.answered = len(event.run.replies) if event.run else 1
        call.part, call.text = event.run, event.text
        self._drawing.want()
        if was_unanswered:
            self.refresh_bindings()

    def _draw(self) -> None:
        """Draw the answers so far; computing intervals takes a while."""
        call = self._call
        if call is None:
            return
        run = replace(self._compared(call.part or call.draft), status="running")
        preview = run.plan.first.preview(call.text) if call.text else None
        self.query_one(RunView).show(run, hint=" ", partial=preview, partial_text=call.text, waiting=call.words())

    @on(Delayed)
    def _delayed(self, event: Delayed) -> None:
        event.call.delay(event.attempt)

    @on(Finished)
    def _finished(self, event: Finished) -> None:
        call, run = event.call, event.run
        if call.choices is not None and run.status in ANSWERED and not run.is_recorded:
            self._remember(call.choices, run)
        if call is self._call:
            self._end()
            self._fresh = run.id
            self._show(run)
        elif call.is_shown_cancelled and self._call is None and call.choices == self._choices:
            self._show(run)
            self.refresh_bindings()

    def _remember(self, choices: Choices, run: Run) -> None:
        """Remember the last answers, so that going back to a question shows them again."""
        self._remembered.pop(_key(choices), None)
        self._remembered[_key(choices)] = run
        if len(self._remembered) > MOST_REMEMBERED:
            del self._remembered[next(iter(self._remembered))]

    # Ending

    def action_cancel(self) -> None:
        """Cancel the running probe; the answers so far are saved with it."""
        if self._call is not None and not self._call.has_ended:
            call, shown = self._call, self.query_one(RunView).shown
            self._give_up()
            call.is_shown_cancelled = True
            self._show(replace(shown, status="cancelled", reading=None, alignment=None))

    def action_enough(self) -> None:
        """Stop early and use the answers so far; also after a cancel."""
        if self._call is None:
            if self._is_looked_up:
                self._score()
        elif self._call.answered:
            self._call.enough.set()
            self._turn()
            self.refresh_bindings()

    def _give_up(self) -> None:
        call = self._call
        if call is not None:
            self._end()
            if call.worker is not None and not call.has_ended:
                call.worker.cancel()

    def _end(self) -> None:
        self._call = None
        if self._wheel is not None:
            self._wheel.stop()
            self._wheel = None
        self.refresh_bindings()

    def _turn(self) -> None:
        if self._call is not None:
            self.query_one(RunView).wait(self._call.words())

    @override
    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "enough":
            call = self._call
            if call is None:
                return self._can("score")
            return call.planned > 1 and call.answered > 0 and not call.enough.is_set()
        if action == "resume":
            return self._call is None and self._can("resume")
        return action not in ("run", "grid") or self._call is None

    def _can(self, action: str) -> bool:
        return any(_can_go_on(view.shown, action) for view in self.query(RunView))


def _can_go_on(run: Run, action: str) -> bool:
    """Whether a saved, interrupted run can be scored with the answers so far, or resumed."""
    if not run.id or not run.is_live:
        return False
    if action == "score":
        return run.is_interrupted and bool(run.whole)
    return run.status != "running" and bool(run.whole) and not run.is_complete


def _key(choices: Choices) -> Choices:
    """The choices that an answer depends on."""
    return replace(choices, drop_nonresponse=False)
