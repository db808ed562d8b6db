"""Choices: how far a conclusion hangs on how models were asked."""

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
from msgspec import Struct

from opinionscope.alignment.divergences import Array, total_variation
from opinionscope.alignment.measures import MEASURES
from opinionscope.alignment.pairs import Pairs
from opinionscope.collection import Collection, Item
from opinionscope.selection import Selection
from opinionscope.tables.answers import Answers
from opinionscope.tables.base import Column, Options, Report, Rows, TableError, finite, table, usual
from opinionscope.tables.resampling import Codes, codes_of
from opinionscope.tables.words import number

CHOICES = ("model", "steering", "format", "voice", "order", "repeats", "refusals")
COLUMNS = (
    Column("choice", "CHOICE", "what is chosen; question and group: what is asked of whom, which nobody chooses"),
    Column("levels", "LEVELS", "how many levels were compared"),
    Column("best", "BEST", "the level with the lowest mean TV"),
    Column("tv_best", "TV BEST", "its mean TV", decimals=3),
    Column("worst", "WORST", "the level with the highest mean TV"),
    Column("tv_worst", "TV WORST", "its mean TV", decimals=3),
    Column("range", "RANGE", "the one less the other", decimals=3),
    Column("variance_share", "VARIANCE", "share of the variance of TV that the level alone explains", decimals=3),
    Column("ranking_kept", "RANKING KEPT", "share of pairs of models that stand in the same order at every level as "
           "over all", decimals=2),
    *usual("items"),
)  # fmt: skip


@table("choices", "how far a conclusion hangs on model, steering, format, voice, order, repeats and refusals")
def choices(collection: Collection, selection: Selection, options: Options) -> Report:
    """One row a choice; over the questions and groups that were asked in every way that is compared.

    The levels of a choice are held against each other where all else is alike: a model that was asked in one format
    more than others is not further off for that.
    """
    every = _Grid.of(Answers.read(collection, selection, options))
    whole = _common(every)
    rows, apart = Rows(), []
    for choice in CHOICES:
        if len(set(whole.levels[choice])) < 2:
            continue
        grid = _alike(whole, choice)
        if not grid.items:
            apart.append(choice)
            continue
        names, level = codes_of(grid.levels[choice])
        counts = np.bincount(level)
        means = np.bincount(level, grid.tv) / counts
        best, worst = int(means.argmin()), int(means.argmax())
        row = {
            "choice": choice,
            "levels": len(names),
            "best": names[best],
            "tv_best": finite(means[best]),
            "worst": names[worst],
            "tv_worst": finite(means[worst]),
            "range": finite(means[worst] - means[best]),
            "variance_share": _explained(means, counts, grid.tv),
            "ranking_kept": None if choice == "model" else _ranking_kept(grid, level, len(names)),
            "items": len(grid.items),
        }
        rows.add(grid.items, row)
    if not rows.rows:
        raise TableError("no two of these answers differ in one choice alone; select more than one model, format …")
    _, asked = codes_of(item.asked for item in whole.items)
    counts = np.bincount(asked)
    share = _explained(np.bincount(asked, whole.tv) / counts, counts, whole.tv)
    what = {"choice": "question and group", "levels": len(counts), "variance_share": share, "items": len(whole.items)}
    rows.rows.sort(key=lambda row: -(row["range"] or 0))
    rows.add(whole.items, what)
    rare = [f"{name} {level}" for name in CHOICES for level in sorted({*every.levels[name]} - {*whole.levels[name]})]
    notes = [
        f"Over {len(counts):,} questions and groups that were asked in every way that is compared; the levels of a "
        "choice are compared where all else is alike.",
        *[f"Asked of too few of them, and left out: {', '.join(rare)}."] * bool(rare),
        *[f"Never compared with all else alike, and so no row: {', '.join(apart)}."] * bool(apart),
        "KL's smoothing ε is no row: it does not enter TV.",
        *Answers(whole.items).notes,
    ]
    return rows.report(COLUMNS, _sentence(rows), notes)


