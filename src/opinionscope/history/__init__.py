"""The local history of runs, an SQLite file that other tools can read as it stands."""

from opinionscope.history.errors import HistoryError, NoHistoryError
from opinionscope.history.listing import RunRow
from opinionscope.history.run_writer import HistoryWriter
from opinionscope.history.store import History
from opinionscope.history.values import values_in

__all__ = ["History", "HistoryError", "HistoryWriter", "NoHistoryError", "RunRow", "values_in"]
