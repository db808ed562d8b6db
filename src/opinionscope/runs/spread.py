"""The spread of a run's answers, computed from what is kept."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from opinionscope.alignment import Spread, scale_of, spread_of_answers, spread_of_people, with_intervals
from opinionscope.elicitation import FORMATS, Reading, Recipe
from opinionscope.runs.readings import single_readings
from opinionscope.runs.run import Run
from opinionscope.survey import DistributionError


def scored_with_intervals(run: Run) -> Run:
    """The run with the 95 % intervals of its measures, where several answers tell them."""
    spread = spread_of(run)
    if spread is None or run.alignment is None or not spread.intervals:
        return run
    ends = {name: (interval.low, interval.high) for name, interval in spread.intervals.items()}
    return replace(run, alignment=with_intervals(run.alignment, ends))


def spread_of(run: Run) -> Spread | None:
    """How the answers of a run differ; None where fewer than two could be read."""
    if len(run.replies) < 2 or run.cell.format not in FORMATS:
        return None
    each = zip(run.replies, single_readings(run), strict=True)
    readable = [(reply.call, reading) for reply, reading in each if reading.distribution is not None]
    if len(readable) < 2:
        return None
    try:
        if all(reading.sample_size == 1 for _, reading in readable):
            spread = spread_of_people(_counts(readable), run.alignment, _scale(run))
            return _with_repeats(spread, readable, run.cell.recipe)
        answers = [reading.distribution.probabilities for _, reading in readable if reading.distribution]
        # What each person would say is no answer for the group: measures of one alone would say nothing.
        return spread_of_answers(answers, None if run.plan.people else run.alignment, _scale(run))
    except DistributionError:
        return None


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
