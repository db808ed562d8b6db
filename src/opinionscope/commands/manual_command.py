"""The command that prints the manual page."""

import click

from opinionscope.commands.printing import write


@click.command("man", hidden=True)
@click.pass_context
def print_manual(ctx: click.Context) -> None:
    """Print the manual page, in roff."""
    from opinionscope.commands.manual import manual

    root = ctx.find_root().command
    assert isinstance(root, click.Group)
    write("\n".join(manual(root)))
