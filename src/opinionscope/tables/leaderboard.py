"""Leaderboard: models and formats by total variation, with what uniform, pooled and perfect answers would score."""

from collections.abc import Sequence

import numpy as np

from opinionscope.alignment.divergences import Array
from opinionscope.collection import Collection
from opinionscope.selection import Selection
from opinionscope.tables.answers import FIELDS, column, nothing_found
from opinionscope.tables.base import Column, Options, Report, Row, Rows, TableError, finite, table
from opinionscope.tables.leaderboard_scores import BASELINE, Entries, clusters_of, corrected_entries, paper_entries
from opinionscope.tables.resampling import Clusters, Codes, codes_of, interval
from opinionscope.tables.words import SCORING_NOTES, number, with_interval

STEERED = ("persona", "few-shot")
ALL = "all"
SPLITS = ("domain", "steering", "dataset", "group", "question")

COLUMNS = (
    Column("model", "MODEL", "whose answers"),
    Column("format", "FORMAT", "how distributions are expressed"),
    Column("domain", "DOMAIN", "domain of the questions; all: the unweighted mean over domains"),
    Column("steering", "STEERING", "how the model is told whom to answer for; joined by +: pooled"),
    Column("tv", "TV", "mean total variation, 0 to 1: low is good", decimals=3, interval=("tv_low", "tv_high")),
    Column("tv_low", "TV LOW", "lower end of the 95 % interval", decimals=3),
    Column("tv_high", "TV HIGH", "upper end of the 95 % interval", decimals=3),
    Column("kl", "KL", "mean KL(human ‖ model), the model side smoothed", unit="nats", decimals=3),
    Column("floor", "FLOOR", "TV that a perfect answer would score by chance, where it is known how many people "
           "answered", decimals=3),
    Column("coverage", "COVERAGE", "share of answers that could be read", decimals=3),
    Column("items", "ITEMS", "number of comparisons"),
)  # fmt: skip


_PLAIN = ("domain", "steering")
"""Splits that have a column of their own in any case."""


@table(
    "leaderboard",
    "models and formats by total variation, with baselines and the floor of a perfect answer",
    splits=SPLITS,
    has_paper_scoring=True,
)
def leaderboard(collection: Collection, selection: Selection, options: Options) -> Report:
    """One row a model and format: the unweighted mean over domains, persona and few-shot pooled.

    However few people answered, they are compared with: the floor says what that does.
    """
    steerings = None if "steering" in options.by else _steerings(selection)
    if options.scoring == "paper":
        entries = paper_entries(collection, selection, steerings)
    else:
        entries = corrected_entries(collection, selection, options.smallest_n or 1, steerings)
    if not entries.items:
        raise TableError(nothing_found(selection))
    rows = _Board(entries, options).rows()
    return rows.report(
        _columns(options),
        _sentence(rows.rows),
        [SCORING_NOTES[options.scoring], *_lacking(rows.rows, entries), *entries.notes],
    )


def _steerings(selection: Selection) -> tuple[str, ...]:
    """The steering methods that are pooled: those selected, else persona and few-shot."""
    for term in selection.terms:
        if term.field == "steering" and not term.negated:
            return term.values
    return STEERED


def _columns(options: Options) -> list[Column]:
    extra = [Column(name, name.upper(), f"the rows are split by {name}") for name in options.by if name not in _PLAIN]
    return [*COLUMNS[:4], *extra, *COLUMNS[4:]]


