"""Collapse: whether models put too much on few options, and vary less along a scale than people do."""

import numpy as np

from opinionscope.alignment.measures import MEASURES
from opinionscope.collection import Collection
from opinionscope.selection import Selection
from opinionscope.tables.answers import Answers
from opinionscope.tables.base import Column, Options, Report, Rows, ends, finite, table, usual
from opinionscope.tables.words import BY_QUESTION, with_interval

FIELDS = ("model", "format", "steering", "domain")
RATIOS = ("entropy_ratio", "spread_ratio")
SHARES = ("missed_mass", "top_gap")
COLUMNS = (
    *usual("model", "format", "steering", "domain"),
    Column("entropy_ratio", "ENTROPY RATIO", "mean entropy of the model over that of the people: below 1 too much on "
           "few options", decimals=2, interval=("entropy_low", "entropy_high"), reference=1),
    Column("spread_ratio", "SPREAD RATIO", "mean standard deviation along the scale over that of the people",
           decimals=2, interval=("spread_low", "spread_high"), reference=1),
    Column("missed_mass", "MISSED", "mean share of people whose option the model gives nothing", decimals=3),
    Column("top_gap", "TOP GAP", "mean of the model's largest share less the people's", decimals=3),
    *usual("items"),
)  # fmt: skip


@table("collapse", "whether models put too much on few options, and vary less than people do")
def collapse(collection: Collection, selection: Selection, options: Options) -> Report:
    """One row a model, format, steering method and domain."""
    answers = Answers.read(collection, selection, options)
    names, cell = answers.rows_by(*FIELDS)
    clusters = answers.clusters(options)
    means = {name: clusters.means(MEASURES[name](answers.pairs), cell, len(names)) for name in (*RATIOS, *SHARES)}
    rows = Rows()
    for at, named in enumerate(names):
        row = named | {name: finite(mean.point[at]) for name, mean in means.items()}
        for name in RATIOS:
            short = name.partition("_")[0]
            row |= ends(means[name].draws[:, at], f"{short}_low", f"{short}_high")
        members = np.flatnonzero(cell == at).tolist()
        rows.add([answers.items[place] for place in members], row | {"items": len(members)})
    return rows.report(COLUMNS, _sentence(rows), [BY_QUESTION, *answers.notes])


def _sentence(rows: Rows) -> str:
    known = [row for row in rows.rows if row["entropy_high"] is not None]
    narrow = sum(row["entropy_high"] < 1 for row in known)
    wide = sum(row["entropy_low"] > 1 for row in known)
    text = f"In {narrow} of {len(rows.rows)} rows the model is narrower than people beyond noise, in {wide} wider"
    if known:
        worst = min(known, key=lambda row: row["entropy_ratio"])
        ratio = with_interval(worst["entropy_ratio"], worst["entropy_low"], worst["entropy_high"])
        where = f"{worst['model']} {worst['format']}, {worst['steering']}, {worst['domain']}"
        text += f". Narrowest: {where}, entropy ratio {ratio}"
    return text + "."
