"""The commands of `opinionscope data`."""

from pathlib import Path
from typing import Any

import click

from opinionscope.commands.grammar import DATASET, QUESTION, Commands
from opinionscope.commands.opening import json_option, open_workspace

FORM = "opinionscope.form"
"""Where the context has what opens the form for a question, which is part of the terminal program."""


@click.group(cls=Commands, short_help="List, import, write, export and remove survey data.")
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
        require_terminal()
        ctx.exit(ctx.meta[FORM]())
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
