"""What an action of the registry is, and on which screens there are any."""

from typing import Literal

from msgspec import Struct

Scope = Literal[
    "everywhere",
    "explore",
    "grid",
    "history",
    "saved run",
    "compare",
    "tables",
    "table row",
    "sweeps",
    "sweep",
    "new sweep",
    "write",
    "play",
]

SCOPE_TITLES: dict[Scope, str] = {
    "everywhere": "Everywhere",
    "explore": "Explore",
    "grid": "A grid of answers",
    "history": "History",
    "saved run": "A saved run",
    "compare": "Comparing runs",
    "tables": "Tables",
    "table row": "Behind a row of a table",
    "sweeps": "Sweeps",
    "sweep": "One sweep",
    "new sweep": "A new sweep",
    "write": "Writing a question",
    "play": "Play: guess how a group answered",
}


class Action(Struct, frozen=True):
    """Something a user can do.

    Attributes:
        id: stable name, for keymaps: of its scope and itself.
        method: Textual's action string, ``action_…`` without the prefix.
        keys: comma-separated keys.
        label: for the footer.
        help: one line, for the help and the palette.
        footer: whether the footer has room for it.
        anywhere: one of the keys, which works while one types and above every window as well.
        likely: place in the palette before anything is typed, from 1; 0 for after those, in the order of the registry.
        scope: the screens on which it can be done.
    """

    id: str
    method: str
    keys: str
    label: str
    help: str
    footer: bool = True
    anywhere: str = ""
    likely: int = 0
    scope: Scope = "everywhere"
