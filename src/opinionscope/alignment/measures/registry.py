"""The registry of measures: what a measure is, and how one is added.

A measure is one function of `Pairs` in a file of its own, decorated with `@measure`. JSON, the screen, the history and
exports take all of them from the registry.
"""

from collections.abc import Callable, Mapping
from typing import Literal

import numpy as np
from msgspec import Struct

from opinionscope.alignment.divergences import Array
from opinionscope.alignment.pairs import Pairs
from opinionscope.modules import registering

Function = Callable[[Pairs], Array]
Better = Literal["low", "high", "one", "zero"]


class Measure(Struct, frozen=True):
    """A named function of human and model distributions.

    Attributes:
        function: from pairs of shape (…, K) to values of shape (…); nan where it is not defined.
        label: short, for people.
        meaning: one line for people who meet it for the first time.
        unit: "nats" may be shown as bits; "" for a share or a ratio.
        low, high: the range of its values.
        better: which values are good: low or high ones, those near one, or those near zero.
        floor: what a perfect answer scores on average, because people are a sample; None where no formula is known.
        decimals: how many are shown.
        is_main: whether it stands beside KL on the first screen, or among the others.
        has_interval: whether counted answers give it a 95 % interval; it is then a distance, 0 where the sides agree.
        along_scale: whether it uses the ordinal values of the options.
    """

    function: Function
    label: str
    meaning: str
    unit: str = ""
    low: float = 0.0
    high: float = 1.0
    better: Better = "low"
    floor: Function | None = None
    decimals: int = 3
    is_main: bool = False
    has_interval: bool = False
    along_scale: bool = False

    @property
    def name(self) -> str:
        """In JSON, the history and selections: that of the function."""
        return self.function.__name__

    def __call__(self, pairs: Pairs) -> Array:
        """The values of the pairs, shape (…)."""
        return np.asarray(self.function(pairs), dtype=float)


_registered: dict[str, Measure] = {}
MEASURES: Mapping[str, Measure] = _registered
"""All measures by name, in the order in which they are shown."""

measure = registering(Measure, _registered)
"""Registers a function as the measure of its name; arguments as the attributes of `Measure`."""
