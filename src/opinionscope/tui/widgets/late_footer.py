"""LateFooter: the keys at the bottom, put there after the first paint, which has better things to do."""

from textual.containers import Horizontal


class LateFooter(Horizontal):
    """Keeps the place of the footer, and fills it when the screen has been shown once."""

    def on_mount(self) -> None:
        """Fill the place later."""
        self.call_after_refresh(self._fill)

    async def _fill(self) -> None:
        if not self.is_attached or not self.is_running:
            return  # the screen has closed meanwhile
        from textual.widgets import Footer

        await self.mount(Footer(show_command_palette=False))
        self.screen.refresh_bindings()
