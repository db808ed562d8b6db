"""Writing a Run as rows: first what was chosen, then what came of it."""

import math
import sqlite3
from collections.abc import Iterable, Iterator
from itertools import zip_longest

from msgspec.structs import asdict

from opinionscope.elicitation import Plan, Reading, Reply
from opinionscope.history.rows import Row, as_text, insert, insert_list, storable
from opinionscope.history.scores import write_alignment
from opinionscope.history.shared import store_group, store_human, store_prompt, store_question
from opinionscope.recipe import further
from opinionscope.respondents.redaction import public_url
from opinionscope.runs.run import Run
from opinionscope.survey import Distribution, Group


def write_choices(connection: sqlite3.Connection, run: Run, session: str) -> None:
    """Insert the run with all that was chosen; what other runs share is stored once.

    Args:
        connection: in a transaction.
        session: id of the program instance that will finish the run.

    Raises:
        sqlite3.IntegrityError: if there is a run with that id.
    """
    plan, cell, request, recipe = run.plan, run.cell, run.plan.first.request, run.cell.recipe
    question, group = store_question(connection, cell.question), store_group(connection, cell.group)
    row: Row = {
        "id": run.id,
        "created": as_text(run.created),
        "question_hash": question,
        "group_hash": group,
        "human_hash": None if run.human is None else store_human(connection, run.human, question, group),
        "pooled_hash": None if run.pooled is None else _store_pooled(connection, run.pooled, cell.group, question),
        "steering": cell.steering,
        "format": cell.format,
        "prompt_hash": store_prompt(connection, plan.first.prompt),
        "model": run.model,
        "api_base": None if run.api_base is None else public_url(run.api_base),
        "temperature": request.temperature,
        "max_tokens": request.max_tokens,
        "top_logprobs": request.top_logprobs,
        "numbered": request.numbered,
        "seed": plan.first.seed,
        "samples": recipe.samples,
        "repeats": recipe.repeats,
        "option_order": recipe.order,
        "reasoning": recipe.reasoning,
        "voice": recipe.voice,
        "examples_wanted": recipe.examples,
        "examples_chosen": bool(recipe.example_ids),
        "template_version": plan.template_version,
        "pack_version": run.pack_version,
        "program_version": run.program_version,
        "note": run.note,
        "session": session,
        **_state(run),
    }
    insert(connection, "runs", [row])
    owner = {"run_id": run.id}
    insert(connection, "recipe_options", [{**owner, "name": n, "value": v} for n, v in further(recipe).items()])
    insert_list(connection, "examples", owner, ({"question_id": example} for example in plan.example_ids))
    insert_list(connection, "prompt_notes", owner, ({"note": note} for note in plan.notes))
    _write_plan(connection, run.id, plan)
    _write_scaling(connection, run)
    write_tags(connection, run.id, run.tags)


def _store_pooled(connection: sqlite3.Connection, pooled: Distribution, group: Group, question: str) -> str:
    """Store a pooled answer as that of everybody, or of all groups of the same attributes."""
    attributes = " and ".join(attribute for attribute, _ in group.attributes)
    return store_human(connection, pooled, question, store_group(connection, Group(f"Pooled by {attributes}")))


def _write_plan(connection: sqlite3.Connection, run_id: str, plan: Plan) -> None:
    """The calls beside the first, and the order in which each call offers the options."""
    rows: list[Row] = [
        {"run_id": run_id, "position": at, "prompt_hash": store_prompt(connection, call.prompt), "seed": call.seed}
        for at, call in enumerate(plan.calls[1:], 1)
    ]
    insert(connection, "planned_calls", rows)
    for at, call in enumerate(plan.calls):
        owner: Row = {"run_id": run_id, "call": at}
        insert_list(connection, "planned_letters", owner, ({"label": label} for label in call.offered))
    people: Iterator[Row] = (
        {"person": each.place, "weight": each.weight, "answer": each.answer} for each in plan.people
    )
    insert_list(connection, "drawn_people", {"run_id": run_id}, people)
    for at, person in enumerate(plan.people):
        known: Iterator[Row] = ({"attribute": name, "value": value} for name, value in person.attributes)
        insert_list(connection, "drawn_attributes", {"run_id": run_id, "drawn": at}, known)


def mark_running(connection: sqlite3.Connection, run_id: str, session: str) -> None:
    """Have a run that had ended be under way again; its answers stay, its numbers go until it ends anew.

    Args:
        connection: in a transaction.
        session: id of the program instance that will finish the run.
    """
    sql = """UPDATE runs SET status = 'running', session = ?, finished = NULL, error_title = '', error = ''
        WHERE id = ?"""
    connection.execute(sql, (session, run_id))
    for table in ("readings", "comparisons"):
        connection.execute(f"DELETE FROM {table} WHERE run_id = ?", (run_id,))


