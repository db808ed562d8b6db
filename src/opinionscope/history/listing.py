"""Lists of runs: page by page, for any selection, in any order."""

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from opinionscope.alignment import MEASURES, Basis, doubt
from opinionscope.elicitation import Kind
from opinionscope.history.rows import moment
from opinionscope.runs.run import STATES_SHARES, Status
from opinionscope.survey.text import clean


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """The question of a run, as it was when asked; options in survey order."""

    id: str
    dataset: str
    domain: str
    text: str
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RunRow:
    """One line of a list of runs.

    Attributes:
        group: its name.
        kl, tv, floor_kl: as in Alignment, None where there are none; KL in nats.
        planned, answered: how many calls it takes, and how many were answered to the end.
        measures_muted: why the measures stand on too little, as in Run; "" where they do not.
        scores: the value of every measure that is defined for it; KL and JS in nats, some may be infinite.
        tags: in the order in which they were given.
        pinned: whether the user pinned it.
        note: the user's own.
        finished: when it ended; None while it is running.
    """

    id: str
    created: datetime
    question: AskedQuestion
    question_title: str
    group: str
    steering: str
    format: str
    model: str
    kind: Kind
    status: Status
    kl: float | None
    tv: float | None
    floor_kl: float | None
    planned: int = 1
    answered: int = 1
    measures_muted: str = ""
    scores: Mapping[str, float] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    pinned: bool = False
    note: str = ""
    finished: datetime | None = None

    @property
    def is_partial(self) -> bool:
        """Whether some of its several calls have no answer."""
        return self.planned > 1 and self.answered < self.planned


_ROWS = """
SELECT wanted.key AS place, runs.id, runs.created, runs.finished, CAST(runs.question_hash AS BLOB) AS question_hash,
  groups.name AS group_name, runs.steering, runs.format, runs.model, runs.kind, runs.status,
  runs.pinned, runs.note, kl.floor AS floor_kl,
  1 + (SELECT count(*) FROM planned_calls WHERE planned_calls.run_id = runs.id) AS planned,
  (SELECT count(*) FROM calls
    WHERE calls.run_id = runs.id AND (runs.kind = 'recorded' OR answered IS NOT NULL)) AS answered,
  comparisons.human_n, comparisons.model_n, (SELECT count(*) FROM calls WHERE calls.run_id = runs.id) AS replies,
  readings.coverage,
  CASE WHEN runs.format = :states_shares THEN (
    SELECT sum(figure) FROM reading_options WHERE reading_options.run_id = runs.id
  ) / coalesce(nullif(readings.coverage, 0), 1) END AS stated
FROM json_each(:ids) AS wanted
  CROSS JOIN runs ON runs.id = wanted.value
  JOIN groups ON groups.hash = runs.group_hash
  LEFT JOIN comparisons ON comparisons.run_id = runs.id
  LEFT JOIN readings ON readings.run_id = runs.id
  LEFT JOIN scores AS kl ON kl.run_id = runs.id AND kl.measure = 'kl'
ORDER BY wanted.key
"""
_QUESTIONS = """
SELECT CAST(hash AS BLOB) AS hash, question_id, dataset, domain, text, title,
  (SELECT json_group_array(label) FROM (SELECT label FROM options WHERE question_hash = hash ORDER BY position))
    AS options
FROM json_each(?) AS wanted CROSS JOIN questions ON hash = wanted.value
"""
_SCORES = """
SELECT wanted.key, CAST(measure AS BLOB), scores.value
FROM json_each(?) AS wanted CROSS JOIN scores ON run_id = wanted.value
"""
"""Names as bytes: they are many, they are looked up, and what comes as text is cleaned character by character."""
_MEASURES = {name.encode(): name for name in MEASURES}
_TAGS = """
SELECT wanted.key, tag FROM json_each(?) AS wanted CROSS JOIN tags ON run_id = wanted.value
ORDER BY wanted.key, tags.rowid
"""


def rows(connection: sqlite3.Connection, run_ids: Sequence[str]) -> list[RunRow]:
    """The lines of runs, in the order of their ids."""
    ids = json.dumps(run_ids)
    scores: dict[int, dict[str, float]] = {}
    for place, measure, value in connection.execute(_SCORES, (ids,)):
        scores.setdefault(place, {})[_MEASURES.get(measure) or clean(measure.decode("utf-8", "replace"))] = value
    tags: dict[int, list[str]] = {}
    for place, tag in connection.execute(_TAGS, (ids,)):
        tags.setdefault(place, []).append(tag)
    found = connection.execute(_ROWS, {"ids": ids, "states_shares": STATES_SHARES}).fetchall()
    questions = _questions(connection, {row["question_hash"] for row in found})
    return [
        _row(row, questions[row["question_hash"]], scores.get(row["place"], {}), tags.get(row["place"], ()))
        for row in found
    ]


def _questions(connection: sqlite3.Connection, hashes: Iterable[bytes]) -> Mapping[bytes, tuple[AskedQuestion, str]]:
    """Questions and their titles, by hash: each is read once, however many runs asked it."""
    wanted = json.dumps([each.decode() for each in hashes])
    return {
        row["hash"]: (
            AskedQuestion(
                row["question_id"],
                row["dataset"],
                row["domain"],
                row["text"],
                tuple(clean(label) for label in json.loads(row["options"])),
            ),
            row["title"],
        )
        for row in connection.execute(_QUESTIONS, (wanted,))
    }


def _row(
    row: sqlite3.Row, asked: tuple[AskedQuestion, str], scores: Mapping[str, float], tags: Sequence[str]
) -> RunRow:
    question, title = asked
    shown = RunRow(
        id=row["id"],
        created=datetime.fromisoformat(row["created"]),
        question=question,
        question_title=title,
        group=row["group_name"],
        steering=row["steering"],
        format=row["format"],
        model=row["model"],
        kind=row["kind"],
        status=row["status"],
        kl=scores.get("kl"),
        tv=scores.get("tv"),
        floor_kl=row["floor_kl"],
        planned=row["planned"],
        answered=row["answered"],
        scores=scores,
        tags=tuple(tags),
        pinned=bool(row["pinned"]),
        note=row["note"],
        finished=moment(row["finished"]),
    )
    if shown.kl is None:
        return shown
    basis = Basis(row["human_n"], row["model_n"], row["replies"], row["coverage"], row["stated"])
    muted = doubt(basis)
    return replace(shown, measures_muted=muted) if muted else shown


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
