"""Noise floors: how far even a perfect answer would seem to be from a finite sample of humans."""

import math
from collections.abc import Sequence

import numpy as np
from msgspec import Struct

from opinionscope.alignment.divergences import Array
from opinionscope.alignment.pairs import Pairs

LARGEST_EXACT = 10**8
PRIOR_ANSWERS = 2.0


class NoiseFloor(Struct, frozen=True):
    """Expected measures of a perfect answer, which differs from the sample by chance alone.

    Attributes:
        kl: in nats.
        tv: total variation.
    """

    kl: float
    tv: float


def expected_kl(pairs: Pairs) -> Array:
    """(K − 1) / 2n + (K − 1) / 2m nats, shape (…): the expected KL of draws from their own source.

    The second term counts only where the model side was counted from m answers. nan where n is not known.
    Source: Wilks 1938, first order.
    """
    found: Array = (pairs.size - 1) / 2 * pairs.inverse_of_draws
    return found


def expected_tv(pairs: Pairs) -> Array:
    """Expected total variation between people who answer alike and n draws from them, shape (…).

    A sample is more extreme than the truth behind it, most of all a small one. So TV is expected for the likely truth
    in its place. nan where n is not known.
    """
    draws = np.maximum(1, np.rint(1 / pairs.inverse_of_draws))[..., np.newaxis]
    deviations = expected_absolute_deviation(likely_truth(pairs), draws)
    return 0.5 * np.asarray(deviations.sum(axis=-1), dtype=float)


def expected_absolute_deviation(p: Array, n: Array) -> Array:
    """E|X/n − p| for X ~ Binomial(n, p), by de Moivre's formula: 2 ν C(n, ν) p^ν (1−p)^(n−ν+1) / n.

    Beyond `LARGEST_EXACT` draws, where the logarithms of factorials lose their digits, √(2 p (1−p) / π n).
    """
    p, n = np.broadcast_arrays(np.asarray(p, dtype=float), np.asarray(n, dtype=float))
    found = np.where(np.isnan(n) | np.isnan(p), np.nan, 0.0)
    inside = (p > 0) & (p < 1)
    large = inside & (n > LARGEST_EXACT)
    found[large] = np.sqrt(2 * p[large] * (1 - p[large]) / (math.pi * n[large]))
    exact = inside & (n <= LARGEST_EXACT)
    share: Array = p[exact]
    draws: Array = n[exact]
    nu = np.floor(draws * share) + 1
    choose = _log_gamma(draws + 1) - _log_gamma(nu + 1) - _log_gamma(draws - nu + 1)
    log_term = choose + nu * np.log(share) + (draws - nu + 1) * np.log1p(-share)
    found[exact] = 2 * nu * np.exp(log_term) / draws
    return found


def _log_gamma(values: Array) -> Array:
    """Log Γ of values of shape (N,), each distinct one once, for counts repeat.

    scipy.special.gammaln would do the same, and take a fifth of a second to import before the first chart.
    """
    distinct, places = np.unique(values, return_inverse=True)
    return np.array(list(map(math.lgamma, distinct.tolist())))[places]


def likely_truth(pairs: Pairs) -> Array:
    """(n p + a / K) / (n + a): the posterior mean under a symmetric Dirichlet prior of a = `PRIOR_ANSWERS` answers.

    Two of two who agree are thus not taken for proof that everybody does. Where the truth itself is extreme, it
    errs towards the middle, and the floor on the high side.
    """
    n = np.asarray(pairs.n, dtype=float)[..., np.newaxis]
    found: Array = (n * pairs.human + PRIOR_ANSWERS * pairs.uniform) / (n + PRIOR_ANSWERS)
    return found


def noise_floor(human: Sequence[float], n: float | None) -> NoiseFloor | None:
    """The floor under a comparison with n humans; None where n is not known.

    Args:
        human: the humans' probabilities, shape (K,).
        n: number of humans.
    """
    if n is None:
        return None
    p, nowhere = np.asarray(human, dtype=float), np.array(np.nan)
    pairs = Pairs(p, p, np.full(len(p), True), np.full(len(p), np.nan), np.array(float(n)), nowhere)
    return NoiseFloor(float(expected_kl(pairs)), float(expected_tv(pairs)))
