"""RunScreen: what can be done with the run on screen, on Explore and with a saved one."""

import time
from typing import ClassVar

from textual import events
from textual.screen import Screen

from opinionscope.tui.actions import Scope, actions_in
from opinionscope.tui.messages import HoldWanted, StudyCardWanted
from opinionscope.tui.widgets.run_view import RunView

IN_SIGHT = 3.0
"""Seconds that it is shown why a key does nothing."""


class RunScreen(Screen[None]):
    """A screen that shows one run."""

    SCOPE: ClassVar[Scope]

    def __init__(self) -> None:
        super().__init__()
        self._told: dict[str, float] = {}  # why a key does nothing, and when that was said

    @property
    def view(self) -> RunView:
        """Where the run is shown."""
        return self.query_one(RunView)

    def on_key(self, event: events.Key) -> None:
        """Say why a key does nothing now, once while that is in sight."""
        if event.key in self.active_bindings:
            return
        chosen, now = getattr(self.app, "chosen_keys", {}), time.monotonic()
        for action in actions_in(self.SCOPE):
            is_pressed = event.key in chosen.get(action.id, action.keys).split(",")
            why = self.why_not(action.method) if is_pressed and not self.check_action(action.method, ()) else ""
            if why and now > self._told.get(why, -IN_SIGHT) + IN_SIGHT:
                self._told[why] = now
                self.notify(why, timeout=IN_SIGHT)

    def why_not(self, method: str) -> str:
        """Why an action cannot be done now, in a sentence; "" where that needs no words."""
        return ""

    def action_detail(self, detail: str) -> None:
        """Show the prompt, the answer or the reading."""
        self.view.open_detail(detail)

    def action_turn_page(self, by: int) -> None:
        """Scroll the run, where the cursor is not on a list that scrolls itself."""
        self.view.turn_page(by)

    def action_copy(self) -> None:
        """Copy the result, or the tab that has the focus."""
        self.view.copy()

    def action_write_chart(self) -> None:
        """Draw the chart into files."""
        self.view.write_chart()

    def action_toggle_unit(self) -> None:
        """Nats or bits."""
        self.view.toggle_unit()

    def action_toggle_differences(self) -> None:
        """Draw how far the model is off in place of both sides, and back."""
        self.view.toggle_differences()

    def action_hold(self) -> None:
        """Pin the run, to compare others with, or no longer."""
        self.post_message(HoldWanted(self.view.shown))

    def action_study_card(self) -> None:
        """Show where the question and its people come from."""
        self.post_message(StudyCardWanted(self.view.shown.cell.question))
