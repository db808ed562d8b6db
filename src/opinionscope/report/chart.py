"""What the chart of a run shows."""

import math
from collections.abc import Sequence

from opinionscope.charts import ChartData
from opinionscope.elicitation import Reading
from opinionscope.history import Run
from opinionscope.report.names import answered_as


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
    positions = alignment.positions if alignment else tuple(range(len(run.elicitation.question.options)))
    human = alignment.human if alignment else run.human
    read = run.reading.distribution if run.reading else None
    model = alignment.model if alignment else read
    nothing_recorded = run.is_recorded and read is None
    kind = run.response.kind if run.response and not nothing_recorded else ""
    first, *others = run.models or [run.response.model if run.response else run.model]
    name = answered_as(first, run.model)
    name += f" and {len(others)} more" if others else ""
    return ChartData(
        labels=tuple(run.elicitation.question.labels[position] for position in positions),
        human=human.probabilities if human else None,
        model=model.probabilities if model else partial,
        model_name=f"{name}, {kind}" if kind else name,
        partial=read is None and partial is not None,
        bounds=_bounds(run.reading, positions),
    )
