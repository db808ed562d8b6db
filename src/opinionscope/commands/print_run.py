"""A run on stdout."""

from opinionscope.charts import draw
from opinionscope.commands.output import HUMAN, MODEL, Page
from opinionscope.report import (
    KL_NAME,
    Unit,
    caveats,
    chart_data,
    cost,
    divergence,
    knowing_sentence,
    muted_sentence,
    noise_sentence,
    other_measures,
    provenance,
    recipe_words,
    sample_size,
    spread_sentences,
)
from opinionscope.runs import Run

WIDEST = 120


def print_run(run: Run, unit: Unit) -> None:
    """A run as the chart, the measures, and what must be known to read them."""
    page = Page(WIDEST)
    question, cell = run.cell.question, run.cell
    recipe = recipe_words(cell.recipe, cell.steering, cell.format)
    page.print((question.text, "bold"))
    if question.context:
        page.print((question.context, "dim"))
    page.print((" · ".join(dict.fromkeys((question.wording, question.dataset, question.id))), "dim"))
    page.print(
        (f"{cell.group.name}, {sample_size(run.human)}", HUMAN),
        f"   {' · '.join(filter(None, (cell.steering, cell.format, recipe)))}   ",
        (f"{run.reply.kind.upper()} " if run.reply else "", "bold"),
        (provenance(run), MODEL),
    )
    page.print()
    page.draw(draw(chart_data(run), page.width))
    page.print()
    if run.alignment:
        measures = "   ".join(f"{m.label} {m.value} {m.unit}".strip() for m in other_measures(run.alignment, unit))
        muted = muted_sentence(run)
        style = "dim" if muted else "bold"
        page.print((f"{KL_NAME} {divergence(run.alignment['kl'] or 0.0, unit)} {unit}", style), f"   {measures}")
        if muted:
            page.print((muted, "yellow"))
        page.print(noise_sentence(run.alignment, unit))
        if not muted and (knowing := knowing_sentence(run.alignment)):
            page.print(knowing)
    for sentence in spread_sentences(run, unit):
        page.print(sentence)
    if notes := " · ".join(filter(None, (*caveats(run), cost(run)))):
        page.print((notes, "dim"))


def print_kept(run: Run, *, is_kept: bool) -> None:
    """Where a run is to be found again, if it is."""
    Page().print((f"run {run.id}" if is_kept else "not kept", "dim"))
