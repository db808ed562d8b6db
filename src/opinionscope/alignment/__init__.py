"""How close two distributions are, and how close they could be by chance."""

from opinionscope.alignment.alignment import Alignment, align
from opinionscope.alignment.measures import EPSILON, NATS_PER_BIT
from opinionscope.alignment.reliability import Basis, doubt
from opinionscope.alignment.spread import Interval, Spread, spread_of_answers, spread_of_people
from opinionscope.alignment.temperature import Scaling
from opinionscope.alignment.uncertainty import NoiseFloor

__all__ = [
    "EPSILON",
    "NATS_PER_BIT",
    "Alignment",
    "Basis",
    "Interval",
    "NoiseFloor",
    "Scaling",
    "Spread",
    "align",
    "doubt",
    "spread_of_answers",
    "spread_of_people",
]
