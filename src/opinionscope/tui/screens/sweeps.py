"""Sweeps: every grid of cells in the history, newest first, and how far each is."""

import asyncio
from collections.abc import Callable
from pathlib import PurePath
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option
from typing_extensions import override

from opinionscope.errors import OpinionscopeError
from opinionscope.history.sweep_progress import SweepState
from opinionscope.runs.prober import Choices
from opinionscope.tui.actions import Scope, bindings_in
from opinionscope.tui.arrangement import Arrangement
from opinionscope.tui.launching import Launch
from opinionscope.tui.screens.new_sweep import NewSweepScreen, Started
from opinionscope.tui.screens.sweep import SweepScreen
from opinionscope.tui.styles import MUTED
from opinionscope.tui.sweep_actions import SweepActions
from opinionscope.tui.sweep_draft import SweepDraft
from opinionscope.tui.sweep_words import header, list_line
from opinionscope.tui.watching import Watching
from opinionscope.tui.widgets.key_footer import KeyFooter
from opinionscope.tui.widgets.sweep_view import SweepView
from opinionscope.tui.widgets.top_bar import TopBar

NONE_YET = Content.assemble(
    ("No sweeps yet\n\n", "bold $primary"),
    "A sweep asks a whole grid, each combination once: questions × groups × steering × formats × models.\n\n",
    ("n", "bold $accent"),
    "  plans one from the choices in Explore. Calls, cost and time are said before anybody is asked.\n\n",
    "It then runs as a process of its own, which leaving the program does not stop. Here stands how far it is, "
    "what failed, and what it has cost; it can be paused and resumed at any moment.\n\n",
    ("opinionscope sweep plan --example  prints the plan of the benchmark's own grid.", MUTED),
)
PADDING = 3


