"""Distribution: probabilities over a question's options."""

import math
from collections.abc import Iterable, Sequence
from contextlib import suppress

import msgspec

from opinionscope.errors import OpinionscopeError

SUM_TOLERANCE = 1e-6


class DistributionError(OpinionscopeError):
    """Numbers that do not make a distribution."""

    title = "Not a distribution"


class Distribution(msgspec.Struct, frozen=True, gc=False):
    """Probabilities over a question's options, in survey order.

    Attributes:
        probabilities: shape (K,), each in [0, 1], summing to 1.
        n: how many answers it was counted from (the sum of weights for weighted counts);
            None where the source gives shares only.

    Raises:
        DistributionError: if the numbers are fewer than two, negative, not finite, or do not sum to 1.
    """

    probabilities: tuple[float, ...]
    n: float | None = None

    def __post_init__(self) -> None:
        shares, n = self.probabilities, self.n
        is_plain = len(shares) >= 2 and min(shares) >= 0 and max(shares) <= 1 + SUM_TOLERANCE
        is_plain = is_plain and abs(math.fsum(shares) - 1) <= SUM_TOLERANCE
        if not (is_plain and (n is None or 0 < n < math.inf)):
            self._refuse()

    def _refuse(self) -> None:
        """Say what is wrong; a closer look, for which there is time only where something is."""
        if len(self.probabilities) < 2:
            raise DistributionError(f"expected at least two options, got {len(self.probabilities)}")
        for p in self.probabilities:
            if not 0 <= p <= 1 + SUM_TOLERANCE:
                raise DistributionError(f"expected probabilities from 0 to 1, got {p}")
        total = math.fsum(self.probabilities)
        if abs(total - 1) > SUM_TOLERANCE:
            raise DistributionError(f"expected probabilities that sum to 1, got {total:.6g}")
        if self.n is not None and not (math.isfinite(self.n) and self.n > 0):
            raise DistributionError(f"expected a positive number of answers, got {self.n}")

    @classmethod
    def from_weights(cls, weights: Iterable[float], n: float | None = None) -> "Distribution":
        """Normalise non-negative weights (percents, shares, masses); `n` as in the class."""
        values = tuple(map(float, weights))
        total = _total(values)
        return cls(tuple(value / total for value in values), n)

    @classmethod
    def from_counts(cls, counts: Iterable[float]) -> "Distribution":
        """Normalise counts of answers; their sum becomes `n`."""
        values = tuple(map(float, counts))
        return cls.from_weights(values, n=_total(values))

    def __len__(self) -> int:
        return len(self.probabilities)

    def restricted_to(self, positions: Sequence[int]) -> "Distribution":
        """The conditional distribution over some of the options; `n` shrinks with the mass kept.

        Raises:
            DistributionError: if those options hold no mass.
        """
        kept = [self.probabilities[position] for position in positions]
        n = None if self.n is None else self.n * math.fsum(kept)
        return Distribution.from_weights(kept, n)


def _total(weights: Sequence[float]) -> float:
    """The sum of the weights, if they are such that it can be divided by."""
    with suppress(OverflowError, ValueError):
        total = math.fsum(weights)
        if 0 < total < math.inf and min(weights) >= 0:
            return total
    for weight in weights:
        if not (math.isfinite(weight) and weight >= 0):
            raise DistributionError(f"expected weights of 0 or more, got {weight}")
    if any(weights):
        raise DistributionError("expected weights with a finite sum, got numbers too large to add")
    raise DistributionError("expected weights with a positive sum, got nothing above 0")


def whole_shares(probabilities: Sequence[float], total: int = 100) -> tuple[int, ...]:
    """Integers that sum to `total` and lie closest to `probabilities` (largest remainders).

    Used where people or models are shown percents or a fixed number of answers. Ties go to the
    option that comes first in survey order.
    """
    exact = [p * total for p in probabilities]
    floors = [math.floor(value) for value in exact]
    by_remainder = sorted(range(len(exact)), key=lambda i: (round(floors[i] - exact[i], 9), i))
    for position in by_remainder[: total - sum(floors)]:
        floors[position] += 1
    return tuple(floors)
