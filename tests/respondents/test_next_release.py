"""The guard holds for every client of litellm, and what a next release changes ends in an answer or a sentence."""

import subprocess
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from opinionscope.respondents import guard
from opinionscope.respondents.base import RespondentError

WATCHED_AT_THE_SOCKET = """
import asyncio, sys, threading
import httpx
from opinionscope.respondents import exchange, gateway

outside = []

def watch(event, arguments):
    if event == "socket.connect" and isinstance(arguments[1], tuple) and not inside():
        outside.append(arguments[1])

def inside():
    frame = sys._getframe()
    while frame is not None:
        if frame.f_code.co_name == "guarded" and frame.f_code.co_filename.endswith("guard.py"):
            return True
        frame = frame.f_back
    return bool(connecting.get())

from contextvars import ContextVar
connecting = ContextVar("connecting", default=False)
begin = exchange.begin

async def main(base):
    litellm = await gateway.load()
    from opinionscope.respondents import guard
    def begun(url):
        connecting.set(True)
        return begin(url)
    guard.begin = begun
    sys.addaudithook(watch)
    call = {"messages": [{"role": "user", "content": "x"}], "api_key": "unused", "max_retries": 0}
    for model, address in [
        ("openai/toy", base), ("hosted_vllm/toy", base), ("lm_studio/toy", base), ("llamafile/toy", base),
        ("litellm_proxy/toy", base), ("deepseek/toy", base), ("groq/toy", base), ("mistral/toy", base),
        ("openrouter/toy", base), ("together_ai/toy", base), ("xai/toy", base), ("fireworks_ai/toy", base),
        ("anthropic/claude-haiku-4-5", base), ("gemini/gemini-2.5-flash", base), ("ollama_chat/toy", base),
        ("cohere_chat/toy", base),
    ]:
        for stream in (False, True):
            connecting.set(False)
            with exchange.recording() as exchanges:
                try:
                    reply = await litellm.acompletion(model=model, api_base=address, stream=stream, **call)
                    if stream:
                        async for _ in reply:
                            pass
                except Exception:
                    pass
            assert exchanges, (model, stream)
            assert not outside, (model, stream, outside)

    def blocking(model):
        with exchange.recording() as exchanges:
            try:
                litellm.completion(model=model, api_base=base, **call)
            except Exception:
                pass
        assert {one.end for one in exchanges} == {"blocking"} and not outside, (model, outside)

    for model in ("openai/toy", "anthropic/claude-haiku-4-5"):
        connecting.set(False)
        await asyncio.to_thread(blocking, model)

    # The hook itself sees what leaves another way.
    connecting.set(False)
    reader, writer = await asyncio.open_connection("127.0.0.1", int(base.split(":")[2].split("/")[0]))
    writer.close()
    assert outside
    print("whole")

asyncio.run(main(sys.argv[1]))
"""


