"""What goes over the wire below litellm: keys to nobody else, no more of an error than is read, nothing that blocks."""

import asyncio
import json
import subprocess
import time
from collections.abc import Callable
from typing import Any

import pytest

from opinionscope.elicitation import Call
from opinionscope.respondents import loading
from opinionscope.respondents.base import RespondentError
from opinionscope.respondents.gateway import LiteLLMRespondent, load
from opinionscope.respondents.guard import keep_loopback_direct
from opinionscope.respondents.named_models import NamedModel
from opinionscope.settings import ModelSettings

Make = Callable[..., LiteLLMRespondent]
MakeCall = Callable[..., Call]

CANARY = "canary0123456789ab"

BEHIND_A_PROXY = """
import asyncio, sys
from opinionscope.elicitation import FORMATS
from opinionscope.elicitation import Call, Cell, Prompt
from opinionscope.respondents.gateway import LiteLLMRespondent
from opinionscope.survey import Group, Option, Question

question = Question("a", "toy", "own", "t", "x", (Option("Yes"), Option("No")))
asked = Call(Cell(question, Group("g"), "none", "verbalized"), Prompt("s", "u"), FORMATS["verbalized"].request)
asyncio.run(LiteLLMRespondent(sys.argv[2], sys.argv[1], attempts=1).respond(asked))
sys.exit()
"""


async def test_a_redirect_to_another_server_is_not_followed_and_takes_no_key_there(
    fake_openai: Any, second_openai: Any, respondent: Make, call: MakeCall, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"MY_HEADER": CANARY, "ANTHROPIC_API_KEY": CANARY[::-1]}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("ANTHROPIC_API_BASE", f"http://127.0.0.1:{fake_openai.port}")
    fake_openai.always(status=307, body=b"", headers={"location": f"{second_openai.base}/chat/completions"})
    mine = NamedModel("mine", ModelSettings("openai/toy-model", fake_openai.base, headers={"X-Key": "MY_HEADER"}))
    for model in (respondent(named=mine), respondent("anthropic/claude-haiku-4-5", api_base=None)):
        for watched in (None, lambda text: None):
            with pytest.raises(RespondentError, match="on to another server"):
                await model.respond(call(), watched)
    assert len(fake_openai.bodies) == 4
    assert second_openai.requests == []


@pytest.mark.parametrize("page", [b'{"error": {"message": "%s"}}', b"<html>%s</html>"])
async def test_an_error_of_ten_megabytes_holds_nobody_up(
    fake_openai: Any, respondent: Make, call: MakeCall, page: bytes
) -> None:
    async def seconds(error: bytes) -> float:
        fake_openai.always(status=500, body=error)
        begun = time.process_time()
        with pytest.raises(RespondentError, match="failed on its side") as caught:
            await respondent(attempts=1).respond(call())
        assert len(caught.value.message) < 600
        return time.process_time() - begun

    await seconds(page % b"")
    harmless, hostile = [], []
    for _ in range(3):
        harmless.append(await seconds(page % (b"a word. " * 1_250_000)))
        hostile.append(await seconds(page % (b"<script " * 1_250_000)))
    assert min(hostile) < 10 * max(min(harmless), 0.05), (hostile, harmless)


async def test_a_secret_at_the_end_of_what_is_read_of_an_error_is_not_told_by_half(
    fake_openai: Any, respondent: Make, call: MakeCall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_TOKEN", CANARY)
    head = b"<html>" + b"<p>" * 5_453
    fake_openai.always(status=400, body=head + f" you sent {CANARY} ".encode() * 2)
    with pytest.raises(RespondentError) as caught:
        await respondent().respond(call())
    assert CANARY[:8] not in caught.value.message


async def test_ollama_is_asked_once_and_nothing_blocks(
    fake_openai: Any, respondent: Make, call: MakeCall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OLLAMA_API_BASE", f"http://127.0.0.1:{fake_openai.port}")
    answer = {"model": "toy", "message": {"role": "assistant", "content": "A"}, "done": True, "eval_count": 4}
    fake_openai.always(body=json.dumps(answer | {"prompt_eval_count": 3}).encode())
    response = await respondent("ollama_chat/toy", api_base=None).respond(call("sequence"))
    assert [request.path for request in fake_openai.requests] == ["/api/chat"]
    assert (response.text, response.usage.prompt_tokens, response.usage.cost_usd) == ("A", 3, None)


@pytest.mark.parametrize("model", ["openai/toy", "hosted_vllm/toy"])
def test_a_server_on_this_machine_is_not_asked_through_a_proxy(
    fake_openai: Any, second_openai: Any, warm_program: Any, monkeypatch: pytest.MonkeyPatch, model: str
) -> None:
    monkeypatch.delenv("NO_PROXY")
    monkeypatch.setenv("HTTP_PROXY", f"http://me:{CANARY}@127.0.0.1:{second_openai.port}")
    pipe = subprocess.PIPE
    asking = warm_program([fake_openai.base, model], stdout=pipe, stderr=pipe, text=True, first=BEHIND_A_PROXY)
    assert asking.communicate(timeout=120) == ("", "")
    assert asking.returncode == 0
    assert (len(fake_openai.bodies), second_openai.requests) == (1, [])


@pytest.mark.parametrize("given", [{}, {"no_proxy": "intern.example"}, {"NO_PROXY": "intern.example, 127.0.0.1"}])
def test_what_else_needs_no_proxy_is_kept(given: dict[str, str]) -> None:
    keep_loopback_direct(given)
    hosts = given["no_proxy"].split(",")
    assert given["NO_PROXY"] == given["no_proxy"]
    assert {"localhost", "127.0.0.1", "::1"} <= set(hosts)
    assert ("intern.example" in hosts) == (len(hosts) == 4)


class UnheardOfError(Exception):
    """Of a library that nobody has seen yet."""


@pytest.mark.parametrize(
    ("error", "words"),
    [(kind, f"{kind.__name__} in one of its parts") for kind in (AttributeError, UnheardOfError)],
)
async def test_an_import_that_breaks_ends_in_an_error_and_not_in_waiting(
    monkeypatch: pytest.MonkeyPatch, error: type[Exception], words: str
) -> None:
    def broken() -> Any:
        raise error("of another version")

    await load()
    monkeypatch.setattr("threading.excepthook", lambda _: None)
    monkeypatch.setattr("opinionscope.respondents.loading._import", loading._Import())
    monkeypatch.setattr("opinionscope.respondents.loading._import_quietly", broken)
    with pytest.raises(RespondentError, match=words):
        async with asyncio.timeout(10):
            await load()
