"""Over time: how far off saved runs were, day by day."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from opinionscope.alignment.measures import MEASURES
from opinionscope.collection import Collection
from opinionscope.selection import Selection
from opinionscope.tables.answers import Answers, nothing_found
from opinionscope.tables.base import Column, Options, Report, Rows, TableError, ends, finite, table, usual
from opinionscope.tables.board import FEW_RESAMPLES
from opinionscope.tables.words import BY_QUESTION, with_interval

SERIES = ("model", "format", "steering")
COLUMNS = (
    *usual("model", "format", "steering"),
    Column("date", "DATE", "the day on which it was asked (UTC)"),
    Column("tv", "TV", "mean total variation, 0 to 1: low is good", decimals=3, interval=("low", "high")),
    Column("kl", "KL", "mean KL(human ‖ model), the model side smoothed", unit="nats", decimals=3),
    *usual("items"),
)


@table("over-time", "how far off saved runs were, by the day on which the model was asked", is_over_time=True)
def over_time(collection: Collection, selection: Selection, options: Options) -> Report:
    """One row a model, format, steering method and day, the days of each in order.

    Recorded answers have no day: one that was kept as a run was kept then, and not asked.

    Raises:
        TableError: if no saved run of what is selected can be compared.
    """
    asked = (item for item in collection.items(selection) if item.created and item.kind != "recorded")
    answers = Answers.of(asked, options.smallest_n or 1)
    if not answers.items:
        raise TableError(f"{nothing_found(selection)}; recorded answers have no date, live runs have")
    tv, kl = MEASURES["tv"](answers.pairs), MEASURES["kl"](answers.pairs)
    names, cell = answers.rows_by(*SERIES, "date")
    means = answers.clusters(options, usual=FEW_RESAMPLES).means(tv, cell, len(names))
    rows = Rows()
    for at in sorted(range(len(names)), key=lambda at: tuple(names[at].values())):
        members = np.flatnonzero(cell == at).tolist()
        row = names[at] | {
            "tv": finite(means.point[at]),
            **ends(means.draws[:, at]),
            "kl": finite(kl[members].mean()),
            "items": len(members),
        }
        rows.add([answers.items[place] for place in members], row)
    notes = [BY_QUESTION, "Days need not have had the same questions asked.", *answers.notes]
    return rows.report(COLUMNS, _sentence(rows), notes)


def _sentence(rows: Rows) -> str:
    dates = sorted({row["date"] for row in rows.rows})
    if len(dates) == 1:
        return f"All was asked on {dates[0]}: nothing can be said of time."
    series: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
    for row in rows.rows:
        series.setdefault(tuple(row[name] for name in SERIES), []).append(row)
    longest = max(series.values(), key=len)
    if len(longest) == 1:
        return f"{len(dates)} days, {dates[0]} to {dates[-1]}, but nothing was asked in the same way on two of them."
    first, last = longest[0], longest[-1]
    begun, ended = (with_interval(row["tv"], row["low"], row["high"]) for row in (first, last))
    return (
        f"{len(dates)} days, {dates[0]} to {dates[-1]}. {first['model']} {first['format']}, {first['steering']}: TV "
        f"{begun} on {first['date']}, {ended} on {last['date']}."
    )
