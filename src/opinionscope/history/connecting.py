"""Opening the file of a history: rights, settings of the connection, today's schema."""

import sqlite3
from contextlib import suppress
from pathlib import Path

from opinionscope.history import selecting
from opinionscope.history.migrations import migrate
from opinionscope.survey.text import clean

LONGEST_NAME = 25
"""In bytes: times and the ids of runs are longer."""
MOST_NAMES = 4_096


def connect(path: Path, patience: float) -> sqlite3.Connection:
    """Open the file, or make it and its folder, for the user alone, and bring it to today's schema.

    Returns:
        A connection in autocommit mode that threads may share if they take turns. Rows are `sqlite3.Row`, and
        texts are clean, for a history may come from somebody else.

    Raises:
        HistoryError: if the file is another program's, or a newer version's.
        OSError, sqlite3.Error: if it cannot be used otherwise.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        path.touch(mode=0o600)
    connection = sqlite3.connect(path, timeout=patience, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        # An answer costs a second and money, an fsync a millisecond: what was committed outlives a power cut.
        connection.execute("PRAGMA synchronous = FULL")
        # The upper pages of all indexes of a million runs: with SQLite's 2 MB, each list would read them again.
        connection.execute("PRAGMA cache_size = -32000")
        migrate(connection, path)
        _write_ahead(connection)
    except BaseException:
        connection.close()
        raise
    return teach(connection)


def teach(connection: sqlite3.Connection) -> sqlite3.Connection:
    """Have a connection give rows by name and clean texts, and know the functions of selections."""
    connection.row_factory = sqlite3.Row
    connection.text_factory = CleanTexts().__getitem__
    selecting.prepare(connection)
    return connection


class CleanTexts(dict[bytes, str]):
    """Stored texts without what a terminal would obey; names, which come again and again, are kept."""

    def __missing__(self, stored: bytes) -> str:
        text = clean(stored.decode("utf-8", "replace"))
        if len(stored) <= LONGEST_NAME:
            if len(self) >= MOST_NAMES:
                self.clear()
            self[stored] = text
        return text


def _write_ahead(connection: sqlite3.Connection) -> None:
    (mode,) = connection.execute("PRAGMA journal_mode").fetchone()
    if mode != "wal":
        # Another program that opened the same new file may be switching it at this very moment.
        with suppress(sqlite3.OperationalError):
            connection.execute("PRAGMA journal_mode = WAL")
