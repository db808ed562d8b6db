"""The difference of two runs on one item, both held against the same resampled people.

Each of `RESAMPLES` times, n people are drawn anew and both runs are measured against them; a side that was counted
from m answers is drawn anew as well, and one that was asked R times is put together from its answers drawn with
replacement, whose distance from their mean is made Student's at R − 1 degrees: two answers say little of how far a
third would be. An answer that was stated once has no spread of its own: its interval covers the people only, and the
verdict says so.

The measures are distances, which noise makes larger, and by how much hangs on m. So the interval is the hull of two
that a bootstrap gives: its spread around the observed difference, and the basic interval, which takes the bias off.
In simulation, with four options and 100 or 400 people, it holds the true difference of TV in 93 to 96 % of cases for
answers counted from 10 to 100 letters, and in 94 % (R = 10) to nearly all (R = 2) for repeated ones.
"""

import math
from collections.abc import Sequence
from typing import Literal

import numpy as np
from msgspec import Struct

from opinionscope.alignment.alignment import scale_of
from opinionscope.alignment.divergences import Array
from opinionscope.alignment.measures import MEASURES
from opinionscope.alignment.pairs import Pairs
from opinionscope.alignment.uncertainty import PRIOR_ANSWERS
from opinionscope.runs import Run, single_readings

RESAMPLES = 2_000
TAIL = 0.025
LEAST_SPREAD = 1e-9
DECIDES = "tv"
"""The measure that the verdict goes by: the benchmark's own."""
ONCE = "asked once each: repeat to know"
ONE_ONCE = "one of them was asked once: repeat it to know"
BEYOND_NOISE = "no difference beyond noise"


Covers = Literal["people", "people and answers", "questions"]


class Difference(Struct, frozen=True):
    """By how much the value of run `a` is above that of run `b`.

    Attributes:
        low, high: ends of the 95 % interval; None where resampling gives none.
        covers: what the interval allows for: "people" alone where one of the answers was given once, and so has no
            spread of its own; "people and answers"; or "questions", for a mean over sets.
    """

    a: str
    b: str
    measure: str
    value: float
    low: float | None
    high: float | None
    covers: Covers


class Verdict(Struct, frozen=True):
    """Which of two runs is closer to the humans.

    Attributes:
        closer: the id of the closer run; None where that cannot be said.
        reason: why, in words; where one is closer, by how much.
        is_noise: whether they differ by no more than chance would have it.
    """

    a: str
    b: str
    closer: str | None
    reason: str
    is_noise: bool = False


def differences(a: Run, b: Run) -> tuple[Difference, ...]:
    """The difference of every measure that both runs have, in the order of the registry."""
    if a.alignment is None or b.alignment is None:
        return ()
    rng = np.random.default_rng(0)
    people = _people(a, rng)
    drawn = [_pairs(run, people, _answers(run, rng)) for run in (a, b)]
    covers: Covers = "people and answers" if has_own_spread(a) and has_own_spread(b) else "people"
    found = []
    for name, measure in MEASURES.items():
        one, other = a.alignment[name], b.alignment[name]
        if one is None or other is None or math.isinf(one) or math.isinf(other):
            continue
        with np.errstate(invalid="ignore"):
            spread = measure(drawn[0]) - measure(drawn[1])
        low, high = interval(one - other, spread)
        found.append(Difference(a.id, b.id, name, one - other, low, high, covers))
    return tuple(found)


def interval(observed: float, resampled: Array) -> tuple[float | None, float | None]:
    """The 95 % interval of a difference from its resamples, shape (RESAMPLES,).

    Returns:
        None where they are not all finite, or all the same: an interval of no width would pretend to certainty.
    """
    if not np.isfinite(resampled).all() or float(np.ptp(resampled)) < LEAST_SPREAD:
        return None, None
    low, high = (float(each) for each in np.quantile(resampled, [TAIL, 1 - TAIL]))
    middle = float(resampled.mean())
    return (
        min(observed + low - middle, 2 * observed - high),
        max(observed + high - middle, 2 * observed - low),
    )


