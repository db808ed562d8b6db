"""Claims that people make about a benchmark, each true, false or not known, with its source or the table that shows it.

A claim is an entry of ``data/benchmark.claims.toml``. One that can be computed names a check. The lines below register
the checks; a new one is a file and a line.
"""

from opinionscope.report.claims import estimates, groups, incomes, majority, reduction
from opinionscope.report.claims.base import CHECKS, Claim, Evidence, claims_about

__all__ = [
    "CHECKS",
    "Claim",
    "Evidence",
    "claims_about",
    "estimates",
    "groups",
    "incomes",
    "majority",
    "reduction",
]
