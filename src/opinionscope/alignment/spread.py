"""Spread: how far answers to the same question differ, and what that leaves open about their mean."""

import math
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence

import numpy as np
from msgspec import Struct, field, structs
from numpy.typing import ArrayLike

from opinionscope.alignment.alignment import Alignment
from opinionscope.alignment.divergences import Array
from opinionscope.alignment.measures import MEASURES
from opinionscope.alignment.pairs import Pairs
from opinionscope.survey.distribution import DistributionError
from opinionscope.values import replace

CONFIDENCE = 0.975
"""The quantile that a two-sided interval of 95 % goes by."""
QUANTILE = 1.959963984540054
"""Of the normal distribution, for two sides of 95 %."""


class Interval(Struct, frozen=True):
    """A 95 % interval.

    Attributes:
        mean: of the single answers' values; for people counted together, the value of all of them, which is no mean.
        deviation: standard deviation of the single answers' values; None for people counted together.
    """

    mean: float
    low: float
    high: float
    deviation: float | None = None


class Spread(Struct, frozen=True):
    """How answers to the same question differ.

    Attributes:
        answers: how many there are.
        of_people: True where each answer is one simulated person's, and they are counted together.
        errors: standard error of each option's probability, shape (K,).
        lowest, highest: over the single answers, shape (K,); for people () or over groups of them.
        intervals: 95 % intervals by the name of the measure; {} where there are no humans to compare with.
    """

    answers: int
    of_people: bool
    errors: tuple[float, ...]
    lowest: tuple[float, ...] = ()
    highest: tuple[float, ...] = ()
    intervals: Mapping[str, Interval] = field(default_factory=dict)


def spread_of_answers(answers: ArrayLike, alignment: Alignment | None = None, scale: Sequence[float] = ()) -> Spread:
    """The spread of whole distributions, shape (R, K) with R > 1, each an answer of its own.

    Standard errors are sd / √R; intervals are Student's for the mean of the single answers' measures, with the humans
    taken as they are.

    Args:
        alignment: of all of them together with the humans, where there are humans to compare with.
        scale: ordinal values of the options compared, nan for one without.

    Raises:
        DistributionError: if an answer has no mass left on the options compared.
    """
    shares = np.asarray(answers, dtype=float)
    return Spread(
        answers=len(shares),
        of_people=False,
        errors=tuple((shares.std(axis=0, ddof=1) / math.sqrt(len(shares))).tolist()),
        lowest=tuple(shares.min(axis=0).tolist()),
        highest=tuple(shares.max(axis=0).tolist()),
        intervals=_student_intervals(shares, alignment, scale) if alignment else {},
    )


def spread_of_people(
    counts: Sequence[int], alignment: Alignment | None = None, scale: Sequence[float] = (), worth: float = 1.0
) -> Spread:
    """The spread of m simulated people counted by option, shape (K,).

    Standard errors are √(q (1 − q) / m). Intervals are of the measures that countless people on both sides would
    show, by `resampling.intervals`; arguments as in `spread_of_answers`.

    Args:
        worth: independent answers that one is worth, above 0 and at most 1: `effective_number` / m.
    """
    m = sum(counts)
    shares = np.array(counts) / m
    if alignment and alignment.model.n:
        alignment = replace(alignment, model=structs.replace(alignment.model, n=alignment.model.n * worth))
    return Spread(
        answers=m,
        of_people=True,
        errors=tuple(np.sqrt(shares * (1 - shares) / (m * worth)).tolist()),
        intervals=_people_intervals(alignment, scale) if alignment else {},
    )


def effective_number(people: Iterable[Hashable]) -> float:
    """m² / Σ c², the effective number of m answers of which each person gave c (Kish 1965, Survey Sampling).

    It takes what one person says again for the same answer: of people who were all asked equally often, it is how
    many they are.
    """
    each = Counter(people).values()
    return sum(each) ** 2 / sum(count * count for count in each)


def _people_intervals(alignment: Alignment, scale: Sequence[float]) -> Mapping[str, Interval]:
    from opinionscope.alignment.resampling import intervals

    found = {}
    for name, (low, high) in intervals(alignment, scale).items():
        value = alignment[name]
        assert value is not None, "a measure has an interval only where it is defined"
        found[name] = Interval(value, min(value, low), max(value, high))
    return consistent(found)


