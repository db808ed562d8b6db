"""Sets of answers compared: matched by item, paired, clustered by question."""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations

import numpy as np
from msgspec import Struct

from opinionscope.alignment.divergences import Array
from opinionscope.alignment.scores import measured
from opinionscope.alignment.together import FEWEST_QUESTIONS, LEVEL, holm, questions_to_settle
from opinionscope.collection import Item, changed_figures, pairs_of
from opinionscope.comparison.by import BY
from opinionscope.comparison.comparing import ComparisonError
from opinionscope.comparison.pairwise import BEYOND_NOISE, DECIDES, Difference, Verdict, apart
from opinionscope.survey.text import counted
from opinionscope.values import replace

MEASURED = ("tv", "kl", "js", "wasserstein_normalised", "score")
CELL = tuple(name for name in BY if name != "kind")
MOST_SETS = 8
NO_SERVER = "no server named"


class SetComparison(Struct, frozen=True):
    """Two or more sets of answers, one a value of a field.

    Attributes:
        by: the field.
        sizes: value → how many scored items it has.
        items: how many items all pairs matched, by pair (a, b).
        questions: of how many questions these are, by pair.
        differences: mean differences over matched items, with 95 % intervals.
        verdicts: for each pair of values; with Holm's correction where there are several pairs.
        needed: by pair, how many more questions would settle a difference as large as the one seen, in four of five
            studies; None where it is settled or there is none.
        unread, muted: how many answers took no part, because they could not be read, or stand on too little.
        changed: that some are compared with other figures of the same people than others are; "" where none is.
    """

    by: str
    sizes: dict[str, int]
    items: dict[tuple[str, str], int]
    questions: dict[tuple[str, str], int]
    differences: tuple[Difference, ...]
    verdicts: tuple[Verdict, ...]
    needed: dict[tuple[str, str], int | None]
    unread: int = 0
    muted: int = 0
    changed: str = ""


class _Matched(Struct, frozen=True):
    """Differences of matched items, shape (N, measures), and the question of each."""

    values: Array
    clusters: list[tuple[str, str]]


def compare_sets(items: Iterable[Item], by: str) -> SetComparison:
    """Compare answers that differ in one field, matched by item and by everything else they were asked by.

    Several answers to the same are averaged. Recorded answers follow no recipe: they are matched as asked in the usual
    way, and so are others in options without an effect on them. Items that are not scored, stand on too little, or have
    no value of the field take no part.

    Raises:
        ComparisonError: if the field is none to compare by, there are fewer than two values or more than eight of it,
            or no items match.
    """
    if by not in BY:
        raise ComparisonError(f'expected a field to compare by, one of {", ".join(BY)}; got "{by}"')
    compared = [item for item in items if item.human and item.value(by) is not None]
    answered = [item for item in compared if item.answer]
    scored = [item for item in answered if not item.muted]
    scores = _scores(scored)
    free = {by, "server"} if by == "model" else {by}  # each model has a server of its own
    sides: dict[str, dict[tuple[object, ...], list[Array]]] = defaultdict(lambda: defaultdict(list))
    for item, row in zip(scored, scores, strict=True):
        others = tuple(item.way(name) for name in CELL if name not in free)
        sides[_shown(item.value(by))][(*item.asked, *others)].append(row)
    unread, muted = len(compared) - len(answered), len(answered) - len(scored)
    aside = f"; {told}" if (told := left_out(unread, muted)) else ""
    if not 2 <= len(sides) <= MOST_SETS:
        found = ", ".join(sides) or "none"
        raise ComparisonError(
            f"expected 2 to {MOST_SETS} values of {by} in the selection, got {len(sides)}: {found}{aside}"
        )
    means = {value: {key: np.mean(rows, axis=0) for key, rows in side.items()} for value, side in sides.items()}
    pairs = {(a, b): _matched(means[a], means[b]) for a, b in combinations(means, 2)}
    if not any(matched.clusters for matched in pairs.values()):
        raise ComparisonError(f"no item was asked with two values of {by} and everything else alike{aside}")
    comparison = _compared(by, {value: len(side) for value, side in sides.items()}, pairs)
    return replace(comparison, unread=unread, muted=muted, changed=changed_figures(scored))


def left_out(unread: int, muted: int) -> str:
    """Which answers take no part, as in `SetComparison`; "" where all do."""
    reasons = ((unread, "that could not be read"), (muted, "with muted measures"))
    told = [f"{counted(number, 'answer')} {why}" for number, why in reasons if number]
    return f"left out: {', '.join(told)}" if told else ""


def _shown(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value) or NO_SERVER


