"""Late: widgets that are filled after the first paint, to keep that fast."""

from textual.widget import Widget


class Late(Widget):
    """Keeps its place, and calls `fill` once the screen has been shown, unless that has closed."""

    def on_mount(self) -> None:
        """Fill the place later."""
        self.call_after_refresh(self._fill_if_open)

    async def _fill_if_open(self) -> None:
        if self.is_attached and self.is_running:
            await self.fill()

    async def fill(self) -> None:
        """Mount what belongs here."""
        raise NotImplementedError
