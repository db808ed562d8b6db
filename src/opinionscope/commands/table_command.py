"""The command `table`."""

from pathlib import Path
from typing import Literal

import click

from opinionscope.commands.grammar import TABLE, Choice
from opinionscope.commands.opening import open_workspace, theme_of
from opinionscope.commands.tables_out import output_options, wanted_format


@click.command(short_help="Show what many answers say: leaderboard, added value, group shift …")
@click.argument("name", required=False, metavar="[NAME]", type=TABLE)
@click.argument("selection", nargs=-1)
@click.option(
    "--scoring", type=Choice(("corrected", "paper")), default="corrected", show_default=True, help="How to score."
)
@click.option("--by", default="", metavar="FIELD,…", help="Split the rows further: domain, steering, …")
@click.option("--smallest-n", type=click.IntRange(1), metavar="N", help="Leave out groups of fewer people.")
@output_options
@click.pass_context
def table(
    ctx: click.Context,
    /,
    name: str | None,
    selection: tuple[str, ...],
    scoring: Literal["corrected", "paper"],
    by: str,
    smallest_n: int | None,
    out: Path | None,
    **formats: bool,
) -> None:
    """Show a table over saved runs, recorded and imported answers; without NAME, list the tables.

    SELECTION: words and FIELD:VALUE, as in "model:gpt-4 format:verbalized group:democrat,republican". Put -- before
    one that begins with a minus sign.
    """
    from opinionscope.commands.figures_out import chart_or_table
    from opinionscope.commands.table import list_tables, show_table
    from opinionscope.tables import Options

    kind = chart_or_table(out, **formats) if name else wanted_format(out, **formats)
    if name is None:
        list_tables(kind)
        return
    splits = tuple(dict.fromkeys(filter(None, by.replace(" ", "").split(","))))
    options = Options(scoring=scoring, by=splits, smallest_n=smallest_n)
    show_table(open_workspace(ctx), name, selection, options, kind, out, theme_of(ctx))
