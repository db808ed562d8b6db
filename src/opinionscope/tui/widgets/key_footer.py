"""KeyFooter: the keys that work now, at the bottom of a screen."""

from typing import NamedTuple

from rich.cells import cell_len
from textual import events
from textual.app import RenderResult
from textual.content import Content
from textual.reactive import reactive
from textual.screen import Screen
from textual.style import Style
from textual.widget import Widget
from typing_extensions import override

ELLIPSIS = " …"


class Key(NamedTuple):
    """A key as the footer shows it."""

    name: str
    display: str
    label: str
    tooltip: str
    is_enabled: bool

    @property
    def width(self) -> int:
        """In terminal cells."""
        return cell_len(self.display) + cell_len(self.label) + 3


class KeyFooter(Widget, can_focus=False):
    """One line of keys and what they do; a click on one presses it. What does not fit gives way to an ellipsis.

    Textual's own footer has a widget for each key, and mounts all of them anew at each change of focus.
    """

    ALLOW_SELECT = False

    keys: reactive[tuple[Key, ...]] = reactive(())
    pointed: reactive[str | None] = reactive(None)
    """Name of the key that the mouse points at."""

    def on_mount(self) -> None:
        """Follow what can be pressed."""
        self.screen.bindings_updated_signal.subscribe(self, self._show_keys)

    def _show_keys(self, screen: Screen[object]) -> None:
        if not self.app.app_focus:
            return
        keys: dict[str, Key] = {}
        for _, binding, is_enabled, tooltip in screen.active_bindings.values():
            if binding.show and binding.action not in keys:
                display = self.app.get_key_display(binding)
                keys[binding.action] = Key(binding.key, display, binding.description, tooltip, is_enabled)
        self.keys = tuple(keys.values())

    @override
    def render(self) -> RenderResult:
        left = self.size.width - (len(ELLIPSIS) if sum(key.width for key in self.keys) > self.size.width else 0)
        parts: list[Content] = []
        for key in self.keys:
            left -= key.width
            if left < 0:
                parts.append(Content(ELLIPSIS))
                break
            parts.append(self._drawn(key))
        return Content.assemble(*parts)

    def _drawn(self, key: Key) -> Content:
        shown = Content.assemble((f" {key.display} ", "bold $footer-key-foreground"), f"{key.label} ")
        if key.name == self.pointed:
            shown = shown.stylize("on $block-hover-background")
        if not key.is_enabled:
            shown = shown.stylize("dim")
        return shown.stylize(Style.from_meta({"key": key.name}))

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Light up the key under the mouse, and say what it does."""
        self.pointed = event.style.meta.get("key")
        self.tooltip = next((key.tooltip for key in self.keys if key.name == self.pointed), None)

    def on_leave(self) -> None:
        """The mouse points at no key any more."""
        self.pointed = None

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Press the key under the mouse."""
        pressed: str = event.style.meta.get("key", "")
        if any(key.name == pressed and key.is_enabled for key in self.keys):
            self.app.simulate_key(pressed)
        elif pressed:
            self.app.bell()
