"""What commands of the command line share: the workspace that they open, and options that mean the same everywhere."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from opinionscope.workspace import Workspace


def json_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the option --json, given as `as_json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(command)


def chart_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the option ``-o FILE`` for a chart, given as `out`."""
    file = click.Path(dir_okay=False, path_type=Path)
    words = "Draw the chart into FILE, which ends in .svg or .txt, in place of stdout."
    return click.option("-o", "--output", "out", type=file, help=words)(command)


def theme_of(ctx: click.Context) -> str | None:
    """The theme that is named before the command, for charts."""
    theme: str | None = ctx.find_root().params.get("theme")
    return theme


def open_workspace(ctx: click.Context, *, tell: bool = True) -> "Workspace":
    """The workspace of this command; with `tell`, files that cannot be read are named on stderr."""
    from opinionscope.commands.output import warn
    from opinionscope.workspace import Workspace

    db = ctx.find_root().obj
    workspace = Workspace.open(db)
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
