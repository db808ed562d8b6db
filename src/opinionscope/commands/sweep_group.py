"""The commands of `opinionscope sweep`."""

from pathlib import Path
from typing import Any

import click

from opinionscope.commands.grammar import (
    FORMAT,
    GROUP,
    MODEL,
    ORDER,
    RESULTS,
    STEERING,
    SWEEP,
    VOICE,
    Commands,
)
from opinionscope.commands.opening import FILE, decorated, json_option, open_workspace
from opinionscope.commands.recipe_options import RecipeSelectionCommand, temperature_option


@click.group(cls=Commands, short_help="Ask a whole grid of questions, groups and models.")
def sweep() -> None:
    """Ask a whole grid: questions, groups, steering methods, formats, models.

    A sweep can be stopped and resumed at any moment; each of its cells is asked once.
    """


@sweep.command("plan", cls=RecipeSelectionCommand, short_help="Plan a sweep, ask nobody.")
@click.argument("selection", nargs=-1)
@click.option("-g", "--group", "groups", multiple=True, type=GROUP, metavar="GROUP", help="Group, or all; repeatable.")
@click.option("-s", "--steering", multiple=True, type=STEERING, help="Repeatable; persona by default.")
@click.option("-f", "--format", "formats", multiple=True, type=FORMAT, help="Repeatable.")
@click.option("-m", "--model", "models", multiple=True, type=MODEL, help="Any litellm name; repeatable.")
@click.option("--api-base", metavar="URL", default="", help="Server to ask instead of the provider's own.")
@click.option("--voice", "voices", multiple=True, type=VOICE, help="Wording of the persona; repeatable.")
@click.option("--order", "orders", multiple=True, type=ORDER, help="Order of the options; repeatable.")
@click.option("--repeats", multiple=True, metavar="R", type=int, help="Ask R times; repeatable.")
@click.option("--samples", multiple=True, metavar="N", type=int, help="Number of simulated people; repeatable.")
@click.option("--examples", metavar="N", type=int, help="Number of few-shot examples.")
@click.option("--reasoning", is_flag=True, default=None, help="Let the model reason before it answers.")
@temperature_option
@click.option("--seed", type=int, help="Random seed.")
@click.option("--name", metavar="NAME", help="Name of the sweep.")
@click.option("--example", is_flag=True, help="Print the plan of the benchmark's own grid, and nothing else.")
@click.option("-o", "--output", "out", type=FILE, help="Plan file to write.")
@json_option
@click.pass_context
def sweep_plan(
    ctx: click.Context, /, selection: tuple[str, ...], example: bool, out: Path | None, as_json: bool, **options: Any
) -> None:
    """Say how many cells and calls a grid has, what it will cost, and how long it takes; -o keeps the plan.

    SELECTION says which questions: words, domain:political, dataset:nytimes, topic:…, question:ID. By default all
    questions are asked for all groups whose answers are known.
    """
    from opinionscope.commands.sweep_planning import plan_sweep, show_example

    if example:
        show_example(open_workspace(ctx), options["models"])
        return
    given = {name: value for name, value in options.items() if value not in ((), None, "")}
    plan_sweep(open_workspace(ctx), selection, {"models": (), **given}, out, as_json)


_asking_options = decorated(
    click.option("--budget", metavar="USD", type=click.FloatRange(0), help="Stop when this much is spent."),
    click.option("--calls", metavar="N", type=click.IntRange(1), help="Stop after so many calls."),
    click.option("--concurrency", metavar="N", type=click.IntRange(1), help="Calls in progress at a time."),
    click.option("--rpm", metavar="N", type=click.IntRange(1), help="Calls a minute of each model."),
    click.option("--ask-missing", is_flag=True, help="First ask what scaled-log-probs needs beside the plan."),
    json_option,
)


@sweep.command("start", short_help="Ask a plan.")
@click.argument("plan", type=FILE, metavar="PLAN.toml")
@_asking_options
@click.pass_context
def sweep_start(ctx: click.Context, /, plan: Path, **options: Any) -> None:
    """Ask every cell of a plan that the history has no answer to, and show the leaderboard of the answers.

    Ctrl-C stops, and `sweep resume` goes on. A model that only fails is given up after a few calls, the others go on.
    Exit code 1: some cells failed; 3: an answer is not kept; 130: stopped.
    """
    from opinionscope.commands.sweep_running import start_sweep

    ctx.exit(start_sweep(open_workspace(ctx), plan, **options))


