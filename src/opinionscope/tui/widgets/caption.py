"""Caption: one sentence above the footer, one line high."""

from typing import Any

from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from opinionscope.tui.styles import MUTED


class Caption(Static):
    """What is shown just now, or can be done next."""

    def __init__(self) -> None:
        super().__init__(markup=False)

    def say(self, title: str, words: str, way_out: str) -> None:
        """Show another sentence."""
        self.update(Content.assemble((f" {title}  ", "bold $primary"), words, (f"  {way_out}", MUTED)))


def caption_on(screen: Screen[Any]) -> Caption:
    """The caption of a screen, which has one from now on."""
    for caption in screen.query(Caption):
        return caption
    caption = Caption()
    screen.mount(caption)
    return caption
