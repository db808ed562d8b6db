"""How much closer verbalized distributions come than log-probs, in percent of the latter's total variation."""

import numpy as np

from opinionscope.alignment.divergences import Array
from opinionscope.alignment.measures import MEASURES
from opinionscope.charts.bars import percent
from opinionscope.report.claims.base import Evidence, Finding, Given, check
from opinionscope.selection import parse
from opinionscope.tables.answers import Answers
from opinionscope.tables.base import TableError
from opinionscope.tables.leaderboard_scores import STEERED
from opinionscope.tables.resampling import Clusters, Codes, codes_of, interval

FORMATS = ("verbalized", "log-probs")
SELECTED = f"kind:recorded format:{','.join(FORMATS)} steering:{','.join(STEERED)}"
RESAMPLES = 1000


@check("reduction")
def reduction(evidence: Evidence, given: Given) -> Finding:
    """Whether a reduction lies in the 95 % interval of every model; `given` has it as ``share``.

    Both formats of a model over the same questions, groups and steering methods; the unweighted mean over domains, as
    the leaderboard has it: 1 − TV(verbalized) / TV(log-probs).
    """
    try:
        answers = Answers.read(evidence.collection, parse(SELECTED), 1, damaged=True)
    except TableError:
        return Finding("not known", "No recorded answers in both formats are at hand.")
    found = {name: ends for name, ends in _reductions(answers).items() if np.isfinite(ends).all()}
    if not found:
        return Finding("not known", "No model's recorded answers in both formats are enough for an interval.")
    fits = [low <= given["share"] <= high for _, low, high in found.values()]
    told = ", ".join(f"{name} {percent(point)} ({percent(low)} to {percent(high)})"
                     for name, (point, low, high) in found.items())  # fmt: skip
    return Finding(
        "true" if all(fits) else "not known" if any(fits) else "false",
        f"Over the same questions, TV is lower by: {told}; 95 % intervals.",
        f"leaderboard {SELECTED}",
    )


def _reductions(answers: Answers) -> dict[str, tuple[float, float, float]]:
    """The reduction of each model that was asked in both formats, with its interval."""
    first, second = _matched(answers)
    if not len(first):
        return {}
    tv = MEASURES["tv"](answers.pairs)
    models, model = codes_of(answers.column("model")[first])
    domain = answers.domains[first]
    domains = int(domain.max()) + 1
    clusters = Clusters(answers.questions[first], domain, RESAMPLES)
    cell, number = model * domains + domain, len(models) * domains
    points, draws = [], []
    for places in (first, second):
        means = clusters.means(tv[places], cell, number)
        points.append(_over_domains(means.point, domains))
        draws.append(_over_domains(means.draws, domains))
    point, drawn = 1 - points[0] / points[1], 1 - draws[0] / draws[1]
    return {name: (float(point[at]), *interval(drawn[:, at])) for at, name in enumerate(models)}


def _matched(answers: Answers) -> tuple[Codes, Codes]:
    """Positions of a model's answers in the one format and in the other, to the same; each of shape (P,)."""
    known: dict[tuple[str, ...], dict[str, int]] = {}
    for at, item in enumerate(answers.items):
        known.setdefault((item.name, item.steering, *item.asked), {})[item.format] = at
    both = [(places[FORMATS[0]], places[FORMATS[1]]) for places in known.values() if len(places) == len(FORMATS)]
    pairs = np.array(both, np.intp).reshape(len(both), 2)
    return pairs[:, 0], pairs[:, 1]


def _over_domains(cells: Array, domains: int) -> Array:
    """(…, models × domains) → (…, models), over those domains that a model has."""
    split = cells.reshape(*cells.shape[:-1], -1, domains)
    known = np.isfinite(split)
    return np.asarray(np.where(known, split, 0.0).sum(axis=-1) / known.sum(axis=-1))
