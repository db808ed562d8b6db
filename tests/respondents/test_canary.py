"""A planted key is searched for in everything the program writes, says and shows, however the call ends."""

import asyncio
import json
import logging
import signal
import subprocess
import traceback
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from opinionscope.respondents.base import RespondentError
from opinionscope.tui import start
from opinionscope.values import replace

CANARIES = {
    "OPENAI_API_KEY": "Sparrow/7f3a91+OpenAI",
    "ANTHROPIC_API_KEY": "Sparrow-91c2d4-Anthropic",
    "OPINIONSCOPE_API_KEY": "Sparrow.e5b6a7.Own",
}
TRACES = ("sparrow", quote(CANARIES["OPENAI_API_KEY"], safe="").lower(), "7f3a91", "91c2d4", "e5b6a7")

MODELS = ("openai/toy-model", "anthropic/claude-haiku-4-5", "openai/elsewhere")
ASKED = ["run", "-q", "GAP21Q33_g_W82", "-g", "Democrat", "-s", "persona", "-f", "verbalized", "-m", "openai/toy-model"]

LOUD = "import litellm; litellm._turn_on_debug()"
"""What LITELLM_LOG=DEBUG does where litellm is imported later."""


def is_clean(text: str) -> bool:
    return not any(trace in text.lower() for trace in TRACES)


