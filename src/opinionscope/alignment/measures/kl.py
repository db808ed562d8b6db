"""KL, the model side smoothed."""

from opinionscope.alignment.divergences import Array, kullback_leibler, smoothed
from opinionscope.alignment.measures.registry import measure
from opinionscope.alignment.pairs import Pairs
from opinionscope.alignment.uncertainty import expected_kl


@measure(
    "KL(human ‖ model)",
    "how surprised one would be by the humans, believing the model; 0 is perfect",
    unit="nats",
    high=float("inf"),
    floor=expected_kl,
    is_main=True,
    has_interval=True,
)
def kl(pairs: Pairs) -> Array:
    """Σ p log(p / q′) in nats, with q′ = (1 − ε) q + ε / K.

    popfidelity 0.1 adds ε to every share of both sides instead, and takes base 2 if none is named: its figures differ.
    """
    return kullback_leibler(pairs.human, smoothed(pairs.model, pairs.epsilon, pairs.options))
