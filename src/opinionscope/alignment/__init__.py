"""How close two distributions are, and how close they could be by chance."""

from opinionscope.alignment.alignment import Alignment, align, scale_of, with_intervals
from opinionscope.alignment.divergences import EPSILON, NATS_PER_BIT
from opinionscope.alignment.measures import MEASURES, Measure
from opinionscope.alignment.reliability import Basis, doubt
from opinionscope.alignment.scores import Score, Scores
from opinionscope.alignment.spread import Interval, Spread, effective_number, spread_of_answers, spread_of_people
from opinionscope.alignment.temperature import Scaling
from opinionscope.alignment.uncertainty import NoiseFloor

__all__ = [
    "EPSILON",
    "MEASURES",
    "NATS_PER_BIT",
    "Alignment",
    "Basis",
    "Interval",
    "Measure",
    "NoiseFloor",
    "Scaling",
    "Score",
    "Scores",
    "Spread",
    "align",
    "doubt",
    "effective_number",
    "scale_of",
    "spread_of_answers",
    "spread_of_people",
    "with_intervals",
]
