"""All answered runs of a history as items, streamed, without their prompts and replies."""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache, partial
from itertools import groupby
from operator import itemgetter
from typing import Any

from opinionscope.collection.item import USUAL, Item
from opinionscope.history import History
from opinionscope.history.shared import restored_question
from opinionscope.runs.run import stated_sum
from opinionscope.selection import EVERYTHING, Selection
from opinionscope.survey import Distribution, Group, Question

_RUNS = """
SELECT runs.rowid AS number, runs.id, runs.created,
  runs.question_hash, runs.group_hash, steering, format, model, api_base, kind, status,
  voice, option_order, reasoning, repeats, samples, temperature, examples_wanted,
  humans.n AS human_n, reason, coverage, sample_size,
  readings.run_id IS NOT NULL AS is_read,
  (SELECT count(*) FROM calls WHERE run_id = runs.id) AS replies,
  (SELECT json_group_array(json_array(name, value)) FROM recipe_options WHERE run_id = runs.id) AS further,
  (SELECT json_group_array(tag) FROM tags WHERE run_id = runs.id) AS tags,
  (SELECT json_group_array(sweep) FROM sweep_cells WHERE run_id = runs.id) AS sweeps
FROM runs
  LEFT JOIN humans ON humans.hash = runs.human_hash
  LEFT JOIN readings ON readings.run_id = runs.id
WHERE status IN ('done', 'unread') AND runs.id NOT IN (SELECT run_id FROM bin) {chosen} ORDER BY runs.id DESC
"""
_SIDES = """
SELECT runs.rowid, human_shares.probability, reading_options.probability, figure
FROM runs
  JOIN options ON options.question_hash = runs.question_hash
  LEFT JOIN human_shares ON human_shares.human_hash = runs.human_hash AND human_shares.position = options.position
  LEFT JOIN reading_options ON reading_options.run_id = runs.id AND reading_options.position = options.position
WHERE status IN ('done', 'unread') AND runs.id NOT IN (SELECT run_id FROM bin) {chosen}
ORDER BY runs.id DESC, options.position
"""
_SCORES = """
SELECT runs.rowid, measure, value FROM runs CROSS JOIN scores ON run_id = runs.id
WHERE status IN ('done', 'unread') AND runs.id NOT IN (SELECT run_id FROM bin) {chosen} ORDER BY runs.id DESC
"""
"""Runs go by number in what has many rows each: ids are texts, and every text is cleaned."""
_CHOSEN = "AND runs.id IN (SELECT value FROM json_each(?))"


def saved_items(history: History, selection: Selection = EVERYTHING) -> Iterator[Item]:
    """The selected runs that were answered, newest first, as the history stands now.

    Raises:
        HistoryError: if it cannot be read.
    """
    chosen: tuple[str, ...] = ()
    if selection.terms:
        chosen = (json.dumps(history.ids(selection)),)

    def execute(connection: sqlite3.Connection, sql: str) -> sqlite3.Cursor:
        return connection.execute(sql.format(chosen=_CHOSEN if chosen else ""), chosen)

    def by_run(connection: sqlite3.Connection, sql: str) -> Iterator[tuple[int, Iterator[tuple[Any, ...]]]]:
        rows = execute(connection, sql)
        rows.row_factory = None
        return groupby(rows, itemgetter(0))

    with history.snapshot() as connection:
        question_of, group_of = cache(partial(_question, connection)), cache(partial(_group, connection))
        names = dict(connection.execute("SELECT id, name FROM sweeps").fetchall())
        sides, scores = by_run(connection, _SIDES), by_run(connection, _SCORES)
        scored, measured = next(scores, (0, iter(())))
        for row, (_, options) in zip(execute(connection, _RUNS), sides, strict=True):
            own: dict[str, float] = {}
            if scored == row["number"]:
                own = {name: value for _, name, value in measured}
                scored, measured = next(scores, (0, iter(())))
            question, group = question_of(row["question_hash"]), group_of(row["group_hash"])
            yield _item(row, list(options), own, question, group, names)


def _item(
    row: sqlite3.Row,
    options: list[tuple[Any, ...]],
    scores: Mapping[str, float],
    question: Question,
    group: Group,
    names: Mapping[str, str],
) -> Item:
    human, answer, figures = zip(*(option[1:] for option in options), strict=True)
    return Item(
        question=question,
        group=group,
        steering=row["steering"],
        format=row["format"],
        model=row["model"],
        server=row["api_base"] or "",
        kind=row["kind"],
        human=None if None in human else Distribution(human, row["human_n"]),
        answer=None if None in answer else Distribution(answer, row["sample_size"] or None),
        reason=row["reason"] or "",
        coverage=row["coverage"],
        replies=row["replies"],
        stated=None if None in figures else stated_sum(row["format"], figures, row["coverage"]),
        run_id=row["id"],
        created=datetime.fromisoformat(row["created"]),
        status=row["status"],
        recipe=_recipe(row),
        tags=tuple(_listed(row["tags"])),
        sweeps=tuple(name for sweep in _listed(row["sweeps"]) for name in filter(None, (sweep, names.get(sweep)))),
        scores=scores,
    )


def _recipe(row: sqlite3.Row) -> Mapping[str, str | float]:
    """How it was asked; {} for a person, who follows no recipe, as for a recorded answer."""
    if row["kind"] == "person":
        return {}
    return {
        **USUAL,
        "voice": row["voice"],
        "order": row["option_order"],
        "reasoning": "yes" if row["reasoning"] else "no",
        "repeats": row["repeats"],
        "samples": row["samples"],
        "temperature": row["temperature"],
        "examples": row["examples_wanted"],
        **dict(_listed(row["further"])),
    }


def _listed(array: str) -> list[Any]:
    """A JSON array; most are empty, and there are many."""
    return [] if array == "[]" else list(json.loads(array))


def _question(connection: sqlite3.Connection, key: str) -> Question:
    row = connection.execute("SELECT *, note AS question_note FROM questions WHERE hash = ?", (key,)).fetchone()
    sql = "SELECT label, value, nonresponse FROM options WHERE question_hash = ? ORDER BY position"
    options = connection.execute(sql, (key,)).fetchall()
    sql = "SELECT topic FROM topics WHERE question_hash = ? ORDER BY position"
    return restored_question(row, options, [topic for (topic,) in connection.execute(sql, (key,))])


def _group(connection: sqlite3.Connection, key: str) -> Group:
    (name,) = connection.execute("SELECT name FROM groups WHERE hash = ?", (key,)).fetchone()
    sql = "SELECT attribute, value FROM group_attributes WHERE group_hash = ? ORDER BY position"
    return Group(name, tuple((attribute, value) for attribute, value in connection.execute(sql, (key,))))
