"""A run on stdout."""

from rich.text import Text

from opinionscope.charts import draw
from opinionscope.commands.output import HUMAN, MODEL, console, to_text
from opinionscope.history import Run
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
    recipe_words,
    sample_size,
    spread_sentences,
)

WIDEST = 120


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
        shown.print(Text.assemble((kl, "bold"), f"   {measures}"), width=width)
        shown.print(Text(noise_sentence(run.alignment, unit)), width=width)
    for sentence in spread_sentences(run, unit):
        shown.print(Text(sentence), width=width)
    if notes := " · ".join(filter(None, (*caveats(run), cost(run)))):
        shown.print(Text(notes, "dim"), width=width)


def print_kept(run: Run, *, is_kept: bool) -> None:
    """Where a run is to be found again, if it is."""
    console().print(Text(f"run {run.id}" if is_kept else "not kept", "dim"))
