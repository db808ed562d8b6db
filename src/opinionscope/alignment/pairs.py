"""Pairs: human and model distributions that are to be compared, as arrays."""

from collections.abc import Sequence
from functools import cached_property
from itertools import chain

import numpy as np
from msgspec import Struct, field
from numpy.typing import NDArray

from opinionscope.alignment.divergences import EPSILON, Array, wasserstein


class Pairs(Struct, frozen=True, dict=True):
    """Human and model distributions, one pair a row; all measures take it.

    Questions differ in how many options they have. Shorter ones are padded: a place without an option is False in
    `options` and 0 on both sides.

    Attributes:
        human, model: shape (…, K), most often (N, K), each row summing to 1.
        options: shape (K,) or (…, K), whether the place holds an option.
        values: shape (K,) or (…, K), ordinal values of the options; nan where an option has none, and in all places
            where the options carry no order.
        n: shape () or (…), how many people the human side was counted from; nan where that is not known.
        m: shape () or (…), how many answers the model side was counted from; nan where it was stated or implied.
        epsilon: smoothing of the model side in `kl`.
        pooled: shape (K,) or (…, K), what somebody would answer who does not know the group; nan where not known.
        pooled_n: shape () or (…), how many people `pooled` was counted from, the group's own among them.
    """

    human: Array
    model: Array
    options: NDArray[np.bool_]
    values: Array
    n: Array
    m: Array
    epsilon: float = EPSILON
    pooled: Array = field(default_factory=lambda: np.full(1, np.nan))
    pooled_n: Array = field(default_factory=lambda: np.array(np.nan))

    @cached_property
    def size(self) -> Array:
        """How many options each pair has, shape () or (…)."""
        count: Array = np.asarray(self.options.sum(axis=-1), dtype=float)
        return count

    @cached_property
    def uniform(self) -> Array:
        """The same probability for each option, shape (K,) or (…, K)."""
        return np.asarray(self.options / self.size[..., np.newaxis], dtype=float)

    @cached_property
    def distance_along_scale(self) -> Array:
        """As `divergences.wasserstein`, shape () or (…)."""
        return wasserstein(self.human, self.model, self.values)

    @cached_property
    def inverse_of_draws(self) -> Array:
        """1/n + 1/m, shape () or (…), the second only where m is known; nan where n is not known."""
        of_model = 1 / np.asarray(self.m, dtype=float)
        found: Array = 1 / np.asarray(self.n, dtype=float) + np.where(np.isnan(of_model), 0.0, of_model)
        return found


def padded(rows: Sequence[Sequence[float]], fill: float = 0.0) -> Array:
    """Rows of differing lengths as one array of shape (N, K): filled up at their ends."""
    lengths = np.fromiter(map(len, rows), np.intp, len(rows))
    found = np.full((len(rows), int(lengths.max(initial=0))), fill)
    is_there = np.arange(found.shape[1]) < lengths[:, np.newaxis]
    found[is_there] = np.fromiter(chain.from_iterable(rows), float, lengths.sum())
    return found
