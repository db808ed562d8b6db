"""Spread: how far answers to the same question differ, and what that leaves open about their mean."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from opinionscope.alignment.alignment import Alignment

Probabilities = Sequence[float]
Compare = Callable[[Probabilities], Alignment]
"""A model's distribution, shape (K,), compared with the humans."""

_T_QUANTILES = (
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228,
    2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086,
    2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
)  # fmt: skip
"""97.5 % quantiles of Student's t for 1 to 30 degrees of freedom."""
_NORMAL_QUANTILE = 1.959964
BISECTIONS = 50


@dataclass(frozen=True, slots=True)
class Interval:
    """A 95 % interval.

    Attributes:
        mean: of the single answers' values; for people counted together, the value of all of them, which is no mean.
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
        intervals: 95 % intervals by measure: `kl`, `tv`, `js` and, where the options have a scale, `wasserstein`, in
            the units of `Alignment`; {} where there are no humans to compare with.
    """

    answers: int
    of_people: bool
    errors: tuple[float, ...]
    lowest: tuple[float, ...] = ()
    highest: tuple[float, ...] = ()
    intervals: Mapping[str, Interval] = field(default_factory=dict)


def spread_of_answers(answers: Sequence[Probabilities], compare: Compare | None = None) -> Spread:
    """The spread of whole distributions, R of shape (K,), R > 1, each an answer of its own.

    Standard errors are sd / √R; intervals are Student's for the mean of the single answers' measures, with the humans
    taken as they are.

    Raises:
        DistributionError: if an answer has no mass left on the options compared.
    """
    columns = list(zip(*answers, strict=True))
    compared = [compare(answer) for answer in answers] if compare else []
    return Spread(
        answers=len(answers),
        of_people=False,
        errors=tuple(_deviation(column) / math.sqrt(len(answers)) for column in columns),
        lowest=tuple(min(column) for column in columns),
        highest=tuple(max(column) for column in columns),
        intervals=_student_intervals(compared) if compared else {},
    )


def spread_of_people(
    counts: Sequence[int], alignment: Alignment | None = None, values: Sequence[float | None] = ()
) -> Spread:
    """The spread of m simulated people counted by option, shape (K,), each an answer of its own.

    Standard errors are √(q (1 − q) / m). Intervals are of the measures that countless people on both sides would
    show, by `resampling.intervals`.

    Args:
        alignment: of all of them together with the humans, where there are humans to compare with.
        values: of the options compared, None for one without.
    """
    m = sum(counts)
    shares = [count / m for count in counts]
    return Spread(
        answers=m,
        of_people=True,
        errors=tuple(math.sqrt(share * (1 - share) / m) for share in shares),
        intervals=_people_intervals(alignment, values) if alignment else {},
    )


def _people_intervals(alignment: Alignment, values: Sequence[float | None]) -> Mapping[str, Interval]:
    # numpy is loaded where several answers are there to compare, and never before the first chart.
    from opinionscope.alignment.resampling import intervals

    scale = tuple(values) if alignment.wasserstein is not None else ()
    ends = intervals(alignment, scale)
    values_of_all = {name: float(getattr(alignment, name)) for name in ends}
    return consistent(
        {
            name: Interval(value, min(value, ends[name][0]), max(value, ends[name][1]))
            for name, value in values_of_all.items()
        }
    )


def _student_intervals(compared: Sequence[Alignment]) -> Mapping[str, Interval]:
    ceilings = {"kl": math.inf, "tv": 1.0, "js": math.log(2), "wasserstein": math.inf}
    columns = {name: [getattr(one, name) for one in compared] for name in ceilings}
    measured = {name: values for name, values in columns.items() if None not in values}
    return consistent({name: student_interval(values, ceilings[name]) for name, values in measured.items()})


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
    """The largest total variation at this Jensen–Shannon divergence: where `_least_js` reaches it, by bisection."""
    low, high = 0.0, 1.0
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        low, high = (middle, high) if _least_js(middle) <= js else (low, middle)
    return low


def student_interval(values: Sequence[float], highest: float = math.inf) -> Interval:
    """Student's 95 % interval of the mean of two values or more, which lie from 0 to `highest`."""
    mean, deviation = math.fsum(values) / len(values), _deviation(values)
    freedom = len(values) - 1
    half = t_quantile(freedom) * deviation / math.sqrt(len(values))
    return Interval(mean, max(0.0, mean - half), min(highest, mean + half), deviation)


def t_quantile(freedom: int) -> float:
    """The 97.5 % quantile of Student's t; beyond the table by its expansion (Abramowitz and Stegun 26.7.5)."""
    if freedom <= len(_T_QUANTILES):
        return _T_QUANTILES[freedom - 1]
    z = _NORMAL_QUANTILE
    return z + (z**3 + z) / (4 * freedom) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)


def _deviation(values: Sequence[float]) -> float:
    mean = math.fsum(values) / len(values)
    return math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1))
