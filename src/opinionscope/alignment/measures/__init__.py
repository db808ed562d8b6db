"""The measures: how far a model's distribution lies from the humans', each in a file of its own.

They are shown in the order of `FIRST`; a file that it does not name is found as well, and stands behind them.
"""

from opinionscope.alignment.measures.registry import MEASURES, Measure, measure
from opinionscope.modules import load_all

__all__ = ["MEASURES", "Measure", "measure"]

FIRST = (
    "kl",
    "kl_unsmoothed",
    "tv",
    "js",
    "wasserstein",
    "score",
    "kl_debiased",
    "js_distance",
    "wasserstein_normalised",
    "entropy_ratio",
    "spread_ratio",
    "missed_mass",
    "top_gap",
    "worth_people",
    "added_value",
)
load_all(__name__, FIRST)
