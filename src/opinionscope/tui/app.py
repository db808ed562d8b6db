"""The terminal program: its screens, its themes, and what is true everywhere."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from textual import work
from textual.app import App, SystemCommand
from textual.screen import Screen
from typing_extensions import override

from opinionscope.history import History
from opinionscope.probe import Choices, Prober
from opinionscope.report import Unit
from opinionscope.respondents import live_models, recorded_models
from opinionscope.survey import Library
from opinionscope.tui.actions import actions_in, bindings_in
from opinionscope.tui.models import ModelShelf
from opinionscope.tui.screens.explore import ExploreScreen
from opinionscope.tui.theming import Themes, chart_defaults

DEFAULT_THEME = "scope-dark"


@dataclass(frozen=True, slots=True)
class Arrangement:
    """What the program needs to start.

    Attributes:
        choices: what is chosen at first.
        history: where runs are kept, shared with the prober.
    """

    library: Library
    prober: Prober
    history: History
    themes: Themes
    choices: Choices
    theme: str = DEFAULT_THEME
    unit: Unit = "nats"


class OpinionscopeApp(App[None]):
    """Pick a question, a group, a steering method and a format; see humans and model side by side."""

    TITLE = "opinionscope"
    CSS_PATH = Path(__file__).with_name("app.tcss")
    BINDINGS = bindings_in("everywhere")
    DEFAULT_MODE = "explore"

    def __init__(self, arrangement: Arrangement) -> None:
        self._arrangement = arrangement
        super().__init__()
        self._shelf = ModelShelf()
        for theme in arrangement.themes.themes:
            self.register_theme(theme)
        self.theme = arrangement.theme if arrangement.theme in self.available_themes else DEFAULT_THEME
        self.add_mode("explore", self._explore_screen)
        self.add_mode("history", self._history_screen)

    @override
    def get_theme_variable_defaults(self) -> dict[str, str]:
        return chart_defaults(self.current_theme.dark, self.current_theme.surface or "#202020")

    def on_mount(self) -> None:
        """Name what was passed over, and look for models."""
        problems = [*self._arrangement.library.problems, *self._arrangement.themes.problems]
        if problems:
            self.notify(
                "\n".join(str(problem) for problem in problems),
                title="Passed over",
                severity="warning",
                timeout=12,
                markup=False,
            )
        self._look_for_models()

    def _explore_screen(self) -> Screen[None]:
        return ExploreScreen(self._arrangement.prober, self._shelf, self._arrangement.choices, self._arrangement.unit)

    def _history_screen(self) -> Screen[None]:
        from opinionscope.tui.screens.history import HistoryScreen

        return HistoryScreen(self._arrangement.history)

    async def action_show_mode(self, mode: str) -> None:
        """Go to one of the main screens; windows above the current one close."""
        while len(self.screen_stack) > 1:
            self.pop_screen()
        await self.switch_mode(mode)

    def action_help(self) -> None:
        """Show the help, once."""
        from opinionscope.tui.screens.help import HelpScreen

        if not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen())

    @work(exit_on_error=False)
    async def _look_for_models(self) -> None:
        self._shelf.add(await asyncio.to_thread(recorded_models, self._arrangement.library))
        self._shelf.add(await live_models())

    @override
    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        for action in actions_in(getattr(screen, "SCOPE", "everywhere"), "everywhere"):
            yield SystemCommand(action.label, action.help, lambda method=action.method: self._perform(method))

    async def _perform(self, method: str) -> None:
        await self.screen.run_action(method)
