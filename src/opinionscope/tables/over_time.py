"""Over time: how far off saved runs were, day by day."""

import numpy as np

from opinionscope.alignment.measures import MEASURES
from opinionscope.collection import Collection
from opinionscope.selection import Selection
from opinionscope.tables.answers import Answers, nothing_found
from opinionscope.tables.base import Column, Options, Report, Rows, TableError, finite, table
from opinionscope.tables.board import FEW_RESAMPLES
from opinionscope.tables.resampling import Clusters, codes_of, interval
from opinionscope.tables.words import BY_QUESTION, with_interval

SERIES = ("model", "format", "steering")
COLUMNS = (
    Column("model", "MODEL", "whose answers"),
    Column("format", "FORMAT", "how distributions are expressed"),
    Column("steering", "STEERING", "how the model is told whom to answer for"),
    Column("date", "DATE", "the day on which it was asked (UTC)"),
    Column("tv", "TV", "mean total variation, 0 to 1: low is good", decimals=3, interval=("low", "high")),
    Column("low", "LOW", "lower end of the 95 % interval", decimals=3),
    Column("high", "HIGH", "upper end of the 95 % interval", decimals=3),
    Column("kl", "KL", "mean KL(human ‖ model), the model side smoothed", unit="nats", decimals=3),
    Column("items", "ITEMS", "number of comparisons"),
)


@table("over-time", "how far off saved runs were, by the day on which the model was asked", is_over_time=True)
def over_time(collection: Collection, selection: Selection, options: Options) -> Report:
    """One row a model, format, steering method and day, the days of each in order; recorded answers have no day.

    Raises:
        TableError: if no saved run of what is selected can be compared.
    """
    smallest_n = options.smallest_n or 1
    answers = Answers.of((item for item in collection.items(selection) if item.created), smallest_n)
    if not answers.items:
        raise TableError(f"{nothing_found(selection)}; recorded answers have no date, saved runs have")
    tv, kl = MEASURES["tv"](answers.pairs), MEASURES["kl"](answers.pairs)
    days = [f"{item.created:%Y-%m-%d}" for item in answers.items]
    keys, cell = codes_of(zip(*(answers.column(name) for name in SERIES), days, strict=True))
    clusters = Clusters(answers.questions, answers.domains, options.resamples or FEW_RESAMPLES, options.seed)
    means = clusters.means(tv, cell, len(keys))
    rows = Rows()
    for at in sorted(range(len(keys)), key=keys.__getitem__):
        members = np.flatnonzero(cell == at).tolist()
        low, high = interval(means.draws[:, at])
        row = dict(zip((*SERIES, "date"), keys[at], strict=True)) | {
            "tv": finite(means.point[at]),
            "low": finite(low),
            "high": finite(high),
            "kl": finite(kl[members].mean()),
            "items": len(members),
        }
        rows.add([answers.items[place] for place in members], row)
    notes = [BY_QUESTION, "Days need not have had the same questions asked.", *answers.notes(smallest_n)]
    return rows.report(COLUMNS, _sentence(rows), notes)


def _sentence(rows: Rows) -> str:
    dates = sorted({row["date"] for row in rows.rows})
    if len(dates) == 1:
        return f"All was asked on {dates[0]}: nothing can be said of time."
    first = rows.rows[0]
    last = [row for row in rows.rows if all(row[name] == first[name] for name in SERIES)][-1]
    begun, ended = (with_interval(row["tv"], row["low"], row["high"]) for row in (first, last))
    return (
        f"{len(dates)} days, {dates[0]} to {dates[-1]}. {first['model']} {first['format']}, {first['steering']}: TV "
        f"{begun} on {first['date']}, {ended} on {last['date']}."
    )