def verdict(a: Run, b: Run, found: Sequence[Difference]) -> Verdict:
    """Which of two runs is closer by TV: the one whose interval of the difference leaves out 0."""
    decisive = next((each for each in found if each.measure == DECIDES), None)
    if decisive is None:
        return Verdict(a.id, b.id, None, "one of them has no measures")
    if decisive.low is None or decisive.high is None:
        reason = "no difference" if not decisive.value else f"{ONCE}; TV {abs(decisive.value):.3f} apart"
        return Verdict(a.id, b.id, None, reason)
    if muted := a.measures_muted or b.measures_muted:
        return Verdict(a.id, b.id, None, f"not reliable: {muted}")
    size = f"TV {apart(decisive.value, decisive.low, decisive.high)}"
    if decisive.low <= 0 <= decisive.high:
        return Verdict(a.id, b.id, None, f"{BEYOND_NOISE}: {size}", is_noise=True)
    once = [not has_own_spread(run) for run in (a, b)]
    if any(once):
        words = ONCE if all(once) else ONE_ONCE
        return Verdict(a.id, b.id, None, f"{words}; {size}, for these people alone")
    return Verdict(a.id, b.id, a.id if decisive.value < 0 else b.id, size)


def apart(value: float, low: float, high: float) -> str:
    """A difference in words, the smaller taken from the larger, with its 95 % interval that way round."""
    if value < 0:
        value, low, high = -value, -high, -low
    return f"{value:.3f} apart, 95 % interval {low:+.3f} to {high:+.3f}".replace("-", "−")


def has_own_spread(run: Run) -> bool:
    """Whether the answer tells how it would vary if it were asked again: counted from several, or asked repeatedly."""
    counted = run.alignment is not None and run.alignment.model.n is not None and run.alignment.model.n > 1
    return counted or len(_whole_answers(run)) > 1


def _people(run: Run, rng: np.random.Generator) -> Array:
    """The humans' side drawn anew, shape (RESAMPLES, K); as it is where it is not known how many answered."""
    assert run.alignment is not None
    shares, n = np.array(run.alignment.human.probabilities), run.alignment.human.n
    if n is None:
        return np.broadcast_to(shares, (RESAMPLES, len(shares)))
    return _counted(shares, n, rng)


def _counted(shares: Array, n: float, rng: np.random.Generator) -> Array:
    likely = (n * shares + PRIOR_ANSWERS / len(shares)) / (n + PRIOR_ANSWERS)
    draws = max(1, round(n))
    found: Array = rng.multinomial(draws, likely / likely.sum(), size=RESAMPLES) / draws
    return found


def _answers(run: Run, rng: np.random.Generator) -> Array:
    """The model's side drawn anew, shape (RESAMPLES, K) or, where it has no spread of its own, (K,)."""
    assert run.alignment is not None
    model = run.alignment.model
    shares = np.array(model.probabilities)
    if model.n is not None and model.n > 1:
        return _counted(shares, model.n, rng)
    whole = _whole_answers(run)
    if len(whole) < 2:
        return shares
    each = np.array(whole)[:, list(run.alignment.positions)]
    each = each / each.sum(axis=1, keepdims=True)
    repeats = len(each)
    weights = rng.multinomial(repeats, np.full(repeats, 1 / repeats), size=RESAMPLES) / repeats
    # The mean of R draws from R answers varies by (R − 1) / R too little; χ² makes the normal Student's.
    wider = np.sqrt(repeats / rng.chisquare(repeats - 1, size=(RESAMPLES, 1)))
    drawn = np.maximum(0.0, shares + wider * (weights @ each - each.mean(axis=0)))
    found: Array = drawn / drawn.sum(axis=1, keepdims=True)
    return found


def _whole_answers(run: Run) -> list[tuple[float, ...]]:
    """The distributions of a run's answers, where each is a whole one."""
    readings = [reading for reading in single_readings(run) if reading.distribution is not None]
    if any(reading.sample_size == 1 for reading in readings):
        return []
    return [reading.distribution.probabilities for reading in readings if reading.distribution is not None]


def _pairs(run: Run, people: Array, answers: Array) -> Pairs:
    assert run.alignment is not None
    options = [run.cell.question.options[at] for at in run.alignment.positions]
    return Pairs(
        human=people,
        model=answers,
        options=np.full(len(options), True),
        values=np.array(scale_of(options)),
        n=np.array(run.alignment.human.n or np.nan),
        m=np.array(run.alignment.model.n or np.nan),
        epsilon=run.alignment.epsilon,
    )
