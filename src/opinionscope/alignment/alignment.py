"""Alignment: the comparison of one human and one model distribution."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from opinionscope.alignment import measures
from opinionscope.alignment.uncertainty import NoiseFloor, noise_floor
from opinionscope.survey.distribution import Distribution, DistributionError
from opinionscope.survey.question import Option


@dataclass(frozen=True, slots=True)
class Alignment:
    """How close a model's distribution comes to the humans'.

    Attributes:
        human, model: the two as compared, shape (K',), over the options at `positions`; the model's n is the
            number of answers it was counted from, None where it was not.
        positions: which of the question's options were compared (refusals may be dropped).
        epsilon: the smoothing of the model side in `kl`; nothing else is smoothed.
        kl: KL(human ‖ model), nats, model smoothed.
        kl_unsmoothed: the same unsmoothed; None where infinite, with the option's position in `kl_infinite_at`.
        tv, js: total variation; Jensen–Shannon in nats.
        wasserstein: in scale points over the valued options; None where fewer than two carry values or an
            answer option lacks one.
        score: 100 · (1 − TV / TV of uniform); None where the humans are uniform.
        floor: what a perfect answer would score by chance; None where n is not known.
    """

    human: Distribution
    model: Distribution
    positions: tuple[int, ...]
    epsilon: float
    kl: float
    kl_unsmoothed: float | None
    kl_infinite_at: int | None
    tv: float
    js: float
    wasserstein: float | None
    score: float | None
    floor: NoiseFloor | None

    @property
    def within_noise(self) -> bool:
        """Whether KL is at or below what a perfect answer scores on average.

        The floor is that of an unsmoothed KL, and so is what is held against it, but for an infinite one.
        """
        compared = self.kl if self.kl_unsmoothed is None else self.kl_unsmoothed
        return self.floor is not None and compared <= self.floor.kl


def align(
    human: Distribution,
    model: Distribution,
    options: Sequence[Option],
    *,
    epsilon: float = measures.EPSILON,
    drop_nonresponse: bool = False,
    sample_size: float | None = None,
) -> Alignment:
    """Compare a model's distribution with the humans', both over `options`, shape (K,).

    Args:
        epsilon: smoothing of the model side, in [0, 1).
        drop_nonresponse: leave out refusals, both sides renormalised.
        sample_size: number of answers the model's side was counted from.

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
    p, q = human.probabilities, model.probabilities
    unsmoothed = measures.kullback_leibler(p, q)
    infinite_at = next((at for at, a, b in zip(positions, p, q, strict=True) if a > 0 and b == 0), None)
    return Alignment(
        human=human,
        model=model,
        positions=positions,
        epsilon=epsilon,
        kl=measures.kullback_leibler(p, measures.smoothed(q, epsilon)),
        kl_unsmoothed=unsmoothed if math.isfinite(unsmoothed) else None,
        kl_infinite_at=infinite_at,
        tv=measures.total_variation(p, q),
        js=measures.jensen_shannon(p, q),
        wasserstein=_wasserstein(human, model, [options[at] for at in positions]),
        score=measures.score_against_uniform(p, q),
        floor=noise_floor(p, human.n, model.n),
    )


def _wasserstein(human: Distribution, model: Distribution, options: Sequence[Option]) -> float | None:
    valued = [(i, option.value) for i, option in enumerate(options) if option.value is not None]
    answers = [option for option in options if not option.nonresponse]
    if len(valued) < 2 or any(option.value is None for option in answers):
        return None
    positions = [i for i, _ in valued]
    try:
        human, model = human.restricted_to(positions), model.restricted_to(positions)
    except DistributionError:
        return None
    return measures.wasserstein(human.probabilities, model.probabilities, [value for _, value in valued])
