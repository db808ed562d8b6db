"""The values that fields of a selection have in the history."""

import sqlite3
from collections.abc import Sequence

from opinionscope.history.errors import HistoryError
from opinionscope.history.selecting import SETUP_COLUMNS, WITH
from opinionscope.history.store import History

_STATEMENTS = {
    "question": "SELECT DISTINCT question_id FROM questions",
    "dataset": "SELECT DISTINCT dataset FROM questions",
    "domain": "SELECT DISTINCT domain FROM questions",
    "topic": "SELECT DISTINCT topic FROM topics",
    "group": "SELECT DISTINCT name FROM groups",
    "voice": "SELECT DISTINCT voice FROM runs",
    "tag": f"{WITH} SELECT tag FROM labels UNION SELECT 'none'",
    "sweep": "SELECT id FROM sweeps UNION SELECT name FROM sweeps WHERE name <> ''",
    **{name: f"{WITH} SELECT DISTINCT {name} FROM setups" for name in SETUP_COLUMNS},
}


def values_in(history: History, field: str) -> Sequence[str]:
    """What runs have in a field; nothing where they have too many values, or where the history cannot be read."""
    if field not in _STATEMENTS:
        return ()
    try:
        return history.listed(_STATEMENTS[field])
    except (HistoryError, sqlite3.Error):
        return ()
