"""Restoring a Run from its rows, with every figure as it was stored.

A run takes at most `MOST_STATEMENTS` SQL statements, however many calls it has. Lists of texts come as JSON within a
row. Numbers never do: before version 3.43 SQLite writes 15 digits of them.
"""

import json
import math
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby

from opinionscope.alignment.temperature import Scaling
from opinionscope.elicitation import (
    Call,
    Cell,
    Kind,
    Plan,
    Prompt,
    Reading,
    Recipe,
    Reply,
    TokenLogprob,
    Usage,
)
from opinionscope.elicitation.expression import Request
from opinionscope.history.rows import moment
from opinionscope.history.scores import read_alignment
from opinionscope.history.shared import restored_question
from opinionscope.recipe import with_further
from opinionscope.runs.run import Run
from opinionscope.survey import Distribution, Group
from opinionscope.survey.microdata import Person
from opinionscope.survey.question import Attributes
from opinionscope.survey.text import clean

MOST_STATEMENTS = 8


def _listed(columns: str, source: str, name: str, order: str = "position") -> str:
    """SQL for the texts of a table's rows, in order, as one JSON list."""
    return f"(SELECT json_group_array({columns}) FROM (SELECT * FROM {source} ORDER BY {order})) AS {name}"


_RUN = f"""
SELECT runs.*, questions.question_id, questions.dataset, questions.domain, questions.title, questions.text,
  questions.wording, questions.context, questions.source_key, questions.note AS question_note,
  groups.name AS group_name, humans.n AS human_n, pools.n AS pooled_n,
  readings.run_id AS reading, readings.reason, readings.coverage, readings.sample_size, readings.n AS reading_n,
  scalings.tau, scalings.answers, scalings.questions, scalings.source, scalings.kl_before, scalings.kl_after,
  scalings.at_bound,
  {_listed("topic", "topics WHERE question_hash = runs.question_hash", "topics")},
  {_listed("json_array(attribute, value)", "group_attributes WHERE group_hash = runs.group_hash", "attributes")},
  {_listed("question_id", "examples WHERE run_id = runs.id", "examples")},
  {_listed("note", "prompt_notes WHERE run_id = runs.id", "notes")},
  {_listed("json_array(name, value)", "recipe_options WHERE run_id = runs.id", "further", "name")},
  {_listed("tag", "tags WHERE run_id = runs.id", "tags", "rowid")},
  {_listed("step", "reading_trace WHERE run_id = runs.id", "trace")}
FROM runs
  JOIN questions ON questions.hash = runs.question_hash
  JOIN groups ON groups.hash = runs.group_hash
  LEFT JOIN humans ON humans.hash = runs.human_hash
  LEFT JOIN humans AS pools ON pools.hash = runs.pooled_hash
  LEFT JOIN readings ON readings.run_id = runs.id
  LEFT JOIN scalings ON scalings.run_id = runs.id
WHERE runs.id = ?
"""
_OPTIONS = """
SELECT label, value, nonresponse, human_shares.probability AS share, pools.probability AS pooled,
  figure, reading_options.probability, bound
FROM runs
  JOIN options ON options.question_hash = runs.question_hash
  LEFT JOIN human_shares ON human_shares.human_hash = runs.human_hash AND human_shares.position = options.position
  LEFT JOIN human_shares AS pools ON pools.human_hash = runs.pooled_hash AND pools.position = options.position
  LEFT JOIN reading_options ON reading_options.run_id = runs.id AND reading_options.position = options.position
WHERE runs.id = ? ORDER BY options.position
"""
_PLANNED = f"""
SELECT planned.*, person, weight, answer,
  {_listed("label", "planned_letters WHERE run_id = ?1 AND call = planned.position", "letters")},
  {_listed("json_array(attribute, value)", "drawn_attributes WHERE run_id = ?1 AND drawn = planned.position", "known")}
FROM (
  SELECT 0 AS position, prompt_hash, seed FROM runs WHERE id = ?1
  UNION ALL SELECT position, prompt_hash, seed FROM planned_calls WHERE run_id = ?1
) AS planned LEFT JOIN drawn_people ON drawn_people.run_id = ?1 AND drawn_people.position = planned.position
ORDER BY planned.position
"""
_PROMPTS = """
SELECT hash, system, user FROM prompts WHERE hash IN (
  SELECT prompt_hash FROM runs WHERE id = ?1 UNION SELECT prompt_hash FROM planned_calls WHERE run_id = ?1)
"""
_CALLS = f"""
SELECT calls.*, {_listed("label", "call_letters WHERE call_id = calls.id", "letters")},
  {_listed("json_array(raw_text, reason)", "call_before WHERE call_id = calls.id", "before")}
FROM calls WHERE {{which}} ORDER BY position
"""
_NUMBERS = """
SELECT call_id, call_tokens.position, token, logprob AS number
FROM calls JOIN call_tokens ON call_id = calls.id WHERE {which}
UNION ALL SELECT call_id, call_figures.position, NULL, figure
FROM calls JOIN call_figures ON call_id = calls.id WHERE {which}
ORDER BY 1, 2
"""
_EARLIER = """
SELECT id FROM calls WHERE request_hash = ? AND request_hash <> '' AND answered IS NOT NULL AND recorded = ''
  AND run_id NOT IN (SELECT run_id FROM bin)
ORDER BY run_id, position LIMIT 1 OFFSET ?
"""


