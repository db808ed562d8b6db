"""`opinionscope run`: one probe."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import click
from rich.text import Text

from opinionscope.charts import draw
from opinionscope.commands.output import HUMAN, MODEL, Narration, console, print_json, to_text, warn
from opinionscope.commands.prompt import print_prompt, prompt_json
from opinionscope.elicitation import PLAIN, Recipe
from opinionscope.errors import FAILED
from opinionscope.history import Run
from opinionscope.probe import Choices, Prober, Watch
from opinionscope.report import (
    KL_NAME,
    Unit,
    caveats,
    chart_data,
    cost,
    divergence,
    muted_sentence,
    noise_sentence,
    other_measures,
    provenance,
    recipe_words,
    run_json,
    sample_size,
    spread_sentences,
)
from opinionscope.respondents import RECORDED_PREFIX
from opinionscope.respondents.catalog import local_base, recorded_problems
from opinionscope.session import Session

WIDEST = 120
ANSWERED = ("done", "unread")
ONCE = "a recorded model was asked once, in its own way; --repeats and its like matter to live models only."


def run_probe(session: Session, *, as_json: bool, bits: bool, no_save: bool, **options: Any) -> int:
    """Probe, print, and return the exit code: 0 fine, 1 if the model or the answer failed."""
    session = session.without_cache() if options.get("no_cache") else session
    choices = _choices(session, options)
    if choices.is_recorded:
        warn(recorded_problems(session.library, choices.model.removeprefix(RECORDED_PREFIX)))
        if choices.recipe != PLAIN:
            click.echo(f"Note: {ONCE}", err=True)
    run = _probed(session.prober(save=not no_save), choices, is_kept=not no_save)
    if run.status in ANSWERED:
        session.note_use(choices.model)
    if as_json:
        print_json(run_json(run) | ({"run_id": None} if no_save else {}))
    else:
        print_run(replace(run, id="") if no_save else run, "bits" if bits else session.settings.unit)
    if run.error:
        click.echo(f"Error: {run.error_title}: {run.error}", err=True)
        return FAILED
    if lost := sum(response.is_failure for response in run.responses):
        click.echo(f"Warning: {lost:,} of {len(run.responses):,} calls failed; only the others count.", err=True)
    return 0


def show_prompt(session: Session, *, as_json: bool, **options: Any) -> int:
    """Print what would be sent, ask nobody, and return 0."""
    choices = _choices(session, options)
    session.connect(choices.model, choices.api_base)
    draft = session.prober(save=False).draft(choices)
    if as_json:
        print_json(prompt_json(draft))
    else:
        print_prompt(draft)
    return 0


def _choices(session: Session, options: Mapping[str, Any]) -> Choices:
    settings, drop = session.settings, options["drop_refused"]
    model = options["model"] or session.default_model()
    return Choices(
        question=options["question"],
        group=options["group"],
        steering=options["steering"],
        format=options["format_"],
        model=model,
        api_base=options["api_base"] or session.server_for(model) or _found_here(session, model),
        seed=options["seed"],
        recipe=_recipe(options),
        epsilon=settings.epsilon,
        drop_nonresponse=settings.drop_nonresponse if drop is None else drop,
    )


def _recipe(options: Mapping[str, Any]) -> Recipe:
    """How the question is put.

    Raises:
        RecipeError: naming what is out of range.
    """
    ids = tuple(part.strip() for part in (options["example_ids"] or "").split(",") if part.strip())
    return Recipe(
        samples=options["samples"],
        repeats=options["repeats"],
        order=options["order"],
        reasoning=options["reasoning"],
        voice=options["voice"],
        examples=len(ids) or options["examples"],
        example_ids=ids,
        temperature=options["temperature"],
    )


def _found_here(session: Session, model: str) -> str | None:
    """The address of a server on this machine that has the model; said on stderr, for it was not named."""
    if model in session.setup.named:
        return None
    base = asyncio.run(local_base(model))
    if base:
        click.echo(f"{model} is asked at {base}, where it was found; --api-base names another server.", err=True)
    return base


def _probed(prober: Prober, choices: Choices, *, is_kept: bool) -> Run:
    """The run; where someone looks on, stderr says how much has arrived. What came before a Ctrl-C is kept."""
    narration = Narration()
    if not choices.is_recorded:
        narration.begin(choices.model)
    watch = Watch(on_text=narration.text, on_part=narration.part, on_attempt=narration.attempt)
    try:
        return asyncio.run(prober.run(choices, watch))
    except KeyboardInterrupt:
        narration.end()
        if is_kept and not choices.is_recorded:
            click.echo("What had arrived is kept; `opinionscope history list` shows the run.", err=True)
        raise
    finally:
        narration.end()


def print_run(run: Run, unit: Unit) -> None:
    """A run as the chart, the measures, and what must be known to read them."""
    shown = console()
    width = min(shown.width, WIDEST)
    question, elicitation = run.elicitation.question, run.elicitation
    recipe = recipe_words(elicitation.recipe, elicitation.steering, elicitation.format)
    source = " · ".join(dict.fromkeys((question.wording, question.dataset, question.id)))
    shown.print(Text(question.text, "bold"), width=width)
    if question.context:
        shown.print(Text(question.context, "dim"), width=width)
    shown.print(Text(source, "dim"), width=width)
    shown.print(
        Text.assemble(
            (f"{elicitation.group.name}, {sample_size(run.human)}", HUMAN),
            f"   {' · '.join(filter(None, (elicitation.steering, elicitation.format, recipe)))}   ",
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
        muted = muted_sentence(run)
        shown.print(Text.assemble((kl, "dim" if muted else "bold"), f"   {measures}"), width=width)
        if muted:
            shown.print(Text(muted, "yellow"), width=width)
        shown.print(Text(noise_sentence(run.alignment, unit)), width=width)
    for sentence in spread_sentences(run, unit):
        shown.print(Text(sentence), width=width)
    kept = f"run {run.id}" if run.id else "not kept"
    shown.print(Text(" · ".join((*caveats(run), *filter(None, [cost(run)]), kept)), "dim"), width=width)
