"""Runs, questions and groups as the JSON that the command line prints."""

import math
from typing import Any

from msgspec import to_builtins
from msgspec.structs import asdict

from opinionscope.alignment.measures import MEASURES
from opinionscope.elicitation import FORMATS, Prompt, Reading, Recipe, Reply
from opinionscope.history import RunRow
from opinionscope.report.caveats import caveats
from opinionscope.report.names import without_folders
from opinionscope.report.people import people_json
from opinionscope.report.spread import spread_json
from opinionscope.report.text_check import text_check_json
from opinionscope.respondents.redaction import public_url
from opinionscope.runs import Run, single_readings
from opinionscope.survey import Group, Library, Question


def run_json(run: Run) -> dict[str, Any]:
    """A run of the history as `run --json` and `history show --json` print it; probabilities in survey order."""
    cell, plan, question = run.cell, run.plan, run.cell.question
    reply, reading = run.reply, run.reading
    read = reading.distribution if reading else None
    return {
        "run_id": run.id,
        "created": run.created.isoformat(),
        "kept": True,
        "spill": None,
        "status": run.status,
        "error": {"title": run.error_title, "message": run.error} if run.error else None,
        "question": question_shape(question),
        "group": cell.group.name,
        "steering": cell.steering,
        "format": cell.format,
        "wording": question.wording,
        "seed": plan.first.seed,
        "recipe": recipe_json(cell.recipe),
        "example_ids": list(plan.example_ids),
        "notes": list(plan.notes),
        "calls": {"planned": len(plan.calls), "answered": sum(r.unread == "" for r in run.replies)},
        "model": without_folders(run.model),
        "api_base": None if run.api_base is None else public_url(run.api_base),
        "kind": reply.kind if reply else None,
        "resolved_model": without_folders(next(iter(run.models), reply.model)) if reply else None,
        "answers_by_model": {without_folders(model): number for model, number in run.models.items()},
        "recorded": (reply.recorded or None) if reply else None,
        "human": {"probabilities": list(run.human.probabilities), "n": run.human.n} if run.human else None,
        "answer": {
            "probabilities": list(read.probabilities) if read else None,
            "raw": reply.text if reply else None,
            "stated": _stated_json(reading, question),
            "coverage": reading.coverage if reading else None,
            "at_most": list(reading.bounds) if reading and reading.bounds else None,
            "thought": (reply.thought or None) if reply else None,
            "trace": list(reading.trace) if reading else [],
        },
        "prompts": [prompt.messages for prompt in _prompts_of(run)],
        "answers": _answers_json(run),
        "caveats": list(caveats(run)),
        "scaling": asdict(run.scaling) if run.scaling else None,
        "measures": _measures_json(run),
        "intervals": _intervals_json(run),
        "measures_muted": run.measures_muted or None,
        "spread": spread_json(run),
        "people": people_json(run),
        "text_check": text_check_json(run),
        "epsilon": run.epsilon,
        "drop_nonresponse": run.drop_nonresponse,
        "noise_floor": _floor_json(run),
        "usage": {
            "prompt_tokens": run.usage.prompt_tokens if reply else None,
            "completion_tokens": run.usage.completion_tokens if reply else None,
            "cost_usd": run.usage.cost_usd if reply else None,
            "seconds": run.seconds if reply else None,
        },
        "pack_version": run.pack_version,
        "program_version": run.program_version,
        "template_version": plan.template_version,
    }


def _prompts_of(run: Run) -> list[Prompt]:
    """The prompts that were sent, each once; a recorded model was sent others, which are not known; a person none."""
    return [] if not run.is_live else list(dict.fromkeys(call.prompt for call in run.plan.calls))


def _answers_json(run: Run) -> list[dict[str, Any]]:
    """What came back, call by call, with the place of its prompt among those that were sent."""
    readings = single_readings(run) if run.cell.format in FORMATS else (None,) * len(run.replies)
    places = {prompt: place for place, prompt in enumerate(_prompts_of(run))}
    of_call = {at: places.get(call.prompt) for at, call in enumerate(run.plan.calls)}
    return [
        _reply_json(reply, reading, run.cell.question) | {"prompt": of_call.get(reply.call)}
        for reply, reading in zip(run.replies, readings, strict=True)
    ]


