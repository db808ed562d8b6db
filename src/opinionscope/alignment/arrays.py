"""The measures over many distributions at once: arrays of shape (…, K), humans first, the options on the last axis.

They agree with the functions of one pair in `measures`, and exist for resampling, which compares thousands of pairs.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def kullback_leibler(human: Array, model: Array, epsilon: float) -> Array:
    """KL(human ‖ model) in nats, the model smoothed by ε as in `measures.smoothed`."""
    model = (1 - epsilon) * model + epsilon / model.shape[-1]
    return _sum_of_logs(human, model)


def total_variation(human: Array, model: Array) -> Array:
    """½ Σ |p − q|, from 0 to 1."""
    distance: Array = 0.5 * np.abs(human - model).sum(axis=-1)
    return distance


def jensen_shannon(human: Array, model: Array) -> Array:
    """Jensen–Shannon divergence in nats, from 0 to log 2."""
    middle = (human + model) / 2
    return (_sum_of_logs(human, middle) + _sum_of_logs(model, middle)) / 2


def wasserstein(human: Array, model: Array, values: Array) -> Array:
    """1-Wasserstein distance over ordinal values, shape (K,), in scale points; nan stands for an option without one."""
    order = np.argsort(values)[: np.isfinite(values).sum()]
    gaps = np.cumsum(_normalised(human[..., order]) - _normalised(model[..., order]), axis=-1)[..., :-1]
    area: Array = (np.abs(gaps) * np.diff(values[order])).sum(axis=-1)
    return area


def _sum_of_logs(p: Array, q: Array) -> Array:
    """Σ p log(p / q); a term with p = 0 counts 0, one with q = 0 < p is infinite."""
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(p > 0, p * np.log(p / q), 0.0)
    found: Array = np.maximum(0.0, terms.sum(axis=-1))
    return found


def _normalised(shares: Array) -> Array:
    """Shares that sum to 1 along the last axis; those that sum to 0 stay as they are."""
    total = shares.sum(axis=-1, keepdims=True)
    found: Array = np.divide(shares, total, out=np.zeros_like(shares), where=total > 0)
    return found