@sweep.command("resume", short_help="Ask what a sweep has no answer to.")
@click.argument("sweep_id", metavar="ID", type=SWEEP)
@click.option("--anyway", is_flag=True, help="Although `sweep submit` handed calls in that were not collected yet.")
@_asking_options
@click.pass_context
def sweep_resume(ctx: click.Context, /, sweep_id: str, **options: Any) -> None:
    """Ask what a sweep has no answer to, failed calls among it; ID may be shortened, or be the sweep's name."""
    from opinionscope.commands.sweep_running import resume_sweep

    ctx.exit(resume_sweep(open_workspace(ctx), sweep_id, **options))


@sweep.command("status", short_help="Show how far a sweep is.")
@click.argument("sweep_id", metavar="[ID]", required=False, type=SWEEP)
@json_option
@click.pass_context
def sweep_status(ctx: click.Context, sweep_id: str | None, as_json: bool) -> None:
    """Show how far a sweep is, or every sweep without ID."""
    from opinionscope.commands.sweep_running import show_status

    show_status(open_workspace(ctx), sweep_id, as_json)


@sweep.command("list", short_help="List sweeps.")
@json_option
@click.pass_context
def sweep_list(ctx: click.Context, as_json: bool) -> None:
    """List all sweeps, newest first."""
    from opinionscope.commands.sweep_running import show_status

    show_status(open_workspace(ctx), None, as_json)


@sweep.command("export", short_help="Write the calls of a plan as batch files.")
@click.argument("plan", type=FILE, metavar="PLAN.toml")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), metavar="DIR")
@click.option("--shards", metavar="N", type=click.IntRange(1, 999), default=1, show_default=True, help="Files a model.")
@click.pass_context
def sweep_export(ctx: click.Context, plan: Path, folder: Path, shards: int) -> None:
    """Write the calls that the history has no answer to as OpenAI batch files (JSONL), and send nothing.

    Batch APIs and `vllm run-batch` take these files; `sweep collect` reads the results.
    """
    from opinionscope.commands.sweep_batches import export_sweep

    ctx.exit(export_sweep(open_workspace(ctx), plan, folder, shards))


@sweep.command("submit", short_help="Hand batch files in to their provider.")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path), metavar="DIR|FILE…")
@click.option("--anyway", is_flag=True, help="Also files that were handed in already; they are paid for again.")
@click.pass_context
def sweep_submit(ctx: click.Context, files: tuple[Path, ...], anyway: bool) -> None:
    """Hand files of `sweep export` in to the provider's batch API, and print the ids of the batches.

    Goes through litellm: openai, azure, vertex_ai, bedrock, mistral, hosted_vllm and litellm_proxy. Which batch belongs
    to which sweep is kept, so that `sweep collect ID` fetches the results a day later. Exit code 1: a file was not
    taken.
    """
    from opinionscope.commands.sweep_submitting import submit_files

    ctx.exit(submit_files(open_workspace(ctx), files, anyway))


@sweep.command("collect", short_help="Read the results of batches back.")
@click.argument("results", nargs=-1, required=True, type=RESULTS, metavar="ID|DIR|FILE…")
@json_option
@click.pass_context
def sweep_collect(ctx: click.Context, results: tuple[str, ...], as_json: bool) -> None:
    """Read results of batches into the history: in any order, twice without harm.

    FILE holds results. ID is a sweep, or a batch, that `sweep submit` handed in, DIR the folder of its files: how far
    they are is asked, and results are fetched once a batch has ended. Says what is missing, what failed and what
    belongs to no call. Exit code 1 if there is any of the last two, or a batch failed; 0 also while batches are in
    progress: --json has their status.
    """
    from opinionscope.commands.sweep_batches import collect_results

    ctx.exit(collect_results(open_workspace(ctx), results, as_json))
