"""Calibration: the model's share of an option against the people's, over all options."""

import numpy as np

from opinionscope.alignment.divergences import Array
from opinionscope.collection import Collection
from opinionscope.selection import Selection
from opinionscope.tables.answers import Answers
from opinionscope.tables.base import Column, Options, Report, Rows, ends, finite, table, usual
from opinionscope.tables.resampling import Clusters, Codes
from opinionscope.tables.words import BY_QUESTION, with_interval

DECILES = tuple(f"{10 * low}–{10 * low + 10} %" for low in range(10))
LINE = (
    Column("slope", "SLOPE", "of the model's share on the people's share: below 1 the model tells options apart too "
           "little", decimals=2, interval=("low", "high"), reference=1),
    Column("intercept", "INTERCEPT", "the model's share where people's is 0", decimals=3),
    Column("correlation", "CORRELATION", "Pearson's, between the shares", decimals=2),
    Column("options", "OPTIONS", "number of options of all items"),
    *usual("items"),
)  # fmt: skip
BINS = (
    Column("decile", "MODEL SAYS", "options to which the model gives such a share"),
    Column("model_share", "MODEL", "their mean share in the model's answers", decimals=3),
    Column("human_share", "PEOPLE", "their mean share among people", decimals=3, interval=("low", "high")),
    Column("options", "OPTIONS", "number of options"),
    *usual("items"),
)


@table(
    "calibration",
    "the model's share of an option against the people's: slope and intercept; --by decile: reliability",
    splits=("domain", "decile"),
)
def calibration(collection: Collection, selection: Selection, options: Options) -> Report:
    """One row a model, format and steering method, or one a decile of the model's shares."""
    answers = Answers.read(collection, selection, options)
    fields = ("model", "format", "steering", "domain")[: 4 if "domain" in options.by else 3]
    columns, (names, cell) = usual(*fields), answers.rows_by(*fields)
    clusters, rows = answers.clusters(options), Rows()
    if "decile" in options.by:
        _add_bins(rows, answers, clusters, names, cell)
        sentence = "Where the model's shares are right, people's mean share in each row equals the model's."
        return rows.report((*columns, *BINS), sentence, [BY_QUESTION, *answers.notes])
    _add_lines(rows, answers, clusters, names, cell)
    return rows.report((*columns, *LINE), _sentence(rows), [BY_QUESTION, *answers.notes])


def _add_lines(rows: Rows, answers: Answers, clusters: Clusters, names: list[dict[str, str]], cell: Codes) -> None:
    """The regression is made of means over items of Σ 1, Σ x, Σ y, Σ xx, Σ xy, which can be resampled as they are."""
    x, y, size = answers.pairs.human, answers.pairs.model, answers.pairs.size
    sums = [size, x.sum(axis=-1), y.sum(axis=-1), (x * x).sum(axis=-1), (x * y).sum(axis=-1), (y * y).sum(axis=-1)]
    means = [clusters.means(each, cell, len(names)) for each in sums]
    slope, intercept, correlation = _line(*(mean.point for mean in means))
    draws, _, _ = _line(*(mean.draws for mean in means))
    for at, name in enumerate(names):
        members = np.flatnonzero(cell == at).tolist()
        row = name | {
            "slope": finite(slope[at]),
            **ends(draws[:, at]),
            "intercept": finite(intercept[at]),
            "correlation": finite(correlation[at]),
            "options": int(size[members].sum()),
            "items": len(members),
        }
        rows.add([answers.items[place] for place in members], row)


def _line(n: Array, x: Array, y: Array, xx: Array, xy: Array, yy: Array) -> tuple[Array, Array, Array]:
    """Slope, intercept and correlation from sums over points; x and y are the sums of shares."""
    with np.errstate(invalid="ignore", divide="ignore"):
        covariance, variance = xy - x * y / n, xx - x * x / n
        slope = covariance / variance
        return slope, (y - slope * x) / n, covariance / np.sqrt(variance * (yy - y * y / n))


def _add_bins(rows: Rows, answers: Answers, clusters: Clusters, names: list[dict[str, str]], cell: Codes) -> None:
    human, model = answers.pairs.human, answers.pairs.model
    exists = np.broadcast_to(answers.pairs.options, human.shape)
    decile = np.minimum((model * 10 + 1e-9).astype(int), 9)
    for which, label in enumerate(DECILES):
        is_in = exists & (decile == which)
        count = is_in.sum(axis=-1).astype(float)
        number = clusters.means(count, cell, len(names))
        people = clusters.means((human * is_in).sum(axis=-1), cell, len(names))
        shares = clusters.means((model * is_in).sum(axis=-1), cell, len(names))
        for at, name in enumerate(names):
            members = np.flatnonzero((cell == at) & (count > 0)).tolist()
            if not members:
                continue
            with np.errstate(invalid="ignore", divide="ignore"):
                draws = people.draws[:, at] / number.draws[:, at]
            row = name | {
                "decile": label,
                "model_share": finite(shares.point[at] / number.point[at]),
                "human_share": finite(people.point[at] / number.point[at]),
                **ends(draws),
                "options": int(count[members].sum()),
                "items": len(members),
            }
            rows.add([answers.items[place] for place in members], row)


def _sentence(rows: Rows) -> str:
    known = [row for row in rows.rows if row["slope"] is not None]
    if not known:
        return "People's shares do not differ, so there is no slope."
    nearest = min(known, key=lambda row: abs(row["slope"] - 1))
    slope = with_interval(nearest["slope"], nearest["low"], nearest["high"])
    flat = sum(row["high"] is not None and row["high"] < 1 for row in known)
    where = f"{nearest['model']} {nearest['format']}, {nearest['steering']}"
    return f"In {flat} of {len(known)} rows the slope is below 1 beyond noise. Nearest to 1: {where}, {slope}."
