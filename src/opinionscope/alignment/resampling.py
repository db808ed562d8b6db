"""95 % intervals of the measures where the model's answers were counted, by inverting a test.

A sample strays from any distribution, so the divergence of two samples is larger than that of what they were drawn
from, and that of their resamples larger still: percentiles of resamples shut out the 0 of a perfect model, and taking
a bias off them overshoots where few answers tell. So the question is asked the other way round: from which pairs of
distributions would samples as close, or as far apart, as those at hand come often enough?

The pairs asked about lie on one line, from "humans and model agree" (both are the pooled sample) through what was
observed to "as far apart as can be". At each place `RESAMPLES` samples of n people and m answers are drawn from the
pair and measured. The interval of a measure goes from the first place at which a value as large as the observed one is
no surprise to the last at which one as small is none, `TAIL` on each side.

Sources: test inversion by the bootstrap along a one-parameter family: DiCiccio and Romano 1990, International
Statistical Review 58(1); Carpenter 1999, JRSS B 61(1). The coverage found in simulation is in `tests/alignment`.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np

from opinionscope.alignment.alignment import Alignment
from opinionscope.alignment.divergences import Array
from opinionscope.alignment.measures import MEASURES
from opinionscope.alignment.pairs import Pairs
from opinionscope.alignment.uncertainty import PRIOR_ANSWERS

RESAMPLES = 500
"""Samples at each place: a share of 2.5 % is known to 0.7 percentage points."""
TAIL = 0.025
STEPS = (-6, -4, -3, -2, -1, 0, 1, 2, 3, 4, 6, 9)
"""Where on the line pairs are tried: by how much farther apart they are than what was observed, in units of chance."""
OBSERVED = 1 + STEPS.index(0)
"""The place of what was observed; the first of all is that of pairs that are equal."""
ALL_BUT_CERTAIN = 1e9
"""Stands for n where a source gives shares without one: the humans' side is then taken as it is."""
LEAST_DIFFERENCE = 1e-9

Ends = tuple[float, float]


def intervals(alignment: Alignment, scale: Sequence[float]) -> Mapping[str, Ends]:
    """The 95 % intervals of every measure that has one, each (low, high), for the people and the model at large.

    Both sides count as samples: the humans of n people, where n is known, and the model of m answers. Measures that
    are not defined for the pair are left out.

    Args:
        alignment: with a model side that was counted from answers.
        scale: ordinal values of the options compared, shape (K,), nan for one without; () where there is no order.

    Raises:
        ValueError: if it is not known from how many answers the model's side was counted.
    """
    human, model = alignment.human, alignment.model
    if model.n is None:
        raise ValueError("expected a model's side that was counted from answers, got one without a number of them")
    values = tuple(None if np.isnan(value) else value for value in scale) or (None,) * len(human)
    n = human.n or ALL_BUT_CERTAIN
    return _intervals(human.probabilities, model.probabilities, n, model.n, alignment.epsilon, values)


@lru_cache(maxsize=8)
def _intervals(
    human: tuple[float, ...],
    model: tuple[float, ...],
    n: float,
    m: float,
    epsilon: float,
    scale: tuple[float | None, ...],
) -> Mapping[str, Ends]:
    p, q = np.array(human), np.array(model)
    humans, models = pairs_between(p, q, n, m)
    rng = np.random.default_rng(0)
    people, answers = max(1, round(n)), max(1, round(m))
    drawn_humans = rng.multinomial(people, humans, size=(RESAMPLES, len(humans))) / people
    drawn_models = rng.multinomial(answers, models, size=(RESAMPLES, len(humans))) / answers
    options, values = np.full(len(p), True), np.array(scale, dtype=float)
    along, drawn, observed = (
        Pairs(a, b, options, values, np.array(n), np.array(m), epsilon)
        for a, b in ((humans, models), (drawn_humans, drawn_models), (p, q))
    )
    found: dict[str, Ends] = {}
    for name, measure in MEASURES.items():
        value = float(measure(observed)) if measure.has_interval else np.nan
        if np.isnan(value):
            continue
        of_samples = measure(drawn)
        low, high = inverted(measure(along), of_samples, value)
        if measure.along_scale:
            # The line leaves the observed direction out of doubt, and how far answers have to move hangs on where
            # along the scale they lie: the upper end is also that of resamples of what was observed.
            high = max(high, float(np.nanquantile(of_samples[:, OBSERVED], 1 - TAIL)))
        found[name] = low, high
    return found


def pairs_between(human: Array, model: Array, n: float, m: float) -> tuple[Array, Array]:
    """The pairs of distributions that are tried, first equal ones, then those at `STEPS`: two of shape (places, K).

    The unit of a step is a total variation of ½ √(1/n + 1/m): what chance does to one share, at most. A share that
    would fall below 0 is 0. Where the samples agree, the model leaves for the humans' rarest option.
    """
    share = PRIOR_ANSWERS / len(human)
    pooled = (n * human + m * model + share) / (n + m + PRIOR_ANSWERS)
    to_humans = (n * human + share) / (n + PRIOR_ANSWERS) - pooled
    to_model = (m * model + share) / (m + PRIOR_ANSWERS) - pooled
    observed = 0.5 * float(np.abs(to_model - to_humans).sum())
    if min(observed, np.abs(human - model).max()) < LEAST_DIFFERENCE:
        observed, to_humans = 0.0, 0 * pooled
        to_model = (np.arange(len(human)) == np.argmin(human)) - pooled
    apart = observed + 0.5 * np.sqrt(1 / n + 1 / m) * np.array([-np.inf, *STEPS])
    lengths = np.maximum(0, apart) / (0.5 * np.abs(to_model - to_humans).sum())
    sides = (np.maximum(0, pooled + lengths[:, np.newaxis] * way) for way in (to_humans, to_model))
    humans, models = (side / side.sum(axis=1, keepdims=True) for side in sides)
    return humans, models


def inverted(along: Array, drawn: Array, observed: float) -> Ends:
    """The values of a measure along the line, shape (places,), between which the observed one is no surprise.

    The upper end is never below that of a sample as close as half of those are which a perfect model gives: samples
    that agree better than chance are luck, and no evidence (power-constrained limits, Cowan et al. 2011,
    arXiv 1105.3166).

    Args:
        along: the measure at each place.
        drawn: the measure of samples from each place, shape (samples, places).
    """
    places, tail = np.arange(len(along)), _log_odds(TAIL)
    at_least = np.maximum.accumulate(_log_odds(_shares_above(drawn, observed)))
    low = float(np.interp(np.interp(tail, at_least, places), places, along))
    believable = max(observed, float(np.median(drawn[:, 0])))
    at_most = np.minimum.accumulate(_log_odds(_shares_above(-drawn, -believable)))
    high = float(np.interp(np.interp(-tail, -at_most, places), places, along))
    # A KL of equal pairs is a trifle above 0, for ε.
    return 0.0 if low <= along[0] else min(low, observed), max(high, observed)


def _shares_above(drawn: Array, observed: float) -> Array:
    """The share of samples at each place that are above the observed value; ties count half (mid-p)."""
    above = (drawn > observed + LEAST_DIFFERENCE).mean(axis=0)
    share: Array = above + np.isclose(drawn, observed, rtol=0, atol=LEAST_DIFFERENCE).mean(axis=0) / 2
    return share


def _log_odds(share: Array | float) -> Array:
    """Shares on the scale on which they change evenly along the line, none nearer to 0 or 1 than samples tell."""
    within = np.clip(share, 0.5 / RESAMPLES, 1 - 0.5 / RESAMPLES)
    odds: Array = np.log(within / (1 - within))
    return odds