def restore(connection: sqlite3.Connection, run_id: str) -> Run:
    """The run with that id, equal to the one that was written, its replies read by today's parser.

    Args:
        connection: with `sqlite3.Row` as row factory.

    Raises:
        LookupError: if there is none.
    """
    row = connection.execute(_RUN, (run_id,)).fetchone()
    if row is None:
        raise LookupError(run_id)
    options = _all(connection, _OPTIONS, run_id)
    plan = _plan(connection, row, options)
    shares, pools = (tuple(option[side] for option in options) for side in ("share", "pooled"))
    pooled = None if row["pooled_hash"] is None else Distribution(pools, row["pooled_n"])
    return Run(
        id=row["id"],
        created=datetime.fromisoformat(row["created"]),
        status=row["status"],
        plan=plan,
        model=row["model"],
        human=None if row["human_hash"] is None else Distribution(shares, row["human_n"]),
        pooled=pooled,
        epsilon=row["epsilon"],
        drop_nonresponse=bool(row["drop_nonresponse"]),
        api_base=row["api_base"],
        pack_version=row["pack_version"],
        program_version=row["program_version"],
        replies=_replies(connection, row, plan.cell),
        scaling=_scaling(row),
        reading=_reading(row, options),
        alignment=read_alignment(connection, run_id, pooled),
        error_title=row["error_title"],
        error=row["error"],
        finished=moment(row["finished"]),
        tags=_texts(row["tags"]),
        note=row["note"],
        pinned=bool(row["pinned"]),
    )


def _plan(connection: sqlite3.Connection, row: sqlite3.Row, options: Sequence[sqlite3.Row]) -> Plan:
    examples = _texts(row["examples"])
    recipe = Recipe(
        samples=row["samples"],
        repeats=row["repeats"],
        order=row["option_order"],
        reasoning=bool(row["reasoning"]),
        voice=row["voice"],
        examples=row["examples_wanted"],
        example_ids=examples if row["examples_chosen"] else (),
        temperature=row["temperature"],
    )
    recipe = with_further(recipe, dict(json.loads(row["further"])))
    group = Group(row["group_name"], _attributes(row["attributes"]))
    question = restored_question(row, options, _texts(row["topics"]))
    cell = Cell(question, group, row["steering"], row["format"], recipe)
    planned = _all(connection, _PLANNED, row["id"])
    calls = _calls(connection, row, planned, cell)
    return Plan(cell, calls, examples, _texts(row["notes"]), row["template_version"], _people(planned))


def _people(planned: Sequence[sqlite3.Row]) -> tuple[Person, ...]:
    """Whom the calls are about: there are no more people than calls."""
    return tuple(
        Person(call["person"], _attributes(call["known"]), call["weight"], call["answer"])
        for call in planned
        if call["person"] is not None
    )


