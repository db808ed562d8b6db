"""Added value: how much closer a model comes than somebody who does not know the group."""

import numpy as np

from opinionscope.alignment.divergences import total_variation
from opinionscope.alignment.measures import MEASURES
from opinionscope.alignment.measures.worth_people import tv_of_one
from opinionscope.collection import Collection
from opinionscope.selection import Selection
from opinionscope.survey.text import counted
from opinionscope.tables.answers import Answers
from opinionscope.tables.base import Column, Options, Report, Rows, ends, finite, table, usual
from opinionscope.tables.people import GroupAnswers
from opinionscope.tables.words import BY_QUESTION, NOT_CROSS_FITTED, number, with_interval

FIELDS = ("model", "format", "steering", "domain", "attribute")
COLUMNS = (
    *usual("model", "format", "steering", "domain"),
    Column("attribute", "ATTRIBUTE", "what the groups differ in"),
    Column("tv", "TV", "mean total variation of the model", decimals=3),
    Column("tv_pooled", "POOLED", "mean TV of the answer of all groups together", decimals=3),
    Column("tv_opposite", "OPPOSITE", "mean TV of the other group's answer", decimals=3),
    Column("added_value", "ADDED VALUE", "TV of the pooled answer less TV of the model: above 0 the model is better "
           "than not knowing the group", decimals=3, interval=("low", "high"), reference=0),
    Column("share_above_0", "ABOVE 0", "share of items with an added value above 0", decimals=3),
    Column("worth_people", "WORTH PEOPLE", "number of people drawn from the group whose answers would be as far off in "
           "the mean", unit="people", decimals=1),
    *usual("items"),
)  # fmt: skip


@table(
    "added-value",
    "how much closer models come than the pooled answer of somebody who does not know the group",
    splits=("group",),
)
def added_value(collection: Collection, selection: Selection, options: Options) -> Report:
    """One row a model, format, steering method, domain and attribute; the most valuable first."""
    answers = Answers.read(collection, selection, options)
    people = GroupAnswers.of(answers.items, collection.library)
    pairs = answers.pairs
    tv, of_one = MEASURES["tv"](pairs), tv_of_one(pairs.human)
    gain = people.added_value(pairs.model, people.of_item)
    plain = total_variation(people.human, people.pooled)[people.of_item]
    names, cell = answers.rows_by(*FIELDS, *options.by)
    cell = np.where(np.isfinite(gain), cell, -1)
    means = answers.clusters(options).means(gain, cell, len(names))
    rows = Rows()
    for at in np.argsort(-np.nan_to_num(means.point, nan=-9.0)).tolist():
        members = np.flatnonzero(cell == at).tolist()
        if not len(members):
            continue
        row = names[at] | {
            "tv": finite(tv[members].mean()),
            "tv_pooled": finite(plain[members].mean()),
            "tv_opposite": finite(people.opposite_tv[people.of_item[members]].mean()),
            "added_value": finite(means.point[at]),
            **ends(means.draws[:, at]),
            "share_above_0": finite((gain[members] > 0).mean()),
            "worth_people": finite((of_one[members].mean() / tv[members].mean()) ** 2) if tv[members].any() else None,
            "items": len(members),
        }
        rows.add([answers.items[place] for place in members], row)
    extra = [Column(name, name.upper(), f"the rows are split by {name}") for name in options.by]
    notes = [BY_QUESTION, NOT_CROSS_FITTED, *answers.notes]
    if unknown := int((cell < 0).sum()):
        notes.append(f"The pooled answer is not known for {counted(unknown, 'comparison')}.")
    return rows.report([*COLUMNS[:5], *extra, *COLUMNS[5:]], _sentence(rows), notes)


def _sentence(rows: Rows) -> str:
    known = [row for row in rows.rows if row["low"] is not None]
    better = [row for row in known if row["low"] > 0]
    worse = [row for row in known if row["high"] < 0]
    if not rows.rows:
        return "Of none of these groups the pooled answer is known."
    best = next(iter(known), rows.rows[0])
    text = (
        f"{len(better) or 'None'} of {len(rows.rows)} rows beat not knowing the group beyond noise, {len(worse)} are "
        f"further off beyond noise. Best: {best['model']} {best['format']}, {best['steering']}, {best['domain']}, "
        f"{best['attribute']}: {with_interval(best['added_value'], best['low'], best['high'], signed=True)} in TV"
    )
    return f"{text}, worth about {number(best['worth_people'], 0)} people drawn from the group."