def files_under(folder: Path) -> dict[str, str]:
    """Every file, the write-ahead log of an open database among them."""
    return {path.name: path.read_bytes().decode("latin-1") for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def planted(fake_openai: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Keys in the environment, each going to the fake server, which takes the place of the providers' own."""
    root = f"http://127.0.0.1:{fake_openai.port}"
    settings = {"OPENAI_BASE_URL": f"{root}/v1", "ANTHROPIC_API_BASE": root, "OPINIONSCOPE_HOME": str(tmp_path)}
    for name, value in (CANARIES | settings).items():
        monkeypatch.setenv(name, value)
    return CANARIES | settings


def echoes() -> Iterator[dict[str, Any]]:
    """Failures of every class, most of which say the keys again in some form."""
    said = f"key {' '.join(CANARIES.values())} Authorization: Bearer {CANARIES['OPENAI_API_KEY']} ?key={TRACES[1]}"
    body = json.dumps({"error": {"message": said, "type": said, "code": said}}).encode()
    for status in (400, 401, 402, 403, 404, 408, 413, 422, 429, 500, 503, 529):
        yield {"status": status, "body": body}
    yield {"body": body}
    yield {"body": f"{{{said}".encode()}
    yield {"status": 502, "body": f"<html><h1>{said}</h1></html>".encode(), "content_type": "text/html"}
    yield {"status": 307, "body": b"", "headers": {"location": f"/{quote(said)}"}}
    yield {"events": [{"error": {"message": said, "code": 500}}]}
    yield {"cut_after": 0}
    yield {"choices": False}
    yield {"text": None}
    yield {"text": None, "extra": {"refusal": said}, "model": CANARIES["OPENAI_API_KEY"]}


@pytest.mark.parametrize("model", MODELS)
async def test_no_key_gets_into_history_errors_logs_or_output_however_a_call_ends(
    keeper: Any,
    fake_openai: Any,
    planted: dict[str, str],
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    model: str,
) -> None:
    monkeypatch.setenv("LITELLM_LOG", "DEBUG")
    caplog.set_level(logging.DEBUG)
    base = fake_openai.base if model.endswith("elsewhere") else None
    statuses = []
    for reply in ({}, *echoes()):
        for watched in (True, False):
            fake_openai.then(**reply).then(**reply)
            run = await keeper.ask(watched=watched, attempts=1, model=model, api_base=base)
            statuses.append(run.status)
            assert is_clean(repr(run))
            fake_openai.forget()
    sent = [repr(request.headers) for request in fake_openai.requests]
    assert all(any(key in headers for key in CANARIES.values()) for headers in sent)
    assert statuses.count("failed") + statuses.count("unread") >= 39
    out, err = capfd.readouterr()
    for text in (*files_under(tmp_path).values(), out, err, caplog.text):
        assert is_clean(text)


@pytest.mark.parametrize("watched", [True, False])
async def test_a_key_that_is_said_again_as_an_answer_is_taken_out_of_it(
    keeper: Any, fake_openai: Any, planted: dict[str, str], tmp_path: Path, watched: bool
) -> None:
    said = f"You sent {CANARIES['OPENAI_API_KEY']} and {quote(CANARIES['OPENAI_API_KEY'], safe='')}."
    fake_openai.always(text=said, model=CANARIES["OPENAI_API_KEY"])
    run = await keeper.ask(watched=watched, api_base=None)
    assert run.reply.text == "You sent [secret] and [secret]."
    assert is_clean(repr(run))
    assert all(map(is_clean, files_under(tmp_path).values()))


async def test_no_key_gets_out_of_a_cancelled_call_or_a_time_out(
    keeper: Any, fake_openai: Any, planted: dict[str, str], tmp_path: Path, until: Callable[..., Awaitable[None]]
) -> None:
    fake_openai.always(hold_after=1)
    asking = asyncio.create_task(keeper.ask(api_base=None))
    await until(lambda: bool(keeper.seen))
    asking.cancel()
    with pytest.raises(asyncio.CancelledError) as caught:
        await asking
    told = traceback.TracebackException.from_exception(caught.value)
    assert is_clean("".join(told.format(chain=True)))
    run = await keeper.ask(api_base=None, timeout=0.3, attempts=1)
    assert (run.status, is_clean(repr(run))) == ("failed", True)
    assert all(CANARIES["OPENAI_API_KEY"] in request.headers["authorization"] for request in fake_openai.requests)
    assert all(map(is_clean, files_under(tmp_path).values()))


async def test_no_key_stands_in_the_traceback_of_a_failure_nor_in_the_frames_behind_it(
    fake_openai: Any, planted: dict[str, str], respondent: Any, call: Any
) -> None:
    for reply in echoes():
        fake_openai.always(**({"body": b"["} | reply if "events" in reply else reply))
        with pytest.raises(RespondentError) as caught:
            await respondent("openai/toy-model", api_base=None, attempts=1).respond(call())
        told = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
        ours = [frame for frame in told.stack if "/tests/" not in frame.filename]
        assert is_clean("".join(traceback.StackSummary.from_list(ours).format()))
        assert caught.value.__context__ is None


@pytest.mark.parametrize(
    ("reply", "options", "code"),
    [({}, [], 0), ({"status": 401}, ["--json"], 1), ({"hold": True}, ["--json"], 130)],
)
def test_no_key_gets_out_of_the_command_line(
    fake_openai: Any,
    planted: dict[str, str],
    warm_program: Any,
    tmp_path: Path,
    reply: dict[str, Any],
    options: list[str],
    code: int,
) -> None:
    said = json.dumps({"error": {"message": f"wrong key {CANARIES['OPENAI_API_KEY']}"}}).encode()
    fake_openai.always(**(reply | ({"body": said} if "status" in reply else {})))
    pipe = subprocess.PIPE
    running = warm_program([*ASKED, *options], stdout=pipe, stderr=pipe, text=True, first=LOUD)
    if "hold" in reply:
        fake_openai.wait_for_requests(1, timeout=60)
        running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=120)
    assert running.returncode == code, err
    assert CANARIES["OPENAI_API_KEY"] in fake_openai.requests[0].headers["authorization"]
    assert is_clean(out + err)
    assert "history.db" in files_under(tmp_path)
    assert all(map(is_clean, files_under(tmp_path).values()))


async def test_no_key_is_shown_on_a_screen(fake_openai: Any, planted: dict[str, str], tmp_path: Path) -> None:
    said = f"wrong key {CANARIES['OPENAI_API_KEY']}"
    fake_openai.always(status=401, body=json.dumps({"error": {"message": said}}).encode())
    app = start.make_app()
    load = app._load

    def with_live_model() -> Any:
        arrangement = load()
        return replace(arrangement, choices=replace(arrangement.choices, model="openai/toy-model", api_base=None))

    app._load = with_live_model
    async with app.run_test(size=(120, 50)) as pilot:
        for key in ("", "r", "a", "i", "h"):
            await pilot.press(*filter(None, [key]))
            await pilot.app.workers.wait_for_complete()
            await pilot.pause()
            assert is_clean(app.export_screenshot())
    assert len(fake_openai.bodies) == 1
    assert all(map(is_clean, files_under(tmp_path).values()))
