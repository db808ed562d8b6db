"""One sweep on a screen of its own."""

import asyncio
from typing import ClassVar

from textual.app import ComposeResult
from typing_extensions import override

from opinionscope.errors import OpinionscopeError
from opinionscope.history.sweep_progress import SweepState
from opinionscope.tui.actions import Scope, bindings_in
from opinionscope.tui.arrangement import Arrangement
from opinionscope.tui.screens.window import Above
from opinionscope.tui.sweep_actions import SweepActions
from opinionscope.tui.watching import Watching
from opinionscope.tui.widgets.key_footer import KeyFooter
from opinionscope.tui.widgets.sweep_view import SweepView
from opinionscope.tui.widgets.top_bar import TopBar


class SweepScreen(Watching, SweepActions, Above):
    """Reads the history only: the sweep is asked by a process of its own, which may have been started anywhere."""

    CSS_PATH = "sweep.tcss"
    AUTO_FOCUS = "#sweep"
    SCOPE: ClassVar[Scope] = "sweep"
    BINDINGS = bindings_in(SCOPE)

    def __init__(self, arrangement: Arrangement, state: SweepState) -> None:
        super().__init__(arrangement)
        self._state = state

    @override
    def compose(self) -> ComposeResult:
        yield TopBar("sweeps")
        yield SweepView(self._arrangement)
        yield KeyFooter()

    @property
    @override
    def meant(self) -> SweepState | None:
        return self._state

    @override
    async def looked(self) -> None:
        history = self._arrangement.history
        try:
            self._state = await asyncio.to_thread(history.sweep_state, self._state.row)
            self._arrangement.launcher.note(await asyncio.to_thread(history.sweep_workers))
            self.refresh_bindings()
            await self.query_one(SweepView).look_at(self._state)
        except OpinionscopeError as error:
            self.query_one(SweepView).say(error)
