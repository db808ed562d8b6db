"""History: the SQLite store of runs."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import Self

from opinionscope.elicitation import Reply
from opinionscope.history import listing
from opinionscope.history.connecting import connect
from opinionscope.history.errors import HistoryError, NoHistoryError, explained
from opinionscope.history.listing import RunRow
from opinionscope.history.restoring import restore, restore_earlier
from opinionscope.history.rows import as_text
from opinionscope.history.sessions import Session, is_alive
from opinionscope.history.spilling import read_spill, spill_files
from opinionscope.history.writing import (
    mark_running,
    write_choices,
    write_outcome,
    write_replies,
    write_tags,
)
from opinionscope.runs.rescore import score
from opinionscope.runs.resuming import being_asked
from opinionscope.runs.run import Run
from opinionscope.survey.text import clean, clean_line

PATIENCE = 5.0
ABANDONED_TITLE = "Interrupted"
ABANDONED = "the program ended before all answers had come; ask for those that are missing, or score what there is"

_SHOWN_IDS = 3


class History:
    """The runs kept in one SQLite file, which is opened when it is first needed.

    Worker threads may share an object, and several programs a file: every write is one transaction, and waits
    its turn. All methods block for some milliseconds, the first use of a new file for about a second (it takes
    sqlite-utils to lay out the tables), and raise HistoryError when the file cannot be used. What only reads makes
    no file: a history that is not there yet has no runs.

    Opening takes in the runs that could not be written earlier (see `spilling`), and settles those that a program
    left unfinished.

    Attributes:
        taken_in: ids of the runs that were taken in from spill files.
        problems: why other spill files could not be.

    Args:
        path: the file; its folder is made if need be, both for the user alone.
        patience: how long to wait, in seconds, for another program that is writing.
    """

    def __init__(self, path: Path, *, patience: float = PATIENCE) -> None:
        self.path = path
        self._patience = patience
        self._lock = RLock()
        self._connection: sqlite3.Connection | None = None
        self._session: Session | None = None
        self._under_way: set[str] = set()
        self.taken_in: list[str] = []
        self.problems: list[HistoryError] = []

    @property
    def exists(self) -> bool:
        """Whether there is a file, or something that waits to be taken into one."""
        return self.path.exists() or bool(spill_files(self.path))

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
            self._leave_session()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def begin(self, run: Run) -> None:
        """Keep a run as "running", with everything needed to repeat it, before anybody is asked.

        Raises:
            HistoryError: if it cannot be written, or a run with that id is there already.
        """
        with self._at_work(run.id) as (connection, session):
            write_choices(connection, replace(run, status="running", finished=None), session)

    def resume(self, run_id: str) -> Run:
        """Have a run that had ended be "running" again, to ask for the answers that are missing.

        Args:
            run_id: the whole id.

        Returns:
            The run with the answers that it has, and without numbers.

        Raises:
            HistoryError: if it is being asked at this moment, here or by another process, or cannot be written.
        """
        self.settle_abandoned()
        with self._at_work(run_id) as (connection, session):
            run = restore(connection, self._resolve(connection, run_id))
            if run.status == "running":
                raise being_asked(run, "here" if run_id in self._under_way else "by another process")
            mark_running(connection, run_id, session)
            return replace(run, status="running", finished=None, reading=None, alignment=None, error_title="", error="")

    def add(self, run_id: str, replies: Iterable[Reply]) -> None:
        """Keep answers of a run that is still under way, lest they be lost with the program.

        Raises:
            HistoryError: if they cannot be written.
        """
        with self._transaction() as connection:
            write_replies(connection, run_id, replies)

    def finish(self, run: Run) -> None:
        """Keep what came of a run, in place of what was kept of it before, or all of it if nothing was.

        Tags and a note that the run was given meanwhile stay.

        Raises:
            HistoryError: if it cannot be written.
        """
        with self._lock:
            with self._transaction(create=True) as connection:
                _write_whole(connection, run)
            self._under_way.discard(run.id)
            self._leave_session()

    def get(self, run_id: str) -> Run:
        """The run with that id, or the only one whose id begins or else ends so; equal to the one that was finished.

        One that was interrupted after its last answer is scored now.

        Raises:
            HistoryError: if there is no such run, or more than one.
        """
        if not self.exists:
            raise NoHistoryError(self.path, f'no run "{clean_line(run_id)}"')
        with self._transaction("BEGIN") as connection:
            run = restore(connection, self._resolve(connection, run_id))
        if not (run.is_interrupted and run.is_complete):
            return run
        with suppress(HistoryError):
            run = replace(score(run), finished=run.finished or max(each.answered or run.created for each in run.whole))
            self.finish(run)
        return run

    def page(self, filter_text: str = "", limit: int = 50, before: str | None = None, offset: int = 0) -> list[RunRow]:
        """One page of the list of runs, newest first.

        Args:
            filter_text: words; runs that hold every one of them in their question, dataset, group, steering,
                format, model, status or tags, whatever the case and accents.
            limit: most rows.
            before: id of a run; only older ones. The id of the last row seen gives the next page.
            offset: rows to pass over, for a jump into a long list.
        """
        if not self.exists:
            return []
        with self._reading() as connection:
            return listing.page(connection, filter_text, limit, before, offset)

    def answered_by(self, model: str, steering: str, formats: Sequence[str], most: int) -> list[Run]:
        """The newest answered runs of a model under a steering method in any of these formats.

        Also those whose answers could not be used when they came, for want of a temperature to scale them by.

        Args:
            most: how many at most.
        """
        marks = ", ".join("?" * len(formats))
        sql = (
            f"SELECT id FROM runs WHERE model = ? AND steering = ? AND format IN ({marks}) "
            "AND status IN ('done', 'unread') ORDER BY id DESC LIMIT ?"
        )
        if not self.exists:
            return []
        with self._transaction("BEGIN") as connection:
            rows = connection.execute(sql, (model, steering, *formats, most)).fetchall()
            return [restore(connection, row["id"]) for row in rows]

    def earlier(self, request_hash: str, number: int) -> Reply | None:
        """The n-th reply, from 0, that was ever given to a request; those taken from here themselves do not count."""
        if self.exists:
            with suppress(HistoryError), self._transaction("BEGIN") as connection:
                return restore_earlier(connection, request_hash, number)
        return None

    def count(self, filter_text: str = "") -> int:
        """How many runs there are, or pass the filter; words as in `page`."""
        if not self.exists:
            return 0
        with self._reading() as connection:
            return listing.count(connection, filter_text)

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

    def delete(self, run_id: str) -> None:
        """Delete a run, and the prompts, question and human answers that no other run needs.

        Raises:
            HistoryError: as `get`.
        """
        with self._transaction() as connection:
            key = self._resolve(connection, run_id)
            sql = "SELECT prompt_hash, human_hash, question_hash, group_hash FROM runs WHERE id = ?"
            prompt, human, question, group = connection.execute(sql, (key,)).fetchone()
            planned = connection.execute("SELECT DISTINCT prompt_hash FROM planned_calls WHERE run_id = ?", (key,))
            prompts = {prompt, *(row["prompt_hash"] for row in planned)}
            connection.execute("DELETE FROM runs WHERE id = ?", (key,))
            for sql, shared in (
                *((_unused("prompts", "prompt_hash", "runs", "planned_calls"), each) for each in prompts),
                (_unused("humans", "human_hash", "runs"), human),
                (_unused("questions", "question_hash", "runs", "humans"), question),
                (_unused("groups", "group_hash", "runs", "humans"), group),
            ):
                connection.execute(sql, (shared,))

    def tag(self, run_id: str, *tags: str) -> None:
        """Add tags to a run.

        Raises:
            HistoryError: as `get`, or if a tag is empty.
        """
        cleaned = [clean_line(tag) for tag in tags]
        if not all(cleaned):
            raise HistoryError("expected a tag, got nothing but blanks")
        with self._transaction() as connection:
            write_tags(connection, self._resolve(connection, run_id), cleaned)

    def untag(self, run_id: str, *tags: str) -> None:
        """Take tags from a run; those that it has not got are passed over.

        Raises:
            HistoryError: as `get`.
        """
        with self._transaction() as connection:
            key = self._resolve(connection, run_id)
            connection.executemany(
                "DELETE FROM tags WHERE run_id = ? AND tag = ?", [(key, clean_line(tag)) for tag in tags]
            )

    def note(self, run_id: str, text: str) -> None:
        """Put a note on a run, in place of the one it has; "" takes it away.

        Raises:
            HistoryError: as `get`.
        """
        with self._transaction() as connection:
            values = (clean(text).strip(), self._resolve(connection, run_id))
            connection.execute("UPDATE runs SET note = ? WHERE id = ?", values)

    def take_in(self) -> None:
        """Take in the runs of spill files: once, however often it is interrupted and whoever else does so.

        A file goes when its run is in the history. One that cannot be used stays, and is named in `problems`.

        Raises:
            HistoryError: if the history cannot be written.
        """
        for path in spill_files(self.path):
            try:
                run = read_spill(path)
            except HistoryError as error:
                if path.exists():
                    self.problems.append(error)
                continue
            with self._transaction(create=True) as connection:
                is_wanted = path.exists() and _is_news(connection, run)
                if is_wanted:
                    _write_whole(connection, run)
            with suppress(OSError):
                path.unlink(missing_ok=True)
            self.taken_in += [run.id] if is_wanted else []

    def settle_abandoned(self) -> int:
        """Mark runs as "cancelled" whose program ended without finishing them; returns how many.

        Those whose last answer had come are scored. Runs of programs that still live are left alone, and a program
        that was wrongly taken for dead puts its run right when it finishes it.
        """
        with self._reading() as connection:
            sql = "SELECT DISTINCT session FROM runs WHERE status = 'running'"
            sessions = [row["session"] for row in connection.execute(sql).fetchall()]
        own = self._session.id if self._session else None
        gone = [session for session in sessions if session != own and not is_alive(self.path, session)]
        if not gone:
            return 0
        abandoned: list[str] = []
        with self._transaction() as connection:
            for session in gone:
                sql = """UPDATE runs SET status = 'cancelled', error_title = ?, error = ?
                    WHERE status = 'running' AND session = ? RETURNING id"""
                rows = connection.execute(sql, (ABANDONED_TITLE, ABANDONED, session)).fetchall()
                abandoned += [row["id"] for row in rows]
        for run_id in abandoned:
            self.get(run_id)
        return len(abandoned)

    def _resolve(self, connection: sqlite3.Connection, run_id: str) -> str:
        wanted = clean_line(run_id)
        found = listing.matching_ids(connection, wanted, _SHOWN_IDS + 1)
        if len(found) == 1:
            return found[0]
        if not found:
            raise HistoryError(
                f'no run has an id that begins or ends with "{wanted}"; `opinionscope history list` lists the runs',
                title="No such run",
            )
        shown = ", ".join(found[:_SHOWN_IDS]) + (", …" if len(found) > _SHOWN_IDS else "")
        raise HistoryError(f'several runs fit "{wanted}": {shown}; give more of the id', title="Which run?")

    def _leave_session(self) -> None:
        """Let go of the session when nothing is under way, so that no lock file stays behind."""
        if self._session is not None and not self._under_way:
            with suppress(OSError):
                self._session.close()
            self._session = None

    @contextmanager
    def _at_work(self, run_id: str) -> Iterator[tuple[sqlite3.Connection, str]]:
        """A transaction after which this session has a run under way, and the id of the session."""
        with self._lock:
            try:
                with self._transaction(create=True) as connection:
                    if self._session is None:
                        self._session = Session(self.path)
                    yield connection, self._session.id
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
                with suppress(HistoryError):
                    self.take_in()
                    self.settle_abandoned()
            yield self._connection

    @contextmanager
    def _transaction(self, begin: str = "BEGIN IMMEDIATE", *, create: bool = False) -> Iterator[sqlite3.Connection]:
        with self._reading(create=create) as connection:
            connection.execute(begin)
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                connection.rollback()
                raise


def _write_whole(connection: sqlite3.Connection, run: Run) -> None:
    """Write what came of a run, in place of what was kept of it before, or all of it if nothing was."""
    if not write_outcome(connection, run):
        write_choices(connection, run, "")
        write_outcome(connection, run)


def _is_news(connection: sqlite3.Connection, run: Run) -> bool:
    """Whether the history has nothing of a run, or something older."""
    row = connection.execute("SELECT finished FROM runs WHERE id = ?", (run.id,)).fetchone()
    ended = as_text(run.finished or run.created)
    return row is None or row["finished"] is None or row["finished"] < ended


def _unused(table: str, column: str, *users: str) -> str:
    """SQL that deletes the row with a given hash if none of the users' tables refers to it."""
    conditions = " AND ".join(f"NOT EXISTS (SELECT 1 FROM {user} WHERE {column} = ?1)" for user in users)
    return f"DELETE FROM {table} WHERE hash = ?1 AND {conditions}"
