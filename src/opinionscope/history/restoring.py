"""Restoring a Run from its rows, with every figure as it was stored."""

import math
import sqlite3
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from opinionscope.alignment import Alignment, NoiseFloor, Scaling
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
from opinionscope.runs.run import Run
from opinionscope.survey import Distribution, Group, Option, Question


def restore(connection: sqlite3.Connection, run_id: str) -> Run:
    """The run with that id, equal to the one that was written.

    Args:
        connection: with `sqlite3.Row` as row factory.

    Raises:
        LookupError: if there is none.
    """
    row = _one(connection, "SELECT * FROM runs WHERE id = ?", run_id)
    if row is None:
        raise LookupError(run_id)
    plan = _plan(connection, row)
    return Run(
        id=row["id"],
        created=datetime.fromisoformat(row["created"]),
        status=row["status"],
        plan=plan,
        model=row["model"],
        human=_human(connection, row["human_hash"]),
        epsilon=row["epsilon"],
        drop_nonresponse=bool(row["drop_nonresponse"]),
        api_base=row["api_base"],
        pack_version=row["pack_version"],
        program_version=row["program_version"],
        replies=_replies(connection, row, plan.cell),
        scaling=_scaling(connection, run_id),
        reading=_reading(connection, run_id),
        alignment=_alignment(connection, run_id),
        error_title=row["error_title"],
        error=row["error"],
        finished=_moment(row["finished"]),
        tags=_column(connection, "SELECT tag FROM tags WHERE run_id = ? ORDER BY rowid", run_id),
        note=row["note"],
    )


def _plan(connection: sqlite3.Connection, row: sqlite3.Row) -> Plan:
    run_id = row["id"]
    examples = _column(connection, "SELECT question_id FROM examples WHERE run_id = ? ORDER BY position", run_id)
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
    question, group = _question(connection, row["question_hash"]), _group(connection, row["group_hash"])
    cell = Cell(question, group, row["steering"], row["format"], recipe)
    return Plan(
        cell,
        _calls(connection, row, cell),
        examples,
        _column(connection, "SELECT note FROM prompt_notes WHERE run_id = ? ORDER BY position", run_id),
        row["template_version"],
    )


def _calls(connection: sqlite3.Connection, run: sqlite3.Row, cell: Cell) -> tuple[Call, ...]:
    """All calls; those of the same prompt share it."""
    planned = _all(connection, "SELECT * FROM planned_calls WHERE run_id = ? ORDER BY position", run["id"])
    prompts = {key: _prompt(connection, key) for key in {row["prompt_hash"] for row in (run, *planned)}}
    request = Request(run["max_tokens"], run["top_logprobs"], run["temperature"], run["numbered"])
    offered = _offered(connection, run["id"])
    return tuple(
        Call(cell, prompts[row["prompt_hash"]], request, offered.get(at, ()), row["seed"])
        for at, row in enumerate((run, *planned))
    )


def _prompt(connection: sqlite3.Connection, key: str) -> Prompt:
    row = _found(connection, "SELECT system, user FROM prompts WHERE hash = ?", key)
    return Prompt(row["system"], row["user"])


def _offered(connection: sqlite3.Connection, run_id: str) -> dict[int, tuple[str, ...]]:
    """Position of a call → labels in the order of its letters, where that is not survey order."""
    letters: dict[int, list[str]] = {}
    for row in _all(connection, "SELECT * FROM planned_letters WHERE run_id = ? ORDER BY call, position", run_id):
        letters.setdefault(row["call"], []).append(row["label"])
    return {call: tuple(labels) for call, labels in letters.items()}


def _question(connection: sqlite3.Connection, key: str) -> Question:
    row = _found(connection, "SELECT * FROM questions WHERE hash = ?", key)
    options = _all(connection, "SELECT * FROM options WHERE question_hash = ? ORDER BY position", key)
    return Question(
        id=row["question_id"],
        dataset=row["dataset"],
        domain=row["domain"],
        title=row["title"],
        text=row["text"],
        options=tuple(Option(o["label"], o["value"], bool(o["nonresponse"])) for o in options),
        wording=row["wording"],
        context=row["context"],
        topics=_column(connection, "SELECT topic FROM topics WHERE question_hash = ? ORDER BY position", key),
        source_key=row["source_key"],
        note=row["note"],
    )


def _group(connection: sqlite3.Connection, key: str) -> Group:
    row = _found(connection, "SELECT name FROM groups WHERE hash = ?", key)
    sql = "SELECT attribute, value FROM group_attributes WHERE group_hash = ? ORDER BY position"
    return Group(row["name"], tuple((a["attribute"], a["value"]) for a in _all(connection, sql, key)))