def _student_intervals(answers: Array, alignment: Alignment, scale: Sequence[float]) -> Mapping[str, Interval]:
    kept = answers[:, list(alignment.positions)]
    mass = kept.sum(axis=1, keepdims=True)
    if not mass.all():
        raise DistributionError("expected weights with a positive sum, got nothing above 0")
    options = len(alignment.positions)
    pairs = Pairs(
        human=np.array(alignment.human.probabilities),
        model=kept / mass,
        options=np.full(options, True),
        values=np.array(scale or (np.nan,) * options),
        n=np.array(alignment.human.n or np.nan),
        m=np.array(np.nan),
        epsilon=alignment.epsilon,
    )
    found = {}
    for name, measure in MEASURES.items():
        values = measure(pairs)
        if values.shape == (len(answers),) and np.isfinite(values).all():
            found[name] = student_interval(values, measure.low, measure.high)
    return consistent(found)


def consistent(found: Mapping[str, Interval]) -> Mapping[str, Interval]:
    """Intervals of `kl`, `tv` and `js`, widened where one would rule out an end of another; others as they are.

    KL ≥ 2 TV² (Pinsker), and h(TV) ≤ JS ≤ TV log 2 with h(t) = ½ [(1 + t) log (1 + t) + (1 − t) log (1 − t)]
    (Topsøe 2000): all rise with TV, so that they have to hold between the lower ends, and between the upper ones.
    """
    kl, tv, js = found["kl"], found["tv"], found["js"]
    low = min(tv.low, math.sqrt(kl.low / 2), _largest_tv(js.low))
    high = min(1.0, max(tv.high, js.high / math.log(2)))
    return {
        **found,
        "kl": replace(kl, high=max(kl.high, 2 * high**2)),
        "tv": replace(tv, low=low, high=high),
        "js": replace(js, low=min(js.low, low * math.log(2)), high=max(js.high, _least_js(high))),
    }


def _least_js(tv: float) -> float:
    """The least Jensen–Shannon divergence, in nats, of two distributions at this total variation."""
    return sum(side * math.log(side) for side in (1 + tv, 1 - tv) if side > 0) / 2


def _largest_tv(js: float) -> float:
    """The largest total variation at this Jensen–Shannon divergence: where `_least_js` reaches it."""
    from scipy.optimize import brentq

    if js <= 0 or js >= _least_js(1.0):
        return float(js > 0)
    return float(brentq(lambda tv: _least_js(tv) - js, 0.0, 1.0, xtol=1e-15))


def student_interval(values: ArrayLike, lowest: float = 0.0, highest: float = math.inf) -> Interval:
    """Student's 95 % interval of the mean of two values or more, which lie from `lowest` to `highest`."""
    from scipy.special import stdtrit

    each = np.asarray(values, dtype=float)
    mean, deviation = float(each.mean()), float(each.std(ddof=1))
    half = float(stdtrit(len(each) - 1, CONFIDENCE)) * deviation / math.sqrt(len(each))
    return Interval(mean, max(lowest, mean - half), min(highest, mean + half), deviation)


def wilson_intervals(shares: ArrayLike, n: ArrayLike) -> Array:
    """Wilson's score interval of each share counted from n answers, shape (…, K) → (…, K, 2), the lower end first.

    (p + z²/2n ± z √(p (1 − p)/n + z²/4n²)) / (1 + z²/n). It lies within 0 to 1, holds p, and is wider than nothing
    where nobody, or everybody, chose an option. Each option is taken alone: it is no region for all of them together.
    Source: Wilson 1927, Journal of the American Statistical Association 22(158).
    """
    p = np.asarray(shares, dtype=float)
    z = QUANTILE**2 / np.asarray(n, dtype=float)
    middle, half = p + z / 2, np.sqrt(z * (p * (1 - p) + z / 4))
    ends = np.stack([np.minimum(p, (middle - half) / (1 + z)), np.maximum(p, (middle + half) / (1 + z))], axis=-1)
    found: Array = np.clip(ends, 0.0, 1.0)
    return found


def student_intervals(answers: ArrayLike, worth: float = 1.0) -> Array:
    """Student's interval of each share's mean over answers, shape (R, K) with R > 1 → (K, 2), within 0 to 1.

    Args:
        worth: independent answers that one is worth, at most 1; from 0 to 1 where together they are worth one only.
    """
    from scipy.special import stdtrit

    shares = np.asarray(answers, dtype=float)
    mean, deviation = shares.mean(axis=0), shares.std(axis=0, ddof=1)
    number = len(shares) * worth
    half = float(stdtrit(number - 1, CONFIDENCE)) * deviation / np.sqrt(number) if number > 1 else np.inf
    found: Array = np.clip(np.stack([mean - half, mean + half], axis=-1), 0.0, 1.0)
    return found
