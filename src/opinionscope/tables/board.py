"""Scores averaged over items within domains, then over domains, with the bootstrap of either scoring."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from opinionscope.alignment.divergences import Array
from opinionscope.tables.answers import column
from opinionscope.tables.base import Options
from opinionscope.tables.leaderboard_scores import Entries, clusters_of
from opinionscope.tables.resampling import Clusters, Codes, codes_of

SPLITS = ("domain", "steering", "dataset", "group", "question")
FEW_RESAMPLES = 1000
"""As in the paper."""


class Board:
    """Entries in rows by model, format and what else rows are split by.

    Attributes:
        fields: what rows are made by.
        keys: the values of the fields, one tuple a row.
        domains: those that occur.
        members: positions of the entries of each row.
    """

    def __init__(self, entries: Entries, options: Options) -> None:
        self._entries = entries
        self.fields = ["model", "format", *(name for name in SPLITS if name in options.by)]
        self.domains, domain = codes_of(column(entries.items, "domain"))
        keys, row = codes_of(zip(*(self._values(name) for name in self.fields), strict=True))
        self.keys: list[tuple[str, ...]] = keys
        self.members = _members(row, len(keys))
        self._cell = row * len(self.domains) + domain
        self._number = len(keys) * len(self.domains)
        if options.scoring == "paper":
            clusters = codes_of(clusters_of(entries.items, entries.steering))[1]
            strata = codes_of(zip(domain.tolist(), entries.steering, strict=True))[1]
        else:
            clusters, strata = codes_of(column(entries.items, "question"))[1], domain
        self._clusters = Clusters(clusters, strata, options.resamples or FEW_RESAMPLES, options.seed)

    def averages(self, values: Array) -> tuple[Array, Array]:
        """The mean of each row, shape (R,), and in every resample, (B, R)."""
        means = self._clusters.means(values, self._cell, self._number)
        return self._over_domains(means.point), self._over_domains(means.draws)

    def mean(self, values: Array) -> Array:
        """The mean of each row alone, shape (R,)."""
        is_in = np.isfinite(values)
        sums = np.bincount(self._cell[is_in], values[is_in], minlength=self._number)
        with np.errstate(invalid="ignore"):
            return self._over_domains(np.asarray(sums / np.bincount(self._cell[is_in], minlength=self._number)))

    def is_known(self, values: Array) -> NDArray[np.bool_]:
        """Whether a row has a value in a domain, shape (R, D)."""
        number = np.bincount(self._cell[np.isfinite(values)], minlength=self._number)
        return np.asarray(number.reshape(len(self.keys), len(self.domains)) > 0)

    def _values(self, name: str) -> Sequence[str]:
        own = {"model": self._entries.model, "format": self._entries.format, "steering": self._entries.steering}
        return own[name] if name in own else column(self._entries.items, name).tolist()

    def _over_domains(self, cells: Array) -> Array:
        """The unweighted mean over those domains that a row has; (…, rows × domains) → (…, rows)."""
        split = cells.reshape(*cells.shape[:-1], len(self.keys), len(self.domains))
        known = np.isfinite(split)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(np.where(known, split, 0.0).sum(axis=-1) / known.sum(axis=-1))


def _members(row: Codes, number: int) -> list[Codes]:
    order = np.argsort(row, kind="stable")
    return np.split(order, np.searchsorted(row[order], np.arange(1, number)))
