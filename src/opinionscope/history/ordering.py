"""The order of a list of runs: ids of a page, for any selection and any sort, without reading all runs.

By date, a list is walked from one end until the page is full. By a measure, its index is walked. By what runs share
(question, group, model …), value after value is, with the newest runs of each first. A selection that few runs fit is
looked up and sorted as a whole; where that cannot be told beforehand, a walk by a measure ends after some pages.
"""

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain, islice
from typing import Any

from opinionscope.alignment.measures import MEASURES
from opinionscope.errors import OpinionscopeError
from opinionscope.history.selecting import SETUP_COLUMNS, WITH, Condition
from opinionscope.selection import Selection, Term
from opinionscope.survey.text import fold

FEW = 2_000
"""So many runs are sorted as a whole."""
MANY = 5
"""A page is looked for among so many times its runs, which fill it where every fifth fits; then among powers of it."""
SORTS = ("created", "question", "group", *SETUP_COLUMNS)
"""What a list can be sorted by, beside every measure."""

_SHARED = {
    "question": ("question_hash", "SELECT hash, title || ' ' || question_id FROM questions"),
    "group": ("group_hash", "SELECT hash, name FROM groups"),
}
_IN_SMALL_TABLES = ("question", "dataset", "domain", "topic", "group", *SETUP_COLUMNS, "tag", "id")


class SortError(OpinionscopeError):
    """A list cannot be sorted by that."""

    title = "Sort"


def check(sort: str) -> None:
    """See that a list can be sorted by a name.

    Raises:
        SortError: if it cannot.
    """
    if sort not in SORTS and sort not in MEASURES:
        raise SortError(f'expected one of {", ".join((*SORTS, *MEASURES))} to sort by, got "{sort}"')


def latest(connection: sqlite3.Connection) -> int:
    """The number of the run that was written last: runs are numbered as they begin, whatever their date."""
    return int(connection.execute("SELECT coalesce(max(rowid), 0) FROM runs").fetchone()[0])


