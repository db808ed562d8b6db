"""Lists of runs: page by page, for any selection, in any order."""

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from typing import NamedTuple

from msgspec import Struct

from opinionscope.alignment.reliability import Basis, doubt
from opinionscope.runs.run import STATES_SHARES, Status
from opinionscope.survey.text import clean


class AskedQuestion(Struct, frozen=True):
    """The question of a run, as it was when asked; options in survey order."""

    id: str
    dataset: str
    domain: str
    text: str
    options: tuple[str, ...]


class RunRow(NamedTuple):
    """One line of a list of runs; a tuple, for a list has many and they are made between two keys.

    Attributes:
        finished: when it ended; None while it is running.
        group: its name.
        pinned: whether the user pinned it.
        note: the user's own.
        planned, answered: how many calls it takes, and how many were answered to the end.
        kl, tv: None where there are none; KL in nats.
        basis: what the measures stand on; None where there are none.
        tags: in the order in which they were given.
        scores: where they were asked for, the value of every measure that is defined for it; KL and JS in nats, some
            may be infinite.
    """

    id: str
    created: datetime
    finished: datetime | None
    question: AskedQuestion
    question_title: str
    group: str
    steering: str
    format: str
    model: str
    status: Status
    pinned: bool
    note: str
    planned: int
    answered: int
    kl: float | None
    tv: float | None
    basis: Basis | None
    tags: tuple[str, ...]
    scores: Mapping[str, float]

    @property
    def measures_muted(self) -> str:
        """Why the measures stand on too little, as in Run; "" where they do not."""
        return doubt(self.basis) if self.basis else ""

    @property
    def is_partial(self) -> bool:
        """Whether some of its several calls have no answer."""
        return self.planned > 1 and self.answered < self.planned


_ROWS = """
SELECT wanted.key, runs.id, CAST(created AS BLOB), CAST(finished AS BLOB), CAST(question_hash AS BLOB), groups.name,
  steering, format, model, status, pinned, note,
  1 + (SELECT count(*) FROM planned_calls WHERE run_id = runs.id),
  (SELECT count(*) FROM calls WHERE run_id = runs.id),
  CASE WHEN kind <> 'recorded' THEN (SELECT count(answered) FROM calls WHERE run_id = runs.id) END,
  (SELECT value FROM scores WHERE run_id = runs.id AND measure = 'kl'),
  (SELECT value FROM scores WHERE run_id = runs.id AND measure = 'tv'),
  comparisons.run_id IS NOT NULL, human_n, model_n, coverage,
  CASE format WHEN :states_shares THEN (
    SELECT sum(figure) FROM reading_options WHERE run_id = runs.id
  ) / coalesce(nullif(coverage, 0), 1) END
FROM json_each(:ids) AS wanted
  CROSS JOIN runs ON runs.id = wanted.value
  JOIN groups ON groups.hash = group_hash
  LEFT JOIN comparisons ON comparisons.run_id = runs.id
  LEFT JOIN readings ON readings.run_id = runs.id
"""
"""Times and hashes come as bytes, for each text is cleaned."""
_QUESTIONS = """
SELECT CAST(hash AS BLOB), question_id, dataset, domain, text, title,
  (SELECT json_group_array(label) FROM (SELECT label FROM options WHERE question_hash = hash ORDER BY position))
FROM json_each(?) AS wanted CROSS JOIN questions ON hash = wanted.value
"""
_SCORES = """
SELECT wanted.key, measure, scores.value FROM json_each(?) AS wanted CROSS JOIN scores ON run_id = wanted.value
"""
_TAGS = """
SELECT wanted.key, tag FROM json_each(?) AS wanted CROSS JOIN tags ON run_id = wanted.value
ORDER BY wanted.key, tags.rowid
"""


def rows(connection: sqlite3.Connection, run_ids: Sequence[str], *, with_scores: bool = False) -> list[RunRow]:
    """The lines of runs, in the order of their ids."""
    ids = json.dumps(run_ids)
    tags: dict[int, list[str]] = {}
    for place, tag in connection.execute(_TAGS, (ids,)):
        tags.setdefault(place, []).append(tag)
    scores: dict[int, dict[str, float]] = {}
    for place, measure, value in connection.execute(_SCORES, (ids,)) if with_scores else ():
        scores.setdefault(place, {})[measure] = value
    cursor = connection.cursor()
    cursor.row_factory = None
    found = cursor.execute(_ROWS, {"ids": ids, "states_shares": STATES_SHARES}).fetchall()
    found.sort(key=itemgetter(0))
    questions = _questions(connection, {row[4] for row in found})
    return [
        RunRow(
            run_id,
            datetime.fromisoformat(created.decode()),
            None if finished is None else datetime.fromisoformat(finished.decode()),
            *questions[question],
            group,
            steering,
            format_,
            model,
            status,
            pinned == 1,
            note,
            planned,
            replies if answered is None else answered,
            kl,
            tv,
            Basis(humans, counted, replies, coverage, stated) if is_compared else None,
            tuple(tags.get(place, ())),
            scores.get(place, {}),
        )
        for place, run_id, created, finished, question, group, steering, format_, model, status, pinned, note,
        planned, replies, answered, kl, tv, is_compared, humans, counted, coverage, stated in found
    ]  # fmt: skip


def _questions(connection: sqlite3.Connection, hashes: Iterable[bytes]) -> Mapping[bytes, tuple[AskedQuestion, str]]:
    """Questions and their titles, by hash: each is read once, however many runs asked it."""
    wanted = json.dumps([each.decode() for each in hashes])
    return {
        key: (AskedQuestion(name, dataset, domain, text, tuple(map(clean, json.loads(options)))), title)
        for key, name, dataset, domain, text, title, options in connection.execute(_QUESTIONS, (wanted,))
    }


def matching_ids(connection: sqlite3.Connection, part: str, limit: int) -> list[str]:
    """Ids that equal `part`, or else begin with it, or else end with it, newest first.

    Ids of one day begin alike, so that it is their end that people read off a screen.
    """
    if not part:
        return []
    for condition in (
        "id = :part",
        "id >= upper(:part) AND id < upper(:part) || '~'",
        "substr(id, :from) = upper(:part)",
    ):
        kept = "id NOT IN (SELECT run_id FROM bin)"
        sql = f"SELECT id FROM runs WHERE {condition} AND {kept} ORDER BY id DESC LIMIT :limit"
        rows = connection.execute(sql, {"part": part, "from": -len(part), "limit": limit}).fetchall()
        if rows:
            return [row[0] for row in rows]
    return []
