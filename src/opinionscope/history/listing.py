"""Lists of runs: newest first, page by page, filtered by words.

Words are whole words (`male` does not find Female); one that ends in ``*`` is the beginning of a word.
"""

import json
import sqlite3
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from opinionscope.alignment import Basis, doubt
from opinionscope.elicitation import Kind
from opinionscope.runs.run import STATES_SHARES, Status
from opinionscope.survey.text import fold, has_word, search_words

OF_A_ROW = 12
"""Columns of a page behind the question that are shown; those behind them are the basis of the measures."""

_fold = lru_cache(maxsize=16_384)(fold)


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

    @property
    def is_partial(self) -> bool:
        """Whether some of its several calls have no answer."""
        return self.planned > 1 and self.answered < self.planned


# Questions, groups, tags and setups are few beside runs: the word is looked for in them, and runs that have one of
# the finds are taken. The unary + keeps SQLite from sorting all finds of a common word to show the first of them.
_SETUPS = "WITH setups AS MATERIALIZED (SELECT DISTINCT model, steering, format, status FROM runs)"
_HAS_WORD = """(
  +question_hash IN (
    SELECT hash FROM questions
    WHERE has_word(question_id || ' ' || dataset || ' ' || title || ' ' || text, :word))
  OR +group_hash IN (SELECT hash FROM groups WHERE has_word(name || ' ' || expression, :word))
  OR (+model, steering, format, status) IN (
    SELECT * FROM setups WHERE has_word(model || ' ' || steering || ' ' || format || ' ' || status, :word))
  OR +id IN (SELECT run_id FROM tags WHERE has_word(tag, :word))
)"""

_PAGE = """
{setups}
SELECT run_id, run_overview.created, question, run_overview.dataset, questions.domain, questions.text,
  (SELECT json_group_array(label) FROM
    (SELECT label FROM options WHERE options.question_hash = runs.question_hash ORDER BY position)),
  run_overview.title, group_name, run_overview.steering, run_overview.format, run_overview.model, run_overview.kind,
  run_overview.status, run_overview.kl, run_overview.tv, run_overview.floor_kl,
  1 + (SELECT count(*) FROM planned_calls WHERE planned_calls.run_id = run_overview.run_id),
  (SELECT count(*) FROM calls
    WHERE calls.run_id = run_overview.run_id AND (run_overview.kind = 'recorded' OR answered IS NOT NULL)),
  comparisons.human_n, comparisons.model_n, (SELECT count(*) FROM calls WHERE calls.run_id = run_overview.run_id),
  readings.coverage,
  CASE WHEN run_overview.format = :states_shares THEN (
    SELECT sum(figure) FROM reading_options WHERE reading_options.run_id = run_overview.run_id
  ) / coalesce(nullif(readings.coverage, 0), 1) END
FROM run_overview
  JOIN runs ON runs.id = run_overview.run_id
  JOIN questions ON questions.hash = runs.question_hash
  LEFT JOIN comparisons USING (run_id)
  LEFT JOIN readings USING (run_id)
WHERE run_id IN (SELECT id FROM runs WHERE {condition} ORDER BY id DESC LIMIT :limit OFFSET :offset)
ORDER BY run_id DESC
"""


def prepare(connection: sqlite3.Connection) -> None:
    """Teach a connection the function that the filter needs."""
    connection.create_function("has_word", 2, _has_word, deterministic=True)


def _has_word(text: str, word: str) -> bool:
    return has_word(_fold(text), word, whole=True)


def page(connection: sqlite3.Connection, filter_text: str, limit: int, before: str | None, offset: int) -> list[RunRow]:
    """Runs that hold every word of the filter, newest first; arguments as in `History.page`."""
    condition, values = _condition(filter_text)
    if before is not None:
        condition, values["before"] = f"id < :before AND {condition}", before
    sql = _PAGE.format(setups=_SETUPS, condition=condition)
    rows = connection.execute(
        sql, {**values, "limit": limit, "offset": offset, "states_shares": STATES_SHARES}
    ).fetchall()
    return [_row(row) for row in rows]


def _row(row: tuple[Any, ...]) -> RunRow:
    run_id, created, question_id, dataset, domain, text, options, *others = row
    question = AskedQuestion(question_id, dataset, domain, text, tuple(json.loads(options)))
    shown = RunRow(run_id, datetime.fromisoformat(created), question, *others[:OF_A_ROW])
    return shown if shown.kl is None else replace(shown, measures_muted=doubt(Basis(*others[OF_A_ROW:])))


def count(connection: sqlite3.Connection, filter_text: str) -> int:
    """How many runs hold every word of the filter."""
    condition, values = _condition(filter_text)
    (found,) = connection.execute(f"{_SETUPS} SELECT count(*) FROM runs WHERE {condition}", values).fetchone()
    return int(found)


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
        sql = f"SELECT id FROM runs WHERE {condition} ORDER BY id DESC LIMIT :limit"
        rows = connection.execute(sql, {"part": part, "from": -len(part), "limit": limit}).fetchall()
        if rows:
            return [row[0] for row in rows]
    return []


def _condition(filter_text: str) -> tuple[str, dict[str, str | int]]:
    values: dict[str, str | int] = {f"word{number}": word for number, word in enumerate(search_words(filter_text))}
    return " AND ".join(_HAS_WORD.replace(":word", f":{name}") for name in values) or "1", values
