"""What can be computed of claims about a benchmark: a check is one function of the evidence, listed in `CHECKS`."""

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from statistics import median
from typing import Literal

import numpy as np
from msgspec import Struct

from opinionscope.alignment.divergences import Array
from opinionscope.alignment.measures import MEASURES
from opinionscope.charts.bars import percent
from opinionscope.collection import Collection
from opinionscope.regexes import regex
from opinionscope.report.composition import Portion, compositions
from opinionscope.selection import parse
from opinionscope.survey import Library, PackError
from opinionscope.survey.answers import CROWDWORKERS
from opinionscope.survey.library import NotFoundError
from opinionscope.tables import TABLES, Options, TableError
from opinionscope.tables.answers import STUDY_GROUPS, Answers
from opinionscope.tables.base import Row
from opinionscope.tables.leaderboard_scores import BASELINE, STEERED
from opinionscope.tables.resampling import Clusters, Codes, codes_of, interval
from opinionscope.tables.words import number

Verdict = Literal["true", "false", "not known"]
BOARD = "leaderboard kind:recorded"
"""The table that most claims are held against."""
PLACE = "country"
"""Groups by where people live are no demographic groups."""
INCOME = "income"
IMPLAUSIBLE = 2 / 3
"""How much of the band around the limit would have to lie above it, before the claim is called implausible."""
ROUNDING = 0.005
"""A claim in whole percent is as far from the share that it means, at most."""
_AMOUNT = regex(r"\d[\d,]*")
FORMATS = ("verbalized", "log-probs")
SELECTED = f"kind:recorded format:{','.join(FORMATS)} steering:{','.join(STEERED)}"
RESAMPLES = 1000


class Finding(Struct, frozen=True):
    """What a check found.

    Attributes:
        because: a sentence or two, with the figures.
        table: the arguments of the ``table`` command that shows it, or "".
    """

    verdict: Verdict
    because: str
    table: str = ""


class Evidence(Struct, frozen=True, dict=True):
    """What claims are held against: the benchmark's packs and recorded answers as they are here.

    Attributes:
        datasets: those that the claims are about.
    """

    library: Library
    datasets: Sequence[str]
    readings: Path | None = None

    @property
    def collection(self) -> Collection:
        """The recorded answers; nobody's own runs, for these are not the benchmark's."""
        return Collection(self.library, readings=self.readings)

    @cached_property
    def board(self) -> Sequence[Row]:
        """The leaderboard of the recorded answers; [] where there are none."""
        try:
            return TABLES["leaderboard"](self.collection, parse(BOARD.partition(" ")[2])).rows
        except TableError:
            return []


Given = Mapping[str, float]
"""The numbers in a claim."""
Check = Callable[[Evidence, Given], Finding]


def majority(evidence: Evidence, _: Given) -> Finding:
    """Whether the group's most frequent answer, given by everybody, is closer than the same share for every option."""
    known = {row["model"]: row["tv"] for row in evidence.board if row["format"] == BASELINE}
    mode, uniform = known.get("mode"), known.get("uniform")
    models = [row["tv"] for row in evidence.board if row["format"] != BASELINE and row["tv"] is not None]
    if mode is None or uniform is None or not models:
        return Finding("not known", "No recorded answers are at hand to compare it with.")
    closer = sum(tv < mode for tv in models)
    return Finding(
        "true" if mode < min(uniform, *models) else "false",
        f"Though it takes the answer to know it, its mean TV is {number(mode)}. The same share for every option has "
        f"{number(uniform)}, and {closer} of {len(models)} models and formats are closer than it.",
        BOARD,
    )


def estimates(evidence: Evidence, _: Given) -> Finding:
    """Whether one crowdworker's estimate stands behind each comparison."""
    selected = parse(f"kind:recorded model:{CROWDWORKERS}")
    sizes = [len(item.singles) for item in evidence.collection.items(selected) if item.singles]
    rows = {row["model"]: row["tv"] for row in evidence.board}
    together, alone = rows.get(CROWDWORKERS), rows.get(f"{CROWDWORKERS}, one each")
    if not sizes or together is None or alone is None:
        return Finding("not known", "No crowdworkers' estimates are at hand.")
    return Finding(
        "true" if max(sizes) == 1 else "false",
        f"The mean of {min(sizes)} to {max(sizes)} people's estimates stands behind a comparison (median "
        f"{median(sizes):g}): TV {number(together)}. One person alone has {number(alone)} in the mean.",
        BOARD,
    )


