"""Spread: how far answers to the same question differ, and what that leaves open about their mean."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from opinionscope.alignment import measures
from opinionscope.alignment.resampling import crowds
from opinionscope.survey.distribution import Distribution, DistributionError
from opinionscope.survey.question import Option

Probabilities = Sequence[float]
Compare = Callable[[tuple[float, ...]], tuple[float, float]]
"""KL and TV of a model's distribution, shape (K,)."""

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
        mean: of the single answers' values; for people counted together, the value of all of them, which is no
            mean, and a little too large, as the interval is not.
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
        lowest, highest: over the single answers, shape (K,); for people () or over groups of them.
        kl, tv: 95 % intervals, in nats and as total variation; None where there are no humans to compare with.
    """

    answers: int
    of_people: bool
    errors: tuple[float, ...]
    lowest: tuple[float, ...] = ()
    highest: tuple[float, ...] = ()
    kl: Interval | None = None
    tv: Interval | None = None


def comparison(
    human: Distribution, options: Sequence[Option], *, epsilon: float, drop_nonresponse: bool = False
) -> Compare:
    """KL and TV against these humans as `align` has them, and nothing else, for thousands of comparisons.

    Raises:
        DistributionError: if the humans have no mass left; what it gives raises it for such a model.
    """
    positions = [at for at, option in enumerate(options) if not (drop_nonresponse and option.nonresponse)]
    people = human.restricted_to(positions).probabilities

    def compare(model: tuple[float, ...]) -> tuple[float, float]:
        kept = [model[at] for at in positions]
        total = math.fsum(kept)
        if total <= 0:
            raise DistributionError("the model has no mass left")
        shares = [share / total for share in kept]
        kl = measures.kullback_leibler(people, measures.smoothed(shares, epsilon))
        return kl, measures.total_variation(people, shares)

    return compare


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


def spread_of_people(counts: Sequence[int], human: Probabilities = (), compare: Compare | None = None) -> Spread:
    """The spread of n simulated people counted by option, shape (K,), each an answer of its own.

    Standard errors are √(p (1 − p) / n). Intervals are of the KL and TV that countless people would show, by
    resampling the people (bootstrap, Efron 1979). A sample strays from any distribution, so that its divergence is
    too large, and those of its resamples doubly so: plain percentiles would never hold the 0 of a perfect model.
    So the lower percentile is moved down by twice the bias of the resamples, and the interval begins at 0 where as
    many people drawn from the humans themselves would show as much in more than 5 % of cases. In simulations it held
    the truth in 84 to 100 % of cases, at 2 to 6 options and 30 to 200 people; plain percentiles did in 0 to 94 %.

    Args:
        human: the human distribution, shape (K,), where there is something to compare with.
        compare: measures against it.
    """
    n = sum(counts)
    shares = tuple(count / n for count in counts)
    kl = tv = None
    if compare:
        drawn = [compare(sample) for sample in crowds(shares, n)]
        perfect = [compare(sample) for sample in crowds(tuple(human), n)]
        kl, tv = (
            _without_bias(whole, [pair[at] for pair in drawn], [pair[at] for pair in perfect])
            for at, whole in enumerate(compare(shares))
        )
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


def _without_bias(whole: float, resampled: Sequence[float], perfect: Sequence[float]) -> Interval:
    """The interval of `spread_of_people` from the value of all, of resamples, and of people drawn from the humans."""
    low, high = _percentile(resampled, 0.025), _percentile(resampled, 0.975)
    bias = math.fsum(resampled) / len(resampled) - whole
    low = 0.0 if whole <= _percentile(perfect, 0.95) else max(0.0, low - 2 * bias)
    return Interval(whole, min(low, whole), max(high, whole))


def _percentile(values: Sequence[float], share: float) -> float:
    return sorted(values)[round(share * (len(values) - 1))]