class _Board:
    """Scores averaged within domains, then over domains."""

    def __init__(self, entries: Entries, options: Options) -> None:
        self._entries, self._options = entries, options
        self._fields = ["model", "format", *(name for name in SPLITS if name in options.by)]
        self._domains, domain = codes_of(column(entries.items, "domain"))
        self._keys, self._row = codes_of(zip(*(self._values(name) for name in self._fields), strict=True))
        self._cell = self._row * len(self._domains) + domain
        self._number = len(self._keys) * len(self._domains)
        if options.scoring == "paper":
            clusters = codes_of(clusters_of(entries.items, entries.steering))[1]
            strata = codes_of(zip(domain.tolist(), entries.steering, strict=True))[1]
        else:
            clusters, strata = codes_of(column(entries.items, "question"))[1], domain
        self._clusters = Clusters(clusters, strata, options.resamples, options.seed)

    def _values(self, name: str) -> Sequence[str]:
        own = {"model": self._entries.model, "format": self._entries.format, "steering": self._entries.steering}
        return own[name] if name in own else column(self._entries.items, name).tolist()

    def rows(self) -> Rows:
        """The finished rows, those of each domain and steering method together, the best first."""
        tv = self._clusters.means(np.concatenate(self._entries.tv), self._cell, self._number)
        point, draws = self._over_domains(tv.point), self._over_domains(tv.draws)
        kl, floor = (self._over_domains(self._mean(np.concatenate(v))) for v in (self._entries.kl, self._entries.floor))
        steering, unread = self._pooled_steering(), self._unread()
        members = _members(self._row, len(self._keys))
        found = Rows()
        for at in sorted(range(len(self._keys)), key=lambda at: (self._block(at), np.nan_to_num(point[at], nan=9.0))):
            named = dict(zip(self._fields, self._keys[at], strict=True))
            low, high = interval(draws[:, at])
            number = int(np.isfinite(np.concatenate(self._entries.tv)[members[at]]).sum())
            missed = unread.get(self._keys[at], 0)
            is_baseline = named["format"] == BASELINE
            found.add(
                [self._entries.items[place] for place in members[at]],
                {
                    "domain": self._domains[0] if len(self._domains) == 1 else ALL,
                    "steering": steering,
                    **named,
                    "tv": finite(point[at]),
                    "tv_low": finite(low),
                    "tv_high": finite(high),
                    "kl": finite(kl[at]),
                    "floor": finite(floor[at]),
                    "coverage": None if is_baseline or self._is_paper else number / (number + missed),
                    "items": number,
                },
            )
        return found

    @property
    def _is_paper(self) -> bool:
        return self._options.scoring == "paper"

    def _block(self, at: int) -> tuple[str, ...]:
        return tuple(self._keys[at][2:])

    def _pooled_steering(self) -> str:
        present = set(self._entries.steering)
        return "+".join([*(name for name in STEERED if name in present), *sorted(present - set(STEERED))])

    def _over_domains(self, cells: Array) -> Array:
        """The unweighted mean over those domains that a row has, the last axis (rows × domains) → (rows)."""
        split = cells.reshape(*cells.shape[:-1], len(self._keys), len(self._domains))
        known = np.isfinite(split)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(np.where(known, split, 0.0).sum(axis=-1) / known.sum(axis=-1))

    def _mean(self, values: Array) -> Array:
        is_in = np.isfinite(values)
        sums = np.bincount(self._cell[is_in], values[is_in], minlength=self._number)
        with np.errstate(invalid="ignore"):
            return np.asarray(sums / np.bincount(self._cell[is_in], minlength=self._number))

    def _unread(self) -> dict[tuple[str, ...], int]:
        """How many answers of each row could not be read."""
        found: dict[tuple[str, ...], int] = {}
        for item in self._entries.unread:
            key = tuple(FIELDS[name](item) for name in self._fields)
            found[key] = found.get(key, 0) + 1
        return found


def _members(row: Codes, number: int) -> list[Codes]:
    order = np.argsort(row, kind="stable")
    return np.split(order, np.searchsorted(row[order], np.arange(1, number)))


def _sentence(rows: Sequence[Row]) -> str:
    """What the first block of rows says."""
    block = [row for row in rows if (row["domain"], row["steering"]) == (rows[0]["domain"], rows[0]["steering"])]
    models = [row for row in block if row["format"] != BASELINE and row["tv"] is not None]
    baselines = {row["model"]: row["tv"] for row in block if row["format"] == BASELINE}
    if not models:
        return "No model is among the answers selected."
    best = models[0]
    tv = with_interval(best["tv"], best["tv_low"], best["tv_high"])
    where = "" if best["domain"] == ALL else f" in {best['domain']}, {best['steering']}"
    text = f"Closest{where}: {best['model']} {best['format']} with TV {tv}"
    if (uniform := baselines.get("uniform")) is not None:
        closer = sum(row["tv"] < uniform for row in models)
        text += f"; {closer} of {len(models)} are closer than the same share for every option ({number(uniform)})"
    if (pooled := baselines.get("pooled")) is not None:
        closer = sum(row["tv"] < pooled for row in models)
        text += f", {closer or 'none'} closer than not knowing the group at all ({number(pooled)})"
    return text + "."


def _lacking(rows: Sequence[Row], entries: Entries) -> list[str]:
    """Which rows are means over fewer domains than others."""
    domains = column(entries.items, "domain")
    if not any(row["domain"] == ALL for row in rows):
        return []
    everything = set(domains)
    of_row: dict[str, set[str]] = {}
    known = np.isfinite(np.concatenate(entries.tv))
    for model, form, domain, is_known in zip(entries.model, entries.format, domains, known, strict=True):
        if is_known:
            of_row.setdefault(model if form == BASELINE else f"{model} {form}", set()).add(domain)
    return [
        f"{name} has no score in {', '.join(sorted(everything - found))}: its mean is over fewer domains."
        for name, found in of_row.items()
        if found != everything
    ]