def _calls(
    connection: sqlite3.Connection, run: sqlite3.Row, planned: Sequence[sqlite3.Row], cell: Cell
) -> tuple[Call, ...]:
    """All calls; those of the same prompt share it."""
    prompts = {row["hash"]: Prompt(row["system"], row["user"]) for row in _all(connection, _PROMPTS, run["id"])}
    request = Request(run["max_tokens"], run["top_logprobs"], run["temperature"], run["numbered"])
    return tuple(
        Call(cell, prompts[row["prompt_hash"]], request, _texts(row["letters"]), row["seed"]) for row in planned
    )


def _replies(connection: sqlite3.Connection, run: sqlite3.Row, cell: Cell) -> tuple[Reply, ...]:
    return tuple(map(cell.read, _replies_where(connection, "calls.run_id = ?1", run["id"], run["kind"])))


def restore_earlier(connection: sqlite3.Connection, request_hash: str, number: int) -> Reply | None:
    """The n-th reply, from 0, that was ever given to a request, not read yet; None if there are not so many."""
    row = connection.execute(_EARLIER, (request_hash, number)).fetchone()
    return None if row is None else next(_replies_where(connection, "calls.id = ?1", row["id"], "live"))


def _replies_where(connection: sqlite3.Connection, which: str, key: object, kind: Kind) -> Iterator[Reply]:
    calls, numbers = (_all(connection, sql.format(which=which), key) for sql in (_CALLS, _NUMBERS))
    of_call = {call: list(rows) for call, rows in groupby(numbers, lambda row: row["call_id"])}
    return (_reply(call, kind, of_call.get(call["id"], [])) for call in calls)


def _reply(call: sqlite3.Row, kind: Kind, numbers: Sequence[sqlite3.Row]) -> Reply:
    tokens = tuple(
        TokenLogprob(row["token"], math.nan if row["number"] is None else row["number"])
        for row in numbers
        if row["token"] is not None
    )
    return Reply(
        text=call["raw_text"],
        first_token=None if call["candidates"] is None else tokens,
        figures=tuple(row["number"] for row in numbers if row["token"] is None) or None,
        unread=call["unread"],
        finish_reason=call["finish_reason"],
        offered=_texts(call["letters"]),
        thought=call["thought"],
        structured=bool(call["structured"]),
        kind=kind,
        model=call["resolved_model"],
        answered=moment(call["answered"]),
        recorded=call["recorded"],
        usage=Usage(call["prompt_tokens"], call["completion_tokens"], call["cost_usd"], call["seconds"]),
        call=call["position"],
        request_hash=call["request_hash"],
        before=tuple((clean(answer), clean(reason)) for answer, reason in json.loads(call["before"])),
    )


def _reading(row: sqlite3.Row, options: Sequence[sqlite3.Row]) -> Reading | None:
    if row["reading"] is None:
        return None
    figures = tuple(option["figure"] for option in options)
    figures = figures if any(figure is not None for figure in figures) else ()
    probabilities = tuple(option["probability"] for option in options if option["probability"] is not None)
    bounds = tuple(option["bound"] for option in options)
    return Reading(
        distribution=Distribution(probabilities, row["reading_n"]) if probabilities else None,
        reason=row["reason"],
        trace=_texts(row["trace"]),
        figures=figures if probabilities else (),
        stated=() if probabilities else figures,
        coverage=row["coverage"],
        sample_size=row["sample_size"],
        bounds=bounds if any(bound is not None for bound in bounds) else (),
    )


def _scaling(row: sqlite3.Row) -> Scaling | None:
    if row["tau"] is None:
        return None
    return Scaling(**{name: row[name] for name in Scaling.__struct_fields__} | {"at_bound": bool(row["at_bound"])})


def _attributes(listed: str) -> Attributes:
    return tuple((clean(name), clean(value)) for name, value in json.loads(listed))


def _texts(listed: str) -> tuple[str, ...]:
    """The texts of a JSON list, cleaned: in JSON, signs that a terminal obeys are escaped, and pass the connection."""
    return tuple(clean(text) for text in json.loads(listed))


def _all(connection: sqlite3.Connection, sql: str, key: object) -> Sequence[sqlite3.Row]:
    return connection.execute(sql, (key,)).fetchall()
