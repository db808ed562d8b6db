"""Comparison: two to eight runs beside each other, or whole sets of answers matched by item."""

from opinionscope.comparison.comparing import Comparison, ComparisonError, compare
from opinionscope.comparison.differing import differing
from opinionscope.comparison.pairwise import Difference, Verdict
from opinionscope.comparison.sets import SetComparison, compare_sets

__all__ = [
    "Comparison",
    "ComparisonError",
    "Difference",
    "SetComparison",
    "Verdict",
    "compare",
    "compare_sets",
    "differing",
]
