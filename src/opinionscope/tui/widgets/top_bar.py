"""TopBar: the program's name, and the way from screen to screen by mouse."""

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static
from typing_extensions import override

from opinionscope import __version__
from opinionscope.tui.styles import MUTED

MODES = {"explore": "Explore", "history": "History"}


class TopBar(Horizontal):
    """One line at the top; the current screen is marked."""

    def __init__(self, current: str) -> None:
        super().__init__()
        self._current = current

    @override
    def compose(self) -> ComposeResult:
        yield Static(Content.assemble((" opinionscope ", "bold"), (f"{__version__} ", MUTED)), id="brand")
        for mode, title in MODES.items():
            tab = Static(f" {title} ", id=f"go-{mode}", classes="-current" if mode == self._current else "")
            tab.tooltip = f"Go to {title}"
            yield tab
        with Horizontal(id="corner"):
            yield Static(" ? Help ", id="go-help")
            yield Static(" q Quit ", id="go-quit")

    async def on_click(self, event: object) -> None:
        """Go where the click points."""
        widget = getattr(event, "widget", None)
        name = (widget.id or "").removeprefix("go-") if widget else ""
        if name in MODES:
            await self.run_action(f"app.show_mode('{name}')")
        elif name == "help":
            await self.run_action("app.help")
        elif name == "quit":
            await self.run_action("app.quit")