def _scores(items: Sequence[Item]) -> Array:
    if not items:
        return np.empty((0, len(MEASURED)))
    return np.stack(list(measured(pairs_of(items), MEASURED).values()), axis=1)


def _matched(one: dict[tuple[object, ...], Array], other: dict[tuple[object, ...], Array]) -> _Matched:
    keys = [key for key in one if key in other]
    values = np.array([one[key] - other[key] for key in keys]).reshape(len(keys), len(MEASURED))
    return _Matched(values, [(str(key[0]), str(key[1])) for key in keys])


def _compared(by: str, sizes: dict[str, int], pairs: dict[tuple[str, str], _Matched]) -> SetComparison:
    differences: list[Difference] = []
    chances: dict[tuple[str, str], float] = {}
    needed: dict[tuple[str, str], int | None] = {}
    for (a, b), matched in pairs.items():
        for at, name in enumerate(MEASURED):
            is_known = np.isfinite(matched.values[:, at])
            clusters = [cluster for cluster, known in zip(matched.clusters, is_known, strict=True) if known]
            if not clusters:
                continue
            found = clustered(matched.values[is_known, at], clusters)
            differences.append(Difference(a, b, name, found.value, found.low, found.high, "questions"))
            if name == DECIDES:
                chances[a, b] = found.chance
                needed[a, b] = questions_to_settle(found.value, found.error, found.questions)
    stand = settled(chances)
    verdicts = tuple(_verdict(pair, pairs[pair], differences, pair in stand) for pair in pairs)
    return SetComparison(
        by,
        sizes,
        {pair: len(matched.clusters) for pair, matched in pairs.items()},
        {pair: len(set(matched.clusters)) for pair, matched in pairs.items()},
        tuple(differences),
        verdicts,
        {pair: None if pair in stand else needed.get(pair) for pair in pairs},
    )


class Mean(Struct, frozen=True):
    """A mean over items whose questions are a sample.

    Attributes:
        low, high: ends of the 95 % interval; None for fewer than `FEWEST_QUESTIONS` questions.
        error: the clustered standard error; None likewise.
        chance: how often a mean as far from 0 would be seen where the true one is 0; 1 likewise.
        questions: how many there are.
    """

    value: float
    low: float | None = None
    high: float | None = None
    error: float | None = None
    chance: float = 1.0
    questions: int = 0


def clustered(values: Array, clusters: Sequence[tuple[str, str]]) -> Mean:
    """The mean of values, shape (N,), with its clustered standard error and Student's interval at C − 1 degrees.

    SE² = C / (C − 1) · n⁻² Σ_c (Σ_{i ∈ c} (s_i − s̄))², the residuals summed within each of C clusters.
    Source: Miller, arXiv 2411.00640.
    """
    from scipy.special import stdtr, stdtrit

    mean = float(values.mean())
    names = {name: at for at, name in enumerate(dict.fromkeys(clusters))}
    count = len(names)
    if count < FEWEST_QUESTIONS:
        return Mean(mean, questions=count)
    places = [names[name] for name in clusters]
    residuals = np.bincount(places, weights=values - mean, minlength=count)
    error = math.sqrt(count / (count - 1) * float((residuals**2).sum())) / len(values)
    half = float(stdtrit(count - 1, 1 - LEVEL / 2)) * error
    chance = float(2 * stdtr(count - 1, -abs(mean) / error)) if error else float(mean == 0)
    return Mean(mean, mean - half, mean + half, error, chance, count)


def settled(chances: dict[tuple[str, str], float]) -> set[tuple[str, str]]:
    """The pairs whose difference stands when all are judged together."""
    return {pair for pair, chance in zip(chances, holm(list(chances.values())), strict=True) if chance <= LEVEL}


def _verdict(pair: tuple[str, str], matched: _Matched, found: Sequence[Difference], is_settled: bool) -> Verdict:
    a, b = pair
    decisive = next((each for each in found if (each.a, each.b, each.measure) == (a, b, DECIDES)), None)
    if decisive is None:
        return Verdict(a, b, None, "no items match")
    if decisive.low is None or decisive.high is None:
        questions = len(set(matched.clusters))
        return Verdict(
            a, b, None, f"only {questions} question{'s match' if questions > 1 else ' matches'}: too few to tell"
        )
    size = f"mean TV {apart(decisive.value, decisive.low, decisive.high)}"
    if not is_settled:
        together = (
            " (0 is outside, but not when all pairs are judged together)" if decisive.low * decisive.high > 0 else ""
        )
        return Verdict(a, b, None, f"{BEYOND_NOISE}: {size}{together}", is_noise=True)
    return Verdict(a, b, a if decisive.value < 0 else b, size)
