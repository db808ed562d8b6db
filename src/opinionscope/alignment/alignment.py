"""Alignment: the comparison of one human and one model distribution."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from msgspec import Struct, field

from opinionscope.alignment.divergences import EPSILON
from opinionscope.alignment.pairs import Pairs
from opinionscope.alignment.scores import Scores, scored
from opinionscope.survey.distribution import Distribution, DistributionError
from opinionscope.survey.question import Option
from opinionscope.values import replace


class Alignment(Struct, frozen=True):
    """How close a model's distribution comes to the humans'.

    Attributes:
        human, model: the two as compared, shape (K',), over the options at `positions`; the model's n is the
            number of answers it was counted from, None where it was not.
        positions: which of the question's options were compared (refusals may be dropped).
        epsilon: the smoothing of the model side in `kl`; nothing else is smoothed.
        scores: by the name of the measure.
        pooled: what somebody would answer who does not know the group, over the same options; None if not known.
    """

    human: Distribution
    model: Distribution
    positions: tuple[int, ...]
    epsilon: float
    scores: Scores = field(default_factory=dict)
    pooled: Distribution | None = None

    def __getitem__(self, measure: str) -> float | None:
        """The value of a measure; None where it is not defined, or was not computed when the run was scored."""
        score = self.scores.get(measure)
        return None if score is None else score.value

    @property
    def kl_infinite_at(self) -> int | None:
        """The first option that people chose and the model gives nothing, as a position; None if there is none."""
        sides = zip(self.positions, self.human.probabilities, self.model.probabilities, strict=True)
        return next((at for at, p, q in sides if p > 0 and q == 0), None)

    @property
    def within_noise(self) -> bool:
        """Whether KL is at or below what a perfect answer scores on average.

        The floor is that of an unsmoothed KL, and so is what is held against it, but for an infinite one.
        """
        unsmoothed = self["kl_unsmoothed"]
        compared = self["kl"] if unsmoothed is None or math.isinf(unsmoothed) else unsmoothed
        floor = self.scores["kl"].floor if "kl" in self.scores else None
        return floor is not None and compared is not None and compared <= floor


def align(
    human: Distribution,
    model: Distribution,
    options: Sequence[Option],
    *,
    epsilon: float = EPSILON,
    drop_nonresponse: bool = False,
    sample_size: float | None = None,
    pooled: Distribution | None = None,
) -> Alignment:
    """Compare a model's distribution with the humans', both over `options`, shape (K,).

    Args:
        epsilon: smoothing of the model side, in [0, 1).
        drop_nonresponse: leave out refusals, both sides renormalised.
        sample_size: number of answers the model's side was counted from.
        pooled: what somebody would answer who does not know the group, shape (K,).

    Raises:
        DistributionError: if the shapes differ, ε is out of range, or a side has no mass left.
    """
    if not len(human) == len(model) == len(options):
        raise DistributionError(f"expected {len(options)} probabilities a side, got {len(human)} and {len(model)}")
    if not 0 <= epsilon < 1:
        raise DistributionError(f"expected an ε from 0 to below 1, got {epsilon}")
    model = Distribution(model.probabilities, sample_size or None)
    positions = tuple(i for i, option in enumerate(options) if not (drop_nonresponse and option.nonresponse))
    if len(positions) < len(options):
        human, model = human.restricted_to(positions), model.restricted_to(positions)
        pooled = restricted(pooled, positions)
    pair = pair_of(human, model, [options[at] for at in positions], epsilon, pooled)
    return Alignment(human, model, positions, epsilon, scored(pair), pooled)


def restricted(side: Distribution | None, positions: Sequence[int]) -> Distribution | None:
    """A distribution over some of the options; None where they hold no mass."""
    if side is None or len(positions) == len(side):
        return side
    try:
        return side.restricted_to(positions)
    except DistributionError:
        return None


def pair_of(
    human: Distribution,
    model: Distribution,
    options: Sequence[Option],
    epsilon: float = EPSILON,
    pooled: Distribution | None = None,
) -> Pairs:
    """One pair, all sides over `options`, shape (K,)."""
    return Pairs(
        human=np.array(human.probabilities),
        model=np.array(model.probabilities),
        options=np.full(len(options), True),
        values=np.array(scale_of(options)),
        n=np.array(human.n or np.nan),
        m=np.array(model.n or np.nan),
        epsilon=epsilon,
        pooled=np.array(pooled.probabilities if pooled else (np.nan,) * len(options)),
        pooled_n=np.array((pooled and pooled.n) or np.nan),
    )


def scale_of(options: Sequence[Option]) -> tuple[float, ...]:
    """Ordinal values, shape (K,); nan for an option without, and for all where an answer lacks one or is alone."""
    values = tuple(np.nan if option.value is None else option.value for option in options)
    answers = [option for option in options if not option.nonresponse]
    is_scale = np.isfinite(values).sum() >= 2 and all(option.value is not None for option in answers)
    return values if is_scale else (np.nan,) * len(options)


def with_intervals(alignment: Alignment, intervals: Mapping[str, tuple[float, float]]) -> Alignment:
    """The alignment with 95 % intervals, each (low, high), beside the values of measures."""
    scores = {
        name: replace(score, low=intervals[name][0], high=intervals[name][1]) if name in intervals else score
        for name, score in alignment.scores.items()
    }
    return replace(alignment, scores=scores)
