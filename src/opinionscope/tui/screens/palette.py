"""ActionPalette: the list of every action, robust to keys before it is drawn or after it is closed."""

from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.command import CommandList, CommandPalette
from textual.widgets import Input


class ActionPalette(CommandPalette):
    """Textual's palette, for keys that come in bursts."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("pagedown", "turn(1)", "Page down", show=False),
        Binding("pageup", "turn(-1)", "Page up", show=False),
    ]

    @on(Input.Changed)
    def _typed_too_late(self, event: Input.Changed) -> None:
        """What was typed just before the palette closed is not searched for: there is no list any more."""
        if not self.is_current:
            event.prevent_default()

    async def action_turn(self, by: int) -> None:
        """Go a page down or up; a list that has no rows yet, or no room for any, has none to turn."""
        commands = self.query_one(CommandList)
        if commands.scrollable_content_region.height:
            await commands.run_action("page_down" if by > 0 else "page_up")
