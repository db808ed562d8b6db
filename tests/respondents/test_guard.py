"""What goes over the wire below litellm: keys to nobody else, no more of an error than is read, nothing that blocks."""

import asyncio
import json
import os
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from opinionscope.elicitation import Elicitation
from opinionscope.respondents import guard, loading
from opinionscope.respondents.base import RespondentError
from opinionscope.respondents.gateway import LiteLLMRespondent, load
from opinionscope.respondents.guard import keep_loopback_direct
from opinionscope.respondents.named_models import NamedModel

Make = Callable[..., LiteLLMRespondent]
Elicit = Callable[..., Elicitation]

CANARY = "canary0123456789ab"

BEHIND_A_PROXY = """
import asyncio, sys
from opinionscope.elicitation import FORMATS
from opinionscope.elicitation import Elicitation, Prompt
from opinionscope.respondents.gateway import LiteLLMRespondent
from opinionscope.survey import Group, Option, Question

question = Question("a", "toy", "own", "t", "x", (Option("Yes"), Option("No")))
asked = Elicitation(question, Group("g"), "none", "verbalized", Prompt("s", "u"), FORMATS["verbalized"].request)
asyncio.run(LiteLLMRespondent("openai/toy", sys.argv[1], attempts=1).respond(asked))
"""


@pytest.fixture
def elsewhere(fake_openai: Any) -> Iterator[Any]:
    """Another server."""
    other = type(fake_openai)()
    yield other
    other.close()


async def test_a_redirect_to_another_server_is_not_followed_and_takes_no_key_there(
    fake_openai: Any, elsewhere: Any, respondent: Make, elicitation: Elicit, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"MY_HEADER": CANARY, "ANTHROPIC_API_KEY": CANARY[::-1]}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("ANTHROPIC_API_BASE", f"http://127.0.0.1:{fake_openai.port}")
    fake_openai.always(status=307, body=b"", headers={"location": f"{elsewhere.base}/chat/completions"})
    mine = NamedModel("mine", "openai/toy-model", fake_openai.base, headers={"X-Key": "MY_HEADER"})
    for model in (respondent(named=mine), respondent("anthropic/claude-haiku-4-5", api_base=None)):
        for watched in (None, lambda text: None):
            with pytest.raises(RespondentError, match="on to another server"):
                await model.respond(elicitation(), watched)
    assert len(fake_openai.bodies) == 4
    assert elsewhere.requests == []


@pytest.mark.parametrize("page", [b'{"error": {"message": "%s"}}', b"<html>%s</html>"])
async def test_an_error_of_ten_megabytes_holds_nobody_up(
    fake_openai: Any, respondent: Make, elicitation: Elicit, page: bytes
) -> None:
    fake_openai.fails(500)
    with pytest.raises(RespondentError):
        await respondent(attempts=1).respond(elicitation())
    fake_openai.always(status=500, body=page % (b"<script " * 1_250_000))
    begun = time.process_time()
    with pytest.raises(RespondentError, match="failed on its side") as caught:
        await respondent(attempts=1).respond(elicitation())
    assert time.process_time() - begun < 5
    assert len(caught.value.message) < 600


