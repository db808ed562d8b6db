"""History: the SQLite store of runs."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from typing_extensions import override

from opinionscope.elicitation import Reply
from opinionscope.history import listing
from opinionscope.history.errors import HistoryError, NoHistoryError
from opinionscope.history.exporting import Cell, exported
from opinionscope.history.file import PATIENCE as PATIENCE
from opinionscope.history.listing import RunRow
from opinionscope.history.merging import Merged, merge, other_history
from opinionscope.history.ordering import Ordering, check, latest
from opinionscope.history.restoring import restore, restore_earlier
from opinionscope.history.rows import as_text
from opinionscope.history.shared import prompt_hash
from opinionscope.history.spilling import read_spill, spill_files
from opinionscope.history.sweep_progress import SweepProgress
from opinionscope.history.writing import mark_running, write_choices, write_replies, write_whole
from opinionscope.respondents.redaction import public_url
from opinionscope.runs.errors import being_asked
from opinionscope.runs.rescore import score
from opinionscope.runs.run import Run
from opinionscope.selection import Selection, parse
from opinionscope.survey.text import clean_line
from opinionscope.values import replace

ABANDONED_TITLE = "Interrupted"
ABANDONED = "the program ended before all answers had come; ask for those that are missing, or score what there is"


class History(SweepProgress):
    """The runs kept in one SQLite file, which is opened when it is first needed.

    Worker threads may share an object, and several programs a file: every write is one transaction, and waits
    its turn. All methods block for some milliseconds, the first use of an older version's file for about a second
    (it takes sqlite-utils to bring it up to date), and raise HistoryError when the file cannot be used. What only
    reads makes no file: a history that is not there yet has no runs.

    Opening takes in the runs that could not be written earlier (see `spilling`), settles those that a program left
    unfinished, and deletes what ended programs left in the bin.

    Attributes:
        taken_in: ids of the runs that were taken in from spill files.
        problems: why other spill files could not be.

    Args:
        path: the file; its folder is made if need be, both for the user alone.
        patience: how long to wait, in seconds, for another program that is writing.
        is_read_only: refuse every change with one sentence.
    """

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
                raise being_asked(run.id, "here" if run_id in self._under_way else "by another process")
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
                write_whole(connection, run)
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

    def page(
        self,
        selection: Selection | str = "",
        limit: int = 50,
        offset: int = 0,
        *,
        sort: str = "created",
        descending: bool = True,
        with_scores: bool = False,
        until: int | None = None,
    ) -> list[RunRow]:
        """One page of a list of runs, newest first unless another order is wanted.

        Args:
            selection: which runs; a text is parsed.
            limit: most rows.
            offset: rows to pass over.
            sort: "created", "question" (by title), "group", "steering", "format", "model", "status", or a measure.
                Runs without the measure come last. Among equals the newest comes first; of equal measures, where
                the order is descending.
            descending: from the latest, last or highest to the earliest, first or lowest.
            with_scores: whether the rows have all measures, not only KL and TV.
            until: as of when, by `latest`: pages of one list meet although runs begin meanwhile.

        Raises:
            SelectionError: if the text cannot be understood.
            SortError: if there is no such order.
            HistoryError: if the file cannot be read.
        """
        with self._ordering(selection, sort, descending=descending, until=until) as ordering:
            if ordering is None or not (ids := ordering.ids(limit, offset)):
                return []
            return listing.rows(ordering.connection, ids, with_scores=with_scores)

    def ids(self, selection: Selection | str = "", *, sort: str = "created", descending: bool = True) -> list[str]:
        """The ids of all runs that are selected; arguments and errors as in `page`."""
        with self._ordering(selection, sort, descending=descending) as ordering:
            return [] if ordering is None else ordering.ids(-1)

    def count(self, selection: Selection | str = "", *, until: int | None = None) -> int:
        """How many runs are selected; arguments and errors as in `page`."""
        with self._ordering(selection, "created", descending=True, until=until) as ordering:
            return 0 if ordering is None else ordering.count()

    def latest(self) -> int:
        """The number of the run that began last, 0 where there is none: what lists are read as of."""
        if not self.exists:
            return 0
        with self._reading() as connection:
            return latest(connection)

    def listed(self, sql: str) -> list[str]:
        """The first column of what a statement finds; () where there is no history yet.

        Raises:
            HistoryError: if the file cannot be read.
        """
        return [str(row[0]) for row in self._rows_if_any(sql)]

    def exported(self, selection: Selection | str = "") -> Iterator[dict[str, Cell]]:
        """A row for each run that is selected, newest first; columns as in `exporting`, errors as in `page`."""
        ids = self.ids(selection)
        if ids:
            with self.snapshot() as connection:
                yield from exported(connection, ids)

    @contextmanager
    def _ordering(
        self, selection: Selection | str, sort: str, *, descending: bool, until: int | None = None
    ) -> Iterator[Ordering | None]:
        chosen = parse(selection) if isinstance(selection, str) else selection
        check(sort)
        if not self.exists:
            yield None
            return
        with self._transaction("BEGIN") as connection:
            yield Ordering(connection, chosen, sort, descending=descending, until=until)

    def merge(self, path: Path) -> Merged:
        """Add the runs of another history that this one does not have; nothing that is here is overwritten.

        Tags are joined. A note, and a saved selection, of a run or name that has one already is left as it is here.

        Raises:
            HistoryError: if either file cannot be used.
        """
        if not path.exists() or (self.path.exists() and path.samefile(self.path)):
            what = "is this very history" if path.exists() else "is not there"
            raise HistoryError(f"{path} {what}; name the file of another history", title="Not merged")
        with other_history(path) as other, self._transaction(create=True) as connection:
            return merge(connection, other)

    def answered_by(self, model: str, steering: str, formats: Sequence[str], most: int) -> list[Run]:
        """The newest answered runs of a model under a steering method in any of these formats.

        Also those whose answers could not be used when they came, for want of a temperature to scale them by.

        Args:
            most: how many at most.
        """
        marks = ", ".join("?" * len(formats))
        sql = (
            f"SELECT id FROM runs WHERE model = ? AND steering = ? AND format IN ({marks}) "
            "AND status IN ('done', 'unread') AND id NOT IN (SELECT run_id FROM bin) ORDER BY id DESC LIMIT ?"
        )
        if not self.exists:
            return []
        with self._transaction("BEGIN") as connection:
            rows = connection.execute(sql, (model, steering, *formats, most)).fetchall()
            return [restore(connection, row["id"]) for row in rows]

    def answer_to(self, draft: Run) -> Run | None:
        """The newest answered run of the same cell, prompt, seed, model, server and people as a draft.

        Raises:
            HistoryError: if the file cannot be read.
        """
        if not self.exists:
            return None
        first, server = draft.plan.first, draft.api_base and public_url(draft.api_base)
        sql = """SELECT id FROM runs WHERE prompt_hash = ? AND model = ? AND api_base IS ? AND seed IS ?
            AND group_hash IN (SELECT hash FROM groups WHERE name = ?)
            AND kind = 'live' AND status IN ('done', 'unread') AND id NOT IN (SELECT run_id FROM bin)
            ORDER BY id DESC"""
        with self._transaction("BEGIN") as connection:
            values = (prompt_hash(first.prompt), draft.model, server, first.seed, draft.cell.group.name)
            runs = (restore(connection, row["id"]) for row in connection.execute(sql, values).fetchall())
            return next((run for run in runs if (run.cell, run.human) == (draft.cell, draft.human)), None)

    def earlier(self, request_hash: str, number: int) -> Reply | None:
        """The n-th reply, from 0, that was ever given to a request; those taken from here themselves do not count."""
        if self.exists:
            with suppress(HistoryError), self._transaction("BEGIN") as connection:
                return restore_earlier(connection, request_hash, number)
        return None

    @override
    def _opened(self) -> None:
        with suppress(HistoryError):
            self.take_in()
            self.settle_abandoned()
            self.empty_bin()

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
                    write_whole(connection, run)
            with suppress(OSError):
                path.unlink(missing_ok=True)
            self.taken_in += [run.id] if is_wanted else []

    def settle_abandoned(self) -> int:
        """Mark runs as "cancelled" whose program ended without finishing them; returns how many.

        Those whose last answer had come are scored. Runs of programs that still live are left alone, and a program
        that was wrongly taken for dead puts its run right when it finishes it.
        """
        gone = self._ended_sessions("SELECT DISTINCT session FROM runs WHERE status = 'running'")
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


def _is_news(connection: sqlite3.Connection, run: Run) -> bool:
    """Whether the history has nothing of a run, or something older."""
    row = connection.execute("SELECT finished FROM runs WHERE id = ?", (run.id,)).fetchone()
    ended = as_text(run.finished or run.created)
    return row is None or row["finished"] is None or row["finished"] < ended