class SweepsScreen(Watching, SweepActions):
    """The list of sweeps, looked at every second while it is in sight.

    Args:
        choices: gives those in Explore, which a new sweep begins with.
    """

    CSS_PATH: ClassVar[list[str | PurePath]] = ["sweeps.tcss", "sweep.tcss"]
    AUTO_FOCUS = "#sweeps"
    SCOPE: ClassVar[Scope] = "sweeps"
    BINDINGS = bindings_in(SCOPE)

    def __init__(self, arrangement: Arrangement, choices: Callable[[], Choices]) -> None:
        super().__init__(arrangement)
        self._choices = choices
        self._states: dict[str, SweepState] = {}
        self._workers: dict[str, int] = {}
        self._under_way: set[str] = set()
        self._draft: SweepDraft | None = None
        self._awaited: Launch | None = None

    @override
    def compose(self) -> ComposeResult:
        yield TopBar("sweeps")
        yield Static("", id="sweeps-header", markup=False)
        yield OptionList(id="sweeps", markup=False, compact=True)
        yield Static(NONE_YET, id="sweeps-none", markup=False)
        yield SweepView(self._arrangement)
        yield Static("", id="sweeps-launch", markup=False)
        yield KeyFooter()

    # Looking

    @override
    async def looked(self) -> None:
        """Read the sweeps; those that stand still are counted once."""
        try:
            found, workers, under_way = await asyncio.to_thread(
                self._read, self._states, self._workers, self._under_way
            )
        except OpinionscopeError as error:
            self.query_one("#sweeps-launch", Static).update(Content.styled(str(error), "$error"))
            return
        self._arrangement.launcher.note(workers)
        self._states, self._workers, self._under_way = found, workers, under_way
        self._draw()
        self.refresh_bindings()
        self._look_at_launch()
        if self.meant is not None:
            await self._view.look_at(self.meant)

    def _read(
        self, known: dict[str, SweepState], known_workers: dict[str, int], moved: set[str]
    ) -> tuple[dict[str, SweepState], dict[str, int], set[str]]:
        """The sweeps, who was at work on each last, and which are under way; called in a thread.

        Args:
            known, known_workers, moved: the same as they were at the last look.
        """
        history = self._arrangement.history
        workers, under_way = dict(history.sweep_workers()), history.sweeps_under_way()
        moving = under_way | moved | {each for each in workers if workers[each] != known_workers.get(each)}
        found = {}
        for row in history.sweeps():
            before = known.get(row.id)
            stands = before is not None and before.status != "running" and row.id not in moving
            found[row.id] = before if before is not None and stands else history.sweep_state(row)
        return found, workers, under_way

    @property
    def _view(self) -> SweepView:
        return self.query_one(SweepView)

    @override
    def on_screen_suspend(self) -> None:
        """Out of sight; the answers behind the leaderboard go."""
        self._view.forget()
        super().on_screen_suspend()

    @override
    def on_screen_resume(self) -> None:
        """Whatever was done meanwhile, elsewhere too."""
        self._states = {}
        super().on_screen_resume()

    def _draw(self) -> None:
        listed = self.query_one("#sweeps", OptionList)
        width = listed.outer_size.width - PADDING
        self.query_one("#sweeps-header", Static).update(header(width))
        self.set_class(not self._states, "-none")
        lines = {each: list_line(state, width) for each, state in self._states.items()}
        if [option.id for option in listed.options] == list(lines):
            for each, line in lines.items():
                listed.replace_option_prompt(each, line)
            return
        current = self._current_id
        listed.clear_options()
        listed.add_options([Option(line, id=each) for each, line in lines.items()])
        if lines:
            listed.highlighted = list(lines).index(current) if current in lines else 0

    def on_resize(self, event: events.Resize) -> None:
        """Columns come and go with the width."""
        self.call_after_refresh(self._draw)

    @property
    def _current_id(self) -> str:
        option = self.query_one("#sweeps", OptionList).highlighted_option
        return "" if option is None else option.id or ""

    @property
    @override
    def meant(self) -> SweepState | None:
        return self._states.get(self._current_id)

    def action_move(self, by: int) -> None:
        """Move the cursor."""
        listed = self.query_one("#sweeps", OptionList)
        (listed.action_cursor_down if by > 0 else listed.action_cursor_up)()

    @on(OptionList.OptionHighlighted, "#sweeps")
    def _meant_another(self) -> None:
        self.look()
        self.refresh_bindings()

    @on(OptionList.OptionSelected, "#sweeps")
    def action_open_sweep(self) -> None:
        """Show how far the sweep under the cursor is."""
        if self.meant is not None and self.is_active:
            self.app.push_screen(SweepScreen(self._arrangement, self.meant))

    # Beginning

    def action_new_sweep(self) -> None:
        """Open the form."""
        if not self.may_ask() or not self.is_active:
            return
        draft = self._draft or SweepDraft.of(self._choices(), self._arrangement.workspace.server_for)

        def begun(started: Started) -> None:
            self._draft, self._awaited = started.draft, started.launch
            self._look_at_launch()
            self.look()

        NewSweepScreen(self._arrangement, draft).ask(self.app, begun)

    def _look_at_launch(self) -> None:
        """Open the sweep that was just begun, or say why it was not."""
        launch, said = self._awaited, self.query_one("#sweeps-launch", Static)
        if launch is None:
            return
        if launch.sweep in self._states:
            self._awaited = self._draft = None
            said.update("")
            if self.is_active:
                self.query_one("#sweeps", OptionList).highlighted = list(self._states).index(launch.sweep)
                self.action_open_sweep()
        elif launch.has_failed:
            lines = "\n".join(launch.last_lines or ["It said nothing."])
            said.update(
                Content.assemble(
                    ("✗ ", "$error"), (f"{launch.what} was not begun. ", "bold"), ("n opens the form again.\n", MUTED),
                    (lines, "$error"), (f"\nlog: {launch.log}", MUTED),
                )
            )  # fmt: skip
        else:
            said.update(Content.assemble((f"… {launch.what} is starting", "$warning"), (f"  log: {launch.log}", MUTED)))
