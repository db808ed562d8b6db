"""What commands of the command line share: the workspace that they open, and options that mean the same everywhere."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from opinionscope.workspace import Workspace


UNIT = "opinionscope.unit"
"""Where the context has the unit that the line names."""


def _name_unit(ctx: click.Context, _: click.Parameter, in_bits: bool) -> None:
    if in_bits:
        ctx.meta[UNIT] = "bits"


FILE = click.Path(dir_okay=False, path_type=Path)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
bits_option = click.option(
    "--bits",
    is_flag=True,
    expose_value=False,
    callback=_name_unit,
    help="Show divergences in bits; JSON stays in nats.",
)
"""What it says is a setting of the workspace."""
chart_option = click.option(
    "-o", "--output", "out", type=FILE, help="Draw the chart into FILE, which ends in .svg or .txt, in place of stdout."
)
_Command = TypeVar("_Command", bound=Callable[..., Any])


def decorated(*options: Callable[[_Command], _Command]) -> Callable[[_Command], _Command]:
    """One decorator of several, in the order in which they would stand above a command."""

    def apply(command: _Command) -> _Command:
        for option in reversed(options):
            command = option(command)
        return command

    return apply


def open_workspace(ctx: click.Context, *, tell: bool = True) -> "Workspace":
    """The workspace of this command, with the theme and the unit that its line names.

    Args:
        tell: whether files that cannot be read are named on stderr.
    """
    from opinionscope.commands.output import warn
    from opinionscope.workspace import Workspace

    root = ctx.find_root()
    workspace = Workspace.open(root.obj).with_settings(theme=root.params.get("theme"), unit=ctx.meta.get(UNIT))
    ctx.call_on_close(partial(_close, workspace))
    if tell:
        warn((*workspace.library.problems, *workspace.voices.problems))
    return workspace


def _close(workspace: "Workspace") -> None:
    """Close the history, and say which waiting runs it saved."""
    from opinionscope.commands.output import warn
    from opinionscope.commands.printing import tell
    from opinionscope.survey.text import counted

    workspace.history.close()
    warn(workspace.history.problems)
    if taken := len(workspace.history.taken_in):
        tell(f"Saved {counted(taken, 'run')} to the history that could not be written earlier.")
