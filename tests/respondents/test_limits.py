"""Rate limits, with a clock that only moves when somebody waits."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from opinionscope.elicitation import Call
from opinionscope.respondents.gateway import LiteLLMRespondent
from opinionscope.respondents.limits import LimitBook
from opinionscope.settings import LimitSettings

ONE_A_MINUTE = LimitSettings(calls_per_minute=1)
TWO_A_MINUTE = LimitSettings(calls_per_minute=2)


class Clock:
    """Time that passes at once when it is waited for."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.pauses: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def wait(self, seconds: float) -> None:
        self.pauses.append(seconds)
        await asyncio.sleep(0)
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def limited_by(clock: Clock) -> Callable[..., LimitBook]:
    return lambda **limits: LimitBook({"it": LimitSettings(**limits)}, clock, clock.wait)


async def test_no_more_calls_begin_in_any_minute_than_allowed_and_in_the_order_they_came(
    limited_by: Callable[..., LimitBook], clock: Clock
) -> None:
    limited = limited_by(calls_per_minute=3)
    begun: list[tuple[int, float]] = []

    async def call(number: int) -> None:
        async with limited.turn(("it",), 0):
            begun.append((number, clock.now - 1000))
        clock.now += 1

    await asyncio.gather(*(call(number) for number in range(10)))
    assert [number for number, _ in begun] == list(range(10))
    times = [moment for _, moment in begun]
    assert all(later - earlier >= 60 for earlier, later in zip(times, times[3:], strict=False))
    assert times[-1] < 3 * 60 + 10


async def test_tokens_are_guessed_first_and_counted_later(limited_by: Callable[..., LimitBook], clock: Clock) -> None:
    limited = limited_by(tokens_per_minute=1000)
    async with limited.turn(("it",), 900) as first:
        pass
    first.settle(100)
    async with limited.turn(("it",), 900):
        pass
    assert clock.pauses == []
    async with limited.turn(("it",), 10) as third:
        third.settle(None)
    assert clock.now == 1060


async def test_a_call_larger_than_a_minute_holds_goes_alone_and_not_never(
    limited_by: Callable[..., LimitBook], clock: Clock
) -> None:
    limited = limited_by(tokens_per_minute=100)
    for _ in range(2):
        async with limited.turn(("it",), 5000):
            pass
    assert clock.pauses == [60]


async def test_one_that_gives_up_waiting_takes_nobodys_place(clock: Clock) -> None:
    released = asyncio.Event()

    async def wait(seconds: float) -> None:
        await released.wait()
        clock.now += seconds

    limited = LimitBook({"it": LimitSettings(calls_per_minute=1, concurrency=2)}, clock, wait)
    served: list[str] = []

    async def call(name: str) -> None:
        async with limited.turn(("it",), 0):
            served.append(name)

    await call("first")
    impatient, queued, patient = (asyncio.create_task(call(name)) for name in ("impatient", "queued", "patient"))
    await asyncio.sleep(0)
    for task in (impatient, queued):
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    released.set()
    await patient
    assert served == ["first", "patient"]
    assert clock.now == 1060


async def test_no_more_calls_are_under_way_than_allowed_even_when_they_fail(
    limited_by: Callable[..., LimitBook],
) -> None:
    limited = limited_by(concurrency=2)
    under_way, most = 0, 0

    async def call(number: int) -> None:
        nonlocal under_way, most
        async with limited.turn(("it",), 0):
            under_way += 1
            most = max(most, under_way)
            await asyncio.sleep(0)
            under_way -= 1
            if number % 2:
                raise ValueError(number)

    done = await asyncio.gather(*(call(number) for number in range(9)), return_exceptions=True)
    assert most == 2
    assert sum(isinstance(one, ValueError) for one in done) == 4


async def test_a_call_made_again_without_streaming_counts_as_two(
    fake_openai: Any,
    respondent: Callable[..., LiteLLMRespondent],
    call: Callable[..., Call],
    clock: Clock,
) -> None:
    book = LimitBook({"openai": TWO_A_MINUTE}, clock, clock.wait)
    fake_openai.then(finish_reason=None)
    await respondent(limits=book).respond(call(), lambda text: None)
    assert len(fake_openai.bodies) == 2
    await respondent(limits=book).respond(call())
    assert clock.pauses == [60]


@pytest.mark.parametrize("name", ["openai", "openai/toy-model"])
async def test_the_gateway_waits_its_turn_by_provider_or_model(
    fake_openai: Any,
    respondent: Callable[..., LiteLLMRespondent],
    call: Callable[..., Call],
    clock: Clock,
    name: str,
) -> None:
    book = LimitBook({name: TWO_A_MINUTE, "elsewhere": ONE_A_MINUTE}, clock, clock.wait)
    fake_openai.fails(500)
    first, second = respondent(limits=book), respondent(limits=book, timeout=5)
    await first.respond(call())
    assert clock.pauses == []
    await second.respond(call())
    assert len(fake_openai.bodies) == 3
    assert clock.pauses == [60]


async def test_a_call_that_waits_at_one_limit_does_not_count_at_another_before_it_is_sent(clock: Clock) -> None:
    book = LimitBook({"openai": TWO_A_MINUTE, "narrow": ONE_A_MINUTE}, clock, clock.wait)
    sent: list[float] = []

    async def call(name: str) -> None:
        async with book.turn(("openai", name), 0):
            sent.append(clock.now)

    for name in ("narrow", "narrow", "wide", "wide", "wide"):
        await call(name)
    assert all(later - earlier >= 60 for earlier, later in zip(sent, sent[2:], strict=False))


async def test_a_narrow_limit_holds_nobody_else_up(clock: Clock) -> None:
    never = asyncio.Event()
    book = LimitBook(
        {"openai": LimitSettings(concurrency=1), "narrow": ONE_A_MINUTE},
        clock,
        lambda _: never.wait(),
    )
    async with book.turn(("openai", "narrow"), 0):
        pass
    waiting = asyncio.create_task(book.turn(("openai", "narrow"), 0).__aenter__())
    await asyncio.sleep(0)
    async with asyncio.timeout(5), book.turn(("openai", "wide"), 0):
        pass
    waiting.cancel()
    with suppress(asyncio.CancelledError):
        await waiting


async def test_a_wait_for_a_limit_is_told_and_can_be_cancelled(
    fake_openai: Any, respondent: Callable[..., LiteLLMRespondent], call: Callable[..., Call]
) -> None:
    told: asyncio.Queue[Any] = asyncio.Queue()
    model = respondent(limits=LimitBook({"openai": ONE_A_MINUTE}))
    await model.respond(call(), on_attempt=told.put_nowait)
    assert told.empty()
    asking = asyncio.create_task(model.respond(call(), on_attempt=told.put_nowait))
    attempt = await asyncio.wait_for(told.get(), 10)
    assert attempt.words in [f"waiting {seconds} s for the limit of 1 call a minute" for seconds in (59, 60)]
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        async with asyncio.timeout(2):
            await asking
    assert len(fake_openai.bodies) == 1
