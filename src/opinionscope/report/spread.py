"""The spread of a run's answers, in words and as JSON."""

from collections.abc import Iterator
from typing import Any

from msgspec import to_builtins

from opinionscope.alignment.spread import Spread
from opinionscope.charts.bars import percent
from opinionscope.report.names import given
from opinionscope.report.words import Unit, divergence
from opinionscope.runs import Run
from opinionscope.runs.spread import spread_of

LEAST_GAP = 0.005
"""Below it both ends show as the same percentage."""


def spread_sentences(run: Run, unit: Unit) -> Iterator[str]:
    """What the answers of a run leave open; nothing where there is one answer only."""
    spread = spread_of(run)
    if spread is None:
        return
    one_each = "simulated people, a distribution each" if run.plan.people else f"{given(run)}s"
    what = f"{spread.answers:,} {'simulated people, one call each' if spread.of_people else one_each}"
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
        yield _widest(spread, run)


def _widest(spread: Spread, run: Run) -> str:
    """On which option the answers differ most."""
    cell = run.cell
    over = " over orders of the options" if cell.recipe.order == "shuffled" and not spread.of_people else ""
    over = " over the repeats" if spread.of_people else over
    gaps = [high - low for low, high in zip(spread.lowest, spread.highest, strict=True)]
    at = gaps.index(max(gaps))
    if gaps[at] < LEAST_GAP:
        return f"no spread{over}: the {given(run)}s are as good as equal"
    low, high = percent(spread.lowest[at]), percent(spread.highest[at])
    return f"widest spread{over}: “{cell.question.labels[at]}” from {low} to {high}"


def spread_json(run: Run) -> dict[str, Any] | None:
    """The spread as `run --json` prints it; divergences in nats."""
    spread = spread_of(run)
    if spread is None:
        return None
    return {
        "answers": spread.answers,
        "kind": "people" if spread.of_people else f"{given(run)}s",
        "standard_errors": list(spread.errors),
        "lowest": list(spread.lowest) or None,
        "highest": list(spread.highest) or None,
        **{name: to_builtins(spread.intervals.get(name)) for name in ("kl", "tv", "js", "wasserstein")},
    }
