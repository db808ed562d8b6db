"""1-Wasserstein over ordinal values."""

from opinionscope.alignment.divergences import Array
from opinionscope.alignment.measures.registry import measure
from opinionscope.alignment.pairs import Pairs


@measure(
    "W₁",
    "1-Wasserstein, among those who answered: how far answers would have to move along the scale",
    unit="scale points",
    high=float("inf"),
    decimals=2,
    is_main=True,
    has_interval=True,
    along_scale=True,
)
def wasserstein(pairs: Pairs) -> Array:
    """The area between the two cumulative distributions, in scale points; nan where options carry no order.

    Options without a value take no part; popfidelity 0.1 wants increasing positions for all of them.
    """
    return pairs.distance_along_scale