class Ordering:
    """The runs of a selection in an order.

    Args:
        connection: that knows the functions of `selecting.prepare`.
        sort: one of `SORTS`, or a measure; runs without the measure come last, whatever the direction.
        until: as of when, by `latest`, so that pages meet although runs begin meanwhile; None for now.
    """

    _scores = "FROM scores INDEXED BY scores_value"

    def __init__(
        self,
        connection: sqlite3.Connection,
        selection: Selection,
        sort: str,
        *,
        descending: bool,
        until: int | None = None,
    ) -> None:
        check(sort)
        self.connection = connection
        self._selection = selection
        self._sort = sort
        self._descending = descending
        newest_first = descending or sort != "created"
        self._by_date = "ORDER BY created DESC, id DESC" if newest_first else "ORDER BY created, id"
        way = "DESC" if descending else "ASC"
        self._by_value = f"ORDER BY value {way}, run_id {way}"
        self._before = "(runs.created, runs.id) " + (">" if newest_first else "<")
        hidden = ["SELECT run_id FROM bin"]
        if until is not None:
            hidden.append(f"SELECT id FROM runs WHERE rowid > {until:d}")
        self._hidden = " UNION ".join(hidden)
        self._counts: dict[Term, int] = {}
        self._hides = bool(connection.execute(f"SELECT EXISTS ({self._hidden})").fetchone()[0])

    def _kept(self, run_id: str = "runs.id") -> str:
        """The condition that a run is not in the bin, and began in time; the few that are not are looked up."""
        return f"{run_id} NOT IN ({self._hidden})" if self._hides else "1"

    def count(self) -> int:
        """How many runs fit."""
        terms = self._selection.terms
        if not terms:
            sql = f"SELECT (SELECT count(*) FROM runs) - (SELECT count(*) FROM ({self._hidden}))"
            return int(self.connection.execute(sql).fetchone()[0])
        condition = Condition()
        if len(terms) == 1 and terms[0].operator == "between" and (hits := condition.hits(terms[0])):
            sql = f"SELECT count(*) FROM ({hits}) WHERE {self._kept('run_id')}"
            return int(self.connection.execute(sql, condition.values).fetchone()[0])
        return self._counted("1", {})

    def ids(self, limit: int, offset: int = 0) -> list[str]:
        """Ids of a page.

        Args:
            limit: most ids; -1 for all.
            offset: how many to pass over.
        """
        last = offset + limit
        is_page = bool(self._selection.terms) and limit > 0
        if is_page and self._fits_many(last) and (found := self._near(MANY * last, limit, offset)) is not None:
            return found
        if self._rare and (few := self._few()) is not None:
            return self._sorted(few)[offset : None if limit < 0 else last]
        if is_page and (found := self._near(MANY**2 * last, limit, offset)) is not None:
            return found
        if self._has_start() and (few := self._few()) is not None:
            return self._sorted(few)[offset : None if limit < 0 else last]
        if self._sort == "created":
            return self._walked("1", {}, limit, offset)
        if self._sort in MEASURES and self._selection.terms:
            found = self._near(MANY**4 * last, limit, offset) if is_page else None
            return self._ranked(limit, offset) if found is None else found
        parts = self._by_measure if self._sort in MEASURES else self._by_shared
        return list(islice(chain.from_iterable(parts(offset, limit)), None if limit < 0 else limit))

    def _near(self, most: int, limit: int, offset: int) -> list[str] | None:
        """A page by date or by a measure, if it can be told from so many runs where the list begins."""
        if self._sort == "created":
            sql = f"SELECT created, id FROM runs {self._by_date} LIMIT 1 OFFSET {most:d}"
            end = self.connection.execute(sql).fetchone()
            found = self._walked("1", {}, limit, offset, end)
            is_whole = end is None
        elif self._sort in MEASURES:
            condition = Condition()
            span = self._span(condition)
            sql = f"SELECT value, run_id {self._scores} WHERE {span} {self._by_value} LIMIT 1 OFFSET {most:d}"
            end = self.connection.execute(sql, condition.values).fetchone()
            found = self._measured(limit, offset, end)
            is_whole = False
        else:
            return None
        return found if is_whole or len(found) == limit else None

    @cached_property
    def _rare(self) -> frozenset[Term]:
        """The terms for which an index finds few runs."""
        return frozenset(term for term in self._selection.terms if self._is_rare(term, FEW, Condition.found))

    def _is_rare(self, term: Term, few: int, found: Callable[[Condition, Term], str | None]) -> bool:
        if term in self._counts:
            return self._counts[term] <= few
        condition = Condition()
        statement = found(condition, term)
        if statement is None:
            return False
        sql = f"{WITH} SELECT count(*) FROM ({statement} LIMIT {few + 1})"
        count = int(self.connection.execute(sql, condition.values).fetchone()[0])
        if count <= few:
            self._counts[term] = count
        return count <= few

    def _fits_many(self, page: int) -> bool:
        """Whether there may be more than a page of runs that fit, as far as indexes of large tables can tell."""
        return not any(self._is_rare(term, page, Condition.hits) for term in self._selection.terms)

    def _has_start(self) -> bool:
        """Whether a small table says where to begin."""
        return any(
            not term.negated and (term.operator == "word" or term.field in _IN_SMALL_TABLES)
            for term in self._selection.terms
        )

    def _few(self) -> list[tuple[Any, ...]] | None:
        """Id, date and sort key of all runs that fit, if they are few."""
        condition = Condition()
        where = self._where(condition)
        key = self._key(condition)
        sql = f"{WITH} SELECT id, created, {key} FROM runs WHERE {where} LIMIT {FEW + 1}"
        rows = self.connection.execute(sql, condition.values).fetchall()
        return None if len(rows) > FEW else [tuple(row) for row in rows]

    def _where(self, condition: Condition) -> str:
        """The selection for an index; conditions that many fit are held against what the others find."""
        is_start = self._rare.__contains__ if self._rare else lambda term: condition.hits(term) is None
        by_index = Selection("", tuple(filter(is_start, self._selection.terms)))
        others = Selection("", tuple(term for term in self._selection.terms if term not in by_index.terms))
        held = Condition(walking=True, values=condition.values)
        return f"{condition.of(by_index)} AND {held.of(others)} AND {self._kept()}"

    def _key(self, condition: Condition) -> str:
        if self._sort in MEASURES:
            name = condition.bind(self._sort)
            return f"(SELECT value FROM scores WHERE run_id = runs.id AND measure = {name})"
        if self._sort in _SHARED:
            column, labels = _SHARED[self._sort]
            return f"({labels} WHERE hash = runs.{column})".replace("SELECT hash, ", "SELECT ")
        return f"runs.{self._sort}"

    def _sorted(self, rows: list[tuple[Any, ...]]) -> list[str]:
        """Ids in order; among equals the newest first, but by date and by a measure as the direction is."""
        if self._sort == "created":
            rows.sort(key=lambda row: (row[1], row[0]), reverse=self._descending)
            return [row[0] for row in rows]
        rows.sort(key=lambda row: (row[1], row[0]), reverse=True)
        known = [row for row in rows if row[2] is not None]
        if self._sort in MEASURES:
            known.sort(key=lambda row: (row[2], row[0]), reverse=self._descending)
        else:
            known.sort(key=lambda row: fold(row[2]), reverse=self._descending)
        return [row[0] for row in (*known, *(row for row in rows if row[2] is None))]

    def _walked(
        self, extra: str, values: Mapping[str, Any], limit: int, offset: int, end: Sequence[str] | None = None
    ) -> list[str]:
        """A page by date, read from where the list begins, if need be only to `end`: the date and the id of a run."""
        condition = Condition(walking=True, values=dict(values))
        span, rare = "1", frozenset[Term]()
        if end is None:
            rare = self._rare
        else:
            created, run_id = map(condition.bind, end)
            condition.among = span = f"{self._before} ({created}, {run_id})"
        where = f"{extra} AND {condition.of(self._selection, rare)} AND {self._kept()}"
        sql = f"{WITH} SELECT id FROM runs WHERE {span} AND {where} {self._by_date} LIMIT {limit:d} OFFSET {offset:d}"
        return [row[0] for row in self.connection.execute(sql, condition.values)]

    def _counted(self, extra: str, values: Mapping[str, Any]) -> int:
        condition = Condition(values=dict(values))
        sql = f"{WITH} SELECT count(*) FROM runs WHERE {extra} AND {self._where(condition)}"
        return int(self.connection.execute(sql, condition.values).fetchone()[0])

    def _span(self, condition: Condition) -> str:
        """The scores that can be on the list: of the measure, and within the bounds that the selection has for it."""
        terms = (t for t in self._selection.terms if t.field == self._sort and not t.negated)
        inside = (f" AND {condition.inside('value', term)}" for term in terms)
        return f"measure = {condition.bind(self._sort)}{''.join(inside)}"

    def _measured(self, limit: int, offset: int, end: Sequence[Any] | None = None) -> list[str]:
        """A page by a measure of runs that have it, if need be only to `end`: the value and the id of a run."""
        condition = Condition(walking=True)
        span = self._span(condition)
        if end is not None:
            value, run_id = map(condition.bind, end)
            span += f" AND (value, run_id) {'>' if self._descending else '<'} ({value}, {run_id})"
            condition.among = f"runs.id IN (SELECT run_id FROM scores WHERE {span})"
        source = self._scores
        if self._selection.terms:
            source += " CROSS JOIN runs ON runs.id = run_id"
        where = f"{span} AND {condition.of(self._selection)} AND {self._kept('run_id')}"
        sql = f"{WITH} SELECT run_id {source} WHERE {where} {self._by_value} LIMIT {limit:d} OFFSET {offset:d}"
        return [row[0] for row in self.connection.execute(sql, condition.values)]

    def _by_measure(self, offset: int, limit: int) -> Iterator[list[str]]:
        """All runs by a measure; then those without it, the newest first."""
        found = self._measured(limit, offset)
        yield found
        if len(found) == limit:
            return
        passed = offset
        if offset and not found:
            sql = f"SELECT count(*) {self._scores} WHERE measure = ? AND {self._kept('run_id')}"
            passed = min(offset, self.connection.execute(sql, (self._sort,)).fetchone()[0])
        without = "NOT EXISTS (SELECT 1 FROM scores WHERE run_id = runs.id AND measure = :sort)"
        left = -1 if limit < 0 else limit - len(found)
        yield self._walked(without, {"sort": self._sort}, left, 0 if found else offset - passed)

    def _ranked(self, limit: int, offset: int) -> list[str]:
        """A page by a measure, for which every run is held against the selection."""
        condition = Condition(walking=True)
        where = f"{condition.of(self._selection, self._rare)} AND {self._kept()}"
        way = "DESC" if self._descending else "ASC"
        sql = f"""{WITH} SELECT runs.id FROM runs
            LEFT JOIN scores AS own ON own.run_id = runs.id AND own.measure = {condition.bind(self._sort)} WHERE {where}
            ORDER BY own.value IS NULL, own.value {way}, CASE WHEN own.value IS NULL THEN created END DESC,
            CASE WHEN own.value IS NULL THEN runs.id END DESC, runs.id {way} LIMIT {limit:d} OFFSET {offset:d}"""
        return [row[0] for row in self.connection.execute(sql, condition.values)]

    def _by_shared(self, offset: int, limit: int) -> Iterator[list[str]]:
        left = limit
        for extra, values in self._labels():
            if offset:
                there = self._counted(extra.format(walk=""), values)
                if there <= offset:
                    offset -= there
                    continue
            found = self._walked(extra.format(walk="+"), values, left, offset)
            offset = 0
            yield found
            left = -1 if limit < 0 else left - len(found)
            if left == 0:
                return

    def _labels(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """For each value that is sorted by, in order, the condition that a run has it."""
        if self._sort in _SHARED:
            column, labels = _SHARED[self._sort]
            found = sorted(
                self.connection.execute(labels), key=lambda row: (fold(row[1]), row[0]), reverse=self._descending
            )
            yield from ((f"{{walk}}{column} = :label", {"label": key}) for key, _ in found)
            return
        # As bytes, for a text that comes from the connection has been cleaned, and may not be equal to the stored one.
        sql = f"{WITH} SELECT DISTINCT CAST({self._sort} AS BLOB) FROM setups"
        values = sorted(
            (row[0] for row in self.connection.execute(sql)),
            key=lambda value: (fold(value.decode("utf-8", "replace")), value),
            reverse=self._descending,
        )
        same = f"SELECT * FROM setups WHERE {self._sort} = CAST(:label AS TEXT)"
        for value in values:
            yield f"({{walk}}model, steering, format, status) IN ({same})", {"label": value}
