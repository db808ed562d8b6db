"""Divergences and distances between distributions: arrays of shape (…, K), humans first, options on the last axis."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

EPSILON = 0.01
"""The usual smoothing of the model side in KL."""
NATS_PER_BIT = float(np.log(2))


def smoothed(model: ArrayLike, epsilon: float = EPSILON, options: ArrayLike | None = None) -> Array:
    """Q' = (1 − ε) q + ε / K: one floor under the model side, whatever the format.

    Args:
        options: shape (…, K), whether each place holds an option at all; None where all do.
    """
    q = np.asarray(model, dtype=float)
    if options is None:
        return np.asarray((1 - epsilon) * q + epsilon / q.shape[-1], dtype=float)
    exists = np.asarray(options, dtype=float)
    found: Array = (1 - epsilon) * q + epsilon * exists / exists.sum(axis=-1, keepdims=True)
    return found


def kullback_leibler(human: ArrayLike, model: ArrayLike) -> Array:
    """KL(human ‖ model) = Σ p log(p / q) in nats, of the two as given; shape (…).

    A term with p = 0 counts 0; a term with p > 0 and q = 0 makes the sum infinite.
    Source: Kullback and Leibler 1951.
    """
    p, q = np.asarray(human, dtype=float), np.asarray(model, dtype=float)
    p, q = np.broadcast_arrays(p, q)
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(p > 0, p * (np.log(p) - np.log(q)), 0.0)
    found: Array = np.maximum(0.0, terms.sum(axis=-1))
    return found


def total_variation(human: ArrayLike, model: ArrayLike) -> Array:
    """TV = ½ Σ |p − q|, from 0 (equal) to 1 (disjoint); shape (…). Meister et al. 2025, measure A of one item."""
    distance: Array = 0.5 * np.abs(np.asarray(human, dtype=float) - np.asarray(model, dtype=float)).sum(axis=-1)
    return distance


def jensen_shannon(human: ArrayLike, model: ArrayLike) -> Array:
    """Jensen–Shannon divergence in nats, from 0 to log 2; shape (…). Source: Lin 1991."""
    p, q = np.asarray(human, dtype=float), np.asarray(model, dtype=float)
    both = p + q
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = [np.where(side > 0, side * np.log(2 * side / both), 0.0).sum(axis=-1) for side in (p, q)]
    found: Array = np.maximum(0.0, (terms[0] + terms[1]) / 2)
    return found


def wasserstein(human: ArrayLike, model: ArrayLike, values: ArrayLike) -> Array:
    """1-Wasserstein distance over the options' ordinal values, in scale points; shape (…).

    The area between the two cumulative distributions along the scale: Σ |F(v) − G(v)| · step, among the options that
    have a value. Source: Vallender 1974.

    Args:
        values: shape (K,) or (…, K), in any order; nan for an option without one.

    Returns:
        nan where fewer than two options have values, or a side has no mass on them.
    """
    if np.isnan(values).all():
        return np.full(np.broadcast_shapes(np.shape(human), np.shape(model), np.shape(values))[:-1], np.nan)
    gaps, steps = gaps_along_scale(human, model, values)
    area: Array = (np.abs(gaps) * steps).sum(axis=-1)
    return area


def gaps_along_scale(human: ArrayLike, model: ArrayLike, values: ArrayLike) -> tuple[Array, Array]:
    """F − G between neighbouring values, and the steps between them, each of shape (…, K − 1).

    Steps beyond the last value are 0; all are nan where fewer than two options have values.
    """
    scale = np.asarray(values, dtype=float)
    order = np.argsort(scale, axis=-1)
    scale = np.take_along_axis(scale, order, axis=-1)
    difference = cumulative(human, scale, order) - cumulative(model, scale, order)
    steps = np.diff(scale, axis=-1)
    steps = np.where(np.isnan(steps), 0.0, steps)
    has_scale = (np.isfinite(scale).sum(axis=-1) >= 2)[..., np.newaxis]
    return difference[..., :-1], np.where(has_scale, steps, np.nan)


def cumulative(shares: ArrayLike, scale: Array, order: NDArray[np.intp]) -> Array:
    """The cumulative distribution along a sorted scale (nan at its end), among the options that have a value."""
    valued = np.where(np.isfinite(scale), _ordered(np.asarray(shares, dtype=float), order), 0.0)
    total = valued.sum(axis=-1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        summed: Array = np.cumsum(valued / np.where(total > 0, total, np.nan), axis=-1)
    return summed


def _ordered(shares: Array, order: NDArray[np.intp]) -> Array:
    if order.ndim == 1:
        return shares[..., order]
    return np.take_along_axis(shares, np.broadcast_to(order, shares.shape), axis=-1)


def paper_tv(expected: ArrayLike, actual: ArrayLike) -> float:
    """½ Σ |p − q| of two vectors of shape (K,) position by position, neither of them normalised.

    This is the benchmark's scoring as it was published (Meister et al. 2025, A): averaged over questions within a
    group, then over groups. What is compared are the two vectors as the authors lined them up; an answer that could not
    be read scores as zeros, ½ Σ p. In the corrected scoring of tables, distributions are compared by option label, and
    such an answer has no score and lowers the coverage.
    """
    return float(total_variation(expected, actual))
