"""The commands of `opinionscope history`."""

from pathlib import Path
from typing import Any

import click

from opinionscope.commands.grammar import RUN, SELECTION, Choice, Commands, SelectionCommand
from opinionscope.commands.opening import FILE, bits_option, chart_option, json_option, open_workspace
from opinionscope.commands.tables_out import FORMATS, output_options


@click.group(cls=Commands)
def history() -> None:
    """List, show, resume and score saved runs."""


@history.command("list", cls=SelectionCommand, short_help="List runs.")
@click.argument("selection", nargs=-1, type=SELECTION)
@click.option("--search", default="", metavar="TEXT", help="Only those that contain all these words.")
@click.option("--sort", default="created", metavar="FIELD", help="created, question, group, model … or a measure.")
@click.option("--reverse", is_flag=True, help="Sort the other way round.")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="Maximum number of runs.")
@output_options
@click.pass_context
def history_list(ctx: click.Context, /, selection: tuple[str, ...], **options: Any) -> None:
    """List runs, newest first; SELECTION says which.

    A selection is words (male, immig*), field:value (model:gpt-4,gpt-4o), comparisons ("kl<0.2"), days (on:yesterday,
    on:2026-05-01..), -field:value for what must not be, '"exact text"' in question, prompt or answer, or @NAME for a
    saved one. Quote it, for shells read < and > in their own way. Measures are sorted from the best to the worst.
    """
    from opinionscope.commands.history import list_runs

    list_runs(open_workspace(ctx), selection, **options)


@history.command("show", short_help="Show one saved run.")
@click.argument("run_id", type=RUN)
@click.option("--prompt", is_flag=True, help="Show the prompt as well.")
@bits_option
@json_option
@chart_option
@click.pass_context
def history_show(ctx: click.Context, /, run_id: str, **options: Any) -> None:
    """Show one saved run; the beginning or the end of its id is enough if it is unique."""
    from opinionscope.commands.history import show_run

    show_run(open_workspace(ctx), run_id, **options)


@history.command("resume", short_help="Ask only for the missing answers of a run.")
@click.argument("run_id")
@bits_option
@json_option
@click.pass_context
def history_resume(ctx: click.Context, run_id: str, as_json: bool) -> None:
    """Ask only for the missing answers of a run, as it was planned, and score it.

    Answers are missing if a run was interrupted, cancelled or stopped early, or if calls failed. The messages,
    letters, seeds, parameters and the server are those saved with the run.
    """
    from opinionscope.commands.history import resume_run

    ctx.exit(resume_run(open_workspace(ctx), run_id, as_json))


@history.command("score", short_help="Score an interrupted run with the answers so far.")
@click.argument("run_id")
@bits_option
@json_option
@click.pass_context
def history_score(ctx: click.Context, run_id: str, as_json: bool) -> None:
    """Score an interrupted, cancelled or failed run with the answers so far; nothing is sent."""
    from opinionscope.commands.history import score_run

    ctx.exit(score_run(open_workspace(ctx), run_id, as_json))


@history.command("tag", short_help="Add tags to a run, or remove them.")
@click.argument("run_id", type=RUN)
@click.argument("tags", nargs=-1, required=True, metavar="TAG…")
@click.option("--remove", is_flag=True, help="Remove the tags instead.")
@click.pass_context
def history_tag(ctx: click.Context, run_id: str, tags: tuple[str, ...], remove: bool) -> None:
    """Add tags to a run, or remove them, and print the tags it has then."""
    from opinionscope.commands.history_keeping import tag_run

    tag_run(open_workspace(ctx), run_id, tags, remove)


@history.command("note", short_help="Put a note on a run.")
@click.argument("run_id", type=RUN)
@click.argument("text", nargs=-1)
@click.pass_context
def history_note(ctx: click.Context, run_id: str, text: tuple[str, ...]) -> None:
    """Put a note on a run, in place of the one it has; without TEXT the note is removed."""
    from opinionscope.commands.history_keeping import note_run

    note_run(open_workspace(ctx), run_id, text)


