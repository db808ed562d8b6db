"""The measures: how far a model's distribution lies from the humans', each in a file of its own.

The order of these lines is the order in which measures are shown.
"""

# ruff: noqa: I001
from opinionscope.alignment.measures.kl import kl
from opinionscope.alignment.measures.kl_unsmoothed import kl_unsmoothed
from opinionscope.alignment.measures.tv import tv
from opinionscope.alignment.measures.js import js
from opinionscope.alignment.measures.wasserstein import wasserstein
from opinionscope.alignment.measures.score import score
from opinionscope.alignment.measures.kl_debiased import kl_debiased
from opinionscope.alignment.measures.js_distance import js_distance
from opinionscope.alignment.measures.wasserstein_normalised import wasserstein_normalised
from opinionscope.alignment.measures.entropy_ratio import entropy_ratio
from opinionscope.alignment.measures.spread_ratio import spread_ratio
from opinionscope.alignment.measures.missed_mass import missed_mass
from opinionscope.alignment.measures.top_gap import top_gap
from opinionscope.alignment.measures.worth_people import worth_people
from opinionscope.alignment.measures.added_value import added_value
from opinionscope.alignment.measures.registry import MEASURES, Measure, measure

__all__ = [
    "MEASURES",
    "Measure",
    "added_value",
    "entropy_ratio",
    "js",
    "js_distance",
    "kl",
    "kl_debiased",
    "kl_unsmoothed",
    "measure",
    "missed_mass",
    "score",
    "spread_ratio",
    "top_gap",
    "tv",
    "wasserstein",
    "wasserstein_normalised",
    "worth_people",
]
