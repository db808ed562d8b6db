"""Histories, and runs to keep in them."""

import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from opinionscope.alignment.temperature import Scaling
from opinionscope.elicitation import Call, Cell, Plan, Prompt, Recipe, Reply, Usage
from opinionscope.elicitation.expression import Request
from opinionscope.history import History
from opinionscope.runs import Run, new_run_id, rescore
from opinionscope.survey import Distribution, Group, Option, Question
from opinionscope.survey.microdata import Person
from opinionscope.values import replace

QUESTION = Question(
    id="PARKS_1",
    dataset="town",
    domain="own",
    title="Parks: more benches",
    text="Should the town put more benches into its parks?",
    options=(Option("Yes", 2.0), Option("Maybe", 1.0), Option("No", 0.0), Option("Refused", None, True)),
    wording="own",
    context="The town has three parks.",
    topics=("parks", "money"),
    source_key="park_benches",
    note="asked twice",
)
GROUP = Group("Zürich women", (("city", "Zürich"), ("sex", "Female")))
LIVE = Reply(
    "{'A': '50%', 'B': '30%', 'C': '20%', 'D': '0%'}",
    finish_reason="stop",
    structured=True,
    model="gpt-4o-2024-08-06",
    answered=datetime(2026, 3, 1, 12, 0, 5, 250_000, UTC),
    usage=Usage(412, 31, 0.00134, 1.75),
    request_hash="0af3",
    before=(("No idea.", "the answer has no letter with a percentage in it"),),
)

SCALING = Scaling(2.5, 40, 9, "earlier runs of gpt-4o", 0.8, 0.3, True)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "kept" / "history.db"


@pytest.fixture
def history(path: Path) -> Iterator[History]:
    with History.open(path) as opened:
        yield opened


@pytest.fixture(scope="session")
def filled() -> Callable[..., None]:
    """Inserts a row; columns that must have a value and are not given get an empty one."""

    def fill(connection: sqlite3.Connection, table: str, **values: object) -> None:
        for _, name, kind, required, default, _ in connection.execute(f"PRAGMA table_info({table})").fetchall():
            if required and default is None and name not in values:
                values[name] = "" if kind == "TEXT" else 0
        marks = ", ".join("?" * len(values))
        connection.execute(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})", tuple(values.values()))

    return fill


def _with(plan: Plan, changes: dict[str, Any]) -> Plan:
    """A plan with other fields, whichever of its parts they belong to; those of a call are the first one's."""
    cell = replace(plan.cell, **{name: changes.pop(name) for name in Cell.__struct_fields__ if name in changes})
    calls = [replace(call, cell=cell) for call in changes.pop("calls", plan.calls)]
    calls[0] = replace(calls[0], **{name: changes.pop(name) for name in Call.__struct_fields__ if name in changes})
    return replace(plan, cell=cell, calls=tuple(calls), **changes)


@pytest.fixture(scope="session")
def draft() -> Callable[..., Run]:
    """Makes a run before anybody is asked; arguments replace fields of it, or of its plan."""

    def make(**changes: Any) -> Run:
        run_fields = {name: changes.pop(name) for name in tuple(changes) if name in Run.__struct_fields__}
        recipe = Recipe(
            40,
            2,
            "reversed",
            True,
            "interview",
            4,
            ("PARKS_2", "ROADS_9"),
            0.5,
            repair=2,
            place_and_time=True,
            own_answers=3,
            check_text=True,
        )
        cell = Cell(QUESTION, GROUP, "few-shot", "verbalized", recipe)
        request = Request(max_tokens=77, top_logprobs=5, temperature=0.5, numbered="ABCD")
        first = Prompt("You know surveys.", "Estimate the shares.\nAnswer:")
        second = Prompt("You know surveys.", "Again.\nAnswer:")
        plan = Plan(
            cell,
            (
                Call(cell, first, request, ("Refused", "No", "Maybe", "Yes"), 11),
                Call(cell, second, request, ("No", "Yes", "Maybe", "Refused"), 12),
            ),
            example_ids=("PARKS_2", "ROADS_9"),
            notes=("only 2 examples", "chosen by text"),
            template_version="7",
            people=(Person(4, (("city", "Zürich"), ("age", "44")), 1.3, "Maybe"),),
        )
        run = Run(
            id=new_run_id(),
            created=datetime(2026, 3, 1, 14, 0, 0, 123_456, timezone(timedelta(hours=2))),
            status="running",
            plan=_with(plan, changes),
            model="gpt-4o",
            human=Distribution.from_counts([43, 11, 3.5, 1]),
            epsilon=0.02,
            pooled=Distribution.from_counts([400, 300, 200, 100]),
            drop_nonresponse=True,
            api_base="http://localhost:8080/v1",
            pack_version="3",
            program_version="0.9",
            tags=("pilot", "benches"),
            note="first try",
        )
        return replace(run, **run_fields)

    return make


@pytest.fixture(scope="session")
def done(draft: Callable[..., Run]) -> Callable[..., Run]:
    """Makes a run whose live answer was read and compared; arguments as in `draft`."""

    def make(**changes: Any) -> Run:
        run = replace(
            draft(**changes), replies=(LIVE,), scaling=SCALING, finished=datetime(2026, 3, 1, 12, 0, 6, tzinfo=UTC)
        )
        return rescore(run)

    return make
