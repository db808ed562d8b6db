"""The command `grid`."""

from pathlib import Path

import click

from opinionscope.commands.grammar import FORMAT, GROUP, MODEL, QUESTION, STEERING, Choice
from opinionscope.commands.opening import open_workspace, theme_of
from opinionscope.commands.tables_out import output_options

# As in report.grid, which --help need not load.
AXES = ("format", "model", "group")


@click.command(short_help="Show one question asked in many ways, side by side.")
@click.option("-q", "--question", required=True, metavar="ID", type=QUESTION, help="Question: ID, or DATASET/ID.")
@click.option(
    "-g", "--group", metavar="GROUP", type=GROUP, help="Group: a name, or party=Democrat. Not with --by group."
)
@click.option("-m", "--model", type=MODEL, help="Any litellm name, or recorded/NAME.")
@click.option("-s", "--steering", type=STEERING, default="persona", help="Whose shift --by group describes.")
@click.option("-f", "--format", "format_", type=FORMAT, default="verbalized", help="With --by model or group.")
@click.option("--by", type=Choice(AXES), default="format", show_default=True, help="What the columns (or rows) vary.")
@click.option("--bits", is_flag=True, help="Show KL in bits; data stays in nats.")
@output_options
@click.pass_context
def grid(ctx: click.Context, /, out: Path | None, bits: bool, by: str, **given: object) -> None:
    """Show one question asked in many ways: steering × format, steering × model, or group × steering.

    Saved runs, recorded and imported answers stand in the cells; nobody is asked. `G` in the terminal program shows the
    same, and asks for what is missing.
    """
    from opinionscope.commands.figures_out import chart_or_table
    from opinionscope.commands.grid import show_grid

    formats = {name: bool(given.pop(name)) for name in ("as_json", "as_csv", "as_markdown", "as_latex")}
    show_grid(open_workspace(ctx), by, chart_or_table(out, **formats), out, bits=bits, theme=theme_of(ctx), **given)
