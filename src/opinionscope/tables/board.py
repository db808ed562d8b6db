"""Scores averaged over items within domains, then over domains, with the bootstrap of either scoring."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import compress

import numpy as np
from numpy.typing import NDArray

from opinionscope.alignment.divergences import Array
from opinionscope.alignment.together import FEWEST_QUESTIONS
from opinionscope.tables.answers import column
from opinionscope.tables.base import Options
from opinionscope.tables.leaderboard_scores import BASELINE, Entries, clusters_of
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
        usual: the domains that most models have, by what else rows are split by; shape (D,) each.
        of_row: over which domains a row is the mean, shape (R, D). Baselines are taken over the usual ones, so that one
            more domain of one model does not move what all others are held against.
        members: positions of the entries of each row.
        few: the rows of too few questions for an interval, and of how many.
    """

    def __init__(self, entries: Entries, options: Options) -> None:
        self._entries = entries
        self.fields = ["model", "format", *(name for name in SPLITS if name in options.by)]
        self.domains, domain = codes_of(column(entries.items, "domain"))
        keys, row = codes_of(zip(*(self._values(name) for name in self.fields), strict=True))
        self.keys: list[tuple[str, ...]] = keys
        self._cell = row * len(self.domains) + domain
        self._number = len(keys) * len(self.domains)
        self._tv = self._means(np.concatenate(entries.tv))
        self.usual: dict[tuple[str, ...], NDArray[np.bool_]] = {}
        self.of_row = self._comparable()
        self.members = [at[self.of_row[row[at], domain[at]]] for at in _members(row, len(keys))]
        self.few = self._few_questions(np.concatenate(entries.tv))
        if options.scoring == "paper":
            clusters = codes_of(clusters_of(entries.items, entries.steering))[1]
            strata = codes_of(zip(domain.tolist(), entries.steering, strict=True))[1]
        else:
            clusters, strata = codes_of(column(entries.items, "question"))[1], domain
        self._clusters = Clusters(clusters, strata, options.resamples or FEW_RESAMPLES, options.seed)

    def averages(self, values: Array) -> tuple[Array, Array]:
        """The mean of each row, shape (R,), and in every resample, (B, R); there nan for rows of `few` questions."""
        means = self._clusters.means(values, self._cell, self._number, fewest=1)
        draws = self._over_domains(means.draws)
        draws[:, [at for at, key in enumerate(self.keys) if key in self.few]] = np.nan
        return self._over_domains(means.point), draws

    def mean(self, values: Array) -> Array:
        """The mean of each row alone, shape (R,)."""
        return self._over_domains(self._means(values).ravel())

    def _few_questions(self, tv: Array) -> Mapping[tuple[str, ...], int]:
        items = self._entries.items
        asked = ({items[at].asked[:2] for at in members if np.isfinite(tv[at])} for members in self.members)
        number = {key: len(questions) for key, questions in zip(self.keys, asked, strict=True)}
        return {key: questions for key, questions in number.items() if questions < FEWEST_QUESTIONS}

    def _means(self, values: Array) -> Array:
        """The mean of each row in each domain, shape (R, D); nan where there is no value."""
        is_in = np.isfinite(values)
        sums, counts = (
            np.bincount(self._cell[is_in], weights, minlength=self._number) for weights in (values[is_in], None)
        )
        with np.errstate(invalid="ignore"):
            return np.asarray(sums / counts).reshape(len(self.keys), len(self.domains))

    def _comparable(self) -> NDArray[np.bool_]:
        known = np.isfinite(self._tv)
        for split in dict.fromkeys(key[2:] for key in self.keys):
            block = [at for at, key in enumerate(self.keys) if key[2:] == split]
            models = [at for at in block if self.keys[at][1] != BASELINE and known[at].any()]
            usual = self.usual[split] = self._most_common(known[models])
            for at in set(block) - set(models):
                known[at] &= usual if (known[at] & usual).any() else True
        return known

    def _most_common(self, rows: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """The domains of most rows; where several are as common, the most and the first by name; all without rows."""
        number = Counter(tuple(sorted(compress(self.domains, row))) for row in rows)
        common = min(number, key=lambda names: (-number[names], -len(names), names), default=self.domains)
        return np.isin(self.domains, common)

    def _values(self, name: str) -> Sequence[str]:
        own = {"model": self._entries.model, "format": self._entries.format, "steering": self._entries.steering}
        return own[name] if name in own else column(self._entries.items, name).tolist()

    def _over_domains(self, cells: Array) -> Array:
        """The unweighted mean over those domains that a row has; (…, rows × domains) → (…, rows)."""
        split = cells.reshape(*cells.shape[:-1], len(self.keys), len(self.domains))
        known = np.isfinite(split) & self.of_row
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(np.where(known, split, 0.0).sum(axis=-1) / known.sum(axis=-1))


def _members(row: Codes, number: int) -> list[Codes]:
    order = np.argsort(row, kind="stable")
    return np.split(order, np.searchsorted(row[order], np.arange(1, number)))
