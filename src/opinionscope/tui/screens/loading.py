"""LoadingScreen: what is painted first, before anything else has been loaded."""

from textual.app import ComposeResult
from textual.screen import Screen
from typing_extensions import override

from opinionscope.tui.widgets.top_bar import TopBar


class LoadingScreen(Screen[None]):
    """An empty screen in the user's colours."""

    @override
    def compose(self) -> ComposeResult:
        yield TopBar("explore")
