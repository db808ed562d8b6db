"""ProblemsScreen: the files and settings that could not be used, and why."""

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from typing_extensions import override

from opinionscope.errors import OpinionscopeError
from opinionscope.tui.screens.page import TextPage


class ProblemsScreen(TextPage):
    """One page that scrolls; any of its keys closes it."""

    HEADING = "Not used"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,exclamation_mark,enter", "leave", "Close")]

    def __init__(self, problems: Sequence[OpinionscopeError]) -> None:
        super().__init__()
        self._listed = tuple(problems)

    @override
    def text(self) -> Content:
        return Content("\n\n").join(
            Content.assemble((problem.title, "bold $warning"), "\n", problem.message) for problem in self._listed
        )
