"""A question, elicitations of it, respondents that do not sleep, and an environment without keys."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from opinionscope.elicitation import FORMATS, Elicitation
from opinionscope.elicitation.elicitation import Prompt
from opinionscope.respondents.gateway import LiteLLMRespondent
from opinionscope.survey import Group, Library, Option, Question


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.endswith(("_API_KEY", "_TOKEN", "_API_BASE", "_BASE_URL")) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def question() -> Question:
    return Question(
        id="PARK_1",
        dataset="toy",
        domain="own",
        title="New parks",
        text="Should the town plant more trees?",
        options=(Option("Yes", 2.0), Option("No", 1.0)),
    )


@pytest.fixture
def elicitation(question: Question) -> Callable[..., Elicitation]:
    def make(form: str = "verbalized", **changes: Any) -> Elicitation:
        choices = {"question": question, "group": Group("Gardener"), "steering": "persona", "seed": None} | changes
        return Elicitation(format=form, prompt=Prompt("Be brief.", "Trees?"), request=FORMATS[form].request, **choices)

    return make


@pytest.fixture
def waits() -> list[float]:
    """The seconds that respondents of this test would have slept between attempts."""
    return []


@pytest.fixture
def respondent(fake_openai: Any, waits: list[float]) -> Callable[..., LiteLLMRespondent]:
    async def wait(seconds: float) -> None:
        waits.append(seconds)

    def make(model: str = "openai/toy-model", **choices: Any) -> LiteLLMRespondent:
        return LiteLLMRespondent(model, **({"api_base": fake_openai.base, "timeout": 20, "wait": wait} | choices))

    return make


@pytest.fixture
def empty_library() -> Library:
    return Library(())


@pytest.fixture
def library_of(tmp_path: Path) -> Callable[..., Library]:
    def make(*paths: Path) -> Library:
        return Library((), paths)

    return make
