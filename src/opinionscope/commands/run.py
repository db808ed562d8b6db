"""`opinionscope run`: one probe."""

import asyncio
import sys
from typing import Any

import click
from rich.text import Text

from opinionscope.charts import draw
from opinionscope.commands.output import HUMAN, MODEL, console, print_json, to_text
from opinionscope.history import Run
from opinionscope.probe import Choices
from opinionscope.report import (
    KL_NAME,
    Unit,
    caveats,
    chart_data,
    cost,
    divergence,
    noise_sentence,
    other_measures,
    provenance,
    run_json,
    sample_size,
)
from opinionscope.session import Session

INTERRUPTED = 130
WIDEST = 120


def run_probe(session: Session, *, as_json: bool, bits: bool, no_save: bool, **options: Any) -> int:
    """Probe, print, and return the exit code: 0 fine, 1 if the model or the answer failed."""
    settings = session.settings
    drop = options["drop_refused"]
    choices = Choices(
        question=options["question"],
        group=options["group"],
        steering=options["steering"],
        format=options["format_"],
        model=options["model"] or session.default_model(),
        api_base=options["api_base"] or settings.api_base or None,
        seed=options["seed"],
        epsilon=settings.epsilon,
        drop_nonresponse=settings.drop_nonresponse if drop is None else drop,
    )
    prober = session.prober(save=not no_save)
    try:
        run = asyncio.run(prober.run(choices, on_text=_narrator()))
    except KeyboardInterrupt:
        click.echo("Cancelled.", err=True)
        return INTERRUPTED
    if as_json:
        print_json(run_json(run))
    else:
        print_run(run, "bits" if bits else settings.unit)
    if run.error:
        click.echo(f"Error: {run.error_title}: {run.error}", err=True)
        return 1
    return 0


def _narrator() -> Any:
    """Says on stderr how much has arrived, where someone is looking."""
    if not sys.stderr.isatty():
        return None

    def narrate(text: str) -> None:
        click.echo(f"\r{len(text)} characters …", nl=False, err=True)

    return narrate


def print_run(run: Run, unit: Unit) -> None:
    """A run as the chart, the measures, and what must be known to read them."""
    shown = console()
    width = min(shown.width, WIDEST)
    question, elicitation = run.elicitation.question, run.elicitation
    source = " · ".join(dict.fromkeys((question.wording, question.dataset, question.id)))
    shown.print(Text(question.text, "bold"), width=width)
    if question.context:
        shown.print(Text(question.context, "dim"), width=width)
    shown.print(Text(source, "dim"), width=width)
    shown.print(
        Text.assemble(
            (f"{elicitation.group.name}, {sample_size(run.human)}", HUMAN),
            f"   {elicitation.steering} · {elicitation.format}   ",
            (f"{run.response.kind.upper()} " if run.response else "", "bold"),
            (provenance(run), MODEL),
        ),
        width=width,
    )
    shown.print()
    shown.print(to_text(draw(chart_data(run), width)), width=width, no_wrap=True)
    shown.print()
    if run.alignment:
        measures = "   ".join(f"{m.name} {m.value} {m.unit}".strip() for m in other_measures(run.alignment, unit))
        kl = f"{KL_NAME} {divergence(run.alignment.kl, unit)} {unit}"
        shown.print(Text.assemble((kl, "bold"), f"   {measures}"), width=width)
        shown.print(Text(noise_sentence(run.alignment, unit)), width=width)
    shown.print(Text(" · ".join((*caveats(run), *filter(None, [cost(run)]), f"run {run.id}")), "dim"), width=width)
