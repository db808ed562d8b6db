"""Bringing a history file to today's schema, by the ordered, named migrations of sqlite-utils."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

from opinionscope.history import views
from opinionscope.history.errors import HistoryError
from opinionscope.history.schema import STEPS

MIGRATION_SET = "opinionscope"
_NAMES = tuple(step.__name__ for step in STEPS)


def migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Apply the steps that the file lacks, all or none; two programs may do so at the same time.

    sqlite-utils takes its time to import and brings pandas with it, so a file that is up to date is left alone.

    Args:
        connection: to the file, in autocommit mode, without a row factory.
        path: the file, to name it in complaints.

    Raises:
        HistoryError: if the file is another program's, or was written by a newer version of this one.
        sqlite3.Error: if it cannot be read or written.
    """
    if not _pending(connection, path) and views.are_current(connection):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        if _pending(connection, path):
            _apply_steps(connection)
        if not views.are_current(connection):
            views.create(connection)
        connection.execute("COMMIT")
    except BaseException:
        connection.rollback()
        raise


def _apply_steps(connection: sqlite3.Connection) -> None:
    from sqlite_utils import Database, Migrations

    migrations = Migrations(MIGRATION_SET)
    for step in STEPS:
        migrations()(step)
    migrations.apply(Database(connection, recursive_triggers=False, execute_plugins=False))


def _pending(connection: sqlite3.Connection, path: Path) -> Sequence[str]:
    """Names of the steps that were not applied yet."""
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    applied: list[str] = []
    if "_sqlite_migrations" in tables:
        sql = "SELECT name FROM _sqlite_migrations WHERE migration_set = ? ORDER BY id"
        applied = [name for (name,) in connection.execute(sql, (MIGRATION_SET,))]
    if tables and not applied:
        raise HistoryError(
            f"{path} is a database of another program; name another file with --db", title="Not a history"
        )
    if any(name not in _NAMES for name in applied):
        raise HistoryError(
            f"{path} was written by a newer version of opinionscope; update the program, "
            "or name another file with --db",
            title="The history is too new",
        )
    return [name for name in _NAMES if name not in applied]
