"""AskedView: a run on one page that can be asked, one probe at a time; answers are drawn as they arrive."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from textual import on
from textual.message import Message
from textual.timer import Timer
from typing_extensions import override

from opinionscope.errors import OpinionscopeError
from opinionscope.report.words import Unit
from opinionscope.runs import Run
from opinionscope.runs.job import Watch
from opinionscope.runs.prober import Prober
from opinionscope.throttle import Throttle
from opinionscope.tui.calls import FRAMES_A_SECOND, CallUnderWay
from opinionscope.tui.messages import KeepingChanged
from opinionscope.tui.widgets.run_view import RunView
from opinionscope.tui.working import as_told, work
from opinionscope.values import replace

NEVER_ENDED = "Still running when this was opened, or never finished: the program may have been killed."
Ask = Callable[[Watch], Awaitable[Run]]
"""Asks, and gives the run as it ended, whatever its status."""


class AskedView(RunView):
    """Shows a run, asks its model, and draws the answers as they arrive.

    Args:
        run: what is shown at first.

    Attributes:
        call: the probe under way, or None.
    """

    @dataclass
    class Began(Message):
        """A model is being asked from now on."""

        call: CallUnderWay

    @dataclass
    class Arrived(Message):
        """More of a live answer: the text so far, or the run with one more of several answers."""

        call: CallUnderWay
        text: str = ""
        run: Run | None = None

        @override
        def can_replace(self, message: Message) -> bool:
            return isinstance(message, AskedView.Arrived) and message.call is self.call

    @dataclass
    class Finished(Message):
        """All calls have ended, whatever the status of the run."""

        call: CallUnderWay
        run: Run

    @dataclass
    class Kept(Message):
        """A run that has ended was written, or waits to be."""

        run: Run

    @dataclass
    class NotAsked(Message):
        """Nobody was asked.

        Attributes:
            error: why; None if it was cancelled before the first call.
        """

        call: CallUnderWay
        error: OpinionscopeError | None

    def __init__(self, run: Run, prober: Prober, unit: Unit = "nats") -> None:
        super().__init__(run, unit, ways_on(run))
        self._before = run, False
        self.call: CallUnderWay | None = None
        self._prober = prober
        self._wheel: Timer | None = None
        self._drawing = Throttle(self._draw)

    def on_unmount(self) -> None:
        """Stop drawing."""
        self._drawing.stop()

    def ask(self, call: CallUnderWay, ask: Ask) -> None:
        """Begin a probe; one that is under way is cancelled."""
        if self.call is None:
            self._before = self.shown, self._is_saved
        self.give_up()
        self.call = call
        call.worker = self._ask(call, ask)
        self._draw()
        self._wheel = self.set_interval(1 / FRAMES_A_SECOND, self._turn)
        self.post_message(self.Began(call))
        self.refresh_bindings()

    def resume(self) -> None:
        """Ask only for the missing answers of the run shown, as it was planned."""
        run = self.shown

        async def ask(watch: Watch) -> Run:
            await self._prober.ended()
            return await self._prober.resume(run.id, watch)

        self.ask(CallUnderWay(run, is_resumed=True, answered=len(run.whole)), ask)

    def cancel(self) -> None:
        """Cancel the probe under way; the answers so far are kept, and shown as soon as they are."""
        if (call := self.call) is not None and not call.has_ended:
            self.give_up()
            call.is_shown_cancelled = True
            self.present(replace(self.shown, status="cancelled", reading=None, alignment=None))

    def give_up(self) -> None:
        """Cancel the probe under way, if there is one, and show no more of it."""
        if (call := self.call) is not None:
            self._end()
            if call.worker is not None and not call.has_ended:
                call.worker.cancel()

    def stop_early(self) -> None:
        """Use the answers so far of the probe under way, once there are some."""
        if self.call is not None and self.call.answered:
            self.call.enough.set()
            self._turn()
            self.refresh_bindings()

    @property
    def can_stop_early(self) -> bool:
        """Whether several answers are awaited, and some are there."""
        call = self.call
        return call is not None and call.planned > 1 and call.answered > 0 and not call.enough.is_set()

    def present(self, run: Run, *, is_saved: bool = False) -> None:
        """Show a run that is not under way, with what can be done next."""
        self.show(self.compared(run), hint=self.hint_for(run, is_saved=is_saved), is_saved=is_saved)

    def hint_for(self, run: Run, *, is_saved: bool) -> str:
        """What can be done next, where that is worth a line."""
        return ways_on(run)

    def compared(self, run: Run) -> Run:
        """The run as it is compared here."""
        return run

    @work(group="ask")
    async def _ask(self, call: CallUnderWay, ask: Ask) -> None:
        def arrived(text: str) -> None:
            call.delay(None)
            self.post_message(self.Arrived(call, text))

        def ended(run: Run) -> None:
            call.has_ended = True
            self.post_message(self.Finished(call, run))

        watch = Watch(
            arrived, call.delay, lambda run: self.post_message(self.Arrived(call, run=run)), ended, call.enough
        )
        error: OpinionscopeError | None = None
        try:
            self.post_message(self.Kept(await ask(watch)))
        except Exception as raised:
            error = as_told(raised)
            if call.has_ended or error is not raised or not self.shows_refusal(call):
                raise
        finally:
            if not call.has_ended:
                self.post_message(self.NotAsked(call, error))
            self.app.post_message(KeepingChanged())  # this view may be gone by now

    @on(Arrived)
    def _arrived(self, event: Arrived) -> None:
        call = event.call
        if call is self.call:
            was_unanswered = not call.answered
            call.answered = len(event.run.whole) if event.run else 1
            call.part, call.text = event.run, event.text
            self._drawing.want()
            if was_unanswered:
                self.refresh_bindings()

    @on(Finished)
    def _finished(self, event: Finished) -> None:
        call = event.call
        if call is self.call:
            self._end()
        elif not (call.is_shown_cancelled and self.call is None and self.is_about(call)):
            return
        self.present(event.run)
        self.refresh_bindings()

    @on(NotAsked)
    def _not_asked(self, event: NotAsked) -> None:
        call = event.call
        if call is self.call:
            self._end()
            self.present_refusal(call, event.error)
        elif call.is_shown_cancelled and self.call is None and self.is_about(call):
            self.present_refusal(call, None)

    def is_about(self, call: CallUnderWay) -> bool:
        """Whether a probe is of what is chosen now."""
        return True

    def shows_refusal(self, call: CallUnderWay) -> bool:
        """Whether it is shown in place of an answer why a probe asked nobody; else the app says so."""
        return False

    def present_refusal(self, call: CallUnderWay, error: OpinionscopeError | None) -> None:
        """Show what was there before a probe that asked nobody."""
        run, is_saved = self._before
        self.present(run, is_saved=is_saved)

    def _draw(self) -> None:
        """Draw the answers so far; computing intervals takes a while."""
        if (call := self.call) is not None:
            run = replace(self.compared(call.part or call.draft), status="running", error="", error_title="")
            if call.has_few:
                run = replace(run, reading=None, alignment=None)
            preview = run.plan.first.preview(call.text) if call.text else None
            self.show(run, hint=" ", partial=preview, partial_text=call.text, waiting=call.words())

    def _turn(self) -> None:
        if self.call is not None:
            self.wait(self.call.words())

    def _end(self) -> None:
        self.call = None
        if self._wheel is not None:
            self._wheel.stop()
            self._wheel = None
        self.refresh_bindings()


def can_score(run: Run) -> bool:
    """Whether a run was interrupted, and has answers that can be scored."""
    return bool(run.id) and run.is_live and run.is_interrupted and bool(run.whole)


def can_resume(run: Run) -> bool:
    """Whether a run has some of its answers, and lacks others."""
    return bool(run.id) and run.is_live and run.status != "running" and bool(run.whole) and not run.is_complete


def ways_on(run: Run) -> str:
    """The keys that go on with a run that was interrupted, or why one of the history has no end."""
    if run.status == "running":
        return NEVER_ENDED
    if not (run.is_live and run.is_interrupted):
        return ""
    ways = ["x to score the answers so far"] if can_score(run) else []
    ways += ["R to ask only for the missing ones"] if can_resume(run) else []
    return f"Press {', '.join([*ways, 'r to ask again'])}." if run.id or run.status == "cancelled" else ""
