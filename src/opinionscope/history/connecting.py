"""Opening the file of a history: rights, settings of the connection, today's schema."""

import sqlite3
from contextlib import suppress
from pathlib import Path

from opinionscope.history import selecting
from opinionscope.history.migrations import migrate
from opinionscope.survey.text import clean


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
        migrate(connection, path)
        _write_ahead(connection)
    except BaseException:
        connection.close()
        raise
    return teach(connection)


def teach(connection: sqlite3.Connection) -> sqlite3.Connection:
    """Have a connection give rows by name and clean texts, and know the functions of selections."""
    connection.row_factory = sqlite3.Row
    connection.text_factory = clean_text
    selecting.prepare(connection)
    return connection


def clean_text(stored: bytes) -> str:
    """A stored text without what a terminal would obey."""
    return clean(stored.decode("utf-8", "replace"))


def _write_ahead(connection: sqlite3.Connection) -> None:
    (mode,) = connection.execute("PRAGMA journal_mode").fetchone()
    if mode != "wal":
        # Another program that opened the same new file may be switching it at this very moment.
        with suppress(sqlite3.OperationalError):
            connection.execute("PRAGMA journal_mode = WAL")
