"""ProblemsScreen: the files and settings that could not be used, and why."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static
from typing_extensions import override

from opinionscope.errors import OpinionscopeError
from opinionscope.tui.screens.window import Window


class ProblemsScreen(Window[None]):
    """One page that scrolls; any of its keys closes it."""

    CSS_PATH = "problems.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,exclamation_mark,enter", "leave", "Close")]

    def __init__(self, problems: Sequence[OpinionscopeError]) -> None:
        super().__init__()
        self._listed = tuple(problems)

    @override
    def compose(self) -> ComposeResult:
        with VerticalScroll(id="problems") as page:
            page.border_title = "Not used"
            page.border_subtitle = "esc close · ↑↓ scroll"
            yield Static(Content("\n\n").join(_told(problem) for problem in self._listed), markup=False)


def _told(problem: OpinionscopeError) -> Content:
    return Content.assemble((problem.title, "bold $warning"), "\n", problem.message)
