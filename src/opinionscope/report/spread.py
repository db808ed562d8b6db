"""The spread of a run's answers: computed from what is kept, and said in words."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from opinionscope.alignment import Alignment, Interval, Spread, align, spread_of_answers, spread_of_people
from opinionscope.alignment.spread import Compare
from opinionscope.charts import percent
from opinionscope.elicitation import FORMATS, Cell, Reading, Recipe
from opinionscope.report.words import Unit, divergence
from opinionscope.runs import Run, single_readings
from opinionscope.survey import Distribution, DistributionError

LEAST_GAP = 0.005
"""Below it both ends show as the same percentage."""


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
            spread = spread_of_people(_counts(readable), run.alignment, _values(run))
            return _with_repeats(spread, readable, run.cell.recipe)
        answers = [reading.distribution.probabilities for _, reading in readable if reading.distribution]
        return spread_of_answers(answers, _comparison(run))
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


def _values(run: Run) -> tuple[float | None, ...]:
    options = run.cell.question.options
    return tuple(options[at].value for at in run.alignment.positions) if run.alignment else ()


def _comparison(run: Run) -> Compare | None:
    if run.human is None:
        return None
    human, options = run.human, run.cell.question.options

    def compare(model: Sequence[float]) -> Alignment:
        answer = Distribution.from_weights(model)
        return align(human, answer, options, epsilon=run.epsilon, drop_nonresponse=run.drop_nonresponse)

    return compare


def spread_sentences(run: Run, unit: Unit) -> Iterator[str]:
    """What the answers of a run leave open; nothing where there is one answer only."""
    spread = spread_of(run)
    if spread is None:
        return
    what = f"{spread.answers:,} simulated people, one call each" if spread.of_people else f"{spread.answers:,} answers"
    if spread.intervals:
        of_kl, of_tv = spread.intervals["kl"], spread.intervals["tv"]
        kl = f"{divergence(of_kl.low, unit)}–{divergence(of_kl.high, unit)} {unit}"
        tv = f"{of_tv.low:.3f}–{of_tv.high:.3f}"
        if spread.of_people:
            yield f"{what}: 95 % interval KL {kl}, TV {tv}"
        else:
            means = f"mean KL {divergence(of_kl.mean, unit)}, mean TV {of_tv.mean:.3f}"
            yield f"{what}, each scored alone: {means}, 95 % intervals {kl} and {tv}"
    else:
        yield what
    if spread.lowest:
        yield _widest(spread, run.cell)


def _widest(spread: Spread, cell: Cell) -> str:
    """On which option the answers differ most."""
    over = " over orders of the options" if cell.recipe.order == "shuffled" and not spread.of_people else ""
    over = " over the repeats" if spread.of_people else over
    gaps = [high - low for low, high in zip(spread.lowest, spread.highest, strict=True)]
    at = gaps.index(max(gaps))
    if gaps[at] < LEAST_GAP:
        return f"no spread{over}: the answers are as good as equal"
    low, high = percent(spread.lowest[at]).strip(), percent(spread.highest[at]).strip()
    return f"widest spread{over}: “{cell.question.labels[at]}” from {low} to {high}"


def spread_json(run: Run) -> dict[str, Any] | None:
    """The spread as `run --json` prints it; divergences in nats."""
    spread = spread_of(run)
    if spread is None:
        return None
    return {
        "answers": spread.answers,
        "kind": "people" if spread.of_people else "answers",
        "standard_errors": list(spread.errors),
        "lowest": list(spread.lowest) or None,
        "highest": list(spread.highest) or None,
        **{name: _interval_json(spread.intervals.get(name)) for name in ("kl", "tv", "js", "wasserstein")},
    }


def _interval_json(interval: Interval | None) -> dict[str, float | None] | None:
    if interval is None:
        return None
    return {"mean": interval.mean, "low": interval.low, "high": interval.high, "deviation": interval.deviation}
