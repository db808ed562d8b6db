"""Models under names of the user's own: parameters, headers, and whose key goes where."""

import asyncio
import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from opinionscope.elicitation import Call, Recipe
from opinionscope.history import History, HistoryWriter
from opinionscope.respondents.base import Respondent, RespondentError
from opinionscope.respondents.catalog import live_models
from opinionscope.respondents.choosing import respondent_for
from opinionscope.respondents.redaction import scrub
from opinionscope.runs.prober import Choices, Prober
from opinionscope.settings import ModelSettings, ParameterSettings, Settings
from opinionscope.survey import Library

MakeCall = Callable[..., Call]
Mine = Callable[..., Respondent]

CANARY = "canary0123456789ab"


@pytest.fixture
def mine(fake_openai: Any, empty_library: Library) -> Mine:
    def make(*, other_base: str | None = None, **given: Any) -> Respondent:
        model = ModelSettings(**({"model": "openai/toy-model", "api_base": fake_openai.base} | given))
        return respondent_for("mine", empty_library, other_base, settings=Settings(timeout=20, models={"mine": model}))

    return make


async def test_what_the_settings_say_is_sent_with_every_call(
    fake_openai: Any, mine: Mine, call: MakeCall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_KEY", CANARY)
    monkeypatch.setenv("MY_TEAM", "blue team")
    parameters = ParameterSettings(temperature=0.25, top_p=0.5, max_tokens=77, extra_body={"guided": [1]})
    model = mine(key_env="MY_KEY", headers={"X-Team": "MY_TEAM"}, parameters=parameters)
    response = await model.respond(call(), lambda text: None)
    (request,) = fake_openai.requests
    assert (model.name, response.model) == ("mine", "toy-model")
    assert request.headers["authorization"] == f"Bearer {CANARY}"
    assert request.headers["x-team"] == "blue team"
    sent = {name: request.body[name] for name in ("temperature", "top_p", "max_tokens", "guided")}
    assert sent == {"temperature": 0.25, "top_p": 0.5, "max_tokens": 77, "guided": [1]}
    assert request.body["stream"] is True


async def test_log_probs_are_read_from_one_token_whatever_the_settings_say(
    fake_openai: Any, mine: Mine, call: MakeCall
) -> None:
    await mine(parameters=ParameterSettings(max_tokens=77, extra_body={"guided": [1]})).respond(call("log-probs"))
    (body,) = fake_openai.bodies
    assert (body["max_tokens"], body["logprobs"], body["guided"]) == (1, True, [1])


async def test_a_command_is_run_once_and_its_first_line_is_the_key(
    fake_openai: Any, mine: Mine, call: MakeCall, tmp_path: Path
) -> None:
    code = f"open(r'{tmp_path}/runs', 'a').write('x'); print('{CANARY}\\nsecond line $HOME')"
    for _ in range(2):
        await mine(key_command=(sys.executable, "-c", code)).respond(call())
    assert [request.headers["authorization"] for request in fake_openai.requests] == [f"Bearer {CANARY}"] * 2
    assert (tmp_path / "runs").read_text() == "x"
    assert CANARY not in scrub(f"you sent {CANARY} to us")


async def test_calls_at_the_same_time_share_one_run_of_the_command(
    fake_openai: Any, mine: Mine, call: MakeCall, tmp_path: Path
) -> None:
    code = f"open(r'{tmp_path}/runs', 'a').write('x'); print('{CANARY}')"
    model = mine(key_command=(sys.executable, "-c", code))
    await asyncio.gather(*(model.respond(call()) for _ in range(4)))
    assert [request.headers["authorization"] for request in fake_openai.requests] == [f"Bearer {CANARY}"] * 4
    assert (tmp_path / "runs").read_text() == "x"


async def test_a_command_that_others_wait_for_outlives_the_call_that_began_it_and_goes_with_the_last(
    mine: Mine, call: MakeCall, tmp_path: Path, until: Callable[..., Any]
) -> None:
    begun, go = tmp_path / "begun", tmp_path / "go"
    code = f"""
import os, pathlib, time
pathlib.Path(r'{begun}').write_text(str(os.getpid()))
while not pathlib.Path(r'{go}').exists():
    time.sleep(0.01)
print('{CANARY}')
"""
    model = mine(key_command=(sys.executable, "-c", code), key_timeout=60)
    first, second = (asyncio.create_task(model.respond(call())) for _ in range(2))
    await until(begun.exists)
    await until(lambda: bool(begun.read_text()))
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        async with asyncio.timeout(2):
            await first
    go.touch()
    assert (await second).text

    go.unlink()
    alone = asyncio.create_task(mine(key_command=(sys.executable, "-c", f"{code}#")).respond(call()))
    before = begun.read_text()
    await until(lambda: begun.read_text() not in ("", before))
    alone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await alone
    with pytest.raises(ProcessLookupError):
        os.kill(int(begun.read_text()), 0)


async def test_what_a_command_leaves_running_is_not_waited_for(mine: Mine, call: MakeCall) -> None:
    script = f"sleep 60 & echo; echo {CANARY}"
    async with asyncio.timeout(20):
        await mine(key_command=("sh", "-c", script), key_timeout=50).respond(call())
        asking = asyncio.create_task(mine(key_command=("sh", "-c", f"{script}; wait")).respond(call()))
        await asyncio.sleep(0)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking


async def test_what_the_settings_send_is_told_with_the_run(
    fake_openai: Any, mine: Mine, bundled_library: Library, tmp_path: Path
) -> None:
    parameters = ParameterSettings(temperature=0.25, top_p=0.5, max_tokens=77, extra_body={"guided": [1]})
    with History(tmp_path / "history.db") as history:
        prober = Prober(bundled_library, lambda model, base: mine(parameters=parameters), HistoryWriter(history))
        run = await prober.run(Choices("GAP21Q33_g_W82", "Democrat", "persona", "verbalized", "mine"))
        kept = history.get(run.id)
    (body,) = fake_openai.bodies
    assert kept.cell.recipe.temperature == kept.plan.first.request.temperature == body["temperature"] == 0.25
    assert kept.plan.first.request.max_tokens == body["max_tokens"] == 77
    sent = 'temperature 0.25, max_tokens 77, top_p 0.5, extra_body {"guided":[1]}'
    assert kept.plan.notes[-1] == f"[models.mine] is openai/toy-model and sends {sent}"


async def test_a_temperature_chosen_for_the_run_goes_before_the_settings(
    fake_openai: Any, mine: Mine, bundled_library: Library
) -> None:
    prober = Prober(bundled_library, lambda model, base: mine(parameters=ParameterSettings(temperature=1.5)))
    chosen = Choices("GAP21Q33_g_W82", "Democrat", "persona", "verbalized", "mine", recipe=Recipe(temperature=0))
    run = await prober.run(chosen)
    assert (fake_openai.bodies[0]["temperature"], run.cell.recipe.temperature) == (0, 0)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("print()", "printed no key"),
        (f"print('{CANARY}'); raise SystemExit(3)", "exit code 3"),
        (f"print('{CANARY} {CANARY}')", "printed no key"),
        (f"print('{CANARY}', flush=True); import time; time.sleep(60)", "no key within 1 s"),
        (None, "cannot be run"),
    ],
)
async def test_a_command_that_gives_no_key_is_told_of_without_what_it_printed(
    fake_openai: Any, mine: Mine, call: MakeCall, code: str | None, words: str
) -> None:
    command = ("/no/such/command",) if code is None else (sys.executable, "-c", code)
    with pytest.raises(RespondentError, match=words) as caught:
        await mine(key_command=command, key_timeout=1 if code and "sleep" in code else 30).respond(call())
    assert "[models.mine]" in caught.value.message
    shown = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    assert not [line for line in shown.format() if "key = " in line]
    assert fake_openai.requests == []


