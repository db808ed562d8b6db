"""Jensen–Shannon divergence."""

import math

from opinionscope.alignment.divergences import Array, jensen_shannon
from opinionscope.alignment.measures.registry import measure
from opinionscope.alignment.pairs import Pairs


@measure(
    "JS",
    "Jensen–Shannon divergence: symmetric, never infinite",
    unit="nats",
    high=math.log(2),
    is_main=True,
    has_interval=True,
)
def js(pairs: Pairs) -> Array:
    """The mean KL of the two sides to their middle, in nats (Lin 1991).

    popfidelity 0.1 takes base 2 if none is named.
    """
    return jensen_shannon(pairs.human, pairs.model)
