"""Collapse: whether models put too much on few options, and vary less along a scale than people do."""

import numpy as np

from opinionscope.alignment.measures import MEASURES
from opinionscope.collection import Collection
from opinionscope.selection import Selection
from opinionscope.tables.answers import Answers
from opinionscope.tables.base import FEWEST_PEOPLE, RESAMPLES, Column, Options, Report, Rows, finite, table
from opinionscope.tables.resampling import Clusters, codes_of, interval
from opinionscope.tables.words import BY_QUESTION, with_interval

FIELDS = ("model", "format", "steering", "domain")
RATIOS = ("entropy_ratio", "spread_ratio")
SHARES = ("missed_mass", "top_gap")
COLUMNS = (
    Column("model", "MODEL", "whose answers"),
    Column("format", "FORMAT", "how distributions are expressed"),
    Column("steering", "STEERING", "how the model is told whom to answer for"),
    Column("domain", "DOMAIN", "domain of the questions"),
    Column("entropy_ratio", "ENTROPY RATIO", "mean entropy of the model over that of the people: below 1 too much on "
           "few options", decimals=2, interval=("entropy_low", "entropy_high"), reference=1),
    Column("entropy_low", "ENTROPY LOW", "lower end of the 95 % interval", decimals=2),
    Column("entropy_high", "ENTROPY HIGH", "upper end of the 95 % interval", decimals=2),
    Column("spread_ratio", "SPREAD RATIO", "mean standard deviation along the scale over that of the people",
           decimals=2, interval=("spread_low", "spread_high"), reference=1),
    Column("spread_low", "SPREAD LOW", "lower end of the 95 % interval", decimals=2),
    Column("spread_high", "SPREAD HIGH", "upper end of the 95 % interval", decimals=2),
    Column("missed_mass", "MISSED", "mean share of people whose option the model gives nothing", decimals=3),
    Column("top_gap", "TOP GAP", "mean of the model's largest share less the people's", decimals=3),
    Column("items", "ITEMS", "number of comparisons"),
)  # fmt: skip


@table("collapse", "whether models put too much on few options, and vary less than people do")
def collapse(collection: Collection, selection: Selection, options: Options) -> Report:
    """One row a model, format, steering method and domain."""
    smallest_n = options.smallest_n or FEWEST_PEOPLE
    answers = Answers.read(collection, selection, smallest_n)
    keys, cell = codes_of(zip(*(answers.column(name) for name in FIELDS), strict=True))
    clusters = Clusters(answers.questions, answers.domains, options.resamples or RESAMPLES, options.seed)
    means = {name: clusters.means(MEASURES[name](answers.pairs), cell, len(keys)) for name in (*RATIOS, *SHARES)}
    rows = Rows()
    for at, key in enumerate(keys):
        row = dict(zip(FIELDS, key, strict=True)) | {name: finite(mean.point[at]) for name, mean in means.items()}
        for name in RATIOS:
            low, high = interval(means[name].draws[:, at])
            short = name.partition("_")[0]
            row |= {f"{short}_low": finite(low), f"{short}_high": finite(high)}
        members = np.flatnonzero(cell == at).tolist()
        rows.add([answers.items[place] for place in members], row | {"items": len(members)})
    return rows.report(COLUMNS, _sentence(rows), [BY_QUESTION, *answers.notes(smallest_n)])


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
