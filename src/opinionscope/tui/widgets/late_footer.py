"""LateFooter: the keys at the bottom."""

from textual.containers import Horizontal
from typing_extensions import override

from opinionscope.tui.widgets.late import Late


class LateFooter(Horizontal, Late):
    """Keeps the place of the footer until the screen has been shown."""

    @override
    async def fill(self) -> None:
        from opinionscope.tui.widgets.key_footer import KeyFooter

        await self.mount(KeyFooter(show_command_palette=False))
        self.screen.refresh_bindings()