@pytest.fixture
def run_script(warm_program: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs Python in a process that has imported litellm and not yet loaded it: exit code, stdout, stderr."""
    monkeypatch.chdir(tmp_path)

    def run(script: str, *arguments: str) -> tuple[int, str, str]:
        pipe = subprocess.PIPE
        process = warm_program(arguments, stdout=pipe, stderr=pipe, text=True, first=f"{script}\nsys.exit()")
        out, err = process.communicate(timeout=200)
        return process.returncode, out, err

    return run


def test_every_connection_of_every_client_litellm_makes_goes_through_the_guard(
    fake_openai: Any, run_script: Any
) -> None:
    assert run_script(WATCHED_AT_THE_SOCKET, fake_openai.base) == (0, "whole\n", "")


class _Transport:
    def handle_async_request(self, request: Any, timeout: float) -> None:
        """As a next release may have it."""


@pytest.mark.parametrize("change", ["method is gone", "method takes more", "class is gone", "name is gone"])
def test_a_library_that_has_changed_is_refused_in_a_sentence_that_names_it(change: str) -> None:
    import httpx

    library = ModuleType("httpx")
    vars(library).update({name: value for name, value in vars(httpx).items() if not name.startswith("__")})
    patch = guard.PATCHES[0]
    assert guard.misfit(patch, library) == ""
    if change == "class is gone":
        del library.AsyncHTTPTransport
    elif change == "name is gone":
        del library.AsyncByteStream
    else:
        library.AsyncHTTPTransport = _Transport if change == "method takes more" else object
    assert "does not fit httpx" in guard.misfit(patch, library)
    assert "has changed since httpx 0.28" in guard.misfit(patch, library)


def test_a_litellm_without_a_function_that_is_called_is_refused_in_a_sentence() -> None:
    library = SimpleNamespace(acompletion=print, token_counter=None)
    guard.check_interface(library, ("acompletion",))
    with pytest.raises(RespondentError, match=r"litellm .* has no token_counter, which opinionscope calls; install"):
        guard.check_interface(library, ("acompletion", "token_counter"))


def test_every_patch_says_on_which_version_it_was_seen() -> None:
    for patch in guard.PATCHES:
        assert patch.seen.startswith(patch.library)


NEXT_RELEASE = """
import asyncio, sys
from opinionscope.elicitation import FORMATS, Call, Cell, Prompt
from opinionscope.respondents import gateway
from opinionscope.respondents.base import RespondentError
from opinionscope.survey import Group, Option, Question

question = Question("a", "toy", "own", "t", "x", (Option("Yes"), Option("No")))

def asked(form):
    return Call(Cell(question, Group("g"), "none", form), Prompt("s", "u"), FORMATS[form].request)

def private(owner):
    return [name for name in vars(owner) if name.startswith("_") and not name.startswith("__")]

async def main(base, change):
    litellm = await gateway.load()
    gateway.is_asked_directly = lambda *_: False
    from litellm.litellm_core_utils import streaming_handler
    if change == "renamed privates":
        for owner in (streaming_handler.CustomStreamWrapper, litellm.Router):
            for name in private(owner):
                if not callable(getattr(owner, name)):
                    setattr(owner, name + "_renamed", getattr(owner, name))
        streaming_handler.CustomStreamWrapper.received_finish_reason = property(
            lambda self: vars(self).get("ended"), lambda self, value: vars(self).update(ended=value)
        )
    elif change == "other words":
        for name in dir(litellm.exceptions):
            kind = getattr(litellm.exceptions, name)
            if isinstance(kind, type) and issubclass(kind, Exception):
                kind.__str__ = lambda self: "wholly other words, said in status 999"
                kind.message = "wholly other words"
                kind.status_code = property(lambda self: 999, lambda self, value: None)
    elif change == "classes gone":
        class OnlyError(Exception):
            pass
        complete = litellm.acompletion
        async def acompletion(**call):
            try:
                return await complete(**call)
            except Exception:
                raise OnlyError("all in one") from None
        litellm.acompletion = acompletion
    for form in ("verbalized", "log-probs"):
        for look in (None, lambda text: None):
            model = gateway.LiteLLMRespondent("openai/toy", base, attempts=1)
            for _ in range(5):
                try:
                    print("answered", (await model.respond(asked(form), look)).text)
                except RespondentError as error:
                    print(error.title, "|", error.message)

asyncio.run(main(sys.argv[1], sys.argv[2]))
"""


@pytest.mark.parametrize("change", ["nothing", "renamed privates", "other words", "classes gone"])
def test_the_next_release_of_litellm_leaves_every_way_answering_or_ending_in_a_clear_sentence(
    fake_openai: Any, run_script: Any, change: str
) -> None:
    for _ in range(4):
        fake_openai.then().fails(401, "no such key").fails(404, "no such toy").then(status=502, body=b"<h1>Hay</h1>")
        fake_openai.then(cut_after=0)
    code, out, err = run_script(NEXT_RELEASE, fake_openai.base, change)
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert len(lines) == 20
    for number, line in enumerate(lines):
        expected = ("answered", "The key was refused", "No such model", "The provider has trouble", "The connection")
        assert line.startswith(expected[number % 5]), (number, line)
    assert sum('The server said: "Hay"' in line for line in lines) == 4
