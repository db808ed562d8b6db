"""KeyButton: for the mouse, what a key does as well."""

from textual.widgets import Button


class KeyButton(Button, can_focus=False):
    """Runs an action of its screen; keys go to the other widgets.

    Args:
        label: begins with the key.
        action: of the screen.
    """

    def __init__(self, label: str, action: str, *, id: str) -> None:
        super().__init__(label, compact=True, id=id, action=f"screen.{action}")
