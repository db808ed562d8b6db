"""Batches in the history: files of calls that were handed in, so that their results can be fetched at any time."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime

from opinionscope.history.rows import as_text, insert
from opinionscope.history.sweeps import Sweeps
from opinionscope.runs.submissions import Submission

_COLUMNS = "id, sweep, created, shard, digest, calls, model, provider, api_base, file_id, batch_id, status, collected"


class Batches(Sweeps):
    """A history file, its sweeps, and the batches that were handed in for them."""

    def keep_submission(self, made: Submission) -> None:
        """Write a submission, in place of what is known of it.

        Raises:
            HistoryError: if it cannot be written.
        """
        row = asdict(made) | {
            "created": as_text(made.created),
            "collected": None if made.collected is None else as_text(made.collected),
        }
        with self._transaction() as connection:
            connection.execute("DELETE FROM submissions WHERE id = ?", (made.id,))
            insert(connection, "submissions", [row])

    def submissions(self, sweep: str | None = None) -> list[Submission]:
        """All submissions, or those of a sweep, in the order in which they were made."""
        sql = f"SELECT {_COLUMNS} FROM submissions WHERE sweep = coalesce(?, sweep) ORDER BY id"
        return [
            Submission(**dict(row) | {"created": _moment(row["created"]), "collected": _moment(row["collected"])})
            for row in self._rows_if_any(sql, sweep)
        ]

    def asked_by(self, run_ids: Iterable[str]) -> list[tuple[str, str, str | None]]:
        """For some runs of sweeps: which sweeps, models and servers, each combination once."""
        sql = """SELECT DISTINCT sweep, model, api_base FROM sweep_cells JOIN runs ON runs.id = run_id
            WHERE run_id IN (SELECT value FROM json_each(?)) ORDER BY 1, 2"""
        return [tuple(row) for row in self._rows(sql, json.dumps(list(run_ids)))]

    def answered_calls(self, sweep: str) -> set[str]:
        """Calls of a sweep that have an answer, as ``RUN-CALL``."""
        sql = """SELECT calls.run_id || '-' || position FROM sweep_cells JOIN calls USING (run_id)
            WHERE sweep = ? AND answered IS NOT NULL"""
        return {row[0] for row in self._rows(sql, sweep)}

    def submissions_like(self, digests: Sequence[str]) -> list[Submission]:
        """Submissions of files with this content."""
        return [each for each in self.submissions() if each.digest in digests]


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
