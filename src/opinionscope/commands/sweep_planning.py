"""`opinionscope sweep plan`: a grid of cells, what it will take, and the file that keeps it."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from opinionscope.commands.calibrating import lacking_in, remarks
from opinionscope.commands.output import counted, print_json, print_table
from opinionscope.commands.printing import tell, write
from opinionscope.commands.selecting import mark, selected
from opinionscope.report.tables import widths
from opinionscope.respondents.price_map import NOTHING_KNOWN, ModelFacts, price_map
from opinionscope.respondents.retries import in_words
from opinionscope.runs.estimating import Conditions, ModelEstimate, estimate
from opinionscope.runs.sweep_grid import SweepGrid
from opinionscope.runs.sweep_plan import ALL_GROUPS, SweepPlan, plan_text, write_plan
from opinionscope.selection import Selection, SelectionError, matches
from opinionscope.selection.matching import Value
from opinionscope.survey import Question
from opinionscope.survey.library import NotFoundError
from opinionscope.workspace import Workspace

HEADER = ("MODEL", "CELLS", "ANSWERED", "CALLS", "TOKENS IN", "TOKENS OUT", "COST", "TIME", "SLOWED BY")
QUESTION_FIELDS = ("question", "dataset", "domain", "topic")


def plan_sweep(
    session: Workspace, words: Sequence[str], options: dict[str, Any], out: Path | None, as_json: bool
) -> None:
    """Say what a grid will take, and write its plan to a file if one is named.

    Raises:
        OpinionscopeError: if nothing is selected, or a name is not known.
    """
    models = options.pop("models") or (session.default_model(),)
    questions = tuple(f"{each.dataset}/{each.id}" for each in chosen_questions(session, words))
    plan = SweepPlan(models=tuple(dict.fromkeys(models)), questions=questions, **options)
    grid = grid_of(session, plan)
    estimates = estimated(session, grid)
    prober = session.prober()
    lacks = list(remarks(session, prober, lacking_in(prober, grid)))
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


def show_example(session: Workspace, models: Sequence[str]) -> None:
    """Print the benchmark's own grid as a plan, over the questions at hand."""
    plan = SweepPlan(
        name="benchmark",
        models=tuple(models) or (session.default_model(),),
        steering=("none", "persona", "few-shot"),
        formats=("verbalized", "sequence", "log-probs", "scaled-log-probs"),
        groups=(ALL_GROUPS,),
        questions=tuple(f"{q.dataset}/{q.id}" for q in session.library.questions if q.domain != "own"),
    )
    write(plan_text(plan).rstrip("\n"))


def grid_of(session: Workspace, plan: SweepPlan) -> SweepGrid:
    """The cells of a plan over the questions at hand.

    Raises:
        OpinionscopeError: as `SweepGrid`, or if a model's name is none.
    """
    for model in plan.models:
        session.connect(model, plan.api_base or session.server_for(model))
    settings = session.settings
    return SweepGrid(
        plan,
        session.library,
        voices=session.voices,
        server_for=session.server_for,
        epsilon=settings.epsilon,
        drop_nonresponse=settings.drop_nonresponse,
    )


def estimated(session: Workspace, grid: SweepGrid) -> list[ModelEstimate]:
    """What the cells of each model will take, without those that the history has answers to."""
    answered = grid.answered(session.history.answered_cells(grid.questions))
    return estimate(grid, session.library, lambda name: _conditions(session, grid, name), answered, session.voices)


def facts_of(session: Workspace, grid: SweepGrid, model: str) -> ModelFacts:
    """The prices of a model; nothing where a server of one's own is asked."""
    return price_map().of(_asked_as(session, model)) if grid.models[model] is None else NOTHING_KNOWN


def _asked_as(session: Workspace, model: str) -> str:
    named = session.settings.models.get(model)
    return named.model if named else model


def _conditions(session: Workspace, grid: SweepGrid, model: str) -> Conditions:
    settings, asked, facts = session.settings, _asked_as(session, model), facts_of(session, grid, model)
    provider = facts.litellm_provider or asked.partition("/")[0]
    limits = [settings.limits[name] for name in {model, asked, provider} if name in settings.limits]
    return Conditions(facts, limits, session.history.seconds_per_call(model), settings.concurrency)


def chosen_questions(session: Workspace, words: Sequence[str]) -> list[Question]:
    """The questions that a selection fits, by words, question, dataset, domain, topic or quoted text.

    Raises:
        SelectionError: if the selection names something that only runs have.
        NotFoundError: if no question fits.
    """
    selection = selected(session, words)
    _check_fields(selection)
    found = [each for each in session.library.questions if matches(selection, partial(_value, each))]
    if not found:
        hint = "`opinionscope questions` lists them"
        raise NotFoundError(f'no question fits "{selection.text}"; {hint}', title="No such question")
    return found


def _check_fields(selection: Selection) -> None:
    for term in selection.terms:
        if term.field and term.field not in QUESTION_FIELDS:
            reason = f"a question has no {term.field}; expected words or {', '.join(QUESTION_FIELDS)}"
            error = SelectionError(f"{reason}, and -g, -s, -f, -m for the rest", term.start, term.end)
            mark(selection.text, error)
            raise error


def _value(question: Question, name: str) -> Value:
    values: dict[str, Value] = {
        "words": (f"{question.id} {question.dataset} {question.title} {question.text} {' '.join(question.topics)}",),
        "text": (question.text, question.context),
        "question": f"{question.id} {question.title}",
        "dataset": question.dataset,
        "domain": question.domain,
        "topic": question.topics,
    }
    return values.get(name)


def _as_json(grid: SweepGrid, estimates: Sequence[ModelEstimate]) -> dict[str, Any]:
    costs = [each.cost_usd for each in estimates]
    return {
        "questions": len(grid.questions),
        "pairs": grid.pairs,
        "cells": len(grid),
        "calls": grid.calls,
        "answered": sum(each.answered for each in estimates),
        "calls_left": sum(each.calls for each in estimates),
        "prompt_tokens": sum(each.prompt_tokens for each in estimates),
        "completion_tokens": sum(each.completion_tokens for each in estimates),
        "cost_usd": None if None in costs else sum(cost or 0.0 for cost in costs),
        "seconds": whole_time(estimates),
        "models": [asdict(each) for each in estimates],
    }


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
    if answered := sum(each.answered for each in estimates):
        yield f"Answered in the history, and not asked again: {counted(answered, 'cell')}."
    yield "Tokens, cost and time are estimates: a token is taken for four characters, answers for their usual length."
    if unpriced := [each.model for each in estimates if each.cost_usd is None]:
        yield f"No price is known for {', '.join(unpriced)}."
    if assumed := [each.model for each in estimates if each.is_assumed]:
        yield f"The history has no call of {', '.join(assumed)}: 2 s a call are assumed."


def whole_time(estimates: Sequence[ModelEstimate]) -> float:
    """Seconds of all models: they are asked side by side, and share the calls at a time."""
    together = sum(each.seconds for each in estimates if each.slowed_by.endswith("at a time"))
    return max([together, *(each.seconds for each in estimates)])


def money(usd: float | None) -> str:
    """US dollars as people write them; what is not known is said."""
    if usd is None:
        return "unknown"
    return f"${usd:,.2f}" if usd >= 0.005 or not usd else f"${usd:.4f}"