def _human(connection: sqlite3.Connection, key: str | None) -> Distribution | None:
    if key is None:
        return None
    row = _found(connection, "SELECT n FROM humans WHERE hash = ?", key)
    shares = _column(connection, "SELECT probability FROM human_shares WHERE human_hash = ? ORDER BY position", key)
    return Distribution(shares, row["n"])


def _replies(connection: sqlite3.Connection, run: sqlite3.Row, cell: Cell) -> tuple[Reply, ...]:
    calls = _all(connection, "SELECT * FROM calls WHERE run_id = ? ORDER BY position", run["id"])
    return tuple(cell.read(_reply(connection, call, run["kind"])) for call in calls)


def _reply(connection: sqlite3.Connection, call: sqlite3.Row, kind: Kind) -> Reply:
    sql = "SELECT token, logprob FROM call_tokens WHERE call_id = ? ORDER BY position"
    tokens = tuple(
        TokenLogprob(row["token"], math.nan if row["logprob"] is None else row["logprob"])
        for row in _all(connection, sql, call["id"])
    )
    figures = _column(connection, "SELECT figure FROM call_figures WHERE call_id = ? ORDER BY position", call["id"])
    return Reply(
        text=call["raw_text"],
        first_token=None if call["candidates"] is None else tokens,
        figures=figures or None,
        unread=call["unread"],
        finish_reason=call["finish_reason"],
        offered=_column(connection, "SELECT label FROM call_letters WHERE call_id = ? ORDER BY position", call["id"]),
        thought=call["thought"],
        structured=bool(call["structured"]),
        kind=kind,
        model=call["resolved_model"],
        answered=_moment(call["answered"]),
        recorded=call["recorded"],
        usage=Usage(call["prompt_tokens"], call["completion_tokens"], call["cost_usd"], call["seconds"]),
        call=call["position"],
    )


def _reading(connection: sqlite3.Connection, run_id: str) -> Reading | None:
    row = _one(connection, "SELECT * FROM readings WHERE run_id = ?", run_id)
    if row is None:
        return None
    options = _all(connection, "SELECT * FROM reading_options WHERE run_id = ? ORDER BY position", run_id)
    figures = tuple(option["figure"] for option in options)
    figures = figures if any(figure is not None for figure in figures) else ()
    probabilities = tuple(option["probability"] for option in options if option["probability"] is not None)
    bounds = tuple(option["bound"] for option in options)
    return Reading(
        distribution=Distribution(probabilities, row["n"]) if probabilities else None,
        reason=row["reason"],
        trace=_column(connection, "SELECT step FROM reading_trace WHERE run_id = ? ORDER BY position", run_id),
        figures=figures if probabilities else (),
        stated=() if probabilities else figures,
        coverage=row["coverage"],
        sample_size=row["sample_size"],
        bounds=bounds if any(bound is not None for bound in bounds) else (),
    )


def _alignment(connection: sqlite3.Connection, run_id: str) -> Alignment | None:
    row = _one(connection, "SELECT * FROM measures WHERE run_id = ?", run_id)
    if row is None:
        return None
    sides = _all(connection, "SELECT * FROM distributions WHERE run_id = ? ORDER BY position", run_id)
    return Alignment(
        human=Distribution(tuple(side["human"] for side in sides), row["human_n"]),
        model=Distribution(tuple(side["model"] for side in sides), row["model_n"]),
        positions=tuple(side["position"] for side in sides),
        epsilon=row["epsilon"],
        kl=row["kl"],
        kl_unsmoothed=row["kl_unsmoothed"],
        kl_infinite_at=row["kl_infinite_at"],
        tv=row["tv"],
        js=row["js"],
        wasserstein=row["wasserstein"],
        score=row["score"],
        floor=None if row["floor_kl"] is None else NoiseFloor(row["floor_kl"], row["floor_tv"]),
    )


def _scaling(connection: sqlite3.Connection, run_id: str) -> Scaling | None:
    row = _one(connection, "SELECT * FROM scalings WHERE run_id = ?", run_id)
    if row is None:
        return None
    return Scaling(
        tau=row["tau"],
        answers=row["answers"],
        questions=row["questions"],
        source=row["source"],
        kl_before=row["kl_before"],
        kl_after=row["kl_after"],
        at_bound=bool(row["at_bound"]),
    )


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _all(connection: sqlite3.Connection, sql: str, key: object) -> Sequence[sqlite3.Row]:
    return connection.execute(sql, (key,)).fetchall()


def _one(connection: sqlite3.Connection, sql: str, key: object) -> sqlite3.Row | None:
    rows = _all(connection, sql, key)
    return rows[0] if rows else None


def _found(connection: sqlite3.Connection, sql: str, key: object) -> sqlite3.Row:
    return _all(connection, sql, key)[0]


def _column(connection: sqlite3.Connection, sql: str, key: object) -> tuple[Any, ...]:
    return tuple(row[0] for row in _all(connection, sql, key))