@history.command("pin", short_help="Pin runs, or unpin them.")
@click.argument("run_ids", nargs=-1, required=True, type=RUN)
@click.option("--remove", is_flag=True, help="Unpin the runs instead.")
@click.pass_context
def history_pin(ctx: click.Context, run_ids: tuple[str, ...], remove: bool) -> None:
    """Pin runs, or unpin them."""
    from opinionscope.commands.history_keeping import pin_runs

    pin_runs(open_workspace(ctx), run_ids, remove)


@history.command("delete", cls=SelectionCommand, short_help="Delete runs for good.")
@click.argument("selection", nargs=-1, required=True, type=SELECTION)
@click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
@click.pass_context
def history_delete(ctx: click.Context, selection: tuple[str, ...], yes: bool) -> None:
    """Delete runs for good: those of a SELECTION, or those with these ids."""
    from opinionscope.commands.history_keeping import delete_runs

    ctx.exit(delete_runs(open_workspace(ctx), selection, yes))


@history.command("merge", short_help="Add the runs of another history.")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="OTHER.db")
@json_option
@click.pass_context
def history_merge(ctx: click.Context, path: Path, as_json: bool) -> None:
    """Add the runs of another history that this one does not have.

    Runs are matched by id. One that both have with different content is named on stdout and left as it is here; the
    exit code is 1 then. The other file is not changed.
    """
    from opinionscope.commands.history_keeping import merge_history

    ctx.exit(merge_history(open_workspace(ctx), path, as_json))


@history.command("export", cls=SelectionCommand, short_help="Write runs as a table or as JSON.")
@click.argument("selection", nargs=-1, type=SELECTION)
@click.option("-o", "--output", "out", type=FILE, help="File to write.")
@click.option("--format", "kind", type=Choice(FORMATS), help="By default as the file ends, or csv.")
@click.pass_context
def history_export(ctx: click.Context, selection: tuple[str, ...], out: Path | None, kind: str | None) -> None:
    """Write the runs of a SELECTION, or all, newest first: one row a run.

    Rows have ids, choices, n, every measure with its interval and noise floor, why measures are muted, tokens, cost and
    tags. JSON and JSON lines have runs as `run --json` prints them, with their tags, pin and note. Parquet needs
    pyarrow.
    """
    from opinionscope.commands.history_keeping import export_runs

    export_runs(open_workspace(ctx), selection, kind, out)


@history.command("appendix", cls=SelectionCommand, short_help="Write the appendix of a paper.")
@click.argument("selection", nargs=-1, type=SELECTION)
@click.option("--latex", "as_latex", is_flag=True, help="Print LaTeX instead of Markdown.")
@click.option("-o", "--output", "out", type=FILE, help="Write to FILE.md or FILE.tex.")
@click.pass_context
def history_appendix(ctx: click.Context, selection: tuple[str, ...], as_latex: bool, out: Path | None) -> None:
    """Write what a paper reports on the runs of a SELECTION, or of all: the appendix, in Markdown or LaTeX.

    It has the models as asked and as they answered, dates, settings, seeds, the rules by which answers are read,
    tokens, cost, versions, how many runs failed or could not be read, and every prompt in full, equal ones once.
    """
    from opinionscope.commands.appendix import print_appendix

    print_appendix(open_workspace(ctx), selection, as_latex=as_latex, out=out)


@history.command("save", cls=SelectionCommand, short_help="Save a selection by name.")
@click.argument("name")
@click.argument("selection", nargs=-1, type=SELECTION)
@click.pass_context
def history_save(ctx: click.Context, name: str, selection: tuple[str, ...]) -> None:
    """Save a SELECTION by a name: @NAME stands for it then. Without SELECTION the name is forgotten."""
    from opinionscope.commands.history_keeping import save_selection

    save_selection(open_workspace(ctx), name, selection)


@history.command("command", short_help="Print the command that repeats a run.")
@click.argument("run_id", type=RUN)
@click.pass_context
def history_command(ctx: click.Context, run_id: str) -> None:
    """Print the `opinionscope run` command that repeats a run."""
    from opinionscope.commands.history_keeping import print_command

    print_command(open_workspace(ctx), run_id)
