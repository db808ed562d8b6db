"""The spread of a run's answers: computed from what is kept, and said in words."""

from collections.abc import Iterator
from typing import Any

from opinionscope.alignment import Interval, Spread, spread_of_answers, spread_of_people
from opinionscope.alignment.spread import Compare, comparison
from opinionscope.charts import percent
from opinionscope.elicitation import FORMATS
from opinionscope.history import Run, single_readings
from opinionscope.report.words import Unit, divergence
from opinionscope.survey import DistributionError


def spread_of(run: Run) -> Spread | None:
    """How the answers of a run differ; None where fewer than two could be read."""
    if len(run.responses) < 2 or run.elicitation.format not in FORMATS:
        return None
    question = run.elicitation.question
    readable = [reading for reading in single_readings(run) if reading.distribution is not None]
    if len(readable) < 2:
        return None
    try:
        judge = _comparison(run)
        if all(reading.sample_size == 1 for reading in readable):
            counts = [round(sum(reading.figures[at] for reading in readable)) for at in range(len(question.options))]
            return spread_of_people(counts, run.human.probabilities if run.human else (), judge)
        return spread_of_answers([r.distribution.probabilities for r in readable if r.distribution], judge)
    except DistributionError:
        return None


def _comparison(run: Run) -> Compare | None:
    if run.human is None:
        return None
    options = run.elicitation.question.options
    return comparison(run.human, options, epsilon=run.epsilon, drop_nonresponse=run.drop_nonresponse)


def spread_sentences(run: Run, unit: Unit) -> Iterator[str]:
    """What the answers of a run leave open; nothing where there is one answer only."""
    spread = spread_of(run)
    if spread is None:
        return
    what = "simulated people, one call each" if spread.of_people else "answers"
    if spread.kl and spread.tv:
        whose = "95 % interval" if spread.of_people else "each scored alone, 95 % interval of the mean"
        kl = f"KL {divergence(spread.kl.low, unit)}–{divergence(spread.kl.high, unit)} {unit}"
        yield f"{spread.answers:,} {what}: {whose} {kl}, TV {spread.tv.low:.3f}–{spread.tv.high:.3f}"
    else:
        yield f"{spread.answers:,} {what}"
    if spread.lowest:
        gaps = [high - low for low, high in zip(spread.lowest, spread.highest, strict=True)]
        at = gaps.index(max(gaps))
        over = " over orders of the options" if run.elicitation.recipe.order == "shuffled" else ""
        label = run.elicitation.question.labels[at]
        low, high = percent(spread.lowest[at]).strip(), percent(spread.highest[at]).strip()
        yield f"widest spread{over}: “{label}” from {low} to {high}"


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
        "kl": _interval_json(spread.kl),
        "tv": _interval_json(spread.tv),
    }


def _interval_json(interval: Interval | None) -> dict[str, float | None] | None:
    if interval is None:
        return None
    return {"mean": interval.mean, "low": interval.low, "high": interval.high, "deviation": interval.deviation}
