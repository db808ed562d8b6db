"""What can be done with a sweep, from the list of sweeps and from the screen of one."""

import asyncio
from abc import abstractmethod

from textual.screen import Screen
from typing_extensions import override

from opinionscope.errors import OpinionscopeError
from opinionscope.history.sweep_progress import SweepState
from opinionscope.tui.arrangement import Arrangement
from opinionscope.tui.messages import CopyWanted, SelectionWanted
from opinionscope.tui.screens.line import LineScreen
from opinionscope.tui.sweep_words import called, resume_words
from opinionscope.tui.working import Failed, work


class SweepActions(Screen[None]):
    """A screen on which one sweep is meant."""

    def __init__(self, arrangement: Arrangement) -> None:
        super().__init__()
        self._arrangement = arrangement

    @property
    @abstractmethod
    def meant(self) -> SweepState | None:
        """The sweep that is meant."""

    @abstractmethod
    def look(self) -> None:
        """Look at the history again."""

    @override
    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What is not there cannot be opened; what runs cannot be resumed, what does not run not be paused."""
        status = self.meant.status if self.meant else ""
        able = {"open_sweep": bool(status), "resume": status in ("stopped", "submitted"), "pause": status == "running"}
        return able.get(action, True)

    def may_ask(self) -> bool:
        """Whether sweeps may be started and stopped here; says so if not."""
        if refusal := self._arrangement.launcher.refusal:
            self.notify(refusal, title="Read-only", severity="warning", timeout=5, markup=False)
        return not refusal

    def action_resume(self) -> None:
        """Ask what is missing, in a process of its own, within bounds that can be changed."""
        state = self.meant
        if state is None or not self.may_ask():
            return
        title, hint = resume_words(state)
        bounds = (("budget", state.bounds.budget), ("calls", state.bounds.calls))
        text = " ".join(f"--{name} {value}" for name, value in bounds if value is not None)
        LineScreen(title, text, hint, "resume").ask(self.app, lambda options: self._resume(state, options))

    def _resume(self, state: SweepState, options: str) -> None:
        try:
            self._arrangement.launcher.resume(state.row.id, options.split())
        except OpinionscopeError as error:
            self.post_message(Failed(error))
        else:
            self.notify(f"{called(state)}: starting …", timeout=3, markup=False)
        self.look()

    @work(group="pause")
    async def action_pause(self) -> None:
        """Stop the process that asks the sweep."""
        state = self.meant
        if state is None or not self.may_ask():
            return
        stopped = await asyncio.to_thread(self._arrangement.history.stop_sweep, state.row.id)
        words = "pausing: calls under way are kept as far as they came" if stopped else "no process is at work on it"
        self.notify(f"{called(state)}: {words}.", timeout=4, markup=False)
        self.look()

    def action_runs(self) -> None:
        """Show its runs in History."""
        if self.meant is not None:
            self.post_message(SelectionWanted("history", f"sweep:{self.meant.row.id}"))

    def action_table(self) -> None:
        """Show it in the tables."""
        if self.meant is not None:
            self.post_message(SelectionWanted("tables", f"sweep:{self.meant.row.id}"))

    def action_copy(self) -> None:
        """Copy the command that goes on with it."""
        if self.meant is not None:
            sweep = self.meant.row.id
            command = f"opinionscope sweep resume {sweep}"
            self.post_message(CopyWanted(command, f"`{command}`", f"resume-{sweep}"))