class _Grid(Struct, frozen=True):
    """Items with their TV, and the level of each choice."""

    items: Sequence[Item]
    tv: Array
    levels: Mapping[str, Sequence[str]]

    @classmethod
    def of(cls, answers: Answers) -> "_Grid":
        """Every item twice, with and without refusals, where any question has them."""
        items, tv = list(answers.items), MEASURES["tv"](answers.pairs)
        refusals = ["kept"] * len(items)
        if any(option.nonresponse for item in items for option in item.question.options):
            dropped = _without_refusals(answers.pairs, items)
            items, tv, refusals = [*items, *items], np.concatenate((tv, dropped)), [*refusals, *["dropped"] * len(tv)]
        levels = {name: [_level(item, name) for item in items] for name in CHOICES if name != "refusals"}
        return cls(items, tv, levels | {"refusals": refusals})

    def at(self, places: Codes) -> "_Grid":
        """Some of it."""
        listed = places.tolist()
        chosen = {name: [levels[place] for place in listed] for name, levels in self.levels.items()}
        return _Grid([self.items[place] for place in listed], self.tv[places], chosen)


def _level(item: Item, name: str) -> str:
    return item.name if name == "model" else str(item.way(name))


def _without_refusals(pairs: Pairs, items: Sequence[Item]) -> Array:
    """TV after dropping refusals from both sides; nan where nothing is left."""
    keeps = np.zeros(pairs.human.shape, dtype=bool)
    for at, item in enumerate(items):
        keeps[at, : len(item.question.options)] = [not option.nonresponse for option in item.question.options]
    with np.errstate(invalid="ignore", divide="ignore"):
        kept = [np.where(keeps, side, 0.0) for side in (pairs.human, pairs.model)]
        human, model = (side / side.sum(axis=-1, keepdims=True) for side in kept)
    return np.asarray(total_variation(human, model))


def _common(grid: _Grid) -> _Grid:
    """The questions and groups that have an answer in every combination of levels that most of them have."""
    known = np.flatnonzero(np.isfinite(grid.tv))
    _, way = codes_of(zip(*(np.array(grid.levels[name])[known].tolist() for name in CHOICES), strict=True))
    names, asked = codes_of(grid.items[place].asked for place in known.tolist())
    has = np.zeros((len(names), int(way.max(initial=-1)) + 1), dtype=bool)
    has[asked, way] = True
    usual = np.asarray(has.mean(axis=0) >= 0.5)
    whole = np.asarray(has[:, usual].all(axis=1))
    if not usual.any() or not whole.any():
        raise TableError("no question was asked of the same group in all the ways to compare; select fewer of them")
    return grid.at(known[whole[asked] & usual[way]])


def _alike(grid: _Grid, choice: str) -> _Grid:
    """What was asked at every level of a choice with all else alike."""
    _, others = codes_of(zip(*(grid.levels[name] for name in CHOICES if name != choice), strict=True))
    names, level = codes_of(grid.levels[choice])
    has = np.zeros((int(others.max()) + 1, len(names)), dtype=bool)
    has[others, level] = True
    whole = np.asarray(has.all(axis=1))
    return grid.at(np.flatnonzero(whole[others]))


def _explained(means: Array, counts: Codes, tv: Array) -> float | None:
    """η²: the share of the sum of squares of TV that lies between levels."""
    total = float(((tv - tv.mean()) ** 2).sum())
    if total <= 0:
        return None
    return float((counts * (means - tv.mean()) ** 2).sum() / total)


def _ranking_kept(grid: _Grid, level: Codes, levels: int) -> float | None:
    names, model = codes_of(grid.levels["model"])
    if len(names) < 2:
        return None
    size = len(names) * levels
    with np.errstate(invalid="ignore", divide="ignore"):
        means = np.bincount(model * levels + level, grid.tv, size) / np.bincount(model * levels + level, minlength=size)
    means = means.reshape(len(names), levels)
    overall = np.bincount(model, grid.tv) / np.bincount(model)
    kept = []
    for a, b in combinations(range(len(names)), 2):
        differences = means[a] - means[b]
        kept.append(bool((np.sign(differences[np.isfinite(differences)]) == np.sign(overall[a] - overall[b])).all()))
    return float(np.mean(kept))


def _sentence(rows: Rows) -> str:
    first = rows.rows[0]
    text = (
        f"Most hangs on the {first['choice']}: from {first['best']} ({number(first['tv_best'])}) to {first['worst']} "
        f"({number(first['tv_worst'])})"
    )
    broken = [row["choice"] for row in rows.rows if (row.get("ranking_kept") or 0) < 1 and "ranking_kept" in row
              and row["ranking_kept"] is not None]  # fmt: skip
    if broken:
        text += f"; the ranking of models changes with {', '.join(broken)}"
    return text + "."
