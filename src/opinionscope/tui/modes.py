"""The main screens beside Explore: how each is made, and how many screens lie under a window above it."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from textual.screen import Screen

if TYPE_CHECKING:
    from opinionscope.runs.prober import Choices
    from opinionscope.tui.arrangement import Arrangement

Make = Callable[["Arrangement", "Callable[[], Choices]"], Screen[Any]]
"""Makes a screen of what all share, and of a function that gives the choices in Explore."""


class Mode(Struct, frozen=True):
    """A main screen.

    Attributes:
        make: None for Explore, which the app makes itself.
        depth: how many screens are on the stack while nothing lies above it.
    """

    make: Make | None
    depth: int = 1


def _history(arranged: "Arrangement", _: "Callable[[], Choices]") -> Screen[Any]:
    from opinionscope.tui.screens.history import HistoryScreen

    return HistoryScreen(arranged)


def _tables(arranged: "Arrangement", choices: "Callable[[], Choices]") -> Screen[Any]:
    from opinionscope.tui.screens.tables import TablesScreen

    return TablesScreen(arranged, choices)


def _sweeps(arranged: "Arrangement", choices: "Callable[[], Choices]") -> Screen[Any]:
    from opinionscope.tui.screens.sweeps import SweepsScreen

    return SweepsScreen(arranged, choices)


MODES: Mapping[str, Mode] = {
    "explore": Mode(None, 2),
    "history": Mode(_history),
    "tables": Mode(_tables),
    "sweeps": Mode(_sweeps),
}
