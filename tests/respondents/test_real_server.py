"""A real inference server, llama.cpp's, with a tiny model made on the spot: log-probs from end to end.

Runs where the server is installed: ``pip install "opinionscope[integration]"``, or any other interpreter that has
``llama-cpp-python[server]`` and ``gguf``, named in OPINIONSCOPE_TEST_LLAMA_PYTHON.
"""

import asyncio
import math
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from opinionscope.elicitation import Call, Prompt, read_reply
from opinionscope.respondents import RespondentError
from opinionscope.respondents.gateway import LiteLLMRespondent

pytestmark = pytest.mark.integration

Make = Callable[..., LiteLLMRespondent]
MakeCall = Callable[..., Call]

PYTHON = os.environ.get("OPINIONSCOPE_TEST_LLAMA_PYTHON", sys.executable)
PATIENCE = 60


@pytest.fixture(scope="session")
def llama(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a llama.cpp server."""
    needed = subprocess.run([PYTHON, "-c", "import gguf, llama_cpp.server.app"], capture_output=True, check=False)
    if needed.returncode:
        pytest.skip(
            "llama-cpp-python[server] and gguf are not installed; OPINIONSCOPE_TEST_LLAMA_PYTHON names a Python"
        )
    folder = tmp_path_factory.mktemp("llama")
    subprocess.run([PYTHON, str(Path(__file__).with_name("tiny_model.py")), "tiny.gguf"], cwd=folder, check=True)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    options = ["--model", "tiny.gguf", "--model_alias", "tiny", "--host", "127.0.0.1", "--port", str(port)]
    command = [
        PYTHON,
        "-m",
        "llama_cpp.server",
        *options,
        "--logits_all",
        "true",
        "--n_ctx",
        "4096",
        "--n_threads",
        "1",
    ]
    with (folder / "log").open("wb") as log, subprocess.Popen(command, cwd=folder, stdout=log, stderr=log) as server:
        try:
            _wait_for(f"http://127.0.0.1:{port}/v1/models", server, folder / "log")
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            server.terminate()


def _wait_for(page: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urlopen(page, timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"the server did not start: {log.read_text(errors='replace')[-2000:]}")


@pytest.fixture
def tiny(llama: str, respondent: Make) -> LiteLLMRespondent:
    return respondent("openai/tiny", api_base=llama, timeout=60)


async def test_log_probs_come_from_the_model_and_are_read_as_a_distribution(
    tiny: LiteLLMRespondent, call: MakeCall
) -> None:
    asked = call("log-probs")
    response = await tiny.respond(asked)
    candidates = response.first_token
    assert candidates is not None
    # The server lists tokens by their text, so that those of the same text fall together.
    assert 15 <= len(candidates) <= 20
    assert [c.logprob for c in candidates] == sorted((c.logprob for c in candidates), reverse=True)
    assert math.fsum(math.exp(candidate.logprob) for candidate in candidates) <= 1.001
    assert {"A", " A", "B", " B"} <= {candidate.token for candidate in candidates}
    assert (response.model, response.usage.completion_tokens) == ("tiny", 1)

    reading = read_reply(response, "log-probs", asked.cell.question)
    assert reading.distribution is not None
    mass = {letter: _mass(candidates, letter) for letter in "AB"}
    expected = [mass[letter] / sum(mass.values()) for letter in "AB"]
    assert reading.distribution.probabilities == pytest.approx(expected, abs=1e-3)
    assert reading.coverage == pytest.approx(sum(mass.values()), abs=1e-3)


def _mass(candidates: Any, letter: str) -> float:
    return math.fsum(math.exp(c.logprob) for c in candidates if c.token.strip().upper() == letter)


async def test_the_same_question_has_the_same_log_probs(tiny: LiteLLMRespondent, call: MakeCall) -> None:
    first, second = [(await tiny.respond(call("log-probs"))).first_token for _ in range(2)]
    assert dict(map(_pair, first or ())) == pytest.approx(dict(map(_pair, second or ())), abs=1e-3)


def _pair(candidate: Any) -> tuple[str, float]:
    return candidate.token, candidate.logprob


async def test_samples_agree_with_the_log_probs(tiny: LiteLLMRespondent, call: MakeCall) -> None:
    """What the model says when it is asked often is what its log-probs promise."""
    asked = call("log-probs")
    responses = [await tiny.respond(asked) for _ in range(300)]
    candidates = responses[0].first_token
    for letter in "AB":
        promised = _mass(candidates, letter)
        seen = sum((response.text or "").strip() == letter for response in responses) / len(responses)
        assert abs(seen - promised) < 5 * math.sqrt(promised * (1 - promised) / len(responses))


async def test_text_streams_in_and_can_be_cancelled(tiny: LiteLLMRespondent, call: MakeCall, until: Any) -> None:
    seen: list[str] = []
    response = await tiny.respond(call("sequence"), seen.append)
    assert response.text == seen[-1]
    assert response.finish_reason in ("length", "stop")
    seen.clear()
    asking = asyncio.create_task(tiny.respond(call("verbalized"), seen.append))
    await until(lambda: bool(seen))
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert (await tiny.respond(call("log-probs"))).first_token


async def test_what_is_wrong_is_said_by_the_real_server_as_well(llama: str, respondent: Make, call: MakeCall) -> None:
    too_long = replace(call("log-probs"), prompt=Prompt("Be brief.", "word " * 3_000))
    with pytest.raises(RespondentError) as caught:
        await respondent("openai/tiny", api_base=llama, attempts=1).respond(too_long)
    assert caught.value.title == "The prompt is too long for this model"
