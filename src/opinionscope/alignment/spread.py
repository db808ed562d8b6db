"""Spread: how far answers to the same question differ, and what that leaves open about their mean."""

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

Probabilities = Sequence[float]
Compare = Callable[[tuple[float, ...]], tuple[float, float]]
"""KL and TV of a model's distribution, shape (K,)."""

RESAMPLES = 500
"""As fine as a bar on a screen needs; the ends of an interval wobble by about a tenth of its width."""
_T_QUANTILES = (
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228,
    2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086,
    2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
)  # fmt: skip
"""97.5 % quantiles of Student's t for 1 to 30 degrees of freedom."""
_NORMAL_QUANTILE = 1.96


@dataclass(frozen=True, slots=True)
class Interval:
    """A 95 % interval.

    Attributes:
        mean: of the single answers' values; for people counted together, the value of all of them.
        deviation: standard deviation of the single answers' values; None for people counted together.
    """

    mean: float
    low: float
    high: float
    deviation: float | None = None


@dataclass(frozen=True, slots=True)
class Spread:
    """How answers to the same question differ.

    Attributes:
        answers: how many there are.
        of_people: True where each answer is one simulated person's, and they are counted together.
        errors: standard error of each option's probability, shape (K,).
        lowest, highest: over the single answers, shape (K,); () for people.
        kl, tv: 95 % intervals, in nats and as total variation; None where there are no humans to compare with.
    """

    answers: int
    of_people: bool
    errors: tuple[float, ...]
    lowest: tuple[float, ...] = ()
    highest: tuple[float, ...] = ()
    kl: Interval | None = None
    tv: Interval | None = None


def spread_of_answers(answers: Sequence[Probabilities], compare: Compare | None = None) -> Spread:
    """The spread of whole distributions, R of shape (K,), R > 1, each an answer of its own.

    Standard errors are sd / √R; intervals are Student's for the mean of the single answers' KL and TV.
    """
    columns = list(zip(*answers, strict=True))
    measured = [compare(tuple(answer)) for answer in answers] if compare else []
    return Spread(
        answers=len(answers),
        of_people=False,
        errors=tuple(_deviation(column) / math.sqrt(len(answers)) for column in columns),
        lowest=tuple(min(column) for column in columns),
        highest=tuple(max(column) for column in columns),
        kl=student_interval([kl for kl, _ in measured]) if measured else None,
        tv=student_interval([tv for _, tv in measured], highest=1.0) if measured else None,
    )


def spread_of_people(counts: Sequence[int], compare: Compare | None = None) -> Spread:
    """The spread of n simulated people counted by option, shape (K,), each an answer of its own.

    Standard errors are √(p (1 − p) / n); intervals are the 2.5 % and 97.5 % percentiles of KL and TV over
    `RESAMPLES` bootstrap samples of the people (Efron 1979), the same each time.
    """
    n = sum(counts)
    shares = tuple(count / n for count in counts)
    kl = tv = None
    if compare:
        drawn = [compare(sample) for sample in _resampled(tuple(counts))]
        whole_kl, whole_tv = compare(shares)
        kl = _percentiles(whole_kl, [kl for kl, _ in drawn])
        tv = _percentiles(whole_tv, [tv for _, tv in drawn])
    return Spread(n, True, tuple(math.sqrt(p * (1 - p) / n) for p in shares), kl=kl, tv=tv)


def student_interval(values: Sequence[float], highest: float = math.inf) -> Interval:
    """Student's 95 % interval of the mean of two values or more, which lie from 0 to `highest`."""
    mean, deviation = math.fsum(values) / len(values), _deviation(values)
    freedom = len(values) - 1
    quantile = _T_QUANTILES[freedom - 1] if freedom <= len(_T_QUANTILES) else _NORMAL_QUANTILE
    half = quantile * deviation / math.sqrt(len(values))
    return Interval(mean, max(0.0, mean - half), min(highest, mean + half), deviation)


def _deviation(values: Sequence[float]) -> float:
    mean = math.fsum(values) / len(values)
    return math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1))


@lru_cache(maxsize=8)
def _resampled(counts: tuple[int, ...]) -> tuple[tuple[float, ...], ...]:
    rng, n = random.Random(0), sum(counts)
    samples = []
    for _ in range(RESAMPLES):
        drawn = [0] * len(counts)
        for option in rng.choices(range(len(counts)), weights=counts, k=n):
            drawn[option] += 1
        samples.append(tuple(count / n for count in drawn))
    return tuple(samples)


def _percentiles(whole: float, values: Sequence[float]) -> Interval:
    ordered = sorted(values)
    low, high = (ordered[round(share * (len(ordered) - 1))] for share in (0.025, 0.975))
    return Interval(whole, low, high)
