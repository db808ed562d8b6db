"""What the chart of a run shows."""

import math
from collections.abc import Sequence

from opinionscope.charts.chart import ChartData
from opinionscope.elicitation import FORMATS, Reading
from opinionscope.regexes import regex
from opinionscope.report.names import answered_as
from opinionscope.runs import Run
from opinionscope.runs.spread import share_intervals

LARGEST_FRACTION = 1.5
"""Numbers that sum to no more are shares of 1; those that sum to more are percents."""
_SUM = regex(r"^the numbers sum to ([^,]+), far from .*")


def _bounds(reading: Reading | None, positions: Sequence[int]) -> tuple[float | None, ...]:
    """Bounds at these positions, larger where the options left out take their shares with them; () for none."""
    if reading is None or reading.distribution is None or not reading.bounds:
        return ()
    kept = math.fsum(reading.distribution.probabilities[position] for position in positions)
    bounds = [reading.bounds[position] for position in positions]
    return tuple(None if bound is None else min(1.0, bound / kept) for bound in bounds) if kept > 0 else ()


def chart_data(run: Run, partial: tuple[float, ...] | None = None) -> ChartData:
    """What the chart of a run shows; `partial` are the shares, shape (K,), in an answer that is still arriving."""
    alignment = run.alignment
    positions = alignment.positions if alignment else tuple(range(len(run.cell.question.options)))
    human = alignment.human if alignment else run.human
    read = run.reading.distribution if run.reading else None
    model = alignment.model if alignment else read
    nothing_recorded = run.is_recorded and read is None
    kind = run.reply.kind if run.reply and not nothing_recorded else ""
    unscored = _unscored(run, run.reading) if model is None and partial is None else ()
    first, *others = run.models or [run.reply.model if run.reply else run.model]
    name = answered_as(first, run.model)
    name += f" and {len(others)} more" if others else ""
    of_humans, of_model = share_intervals(run)
    return ChartData(
        labels=tuple(run.cell.question.labels[position] for position in positions),
        human=human.probabilities if human else None,
        model=model.probabilities if model else partial,
        model_name=_whose(run, name, kind),
        partial=read is None and partial is not None,
        bounds=_bounds(run.reading, positions),
        unscored=tuple(unscored[position] for position in positions) if unscored else (),
        remark=_remark(run.reading) if unscored and run.reading else "",
        pooled=alignment.pooled.probabilities if alignment and alignment.pooled else (),
        human_ends=of_humans,
        model_ends=of_model,
    )


def _whose(run: Run, name: str, kind: str) -> str:
    if kind == "person":
        return f"{name}'s guess"
    if run.is_estimated and kind:
        return "people's estimates"
    return f"{name}, {kind}" if kind else name


def _unscored(run: Run, reading: Reading | None) -> tuple[float | None, ...]:
    """Shares as an answer states them that could not be read: of 1, of 100, or of the people asked for."""
    stated = [number or 0.0 for number in reading.stated] if reading else []
    if reading is None or reading.distribution is not None or not any(stated):
        return ()
    form, total = FORMATS.get(run.cell.format), math.fsum(stated)
    whole = 1.0 if total <= LARGEST_FRACTION else 100.0
    if form is not None and form.counts_people:
        whole = max(total, run.cell.recipe.samples)
    return tuple(None if number is None else number / whole for number in reading.stated)


def _remark(reading: Reading) -> str:
    return "░ as stated, not scored: " + _SUM.sub(r"sums to \1", reading.reason)
