"""Sweeps in the history: their plans, which run answers which cell, who is at work on them, and batches handed in."""

import json
import os
import platform
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from msgspec import Struct
from msgspec.structs import asdict

from opinionscope.elicitation import FORMATS
from opinionscope.history.errors import HistoryError
from opinionscope.history.keeping import Keeping
from opinionscope.history.rows import as_text, insert, moment
from opinionscope.history.sessions import is_alive
from opinionscope.history.shared import question_hash
from opinionscope.recipe import identified
from opinionscope.runs.submission import Submission
from opinionscope.survey import Question
from opinionscope.survey.text import clean_line

if TYPE_CHECKING:
    from opinionscope.runs.sweep_grid import Asked

State = Literal["whole", "open", "refused"]
"""Of a cell that was begun: every call was answered; some were not; it cannot be asked."""

_WHOLE = """(runs.kind = 'recorded' AND runs.status IN ('done', 'unread')) OR
  (SELECT count(*) FROM calls WHERE run_id = runs.id AND answered IS NOT NULL)
  = 1 + (SELECT count(*) FROM planned_calls WHERE run_id = runs.id)"""
_CELLS = f"""
SELECT cell, run_id, CASE WHEN run_id IS NULL THEN 'refused' WHEN {_WHOLE} THEN 'whole' ELSE 'open' END AS state
FROM sweep_cells LEFT JOIN runs ON runs.id = run_id WHERE sweep = ?
"""
_TOTALS = f"""
SELECT count(run_id) FILTER (WHERE whole AND status IN ('done', 'unread')) AS answered,
  count(run_id) FILTER (WHERE whole AND status = 'unread') AS unread,
  count(run_id) FILTER (WHERE NOT (whole AND status IN ('done', 'unread')) AND failures > 0) AS failed,
  count(*) FILTER (WHERE run_id IS NULL) AS refused,
  CASE WHEN coalesce(sum(unpriced), 0) = 0 THEN coalesce(sum(cost), 0.0) END AS cost_usd
FROM (
  SELECT sweep_cells.run_id, status, {_WHOLE} AS whole,
    (runs.status = 'failed') + (SELECT count(*) FROM calls WHERE run_id = runs.id AND unread <> '') AS failures,
    (SELECT sum(cost_usd) FROM calls WHERE run_id = runs.id) AS cost,
    (SELECT count(*) FROM calls WHERE run_id = runs.id AND answered IS NOT NULL AND cost_usd IS NULL) AS unpriced
  FROM sweep_cells LEFT JOIN runs ON runs.id = run_id WHERE sweep = ?
)
"""
_ANSWERED = f"""
SELECT runs.question_hash, groups.name, steering, format, model, api_base, voice, option_order, reasoning, samples,
  repeats, temperature, examples_wanted, seed,
  (SELECT json_group_object(name, value) FROM recipe_options WHERE run_id = runs.id), template_version, pack_version,
  runs.id
FROM runs JOIN groups ON groups.hash = group_hash
WHERE status IN ('done', 'unread') AND examples_chosen = 0 AND ({_WHOLE})
  AND runs.id NOT IN (SELECT run_id FROM bin) ORDER BY runs.id
"""


class SweepRow(Struct, frozen=True):
    """A sweep as it was begun; `plan` is the text of its plan file."""

    id: str
    created: datetime
    name: str
    plan: str
    cells: int
    calls: int


class Totals(Struct, frozen=True):
    """What came of a sweep so far, in cells.

    Attributes:
        answered: those whose every call was answered, `unread` ones among them.
        unread: those whose answer no parser could read.
        failed: those of which at least one call failed.
        refused: those that cannot be asked.
        cost_usd: what the answers cost; None where a price is not known.
        is_running: whether a process is at it now.
    """

    answered: int
    unread: int
    failed: int
    refused: int
    cost_usd: float | None
    is_running: bool


