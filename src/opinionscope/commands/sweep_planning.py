"""`opinionscope sweep plan`: a grid of cells, what it will take, and the file that keeps it."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from msgspec.structs import asdict

from opinionscope import planning
from opinionscope.commands.calibrating import lacking_in, remarks
from opinionscope.commands.output import print_json, print_table
from opinionscope.commands.printing import tell, write
from opinionscope.commands.selecting import mark, selected
from opinionscope.elicitation import Recipe
from opinionscope.elicitation.effects import without_effect
from opinionscope.planning import estimated, grid_of, money
from opinionscope.report.tables import widths
from opinionscope.respondents.retries import in_words
from opinionscope.runs.estimating import ModelEstimate, total
from opinionscope.runs.sweep_grid import SweepGrid
from opinionscope.runs.sweep_plan import ALIKE, ALL_GROUPS, SweepPlan, plan_text, write_plan
from opinionscope.selection import SelectionError
from opinionscope.survey import Question
from opinionscope.survey.text import counted
from opinionscope.workspace import Workspace

HEADER = ("MODEL", "CELLS", "ANSWERED", "CALLS", "TOKENS IN", "TOKENS OUT", "COST", "TIME", "SLOWED BY")


def plan_sweep(
    workspace: Workspace, words: Sequence[str], options: dict[str, Any], out: Path | None, as_json: bool
) -> None:
    """Say what a grid will take, and write its plan to a file if one is named.

    Raises:
        OpinionscopeError: if nothing is selected, or a name is not known.
    """
    models = options.pop("models") or (workspace.default_model(),)
    questions = tuple(each.key for each in chosen_questions(workspace, words))
    plan = SweepPlan(models=tuple(dict.fromkeys(models)), questions=questions, **options)
    alike = {name: getattr(plan, name) for name in ALIKE}
    for sentence in without_effect(Recipe(**alike), plan.steering, plan.formats):
        tell(f"Note: {sentence}")
    grid = grid_of(workspace, plan)
    estimates = estimated(workspace, grid)
    prober = workspace.prober()
    lacks = list(remarks(prober, workspace.facts_of, lacking_in(prober, grid)))
    if out is not None:
        write_plan(plan, out)
    if as_json:
        print_json(_as_json(grid, estimates) | {"lacking": lacks})
    else:
        _print(grid, estimates)
        for sentence in lacks:
            tell(sentence)
    if out is not None:
        tell(f"Written to {out}; `opinionscope sweep start {out}` asks it.")


def show_example(workspace: Workspace, models: Sequence[str]) -> None:
    """Print the benchmark's own grid as a plan, over the questions at hand."""
    plan = SweepPlan(
        name="benchmark",
        models=tuple(models) or (workspace.default_model(),),
        steering=("none", "persona", "few-shot"),
        formats=("verbalized", "sequence", "log-probs", "scaled-log-probs"),
        groups=(ALL_GROUPS,),
        questions=tuple(q.key for q in workspace.library.questions if q.domain != "own"),
    )
    write(plan_text(plan).rstrip("\n"))


def chosen_questions(workspace: Workspace, words: Sequence[str]) -> list[Question]:
    """As `planning.chosen_questions`; a mistake is marked on stderr where it stands."""
    selection = selected(workspace, words)
    try:
        return planning.chosen_questions(workspace, selection)
    except SelectionError as error:
        mark(selection.text, error)
        raise


def _as_json(grid: SweepGrid, estimates: Sequence[ModelEstimate]) -> dict[str, Any]:
    whole = total(estimates)
    return {
        "questions": len(grid.questions),
        "pairs": grid.pairs,
        "cells": len(grid),
        "calls": grid.calls,
        "answered": whole.answered,
        "calls_left": whole.calls,
        "prompt_tokens": whole.prompt_tokens,
        "completion_tokens": whole.completion_tokens,
        "cost_usd": whole.cost_usd,
        "seconds": whole.seconds,
        "models": [_model_json(each) for each in estimates],
    }


def _model_json(each: ModelEstimate) -> dict[str, Any]:
    fields = {name: value for name, value in asdict(each).items() if name != "times"}
    return fields | {"seconds": each.seconds, "slowed_by": each.slowed_by}


def _print(grid: SweepGrid, estimates: Sequence[ModelEstimate]) -> None:
    rows = [
        (
            each.model,
            f"{each.cells:,}",
            f"{each.answered:,}",
            f"{each.calls:,}",
            f"{each.prompt_tokens:,}",
            f"{each.completion_tokens:,}",
            money(each.cost_usd),
            in_words(each.seconds),
            each.slowed_by,
        )
        for each in estimates
    ]
    print_table(HEADER, rows, widths(HEADER, rows), least_needed=(8, 5, 4))
    tell(
        f"{counted(len(grid), 'cell')}: {counted(len(grid.questions), 'question')}, {grid.pairs:,} with their groups, "
        f"{counted(len(grid.ways), 'way')} of asking, {counted(len(grid.models), 'model')}."
    )
    for sentence in _remarks(grid, estimates):
        tell(sentence)


def _remarks(grid: SweepGrid, estimates: Sequence[ModelEstimate]) -> Iterable[str]:
    if grid.left_out:
        yield f"{grid.left_out:,} pairs of a group and a question are left out: that group's answer is not known."
    further = grid.pairs - sum(map(bool, grid.groups.values()))
    if same := further * len(grid.models) * sum(way.calls for way in grid.ways if way.steering == "none"):
        yield f"Steering none says nothing of the group: {same:,} of the calls repeat what is asked for another group."
    if answered := sum(each.answered for each in estimates):
        yield f"Answered in the history, and not asked again: {counted(answered, 'cell')}."
    yield "Tokens, cost and time are estimates: a token is taken for four characters, answers for their usual length."
    if unpriced := [each.model for each in estimates if each.cost_usd is None]:
        yield f"No price is known for {', '.join(unpriced)}."
    if assumed := [each.model for each in estimates if each.is_assumed]:
        yield f"The history has no call of {', '.join(assumed)}: 2 s a call are assumed."
