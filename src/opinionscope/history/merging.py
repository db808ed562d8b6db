"""Joining histories: the runs of another file, by their ids."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from msgspec import Struct

from opinionscope.history.connecting import teach
from opinionscope.history.errors import explained
from opinionscope.history.migrations import migrate
from opinionscope.history.restoring import restore
from opinionscope.history.writing import write_tags, write_whole
from opinionscope.runs.run import Run
from opinionscope.values import replace


class Merged(Struct, frozen=True):
    """What came of a merge.

    Attributes:
        added: ids of runs that are new here.
        known: how many runs both histories have.
        conflicts: ids of runs that both have, with different content; they are as they were.
        selections: names of saved selections that both have, with different texts; they are as they were.
    """

    added: tuple[str, ...]
    known: int
    conflicts: tuple[str, ...]
    selections: tuple[str, ...] = ()


@contextmanager
def other_history(path: Path) -> Iterator[sqlite3.Connection]:
    """A copy of another history in memory, brought to today's schema; the file itself is only read.

    Raises:
        HistoryError: if it cannot be read, or is no history.
    """
    with explained(path), closing(sqlite3.connect(":memory:", isolation_level=None)) as copy:
        uri = f"{path.absolute().as_uri()}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True)) as file:
            file.backup(copy)
        migrate(copy, path)
        yield teach(copy)


def merge(connection: sqlite3.Connection, other: sqlite3.Connection) -> Merged:
    """Add the runs of another history; arguments and rules as in `History.merge`, in a transaction."""
    added: list[str] = []
    conflicts: list[str] = []
    known = 0
    ids = other.execute("SELECT id, pinned FROM runs WHERE id NOT IN (SELECT run_id FROM bin) ORDER BY id")
    for run_id, is_pinned in ids.fetchall():
        theirs = restore(other, run_id)
        if connection.execute("SELECT 1 FROM runs WHERE id = ?", (run_id,)).fetchone() is None:
            write_whole(connection, theirs)
            connection.execute("UPDATE runs SET pinned = ? WHERE id = ?", (is_pinned, run_id))
            added.append(run_id)
            continue
        ours = restore(connection, run_id)
        if _content(ours) != _content(theirs):
            conflicts.append(run_id)
            continue
        known += 1
        write_tags(connection, run_id, theirs.tags)
        connection.execute("UPDATE runs SET note = ? WHERE id = ? AND note = ''", (theirs.note, run_id))
    _merge_sweeps(connection, other)
    return Merged(tuple(added), known, tuple(conflicts), _merge_selections(connection, other))


def _merge_sweeps(connection: sqlite3.Connection, other: sqlite3.Connection) -> None:
    """Add sweeps that this history does not have, and which of the runs at hand answer their cells."""
    tables = {"sweeps": "id, created, name, plan, cells, calls", "sweep_cells": "sweep, cell, run_id, reason"}
    for table, columns in tables.items():
        rows = other.execute(f"SELECT {columns} FROM {table}").fetchall()
        if table == "sweep_cells":
            here = "SELECT 1 FROM runs WHERE id = ?"
            rows = [row for row in rows if row[2] is None or connection.execute(here, (row[2],)).fetchone()]
        marks = ", ".join("?" * len(columns.split(",")))
        connection.executemany(
            f"INSERT INTO {table} ({columns}) VALUES ({marks}) ON CONFLICT DO NOTHING", [tuple(row) for row in rows]
        )


def _content(run: Run) -> str:
    """A run without what users put on it; as text, for a log-prob may be NaN, which is not equal to itself."""
    return repr(replace(run, tags=(), note=""))


def _merge_selections(connection: sqlite3.Connection, other: sqlite3.Connection) -> tuple[str, ...]:
    conflicts = []
    for name, text in other.execute("SELECT name, text FROM selections ORDER BY name").fetchall():
        own = connection.execute("SELECT text FROM selections WHERE name = ?", (name,)).fetchone()
        if own is None:
            connection.execute("INSERT INTO selections (name, text) VALUES (?, ?)", (name, text))
        elif own[0] != text:
            conflicts.append(name)
    return tuple(conflicts)
