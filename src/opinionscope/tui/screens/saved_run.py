"""SavedRunScreen: one run of the history, as it was shown when it was made; it can be resumed here."""

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.message import Message
from textual.screen import Screen
from textual.timer import Timer
from typing_extensions import override

from opinionscope.errors import OpinionscopeError
from opinionscope.report import Unit
from opinionscope.runs import Run
from opinionscope.runs.prober import Prober
from opinionscope.runs.watching import Watch
from opinionscope.tui.actions import Scope, bindings_in
from opinionscope.tui.calls import FRAMES_A_SECOND, CallUnderWay
from opinionscope.tui.messages import KeepingChanged, StudyCardWanted
from opinionscope.tui.screens.layout import HEIGHTS, WIDTHS
from opinionscope.tui.widgets.late_footer import LateFooter
from opinionscope.tui.widgets.run_view import RunView
from opinionscope.tui.widgets.top_bar import TopBar

NEVER_ENDED = "Still running when this was opened, or never finished: the program may have been killed."


class SavedRunScreen(Screen[None]):
    """Shows a run that was kept.

    Args:
        prober: asks for the missing answers.
    """

    class Came(Message):
        """More of the answers that were missing."""

        def __init__(self, run: Run) -> None:
            super().__init__()
            self.run = run

        @override
        def can_replace(self, message: Message) -> bool:
            return isinstance(message, SavedRunScreen.Came)

    class Ended(Message):
        """All calls have ended."""

        def __init__(self, run: Run) -> None:
            super().__init__()
            self.run = run

    CSS_PATH = "saved_run.tcss"
    AUTO_FOCUS = "RunView"
    HORIZONTAL_BREAKPOINTS = WIDTHS
    VERTICAL_BREAKPOINTS = HEIGHTS
    SCOPE: ClassVar[Scope] = "saved run"
    BINDINGS = bindings_in(SCOPE)

    def __init__(self, run: Run, prober: Prober, unit: Unit = "nats") -> None:
        super().__init__()
        self._prober = prober
        self._call: CallUnderWay | None = None
        self._wheel: Timer | None = None
        self._unit = unit
        self._saved = run

    @override
    def compose(self) -> ComposeResult:
        yield TopBar("history")
        yield RunView(self._saved, self._unit, hint=hint_for(self._saved))
        yield LateFooter()

    def action_back(self) -> None:
        """Cancel the running calls and save the answers so far; else go back to the list."""
        if self._call is not None and self._call.worker is not None:
            self._call.worker.cancel()
        elif self.is_active:
            self.dismiss(None)

    def action_resume(self) -> None:
        """Ask only for the missing answers."""
        self._call = CallUnderWay(self._saved, is_resumed=True, answered=len(self._saved.whole))
        self._call.worker = self._resume(self._call)
        self._wheel = self.set_interval(1 / FRAMES_A_SECOND, self._turn)
        self.refresh_bindings()

    @work(group="ask", exit_on_error=False)
    async def _resume(self, call: CallUnderWay) -> None:
        watch = Watch(
            on_part=lambda run: self._tell(self.Came(run)),
            on_attempt=call.delay,
            on_run=lambda run: self._tell(self.Ended(run)),
        )
        try:
            await self._prober.resume(self._saved.id, watch)
        except OpinionscopeError as error:
            self._complain(error)
            self.post_message(self.Ended(self._saved))
        finally:
            self.post_message(KeepingChanged())

    @work(group="ask", exit_on_error=False)
    async def action_score(self) -> None:
        """Score the run with the answers so far."""
        try:
            self.post_message(self.Ended(await self._prober.score(self._saved)))
        except OpinionscopeError as error:
            self._complain(error)
        self.post_message(KeepingChanged())

    @override
    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        run = self._saved
        if action == "resume":
            return self._call is None and run.status != "running" and not run.is_recorded and not run.is_complete
        if action == "score":
            return self._call is None and run.is_interrupted and bool(run.whole)
        return True

    def _tell(self, message: Message) -> None:
        self.post_message(message)

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
        self._saved = event.run
        self.query_one(RunView).show(event.run, hint=hint_for(event.run))
        self.refresh_bindings()

    def _turn(self) -> None:
        if self._call is not None:
            self.query_one(RunView).wait(self._call.words())

    def _complain(self, error: OpinionscopeError) -> None:
        self.notify(error.message, title=error.title, severity="error", markup=False)

    def action_detail(self, detail: str) -> None:
        """Show the prompt, the answer or the reading."""
        self.query_one(RunView).open_detail(detail)

    def action_toggle_unit(self) -> None:
        """Nats or bits."""
        self.query_one(RunView).toggle_unit()

    def action_study_card(self) -> None:
        """Show where the question and its people come from."""
        self.post_message(StudyCardWanted(self._saved.cell.question))


def hint_for(run: Run) -> str:
    """The keys that resume or score a run without measures."""
    if run.status == "running":
        return NEVER_ENDED
    if not run.is_interrupted or run.is_recorded:
        return ""
    ways = ["x to score the answers so far"] if run.whole else []
    return f"Press {', '.join([*ways, 'r to ask only for the missing ones'])}."
