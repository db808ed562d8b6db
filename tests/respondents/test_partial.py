"""Calls that are cancelled or die in the midst of an answer: at once, nothing left behind, what had come kept."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from opinionscope.elicitation import Call
from opinionscope.respondents.base import RespondentError
from opinionscope.respondents.gateway import LiteLLMRespondent

Make = Callable[..., LiteLLMRespondent]
MakeCall = Callable[..., Call]
Check = Callable[..., Awaitable[None]]

PIECES = ("{'A': '10%'", ", 'B': '60%'", ", 'C': '25%'", ", 'D': '5%'}")
GENEROUS = 2.0


async def cancelled(asking: asyncio.Task[Any]) -> None:
    """Cancel, and come back long before the server, which holds the connection, does anything."""
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        async with asyncio.timeout(GENEROUS):
            await asking


@pytest.mark.parametrize(
    ("reply", "watched"),
    [({"hold": True}, True), ({"hold": True}, False), ({"hold_after": 0}, True), ({"hold_after": 2}, True)],
)
async def test_cancelling_works_before_the_server_lets_go_and_leaves_nothing_behind(
    fake_openai: Any, respondent: Make, call: MakeCall, nothing_left: Check, reply: dict[str, Any], watched: bool
) -> None:
    fake_openai.always(pieces=PIECES, **reply)
    asking = asyncio.create_task(respondent().respond(call(), (lambda text: None) if watched else None))
    await asyncio.to_thread(fake_openai.wait_for_requests, 1)
    await cancelled(asking)
    assert not fake_openai.released.is_set()
    await nothing_left(idle=0)


async def test_a_cancelled_run_keeps_all_the_text_there_was(
    keeper: Any, fake_openai: Any, nothing_left: Check, until: Check
) -> None:
    fake_openai.always(pieces=PIECES, hold_after=3)
    asking = asyncio.create_task(keeper.ask())
    await until(lambda: "".join(PIECES[:3]) in keeper.seen)
    await cancelled(asking)
    assert not fake_openai.released.is_set()
    run = keeper.last()
    assert (run.status, run.reading, run.alignment) == ("cancelled", None, None)
    assert run.reply.text == "".join(PIECES[:3])
    assert (run.reply.kind, run.reply.model, run.reply.answered) == ("live", "openai/toy-model", None)
    assert run.finished is not None
    await nothing_left(idle=0)


async def test_text_too_fresh_to_have_been_shown_is_handed_over_when_a_stream_breaks(
    fake_openai: Any, respondent: Make, call: MakeCall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("opinionscope.respondents.completion.SECONDS_BETWEEN_UPDATES", 3_600)
    choice = {"index": 0, "finish_reason": None}
    pieces = [{"id": "1", "choices": [choice | {"delta": {"content": text}}]} for text in ("AB", "BA", "CC")]
    fake_openai.always(events=[*pieces, b"data: {]\n\n"])
    seen: list[str] = []
    with pytest.raises(RespondentError, match="makes no sense"):
        await respondent(attempts=1).respond(call("sequence"), seen.append)
    assert seen == ["AB", "ABBACC"]


async def test_a_cancelled_run_without_text_has_no_answer(keeper: Any, fake_openai: Any) -> None:
    fake_openai.always(hold=True)
    asking = asyncio.create_task(keeper.ask())
    await asyncio.to_thread(fake_openai.wait_for_requests, 1)
    await cancelled(asking)
    assert (keeper.last().status, keeper.last().reply) == ("cancelled", None)


async def test_a_run_that_dies_each_time_keeps_the_last_text_there_was(
    keeper: Any, fake_openai: Any, nothing_left: Check
) -> None:
    fake_openai.then(pieces=PIECES, cut_after=1).then(pieces=PIECES, cut_after=3).fails(503)
    run = await keeper.ask()
    assert (run.status, run.error_title) == ("failed", "The provider has trouble")
    assert run.reply.text == "".join(PIECES[:3])
    assert [attempt.number for attempt in keeper.attempts] == [2, 3]
    await nothing_left(idle=1)


async def test_cancelling_during_a_pause_works_at_once(
    fake_openai: Any, respondent: Make, call: MakeCall, nothing_left: Check
) -> None:
    fake_openai.fails(429, "slow down", headers={"Retry-After": "60"})
    told = asyncio.Event()
    model = respondent(timeout=120, wait=asyncio.sleep)
    asking = asyncio.create_task(model.respond(call(), on_attempt=lambda attempt: told.set()))
    await asyncio.wait_for(told.wait(), 10)
    await cancelled(asking)
    assert len(fake_openai.bodies) == 1
    await nothing_left()
