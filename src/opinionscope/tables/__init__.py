"""Tables: what a collection of answers says, each table in a file of its own.

The order of these lines is the order in which tables are listed.
"""

# ruff: noqa: I001
from opinionscope.tables.leaderboard import leaderboard
from opinionscope.tables.knowledge import knowledge_to_simulation
from opinionscope.tables.few_shot_gain import few_shot_gain
from opinionscope.tables.domains import domains
from opinionscope.tables.added_value import added_value
from opinionscope.tables.group_shift import group_shift
from opinionscope.tables.collapse import collapse
from opinionscope.tables.calibration import calibration
from opinionscope.tables.choices import choices
from opinionscope.tables.experiments import experiments
from opinionscope.tables.over_time import over_time
from opinionscope.tables.base import TABLES, Column, Options, Report, Table, TableError

__all__ = [
    "TABLES",
    "Column",
    "Options",
    "Report",
    "Table",
    "TableError",
    "added_value",
    "calibration",
    "choices",
    "collapse",
    "domains",
    "experiments",
    "few_shot_gain",
    "group_shift",
    "knowledge_to_simulation",
    "leaderboard",
    "over_time",
]
