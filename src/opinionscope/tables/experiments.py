"""The study's three questions, each as one comparison: does the format matter, the steering, the domain?"""

from collections.abc import Callable

import numpy as np

from opinionscope.alignment.divergences import Array
from opinionscope.alignment.measures import MEASURES
from opinionscope.collection import Collection, Item
from opinionscope.selection import Selection
from opinionscope.tables.answers import Answers
from opinionscope.tables.base import Column, Options, Report, Rows, TableError, ends, finite, table, usual
from opinionscope.tables.few_shot_gain import STEPS, step
from opinionscope.tables.paired import CHANCE, DIFFERENCE, JUDGED, Contrast, add_differences, judge
from opinionscope.tables.resampling import p_value
from opinionscope.tables.words import BY_QUESTION

FORMATS = (("verbalized", "sequence"), ("verbalized", "log-probs"))
STEERED = ("persona", "few-shot")
COLUMNS = (
    Column("experiment", "EXPERIMENT", "format, domain: persona and few-shot pooled; steering, domain: verbalized"),
    *usual("model"),
    *DIFFERENCE,
)  # fmt: skip


@table("experiments", "the study's three experiments: format, steering and domain, each with its verdict")
def experiments(collection: Collection, selection: Selection, options: Options) -> Report:
    """One row an experiment, model and contrast."""
    answers = Answers.read(collection, selection, options)
    tv = MEASURES["tv"](answers.pairs)
    rows = Rows()
    add_differences(
        rows, answers, tv, [_format(*pair) for pair in FORMATS], _named("format"), options, lambda item: item.steering
    )
    verbalized = Answers([item for item in answers.items if item.format == "verbalized"])
    if verbalized.items:
        own = MEASURES["tv"](verbalized.pairs)
        add_differences(rows, verbalized, own, [step(*pair) for pair in STEPS], _named("steering"), options)
        _add_domains(rows, verbalized, own, options)
    if not rows.rows:
        raise TableError("no two formats, steering methods or domains can be compared")
    judge(rows)
    notes = [BY_QUESTION, JUDGED, _DOMAIN_NOTE, *answers.notes]
    return rows.report(COLUMNS, _sentence(rows), notes)


_DOMAIN_NOTE = (
    "Domains have different questions, so they are compared by (TV − floor) / (TV of uniform − floor): 0 is perfect, 1 "
    "no better than the same share for every option; the floor counts as 0 where it is not known how many answered."
)


def _format(a: str, b: str) -> Contrast:
    return Contrast(
        a,
        b,
        lambda item: item.format == a and item.steering in STEERED,
        lambda item: item.format == b and item.steering in STEERED,
    )


def _named(experiment: str) -> Callable[[Item], dict[str, str]]:
    return lambda item: {"experiment": experiment, "model": item.name}


def _add_domains(rows: Rows, answers: Answers, tv: Array, options: Options) -> None:
    """The domains of each model against the first of them, by how much of the way from uniform to perfect is left."""
    pairs = answers.pairs
    floor_of = MEASURES["tv"].floor
    assert floor_of is not None
    floor = np.nan_to_num(floor_of(pairs))
    uniform = 0.5 * np.abs(pairs.human - pairs.uniform).sum(axis=-1)
    clusters = answers.clusters(options)
    steered = np.array([item.steering in STEERED for item in answers.items])
    models, domains = answers.column("model"), answers.column("domain")
    names = list(dict.fromkeys(domains))
    for model in dict.fromkeys(models):
        cell = np.array([names.index(domain) for domain in domains])
        cell[(models != model) | ~steered] = -1
        above = clusters.means(tv - floor, cell, len(names))
        whole = clusters.means(uniform - floor, cell, len(names))
        left, draws = above.point / whole.point, above.draws / whole.draws
        for at in range(1, len(names)):
            if not (np.isfinite(left[0]) and np.isfinite(left[at])):
                continue
            difference = draws[:, at] - draws[:, 0]
            members = np.flatnonzero((cell == at) | (cell == 0)).tolist()
            row = {
                "experiment": "domain",
                "model": model,
                "a": names[0],
                "b": names[at],
                "tv_a": finite(left[0]),
                "tv_b": finite(left[at]),
                "difference": finite(left[at] - left[0]),
                **ends(difference),
                CHANCE: p_value(difference),
                "more_questions": None,
                "pairs": None,
            }
            rows.add([answers.items[place] for place in members], row)


def _sentence(rows: Rows) -> str:
    parts = []
    for name in dict.fromkeys(row["experiment"] for row in rows.rows):
        of_name = [row for row in rows.rows if row["experiment"] == name]
        verdicts = [row["verdict"] for row in of_name]
        counts = {verdict: verdicts.count(verdict) for verdict in dict.fromkeys(verdicts)}
        parts.append(f"{name}: " + ", ".join(f"{verdict} ({number})" for verdict, number in counts.items()))
    return "; ".join(parts)[:1].upper() + "; ".join(parts)[1:] + "."
