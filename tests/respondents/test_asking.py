"""Several calls of one plan: how many at a time, in which order, and what is left when it ends early."""

import asyncio
import gc
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from opinionscope.elicitation import Call, Kind, Plan, Prompt, Recipe, Reply, Usage
from opinionscope.respondents.base import Attempt, OnAttempt, OnText, Respondent, RespondentError
from opinionscope.respondents.gateway import LiteLLMRespondent
from opinionscope.runs import Run
from opinionscope.runs.job import UNWATCHED, Job, Watch
from opinionscope.runs.scheduler import Scheduler
from opinionscope.values import replace

MakeCall = Callable[..., Call]
MakePlan = Callable[..., Plan]
Make = Callable[..., LiteLLMRespondent]


@dataclass
class Scripted(Respondent):
    """Answers when it is told to; each call waits at its own gate.

    Attributes:
        failing: seeds of the calls that fail.
        begun, ended: seeds in the order in which calls began and ended, given up ones included.
    """

    failing: frozenset[int] = frozenset()
    name: str = "scripted"
    kind: Kind = "live"
    begun: list[int] = field(default_factory=list)
    ended: list[int] = field(default_factory=list)
    gates: dict[int, asyncio.Event] = field(default_factory=dict)
    under_way: int = 0
    most_under_way: int = 0

    async def respond(self, call: Call, on_text: OnText | None = None, on_attempt: OnAttempt | None = None) -> Reply:
        seed = call.seed or 0
        self.begun.append(seed)
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            await self.gate(seed).wait()
            if seed in self.failing:
                raise RespondentError(f"call {seed} failed", title="No luck")
            return Reply("AB"[seed % 2], model="scripted-1", usage=Usage(10, 1, 0.5, 1.0))
        finally:
            self.under_way -= 1
            self.ended.append(seed)

    def gate(self, seed: int) -> asyncio.Event:
        return self.gates.setdefault(seed, asyncio.Event())

    def open(self, *seeds: int) -> None:
        for seed in seeds:
            self.gate(seed).set()


@pytest.fixture
def several(call: MakeCall) -> MakePlan:
    """A plan of so many calls, whose seeds are their positions."""

    def make(number: int) -> Plan:
        first = call("samples", recipe=Recipe(samples=number))
        return Plan(first.cell, tuple(replace(first, seed=seed) for seed in range(number)))

    return make


async def ask(model: Any, plan: Plan, watch: Watch = UNWATCHED, concurrency: int = 8) -> Run:
    """The run of a plan, asked for and kept nowhere."""
    run = Run("R", datetime(2026, 1, 2, tzinfo=UTC), "running", plan, "somebody", None, 0.01)
    return await Scheduler(concurrency=concurrency).run(Job(run, model, watch))


