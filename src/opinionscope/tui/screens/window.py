"""Window: what lies above a main screen until it is closed."""

from typing import ClassVar, TypeVar

from textual import events
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

Result = TypeVar("Result")


class Window(ModalScreen[Result]):
    """Closes with a result, and leaves what lies below alone."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("q", "leave", "Close", show=False)]

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
