"""Tables: what a collection of answers says, each table in a file of its own.

The order of these lines is the order in which tables are listed.
"""

# ruff: noqa: I001
from opinionscope.tables.leaderboard import leaderboard
from opinionscope.tables.added_value import added_value
from opinionscope.tables.group_shift import group_shift
from opinionscope.tables.base import SCORINGS, TABLES, Column, Options, Report, Table, TableError

__all__ = [
    "SCORINGS",
    "TABLES",
    "Column",
    "Options",
    "Report",
    "Table",
    "TableError",
    "added_value",
    "group_shift",
    "leaderboard",
]
