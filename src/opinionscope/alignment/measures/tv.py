"""Total variation, the measure of the benchmark."""

from opinionscope.alignment.divergences import Array, total_variation
from opinionscope.alignment.measures.registry import measure
from opinionscope.alignment.pairs import Pairs
from opinionscope.alignment.uncertainty import expected_tv


@measure(
    "TV",
    "total variation: share of answers that would have to move, 0 to 1",
    floor=expected_tv,
    is_main=True,
    has_interval=True,
)
def tv(pairs: Pairs) -> Array:
    """½ Σ |p − q|; measure A of Meister et al. 2025."""
    return total_variation(pairs.human, pairs.model)
