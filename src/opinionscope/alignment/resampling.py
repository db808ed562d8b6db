"""95 % intervals of the measures where the model's answers were counted, by inverting a test.

A sample strays from any distribution, so the divergence of two samples is larger than that of what they were drawn
from, and that of their resamples larger still: percentiles of resamples shut out the 0 of a perfect model, and taking
a bias off them overshoots where few answers tell. So the question is asked the other way round: from which pairs of
distributions would samples as close, or as far apart, as those at hand come often enough?

The pairs asked about lie on one line, from "humans and model agree" (step 0: both are the pooled sample) through what
was observed (step 1) to "as far apart as can be". At each step `RESAMPLES` samples of n people and m answers are drawn
from the pair and measured. The interval of a measure goes from the first step at which a value as large as the
observed one is no surprise to the last at which one as small is none, `TAIL` on each side.

Sources: test inversion by the bootstrap along a one-parameter family: DiCiccio and Romano 1990, International
Statistical Review 58(1); Carpenter 1999, JRSS B 61(1). The coverage found in simulation is in `tests/alignment`.
"""

from collections.abc import Mapping
from functools import lru_cache

import numpy as np

from opinionscope.alignment.alignment import Alignment
from opinionscope.alignment.arrays import Array, jensen_shannon, kullback_leibler, total_variation, wasserstein

RESAMPLES = 500
"""Samples at each step: a share of 2.5 % is known to 0.7 percentage points."""
TAIL = 0.025
STEPS = np.array([0, 0.15, 0.3, 0.45, 0.6, 0.75, 0.9, 1, 1.15, 1.35, 1.7, 2.2, 3, 5, 10, 40])
"""Multiples of the observed difference. Beyond 1 shares that would fall below 0 are 0; at 40 nothing is shared."""
OBSERVED = 7
"""The place of 1 among the steps."""
PRIOR_ANSWERS = 2.0
"""Uniform answers added to each side, so that an option which nobody chose is not held to be impossible."""
ALL_BUT_CERTAIN = 1e9
"""Stands for n where a source gives shares without one: the humans' side is then taken as it is."""
LEAST_DIFFERENCE = 1e-9

Ends = tuple[float, float]


def intervals(alignment: Alignment, values: tuple[float | None, ...]) -> Mapping[str, Ends]:
    """The 95 % intervals of `kl`, `tv`, `js` and `wasserstein`, each (low, high), for the people and model at large.

    Both sides count as samples: the humans of n people, where n is known, and the model of m answers.

    Args:
        alignment: with a model side that was counted from answers.
        values: of the options compared, shape (K,), None for one without; () where there is no scale.

    Raises:
        ValueError: if it is not known from how many answers the model's side was counted.
    """
    human, model = alignment.human, alignment.model
    if model.n is None:
        raise ValueError("expected a model's side that was counted from answers, got one without a number of them")
    scale = tuple(np.nan if value is None else value for value in values)
    n = human.n or ALL_BUT_CERTAIN
    return _intervals(human.probabilities, model.probabilities, n, model.n, alignment.epsilon, scale)


@lru_cache(maxsize=8)
def _intervals(
    human: tuple[float, ...], model: tuple[float, ...], n: float, m: float, epsilon: float, scale: tuple[float, ...]
) -> Mapping[str, Ends]:
    p, q = np.array(human), np.array(model)
    humans, models = pairs_between(p, q, n, m)
    rng = np.random.default_rng(0)
    people, answers = max(1, round(n)), max(1, round(m))
    drawn_humans = rng.multinomial(people, humans, size=(RESAMPLES, len(STEPS))) / people
    drawn_models = rng.multinomial(answers, models, size=(RESAMPLES, len(STEPS))) / answers
    measured = [
        {
            "kl": kullback_leibler(a, b, epsilon),
            "tv": total_variation(a, b),
            "js": jensen_shannon(a, b),
            **({"wasserstein": wasserstein(a, b, np.array(scale))} if scale else {}),
        }
        for a, b in ((humans, models), (drawn_humans, drawn_models), (p, q))
    ]
    along, drawn, observed = measured
    found = {name: inverted(along[name], drawn[name], float(observed[name])) for name in along}
    if scale:
        # The line leaves the observed direction out of doubt, and W₁ hangs on where along the scale answers lie: its
        # upper end is also that of resamples of what was observed.
        low, high = found["wasserstein"]
        found["wasserstein"] = low, max(high, float(np.quantile(drawn["wasserstein"][:, OBSERVED], 1 - TAIL)))
    return found


def pairs_between(human: Array, model: Array, n: float, m: float) -> tuple[Array, Array]:
    """The pairs of distributions at `STEPS`, from equal to disjoint: humans' and model's, both of shape (steps, K).

    Two samples that agree in every share give no direction to go in: then the model leaves for the rarest option.
    """
    share = PRIOR_ANSWERS / len(human)
    humans, models = (n * human + share) / (n + PRIOR_ANSWERS), (m * model + share) / (m + PRIOR_ANSWERS)
    pooled = (n * human + m * model + share) / (n + m + PRIOR_ANSWERS)
    if np.abs(human - model).max() < LEAST_DIFFERENCE:
        models = (m * pooled + (np.arange(len(human)) == np.argmin(human))) / (m + 1)
        humans = pooled
    steps = STEPS[:, np.newaxis]
    sides = (np.maximum(0, pooled + steps * (side - pooled)) for side in (humans, models))
    humans, models = (side / side.sum(axis=1, keepdims=True) for side in sides)
    return humans, models


def inverted(along: Array, drawn: Array, observed: float) -> Ends:
    """The values of a measure along the line, shape (steps,), between which the observed one is no surprise.

    Args:
        along: the measure at each step.
        drawn: the measure of samples from each step, shape (samples, steps).
    """
    equal = np.isclose(drawn, observed, rtol=0, atol=LEAST_DIFFERENCE).mean(axis=0)
    above = (drawn > observed + LEAST_DIFFERENCE).mean(axis=0)
    # Ties count half (mid-p), but for step 0, where there is no distance to be too sure of.
    at_least = np.maximum.accumulate(above + equal / 2)
    at_most = np.minimum.accumulate(1 - above - equal / 2)
    places = np.arange(len(along))
    low = 0.0 if above[0] + equal[0] > TAIL else float(np.interp(np.interp(TAIL, at_least, places), places, along))
    high = float(np.interp(np.interp(-TAIL, -at_most, places), places, along))
    return min(low, observed), max(high, observed)
