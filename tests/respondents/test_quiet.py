"""What a process does when respondents are imported and litellm is loaded: little, and without a word."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

LOAD_AND_ASK = """
import asyncio, gc, os, sys

connected = []
def watch(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo"):
        connected.append(arguments)
sys.addaudithook(watch)

import opinionscope.respondents.catalog
assert not {"litellm", "openai", "httpx", "aiohttp", "pandas", "textual"} & set(sys.modules)

from opinionscope.elicitation import FORMATS
from opinionscope.elicitation import Call, Cell, Prompt
from opinionscope.respondents.gateway import LiteLLMRespondent, load
from opinionscope.survey import Group, Option, Question

first = asyncio.run(load())
assert asyncio.run(load()) is first
assert gc.isenabled()
assert "PLANTED" not in os.environ
assert connected == [], connected

question = Question("a", "toy", "own", "t", "x", (Option("Yes"), Option("No")))
asked = Call(Cell(question, Group("g"), "none", "verbalized"), Prompt("s", "u"), FORMATS["verbalized"].request)

async def main(base, model):
    loaded = set(sys.modules)
    model = LiteLLMRespondent(model, base, attempts=1)
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

asyncio.run(main(*sys.argv[1:3]))
asyncio.run(main(*sys.argv[3:5]))
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


def test_loading_and_asking_failing_and_cancelling_print_nothing_and_read_no_env_file(
    tmp_path: Path, fake_openai: Any
) -> None:
    (tmp_path / ".env").write_text("PLANTED=yes\n")
    other = type(fake_openai)()
    asked = []
    for server, model in ((fake_openai, "openai/toy"), (other, "hosted_vllm/toy")):
        server.then().then().fails(500, "oops").fails(500, "oops")
        asked += [server.base, model]
    done = run(LOAD_AND_ASK, tmp_path, *asked, LITELLM_LOG="DEBUG", OPENAI_LOG="debug")
    other.close()
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_leaving_while_litellm_loads_does_not_wait_for_it_and_prints_nothing(tmp_path: Path) -> None:
    (tmp_path / "litellm.py").write_text("import threading\nthreading.Event().wait()\n")
    done = run(LEAVE, tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
