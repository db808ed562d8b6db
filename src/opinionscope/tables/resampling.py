"""Bootstrap of means over items, clustered: whole questions are drawn, with all groups and models of theirs together.

A mean is a ratio of two sums, and both sums are linear in how often each cluster was drawn. So all resamples of all
means are two products of a matrix of counts, shape (B, C), with matrices of cluster sums, shape (C, J).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from opinionscope.alignment.divergences import Array

Codes = NDArray[np.intp]
ENDS = (2.5, 97.5)


def codes_of(values: ArrayLike) -> tuple[list[str], Codes]:
    """Distinct values in the order of their first appearance, and the position of each value among them."""
    known: dict[str, int] = {}
    found = np.fromiter((known.setdefault(value, len(known)) for value in values), np.intp)  # type: ignore[union-attr]
    return list(known), found


@dataclass(frozen=True)
class Means:
    """Means over items, and what they are in every resample.

    Attributes:
        point: shape (J,); nan where there is no value.
        draws: shape (B, J); nan where no cluster with a value was drawn.
        number: how many values stand behind each, shape (J,).
    """

    point: Array
    draws: Array
    number: NDArray[np.intp]


def interval(draws: Array) -> tuple[float, float]:
    """The percentile interval of 95 % of draws of shape (B,); nan where there are no draws, or all are the same."""
    sound = draws[np.isfinite(draws)]
    if len(sound) < 2 or np.ptp(sound) == 0:
        return np.nan, np.nan
    low, high = np.percentile(sound, ENDS)
    return float(low), float(high)


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

    def means(self, values: Array, cells: Codes, number: int) -> Means:
        """The mean of each cell over its items.

        Args:
            values: shape (N,); nan is left out.
            cells: of each item, shape (N,), codes from 0 to J − 1; −1 for none.
            number: J.
        """
        is_in = np.isfinite(values) & (cells >= 0)
        flat = self._clusters[is_in] * number + cells[is_in]
        shape, size = (self.size, number), self.size * number
        sums = np.bincount(flat, values[is_in], minlength=size).reshape(shape)
        counts = np.bincount(flat, minlength=size).reshape(shape)
        with np.errstate(divide="ignore", invalid="ignore"):
            draws = (self._counts @ sums.astype(np.float32)) / (self._counts @ counts.astype(np.float32))
            point = sums.sum(axis=0) / counts.sum(axis=0)
        return Means(point, np.asarray(draws, dtype=float), counts.sum(axis=0))
