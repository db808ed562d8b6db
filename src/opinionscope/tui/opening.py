"""OpeningApp: the screens that open above a main one, each where its message arrives."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from textual import on
from textual.app import App
from textual.dom import DOMNode
from textual.screen import Screen
from textual.widgets import OptionList
from typing_extensions import override

from opinionscope.tui.messages import GridWanted, StudyCardWanted, WritingWanted
from opinionscope.tui.screens.layout import HEIGHTS, WIDTHS

if TYPE_CHECKING:
    from opinionscope.errors import OpinionscopeError
    from opinionscope.report.figure import Figure
    from opinionscope.tui.arrangement import Arrangement
    from opinionscope.tui.screens.explore import ExploreScreen


class OpeningApp(App[None]):
    """What of the program opens a grid, a study card, a form, the list of problems, the tour, and Play."""

    HORIZONTAL_BREAKPOINTS = WIDTHS
    VERTICAL_BREAKPOINTS = HEIGHTS
    greets = False
    """Whether a newcomer is shown the tour."""

    _arrangement: "Arrangement | None" = None
    _problems: "list[OpinionscopeError]"

    async def greet(self, explore: "ExploreScreen") -> None:
        """Show the tour to a newcomer."""
        from opinionscope.tui.session import is_newcomer

        if self.greets and self._arrangement is not None and is_newcomer(self._arrangement):
            await explore.show_tour()

    @property
    def cards(self) -> "list[Figure]":
        """Of the rounds of Play that came to their end."""
        return [] if self._arrangement is None else self._arrangement.cards

    @on(GridWanted)
    def _show_grid(self, event: GridWanted) -> None:
        from opinionscope.tui.screens.grid import GridScreen

        if self._arrangement is not None and not self.screen.is_modal:
            self.push_screen(GridScreen(self._arrangement, event.choices))

    @on(StudyCardWanted)
    def _show_study_card(self, event: StudyCardWanted) -> None:
        from opinionscope.tui.screens.study_card import StudyCardScreen

        if self._arrangement is not None and not isinstance(self.screen, StudyCardScreen):
            self.push_screen(StudyCardScreen(self._arrangement.library, event.question, self._arrangement.paths))

    @on(WritingWanted)
    def _write_question(self, event: WritingWanted) -> None:
        from opinionscope.tui.screens.write import open_form

        if self._arrangement is not None and not self.screen.is_modal:
            open_form(self, self._arrangement, event)

    def action_problems(self) -> None:
        """List the files and settings that could not be used."""
        from opinionscope.tui.screens.problems import ProblemsScreen

        if not self._problems:
            self.notify("Every file could be used.", timeout=2)
        elif not self.screen.is_modal:
            self.push_screen(ProblemsScreen(self._problems))

    async def action_tour(self) -> None:
        """Show the tour, on Explore."""
        from opinionscope.tui.screens.explore import ExploreScreen

        await self.run_action("show_mode('explore')")
        if isinstance(self.screen, ExploreScreen):
            await self.screen.show_tour()

    def action_play(
        self, players: tuple[str, ...] = (), questions: int = 10, domain: str = "", seed: int | None = None
    ) -> None:
        """Open Play; with players a round begins at once."""
        from opinionscope.tui.screens.play import PlayScreen
        from opinionscope.tui.screens.play_setup import Wished

        is_open = any(isinstance(screen, PlayScreen) for screen in self.screen_stack)
        if self._arrangement is not None and not self.screen.is_modal and not is_open:
            self.push_screen(PlayScreen(self._arrangement, Wished(players, questions, domain, seed)))

    @override
    async def run_action(
        self, action: Any, default_namespace: DOMNode | None = None, namespaces: Mapping[str, DOMNode] | None = None
    ) -> bool:
        """Run an action; one of a screen that is being built waits for it, one of a list without room does nothing.

        Keys wait for a screen as well (`type_ahead`), but half a second only, and a loaded machine takes longer.
        """
        if isinstance(default_namespace, Screen) and not default_namespace.is_mounted:
            default_namespace.call_later(self.call_later, self.run_action, action, default_namespace, namespaces)
            return True
        if isinstance(default_namespace, OptionList) and not default_namespace.scrollable_content_region:
            return True
        return await super().run_action(action, default_namespace, namespaces)