def groups(evidence: Evidence, given: Given) -> Finding:
    """Whether the packs have so many demographic groups that are scored; `given` has their ``number``."""
    where: dict[str, list[str]] = {}
    countries: set[str] = set()
    for dataset in evidence.datasets:
        try:
            pack = evidence.library.pack(dataset)
        except NotFoundError:
            continue
        scored = STUDY_GROUPS.get(dataset)
        for name, group in pack.groups.items():
            if any(attribute == PLACE for attribute, _ in group.attributes):
                countries.add(name)
            elif group.attributes and (scored is None or name in scored):
                where.setdefault(name, []).append(pack.title)
    if not where:
        return Finding("not known", "None of the benchmark's packs is at hand.")
    together: dict[str, list[str]] = {}
    for name, titles in where.items():
        together.setdefault(" and ".join(titles), []).append(name)
    told = "; ".join(f"{len(names)} of {titles} ({', '.join(names)})" for titles, names in together.items())
    also = f"; and {len(countries)} countries" if countries else ""
    return Finding("true" if len(where) == given["number"] else "false", f"Counted in the packs: {told}{also}.")


def incomes(evidence: Evidence, given: Given) -> Finding:
    """Whether a ``share`` of people earns more than ``from``; not known where it falls within a band."""
    for portions in _asked(evidence):
        bands = [(*_ends(portion.value), portion.share) for portion in portions]
        above = math.fsum(share for low, _, share in bands if low >= given["from"])
        around = math.fsum(share for low, high, share in bands if low < given["from"] < high)
        told = ", ".join(f"{portion.value}: {percent(portion.share)}" for portion in portions)
        between = f"from {percent(above)} to {percent(above + around)} may earn as much"
        told = f"Incomes were asked in bands ({told}), so {between}"
        if not around:
            is_so = abs(above - given["share"]) <= ROUNDING
            return Finding("true" if is_so else "false", f"{told}.")
        needed = (given["share"] - above) / around
        if not 0 <= needed <= 1:
            return Finding("false", f"{told}.")
        if needed < IMPLAUSIBLE:
            return Finding("not known", f"{told}.")
        return Finding(
            "not known",
            f"Implausible: {told}. It takes {percent(needed)} of the band around ${given['from']:,.0f} to lie above "
            "it.",
        )
    return Finding("not known", "No pack of the benchmark that is at hand has incomes.")


def _asked(evidence: Evidence) -> Iterator[tuple[Portion, ...]]:
    """The incomes of each data set that has them."""
    for dataset in evidence.datasets:
        with suppress(NotFoundError, PackError):
            pack = evidence.library.pack(dataset)
            for found in compositions(pack.card, evidence.library.microdata(dataset)):
                if found.attribute == INCOME and found.people:
                    yield found.portions


def _ends(band: str) -> tuple[float, float]:
    """The ends of a band by its name, the upper one infinite where it is open."""
    amounts = [float(each.replace(",", "")) for each in _AMOUNT.findall(band)]
    if len(amounts) > 1:
        return amounts[0], amounts[1]
    if not amounts:
        return -math.inf, math.inf
    return (-math.inf, amounts[0]) if re.search(r"less|under|below|<", band, re.IGNORECASE) else (amounts[0], math.inf)


def reduction(evidence: Evidence, given: Given) -> Finding:
    """Whether a reduction lies in the 95 % interval of every model; `given` has it as ``share``.

    Both formats of a model over the same questions, groups and steering methods; the unweighted mean over domains, as
    the leaderboard has it: 1 − TV(verbalized) / TV(log-probs).
    """
    try:
        answers = Answers.read(evidence.collection, parse(SELECTED), Options(smallest_n=1), damaged=True)
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


CHECKS: Mapping[str, Check] = {
    "estimates": estimates,
    "groups": groups,
    "incomes": incomes,
    "majority": majority,
    "reduction": reduction,
}
"""All checks by name."""
