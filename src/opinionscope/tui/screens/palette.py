"""ActionPalette: the list of every action, robust to keys before it is drawn, and to what comes after it is closed."""

from typing import ClassVar

from textual import events, on
from textual.binding import Binding, BindingType
from textual.command import CommandList, CommandPalette, DiscoveryHit, Hits
from textual.system_commands import SystemCommandsProvider
from textual.widgets import Input
from typing_extensions import override


class ActionsProvider(SystemCommandsProvider):
    """Lists the likely actions first, and those that cannot be used now only when they are typed."""

    @override
    async def discover(self) -> Hits:
        for name, help_text, callback, discover in self.app.get_system_commands(self.screen):
            if discover:
                yield DiscoveryHit(name, callback, help=help_text)


class ActionPalette(CommandPalette):
    """Textual's palette, for keys and clicks that come in bursts; without emoji, no wider than its lines are long."""

    DEFAULT_CSS = """
    ActionPalette > Vertical { max-width: 100; }
    ActionPalette SearchIcon { display: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("pagedown", "turn(1)", "Page down", show=False),
        Binding("pageup", "turn(-1)", "Page up", show=False),
    ]

    @on(Input.Changed)
    def _typed_too_late(self, event: Input.Changed) -> None:
        """What was typed just before the palette closed is not searched for: there is no list any more."""
        if not self.is_current:
            event.prevent_default()

    def on_click(self, event: events.Click) -> None:
        """The first click beside it closes it; those that follow must not close what lies below."""
        if not self.is_current:
            event.prevent_default()

    async def action_turn(self, by: int) -> None:
        """Go a page down or up; a list that has no rows yet, or no room for any, has none to turn."""
        commands = self.query_one(CommandList)
        if commands.scrollable_content_region.height:
            await commands.run_action("page_down" if by > 0 else "page_up")
