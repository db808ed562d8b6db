"""The command line: stdout is data, stderr is narration."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from opinionscope import __version__
from opinionscope.commands.compare_command import compare
from opinionscope.commands.examples import add_examples
from opinionscope.commands.grammar import (
    DATASET,
    DOMAIN,
    FORMAT,
    GROUP,
    MODEL,
    ORDER,
    QUESTION,
    STEERING,
    THEME,
    VOICE,
    Commands,
)
from opinionscope.commands.grid_command import grid
from opinionscope.commands.history_group import history
from opinionscope.commands.manual_command import print_manual
from opinionscope.commands.models_command import models
from opinionscope.commands.opening import FILE, chart_option, json_option, open_workspace, theme_of
from opinionscope.commands.recipe_options import RecipeCommand, temperature_option
from opinionscope.commands.serve_command import serve
from opinionscope.commands.sweep_group import sweep
from opinionscope.commands.table_command import table

if TYPE_CHECKING:
    from opinionscope.report.figure import Figure

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


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
    if ctx.invoked_subcommand is not None:
        return
    from opinionscope.tui.start import start

    ctx.exit(start(db, theme, fresh=fresh, demo=demo))


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
@click.option("--bits", is_flag=True, help="Show divergences in bits; JSON stays in nats.")
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
    asked = Asked.of(theme_of(ctx), **options)
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


for each in (print_manual, models, compare, grid, history, sweep, table, serve):
    main.add_command(each)


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
        put_figure(cards[-1], out, open_workspace(ctx), theme_of(ctx))
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


@main.group(cls=Commands, short_help="List, import, write, export and remove survey data.")
def data() -> None:
    """List, import, write, export and remove survey packs and recorded answers."""


@data.command("import", short_help="Import the benchmark, a public dataset, or your own table.")
@click.argument("path", type=click.Path(path_type=Path), required=False, metavar="PATH")
@click.option("--as", "kind", metavar="KIND", help="Kind of data in PATH, if it is not recognised.")
@click.option("--kinds", is_flag=True, help="List the kinds.")
@click.option("--dataset", metavar="ID", help="Id of the new pack.")
@click.option("--title", metavar="TEXT", help="Title of the pack.")
@click.option("--by", metavar="COL,…", help="With one row per person: the columns that define groups.")
@click.option("--questions", metavar="COL,…", help="Only these questions.")
@click.option("--weight", metavar="COL", help="With one row per person: the column of survey weights.")
@click.option(
    "--cut", "cuts", metavar="COL=N,…", multiple=True, help="Lower bounds of the ranges of a number: age=18,35,65."
)
@click.option(
    "--codebook",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="File with question wordings and labels.",
)
@click.option("--sheet", metavar="NAME", help="Sheet of a workbook; by default the first with a table.")
@click.option("--decimal", type=click.Choice(["point", "comma"]), help="Decimal mark, if the table is ambiguous.")
@click.option("--dry-run", is_flag=True, help="Only say what would be imported.")
@click.option("--verbose", is_flag=True, help="List each skipped item, not only the reasons.")
@json_option
@click.pass_context
def data_import(
    ctx: click.Context, /, path: Path | None, kind: str | None, kinds: bool, dry_run: bool, verbose: bool,
    as_json: bool, **options: Any,
) -> None:  # fmt: skip
    """Import a survey from PATH: the whole benchmark, a public dataset, or a table of your own.

    Questions keep their wording. Damaged items are skipped and listed; the rest is imported. PATH may be packed (.zip,
    .gz, .bz2, .xz, .tar); where several tables are in it, PATH/FILE names one.
    """
    from opinionscope.commands.data_import import import_data, import_options, list_kinds

    if kinds:
        list_kinds(as_json)
        return
    if path is None:
        raise click.MissingParameter(ctx=ctx, param=ctx.command.params[0])
    given = import_options(**options)
    ctx.exit(import_data(path, kind or "", given, dry_run=dry_run, verbose=verbose, as_json=as_json))


@data.command("list", short_help="List the available packs and recorded answers.")
@json_option
@click.pass_context
def data_list(ctx: click.Context, as_json: bool) -> None:
    """List the available packs and recorded answers, and the folder for your own."""
    from opinionscope.commands.data import list_data

    list_data(open_workspace(ctx, tell=False), as_json)


@data.command("show", short_help="Show a study card: who asked whom, when and how.")
@click.argument("dataset", type=DATASET)
@click.option("-q", "--question", type=QUESTION, help="Add details on this question.")
@json_option
@click.pass_context
def data_show(ctx: click.Context, dataset: str, question: str | None, as_json: bool) -> None:
    """Show the study card of a dataset: who asked whom, when and how, and the people in the sample."""
    from opinionscope.commands.data import show_data

    show_data(open_workspace(ctx), dataset, question, as_json)


@data.command("fetch", short_help="Download the whole benchmark from its public host.")
@click.option("--url", metavar="URL", help="A mirror: a .tar.gz or .zip of the repository, over https.")
@click.option("--commit", metavar="ID", help="Use another commit than the default one.")
@click.option("--sha256", metavar="HEX", help="Accept only an archive with this SHA-256.")
@click.option("--max-mb", type=click.IntRange(1), default=500, show_default=True, help="Maximum download size.")
@click.option("--dry-run", is_flag=True, help="Download, and only say what would be imported.")
@click.option("--verbose", is_flag=True, help="List each skipped item, not only the reasons.")
@json_option
@click.pass_context
def data_fetch(ctx: click.Context, /, **options: Any) -> None:
    """Download the whole benchmark from its public host, and import it as `data import` does.

    After Ctrl-C or a lost connection, the same command resumes the download if the server allows it.
    """
    from opinionscope.commands.data_fetch import fetch_data

    ctx.exit(fetch_data(**options))


@data.command("new", short_help="Write a question of your own.")
@click.option("--title", default="", metavar="TEXT", help="Short title for lists; by default made from the text.")
@click.option("--text", default="", metavar="TEXT", help="Text of the question, as the model reads it.")
@click.option("--context", default="", metavar="TEXT", help="What people were told beforehand.")
@click.option(
    "--option", "options", multiple=True, metavar="LABEL[=VALUE]", help="An answer option, and its value on a scale."
)
@click.option(
    "--nonresponse", multiple=True, metavar="LABEL", help="A nonresponse option such as Refused; these come last."
)
@click.option("--human", "people", multiple=True, metavar="GROUP[:FIGURES]", help="A group, and how it answered.")
@click.option("--pack", default="own", show_default=True, metavar="NAME", help="Pack of your own to add it to.")
@json_option
@click.pass_context
def data_new(ctx: click.Context, /, as_json: bool, pack: str, **options: Any) -> None:
    """Write a question of your own, and print its id; without options, a form opens.

    A GROUP is a name or attribute=value,… FIGURES are counts or shares, one per option in order; shares need a % or
    the number of people. Without figures the model can still be asked; its answer is shown alone.
    """
    from opinionscope.commands.data_own import new_question, require_terminal

    if not any(options.values()):
        from opinionscope.tui.start import start

        require_terminal()
        ctx.exit(start(ctx.find_root().obj, begin="write"))
    new_question(open_workspace(ctx), pack=pack, as_json=as_json, **options)


@data.command("export", short_help="Write a pack to FILE, or to stdout.")
@click.argument("dataset", type=DATASET)
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Overwrite an existing file.")
@click.pass_context
def data_export(ctx: click.Context, dataset: str, file: Path | None, force: bool) -> None:
    """Write a pack to FILE, or to stdout, for `data import` elsewhere."""
    from opinionscope.commands.data_own import export_pack

    export_pack(open_workspace(ctx), dataset, file, force)


@data.command("remove", short_help="Remove a dataset that you imported or wrote.")
@click.argument("dataset", type=DATASET)
@click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
@click.pass_context
def data_remove(ctx: click.Context, dataset: str, yes: bool) -> None:
    """Remove a dataset that you imported or wrote, with its answers; never a bundled one."""
    from opinionscope.commands.data_own import remove_data

    ctx.exit(remove_data(open_workspace(ctx), dataset, yes))


add_examples(main)