def write_outcome(connection: sqlite3.Connection, run: Run) -> bool:
    """Replace what came of a run; tags and a note that were given meanwhile stay.

    Args:
        connection: in a transaction.

    Returns:
        Whether there was such a run; nothing is written if not.
    """
    state = {**_state(run), **({"note": run.note} if run.note else {})}
    assignments = ", ".join(f"{column} = :{column}" for column in state)
    sql = f"UPDATE runs SET {assignments} WHERE id = :id"
    if connection.execute(sql, storable({**state, "id": run.id})).rowcount == 0:
        return False
    write_tags(connection, run.id, run.tags)
    for table in ("calls", "scalings", "readings", "comparisons", "prompt_notes"):
        connection.execute(f"DELETE FROM {table} WHERE run_id = ?", (run.id,))
    # What a server refused is known only after it was asked.
    insert_list(connection, "prompt_notes", {"run_id": run.id}, ({"note": note} for note in run.plan.notes))
    for reply in run.replies:
        _write_reply(connection, run.id, reply)
    _write_scaling(connection, run)
    if run.reading is not None:
        _write_reading(connection, run.id, run.reading)
    if run.alignment is not None:
        write_alignment(connection, run.id, run.alignment)
    return True


def write_whole(connection: sqlite3.Connection, run: Run) -> None:
    """Write what came of a run, in place of what was kept of it before, or all of it if nothing was."""
    if not write_outcome(connection, run):
        write_choices(connection, run, "")
        write_outcome(connection, run)


def write_replies(connection: sqlite3.Connection, run_id: str, replies: Iterable[Reply]) -> None:
    """Add answers to those a run has; one to a call that had failed or broken off takes its place."""
    for reply in replies:
        connection.execute("DELETE FROM calls WHERE run_id = ? AND position = ?", (run_id, reply.call))
        _write_reply(connection, run_id, reply)


def write_tags(connection: sqlite3.Connection, run_id: str, tags: Iterable[str]) -> None:
    """Add tags to those a run has."""
    insert(connection, "tags", [{"run_id": run_id, "tag": tag} for tag in tags], known_ok=True)


def _state(run: Run) -> Row:
    """The columns that change when a run ends or is scored again."""
    return {
        "finished": None if run.finished is None else as_text(run.finished),
        "status": run.status,
        "kind": run.kind,
        "epsilon": run.epsilon,
        "drop_nonresponse": run.drop_nonresponse,
        "error_title": run.error_title,
        "error": run.error,
    }


def _write_scaling(connection: sqlite3.Connection, run: Run) -> None:
    if run.scaling is not None:
        insert(connection, "scalings", [{"run_id": run.id, **asdict(run.scaling)}])


def _write_reply(connection: sqlite3.Connection, run_id: str, reply: Reply) -> None:
    usage = reply.usage
    row: Row = {
        "run_id": run_id,
        "position": reply.call,
        "resolved_model": reply.model,
        "answered": None if reply.answered is None else as_text(reply.answered),
        "recorded": reply.recorded,
        "seconds": usage.seconds,
        "raw_text": reply.text,
        "finish_reason": reply.finish_reason,
        "unread": reply.unread,
        "thought": reply.thought,
        "structured": reply.structured,
        "request_hash": reply.request_hash,
        "candidates": None if reply.first_token is None else len(reply.first_token),
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "cost_usd": usage.cost_usd,
    }
    insert(connection, "calls", [row])
    owner = {"call_id": connection.execute("SELECT last_insert_rowid()").fetchone()[0]}
    tokens = (
        {"token": candidate.token, "logprob": None if math.isnan(candidate.logprob) else candidate.logprob}
        for candidate in reply.first_token or ()
    )
    insert_list(connection, "call_tokens", owner, tokens)
    insert_list(connection, "call_figures", owner, ({"figure": figure} for figure in reply.figures or ()))
    insert_list(connection, "call_before", owner, ({"raw_text": text, "reason": why} for text, why in reply.before))
    insert_list(connection, "call_letters", owner, ({"label": label} for label in reply.offered))


def _write_reading(connection: sqlite3.Connection, run_id: str, reading: Reading) -> None:
    distribution, owner = reading.distribution, {"run_id": run_id}
    row: Row = {
        "run_id": run_id,
        "reason": reading.reason,
        "coverage": reading.coverage,
        "sample_size": reading.sample_size,
        "n": distribution.n if distribution else None,
    }
    insert(connection, "readings", [row])
    options = zip_longest(
        reading.figures or reading.stated, distribution.probabilities if distribution else (), reading.bounds
    )
    rows = ({"figure": f, "probability": p, "bound": b} for f, p, b in options)
    insert_list(connection, "reading_options", owner, rows)
    insert_list(connection, "reading_trace", owner, ({"step": step} for step in reading.trace))
