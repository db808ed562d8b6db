"""95 % intervals of single shares: how well each option's share is known."""

import numpy as np
from numpy.typing import ArrayLike

from opinionscope.alignment.divergences import Array
from opinionscope.alignment.spread import CONFIDENCE

QUANTILE = 1.959963984540054
"""Of the normal distribution, for two sides of 95 %."""


def wilson_intervals(shares: ArrayLike, n: ArrayLike) -> Array:
    """Wilson's score interval of each share counted from n answers, shape (…, K) → (…, K, 2), the lower end first.

    (p + z²/2n ± z √(p (1 − p)/n + z²/4n²)) / (1 + z²/n). It lies within 0 to 1, holds p, and is wider than nothing
    where nobody, or everybody, chose an option. Each option is taken alone: it is no region for all of them together.
    Source: Wilson 1927, Journal of the American Statistical Association 22(158).
    """
    p = np.asarray(shares, dtype=float)
    z = QUANTILE**2 / np.asarray(n, dtype=float)
    middle, half = p + z / 2, np.sqrt(z * (p * (1 - p) + z / 4))
    ends = np.stack([np.minimum(p, (middle - half) / (1 + z)), np.maximum(p, (middle + half) / (1 + z))], axis=-1)
    found: Array = np.clip(ends, 0.0, 1.0)
    return found


def student_intervals(answers: ArrayLike, worth: float = 1.0) -> Array:
    """Student's interval of each share's mean over answers, shape (R, K) with R > 1 → (K, 2), within 0 to 1.

    Args:
        worth: independent answers that one is worth, at most 1; from 0 to 1 where together they are worth one only.
    """
    from scipy.special import stdtrit

    shares = np.asarray(answers, dtype=float)
    mean, deviation = shares.mean(axis=0), shares.std(axis=0, ddof=1)
    number = len(shares) * worth
    half = float(stdtrit(number - 1, CONFIDENCE)) * deviation / np.sqrt(number) if number > 1 else np.inf
    found: Array = np.clip(np.stack([mean - half, mean + half], axis=-1), 0.0, 1.0)
    return found
