"""Runs to report on."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from opinionscope.elicitation import FORMATS, Call, Cell, Plan, Prompt, Reply
from opinionscope.runs import Run, rescore
from opinionscope.survey import Distribution, Group, Option, Question
from opinionscope.values import replace

OPTIONS = (Option("Yes", 2), Option("Perhaps", 1), Option("No", 0), Option("Refused", nonresponse=True))


def _with(plan: Plan, changes: dict[str, Any]) -> Plan:
    """A plan with other fields, whichever of its parts they belong to; those of a call are the first one's."""
    cell = replace(plan.cell, **{name: changes.pop(name) for name in Cell.__struct_fields__ if name in changes})
    calls = [replace(call, cell=cell) for call in changes.pop("calls", plan.calls)]
    calls[0] = replace(calls[0], **{name: changes.pop(name) for name in Call.__struct_fields__ if name in changes})
    return replace(plan, cell=cell, calls=tuple(calls), **changes)


@pytest.fixture
def make_run() -> Callable[..., Run]:
    """Makes a run that was answered, read and compared.

    Args:
        answer: what came back; None for a run that has no answer yet.
        recorded: where a recorded answer comes from; "" for a live one.
        form: the expression format.
        changes: replace fields of the run, of its plan or of the question; `about` is the question's note.
    """

    def make(answer: Reply | None, recorded: str = "", form: str = "verbalized", **changes: Any) -> Run:
        def taken(kind: type) -> dict[str, Any]:
            return {name: changes.pop(name) for name in tuple(changes) if name in kind.__struct_fields__}

        run_fields = taken(Run)
        plan_fields = {name: value for kind in (Plan, Cell, Call) for name, value in taken(kind).items()}
        about = changes.pop("about", "")
        question = replace(
            Question("benches", "town", "own", "Benches", "More benches?", OPTIONS, note=about), **changes
        )
        cell = Cell(question, Group("Parents"), "persona", form)
        call = Call(cell, Prompt("Be brief.", "More benches?\nAnswer:"), FORMATS[form].request)
        run = Run(
            id="R1",
            created=datetime(2026, 1, 2, 12, 0, tzinfo=UTC),
            status="running",
            plan=_with(Plan(cell, (call,)), plan_fields),
            model="recorded/gpt-4" if recorded else "gpt-4o",
            human=Distribution.from_counts([200, 128, 90, 10]),
            epsilon=0.01,
        )
        run = replace(run, **run_fields)
        if answer is None:
            return run
        kind = "recorded" if recorded else "live"
        return rescore(replace(run, replies=(replace(answer, kind=kind, model="gpt-4", recorded=recorded),)))

    return make
