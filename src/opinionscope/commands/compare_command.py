"""The command `compare`."""

from typing import Any

import click

from opinionscope.commands.grammar import RUN, Registered
from opinionscope.commands.opening import open_workspace, theme_of
from opinionscope.commands.tables_out import output_options


@click.command(short_help="Compare saved runs, or sets of answers.")
@click.argument("runs", nargs=-1, type=RUN, metavar="RUN RUN… | SELECTION…")
@click.option(
    "--by",
    type=Registered("comparison.by", "BY"),
    metavar="FIELD",
    help="Compare sets of answers that differ in this: model, format, server, repeats, any option of `run`.",
)
@click.option("--saved-only", is_flag=True, help="With --by: leave out recorded answers that were not saved as runs.")
@click.option("--prompts", is_flag=True, help="Show how the prompts of two runs differ.")
@click.option("--bits", is_flag=True, help="Show divergences in bits; JSON stays in nats.")
@output_options
@click.pass_context
def compare(
    ctx: click.Context,
    /,
    runs: tuple[str, ...],
    by: str | None,
    saved_only: bool,
    prompts: bool,
    **options: Any,
) -> None:
    """Compare two to eight saved runs of one question and group, or whole sets with --by.

    Runs are named by their ids, or the beginnings or ends of these. What differs is named first; differences carry
    95 % intervals, for which both runs are held against the same resampled people.

    CSV, JSON lines, Markdown, LaTeX and parquet have a row for each difference; -o FILE.svg or .txt has the chart.

    With --by FIELD, the arguments are a selection (words, field:value, kl<0.2, on:yesterday, -not). Answers are matched
    by item and by everything else they were asked by; intervals are clustered by question.
    """
    from opinionscope.commands.compare import check_arguments, compare_by, compare_runs

    check_arguments(runs, by)
    options["theme"] = theme_of(ctx)
    if by is None:
        compare_runs(open_workspace(ctx), runs, prompts=prompts, **options)
    else:
        compare_by(open_workspace(ctx), by, runs, recorded=not saved_only, **options)