async def test_a_secret_at_the_end_of_what_is_read_of_an_error_is_not_told_by_half(
    fake_openai: Any, respondent: Make, elicitation: Elicit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_TOKEN", CANARY)
    head = b"<html>" + b"<p>" * 5_453
    fake_openai.always(status=400, body=head + f" you sent {CANARY} ".encode() * 2)
    with pytest.raises(RespondentError) as caught:
        await respondent().respond(elicitation())
    assert CANARY[:8] not in caught.value.message


async def test_ollama_is_asked_once_and_nothing_blocks(
    fake_openai: Any, respondent: Make, elicitation: Elicit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OLLAMA_API_BASE", f"http://127.0.0.1:{fake_openai.port}")
    answer = {"model": "toy", "message": {"role": "assistant", "content": "A"}, "done": True, "eval_count": 4}
    fake_openai.always(body=json.dumps(answer | {"prompt_eval_count": 3}).encode())
    response = await respondent("ollama_chat/toy", api_base=None).respond(elicitation("sequence"))
    assert [request.path for request in fake_openai.requests] == ["/api/chat"]
    assert (response.answer.text, response.usage.prompt_tokens, response.usage.cost_usd) == ("A", 3, None)


def test_a_server_on_this_machine_is_not_asked_through_a_proxy(
    fake_openai: Any, elsewhere: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_PROXY")
    monkeypatch.setenv("HTTP_PROXY", f"http://me:{CANARY}@127.0.0.1:{elsewhere.port}")
    done = subprocess.run(
        [sys.executable, "-c", BEHIND_A_PROXY, fake_openai.base],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (len(fake_openai.bodies), elsewhere.requests) == (1, [])


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


def test_every_connection_of_every_client_litellm_makes_goes_through_the_guard(
    fake_openai: Any, tmp_path: Path
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WATCHED_AT_THE_SOCKET, fake_openai.base],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "whole\n", "")


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


def test_every_patch_says_why_it_is_there_and_on_which_version_it_was_seen() -> None:
    for patch in guard.PATCHES:
        assert patch.reason
        assert patch.seen.startswith(patch.library)


NEXT_RELEASE = """
import asyncio, sys
from opinionscope.elicitation import FORMATS, Elicitation, Prompt
from opinionscope.respondents import gateway
from opinionscope.respondents.base import RespondentError
from opinionscope.survey import Group, Option, Question

question = Question("a", "toy", "own", "t", "x", (Option("Yes"), Option("No")))

def asked(form):
    return Elicitation(question, Group("g"), "none", form, Prompt("s", "u"), FORMATS[form].request)

def private(owner):
    return [name for name in vars(owner) if name.startswith("_") and not name.startswith("__")]

async def main(base, change):
    litellm = await gateway.load()
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
                    print("answered", (await model.respond(asked(form), look)).answer.text)
                except RespondentError as error:
                    print(error.title, "|", error.message)

asyncio.run(main(sys.argv[1], sys.argv[2]))
"""


@pytest.mark.parametrize("change", ["nothing", "renamed privates", "other words", "classes gone"])
def test_the_next_release_of_litellm_leaves_every_way_answering_or_ending_in_a_clear_sentence(
    fake_openai: Any, tmp_path: Path, change: str
) -> None:
    for _ in range(4):
        fake_openai.then().fails(401, "no such key").fails(404, "no such toy").then(status=502, body=b"<h1>Hay</h1>")
        fake_openai.then(cut_after=0)
    done = subprocess.run(
        [sys.executable, "-c", NEXT_RELEASE, fake_openai.base, change],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert len(lines) == 20
    for number, line in enumerate(lines):
        expected = ("answered", "The key was refused", "No such model", "The provider has trouble", "The connection")
        assert line.startswith(expected[number % 5]), (number, line)
    assert sum('The server said: "Hay"' in line for line in lines) == 4


BOMBS = {
    "gzip": ({"content-type": "application/json", "content-encoding": "gzip"}, "more than 16 MB"),
    "line": ({"content-type": "text/event-stream"}, "or a line without an end"),
    "events": ({"content-type": "text/event-stream"}, "60,000 lines"),
}


@pytest.mark.skipif(not hasattr(os, "wait4"), reason="the memory of a child is read with os.wait4")
@pytest.mark.parametrize("bomb", BOMBS)
def test_a_server_that_bombs_is_stopped_with_little_memory(bomb: str, fake_openai: Any, tmp_path: Path) -> None:
    headers, words = BOMBS[bomb]
    idle, _, _ = _peak_of_run(fake_openai.base, tmp_path)
    with _Bomb(bomb, headers) as base:
        peak, code, said = _peak_of_run(base, tmp_path)
    assert code == 1
    assert words in said
    assert peak - idle < 100_000, "kilobytes over a run that goes well"


def _peak_of_run(base: str, home: Path) -> tuple[int, int, str]:
    """Peak memory in kilobytes, exit code and stderr of a real run."""
    ask = ["run", "-q", "the-bee-sting", "-g", "Female", "-m", "openai/toy", "--api-base", base]
    environment = os.environ | {"OPINIONSCOPE_HOME": str(home)}
    with (home / "stderr").open("w+b") as stderr:
        process = subprocess.Popen(
            [sys.executable, "-m", "opinionscope", *ask, "-f", "sequence"],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=stderr,
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        stderr.seek(0)
        return usage.ru_maxrss, process.returncode, " ".join(stderr.read().decode().split())


class _Bomb:
    """A server that answers with no end, or with a little that unpacks to a lot."""

    def __init__(self, bomb: str, headers: dict[str, str]) -> None:
        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *arguments: Any) -> None:
                """Say nothing."""

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["content-length"]))
                self.send_response(200)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                with suppress(OSError):
                    for piece in _pieces(bomb):
                        self.wfile.write(piece)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    def __enter__(self) -> str:
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def __exit__(self, *exception: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def _pieces(bomb: str) -> Iterator[bytes]:
    if bomb == "gzip":
        packer = zlib.compressobj(9, zlib.DEFLATED, 31)
        yield packer.compress(b'{"choices": "')
        for _ in range(1_000):
            yield packer.compress(b" " * 1_000_000)
    elif bomb == "line":
        yield b"data: "
        for _ in range(1_000):
            yield b" " * 1_000_000
    else:
        chunk = {"id": "1", "choices": [{"index": 0, "delta": {"reasoning_content": "hm " * 40}}]}
        for _ in range(10_000_000):
            yield b"data: " + json.dumps(chunk).encode() + b"\n\n"
