"""The terminal program: its screens, its themes, and what is true everywhere.

Nothing of the domain is imported here before the first paint: what the program works with is loaded by a worker
while the first, empty screen is shown.
"""

import asyncio
import gc
import sys
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual import constants, on
from textual.actions import parse
from textual.app import App, SystemCommand
from textual.binding import Binding
from textual.command import Provider
from textual.driver import Driver
from textual.filter import LineFilter
from textual.reactive import reactive
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import TextArea
from typing_extensions import override

from opinionscope.errors import OpinionscopeError, exit_code
from opinionscope.settings import Paths
from opinionscope.suggesting import did_you_mean
from opinionscope.survey.text import counted
from opinionscope.theming import DEFAULT_THEME, ThemeError, Themes, chart_defaults
from opinionscope.tui.actions import actions_in, bindings_in, likely_first
from opinionscope.tui.forgetting import ForgettingApp
from opinionscope.tui.giving import GivingApp
from opinionscope.tui.keymap import KEY_NAMES, keys_of
from opinionscope.tui.legible import legible_filters
from opinionscope.tui.messages import (
    CompareWanted,
    ExploreWanted,
    HoldWanted,
    KeepingChanged,
    SavedRunWanted,
    SelectionWanted,
)
from opinionscope.tui.modes import MODES
from opinionscope.tui.opening import OpeningApp
from opinionscope.tui.safe_lines import SafeLines
from opinionscope.tui.screens.loading import LoadingScreen
from opinionscope.tui.stylesheet import KeptStylesheet
from opinionscope.tui.type_ahead import TypeAheadApp
from opinionscope.tui.working import Failed, work

if TYPE_CHECKING:
    from opinionscope.runs import Run
    from opinionscope.tui.arrangement import Arrangement
    from opinionscope.tui.screens.explore import ExploreScreen
    from opinionscope.tui.session import Listing

LOAD_FAILED = 2
FIRST_FRAME = 1.0
"""Seconds that what is loaded later waits at most for the first frame."""


def _actions_provider() -> type[Provider]:
    from opinionscope.tui.screens.palette import ActionsProvider

    return ActionsProvider


