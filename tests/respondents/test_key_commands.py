"""Keys that a command prints and that expire: when the command is run once more, and the question put again."""

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from opinionscope.elicitation import Call
from opinionscope.respondents.base import RespondentError
from opinionscope.respondents.gateway import LiteLLMRespondent
from opinionscope.respondents.named_models import NamedModel
from opinionscope.settings import ModelSettings

MakeCall = Callable[..., Call]
Make = Callable[..., LiteLLMRespondent]

CANARY = "canary0123456789ab"


class Desk:
    """A command that prints what stands in a file, and a server that takes only the key it is told to take."""

    def __init__(self, folder: Path, server: Any, respondent: Make) -> None:
        self.key = folder / "key"
        self._log, self._server = folder / "runs", server
        code = f"""
import pathlib
open(r'{self._log}', 'a').write('x')
print(pathlib.Path(r'{self.key}').read_text())
"""
        named = NamedModel(
            "mine", ModelSettings("openai/toy-model", server.base, key_command=(sys.executable, "-c", code))
        )
        self.model = respondent(named=named)

    @property
    def runs(self) -> int:
        return len(self._log.read_text())

    @property
    def sent(self) -> list[str]:
        return [request.headers["authorization"].removeprefix("Bearer ") for request in self._server.requests]


@pytest.fixture
def desk(tmp_path: Path, fake_openai: Any, respondent: Make) -> Desk:
    desk = Desk(tmp_path, fake_openai, respondent)
    desk.key.write_text(f"{CANARY}-1")
    return desk


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize("watched", [True, False])
async def test_a_key_that_has_expired_is_asked_for_again_and_the_question_put_once_more(
    desk: Desk, fake_openai: Any, call: MakeCall, waits: list[float], status: int, watched: bool
) -> None:
    await desk.model.respond(call())
    desk.key.write_text(f"{CANARY}-2")
    fake_openai.fails(status, "the token has expired")
    response = await desk.model.respond(call(), (lambda text: None) if watched else None)
    assert response.text
    assert desk.sent == [f"{CANARY}-1", f"{CANARY}-1", f"{CANARY}-2"]
    await desk.model.respond(call())
    assert (desk.sent[-1], desk.runs, waits) == (f"{CANARY}-2", 2, [])


async def test_the_same_key_again_is_not_sent_again(desk: Desk, fake_openai: Any, call: MakeCall) -> None:
    fake_openai.fails(401, "no such key")
    with pytest.raises(RespondentError, match=r"refused the key; check the command of \[models.mine\] that") as caught:
        await desk.model.respond(call())
    assert caught.value.title == "The key was refused"
    assert (len(desk.sent), desk.runs) == (1, 2)


async def test_a_new_key_that_is_refused_too_is_the_end_of_it(desk: Desk, fake_openai: Any, call: MakeCall) -> None:
    def refuse(body: object) -> Any:
        desk.key.write_text(f"{CANARY}-{min(len(fake_openai.requests) + 1, 5)}")
        return fake_openai.Reply(status=401, body=b'{"error": {"message": "no"}}')

    fake_openai.default = refuse
    with pytest.raises(RespondentError, match="refused the key"):
        await desk.model.respond(call())
    assert (desk.sent, desk.runs) == ([f"{CANARY}-1", f"{CANARY}-2"], 2)


async def test_calls_refused_at_the_same_time_or_soon_after_share_one_run(
    desk: Desk, fake_openai: Any, call: MakeCall
) -> None:
    await desk.model.respond(call())
    desk.key.write_text(f"{CANARY}-2")
    for _ in range(5):
        fake_openai.fails(401, "the token has expired")
    fake_openai.then(status=401, body=b'{"error": {"message": "expired"}}', hold=True)
    late = {asyncio.create_task(desk.model.respond(call())) for _ in range(6)}
    while len(late) > 1:
        done, late = await asyncio.wait(late, timeout=10, return_when=asyncio.FIRST_COMPLETED)
        assert done
    fake_openai.release()
    await asyncio.gather(*late)
    assert desk.sent == [f"{CANARY}-1"] * 7 + [f"{CANARY}-2"] * 6
    assert desk.runs == 2


async def test_a_command_that_gives_no_key_any_more_is_told_of_and_run_again_next_time(
    desk: Desk, fake_openai: Any, call: MakeCall
) -> None:
    await desk.model.respond(call())
    desk.key.write_text("")
    fake_openai.fails(401, "the token has expired").fails(401, "the token has expired")
    with pytest.raises(RespondentError, match=r"the key was refused, and key_command of \[models.mine\] printed no"):
        await desk.model.respond(call())
    desk.key.write_text(f"{CANARY}-2")
    assert (await desk.model.respond(call())).text
    assert desk.sent[-1] == f"{CANARY}-2"