async def test_a_server_that_quotes_the_key_does_not_get_it_into_the_error(
    fake_openai: Any, mine: Mine, call: MakeCall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_WORD", CANARY)
    fake_openai.fails(401, f"you sent {CANARY}")
    with pytest.raises(RespondentError) as caught:
        await mine(key_env="MY_WORD").respond(call())
    assert CANARY not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize("given", [{"key_env": "OPENAI_API_KEY"}, {"headers": {"X-Key": "OPENAI_API_KEY"}}])
@pytest.mark.parametrize("copied", [False, True], ids=["by its name", "by another name"])
async def test_a_providers_own_key_goes_to_no_other_server(
    fake_openai: Any,
    mine: Mine,
    call: MakeCall,
    monkeypatch: pytest.MonkeyPatch,
    given: dict[str, Any],
    copied: bool,
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", CANARY)
    if copied:
        monkeypatch.setenv("MY_KEY", CANARY)
        given = {"key_env": "MY_KEY"} if "key_env" in given else {"headers": {"X-Key": "MY_KEY"}}
    with pytest.raises(RespondentError, match="the key of OpenAI, which is sent to nobody else"):
        await mine(**given).respond(call())
    with pytest.raises(RespondentError, match="the key of OpenAI"):
        await mine(model="groq/llama", api_base="", **given).respond(call())
    assert fake_openai.requests == []


async def test_a_key_that_is_not_set_is_named_and_the_list_says_so(
    mine: Mine, call: MakeCall, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(RespondentError, match=r"\[models.mine\] takes MY_KEY from the environment; set it"):
        await mine(key_env="MY_KEY").respond(call())
    settings = Settings(models={"mine": ModelSettings("gpt-4o", key_env="MY_KEY")})
    (card,) = await live_models((), settings=settings)
    assert (card.name, card.log_probs, card.price_usd is None) == ("mine", True, False)
    assert card.detail.endswith("a variable that it names is not set")
    monkeypatch.setenv("MY_KEY", CANARY)
    (card,) = await live_models((), settings=settings)
    assert card.detail == "gpt-4o, by the settings"


def test_its_server_is_its_own(mine: Mine, fake_openai: Any) -> None:
    assert mine(other_base=f"{fake_openai.base}/").name == "mine"
    with pytest.raises(RespondentError, match="leave --api-base out"):
        mine(other_base="http://127.0.0.1:9/v1", key_env="MY_KEY")
    with pytest.raises(RespondentError, match="expected an address like"):
        mine(api_base="nowhere")
