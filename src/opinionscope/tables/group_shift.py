"""Group shift: whether a model moves its answer from one group to another as the people differ."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

import numpy as np
from msgspec import Struct

from opinionscope.alignment.divergences import Array
from opinionscope.alignment.pairs import Pairs
from opinionscope.collection import Collection, Item
from opinionscope.selection import Selection
from opinionscope.tables.answers import FIELDS, Answers
from opinionscope.tables.base import Column, Options, Report, Rows, TableError, ends, finite, table, usual
from opinionscope.tables.resampling import codes_of
from opinionscope.tables.words import BY_QUESTION, number, with_interval

STEERED = ("persona", "few-shot", "both", "people")
COLUMNS = (
    *usual("model", "format", "steering", "domain"),
    Column("groups", "GROUPS", "the two groups: A – B"),
    Column("slope", "SLOPE", "slope of the model's differences (A less B) on the people's, over options: 1 is right, "
           "above 1 the stereotype is larger than the difference", decimals=2, interval=("low", "high"), reference=1),
    Column("direction", "DIRECTION", "mean cosine of both differences: 1 the same way, −1 the wrong way", decimals=2),
    Column("size", "SIZE", "size of the model's differences over that of the people's, less what sampling adds",
           decimals=2),
    Column("human_gap", "HUMAN GAP", "mean total variation between the two groups of people", decimals=3),
    Column("model_gap", "MODEL GAP", "mean total variation between the model's two answers", decimals=3),
    Column("pairs", "PAIRS", "number of questions with both groups"),
)  # fmt: skip


class Gaps(Struct, frozen=True):
    """Differences between two groups, one row a question: A less B.

    Attributes:
        human, model: shape (N, K).
        noise: what sampling adds to ‖human‖², shape (N,); 0 where it is not known how many people answered.
    """

    human: Array
    model: Array
    noise: Array

    @property
    def products(self) -> Array:
        """Σ d_m d_h of each row, shape (N,)."""
        return np.asarray((self.human * self.model).sum(axis=-1))

    @property
    def human_squares(self) -> Array:
        """Σ d_h², shape (N,)."""
        return np.asarray((self.human**2).sum(axis=-1))

    @property
    def model_squares(self) -> Array:
        """Σ d_m², shape (N,)."""
        return np.asarray((self.model**2).sum(axis=-1))

    @property
    def direction(self) -> Array:
        """cos(d_m, d_h), shape (N,); nan where one of them is zero."""
        norm = np.sqrt(self.human_squares * self.model_squares)
        return np.asarray(self.products / np.where(norm > 0, norm, np.nan), dtype=np.float64)


def gaps_of(pairs: Pairs, first: Sequence[int], second: Sequence[int]) -> Gaps:
    """The differences between pairs at some positions and pairs at others."""
    a, b = np.asarray(first, np.intp), np.asarray(second, np.intp)
    variance = (pairs.human * (1 - pairs.human)).sum(axis=-1) / pairs.n
    noise = np.nan_to_num(variance[a] + variance[b])
    return Gaps(pairs.human[a] - pairs.human[b], pairs.model[a] - pairs.model[b], noise)


@table(
    "group-shift",
    "whether models move from one group to the other as people differ, or by a stereotype",
    is_of_shifts=True,
)
def group_shift(collection: Collection, selection: Selection, options: Options) -> Report:
    """One row a model, format, steering method, domain and pair of groups."""
    answers = Answers.read(collection, selection, options)
    found = list(_pairs(answers.items))
    if not found:
        raise TableError("no question was answered for two groups of the same attribute by the same model")
    keys, cell = codes_of(key for key, _, _ in found)
    first = [a for _, a, _ in found]
    second = [b for _, _, b in found]
    gaps = gaps_of(answers.pairs, first, second)
    clusters = answers.clusters(options, first)
    number_of = len(keys)
    products = clusters.means(gaps.products, cell, number_of)
    squares = clusters.means(gaps.human_squares, cell, number_of)
    with np.errstate(invalid="ignore", divide="ignore"):
        slope, draws = products.point / squares.point, products.draws / squares.draws
    rows = Rows()
    for at, key in enumerate(keys):
        is_in = cell == at
        signal = float((gaps.human_squares[is_in] - gaps.noise[is_in]).sum())
        size = np.sqrt(gaps.model_squares[is_in].sum() / signal) if signal > 0 else np.nan
        direction = gaps.direction[is_in]
        row = dict(zip(("model", "format", "steering", "domain", "groups"), key, strict=True)) | {
            "slope": finite(slope[at]),
            **ends(draws[:, at]),
            "direction": finite(np.nanmean(direction)) if np.isfinite(direction).any() else None,
            "size": finite(size),
            "human_gap": finite(np.abs(gaps.human[is_in]).sum(axis=-1).mean() / 2),
            "model_gap": finite(np.abs(gaps.model[is_in]).sum(axis=-1).mean() / 2),
            "pairs": int(is_in.sum()),
        }
        behind = [answers.items[place] for at_in in np.flatnonzero(is_in) for place in (first[at_in], second[at_in])]
        rows.add(behind, row)
    return rows.report(COLUMNS, _sentence(rows), [BY_QUESTION, *answers.notes])


def _pairs(items: Sequence[Item]) -> Iterator[tuple[tuple[str, ...], int, int]]:
    """Key of a row, and the positions of the two groups' items; several runs of one cell are paired in their order."""
    asked: dict[tuple[str, str, str, str, str, str, str], dict[str, list[int]]] = {}
    order: dict[tuple[str, str], dict[str, None]] = {}
    for at, item in enumerate(items):
        if item.steering in STEERED and item.group.attributes:
            attribute = "×".join(name for name, _ in item.group.attributes)
            dataset, question, _ = item.asked
            key = (item.name, FIELDS["format"](item), item.steering, item.question.domain, attribute, dataset, question)
            asked.setdefault(key, {}).setdefault(item.group.name, []).append(at)
            order.setdefault((item.question.dataset, attribute), {})[item.group.name] = None
    ranks: Mapping[tuple[str, str], Sequence[str]] = {key: list(names) for key, names in order.items()}
    for key, groups in asked.items():
        names = sorted(groups, key=ranks[key[5], key[4]].index)
        countries = key[4] == "country"
        for a, b in combinations(names, 2):
            label = "countries" if countries else f"{a} – {b}"
            yield from (((*key[:4], label), one, two) for one, two in zip(groups[a], groups[b], strict=False))


def _sentence(rows: Rows) -> str:
    known = [row for row in rows.rows if row["slope"] is not None]
    if not known:
        return "None of these groups differ."
    flat = sum(row["high"] is not None and row["high"] < 1 for row in known)
    steep = sum(row["low"] is not None and row["low"] > 1 for row in known)
    nearest = min(known, key=lambda row: abs(row["slope"] - 1))
    slope = with_interval(nearest["slope"], nearest["low"], nearest["high"])
    return (
        f"In {flat} of {len(known)} rows the model moves less between groups than people do, in {steep} more "
        f"(a stereotype). Nearest to people: {nearest['model']} {nearest['format']}, {nearest['steering']}, "
        f"{nearest['groups']}, {nearest['domain']}: slope {slope}; people differ by {number(nearest['human_gap'])}."
    )
