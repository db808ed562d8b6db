"""The local history of runs, an SQLite file that other tools can read as it stands."""

from opinionscope.history.errors import HistoryError, NoHistoryError
from opinionscope.history.ids import new_run_id
from opinionscope.history.listing import RunRow
from opinionscope.history.rescore import rescore, score, single_readings
from opinionscope.history.run import Run, Status
from opinionscope.history.run_writer import HistoryWriter, Unkept
from opinionscope.history.store import History
from opinionscope.history.urls import public_url

__all__ = [
    "History",
    "HistoryError",
    "HistoryWriter",
    "NoHistoryError",
    "Run",
    "RunRow",
    "Status",
    "Unkept",
    "new_run_id",
    "public_url",
    "rescore",
    "score",
    "single_readings",
]
