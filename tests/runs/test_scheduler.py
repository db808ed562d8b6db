"""Many runs at once, at a server on loopback: how many calls are in flight, and what is left of an early end."""

import asyncio
import threading
import time

import pytest

from opinionscope.elicitation import Recipe
from opinionscope.history import HistoryWriter
from opinionscope.respondents.gateway import LiteLLMRespondent
from opinionscope.runs import new_run_id
from opinionscope.runs.job import Job
from opinionscope.runs.prober import Choices, Prober
from opinionscope.runs.scheduler import Scheduler
from opinionscope.settings import bundled
from opinionscope.survey import Library
from opinionscope.values import replace

CELLS, CALLS, CONCURRENCY = 40, 5, 6


@pytest.fixture(autouse=True)
def key(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-not-a-real-key")


@pytest.fixture
def in_flight(fake_openai):
    """The server answers after a moment; how many requests it had at once is in here, the most last."""
    lock, now, seen = threading.Lock(), [0], [0]

    def answer(body):
        with lock:
            now[0] += 1
            seen.append(max(seen[-1], now[0]))
        time.sleep(0.005)
        with lock:
            now[0] -= 1
        if body["model"] == "broken":
            return fake_openai.Reply(status=400, body=b'{"error": {"message": "no such model"}}')
        return fake_openai.Reply(text="AB"[body["seed"] % 2])

    fake_openai.default = answer
    return seen


@pytest.fixture
def jobs(fake_openai):
    """Jobs for different questions, made as they are taken; every `broken`-th is of a model that fails."""
    library = Library.load([bundled("data")])
    prober = Prober(library, lambda model, base: LiteLLMRespondent(model, base, attempts=1))
    recipe = Recipe(samples=CALLS, temperature=0.0)

    def make(number=CELLS, broken=0, taken=None):
        for at, question in enumerate(library.questions[:number]):
            model = "openai/broken" if broken and at % broken == 0 else "openai/toy"
            group = library.groups(question)[0].name
            choices = Choices(
                f"{question.dataset}/{question.id}", group, "persona", "samples", model, fake_openai.base, 7, recipe
            )
            if taken is not None:
                taken.append(at)
            yield Job(replace(prober.draft(choices), id=new_run_id()), prober.respondent(model, fake_openai.base))

    return make


async def test_no_more_calls_are_in_flight_than_allowed_over_all_runs(jobs, in_flight, history):
    scheduler, taken = Scheduler(HistoryWriter(history), CONCURRENCY), []
    runs = []
    async for run in scheduler.runs(jobs(taken=taken)):
        runs.append(run)
        assert len(taken) <= len(runs) + 2 * CONCURRENCY
    assert len(runs) == CELLS
    assert {run.status for run in runs} <= {"done", "unread"}
    assert sum(len(run.replies) for run in runs) == CELLS * CALLS
    assert in_flight[-1] <= CONCURRENCY
    assert in_flight[-1] > 1
    assert history.count() == CELLS
    assert history.get(runs[0].id) == runs[0]


async def test_a_cancel_keeps_what_has_arrived(jobs, in_flight, history, fake_openai):
    async def ask():
        async for run in Scheduler(HistoryWriter(history), CONCURRENCY).runs(jobs()):
            ended.append(run.id)
            if len(ended) == 3:
                asking.cancel()

    ended = []
    asking = asyncio.create_task(ask())
    with pytest.raises(asyncio.CancelledError):
        await asking
    kept = {row.id: history.get(row.id) for row in history.page(limit=CELLS)}
    assert all(kept[run_id].is_complete for run_id in ended)
    others = [run for run_id, run in kept.items() if run_id not in ended]
    assert 1 <= len(others) <= CONCURRENCY + 3
    assert {run.status for run in others} <= {"cancelled", "done", "unread"}
    assert "running" not in {run.status for run in kept.values()}
    sent = len(fake_openai.bodies)
    assert sum(len(run.replies) for run in kept.values()) >= sent - CONCURRENCY
    await asyncio.sleep(0.05)
    assert len(fake_openai.bodies) == sent


async def test_a_model_that_fails_ends_only_its_own_runs(jobs, in_flight, history):
    runs = [run async for run in Scheduler(HistoryWriter(history), CONCURRENCY).runs(jobs(12, broken=3))]
    failed = [run for run in runs if run.status == "failed"]
    assert {run.model for run in failed} == {"openai/broken"}
    assert len(failed) == 4
    assert all(len(run.replies) == CALLS for run in runs if run not in failed)


async def test_a_model_that_cannot_be_asked_is_kept_nowhere_and_stops_nobody(jobs, in_flight, history, monkeypatch):
    def with_one_without_a_key():
        for at, job in enumerate(jobs(4)):
            yield replace(job, respondent=LiteLLMRespondent("anthropic/claude-3-5-haiku-latest")) if at == 1 else job

    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    runs = [run async for run in Scheduler(HistoryWriter(history), CONCURRENCY).runs(with_one_without_a_key())]
    assert sorted(run.error_title for run in runs) == ["", "", "", "No key"]
    assert history.count() == 3


async def test_an_identical_request_at_temperature_0_is_answered_by_the_history(jobs, in_flight, history, fake_openai):
    scheduler = Scheduler(HistoryWriter(history), CONCURRENCY, earlier=history.earlier)
    first = [run async for run in scheduler.runs(jobs(2))]
    assert len(fake_openai.bodies) == 2 * CALLS
    again = [run async for run in scheduler.runs(jobs(2))]
    assert len(fake_openai.bodies) == 2 * CALLS
    by_question = {run.cell.question.id: [reply.text for reply in run.replies] for run in first}
    for run in again:
        assert [reply.text for reply in run.replies] == by_question[run.cell.question.id]
        assert all(reply.recorded.startswith("from the cache, asked on ") for reply in run.replies)
        assert run.usage.cost_usd == 0
    history.bin(*(run.id for run in first))
    assert [run async for run in scheduler.runs(jobs(2))]
    assert len(fake_openai.bodies) == 4 * CALLS  # what was deleted answers nothing
