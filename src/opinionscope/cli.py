"""The command line: stdout is data, stderr is narration."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from opinionscope import __version__
from opinionscope.commands.data_group import FORM, data
from opinionscope.commands.examples import add_examples
from opinionscope.commands.grammar import (
    DOMAIN,
    FORMAT,
    GROUP,
    MODEL,
    ORDER,
    QUESTION,
    RUN,
    STEERING,
    TABLE,
    THEME,
    VOICE,
    Choice,
    Commands,
    Registered,
)
from opinionscope.commands.history_group import history
from opinionscope.commands.models_group import models
from opinionscope.commands.opening import FILE, bits_option, chart_option, json_option, open_workspace
from opinionscope.commands.printing import write
from opinionscope.commands.recipe_options import RecipeCommand, temperature_option
from opinionscope.commands.sweep_group import sweep
from opinionscope.commands.tables_out import output_options, wanted_format

if TYPE_CHECKING:
    from opinionscope.report.figure import Figure

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
# As in report.grid, which --help need not load.
AXES = ("format", "model", "group")


def _database(ctx: click.Context, option: click.Parameter, db: Path | None) -> Path | None:
    if db == Path(":memory:"):
        raise click.BadParameter("expected a file; `run --no-save` keeps nothing", ctx, option)
    return db


@click.group(cls=Commands, invoke_without_command=True, context_settings=CONTEXT)
@click.version_option(__version__, prog_name="opinionscope", message="%(prog)s %(version)s")
@click.option("--db", type=FILE, callback=_database, help="History database to use.")
@click.option("--theme", type=THEME, help="Theme of the terminal program, and of charts.")
@click.option("--fresh", is_flag=True, help="Open the terminal program without what was chosen last.")
@click.option("--demo", is_flag=True, help="Let the terminal program show itself; any key takes over.")
@click.pass_context
def main(ctx: click.Context, db: Path | None, theme: str | None, fresh: bool, demo: bool) -> None:
    """See how closely a language model reproduces how a group of people really answered.

    Without a command, the terminal program opens.

    Exit codes: 0 fine; 1 the model or the answer failed; 2 bad usage; 3 answered, but the answer could not be
    written to the history; 130 interrupted; 128 + N ended by signal N.
    """
    ctx.obj = db
    ctx.meta[FORM] = partial(_start, db, theme, "write")
    if ctx.invoked_subcommand is None:
        ctx.exit(_start(db, theme, fresh=fresh, demo=demo))


def _start(db: Path | None, theme: str | None, begin: str = "", *, fresh: bool = False, demo: bool = False) -> int:
    from opinionscope.tui.start import start

    return start(db, theme, begin, fresh=fresh, demo=demo)


@main.command("keys")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_keys(as_json: bool) -> None:
    """List the actions of the terminal program with their ids and keys."""
    from opinionscope.commands.lists import print_keys
    from opinionscope.tui.keymap import key_rows

    print_keys(*key_rows(), as_json)


@main.command("run", cls=RecipeCommand, short_help="Ask a model one question as a group of people, and compare.")
@click.option(
    "-q",
    "--question",
    "questions",
    multiple=True,
    metavar="ID",
    type=QUESTION,
    help="Question: ID, or DATASET/ID; several make a small sweep.",
)
@click.option("--all", "all_", is_flag=True, help="All questions that the group answered, as a small sweep.")
@click.option("--domain", type=DOMAIN, help="With --all, only this domain: political, global, books, own.")
@click.option(
    "-g",
    "--group",
    required=True,
    metavar="GROUP",
    type=GROUP,
    help="Group: a name, or party=Democrat.",
)
@click.option("-s", "--steering", type=STEERING, default="persona", show_default=True)
@click.option("-f", "--format", "format_", type=FORMAT, default="verbalized", show_default=True)
@click.option("-m", "--model", type=MODEL, help="Any litellm name, or recorded/NAME.")
@click.option("--api-base", metavar="URL", help="Server to ask instead of the provider's own.")
@click.option("--seed", type=int, help="Random seed, for worked examples and for providers that accept one.")
@click.option(
    "--samples",
    metavar="N",
    type=int,
    default=30,
    show_default=True,
    help="Number of simulated people.",
)
@click.option("--repeats", metavar="R", type=int, default=1, show_default=True, help="Ask R times; gives intervals.")
@click.option("--order", type=ORDER, default="survey", show_default=True, help="Order of the options.")
@click.option("--reasoning", is_flag=True, help="Let the model reason before it answers.")
@click.option("--voice", type=VOICE, default="instruction", show_default=True, help="Wording of the persona.")
@click.option("--examples", metavar="N", type=int, default=5, show_default=True, help="Number of few-shot examples.")
@click.option(
    "--example-ids", metavar="ID,…", help="Questions to use as few-shot examples; by default the most similar ones."
)
@temperature_option
@click.option("--ask-missing", is_flag=True, help="scaled-log-probs: first ask the other answers that it needs.")
@click.option("--timeout", metavar="SECONDS", type=float, help="Time limit for one call; 120 unless set.")
@click.option(
    "--deadline",
    metavar="SECONDS",
    type=float,
    help="Time limit for the whole run; the answers so far are used. 3600 unless set.",
)
@click.option("--drop-refused", is_flag=True, default=None, help="Leave refusals out of the comparison.")
@bits_option
@click.option("--no-cache", is_flag=True, help="Ask again, even if the cache has the answer.")
@click.option("--no-save", is_flag=True, help="Do not save the run to the history.")
@click.option("--show-prompt", is_flag=True, help="Show what would be sent, and send nothing.")
@json_option
@chart_option
@click.pass_context
def run_command(ctx: click.Context, /, **options: Any) -> None:
    """Ask a model one question as a group of people, and show humans and model side by side.

    Several questions are asked as a sweep, with one table at the end. With --json it is one object: the sweep's id,
    cells, answered, failed, unread, cost_usd and status, and under runs every run as --json prints it for one question.

    Exit codes: 0 fine; 1 the model or the answer failed; 2 no model was asked; 3 answered, but the answer could not
    be written to the history: it is in a file named on stderr, and the next start saves it.
    """
    from opinionscope.commands.run import Asked, run

    if options["domain"] and not options["all_"]:
        raise click.UsageError("--domain goes with --all.", ctx)
    if not (options["questions"] or options["all_"]):
        raise click.UsageError("Missing option '-q' / '--question'.", ctx)
    asked = Asked.of(**options)
    ctx.exit(run(open_workspace(ctx), asked))


@main.command()
@click.option("--search", default="", metavar="TEXT", help="Only those that contain all these words.")
@click.option("--domain", type=DOMAIN, help="Only this domain: political, global, books, own.")
@json_option
@click.pass_context
def questions(ctx: click.Context, search: str, domain: str | None, as_json: bool) -> None:
    """List the available questions."""
    from opinionscope.commands.lists import list_questions

    list_questions(open_workspace(ctx), search, domain, as_json)


@main.command()
@click.option("-q", "--question", type=QUESTION, help="Only groups that answered this question.")
@click.option("--search", default="", metavar="TEXT", help="Only those that contain all these words.")
@click.option("--domain", type=DOMAIN, help="Only this domain: political, global, books, own.")
@json_option
@click.pass_context
def groups(ctx: click.Context, question: str | None, search: str, domain: str | None, as_json: bool) -> None:
    """List the groups with known answers."""
    from opinionscope.commands.lists import list_groups

    list_groups(open_workspace(ctx), question, search, domain, as_json)


@main.command(short_help="Compare saved runs, or sets of answers.")
@click.argument("runs", nargs=-1, type=RUN, metavar="RUN RUN… | SELECTION…")
@click.option(
    "--by",
    type=Registered("comparison.by", "BY"),
    metavar="FIELD",
    help="Compare sets of answers that differ in this: model, format, server, repeats, any option of `run`.",
)
@click.option("--saved-only", is_flag=True, help="With --by: leave out recorded answers that were not saved as runs.")
@click.option("--prompts", is_flag=True, help="Show how the prompts of two runs differ.")
@bits_option
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
    if by is None:
        compare_runs(open_workspace(ctx), runs, prompts=prompts, **options)
    else:
        compare_by(open_workspace(ctx), by, runs, recorded=not saved_only, **options)


@main.command(short_help="Show one question asked in many ways, side by side.")
@click.option("-q", "--question", required=True, metavar="ID", type=QUESTION, help="Question: ID, or DATASET/ID.")
@click.option(
    "-g", "--group", metavar="GROUP", type=GROUP, help="Group: a name, or party=Democrat. Not with --by group."
)
@click.option("-m", "--model", type=MODEL, help="Any litellm name, or recorded/NAME.")
@click.option("-s", "--steering", type=STEERING, default="persona", help="Whose shift --by group describes.")
@click.option("-f", "--format", "format_", type=FORMAT, default="verbalized", help="With --by model or group.")
@click.option("--by", type=Choice(AXES), default="format", show_default=True, help="What the columns (or rows) vary.")
@bits_option
@output_options
@click.pass_context
def grid(ctx: click.Context, /, out: Path | None, by: str, **given: object) -> None:
    """Show one question asked in many ways: steering × format, steering × model, or group × steering.

    Saved runs, recorded and imported answers stand in the cells; nobody is asked. `G` in the terminal program shows the
    same, and asks for what is missing.
    """
    from opinionscope.commands.figures_out import chart_or_table
    from opinionscope.commands.grid import show_grid

    formats = {name: bool(given.pop(name)) for name in ("as_json", "as_csv", "as_markdown", "as_latex")}
    show_grid(open_workspace(ctx), by, chart_or_table(out, **formats), out, **given)


@main.command(short_help="Show what many answers say: leaderboard, added value, group shift …")
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
        list_tables(kind, out)
        return
    splits = tuple(dict.fromkeys(filter(None, by.replace(" ", "").split(","))))
    options = Options(scoring=scoring, by=splits, smallest_n=smallest_n)
    show_table(open_workspace(ctx), name, selection, options, kind, out)


@main.command(short_help="Show the terminal program in a browser.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; there is no login.")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="Port to listen on.")
@click.option("--shared", is_flag=True, help="All visitors use your own files, and see each other's runs.")
@click.option("--read-only", is_flag=True, help="Show recorded answers and your saved runs; ask nobody, write nothing.")
@click.pass_context
def serve(ctx: click.Context, host: str, port: int, shared: bool, read_only: bool) -> None:
    """Show the terminal program in a browser, until Ctrl-C.

    Each visitor has a program of their own, whose history and own questions are in a temporary folder that is removed
    when they leave. Your packs, settings, templates and models are there to read, and live models are asked with your
    keys. Needs the extra `web`.
    """
    from opinionscope.commands.serve import serve_visitors

    if shared and read_only:
        raise click.UsageError("expected --shared or --read-only, not both: read-only visitors see your history anyway")
    root = ctx.find_root()
    serve_visitors(host, port, root.obj, root.params["theme"], is_shared=shared, is_read_only=read_only)


@main.command("man", hidden=True)
@click.pass_context
def print_manual(ctx: click.Context) -> None:
    """Print the manual page, in roff."""
    from opinionscope.commands.manual import manual

    root = ctx.find_root().command
    assert isinstance(root, click.Group)
    write("\n".join(manual(root)))


@main.command(short_help="Guess how groups answered, against models and crowdworkers.")
@click.option("--name", "names", multiple=True, metavar="NAME", help="Who plays; several pass the keyboard.")
@click.option("--questions", type=click.IntRange(1, 100), default=10, show_default=True, help="How many there are.")
@click.option("--domain", type=DOMAIN, default="", help="Only this domain: political, global, books, own.")
@click.option("--seed", type=click.IntRange(0, 999_999_999), help="Draws the questions: the same plays the same round.")
@chart_option
@click.pass_context
def play(
    ctx: click.Context, names: tuple[str, ...], questions: int, domain: str, seed: int | None, out: Path | None
) -> None:
    """Guess how groups answered; then see humans, models and crowdworkers, and how close you came.

    Opens the terminal program. Guesses are kept in the history as runs of person/NAME. With --output the card of the
    last round that was played to its end is written when you leave.
    """
    from opinionscope.commands.figures_out import put_figure, require_chart
    from opinionscope.tui.start import start

    require_chart(out)
    root = ctx.find_root()
    cards: list[Figure] = []
    code = start(root.obj, root.params["theme"], f"app.play({names!r}, {questions}, {domain!r}, {seed!r})", cards=cards)
    if out is not None and cards:
        put_figure(cards[-1], out, open_workspace(ctx))
    ctx.exit(code)


@main.command(hidden=True)
@click.argument("room", type=click.Path(file_okay=False, exists=True, path_type=Path))
@click.option("--read-only", is_flag=True)
@click.pass_context
def visit(ctx: click.Context, room: Path, read_only: bool) -> None:
    """Open the terminal program for a visitor, who writes nowhere but in ROOM."""
    import os

    from opinionscope.settings import READ_ONLY_VARIABLE, VISITOR_VARIABLE

    os.environ[VISITOR_VARIABLE] = str(room)
    if read_only:
        os.environ[READ_ONLY_VARIABLE] = "1"
    from opinionscope.tui.start import start

    root = ctx.find_root()
    ctx.exit(start(root.obj, root.params["theme"]))


for each in (data, history, models, sweep):
    main.add_command(each)
add_examples(main)
