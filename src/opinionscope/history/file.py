"""The file of a history while a program uses it: one connection, transactions, and the session of the program."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import Any, Self

from opinionscope.history import listing
from opinionscope.history.connecting import connect
from opinionscope.history.errors import HistoryError, NoHistoryError, explained
from opinionscope.history.sessions import ProgramSession, is_alive
from opinionscope.history.spilling import spill_files
from opinionscope.runs.errors import READ_ONLY
from opinionscope.survey.text import clean_line

PATIENCE = 5.0
ID_LENGTH = 26
_SHOWN_IDS = 3


class HistoryFile:
    """An SQLite file that is opened when it is first needed; worker threads may share an object.

    Attributes:
        path: the file.
        taken_in: ids of the runs that were taken in from spill files.
        problems: why other spill files could not be.
    """

    def __init__(self, path: Path, *, patience: float = PATIENCE, is_read_only: bool = False) -> None:
        self.path = path
        self._is_read_only = is_read_only
        self._patience = patience
        self._lock = RLock()
        self._connection: sqlite3.Connection | None = None
        self._session: ProgramSession | None = None
        self._under_way: set[str] = set()
        self._has_bin = False
        self.taken_in: list[str] = []
        self.problems: list[HistoryError] = []

    @property
    def exists(self) -> bool:
        """Whether there is a file, or something that waits to be taken into one."""
        return self.path.exists() or bool(spill_files(self.path))

    def version(self) -> tuple[int, int]:
        """Something that is another after each change, whoever made it; it takes no reading of any table.

        Raises:
            HistoryError: if the file cannot be read.
        """
        if not self.exists:
            return 0, 0
        with self._reading() as connection:
            (by_others,) = connection.execute("PRAGMA data_version").fetchone()
            return by_others, connection.total_changes

    @classmethod
    def open(cls, path: Path, *, patience: float = PATIENCE) -> Self:
        """Open the history now, or begin one; arguments as in the class.

        Raises:
            HistoryError: if the file cannot be used, and why.
        """
        history = cls(path, patience=patience)
        with history._reading(create=True):
            return history

    def close(self) -> None:
        """Close the file; the next use opens it again. Runs still under way count as abandoned from now on."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None
            self._under_way.clear()
            self._has_bin = False
            self._leave_session()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def snapshot(self) -> Iterator[sqlite3.Connection]:
        """A connection of its own that sees the history as it stands now, however long it reads and others write.

        Raises:
            HistoryError: if the file cannot be used.
        """
        with self._reading():
            pass
        with explained(self.path), closing(connect(self.path, self._patience)) as connection:
            connection.execute("BEGIN")
            yield connection

    def _resolve(self, connection: sqlite3.Connection, run_id: str) -> str:
        wanted = clean_line(run_id)
        found = listing.matching_ids(connection, wanted, _SHOWN_IDS + 1)
        if len(found) == 1:
            return found[0]
        if not found:
            whole = f"the history has no run {wanted}, or has it no longer"
            lacking = whole if len(wanted) == ID_LENGTH else f'no run has an id that begins or ends with "{wanted}"'
            raise HistoryError(f"{lacking}; `opinionscope history list` lists the runs", title="No such run")
        shown = ", ".join(found[:_SHOWN_IDS]) + (", …" if len(found) > _SHOWN_IDS else "")
        raise HistoryError(f'several runs fit "{wanted}": {shown}; give more of the id', title="Which run?")

    def _leave_session(self) -> None:
        """Let go of the session when nothing is under way or in the bin, so that no lock file stays behind."""
        if self._session is not None and not self._under_way and not self._has_bin:
            with suppress(OSError):
                self._session.close()
            self._session = None

    def _opened(self) -> None:
        """What is to be done when the file has been opened."""

    @contextmanager
    def _at_work(self, run_id: str | None) -> Iterator[tuple[sqlite3.Connection, str]]:
        """A transaction after which this session has a run under way, or with None a bin; and the id of the session."""
        with self._lock:
            try:
                with self._transaction(create=True) as connection:
                    if self._session is None:
                        self._session = ProgramSession(self.path)
                    yield connection, self._session.id
                if run_id is None:
                    self._has_bin = True
                else:
                    self._under_way.add(run_id)
            finally:
                self._leave_session()

    @contextmanager
    def _reading(self, *, create: bool = False) -> Iterator[sqlite3.Connection]:
        with self._lock, explained(self.path):
            if self._connection is None:
                if not create and not self.exists:
                    raise NoHistoryError(self.path)
                self._connection = connect(self.path, self._patience)
                if not self._is_read_only:
                    self._opened()
            yield self._connection

    def _rows(self, sql: str, *values: object) -> list[Any]:
        """All rows that a statement finds.

        Raises:
            HistoryError: if the file cannot be read, or there is no history yet.
        """
        with self._reading() as connection:
            return connection.execute(sql, values).fetchall()

    def _ended_sessions(self, sql: str) -> list[str]:
        """Of the sessions that a statement finds, those that do not live any more; never our own."""
        own = self._session.id if self._session else None
        return [row[0] for row in self._rows(sql) if row[0] != own and not is_alive(self.path, row[0])]

    def _rows_if_any(self, sql: str, *values: object) -> list[Any]:
        """As `_rows`, and nothing where there is no history yet."""
        return self._rows(sql, *values) if self.exists else []

    @contextmanager
    def together(self) -> Iterator[None]:
        """One transaction for all that is written inside: it takes one wait for the disk, and is kept or lost whole.

        What fails inside and is caught there undoes itself alone.

        Raises:
            HistoryError: if the file cannot be written.
        """
        with self._transaction(create=True):
            yield

    @contextmanager
    def _transaction(self, begin: str = "BEGIN IMMEDIATE", *, create: bool = False) -> Iterator[sqlite3.Connection]:
        if self._is_read_only and begin != "BEGIN":
            raise HistoryError(READ_ONLY, title="Read-only")
        with self._reading(create=create) as connection:
            within = connection.in_transaction
            connection.execute("SAVEPOINT part" if within else begin)
            try:
                yield connection
                connection.execute("RELEASE part" if within else "COMMIT")
            except BaseException:
                if within and connection.in_transaction:
                    connection.execute("ROLLBACK TO part")
                    connection.execute("RELEASE part")
                else:
                    connection.rollback()
                raise
