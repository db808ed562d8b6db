"""Bootstrap of means over items, clustered: whole questions are drawn, with all groups and models of theirs together.

A mean is a ratio of two sums, and both sums are linear in how often each cluster was drawn. So all resamples of all
means are two products of a matrix of counts, shape (B, C), with matrices of cluster sums, shape (C, J).
"""

from collections.abc import Hashable, Iterable
from typing import TypeVar

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from opinionscope.alignment.divergences import Array
from opinionscope.alignment.together import FEWEST_QUESTIONS

Name = TypeVar("Name", bound=Hashable)
Codes = NDArray[np.intp]
ENDS = (2.5, 97.5)
ROUNDING = 1e-6


def codes_of(values: Iterable[Name]) -> tuple[list[Name], Codes]:
    """Distinct values in the order of their first appearance, and the position of each value among them."""
    every = list(values)
    places = {value: place for place, value in enumerate(dict.fromkeys(every))}
    return list(places), np.fromiter(map(places.__getitem__, every), np.intp, len(every))


class Means(Struct, frozen=True):
    """Means over items, and what they are in every resample.

    Attributes:
        point: shape (J,); nan where there is no value.
        draws: shape (B, J); nan where no cluster with a value was drawn, or too few have one.
        number: how many values stand behind each, shape (J,).
    """

    point: Array
    draws: Array
    number: NDArray[np.intp]


def interval(draws: Array) -> tuple[float, float]:
    """The percentile interval of 95 % of draws of shape (B,); nan where there are no draws, or all are the same."""
    sound = draws[np.isfinite(draws)]
    if not _vary(sound):
        return np.nan, np.nan
    low, high = np.percentile(sound, ENDS)
    return float(low), float(high)


def error(draws: Array) -> float | None:
    """The standard error that draws of shape (B,) show; None where there are none, or all are the same."""
    sound = draws[np.isfinite(draws)]
    return float(sound.std()) if _vary(sound) else None


def _vary(sound: Array) -> bool:
    """Whether draws differ by more than their rounding: sums of them are of single precision."""
    return len(sound) > 1 and bool(np.ptp(sound) > ROUNDING * np.abs(sound).max())


def p_value(draws: Array) -> float | None:
    """How likely a difference so far from 0 is by chance, two-sided, from draws of shape (B,); None without draws."""
    sound = draws[np.isfinite(draws)]
    if not len(sound):
        return None
    tail = min((sound <= 0).sum(), (sound >= 0).sum())
    return min(1.0, 2 * float(tail + 1) / (len(sound) + 1))


class Clusters:
    """Resamples of clusters, drawn within strata.

    Args:
        clusters: of each item, shape (N,), codes from 0.
        strata: of each item, shape (N,), codes from 0; a cluster belongs to the stratum of its first item.
        resamples: how many, B.
    """

    def __init__(self, clusters: Codes, strata: Codes, resamples: int, seed: int = 0) -> None:
        self._clusters = clusters
        self.size = int(clusters.max(initial=-1)) + 1
        of_cluster = np.zeros(self.size, np.intp)
        of_cluster[clusters[::-1]] = strata[::-1]
        rng = np.random.default_rng(seed)
        self._counts = np.zeros((resamples, self.size), np.float32)
        for stratum in np.unique(of_cluster):
            members = np.flatnonzero(of_cluster == stratum)
            drawn = rng.multinomial(len(members), np.full(len(members), 1 / len(members)), size=resamples)
            self._counts[:, members] = drawn

    def means(self, values: Array, cells: Codes, number: int, fewest: int = FEWEST_QUESTIONS) -> Means:
        """The mean of each cell over its items.

        Args:
            values: shape (N,); nan is left out.
            cells: of each item, shape (N,), codes from 0 to J − 1; −1 for none.
            number: J.
            fewest: of fewer clusters a cell has no draws, and so no interval and no chance: none can be trusted.
        """
        is_in = np.isfinite(values) & (cells >= 0)
        flat = self._clusters[is_in] * number + cells[is_in]
        shape, size = (self.size, number), self.size * number
        sums = np.bincount(flat, values[is_in], minlength=size).reshape(shape)
        counts = np.bincount(flat, minlength=size).reshape(shape)
        with np.errstate(divide="ignore", invalid="ignore"):
            draws = (self._counts @ sums.astype(np.float32)) / (self._counts @ counts.astype(np.float32))
            point = sums.sum(axis=0) / counts.sum(axis=0)
        draws[:, (counts > 0).sum(axis=0) < fewest] = np.nan
        return Means(point, np.asarray(draws, dtype=float), counts.sum(axis=0))
