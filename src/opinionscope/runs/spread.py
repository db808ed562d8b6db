"""The spread of a run's answers, computed from what is kept."""

from collections.abc import Sequence
from itertools import groupby

import numpy as np

from opinionscope.alignment.alignment import scale_of, with_intervals
from opinionscope.alignment.divergences import Array
from opinionscope.alignment.spread import (
    Spread,
    effective_number,
    spread_of_answers,
    spread_of_people,
    student_intervals,
    wilson_intervals,
)
from opinionscope.elicitation import FORMATS, Reading, Recipe
from opinionscope.runs.readings import single_readings
from opinionscope.runs.run import Run
from opinionscope.survey import DistributionError
from opinionscope.values import replace

Intervals = tuple[tuple[float, float] | None, ...]
"""Lower and upper end, one pair an option; None for an option whose interval is not known."""
SAME = 1e-6
"""Shares that differ by less are the same."""


def scored_with_intervals(run: Run) -> Run:
    """The run with the 95 % intervals of its measures, where several answers tell them."""
    spread = spread_of(run)
    if spread is None or run.alignment is None or not spread.intervals:
        return run
    ends = {name: (interval.low, interval.high) for name, interval in spread.intervals.items()}
    return replace(run, alignment=with_intervals(run.alignment, ends))


def spread_of(run: Run) -> Spread | None:
    """How the answers of a run differ; None where fewer than two could be read."""
    readable = _readable(run)
    if len(readable) < 2:
        return None
    try:
        if _are_people(readable):
            spread = spread_of_people(_counts(readable), run.alignment, _scale(run), _worth(run, readable))
            return _with_repeats(spread, readable, run.cell.recipe)
        answers = [reading.distribution.probabilities for _, reading in readable if reading.distribution]
        # What each person would say is no answer for the group: measures of one alone would say nothing.
        return spread_of_answers(answers, None if run.plan.people else run.alignment, _scale(run))
    except DistributionError:
        return None


def share_intervals(run: Run) -> tuple[Intervals, Intervals]:
    """The 95 % interval of each share compared, of the humans' and of the model's side; () where there is none.

    Humans: Wilson's, where n is known. Model: Wilson's for simulated people, Student's for repeats. There is none for
    an answer that was asked for once, for answers at temperature 0, which say no more than one, for a share that some
    answer only bounded, and where the share is no mean over the answers (refusals that are left out of answers that
    differ in them; log-probs that are scaled together). Several answers about one person are worth about one.
    """
    human = run.alignment.human if run.alignment else run.human
    of_humans = _pairs(wilson_intervals(human.probabilities, human.n)) if human and human.n else ()
    readable = _readable(run) if run.alignment else []
    if run.alignment is None or len(readable) < 2:
        return of_humans, ()
    model, positions = run.alignment.model, run.alignment.positions
    if run.cell.recipe.temperature == 0 and not run.plan.people:
        return of_humans, ()
    if _are_people(readable):
        n = model.n and model.n * _worth(run, readable)
        return of_humans, _pairs(wilson_intervals(model.probabilities, n)) if n else ()
    try:
        answers = [reading.distribution.restricted_to(positions) for _, reading in readable if reading.distribution]
    except DistributionError:
        return of_humans, ()
    shares = np.array([answer.probabilities for answer in answers])
    if np.abs(shares.mean(axis=0) - model.probabilities).max() > SAME:
        return of_humans, ()
    bounded = {at for _, reading in readable for at, bound in enumerate(reading.bounds) if bound is not None}
    found = _pairs(student_intervals(shares, _worth(run, readable)))
    return of_humans, tuple(None if at in bounded else ends for at, ends in zip(positions, found, strict=True))


def _pairs(ends: Array) -> Intervals:
    return tuple((low, high) for low, high in ends.tolist())


def _readable(run: Run) -> list[tuple[int, Reading]]:
    """The answers of a run that could be read alone, each with the number of its call; [] where there is one only."""
    if len(run.replies) < 2 or run.cell.format not in FORMATS:
        return []
    each = zip(run.replies, single_readings(run), strict=True)
    return [(reply.call, reading) for reply, reading in each if reading.distribution is not None]


def _are_people(answers: Sequence[tuple[int, Reading]]) -> bool:
    """Whether each answer is one simulated person's."""
    return all(reading.sample_size == 1 for _, reading in answers)


def _worth(run: Run, people: Sequence[tuple[int, Reading]]) -> float:
    """How many independent answers one is worth: 1, but where some of them are about the same person."""
    if not run.plan.people:
        return 1.0
    return effective_number(run.plan.person(call).place for call, _ in people) / len(people)


def _counts(people: Sequence[tuple[int, Reading]]) -> list[int]:
    return [round(sum(column)) for column in zip(*(reading.figures for _, reading in people), strict=True)]


def _with_repeats(spread: Spread, people: Sequence[tuple[int, Reading]], recipe: Recipe) -> Spread:
    """The spread of all people, with the range that their repeats cover, where they were asked in several."""
    if recipe.repeats == 1:
        return spread
    repeats = [list(crowd) for _, crowd in groupby(people, lambda person: person[0] // recipe.samples)]
    shares = [[count / len(crowd) for count in _counts(crowd)] for crowd in repeats]
    columns = list(zip(*shares, strict=True))
    return replace(spread, lowest=tuple(map(min, columns)), highest=tuple(map(max, columns)))


def _scale(run: Run) -> tuple[float, ...]:
    options = run.cell.question.options
    return scale_of([options[at] for at in run.alignment.positions]) if run.alignment else ()
