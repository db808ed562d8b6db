"""The benchmark's scoring as it was published (Meister et al. 2025, A).

It averages total variation over questions within a group, then over groups. What is compared are the two vectors as
the authors lined them up, and an answer that could not be read scores as zeros. In the corrected scoring of tables,
distributions are compared by option label, and such an answer has no score and lowers the coverage.
"""

from collections.abc import Sequence

from opinionscope.alignment.divergences import total_variation


def paper_tv(expected: Sequence[float], actual: Sequence[float]) -> float:
    """½ Σ |p − q| of two vectors of shape (K,) position by position, neither of them normalised.

    Zeros, which stand for an answer that could not be read, score ½ Σ p.
    """
    return float(total_variation(expected, actual))