def _reply_json(reply: Reply, reading: Reading | None, question: Question) -> dict[str, Any]:
    """What came back of one call; log-probs in nats, null where they were no number."""
    tokens, usage = reply.first_token, reply.usage
    return {
        "call": reply.call,
        "raw": reply.text,
        "thought": reply.thought or None,
        "before": [{"raw": answer, "unread": reason} for answer, reason in reply.before],
        "probabilities": list(reading.distribution.probabilities) if reading and reading.distribution else None,
        "stated": _stated_json(reading, question),
        "unread": reply.unread or (reading.reason if reading else "") or None,
        "finish_reason": reply.finish_reason or None,
        "options_offered": list(reply.offered) or None,
        "first_token": None if tokens is None else [[each.token, _finite(each.logprob)] for each in tokens],
        "resolved_model": without_folders(reply.model),
        "answered": reply.answered.isoformat() if reply.answered else None,
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "cost_usd": usage.cost_usd,
        "seconds": usage.seconds,
    }


def _stated_json(reading: Reading | None, question: Question) -> dict[str, float | None] | None:
    """Label → number as stated in an answer that could not be read, and enters no measure; else None."""
    return dict(zip(question.labels, reading.stated, strict=True)) if reading and reading.stated else None


def recipe_json(recipe: Recipe) -> dict[str, Any]:
    """How a question was put, as `run --json` prints it; which examples were shown stands beside it."""
    return {name: value for name, value in asdict(recipe).items() if name != "example_ids"}


def _measures_json(run: Run) -> dict[str, Any]:
    """Every registered measure; null where it is not defined or infinite."""
    scores = run.alignment.scores if run.alignment else {}
    measures: dict[str, Any] = {name: _finite(scores[name].value) if name in scores else None for name in MEASURES}
    at = run.alignment.kl_infinite_at if run.alignment else None
    measures["kl_infinite_at"] = None if at is None else run.cell.question.labels[at]
    return measures


def _intervals_json(run: Run) -> dict[str, Any]:
    """The 95 % interval of every measure that has one."""
    scores = run.alignment.scores if run.alignment else {}
    return {
        name: {"low": _finite(score.low), "high": _finite(score.high)}
        for name, score in scores.items()
        if score.low is not None
    }


def _floor_json(run: Run) -> dict[str, float] | None:
    """What a perfect answer scores on average; null where the number of people is not known."""
    scores = run.alignment.scores if run.alignment else {}
    floors = {name: score.floor for name, score in scores.items() if score.floor is not None}
    return {"kl": floors["kl"], "tv": floors["tv"]} if {"kl", "tv"} <= floors.keys() else None


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def row_json(row: RunRow) -> dict[str, Any]:
    """A run as `history list --json` prints it."""
    return {
        "run_id": row.id,
        "created": row.created.isoformat(),
        "question": to_builtins(row.question),
        "group": row.group,
        "steering": row.steering,
        "format": row.format,
        "model": without_folders(row.model),
        "status": row.status,
        "kl": row.kl,
        "tv": row.tv,
        "measures": {name: _finite(row.scores.get(name)) for name in MEASURES},
        "tags": list(row.tags),
        "pinned": row.pinned,
        "note": row.note,
        "finished": row.finished.isoformat() if row.finished else None,
        "calls": {"planned": row.planned, "answered": row.answered},
        "measures_muted": row.measures_muted or None,
    }


def question_json(question: Question, library: Library) -> dict[str, Any]:
    """A question as `questions --json` prints it."""
    return question_shape(question) | {
        "title": question.title,
        "wording": question.wording,
        "topics": list(question.topics),
        "groups": [group.name for group in library.groups(question)],
    }


def group_json(
    group: Group, dataset: str, questions: int, smallest_n: float | None, question: Question | None = None
) -> dict[str, Any]:
    """A group as `groups --json` prints it; `question` is the only one that was asked about, where there is one."""
    return {
        "question": question_shape(question) if question else None,
        "name": group.name,
        "dataset": dataset,
        "expression": group.expression,
        "questions": questions,
        "smallest_n": smallest_n,
    }


def question_shape(question: Question) -> dict[str, Any]:
    """A question: its id, dataset, domain, text and option labels in survey order."""
    return {
        "id": question.id,
        "dataset": question.dataset,
        "domain": question.domain,
        "text": question.text,
        "options": list(question.labels),
    }
