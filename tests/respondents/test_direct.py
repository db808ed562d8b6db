"""A server of the user's own is asked without litellm, over connections that are kept for the next call."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from opinionscope.elicitation import Call
from opinionscope.respondents.choosing import needs_litellm
from opinionscope.respondents.gateway import LiteLLMRespondent
from opinionscope.respondents.named_models import NamedModel
from opinionscope.settings import ModelSettings, ParameterSettings, Settings

Make = Callable[..., LiteLLMRespondent]
MakeCall = Callable[..., Call]
AT_ONCE = 6

ASK = """
import asyncio, sys
from opinionscope.elicitation import FORMATS, Call, Cell, Prompt
from opinionscope.respondents.gateway import LiteLLMRespondent
from opinionscope.survey import Group, Option, Question

question = Question("a", "toy", "own", "t", "x", (Option("Yes"), Option("No")))
asked = Call(Cell(question, Group("g"), "none", "verbalized"), Prompt("s", "u"), FORMATS["verbalized"].request)
for look in (None, lambda text: None):
    reply = asyncio.run(LiteLLMRespondent("openai/toy", sys.argv[1], attempts=1).respond(asked, look))
    print(reply.text, sorted({"litellm", "openai"} & set(sys.modules)))
"""


def test_litellm_is_not_imported(fake_openai: Any, tmp_path: Path) -> None:
    program = [sys.executable, "-c", ASK, fake_openai.base]
    done = subprocess.run(program, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "{'A': '60%', 'B': '40%'} []\n" * 2


@pytest.mark.parametrize(
    ("model", "base", "needed"),
    [
        ("openai/toy", "http://127.0.0.1:8000/v1", False),
        ("openai/toy", "https://models.example/v1", False),
        ("openai/gpt-4o", "https://api.openai.com/v1", True),
        ("openai/gpt-4o", None, True),
        ("hosted_vllm/toy", "http://127.0.0.1:8000/v1", True),
        ("recorded/GPT-4", None, False),
    ],
)
def test_who_is_asked_through_litellm(model: str, base: str | None, needed: bool) -> None:
    assert needs_litellm(model, base) == needed


@pytest.mark.parametrize(
    ("asked", "base", "needed"),
    [("openai/toy", "http://127.0.0.1:8000/v1", False), ("local/toy", "", False), ("openai/gpt-4o", "", True)],
)
def test_a_model_of_the_settings_is_asked_as_they_say(asked: str, base: str, needed: bool) -> None:
    settings = Settings(models={"mine": ModelSettings(asked, base)})
    assert needs_litellm("mine", base or None, settings) == needed


async def test_calls_take_over_each_others_connections(fake_openai: Any, respondent: Make, call: MakeCall) -> None:
    for _ in range(3):
        await respondent().respond(call())
        assert fake_openai.open_connections == 1
    for _ in range(3):
        await asyncio.gather(*(respondent().respond(call()) for _ in range(AT_ONCE)))
    assert fake_openai.open_connections <= AT_ONCE


async def test_no_cookie_is_kept_for_the_next_call(fake_openai: Any, respondent: Make, call: MakeCall) -> None:
    fake_openai.always(headers={"set-cookie": "who=me"})
    for _ in range(2):
        await respondent().respond(call())
    assert [request.headers.get("cookie") for request in fake_openai.requests] == [None, None]


async def test_settings_of_a_model_are_sent_as_they_are(
    fake_openai: Any, respondent: Make, call: MakeCall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_HEADER", "hay")
    further = ParameterSettings(top_p=0.5, reasoning_effort="low", extra_body={"top_k": 7, "stop": ["x"]})
    named = NamedModel("mine", ModelSettings("openai/a/toy", fake_openai.base, further, {"authorization": "MY_HEADER"}))
    await respondent("openai/a/toy", named=named).respond(call("sequence"))
    request = fake_openai.requests[0]
    assert request.path == "/v1/chat/completions"
    assert request.headers["authorization"] == "hay"
    assert json.loads(json.dumps(request.body)) == {
        "model": "a/toy",
        "messages": call("sequence").messages,
        "temperature": 1.0,
        "max_tokens": request.body["max_tokens"],
        "top_p": 0.5,
        "reasoning_effort": "low",
        "top_k": 7,
        "stop": ["x"],
    }
