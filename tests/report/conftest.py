"""Runs to report on."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from opinionscope.elicitation import FORMATS, Answer, Elicitation, Prompt
from opinionscope.respondents.base import Response
from opinionscope.runs import Run, rescore
from opinionscope.survey import Distribution, Group, Option, Question

OPTIONS = (Option("Yes", 2), Option("Perhaps", 1), Option("No", 0), Option("Refused", nonresponse=True))


@pytest.fixture
def make_run() -> Callable[..., Run]:
    """Makes a run that was answered, read and compared.

    Args:
        answer: what came back; None for a run that has no answer yet.
        recorded: where a recorded answer comes from; "" for a live one.
        form: the expression format.
        changes: replace fields of the run, of its elicitation or of the question; `about` is the question's note.
    """

    def make(answer: Answer | None, recorded: str = "", form: str = "verbalized", **changes: Any) -> Run:
        def taken(kind: type) -> dict[str, Any]:
            return {name: changes.pop(name) for name in tuple(changes) if name in kind.__dataclass_fields__}

        run_fields = taken(Run)
        elicitation_fields = taken(Elicitation)
        about = changes.pop("about", "")
        question = replace(
            Question("benches", "town", "own", "Benches", "More benches?", OPTIONS, note=about), **changes
        )
        elicitation = Elicitation(
            question,
            Group("Parents"),
            "persona",
            form,
            Prompt("Be brief.", "More benches?\nAnswer:"),
            FORMATS[form].request,
        )
        run = Run(
            id="R1",
            created=datetime(2026, 1, 2, 12, 0, tzinfo=UTC),
            status="running",
            elicitation=replace(elicitation, **elicitation_fields),
            model="recorded/gpt-4" if recorded else "gpt-4o",
            human=Distribution.from_counts([200, 128, 90, 10]),
            epsilon=0.01,
        )
        run = replace(run, **run_fields)
        if answer is None:
            return run
        kind = "recorded" if recorded else "live"
        return rescore(replace(run, responses=(Response(answer, kind, "gpt-4", recorded=recorded),)))

    return make