class OpinionscopeApp(OpeningApp, GivingApp, TypeAheadApp, ForgettingApp):
    """Pick a question, a group, a steering method and a format; see humans and model side by side.

    Args:
        themes: those of our own and the user's.
        theme: name of the one to begin with.
        load: gives what the program works with; called in a thread, after the first paint.
        begin: an action of Explore to run once it is open, or "".
    """

    TITLE = "opinionscope"
    CSS_PATH = Path(__file__).with_name("app.tcss")
    BINDINGS = bindings_in("everywhere")
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {_actions_provider}
    DEFAULT_MODE = "explore"
    REMEMBERS = True
    """Whether the next start begins with what was chosen last in this one."""

    unkept: reactive[dict[str, str]] = reactive(dict)
    """By id, why a run is not in the history, and where it is."""

    def __init__(self, themes: Themes, theme: str, load: "Callable[[], Arrangement]", begin: str = "") -> None:
        super().__init__()
        self.stylesheet = KeptStylesheet(variables=self.get_css_variables())
        self._begin_with = begin
        self._explore: ExploreScreen | None = None
        self._main_screens: dict[str, Screen[None]] = {}
        self._problems = list(themes.problems)
        self._load = load
        self._retrying: Timer | None = None
        self.held: Run | None = None
        self.chosen_keys: Mapping[str, str] = {}
        self._about_themes = themes.about
        for each in themes.themes:
            self.register_theme(each)
        self.add_mode("explore", LoadingScreen)
        if theme not in self.available_themes:
            hint = did_you_mean(theme, self.available_themes, "press t to see those there are")
            self._problems.append(ThemeError(f'there is no theme "{theme}"; {hint}'))
            theme = DEFAULT_THEME
        self.theme = theme
        self._first_theme = theme

    @override
    def get_theme_variable_defaults(self) -> dict[str, str]:
        return chart_defaults(self.current_theme.dark, self.current_theme.surface or "#202020")

    @override
    def get_driver_class(self) -> type[Driver]:
        if constants.DRIVER is not None or sys.platform == "win32":
            return super().get_driver_class()
        from opinionscope.tui.terminal import TerminalDriver

        return TerminalDriver

    def stop(self, number: int) -> None:
        """End for a signal: the terminal is given back, and what had arrived is kept as cancelled."""
        self.exit(return_code=exit_code(number))

    def use_keys(self, chosen: Mapping[str, str], problems: Sequence[OpinionscopeError] = ()) -> None:
        """Have other keys for some actions, by id, and name what cannot be used of them."""
        self.chosen_keys = chosen
        self.set_keymap(dict(chosen))
        self._problems += problems

    @cached_property
    def _own_filters(self) -> Sequence[LineFilter]:
        colors = "truecolor" if self.is_headless else self.console.color_system
        return [SafeLines(), *legible_filters(colors)]

    @override
    def get_line_filters(self) -> Sequence[LineFilter]:
        return [*super().get_line_filters(), *self._own_filters]

    def on_mount(self) -> None:
        """Load everything else, behind the first screen."""
        self._begin()

    @work(exit_on_error=True)
    async def _begin(self) -> None:
        try:
            arrangement = await asyncio.to_thread(self._load)
        except OpinionscopeError as error:
            self.exit(return_code=LOAD_FAILED, message=f"Error: {error}")
            return
        try:
            first = await arrangement.prober.peek(arrangement.choices)
        except OpinionscopeError as error:
            first = arrangement.prober.refused(arrangement.choices, error)
        from opinionscope.tui.screens.explore import ExploreScreen

        self._arrangement = arrangement
        explore = self._explore = ExploreScreen(arrangement, first)
        await self.push_screen(explore)
        for mode in MODES.keys() - {"explore"}:
            self.add_mode(mode, partial(self._main_screen, mode))
        if self._begin_with:
            await self.run_action(self._begin_with, explore)
        elif (mode := arrangement.session.mode) in MODES and mode != "explore":
            await self.action_show_mode(mode)
        await self.greet(explore)
        self.opened()
        self.post_message(KeepingChanged())
        drawn = asyncio.Event()
        explore.call_after_refresh(drawn.set)
        with suppress(TimeoutError):  # a window that is closed at once takes its callbacks with it
            await asyncio.wait_for(drawn.wait(), FIRST_FRAME)
        _collect_garbage_again()
        broken_answers = await arrangement.stock_shelf()
        found = (*arrangement.library.problems, *arrangement.prober.voices.problems, *broken_answers)
        self._name_problems([*self._problems, *found])

    def opened(self) -> None:
        """Called once, when the first screen is there with all it works with."""

    def _main_screen(self, mode: str) -> Screen[None]:
        make, explore, arranged = MODES[mode].make, self._explore, self._arrangement
        assert make is not None
        assert explore is not None
        assert arranged is not None
        self._main_screens[mode] = make(arranged, lambda: explore.choices)
        return self._main_screens[mode]

    @on(SelectionWanted)
    async def _show_selection(self, event: SelectionWanted) -> None:
        from opinionscope.tui.widgets.filter_line import FilterLine

        await self.action_show_mode(event.mode)
        if self.current_mode == event.mode:
            screen = self.screen
            screen.call_after_refresh(lambda: screen.query_one(FilterLine).write(event.text))

    @on(SavedRunWanted)
    def _show_saved_run(self, event: SavedRunWanted) -> None:
        from opinionscope.tui.screens.saved_run import SavedRunScreen

        if self._arrangement is not None:
            self.push_screen(SavedRunScreen(event.run, self._arrangement))

    @on(HoldWanted)
    def _hold(self, event: HoldWanted) -> None:
        """Pin a run, or take the pin away if it is the pinned one."""
        is_pinned = self.held is not None and self.held == event.run
        if not is_pinned and event.run.alignment is None:
            self.notify("There are no measures to compare with yet; press r first.", timeout=3)
            return
        self.held = None if is_pinned else event.run
        self.notify(
            "No longer pinned" if is_pinned else "Pinned: change one thing, or press C on another run", timeout=3
        )
        if (explore := self._explore) is not None:
            explore.view.hold(self.held)

    @on(ExploreWanted)
    async def _explore_run(self, event: ExploreWanted) -> None:
        if (explore := self._explore) is None or not explore.is_running:
            return
        try:
            explore.open(event.wanted)
        except OpinionscopeError as error:
            self.post_message(Failed(error))
        else:
            await self.action_show_mode("explore")

    @on(CompareWanted)
    @work(group="compare", exclusive=True)
    async def _compare(self, event: CompareWanted) -> None:
        from opinionscope.comparison.comparing import compare
        from opinionscope.tui.screens.compare import CompareScreen

        try:
            comparison = await asyncio.to_thread(compare, event.runs)
        except OpinionscopeError as error:
            self.notify(error.message, title=error.title, severity="warning", markup=False)
            return
        unit = self._arrangement.settings.unit if self._arrangement else "nats"
        self.push_screen(CompareScreen(comparison, self.current_mode, unit))

    @property
    @override
    def exports(self) -> Path:
        return Paths.find().exports if self._arrangement is None else self._arrangement.paths.exports

    @on(KeepingChanged)
    @work(exclusive=True, group="keeping")
    async def _keep_again(self) -> None:
        """Save runs that wait outside the history, and show those that still wait."""
        if self._arrangement is None:
            return
        from opinionscope.tui.unkept import RETRY_AFTER, find_unkept

        history, prober = self._arrangement.history, self._arrangement.prober
        before = find_unkept(prober, history)
        if before:
            self.unkept = before
            await prober.retry()
            with suppress(OpinionscopeError):
                await asyncio.to_thread(history.take_in)
        self.unkept = find_unkept(prober, history)
        if taken := len(before) - len(self.unkept):
            self.notify(f"{counted(taken, 'run')} that could not be kept before: kept now")
        if self.unkept and self._retrying is None:
            self._retrying = self.set_interval(RETRY_AFTER, lambda: self.post_message(KeepingChanged()))
        elif not self.unkept and self._retrying is not None:
            self._retrying.stop()
            self._retrying = None

    def _name_problems(self, problems: list[OpinionscopeError]) -> None:
        """Show one problem in a toast; several are only counted, and listed on demand."""
        self._problems = problems
        if problems:
            several = f"{len(problems)} things could not be used; press ! to see which, and why."
            self.notify(
                str(problems[0]) if len(problems) == 1 else several,
                title="Not used",
                severity="warning",
                timeout=12 if len(problems) == 1 else 6,
                markup=False,
            )

    @override
    def exit(self, *result: Any, **options: Any) -> None:
        if self.REMEMBERS and self._arrangement is not None and (explore := self._explore) is not None:
            from opinionscope.tui.session import remember

            theme = "" if self.theme == self._first_theme else self.theme
            listing: Listing | None = getattr(self._main_screens.get("history"), "listing", None)
            toured = explore.has_toured
            remember(self._arrangement, explore.choices, theme, listing, self.current_mode, toured=toured)
        super().exit(*result, **options)

    async def on_unmount(self) -> None:
        """Let what is under way be kept, and close the history's file."""
        if self._arrangement is not None:
            await self._arrangement.prober.ended()
            self._arrangement.history.close()

    @property
    def left_behind(self) -> list[str]:
        """Why runs of this session are not in the history, and where they are."""
        return [] if self._arrangement is None else [each.words for each in self._arrangement.prober.unkept.values()]

    async def action_show_mode(self, mode: str) -> None:
        """Go to one of the main screens; windows above the current one close."""
        if self._arrangement is None or self._keeps_text(partial(self.action_show_mode, mode)):
            return
        while self.screen.is_modal or len(self.screen_stack) > MODES[self.current_mode].depth:
            self.workers.cancel_node(self.screen)
            self.pop_screen()
        await self.switch_mode(mode)

    @override
    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Ctrl-Z undoes where one writes, and suspends everywhere else."""
        return not (action == "suspend_process" and isinstance(self.focused, TextArea))

    async def action_leave(self) -> None:
        """Go back to the screen below; from a main screen leave the program, after a question if a model is asked."""
        if len(self.screen_stack) > MODES[self.current_mode].depth:
            self.simulate_key("escape")
        elif any(worker.group == "ask" and not worker.is_finished for worker in self.workers):
            from opinionscope.tui.screens.confirm import ConfirmScreen

            question = "A model is being asked. The answers so far will be kept."
            ConfirmScreen(question, "Leave", "Stay").ask(self, lambda _: self.call_later(self.action_quit))
        else:
            await self.action_quit()

    @override
    async def action_quit(self) -> None:
        if not self._keeps_text(self.action_quit):
            await super().action_quit()

    def _keeps_text(self, go_on: Callable[[], Awaitable[None]]) -> bool:
        """Whether a form has unsaved text; if so, ask, and continue if the text may be discarded."""
        from opinionscope.tui.screens.write import WriteScreen

        form = next((screen for screen in self.screen_stack if isinstance(screen, WriteScreen)), None)
        if form is None or not form.is_unsaved:
            return False
        form.ask_to_leave(partial(self.call_later, go_on))
        return True

    @override
    def get_key_display(self, binding: Binding) -> str:
        """Keys by the names that they have in the help: not every terminal has a glyph for Enter."""
        return KEY_NAMES.get(binding.key) or super().get_key_display(binding)

    @override
    def action_command_palette(self) -> None:
        from opinionscope.tui.screens.palette import ActionPalette

        if not isinstance(self.screen, ActionPalette):
            self.push_screen(ActionPalette())

    @override
    def action_change_theme(self) -> None:
        """List the themes, once; each is shown as the cursor moves."""
        from opinionscope.tui.screens.themes import ThemePicker

        if not self.screen.is_modal:
            self.push_screen(ThemePicker(self, self._about_themes))

    def action_help(self) -> None:
        """Show the help on what has the focus, and close it again."""
        from opinionscope.tui.screens.help import HelpScreen

        if isinstance(self.screen, HelpScreen):
            self.screen.action_leave()
        else:
            self.push_screen(HelpScreen(self.screen))

    @override
    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        actions = actions_in(getattr(screen, "SCOPE", "everywhere"), "everywhere")
        for action in likely_first(actions, getattr(screen, "likeliest", "")):
            place: Screen[object] | App[None] = self if action.scope == "everywhere" else screen
            title = f"{action.label}   {keys_of(action, self.chosen_keys)}"
            _, name, parameters = parse(action.method)
            is_usable = place.check_action(name, parameters) and action.method != f"show_mode('{self.current_mode}')"
            yield SystemCommand(title, action.help, partial(self.run_action, action.method, place), bool(is_usable))


def _collect_garbage_again() -> None:
    """What has been made up to now stays for good, so no later collection need look at it."""
    gc.freeze()
    gc.enable()
