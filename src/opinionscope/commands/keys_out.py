"""`keys`: printing the actions of the terminal program."""

from collections.abc import Iterable, Sequence

from opinionscope.commands.output import print_json
from opinionscope.commands.printing import tell, write
from opinionscope.errors import OpinionscopeError


def print_keys(rows: Sequence[Sequence[str]], problems: Iterable[OpinionscopeError], as_json: bool) -> None:
    """Print actions: id, screen, keys, what each does; what the settings say wrong about keys goes to stderr."""
    if as_json:
        print_json([dict(zip(("id", "screen", "keys", "does"), row, strict=True)) for row in rows])
    else:
        write("\n".join("\t".join(row) for row in rows))
    for problem in problems:
        tell(str(problem))
