"""Scores: what the measures say of one run, and of many."""

from collections.abc import Iterable, Mapping

import numpy as np
from msgspec import Struct

from opinionscope.alignment.divergences import Array
from opinionscope.alignment.measures import MEASURES, Measure
from opinionscope.alignment.pairs import Pairs


class Score(Struct, frozen=True):
    """One measure of one run.

    Attributes:
        value: may be infinite.
        low, high: ends of the 95 % interval; None where there is none.
        floor: what a perfect answer scores on average; None where that is not known.
    """

    value: float
    low: float | None = None
    high: float | None = None
    floor: float | None = None


Scores = Mapping[str, Score]
"""By the name of the measure; one that is not defined for the run is not there."""


def measured(pairs: Pairs, names: Iterable[str] = MEASURES) -> dict[str, Array]:
    """The values of the named measures, each of shape (…)."""
    return {name: MEASURES[name](pairs) for name in names}


def scored(pair: Pairs) -> Scores:
    """All measures that are defined for a single pair, shape (K,) a side, with their floors and without intervals."""
    values = {name: float(value) for name, value in measured(pair).items()}
    return {
        name: Score(value, floor=_floor(MEASURES[name], pair)) for name, value in values.items() if not np.isnan(value)
    }


def _floor(measure: Measure, pair: Pairs) -> float | None:
    value = float(measure.floor(pair)) if measure.floor else np.nan
    return None if np.isnan(value) else value
