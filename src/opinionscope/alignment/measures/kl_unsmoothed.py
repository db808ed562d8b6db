"""KL as it is, infinite where the model rules out what people say."""

from opinionscope.alignment.divergences import Array, kullback_leibler
from opinionscope.alignment.measures.registry import measure
from opinionscope.alignment.pairs import Pairs
from opinionscope.alignment.uncertainty import expected_kl


@measure(
    "KL unsmoothed",
    "KL without the floor under the model's side; infinite where people chose an option that the model gives nothing",
    unit="nats",
    high=float("inf"),
    floor=expected_kl,
)
def kl_unsmoothed(pairs: Pairs) -> Array:
    """Σ p log(p / q) in nats; a term with p = 0 counts 0, where popfidelity 0.1 gives nan."""
    return kullback_leibler(pairs.human, pairs.model)
