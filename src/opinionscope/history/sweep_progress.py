"""How far sweeps are, and which process is at work on them, for programs that look on."""

import os
import platform
import signal
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from msgspec import Struct
from msgspec.structs import astuple

from opinionscope.history.errors import HistoryError
from opinionscope.history.rows import as_text
from opinionscope.history.sessions import holds, is_alive
from opinionscope.history.sweeps import SweepRow, Sweeps, Totals
from opinionscope.regexes import regex

LOOKED_BACK = 60.0
"""Seconds over which the rate is told."""
_HOLDER = regex(r"process (\d+) on (.*) since .*")
_RECENT = """SELECT count(*), min(created) FROM sweep_cells JOIN runs ON runs.id = run_id
  WHERE sweep = ? AND finished >= ? AND status IN ('done', 'unread', 'failed')"""
_KINDS = """SELECT status = 'unread' AND lost IS NULL AS is_unread,
  CASE WHEN status = 'failed' THEN error_title ELSE coalesce(lost, error) END AS kind, count(*) AS times
  FROM (SELECT status, error_title, error,
      (SELECT unread FROM calls WHERE run_id = runs.id AND unread <> '' LIMIT 1) AS lost
    FROM sweep_cells JOIN runs ON runs.id = run_id WHERE sweep = ?)
  WHERE status IN ('unread', 'failed') OR lost IS NOT NULL GROUP BY 1, 2"""


class SweepBounds(Struct, frozen=True):
    """Where the last start of a sweep was to stop, and what stopped it.

    Attributes:
        budget: US dollars; None for no bound.
        calls: requests; None for no bound.
        cost_before: US dollars that the runs of the sweep had cost when it began; None where that is not known.
        ended_by: the bound, or the errors of models that were given up, that stopped it; "" while none did.
    """

    budget: float | None = None
    calls: int | None = None
    cost_before: float | None = None
    ended_by: str = ""


class SweepState(Struct, frozen=True):
    """A sweep as it stands in the history now.

    Attributes:
        status: running, done, submitted or stopped.
    """

    row: SweepRow
    totals: Totals
    status: str
    bounds: SweepBounds = SweepBounds()

    @property
    def done(self) -> int:
        """Cells that need no call any more."""
        return self.totals.answered + self.totals.refused


class SweepPace(Struct, frozen=True):
    """How fast a sweep is, and what goes wrong in it.

    Attributes:
        per_second: cells that ended, over the last minute or since the first of them was begun; None for too few.
        failures, unread: kind → how many cells.
    """

    per_second: float | None
    failures: Mapping[str, int]
    unread: Mapping[str, int]


class SweepProgress(Sweeps):
    """A history file, and how far its sweeps are."""

    def sweep_state(self, row: SweepRow) -> SweepState:
        """How far a sweep is."""
        totals = self.sweep_totals(row.id)
        is_done = totals.answered + totals.refused >= row.cells
        is_submitted = any(made.is_open for made in self.submissions(row.id))
        rest = "done" if is_done else "submitted" if is_submitted else "stopped"
        return SweepState(row, totals, "running" if totals.is_running else rest, self.sweep_bounds(row.id))

    def sweep_pace(self, sweep: str, now: datetime | None = None) -> SweepPace:
        """How fast a sweep is, and what goes wrong in it."""
        now = now or datetime.now(UTC)
        with self._reading() as connection:
            since = as_text(now - timedelta(seconds=LOOKED_BACK))
            ended, begun = connection.execute(_RECENT, (sweep, since)).fetchone()
            kinds = connection.execute(_KINDS, (sweep,)).fetchall()
        failures: Counter[str] = Counter()
        unread: Counter[str] = Counter()
        for is_unread, kind, times in kinds:
            if is_unread:
                unread[(kind or "").partition(";")[0]] += times
            else:
                failures[(kind or "No answer").partition(":")[0]] += times
        span = min(LOOKED_BACK, (now - datetime.fromisoformat(begun)).total_seconds()) if begun else 0.0
        return SweepPace(ended / span if ended > 1 and span >= 1 else None, failures, unread)

    def sweep_bounds(self, sweep: str) -> SweepBounds:
        """Where the last start of a sweep was to stop, and what stopped it."""
        sql = f"SELECT {', '.join(SweepBounds.__struct_fields__)} FROM sweep_bounds WHERE sweep = ?"
        return next((SweepBounds(*row) for row in self._rows(sql, sweep)), SweepBounds())

    def bound_sweep(self, sweep: str, bounds: SweepBounds) -> None:
        """Keep where a sweep is to stop, or what stopped it.

        Raises:
            HistoryError: if that cannot be written.
        """
        with self._transaction() as connection:
            connection.execute("INSERT OR REPLACE INTO sweep_bounds VALUES (?, ?, ?, ?, ?)", (sweep, *astuple(bounds)))

    def sweep_workers(self) -> Mapping[str, int]:
        """For every sweep that was begun: the id of the process that is or was at work on it last.

        Of a process that has ended, the id may belong to another one by now.
        """
        rows = self._rows_if_any("SELECT id, holder FROM sweeps WHERE holder <> ''")
        return {sweep: int(found[1]) for sweep, holder in rows if (found := _HOLDER.fullmatch(holder))}

    def sweeps_under_way(self) -> set[str]:
        """The sweeps that a process is at work on now."""
        rows = self._rows_if_any("SELECT id, session FROM sweeps WHERE session <> ''")
        return {sweep for sweep, session in rows if is_alive(self.path, session)}

    def stop_sweep(self, sweep: str) -> bool:
        """Have the process that is at work on a sweep end cleanly: what it was answered is kept.

        Only a process that holds the sweep's lock is sent a signal.

        Returns:
            Whether there was such a process.

        Raises:
            HistoryError: if it runs on another machine, or may not be sent a signal.
        """
        with self._reading() as connection:
            session, holder = connection.execute(
                "SELECT session, holder FROM sweeps WHERE id = ?", (sweep,)
            ).fetchone()  # fmt: skip
        if not session or not is_alive(self.path, session):
            return False
        found = _HOLDER.fullmatch(holder)
        if found is None or found[2] != platform.node():
            raise HistoryError(f"sweep {sweep} is being asked by {holder}; stop it there", title="On another machine")
        pid = int(found[1])
        if holds(self.path, session, pid) is False:
            raise HistoryError(f"process {pid} does not hold sweep {sweep}; nothing was stopped", title="Not stopped")
        try:
            os.kill(pid, signal.SIGTERM)
        except ProcessLookupError:
            return False
        except OSError as error:
            raise HistoryError(f"process {pid} cannot be stopped ({error.strerror})", title="Not stopped") from error
        return True
