"""SavedRunScreen: one run of the history, as it was shown when it was made."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.screen import Screen
from typing_extensions import override

from opinionscope.history import Run
from opinionscope.report import Unit
from opinionscope.tui.actions import Scope, bindings_in
from opinionscope.tui.messages import StudyCardWanted
from opinionscope.tui.screens.layout import HEIGHTS, WIDTHS
from opinionscope.tui.widgets.late_footer import LateFooter
from opinionscope.tui.widgets.run_view import RunView
from opinionscope.tui.widgets.top_bar import TopBar

NEVER_ENDED = "Still being asked when this was opened, or never ended: the program may have been killed meanwhile."


class SavedRunScreen(Screen[None]):
    """Shows a run that was kept."""

    CSS_PATH = "saved_run.tcss"
    AUTO_FOCUS = "RunView"
    HORIZONTAL_BREAKPOINTS = WIDTHS
    VERTICAL_BREAKPOINTS = HEIGHTS
    SCOPE: ClassVar[Scope] = "saved run"
    BINDINGS = bindings_in(SCOPE)

    def __init__(self, run: Run, unit: Unit = "nats") -> None:
        super().__init__()
        self._unit = unit
        self._saved = run

    @override
    def compose(self) -> ComposeResult:
        yield TopBar("history")
        yield RunView(self._saved, self._unit, hint=NEVER_ENDED if self._saved.status == "running" else "")
        yield LateFooter()

    def action_back(self) -> None:
        """Back to the list."""
        if self.is_active:
            self.dismiss(None)

    def action_detail(self, detail: str) -> None:
        """Show the prompt, the answer or the reading."""
        self.query_one(RunView).open_detail(detail)

    def action_toggle_unit(self) -> None:
        """Nats or bits."""
        self.query_one(RunView).toggle_unit()

    def action_study_card(self) -> None:
        """Show where the question and its people come from."""
        self.post_message(StudyCardWanted(self._saved.elicitation.question))
