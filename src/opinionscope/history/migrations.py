"""Bringing a history file to today's schema, by the ordered, named migrations of sqlite-utils.

Each step is a file ``steps/NAME.sql``. One that was released is never changed: what comes later is a new file, and its
name at the end of `STEPS`. The views that the first steps once made are dropped by the fourth. A new file is laid out
at once by ``schema.sql``, which a test holds to what the steps make. Comments inside a statement are kept by SQLite,
and shown by the tools that show a schema. Today's views, which follow the registered measures, are made by `views`.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from opinionscope.history import views
from opinionscope.history.errors import HistoryError

if TYPE_CHECKING:
    from sqlite_utils import Migrations

MIGRATION_SET = "opinionscope"
STEPS = (
    "runs_and_their_outcomes",
    "letters_of_recorded_answers",
    "recipes_and_planned_calls",
    "scores_in_a_long_table",
    "hashes_of_requests",
    "pins_bin_and_selections",
    "full_text_of_prompts_and_answers",
    "pooled_answers",
    "further_recipe_fields",
    "sweeps_and_their_cells",
    "people_drawn",
    "batches_handed_in",
    "bounds_of_sweeps",
)


def migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Apply the steps that the file lacks, all or none; two programs may do so at the same time.

    sqlite-utils takes its time to import and brings pandas with it: only an older file needs it.

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
        if (pending := _pending(connection, path)) == STEPS:
            _lay_out(connection)
        elif pending:
            _apply_steps(connection)
        if not views.are_current(connection):
            views.create(connection)
        connection.execute("COMMIT")
    except BaseException:
        connection.rollback()
        raise


def _lay_out(connection: sqlite3.Connection) -> None:
    """Make an empty file what all steps would have made of it."""
    for statement in _statements(Path(__file__).with_name("schema.sql").read_text("utf-8")):
        connection.execute(statement)
    sql = "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES (?, ?, ?)"
    connection.executemany(sql, [(MIGRATION_SET, name, str(datetime.now(UTC))) for name in STEPS])


def _statements(sql: str) -> Iterator[str]:
    """One by one, for `executescript` would end the transaction; each ends with a line."""
    statement = ""
    for line in sql.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _apply_steps(connection: sqlite3.Connection) -> None:
    from sqlite_utils import Database

    migrations(STEPS).apply(Database(connection, recursive_triggers=False, execute_plugins=False))


def migrations(steps: Sequence[str]) -> "Migrations":
    """These steps, in their order, as sqlite-utils applies them."""
    from sqlite_utils import Migrations

    found = Migrations(MIGRATION_SET)
    for name in steps:
        sql = Path(__file__).with_name("steps").joinpath(f"{name}.sql").read_text("utf-8")
        found(name=name)(lambda db, sql=sql: db.executescript(sql))
    return found


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
    if any(name not in STEPS for name in applied):
        raise HistoryError(
            f"{path} was written by a newer version of opinionscope; update the program, "
            "or name another file with --db",
            title="The history is too new",
        )
    return tuple(name for name in STEPS if name not in applied)
