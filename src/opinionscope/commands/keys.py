"""`keys`: the actions of the terminal program, with their ids and the keys they have now."""

from opinionscope.commands.output import print_json
from opinionscope.commands.printing import tell, write
from opinionscope.settings import Paths, read_settings
from opinionscope.tui.actions import ACTIONS
from opinionscope.tui.keymap import keymap, keys_of


def print_keys(as_json: bool) -> None:
    """Print every action: id, screen, keys, what it does; what the settings say wrong about keys goes to stderr."""
    settings = read_settings(Paths.find().settings)
    chosen, problems = keymap(settings.keymap, settings.keys)
    rows = [(action.id, action.scope, keys_of(action, chosen), action.help) for action in ACTIONS]
    if as_json:
        print_json([dict(zip(("id", "screen", "keys", "does"), row, strict=True)) for row in rows])
    else:
        for row in rows:
            write("\t".join(row))
    for problem in problems:
        tell(f"{problem}")
