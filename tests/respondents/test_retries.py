"""When a call is made again, after which pause, and what is told of it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from opinionscope.elicitation import Call
from opinionscope.respondents.base import Attempt, RespondentError
from opinionscope.respondents.gateway import LiteLLMRespondent
from opinionscope.respondents.retries import in_words, retry_after_seconds, said_seconds, wait_before

Make = Callable[..., LiteLLMRespondent]
MakeCall = Callable[..., Call]

NOW = datetime(2026, 1, 2, 12, tzinfo=UTC)


async def test_the_pause_a_provider_asks_for_is_kept_in_full(
    fake_openai: Any, respondent: Make, call: MakeCall, waits: list[float]
) -> None:
    in_half_a_minute = (datetime.now(UTC) + timedelta(seconds=30)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    fake_openai.fails(429, "slow down", headers={"Retry-After": "7"})
    fake_openai.fails(503, "busy", headers={"retry-after": in_half_a_minute})
    fake_openai.fails(429, "Rate limit reached for requests. Please try again in 20s.")
    response = await respondent(attempts=4, timeout=60).respond(call())
    assert response.text
    assert 7 <= waits[0] <= 7.25
    assert 20 < waits[1] <= 30.25
    assert 20 <= waits[2] <= 20.25


@pytest.mark.parametrize("watched", [True, False])
async def test_a_pause_longer_than_the_time_out_is_not_begun_and_is_named(
    fake_openai: Any, respondent: Make, call: MakeCall, waits: list[float], watched: bool
) -> None:
    fake_openai.fails(429, "slow down", headers={"Retry-After": "86400"})
    with pytest.raises(RespondentError, match=r"pause of 24 h, longer than the time-out of 20 s") as caught:
        await respondent().respond(call(), (lambda text: None) if watched else None)
    assert caught.value.title == "Too many requests"
    assert waits == []
    assert len(fake_openai.bodies) == 1


async def test_trouble_is_waited_out_for_longer_each_time_and_then_given_up(
    fake_openai: Any, respondent: Make, call: MakeCall, waits: list[float]
) -> None:
    fake_openai.fails(500).fails(502).fails(429, "slow down").fails(500)
    with pytest.raises(RespondentError, match="tried 4 times") as caught:
        await respondent(attempts=4).respond(call(), lambda text: None)
    assert caught.value.title == "The provider has trouble"
    assert 0.5 <= waits[0] <= 1 <= waits[1] <= 2 <= waits[2] <= 4
    assert len(fake_openai.bodies) == 4


async def test_whoever_asks_is_told_of_each_further_attempt_before_its_pause(
    fake_openai: Any, respondent: Make, call: MakeCall
) -> None:
    happened: list[Attempt | float] = []

    async def wait(seconds: float) -> None:
        happened.append(seconds)

    fake_openai.fails(429, "slow down", headers={"Retry-After": "4"}).fails(500).then()
    await respondent(wait=wait).respond(call(), on_attempt=happened.append)
    first, pause, second, _ = happened
    assert isinstance(first, Attempt)
    assert isinstance(second, Attempt)
    assert (first.number, first.most, first.reason, first.wait) == (2, 3, "Too many requests", pause)
    assert (second.number, second.most, second.reason) == (3, 3, "The provider has trouble")
    assert first.words == "Too many requests: attempt 2 of 3 in 4 s"


async def test_nobody_is_told_of_attempts_that_will_not_be_made(
    fake_openai: Any, respondent: Make, call: MakeCall
) -> None:
    told: list[Attempt] = []
    await respondent().respond(call(), on_attempt=told.append)
    fake_openai.fails(401)
    with pytest.raises(RespondentError):
        await respondent().respond(call(), on_attempt=told.append)
    assert told == []


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "3"}, 3),
        ({"retry-after": " 0.5 "}, 0.5),
        ({"RETRY-AFTER": "0"}, 0),
        ({"retry-after": "9", "retry-after-ms": "250"}, 0.25),
        ({"Retry-After": "Fri, 02 Jan 2026 12:01:30 GMT"}, 90),
        ({"Retry-After": "Fri, 02 Jan 2026 13:00:30 +0100"}, 30),
        ({"Retry-After": "Thu, 01 Jan 2026 12:00:00 GMT"}, 0),
        ({"Retry-After": "-3"}, None),
        ({"Retry-After": "inf"}, None),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "1e999"}, None),
        ({"retry-after-ms": "9" * 400, "Retry-After": "7"}, 7),
        ({"retry-after-ms": "9" * 5000}, None),
        ({"Retry-After": "Fri, 99 Jan 2026 99:99:99 GMT"}, None),
        ({"Retry-After": "Fri, 31 Dec 99999999 12:00:00 GMT"}, None),
        ({}, None),
    ],
)
def test_what_a_header_asks_for(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after_seconds(headers, NOW) == seconds


@pytest.mark.parametrize(
    ("words", "seconds"),
    [
        ("limit 3 a minute. please try again in 20s.", 20),
        ("please try again in 6ms.", 0.006),
        ("quota used up. please retry in 12.5s.", 12.5),
        ("slow down and retry in 2 seconds", 2),
        ('"retrydelay": "31s"', 31),
        ("please try again in 1m12s", 72),
        ("please retry after 12 seconds", 12),
        ("wait for 2 minutes", 120),
        ("retry_after: 3 s", 3),
        ("try again in a while", None),
        ("retry in 30 small steps", None),
    ],
)
def test_what_a_message_asks_for(words: str, seconds: float | None) -> None:
    assert said_seconds(words) == seconds


def test_callers_that_failed_together_come_back_apart_and_never_too_early() -> None:
    chances = [n / 10 for n in range(11)]
    assert len({wait_before(2, None, chance, 120) for chance in chances}) == 11
    asked = [wait_before(2, 8.0, chance, 120) for chance in chances]
    assert len(set(asked)) == 11
    assert all(pause is not None and pause >= 8 for pause in asked)
    assert wait_before(2, 120.0, 1.0, 120) == 120
    assert wait_before(2, 120.5, 1.0, 120) is None
    assert wait_before(99, None, 1.0, 120) == 60


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.4, "0 s"), (90, "90 s"), (900, "15 min"), (86_400, "24 h"), (1e300, "more than a week")]
)
def test_pauses_are_told_as_people_do(seconds: float, words: str) -> None:
    assert in_words(seconds) == words
