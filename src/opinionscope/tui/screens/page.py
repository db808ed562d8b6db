"""TextPage: a window with one text, which scrolls."""

from abc import abstractmethod
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static
from typing_extensions import override

from opinionscope.tui.screens.window import Window


class TextPage(Window[None]):
    """Shows `text`; a subclass binds the keys that close it.

    Attributes:
        HEADING: stands in the border; "" for none.
    """

    CSS_PATH = "page.tcss"
    HEADING: ClassVar[str] = ""

    @abstractmethod
    def text(self) -> Content:
        """What is shown."""

    @override
    def compose(self) -> ComposeResult:
        with VerticalScroll(id="page") as page:
            page.border_title = self.HEADING
            page.border_subtitle = "esc close · ↑↓ scroll"
            yield Static(self.text(), markup=False)
