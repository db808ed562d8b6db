"""A question, calls that put it, respondents that do not sleep, and an environment without keys."""

import asyncio
import os
import threading
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from opinionscope.elicitation import FORMATS, Call, Cell, Prompt
from opinionscope.history import History, HistoryWriter
from opinionscope.respondents.base import Attempt
from opinionscope.respondents.gateway import LiteLLMRespondent
from opinionscope.runs import Run
from opinionscope.runs.prober import Choices, Prober, Watch
from opinionscope.survey import Group, Library, Option, Question

RESTING = ("LoggingWorker._worker_loop", "litellm", "asyncio_", "AnyIO worker", "ThreadPoolExecutor")
"""What may stay: litellm's one worker, and threads of pools, which wait there for the next call."""

SERVERS_OWN = "(process_request_thread)"


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.endswith(("_API_KEY", "_TOKEN", "_API_BASE", "_BASE_URL")) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture(autouse=True)
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """How a server of the user's own is asked; a module of what holds both ways has it as its parameter."""
    if getattr(request, "param", "directly") == "through litellm":
        monkeypatch.setattr("opinionscope.respondents.gateway.is_asked_directly", lambda *_: False)


@pytest.fixture
def question() -> Question:
    return Question(
        id="PARK_1",
        dataset="toy",
        domain="own",
        title="New parks",
        text="Should the town plant more trees?",
        options=(Option("Yes", 2.0), Option("No", 1.0)),
    )


@pytest.fixture
def call(question: Question) -> Callable[..., Call]:
    def make(form: str = "verbalized", **changes: Any) -> Call:
        chosen = {"question": question, "group": Group("Gardener"), "steering": "persona"} | changes
        cell = Cell(format=form, **{name: chosen.pop(name) for name in Cell.__struct_fields__ if name in chosen})
        return Call(cell, Prompt("Be brief.", "Trees?"), FORMATS[form].request, **chosen)

    return make


@pytest.fixture
def waits() -> list[float]:
    """The seconds that respondents of this test would have slept between attempts."""
    return []


@pytest.fixture
def respondent(fake_openai: Any, waits: list[float]) -> Callable[..., LiteLLMRespondent]:
    async def wait(seconds: float) -> None:
        waits.append(seconds)

    def make(model: str = "openai/toy-model", **choices: Any) -> LiteLLMRespondent:
        return LiteLLMRespondent(model, **({"api_base": fake_openai.base, "timeout": 20, "wait": wait} | choices))

    return make


@pytest.fixture
def empty_library() -> Library:
    return Library(())


@pytest.fixture
def library_of(tmp_path: Path) -> Callable[..., Library]:
    def make(*paths: Path) -> Library:
        return Library((), paths)

    return make


class Keeper:
    """Asks through the whole program, but for its screens, and gives the run as the history kept it."""

    def __init__(self, library: Library, history: History, respondent: Callable[..., LiteLLMRespondent]) -> None:
        self.history = history
        self.attempts: list[Attempt] = []
        self.seen: list[str] = []
        self._library, self._respondent = library, respondent

    async def ask(self, form: str = "verbalized", *, watched: bool = True, **choices: Any) -> Run:
        self.seen.clear()
        prober = Prober(
            self._library, lambda model, base: self._respondent(model, **choices), HistoryWriter(self.history)
        )
        await prober.run(
            Choices("GAP21Q33_g_W82", "Democrat", "persona", form, choices.pop("model", "openai/toy-model")),
            Watch(on_text=self.seen.append if watched else None, on_attempt=self.attempts.append),
        )
        return self.last()

    def last(self) -> Run:
        (newest, *_) = self.history.page()
        return self.history.get(newest.id)


@pytest.fixture
def keeper(bundled_library: Library, tmp_path: Path, respondent: Callable[..., LiteLLMRespondent]) -> Iterator[Keeper]:
    with History(tmp_path / "history.db") as history:
        yield Keeper(bundled_library, history, respondent)


@pytest.fixture
def nothing_left(fake_openai: Any) -> Callable[..., Awaitable[None]]:
    """Asserts that no task of ours, no busy thread and no connection is left; idle ones may be kept for reuse."""
    before = set(threading.enumerate())

    async def check(*, idle: int = 1) -> None:
        await _until(lambda: not _left(before) and fake_openai.open_connections <= idle)
        assert _left(before) == set()
        assert fake_openai.open_connections <= idle

    return check


@pytest.fixture
def until() -> Callable[[Callable[[], bool]], Awaitable[None]]:
    """Waits for a condition, at most ten seconds."""
    return _until


async def _until(condition: Callable[[], bool]) -> None:
    for _ in range(2_000):
        if condition():
            return
        await asyncio.sleep(0.005)


def _left(before: set[threading.Thread]) -> set[str]:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    tasks = {getattr(task.get_coro(), "__qualname__", repr(task)) for task in others if not task.done()}
    threads = {thread.name for thread in set(threading.enumerate()) - before}
    return {name for name in tasks | threads if not name.startswith(RESTING) and SERVERS_OWN not in name}