class Sweeps(Keeping):
    """A history file, the sweeps in it, and the batches that were handed in for them."""

    def add_sweep(self, row: SweepRow) -> None:
        """Keep a sweep before its first cell is asked.

        Raises:
            HistoryError: if it cannot be written.
        """
        with self._transaction(create=True) as connection:
            insert(connection, "sweeps", [asdict(row) | {"created": as_text(row.created)}])

    def sweep(self, wanted: str) -> SweepRow:
        """The sweep with that id or name, or the only one whose id begins or ends so.

        Raises:
            HistoryError: if there is none, or more than one.
        """
        wanted = clean_line(wanted)
        found = [row for row in self.sweeps() if wanted and (row.id.startswith(wanted.upper()) or
                 row.id.endswith(wanted.upper()) or row.name == wanted)]  # fmt: skip
        if len(found) == 1:
            return found[0]
        if not found:
            raise HistoryError(
                f'no sweep is called "{wanted}"; `opinionscope sweep list` lists them', title="No such sweep"
            )
        shown = ", ".join(row.id for row in found[:3])
        raise HistoryError(f'several sweeps fit "{wanted}": {shown}; give more of the id', title="Which sweep?")

    def sweeps(self) -> list[SweepRow]:
        """All sweeps, newest first."""
        rows = self._rows_if_any("SELECT id, created, name, plan, cells, calls FROM sweeps ORDER BY id DESC")
        return [SweepRow(row[0], datetime.fromisoformat(row[1]), *row[2:]) for row in rows]

    @contextmanager
    def holding(self, sweep: str) -> Iterator[None]:
        """Be the only process at work on a sweep.

        Raises:
            HistoryError: naming the process that is at work on it.
        """
        with self._at_work(sweep) as (connection, session):
            held, holder = connection.execute("SELECT session, holder FROM sweeps WHERE id = ?", (sweep,)).fetchone()
            if held and is_alive(self.path, held):
                raise HistoryError(
                    f"sweep {sweep} is being asked by {holder}; wait for its end, or stop that process",
                    title="Under way",
                )
            since = datetime.now().astimezone().strftime("%H:%M on %Y-%m-%d")
            holder = f"process {os.getpid()} on {platform.node()} since {since}"
            connection.execute("UPDATE sweeps SET session = ?, holder = ? WHERE id = ?", (session, holder, sweep))
        try:
            yield
        finally:
            with self._lock:
                self._under_way.discard(sweep)
                self._leave_session()

    def link(self, sweep: str, runs: Mapping[str, str]) -> None:
        """Say which runs answer which cells: cell → id of the run.

        Raises:
            HistoryError: if that cannot be written.
        """
        sql = """INSERT INTO sweep_cells (sweep, cell, run_id) VALUES (?, ?, ?)
            ON CONFLICT DO UPDATE SET run_id = excluded.run_id, reason = ''"""
        with self._transaction() as connection:
            connection.executemany(sql, [(sweep, cell, run_id) for cell, run_id in runs.items()])

    def refuse(self, sweep: str, cell: str, reason: str) -> None:
        """Keep that a cell cannot be asked, and why.

        Raises:
            HistoryError: if that cannot be written.
        """
        with self._transaction() as connection:
            insert(connection, "sweep_cells", [{"sweep": sweep, "cell": cell, "reason": reason}], known_ok=True)

    def sweep_cells(self, sweep: str) -> dict[str, tuple[State, str]]:
        """The cells that were begun: cell → state, and the id of its run or "".

        Raises:
            HistoryError: if the file cannot be read.
        """
        return {row["cell"]: (row["state"], row["run_id"] or "") for row in self._rows(_CELLS, sweep)}

    def sweep_totals(self, sweep: str) -> Totals:
        """What came of a sweep so far."""
        with self._reading() as connection:
            (held,) = connection.execute("SELECT session FROM sweeps WHERE id = ?", (sweep,)).fetchone()
            totals = connection.execute(_TOTALS, (sweep,)).fetchone()
        return Totals(**dict(totals), is_running=bool(held) and is_alive(self.path, held))

    def unscaled(self, sweep: str) -> list[str]:
        """Runs of a sweep whose answers wait for a temperature that is fitted on others."""
        scaled = [name for name, form in FORMATS.items() if form.scaled]
        sql = f"""SELECT run_id FROM sweep_cells JOIN runs ON runs.id = run_id LEFT JOIN scalings USING (run_id)
            WHERE sweep = ? AND status = 'unread' AND tau IS NULL AND format IN ({", ".join("?" * len(scaled))})"""
        return [row[0] for row in self._rows(sql, sweep, *scaled)]

    def sweeps_of(self, run_ids: Iterable[str]) -> list[SweepRow]:
        """The sweeps that some runs answer cells of, newest first."""
        wanted = json.dumps(list(run_ids))
        sql = "SELECT DISTINCT sweep FROM sweep_cells WHERE run_id IN (SELECT value FROM json_each(?))"
        found = {row[0] for row in self._rows(sql, wanted)}
        return [row for row in self.sweeps() if row.id in found]

    def missing_calls(self, sweep: str, most: int) -> list[str]:
        """Calls of begun cells that have no answer, as ``RUN-CALL``."""
        sql = """SELECT planned.run_id || '-' || planned.position FROM sweep_cells JOIN (
              SELECT id AS run_id, 0 AS position FROM runs
              UNION ALL SELECT run_id, position FROM planned_calls) AS planned USING (run_id)
            LEFT JOIN calls ON calls.run_id = planned.run_id AND calls.position = planned.position
              AND calls.answered IS NOT NULL
            WHERE sweep = ? AND calls.id IS NULL LIMIT ?"""
        return [row[0] for row in self._rows(sql, sweep, most)]

    def refusals(self, sweep: str) -> Mapping[str, int]:
        """Why cells cannot be asked: reason → how many, the most frequent first."""
        sql = """SELECT reason, count(*) FROM sweep_cells WHERE sweep = ? AND run_id IS NULL
            GROUP BY reason ORDER BY 2 DESC"""
        return dict(self._rows(sql, sweep))

    def answered_cells(self, questions: Iterable[Question]) -> "dict[Asked, str]":
        """Every run whose calls were all answered: how it was put → its id, the newest where several were alike.

        Args:
            questions: as they are now; a run of a question that was worded otherwise does not count.
        """
        from opinionscope.runs.sweep_grid import Asked, Manner

        if not self.exists:
            return {}
        known = {question_hash(question): (question.dataset, question.id) for question in questions}
        with self._transaction("BEGIN") as connection:
            rows = connection.execute(_ANSWERED)
            return {
                Asked(
                    *known[question], group, Manner(*(*manner, identified(json.loads(options)))), version, pack
                ): run_id
                for question, group, *manner, options, version, pack, run_id in rows
                if question in known
            }

    def seconds_per_call(self, model: str) -> float | None:
        """What the newest calls of a model took on average, in seconds; None where there were none."""
        sql = """SELECT avg(seconds) FROM (SELECT seconds FROM runs JOIN calls ON run_id = runs.id
            WHERE model = ? AND recorded = '' AND answered IS NOT NULL ORDER BY runs.id DESC LIMIT 200)"""
        return next((row[0] for row in self._rows_if_any(sql, model)), None)

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
        columns = ", ".join(Submission.__struct_fields__)
        sql = f"SELECT {columns} FROM submissions WHERE sweep = coalesce(?, sweep) ORDER BY id"
        return [
            Submission(**dict(row) | {"created": moment(row["created"]), "collected": moment(row["collected"])})
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
