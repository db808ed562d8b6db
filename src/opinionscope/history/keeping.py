"""What users do with saved runs: tags, notes, pins, a bin with undo, saved selections."""

import sqlite3
from collections.abc import Iterable, Mapping

from opinionscope.history.errors import HistoryError
from opinionscope.history.file import HistoryFile
from opinionscope.history.writing import write_tags
from opinionscope.selection import parse
from opinionscope.survey.text import clean, clean_line


class Keeping(HistoryFile):
    """A history file, and what users do with the runs in it. Ids may be shortened as in `History.get`."""

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

    def question_tags(self) -> dict[tuple[str, str], set[str]]:
        """Dataset and id of a question → the tags of its runs; questions without any are left out."""
        sql = """SELECT DISTINCT dataset, question_id, tag FROM tags JOIN runs ON runs.id = run_id
            JOIN questions ON hash = question_hash WHERE runs.id NOT IN (SELECT run_id FROM bin)"""
        found: dict[tuple[str, str], set[str]] = {}
        for dataset, question, tag in self._rows_if_any(sql):
            found.setdefault((dataset, question), set()).add(tag)
        return found

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

    def pin(self, *run_ids: str) -> None:
        """Pin runs.

        Raises:
            HistoryError: as `get`.
        """
        self._set_pinned(run_ids, pinned=True)

    def unpin(self, *run_ids: str) -> None:
        """Take pins away; runs without one are passed over.

        Raises:
            HistoryError: as `get`.
        """
        self._set_pinned(run_ids, pinned=False)

    def _set_pinned(self, run_ids: Iterable[str], *, pinned: bool) -> None:
        with self._transaction() as connection:
            values = [(pinned, self._resolve(connection, run_id)) for run_id in run_ids]
            connection.executemany("UPDATE runs SET pinned = ? WHERE id = ?", values)

    def bin(self, *run_ids: str) -> list[str]:
        """Put runs into the bin: no list has them any more, but `unbin` brings them back.

        They are deleted for good when the file is next opened after this program has ended.

        Returns:
            Their whole ids.

        Raises:
            HistoryError: as `get`.
        """
        with self._at_work(None) as (connection, session):
            ids = [self._resolve(connection, run_id) for run_id in dict.fromkeys(run_ids)]
            connection.executemany("INSERT INTO bin (run_id, session) VALUES (?, ?)", [(key, session) for key in ids])
        return ids

    def unbin(self, *run_ids: str) -> None:
        """Bring runs back from the bin, by their whole ids; those that are not in it are passed over.

        Raises:
            HistoryError: if the file cannot be written.
        """
        with self._transaction() as connection:
            connection.executemany("DELETE FROM bin WHERE run_id = ?", [(run_id,) for run_id in run_ids])

    def empty_bin(self) -> int:
        """Delete for good what programs that have ended left in the bin; returns how many runs."""
        deleted = 0
        for session in self._ended_sessions("SELECT DISTINCT session FROM bin"):
            with self._transaction() as connection:
                rows = connection.execute("SELECT run_id FROM bin WHERE session = ?", (session,)).fetchall()
                deleted += len(rows)
                _delete(connection, [row[0] for row in rows])
        return deleted

    def delete(self, *run_ids: str) -> int:
        """Delete runs for good, and the prompts, questions and human answers that no other run needs.

        Returns:
            How many.

        Raises:
            HistoryError: as `get`; then none is deleted.
        """
        with self._transaction() as connection:
            keys = list(dict.fromkeys(self._resolve(connection, run_id) for run_id in run_ids))
            _delete(connection, keys)
        return len(keys)

    def selections(self) -> Mapping[str, str]:
        """Saved selections: name → text, by name."""
        return dict(self._rows_if_any("SELECT name, text FROM selections ORDER BY name"))

    def save_selection(self, name: str, text: str) -> None:
        """Save a selection by a name, in place of the one that has it.

        Raises:
            HistoryError: if the name is empty, or the file cannot be written.
            SelectionError: if the text cannot be understood.
        """
        name, text = clean_line(name).strip(), parse(text).text
        if not name:
            raise HistoryError("expected a name for the selection, got nothing but blanks")
        with self._transaction(create=True) as connection:
            connection.execute("INSERT OR REPLACE INTO selections (name, text) VALUES (?, ?)", (name, text))

    def forget_selection(self, name: str) -> None:
        """Delete a saved selection; one that is not there is passed over.

        Raises:
            HistoryError: if the file cannot be written.
        """
        with self._transaction() as connection:
            connection.execute("DELETE FROM selections WHERE name = ?", (clean_line(name).strip(),))


def _delete(connection: sqlite3.Connection, run_ids: Iterable[str]) -> None:
    """Delete runs, and what no other run shares with them; wants a transaction."""
    prompts, humans, questions, groups = set(), set(), set(), set()
    for key in run_ids:
        sql = """SELECT runs.prompt_hash, human_hash, pooled_hash, runs.question_hash, runs.group_hash, pools.group_hash
            FROM runs LEFT JOIN humans AS pools ON pools.hash = pooled_hash WHERE id = ?"""
        prompt, human, pooled, question, group, pool = connection.execute(sql, (key,)).fetchone()
        planned = connection.execute("SELECT DISTINCT prompt_hash FROM planned_calls WHERE run_id = ?", (key,))
        prompts |= {prompt, *(row["prompt_hash"] for row in planned)}
        humans |= {human, pooled}
        questions.add(question)
        groups |= {group, pool}
        connection.execute("DELETE FROM runs WHERE id = ?", (key,))
    for sql, shared in (
        (_unused("prompts", "runs.prompt_hash", "planned_calls.prompt_hash"), prompts),
        (_unused("humans", "runs.human_hash", "runs.pooled_hash"), humans),
        (_unused("questions", "runs.question_hash", "humans.question_hash"), questions),
        (_unused("groups", "runs.group_hash", "humans.group_hash"), groups),
    ):
        connection.executemany(sql, [(each,) for each in shared])


def _unused(table: str, *users: str) -> str:
    """SQL that deletes the row with a given hash if none of the users, ``table.column``, refers to it."""
    conditions = " AND ".join(
        f"NOT EXISTS (SELECT 1 FROM {user.partition('.')[0]} WHERE {user} = ?1)" for user in users
    )
    return f"DELETE FROM {table} WHERE hash = ?1 AND {conditions}"
