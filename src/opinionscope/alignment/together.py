"""Several differences judged together: which of them stand, and how many more questions would settle the others."""

import math
from collections.abc import Sequence

LEVEL = 0.05
FEWEST_QUESTIONS = 5
"""Of fewer clusters no interval of a mean can be trusted."""
DETECTS = 2.802
"""z of 97.5 % and of 80 %: so many standard errors away a difference is found in four of five studies."""


def holm(chances: Sequence[float]) -> list[float]:
    """Chances corrected for there being several (Holm 1979): a difference stands where its own is at most the level.

    Args:
        chances: how often each difference would be seen where there is none, 0 to 1.
    """
    order = sorted(range(len(chances)), key=chances.__getitem__)
    found, largest = [1.0] * len(chances), 0.0
    for rank, at in enumerate(order):
        largest = max(largest, min(1.0, (len(chances) - rank) * chances[at]))
        found[at] = largest
    return found


def questions_to_settle(difference: float, error: float | None, questions: int) -> int | None:
    """How many more questions would settle a difference as large as the one seen, in four of five studies.

    C · (2.802 · SE / |d|)² − C, for a standard error SE of C questions, and at least 0. None where there is no
    difference or no standard error.
    """
    if not difference or error is None or not math.isfinite(error):
        return None
    return max(0, math.ceil(questions * (DETECTS * error / abs(difference)) ** 2) - questions)
