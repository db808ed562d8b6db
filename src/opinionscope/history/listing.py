"""Lists of runs: newest first, page by page, filtered by words."""

import sqlite3
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from opinionscope.alignment import Basis, doubt
from opinionscope.history.run import STATES_SHARES, Status
from opinionscope.respondents.base import Kind
from opinionscope.survey.text import clean_line, fold

MOST_WORDS = 32
OF_A_ROW = 12
"""Columns of a page behind id and time that are shown; those behind them are the basis of the measures."""

_fold = lru_cache(maxsize=16_384)(fold)


@dataclass(frozen=True, slots=True)
class RunRow:
    """One line of a list of runs.

    Attributes:
        dataset, question_id, question_title: of the question.
        group: its name.
        kl, tv, floor_kl: as in Alignment, None where there are none; KL in nats.
        measures_muted: why the measures stand on too little, as in Run; "" where they do not.
    """

    id: str
    created: datetime
    dataset: str
    question_id: str
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
    measures_muted: str = ""


# Questions, groups, tags and setups are few beside runs: the word is looked for in them, and runs that have one of
# the finds are taken. The unary + keeps SQLite from sorting all finds of a common word to show the first of them.
_SETUPS = "WITH setups AS MATERIALIZED (SELECT DISTINCT model, steering, format, status FROM runs)"
_HAS_WORD = """(
  +question_hash IN (
    SELECT hash FROM questions
    WHERE instr(fold(question_id || ' ' || dataset || ' ' || title || ' ' || text), :word))
  OR +group_hash IN (SELECT hash FROM groups WHERE instr(fold(name || ' ' || expression), :word))
  OR (+model, steering, format, status) IN (
    SELECT * FROM setups WHERE instr(fold(model || ' ' || steering || ' ' || format || ' ' || status), :word))
  OR +id IN (SELECT run_id FROM tags WHERE instr(fold(tag), :word))
)"""

_PAGE = """
{setups}
SELECT run_id, created, dataset, question, title, group_name, steering, format, model, kind, status,
  run_overview.kl, run_overview.tv, run_overview.floor_kl,
  measures.human_n, measures.model_n, (SELECT count(*) FROM calls WHERE calls.run_id = run_overview.run_id),
  readings.coverage,
  CASE WHEN format = :states_shares THEN (
    SELECT sum(figure) FROM reading_options WHERE reading_options.run_id = run_overview.run_id
  ) / coalesce(nullif(readings.coverage, 0), 1) END
FROM run_overview
  LEFT JOIN measures USING (run_id)
  LEFT JOIN readings USING (run_id)
WHERE run_id IN (SELECT id FROM runs WHERE {condition} ORDER BY id DESC LIMIT :limit OFFSET :offset)
ORDER BY run_id DESC
"""


def prepare(connection: sqlite3.Connection) -> None:
    """Teach a connection the function that the filter needs."""
    connection.create_function("fold", 1, _fold, deterministic=True)


def page(connection: sqlite3.Connection, filter_text: str, limit: int, before: str | None, offset: int) -> list[RunRow]:
    """Runs that hold every word of the filter, newest first; arguments as in `History.page`."""
    condition, values = _condition(filter_text)
    if before is not None:
        condition, values["before"] = f"id < :before AND {condition}", before
    sql = _PAGE.format(setups=_SETUPS, condition=condition)
    rows = connection.execute(
        sql, {**values, "limit": limit, "offset": offset, "states_shares": STATES_SHARES}
    ).fetchall()
    return [_row(*row) for row in rows]


def _row(run_id: str, created: str, *rest: Any) -> RunRow:
    row = RunRow(run_id, datetime.fromisoformat(created), *rest[:OF_A_ROW])
    return row if row.kl is None else replace(row, measures_muted=doubt(Basis(*rest[OF_A_ROW:])))


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
    words = tuple(dict.fromkeys(fold(clean_line(filter_text)).split()))[:MOST_WORDS]
    values: dict[str, str | int] = {f"word{number}": word for number, word in enumerate(words)}
    return " AND ".join(_HAS_WORD.replace(":word", f":{name}") for name in values) or "1", values