@pytest.fixture(autouse=True)
def nothing_leaks(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No task outlives its asking, and no exception is left for the collector to complain about."""
    complaints: list[dict[str, Any]] = []
    monkeypatch.setattr(
        asyncio.BaseEventLoop, "call_exception_handler", lambda loop, context: complaints.append(context)
    )
    yield
    gc.collect()
    assert [complaint for complaint in complaints if "litellm" not in repr(complaint.get("task"))] == []


async def _settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


def _others() -> set[asyncio.Task[Any]]:
    return {task for task in asyncio.all_tasks() if task is not asyncio.current_task()}


async def test_no_more_calls_than_allowed_are_under_way_and_all_are_made_once(several: MakePlan) -> None:
    model = Scripted()
    running = asyncio.create_task(ask(model, several(20), concurrency=3))
    for expected in range(3, 20):
        await _settle()
        assert model.begun == list(range(expected))
        waiting = sorted(set(model.begun) - set(model.ended))
        model.open(waiting[expected % 3])
    model.open(*range(20))
    run = await running
    assert model.most_under_way == 3
    assert sorted(model.begun) == list(range(20))
    assert (run.status, len(run.replies)) == ("done", 20)
    assert _others() == set()


async def test_replies_are_in_the_order_of_the_calls_however_they_come_in(several: MakePlan) -> None:
    model = Scripted()
    running = asyncio.create_task(ask(model, several(6), concurrency=6))
    for seed in (4, 0, 5, 2, 1, 3):
        await _settle()
        model.open(seed)
    run = await running
    assert [one.call for one in run.replies] == list(range(6))
    assert [one.text for one in run.replies] == list("ABABAB")


async def test_the_run_so_far_is_shown_while_replies_come(several: MakePlan) -> None:
    model, seen = Scripted(), list[Run]()
    running = asyncio.create_task(ask(model, several(3), Watch(on_part=seen.append)))
    for seed in (2, 0):
        model.open(seed)
        await asyncio.sleep(0.3)
    assert [one.call for one in seen[-1].replies] == [0, 2]
    assert seen[-1].status == "running"
    assert all(reply.reading and reply.reading.distribution for reply in seen[-1].replies)
    model.open(1)
    await running


async def test_calls_that_fail_are_kept_with_their_reason_and_the_others_read(several: MakePlan) -> None:
    model = Scripted(failing=frozenset({1, 2, 5}))
    model.open(*range(8))
    run = await ask(model, several(8), concurrency=2)
    assert [one.call for one in run.replies if one.unread] == [1, 2, 5]
    assert (run.replies[1].text, run.replies[1].unread) == (None, "No luck: call 1 failed")
    assert (run.replies[1].model, run.replies[1].usage) == ("scripted", Usage())
    assert run.reading is not None
    assert run.reading.sample_size == 5
    assert run.reading.coverage == pytest.approx(5 / 8)


@pytest.mark.parametrize("number", [1, 2, 3, 50])
async def test_where_every_call_fails_the_first_error_is_told_and_the_rest_spared(
    several: MakePlan, number: int
) -> None:
    model = Scripted(failing=frozenset(range(number)))
    model.open(*range(number))
    run = await ask(model, several(number), concurrency=2)
    assert (run.status, run.error) == ("failed", "call 0 failed")
    assert len(model.begun) <= 4
    assert len(run.replies) in ((0,) if number == 1 else (min(number, 3), min(number, 4)))
    assert _others() == set()


async def test_calls_that_are_pending_when_the_first_three_fail_are_given_up(several: MakePlan) -> None:
    model = Scripted(failing=frozenset({0, 1, 2}))
    running = asyncio.create_task(ask(model, several(30)))
    await _settle()
    model.open(0, 1, 2)
    assert (await running).status == "failed"
    assert (model.under_way, sorted(model.ended)) == (0, sorted(model.begun))


async def test_failures_after_a_success_do_not_stop_the_rest(several: MakePlan) -> None:
    model = Scripted(failing=frozenset(range(1, 9)))
    model.open(*range(10))
    assert len((await ask(model, several(10), concurrency=1)).replies) == 10


async def test_enough_keeps_what_is_there_and_gives_up_what_is_under_way(several: MakePlan) -> None:
    model, enough = Scripted(), asyncio.Event()
    running = asyncio.create_task(ask(model, several(40), Watch(enough=enough), concurrency=4))
    await _settle()
    model.open(1, 3)
    await _settle()
    enough.set()
    run = await asyncio.wait_for(running, 5)
    assert [one.call for one in run.replies] == [1, 3]
    assert model.under_way == 0
    assert len(model.begun) == 6
    assert _others() == set()


async def test_enough_before_any_answer_is_an_error_with_a_title(several: MakePlan) -> None:
    enough = asyncio.Event()
    enough.set()
    run = await ask(Scripted(), several(5), Watch(enough=enough))
    assert (run.status, run.error_title) == ("failed", "Stopped")
    assert "before any answer" in run.error


async def test_enough_says_nothing_to_a_single_call(several: MakePlan) -> None:
    model, enough = Scripted(), asyncio.Event()
    enough.set()
    model.open(0)
    (reply,) = (await ask(model, several(1), Watch(enough=enough))).replies
    assert reply.text == "A"


async def test_cancelling_keeps_what_is_there(several: MakePlan) -> None:
    model, ended = Scripted(), list[Run]()
    running = asyncio.create_task(ask(model, several(9), Watch(on_run=ended.append), concurrency=3))
    await _settle()
    model.open(2)
    await _settle()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert [(run.status, [one.call for one in run.replies]) for run in ended] == [("cancelled", [2])]
    assert model.under_way == 0
    assert _others() == set()


async def test_cancelling_twice_leaks_nothing(several: MakePlan) -> None:
    model = Scripted()
    running = asyncio.create_task(ask(model, several(9), concurrency=3))
    await _settle()
    running.cancel()
    await asyncio.sleep(0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    await _settle()
    assert (model.under_way, _others()) == (0, set())


@pytest.mark.parametrize("concurrency", [1, 4])
async def test_an_error_that_the_program_does_not_know_ends_it_and_leaks_nothing(
    several: MakePlan, concurrency: int
) -> None:
    def broken(attempt: object) -> None:
        raise ZeroDivisionError

    class Hesitant(Scripted):
        async def respond(
            self, call: Call, on_text: OnText | None = None, on_attempt: OnAttempt | None = None
        ) -> Reply:
            reply = await super().respond(call, on_text, on_attempt)
            if call.seed == 3 and on_attempt:
                on_attempt(Attempt(2, 3, 0.0, "busy"))
            return reply

    model = Hesitant()
    model.open(*range(9))
    with pytest.raises(ZeroDivisionError):
        await ask(model, several(9), Watch(on_attempt=broken), concurrency=concurrency)
    assert (model.under_way, _others()) == (0, set())


async def test_each_call_sends_its_own_prompt_and_its_letters_are_kept(several: MakePlan) -> None:
    sent: list[tuple[str, int | None]] = []

    class Echo(Scripted):
        async def respond(
            self, call: Call, on_text: OnText | None = None, on_attempt: OnAttempt | None = None
        ) -> Reply:
            sent.append((call.prompt.user, call.seed))
            return Reply("A", model="echo")

    made = several(1)
    other = replace(made.first, prompt=Prompt("Be brief.", "Otherwise?"), offered=("No", "Yes"), seed=9)
    run = await ask(Echo(), replace(made, calls=(made.first, other)))
    first, second = run.replies
    assert sent == [("Trees?", 0), ("Otherwise?", 9)]
    assert (first.offered, second.offered) == ((), ("No", "Yes"))
    assert run.reading is not None
    assert run.reading.figures == (1, 1)


async def test_attempts_are_passed_on(several: MakePlan) -> None:
    class Hesitant(Scripted):
        async def respond(
            self, call: Call, on_text: OnText | None = None, on_attempt: OnAttempt | None = None
        ) -> Reply:
            assert on_attempt is not None
            on_attempt(Attempt(2, 3, 0.0, "busy"))
            return Reply("A", model="hesitant")

    seen: list[Attempt] = []
    await ask(Hesitant(), several(3), Watch(on_attempt=seen.append))
    assert len(seen) == 3


async def test_samples_through_a_real_server_come_back_counted(
    fake_openai: Any, respondent: Make, several: MakePlan
) -> None:
    fake_openai.default = lambda body: fake_openai.Reply(text="A" if body["seed"] % 4 else "**B**")
    fake_openai.fails(400, "something about call one", type="invalid_request_error")
    run = await ask(respondent(), several(24), concurrency=6)
    assert len(fake_openai.bodies) == 24
    assert run.reading is not None
    assert run.reading.sample_size == 23
    assert run.reading.figures[0] in (17, 18)
    assert not any(body.get("stream") for body in fake_openai.bodies)


async def test_enough_gives_up_calls_at_a_real_server_at_once(
    fake_openai: Any, respondent: Make, several: MakePlan
) -> None:
    fake_openai.then(text="A")
    fake_openai.always(text="B", hold=True)
    enough = asyncio.Event()
    watch = Watch(on_part=lambda run: enough.set(), enough=enough)
    run = await asyncio.wait_for(ask(respondent(), several(12), watch, concurrency=4), 10)
    assert [one.text for one in run.replies] == ["A"]
    assert len(fake_openai.bodies) <= 5


@pytest.mark.parametrize(("form", "is_thought"), [("sequence", False), ("log-probs", True)])
async def test_what_arrived_of_a_single_answer_is_kept_when_it_is_cancelled(
    fake_openai: Any, respondent: Make, call: MakeCall, form: str, is_thought: bool
) -> None:
    fake_openai.always(pieces=["AAB", "BBA"], hold_after=1)
    made, ended = call(form, recipe=Recipe(reasoning=is_thought), offered=("No", "Yes")), list[Run]()

    def stop(text: str) -> None:
        running.cancel()

    watch = Watch(on_text=stop, on_run=ended.append)
    running = asyncio.create_task(ask(respondent(), Plan(made.cell, (made,)), watch))
    with pytest.raises(asyncio.CancelledError):
        await running
    (reply,) = ended[0].replies
    assert (reply.thought if is_thought else reply.text) == "AAB"
    assert reply.offered == ("No", "Yes")
