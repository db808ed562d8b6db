"""`opinionscope history`: saved runs."""

import click

from opinionscope.commands.output import counted, print_json, print_lines, print_table
from opinionscope.commands.prompt import print_prompt, prompt_json
from opinionscope.commands.run import print_run
from opinionscope.report import answer_lines, reading_lines, row_json, run_json
from opinionscope.session import Session


def list_runs(session: Session, search: str, limit: int, as_json: bool) -> None:
    """Print runs, newest first."""
    rows = session.history.page(search, limit=limit)
    if as_json:
        print_json([row_json(row) for row in rows])
        return
    table = [
        (
            row.id,
            f"{row.created:%Y-%m-%d %H:%M}",
            row.question_id,
            row.group,
            row.steering,
            row.format,
            row.model,
            row.status,
            "–" if row.kl is None else f"{row.kl:.3f}",
            "–" if row.tv is None else f"{row.tv:.3f}",
            f"muted: {row.measures_muted}" if row.measures_muted else "",
        )
        for row in rows
    ]
    header = (
        "RUN",
        "CREATED (UTC)",
        "QUESTION",
        "GROUP",
        "STEERING",
        "FORMAT",
        "MODEL",
        "STATUS",
        "KL nats",
        "TV",
        "NOTE",
    )
    print_table(header, table, (26, 16, 20, 12, 8, 10, 24, 9, 7, 5, 30))
    click.echo(f"{len(rows)} of {counted(session.history.count(search), 'run')}", err=True)


def show_run(session: Session, run_id: str, prompt: bool, bits: bool, as_json: bool) -> None:
    """Print one run again."""
    run = session.history.get(run_id)
    if as_json:
        print_json(run_json(run) | ({"prompt": prompt_json(run)} if prompt else {}))
        return
    print_run(run, "bits" if bits else session.settings.unit)
    if run.error:
        click.echo(f"\n{run.status}: {run.error_title}: {run.error}")
    click.echo("\nReading\n")
    print_lines(reading_lines(run))
    click.echo("\nAnswer\n")
    print_lines(answer_lines(run))
    if prompt:
        click.echo("\nPrompt\n")
        print_prompt(run)
