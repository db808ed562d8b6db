"""The two scorings of the benchmark: as published, and corrected.

Both average the total variation over questions within a group, then over groups (Meister et al. 2025, A).
They differ in what is compared: `paper_tv` takes the two vectors as the authors lined them up, `corrected_tv`
compares distributions by option label. An answer that could not be read scores as zeros in the first; in the
second it has no score and lowers the coverage.
"""

import math
from collections.abc import Hashable, Mapping, Sequence

from opinionscope.alignment.divergences import total_variation
from opinionscope.survey.distribution import Distribution


def paper_tv(expected: Sequence[float], actual: Sequence[float]) -> float:
    """½ Σ |p − q| of two vectors of shape (K,) position by position, neither of them normalised.

    Zeros, which stand for an answer that could not be read, score ½ Σ p.
    """
    return float(total_variation(expected, actual))


def corrected_tv(human: Mapping[str, float], answer: Mapping[str, float]) -> float:
    """Total variation of two distributions given as label → weight; a label that one side lacks weighs 0 there.

    Raises:
        DistributionError: if a side has no positive weight, or there are fewer than two labels in all.
    """
    labels = dict.fromkeys((*human, *answer))
    sides = (Distribution.from_weights(side.get(label, 0.0) for label in labels) for side in (human, answer))
    p, q = sides
    return float(total_variation(p.probabilities, q.probabilities))


def mean_over_groups(scores: Mapping[Hashable, Sequence[float]]) -> float:
    """The mean over groups of each group's mean over questions; nan where nothing was scored."""
    means = [math.fsum(group) / len(group) for group in scores.values() if group]
    return math.fsum(means) / len(means) if means else math.nan
