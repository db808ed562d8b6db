"""Resampling: people drawn at random from a distribution, many times over, fast enough to be done while one looks."""

import math
import random
from collections.abc import Sequence
from functools import lru_cache

RESAMPLES = 500
"""As fine as a bar on a screen needs; the ends of an interval wobble by about a tenth of its width."""


@lru_cache(maxsize=8)
def crowds(shares: tuple[float, ...], n: int) -> tuple[tuple[float, ...], ...]:
    """Shares, shape (K,), among n people drawn at `shares`; `RESAMPLES` times, and the same each time."""
    rng = random.Random(0)
    return tuple(tuple(count / n for count in multinomial(rng, n, shares)) for _ in range(RESAMPLES))


def multinomial(rng: random.Random, n: int, shares: Sequence[float]) -> list[int]:
    """How many of n fall to each option, option after option: of those left, a binomial number."""
    counts: list[int] = []
    left = math.fsum(shares)
    for share in shares[:-1]:
        count = binomial(rng, n - sum(counts), share / left if left > 0 else 0.0)
        counts.append(count)
        left -= share
    return [*counts, n - sum(counts)]


def binomial(rng: random.Random, n: int, p: float) -> int:
    """How many of n come out at a probability p each, by inversion from the likeliest number outwards."""
    if p <= 0 or p >= 1:
        return 0 if p <= 0 else n
    likeliest = min(n, int((n + 1) * p))
    below = above = math.exp(
        math.lgamma(n + 1)
        - math.lgamma(likeliest + 1)
        - math.lgamma(n - likeliest + 1)
        + likeliest * math.log(p)
        + (n - likeliest) * math.log1p(-p)
    )
    left, odds = rng.random() - above, p / (1 - p)
    low = high = likeliest
    while left >= 0 and (low > 0 or high < n):
        if high < n:
            above *= odds * (n - high) / (high + 1)
            high += 1
            left -= above
            if left < 0:
                return high
        if low > 0:
            below *= low / (odds * (n - low + 1))
            low -= 1
            left -= below
            if left < 0:
                return low
    return likeliest
