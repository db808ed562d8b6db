"""The command `table`."""

from pathlib import Path
from typing import Any

import click

from opinionscope.commands.examples import EXAMPLES
from opinionscope.commands.grammar import TABLE, Choice
from opinionscope.commands.opening import open_workspace


@click.command(
    epilog=EXAMPLES["table"],
    short_help="Show what many answers say: leaderboard, added value, group shift …",
)
@click.argument("name", required=False, metavar="[NAME]", type=TABLE)
@click.argument("selection", nargs=-1)
@click.option(
    "--scoring", type=Choice(("corrected", "paper")), default="corrected", show_default=True, help="How to score."
)
@click.option("--by", default="", metavar="FIELD,…", help="Split the rows further: domain, steering, …")
@click.option("--smallest-n", type=click.IntRange(1), metavar="N", help="Leave out groups of fewer people.")
@click.option("--json", "kind", flag_value="json", help="Print JSON.")
@click.option("--csv", "kind", flag_value="csv", help="Print CSV.")
@click.option("--markdown", "kind", flag_value="markdown", help="Print Markdown.")
@click.option("--latex", "kind", flag_value="latex", help="Print LaTeX.")
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file, by its ending."
)
@click.pass_context
def table(
    ctx: click.Context,
    /,
    name: str | None,
    selection: tuple[str, ...],
    kind: str | None,
    output: Path | None,
    **how: Any,
) -> None:
    """Show a table over saved runs, recorded and imported answers; without NAME, list the tables.

    SELECTION: words and FIELD:VALUE, as in "model:gpt-4 format:verbalized group:democrat,republican". Put -- before
    one that begins with a minus sign.
    """
    from opinionscope.commands.table import list_tables, show_table
    from opinionscope.tables import Options

    if name is None:
        list_tables(kind or "")
        return
    by = tuple(dict.fromkeys(filter(None, how.pop("by").replace(" ", "").split(","))))
    ctx.exit(show_table(open_workspace(ctx), name, selection, Options(by=by, **how), kind or "", output))
