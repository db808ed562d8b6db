"""Domains: how hard each is for each model, against its own floor and against the same share for every option."""

import numpy as np

from opinionscope.collection import Collection
from opinionscope.selection import Selection
from opinionscope.tables.base import Column, Options, Report, Rows, ends, finite, table, usual
from opinionscope.tables.board import Board
from opinionscope.tables.leaderboard_scores import BASELINE, entries_of
from opinionscope.tables.words import SCORING_NOTES, number
from opinionscope.values import replace

COLUMNS = (
    *usual("domain", "model", "format"),
    Column("tv", "TV", "mean total variation", decimals=3, interval=("low", "high")),
    Column("floor", "FLOOR", "TV that a perfect answer would score by chance", decimals=3),
    Column("uniform", "UNIFORM", "TV of the same share for every option", decimals=3),
    Column("left", "LEFT", "(TV − floor) / (uniform − floor): 0 is perfect, 1 no better than uniform; the floor counts "
           "as 0 where it is not known how many people answered", decimals=2),
    *usual("items"),
)  # fmt: skip


@table("domains", "how hard each domain is, against its own floor and the same share for every option")
def domains(collection: Collection, selection: Selection, options: Options) -> Report:
    """One row a domain, model and format, persona and few-shot pooled."""
    entries = entries_of(collection, selection, options)
    board = Board(entries, replace(options, by=("domain",)))
    tv = np.concatenate(entries.tv)
    point, draws = board.averages(tv)
    floor = board.mean(np.concatenate(entries.floor))
    places = {key: at for at, key in enumerate(board.keys)}
    rows = Rows()
    for key, at in sorted(places.items(), key=lambda pair: (pair[0][2], np.nan_to_num(point[pair[1]], nan=9.0))):
        model, form, domain = key
        if form == BASELINE:
            continue
        uniform = point[places["uniform", BASELINE, domain]]
        lowest = np.nan_to_num(point[places["perfect answer", BASELINE, domain]])
        members = board.members[at]
        row = {
            "domain": domain,
            "model": model,
            "format": form,
            "tv": finite(point[at]),
            **ends(draws[:, at]),
            "floor": finite(floor[at]),
            "uniform": finite(uniform),
            "left": finite((point[at] - lowest) / (uniform - lowest)) if uniform > lowest else None,
            "items": int(np.isfinite(tv[members]).sum()),
        }
        rows.add([entries.items[place] for place in members], row)
    return rows.report(COLUMNS, _sentence(rows), [SCORING_NOTES["corrected"], *entries.notes])


def _sentence(rows: Rows) -> str:
    parts = []
    for domain in dict.fromkeys(row["domain"] for row in rows.rows):
        best = next(row for row in rows.rows if row["domain"] == domain)
        parts.append(f"{domain}: {number(best['left'], 2)} ({best['model']} {best['format']})")
    return "What the best leaves of the way from uniform to perfect: " + "; ".join(parts) + "."
