"""The command line: stdout is data, stderr is narration."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from opinionscope import __version__
from opinionscope.commands.examples import EXAMPLES
from opinionscope.commands.grammar import (
    DATASET,
    DOMAIN,
    GROUP,
    MODEL,
    QUESTION,
    RUN,
    THEME,
    VOICE,
    Choice,
    Commands,
)

if TYPE_CHECKING:
    from opinionscope.workspace import Workspace

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
# As in the registries, which --help need not load.
STEERING_NAMES = ("none", "persona", "few-shot", "both")
ORDER_NAMES = ("survey", "reversed", "shuffled")
FORMAT_NAMES = ("verbalized", "sequence", "samples", "log-probs", "scaled-log-probs")


def _database(ctx: click.Context, option: click.Parameter, db: Path | None) -> Path | None:
    if db == Path(":memory:"):
        raise click.BadParameter("expected a file; `run --no-save` keeps nothing", ctx, option)
    return db


def _session(ctx: click.Context, *, tell: bool = True) -> "Workspace":
    """The session of this call; `tell` names on stderr what could not be read."""
    from opinionscope.commands.output import warn
    from opinionscope.workspace import Workspace

    db = ctx.find_root().obj
    session = Workspace.open(db)
    ctx.call_on_close(partial(_close, session))
    if tell:
        warn((*session.library.problems, *session.voices.problems))
    return session


def _close(session: "Workspace") -> None:
    """Close the history, and say what it took in."""
    from opinionscope.commands.output import counted, warn
    from opinionscope.commands.printing import tell

    session.history.close()
    warn(session.history.problems)
    if taken := len(session.history.taken_in):
        tell(f"Took in {counted(taken, 'run')} that could not be written to the history earlier.")


@click.group(cls=Commands, invoke_without_command=True, context_settings=CONTEXT, epilog=EXAMPLES[""])
@click.version_option(__version__, prog_name="opinionscope", message="%(prog)s %(version)s")
@click.option(
    "--db", type=click.Path(dir_okay=False, path_type=Path), callback=_database, help="History database to use."
)
@click.option("--theme", type=THEME, help="Theme of the terminal program.")
@click.pass_context
def main(ctx: click.Context, db: Path | None, theme: str | None) -> None:
    """See how closely a language model reproduces how a group of people really answered.

    Without a command, the terminal program opens.

    Exit codes: 0 fine; 1 the model or the answer failed; 2 bad usage; 3 answered, but the answer could not be
    written to the history; 130 interrupted; 128 + N ended by signal N.
    """
    ctx.obj = db
    if ctx.invoked_subcommand is not None:
        return
    from opinionscope.tui.start import start

    ctx.exit(start(db, theme))


def _json_option(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(command)


@main.command(epilog=EXAMPLES["run"], short_help="Probe one question once, and compare humans and model.")
@click.option(
    "-q",
    "--question",
    required=True,
    metavar="ID",
    type=QUESTION,
    help="Question: ID, or DATASET/ID.",
)
@click.option(
    "-g",
    "--group",
    required=True,
    metavar="GROUP",
    type=GROUP,
    help="Group: a name, or party=Democrat.",
)
@click.option("-s", "--steering", type=Choice(STEERING_NAMES), default="persona", show_default=True)
@click.option("-f", "--format", "format_", type=Choice(FORMAT_NAMES), default="verbalized", show_default=True)
@click.option("-m", "--model", type=MODEL, help="Any litellm name, or recorded/NAME.")
@click.option("--api-base", metavar="URL", help="Server to ask instead of the provider's own.")
@click.option("--seed", type=int, help="Seed for worked examples, and for providers that take one.")
@click.option("--samples", metavar="N", type=int, default=30, show_default=True, help="Simulated answers.")
@click.option("--repeats", metavar="R", type=int, default=1, show_default=True, help="Ask R times; gives intervals.")
@click.option("--order", type=Choice(ORDER_NAMES), default="survey", show_default=True, help="Of the options.")
@click.option("--reasoning", is_flag=True, help="Let the model think aloud first.")
@click.option("--voice", type=VOICE, default="instruction", show_default=True, help="How a persona is put.")
@click.option("--examples", metavar="N", type=int, default=5, show_default=True, help="Real questions few-shot shows.")
@click.option("--example-ids", metavar="ID,…", help="Which ones; most similar in text without this.")
@click.option("--temperature", metavar="T", type=float, default=1.0, show_default=True, help="Of the sampling.")
@click.option("--timeout", metavar="SECONDS", type=float, help="Until a call is given up; 120 unless set.")
@click.option("--deadline", metavar="SECONDS", type=float, help="Until the run ends with what it has; 3600 unless set.")
@click.option("--drop-refused", is_flag=True, default=None, help="Leave refusals out of the comparison.")
@click.option("--bits", is_flag=True, help="Show divergences in bits; JSON stays in nats.")
@click.option("--no-cache", is_flag=True, help="Ask anew what the cache could answer.")
@click.option("--no-save", is_flag=True, help="Keep no run in the history.")
@click.option("--show-prompt", is_flag=True, help="Show what would be sent, and ask nobody.")
@_json_option
@click.pass_context
def run(ctx: click.Context, /, **options: Any) -> None:
    """Probe one question once, and show humans and model side by side.

    Exit codes: 0 fine; 1 the model or the answer failed; 2 nobody was asked; 3 answered, but the answer could not
    be written to the history: it waits in a file that the next start takes in, and that stderr names.
    """
    from opinionscope.commands.run import run_probe, show_prompt

    ctx.exit((show_prompt if options.pop("show_prompt") else run_probe)(_session(ctx), **options))


@main.command(epilog=EXAMPLES["questions"])
@click.option("--search", default="", metavar="TEXT", help="Only those that have all these words.")
@click.option("--domain", type=DOMAIN, help="Only this domain: political, global, books, own.")
@_json_option
@click.pass_context
def questions(ctx: click.Context, search: str, domain: str | None, as_json: bool) -> None:
    """List the questions at hand."""
    from opinionscope.commands.lists import list_questions

    list_questions(_session(ctx), search, domain, as_json)


@main.command(epilog=EXAMPLES["groups"])
@click.option("-q", "--question", type=QUESTION, help="Only groups that answered this question.")
@click.option("--search", default="", metavar="TEXT", help="Only those that have all these words.")
@click.option("--domain", type=DOMAIN, help="Only this domain: political, global, books, own.")
@_json_option
@click.pass_context
def groups(ctx: click.Context, question: str | None, search: str, domain: str | None, as_json: bool) -> None:
    """List the groups whose answers are known."""
    from opinionscope.commands.lists import list_groups

    list_groups(_session(ctx), question, search, domain, as_json)


@main.command(epilog=EXAMPLES["models"])
@click.option("--search", default="", metavar="TEXT", help="Only those that have all these words.")
@_json_option
@click.pass_context
def models(ctx: click.Context, search: str, as_json: bool) -> None:
    """List the models that can be asked now, and the recorded ones."""
    from opinionscope.commands.lists import list_models

    list_models(_session(ctx), search, as_json)


@main.group(cls=Commands, epilog=EXAMPLES["history"])
def history() -> None:
    """Look at saved runs."""


@history.command("list", epilog=EXAMPLES["history list"])
@click.option("--search", default="", metavar="TEXT", help="Only those that have all these words.")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="How many, newest first.")
@_json_option
@click.pass_context
def history_list(ctx: click.Context, search: str, limit: int, as_json: bool) -> None:
    """List runs, newest first."""
    from opinionscope.commands.history import list_runs

    list_runs(_session(ctx), search, limit, as_json)


@history.command("show", epilog=EXAMPLES["history show"], short_help="Show one run again.")
@click.argument("run_id", type=RUN)
@click.option("--prompt", is_flag=True, help="Show the prompt as well.")
@click.option("--bits", is_flag=True, help="Show divergences in bits; JSON stays in nats.")
@_json_option
@click.pass_context
def history_show(ctx: click.Context, run_id: str, prompt: bool, bits: bool, as_json: bool) -> None:
    """Show one run again; the beginning or the end of its id is enough, if no other has it."""
    from opinionscope.commands.history import show_run

    show_run(_session(ctx), run_id, prompt, bits, as_json)


@history.command("resume", epilog=EXAMPLES["history resume"], short_help="Ask only for the answers that a run lacks.")
@click.argument("run_id")
@click.option("--bits", is_flag=True, help="Show divergences in bits; JSON stays in nats.")
@_json_option
@click.pass_context
def history_resume(ctx: click.Context, run_id: str, bits: bool, as_json: bool) -> None:
    """Ask only for the answers that a run lacks, by its own plan, and score it.

    A run may lack answers because it was interrupted, cancelled or stopped early, or because calls failed. The
    messages, letters, seeds, parameters and the server are those that were kept with it.
    """
    from opinionscope.commands.history import resume_run

    ctx.exit(resume_run(_session(ctx), run_id, bits, as_json))


@history.command(
    "score", epilog=EXAMPLES["history score"], short_help="Score an interrupted run by the answers it has."
)
@click.argument("run_id")
@click.option("--bits", is_flag=True, help="Show divergences in bits; JSON stays in nats.")
@_json_option
@click.pass_context
def history_score(ctx: click.Context, run_id: str, bits: bool, as_json: bool) -> None:
    """Score an interrupted, cancelled or failed run by the answers it has; nobody is asked."""
    from opinionscope.commands.history import score_run

    ctx.exit(score_run(_session(ctx), run_id, bits, as_json))


def _list_kinds(ctx: click.Context, _option: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        from opinionscope.commands.data_import import list_kinds

        list_kinds()
        ctx.exit()


@main.group(cls=Commands, epilog=EXAMPLES["data"], short_help="What data are at hand; bring in, write, export, remove.")
def data() -> None:
    """Survey packs and recorded answers: what is at hand, and bringing more in."""


@data.command(
    "import", epilog=EXAMPLES["data import"], short_help="Bring in the benchmark, a public dataset, or your own table."
)
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--as", "kind", metavar="KIND", help="What PATH is, where its looks do not tell.")
@click.option("--kinds", is_flag=True, is_eager=True, expose_value=False, callback=_list_kinds, help="List them.")
@click.option("--dataset", metavar="ID", help="Id of the pack that is made.")
@click.option("--title", metavar="TEXT", help="Title of the pack.")
@click.option("--by", metavar="COL,…", help="One row a person: the columns that groups are cut by.")
@click.option("--questions", metavar="COL,…", help="Only these questions.")
@click.option("--weight", metavar="COL", help="One row a person: the column of weights.")
@click.option("--cut", "cuts", metavar="COL=N,…", multiple=True, help="Where ranges of a number begin: age=18,35,65.")
@click.option("--codebook", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Wordings and labels.")
@click.option("--sheet", metavar="NAME", help="Sheet of an Excel workbook; else the first that holds a table.")
@click.option(
    "--decimal", type=click.Choice(["point", "comma"]), help="The decimal mark, where a table leaves it open."
)
@click.option("--dry-run", is_flag=True, help="Only say what would be read.")
@click.option("--verbose", is_flag=True, help="List each item that is set aside, not only the reasons.")
@_json_option
@click.pass_context
def data_import(
    ctx: click.Context, /, path: Path, kind: str | None, dry_run: bool, verbose: bool, as_json: bool, **options: Any
) -> None:
    """Bring in a survey from PATH: the whole benchmark, a public dataset, or a table of your own.

    Questions keep their own words; what is damaged is set aside and listed, and costs nothing else.
    """
    from opinionscope.commands.data_import import import_data, import_options

    given = import_options(**options)
    ctx.exit(import_data(path, kind or "", given, dry_run=dry_run, verbose=verbose, as_json=as_json))


@data.command("list", epilog=EXAMPLES["data list"], short_help="List the packs and recorded answers at hand.")
@_json_option
@click.pass_context
def data_list(ctx: click.Context, as_json: bool) -> None:
    """List the packs and recorded answers at hand, and the folder for your own."""
    from opinionscope.commands.data import list_data

    list_data(_session(ctx, tell=False), as_json)


@data.command("show", epilog=EXAMPLES["data show"], short_help="Show who asked whom, when and how: the study card.")
@click.argument("dataset", type=DATASET)
@click.option("-q", "--question", type=QUESTION, help="Add what is known of this question.")
@_json_option
@click.pass_context
def data_show(ctx: click.Context, dataset: str, question: str | None, as_json: bool) -> None:
    """Show the study card of a dataset: who asked whom, when and how, and who they are."""
    from opinionscope.commands.data import show_data

    show_data(_session(ctx), dataset, question, as_json)


@data.command("fetch", epilog=EXAMPLES["data fetch"], short_help="Get the whole benchmark from its public host.")
@click.option("--url", metavar="URL", help="A mirror: a .tar.gz or .zip of the repository, over https.")
@click.option("--commit", metavar="ID", help="Another commit than the one this version knows.")
@click.option("--sha256", metavar="HEX", help="Accept only an archive with this SHA-256.")
@click.option("--max-mb", type=click.IntRange(1), default=500, show_default=True, help="Largest download.")
@click.option("--dry-run", is_flag=True, help="Fetch, and only say what would be read.")
@click.option("--verbose", is_flag=True, help="List each item that is set aside, not only the reasons.")
@_json_option
@click.pass_context
def data_fetch(ctx: click.Context, /, **options: Any) -> None:
    """Get the whole benchmark from its public host, and bring it in as `data import` does.

    Stopped by Ctrl-C or a lost line, the same command goes on where it ended, if the server can.
    """
    from opinionscope.commands.data_fetch import fetch_data

    ctx.exit(fetch_data(**options))


@data.command("new", epilog=EXAMPLES["data new"], short_help="Write a question of your own.")
@click.option("--title", default="", metavar="TEXT", help="A few words for lists; without it made from the text.")
@click.option("--text", default="", metavar="TEXT", help="The question, as the model is to be asked.")
@click.option("--context", default="", metavar="TEXT", help="What people were told beforehand.")
@click.option(
    "--option", "options", multiple=True, metavar="LABEL[=VALUE]", help="An option, and its place on a scale."
)
@click.option("--nonresponse", multiple=True, metavar="LABEL", help="An option such as Refused; these come last.")
@click.option("--human", "people", multiple=True, metavar="GROUP[:FIGURES]", help="A group, and how it answered.")
@click.option("--pack", default="own", show_default=True, metavar="NAME", help="Pack of yours that takes it in.")
@_json_option
@click.pass_context
def data_new(ctx: click.Context, /, as_json: bool, pack: str, **options: Any) -> None:
    """Write a question of your own, and print its id; without options, in a form.

    A GROUP is a name or attribute=value,… FIGURES are counts or shares, one an option in their order; shares carry
    a % or the number of people. Without figures the model can be asked all the same, and is shown alone.
    """
    from opinionscope.commands.data_own import new_question, require_terminal

    if not any(options.values()):
        from opinionscope.tui.start import start

        require_terminal()
        ctx.exit(start(ctx.find_root().obj, begin="write"))
    new_question(_session(ctx), pack=pack, as_json=as_json, **options)


@data.command("export", epilog=EXAMPLES["data export"], short_help="Write a pack to FILE, or to stdout.")
@click.argument("dataset", type=DATASET)
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@click.pass_context
def data_export(ctx: click.Context, dataset: str, file: Path | None, force: bool) -> None:
    """Write a pack to FILE, or to stdout, for somebody else to `data import`."""
    from opinionscope.commands.data_own import export_pack

    export_pack(_session(ctx), dataset, file, force)


@data.command("remove", epilog=EXAMPLES["data remove"], short_help="Remove a dataset that you imported or wrote.")
@click.argument("dataset", type=DATASET)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_context
def data_remove(ctx: click.Context, dataset: str, yes: bool) -> None:
    """Remove a dataset that you imported or wrote, with its answers; never a bundled one."""
    from opinionscope.commands.data_own import remove_data

    ctx.exit(remove_data(_session(ctx), dataset, yes))
