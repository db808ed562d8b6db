"""Tables: what a collection of answers says, each table in a file of its own.

They are listed in the order of `FIRST`; a file that it does not name is found as well, and stands behind them.
"""

from opinionscope.modules import load_all
from opinionscope.tables.base import TABLES, Column, Options, Report, Table, TableError

__all__ = ["TABLES", "Column", "Options", "Report", "Table", "TableError"]

FIRST = (
    "leaderboard",
    "knowledge",
    "few_shot_gain",
    "domains",
    "added_value",
    "group_shift",
    "collapse",
    "calibration",
    "choices",
    "experiments",
    "over_time",
)
load_all(__name__, FIRST)
