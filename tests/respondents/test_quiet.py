"""What a process does when respondents are imported and litellm is loaded: little, and without a word."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PROBE = """
import asyncio, sys

connected = []
def watch(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo"):
        connected.append(arguments)
sys.addaudithook(watch)

import opinionscope.respondents.catalog
assert not {"litellm", "openai", "httpx", "aiohttp", "pandas", "textual"} & set(sys.modules)

import gc, os
from opinionscope.respondents import gateway

async def main():
    return await gateway.load()

first = asyncio.run(main())
assert asyncio.run(main()) is first
assert gc.isenabled()
assert "PLANTED" not in os.environ
assert connected == [], connected
"""

LEAVE = """
import asyncio
from opinionscope.respondents import gateway, loading

async def main():
    loading_it = asyncio.create_task(gateway.load())
    await asyncio.sleep(0.01)
    loading_it.cancel()

asyncio.run(main())
assert not loading._import.start().done()
loading._import.start().result()
"""

ASK = """
import asyncio, sys
from opinionscope.elicitation import FORMATS
from opinionscope.elicitation import Call, Cell, Prompt
from opinionscope.respondents.gateway import LiteLLMRespondent, load
from opinionscope.survey import Group, Option, Question

question = Question("a", "toy", "own", "t", "x", (Option("Yes"), Option("No")))
asked = Call(Cell(question, Group("g"), "none", "verbalized"), Prompt("s", "u"), FORMATS["verbalized"].request)

async def main():
    await load()
    loaded = set(sys.modules)
    model = LiteLLMRespondent(sys.argv[2], sys.argv[1], attempts=1)
    await model.respond(asked, lambda text: None)
    late = set(sys.modules) - loaded
    assert not [name for name in late if name.startswith(("litellm.proxy", "tiktoken"))], late
    await model.respond(asked)
    waiting = asyncio.create_task(model.respond(asked))
    await asyncio.sleep(0.05)
    waiting.cancel()
    try:
        await model.respond(asked)
    except Exception as error:
        assert type(error).__name__ == "RespondentError", error

asyncio.run(main())
"""


def run(program: str, folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=folder,
        env={**os.environ, "NO_PROXY": "127.0.0.1", **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_loading_connects_to_nothing_reads_no_env_file_and_prints_nothing(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("PLANTED=yes\n")
    done = run(PROBE, tmp_path, LITELLM_LOG="DEBUG", OPENAI_LOG="debug")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_leaving_while_litellm_loads_does_not_wait_for_it_and_prints_nothing(tmp_path: Path) -> None:
    done = run(LEAVE, tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("model", ["openai/toy", "hosted_vllm/toy"])
def test_asking_failing_and_cancelling_print_nothing(tmp_path: Path, fake_openai: Any, model: str) -> None:
    fake_openai.then().then().fails(500, "oops").fails(500, "oops")
    done = run(ASK, tmp_path, fake_openai.base, model, LITELLM_LOG="DEBUG", OPENAI_LOG="debug")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
