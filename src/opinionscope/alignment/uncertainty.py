"""Noise floors: how far even a perfect answer would seem to be from a finite sample of humans."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

LARGEST_EXACT = 10**8
PRIOR_ANSWERS = 2.0


@dataclass(frozen=True, slots=True)
class NoiseFloor:
    """Expected measures of a perfect answer, which differs from the sample by chance alone.

    Attributes:
        kl: in nats.
        tv: total variation.
    """

    kl: float
    tv: float


def expected_kl(options: int, n: float) -> float:
    """(K − 1) / 2n nats: the expected KL of n draws from their own source (Wilks 1938, first order)."""
    return (options - 1) / (2 * n)


def expected_absolute_deviation(p: float, n: int) -> float:
    """E|X/n − p| for X ~ Binomial(n, p), by de Moivre's formula: 2 ν C(n, ν) p^ν (1−p)^(n−ν+1) / n.

    Beyond `LARGEST_EXACT` draws, where the logarithms of factorials lose their digits, √(2 p (1−p) / π n).
    """
    if p <= 0 or p >= 1:
        return 0.0
    if n > LARGEST_EXACT:
        return math.sqrt(2 * p * (1 - p) / (math.pi * n))
    nu = math.floor(n * p) + 1
    log_term = (
        math.lgamma(n + 1)
        - math.lgamma(nu + 1)
        - math.lgamma(n - nu + 1)
        + nu * math.log(p)
        + (n - nu + 1) * math.log1p(-p)
    )
    return 2 * nu * math.exp(log_term) / n


def expected_tv(probabilities: Sequence[float], n: float) -> float:
    """Expected total variation between `probabilities`, shape (K,), and n draws from them."""
    draws = max(1, round(n))
    return 0.5 * math.fsum(expected_absolute_deviation(p, draws) for p in probabilities)


def noise_floor(human: Sequence[float], n: float | None, sample_size: float | None = None) -> NoiseFloor | None:
    """The floor under a comparison with n humans; None where n is not known.

    Args:
        human: the humans' probabilities, shape (K,). A sample is more extreme than the truth behind it, most of
            all a small one, so that TV is expected for `PRIOR_ANSWERS` uniform answers more in its place.
        n: number of humans.
        sample_size: number of answers the model's side was itself counted from (a sequence's letters).
    """
    if n is None:
        return None
    kl = expected_kl(len(human), n)
    variance = 1 / n
    if sample_size:
        kl += expected_kl(len(human), sample_size)
        variance += 1 / sample_size
    return NoiseFloor(kl, expected_tv(likely_truth(human, n), 1 / variance))


def likely_truth(human: Sequence[float], n: float) -> tuple[float, ...]:
    """(n p + a / K) / (n + a): the posterior mean under a symmetric Dirichlet prior of a = `PRIOR_ANSWERS` answers.

    Two of two who agree are thus not taken for proof that everybody does. Where the truth itself is extreme, it
    errs towards the middle, and the floor on the high side.
    """
    share = PRIOR_ANSWERS / len(human)
    return tuple((n * p + share) / (n + PRIOR_ANSWERS) for p in human)
