"""Jensen–Shannon distance."""

import numpy as np

from opinionscope.alignment.divergences import NATS_PER_BIT, Array, jensen_shannon
from opinionscope.alignment.measures.registry import measure
from opinionscope.alignment.pairs import Pairs


@measure(
    "JS distance",
    "root of JS in base 2, 0 to 1: one less the similarity that GlobalOpinionQA reports",
    has_interval=True,
)
def js_distance(pairs: Pairs) -> Array:
    """√(JS / log 2); a metric (Endres and Schindelin 2003)."""
    found: Array = np.sqrt(jensen_shannon(pairs.human, pairs.model) / NATS_PER_BIT)
    return found
