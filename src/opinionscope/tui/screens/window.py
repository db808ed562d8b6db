"""What lies above a main screen until it is closed: whole screens, and windows."""

from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

from textual import events
from textual.app import App
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen, Screen

Result = TypeVar("Result")


class Above(Screen[None]):
    """A screen that lies above a main one."""

    def action_back(self) -> None:
        """Go back, if this is on top: keys that come in one burst must not close what lies below."""
        if self.is_active:
            self.dismiss(None)


class Window(ModalScreen[Result]):
    """Closes with a result, and leaves what lies below alone."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("q", "leave", "Close", show=False)]

    def ask(self, app: App[Any], then: Callable[[Result], object]) -> None:
        """Open, and go on with the result, unless it is left without one."""

        def closed(result: Result | None) -> None:
            if result is not None:
                then(result)

        app.push_screen(self, closed)

    def close_with(self, result: Result | None) -> None:
        """Close, if this is on top: keys that come in one burst must not close what lies below."""
        if self.is_active:
            self.dismiss(result)

    def action_leave(self) -> None:
        """Close without a result."""
        self.close_with(None)

    def on_click(self, event: events.Click) -> None:
        """A click beside the window leaves it."""
        if event.widget is self:
            self.action_leave()
