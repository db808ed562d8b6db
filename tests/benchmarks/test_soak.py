"""A soak: thousands of random actions over all screens and sizes, with faults. Nothing may crash, hang or leak.

``OPINIONSCOPE_SOAK=1,2,3 pytest tests/benchmarks/test_soak.py -p no:xdist`` runs the seeds 1, 2 and 3 in each
start state, some minutes a run. OPINIONSCOPE_SOAK_ACTIONS says how many actions. A failure names the last actions.
"""

import asyncio
import gc
import os
import random
import sqlite3
import threading
from collections import Counter, deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from importlib import import_module
from operator import sub
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from textual import events
from textual.message import Message
from textual.pilot import Pilot, WaitForScreenTimeout
from textual.worker import Worker, WorkerState

from opinionscope.cli import main
from opinionscope.errors import OpinionscopeError
from opinionscope.respondents.loading import load
from opinionscope.runs.prober import Choices
from opinionscope.tables import TABLES
from opinionscope.tui import start
from opinionscope.tui.actions import ACTIONS
from opinionscope.tui.app import OpinionscopeApp
from opinionscope.tui.modes import MODES
from opinionscope.tui.screens.confirm import ConfirmScreen
from opinionscope.tui.widgets.filter_line import FilterLine
from opinionscope.values import replace
from opinionscope.workspace import Workspace

SEEDS = [int(seed) for seed in os.environ.get("OPINIONSCOPE_SOAK", "").split(",") if seed]
ACTIONS_IN_ALL = int(os.environ.get("OPINIONSCOPE_SOAK_ACTIONS", "2000"))
WARM_UP, SETTLE_EVERY = 200, 20
MOST_GROWTH = 20.0
"""Megabytes in use, after the warm-up."""
PATIENCE = 90.0
SIZES = ((80, 24), (120, 36), (200, 60), (60, 15), (20, 6), (132, 12), (300, 20), (1, 1))
PLAIN_KEYS = ("tab", "shift+tab", "enter", "escape", "up", "down", "left", "right", "space")
PLAIN_KEYS += ("home", "end", "pageup", "pagedown", "backspace", "delete")
TEXTS = (
    *("democrat", "kl<0.1 -status:failed", 'kl<<"', "model:"),
    "[/foo] [b red]x[/]",
    "\x1b]52;c;SGk=\x07\x9b2J",
    "\u202eright to left\u202c שלום",
    "🧑‍🧑‍🧒 日本語",
    *("a" * 3_000, "one\ntwo\r\nthree\n\n"),
    "%_\\'; DROP TABLE runs; --",
    "\ud800",
    "\x00",
    "127.0.0.1:1",
    "http://[::1",
    *("-1", "99999999999999999999", "1e400", "٣", ""),
)
FAULTS = (
    *({"text": text} for text in ("no idea", None, "{'A': 'nan%', 'B': '1e999%'}", "A, B, A, A, B", "A")),
    {"text": "[/foo]\x1b]52;c;SGk=\x07" * 50},
    {"choices": False},
    *({"cut_after": pieces} for pieces in (0, 1)),
    {"drip": 0.05},
    {"status": 500, "body": b"<html>oops"},
    {"status": 429, "headers": {"retry-after": "0"}, "body": b'{"error": {"message": "slow down"}}'},
    {"status": 401, "body": b'{"error": {"message": "no"}}'},
    {"status": 200, "body": b"\xff\xfe not json"},
    *({"tokens": tokens} for tokens in (None, (("Z", -9999.0),))),
    {"events": [b"data: {\n\n", b": ping\n\n"], "done": False},
)

pytestmark = pytest.mark.skipif(not SEEDS, reason="a soak takes minutes: name seeds in OPINIONSCOPE_SOAK")


def _nothing(home: Path, reference: Callable[[], Path]) -> None:
    """As at the very first start."""


def _imported(home: Path, reference: Callable[[], Path]) -> None:
    """With the whole benchmark, and a pack that is damaged."""
    outcome = CliRunner().invoke(main, ["data", "import", str(reference())])
    assert outcome.exit_code == 0, outcome.output
    (home / "data" / "broken.pack.json").write_bytes(b'{"format": "opinionscope-pack/1", "data\xff')


def _runs(home: Path, reference: Callable[[], Path]) -> None:
    """With a history of some hundred runs, two of which failed."""

    async def ask() -> None:
        workspace = Workspace.open()
        prober, library = workspace.prober(), workspace.library
        for question in library.questions[::4]:
            for group in library.groups(question)[:2]:
                for model in ("gpt-4", "anthropic_opus"):
                    name = f"{question.dataset}/{question.id}"
                    with suppress(OpinionscopeError):
                        await prober.run(Choices(name, group.name, "persona", "verbalized", f"recorded/{model}"))
        for model in ("openai/nobody", "nonsense"):
            with suppress(OpinionscopeError):
                await prober.run(Choices(name, group.name, "persona", "verbalized", model, "http://127.0.0.1:1"))
        workspace.history.close()

    asyncio.run(ask())


STATES = {"nothing": _nothing, "imported": _imported, "runs": _runs}


class Soak:
    """A user without a plan, at a program on which things go wrong.

    Attributes:
        done: the last actions, in words.
        faults: what went wrong beside the actions: errors of workers and tasks that no user was told of.
    """

    def __init__(self, seed: int, app: OpinionscopeApp, pilot: Pilot[None], server: Any, home: Path) -> None:
        self.random = random.Random(seed)
        self.app, self.pilot, self.server, self.home = app, pilot, server, home
        self.done: deque[str] = deque(maxlen=60)
        self.locks: list[sqlite3.Connection] = []
        self._kinds: dict[Callable[[], Awaitable[None]], int] = {
            self.key: 50,
            self.plain_key: 14,
            self.click: 14,
            self.type: 6,
            self.paste: 5,
            self.resize: 3,
            self.burst: 4,
            self.wheel: 2,
            self.mode: 3,
            self.palette: 2,
            self.fault: 3,
        }

    async def act(self) -> None:
        (kind,) = self.random.choices([*self._kinds], [*self._kinds.values()])
        async with asyncio.timeout(PATIENCE):
            try:
                await kind()
            except WaitForScreenTimeout:  # a pilot waits in vain for a widget that is removed meanwhile
                await self.pilot.pause()

    def note(self, words: str) -> None:
        self.done.append(f"{type(self.app.screen).__name__} {tuple(self.app.size)}: {words}")

    def one(self, among: Any) -> Any:
        return self.random.choice(list(among))

    def _key(self) -> str:
        scope = getattr(self.app.screen, "SCOPE", "everywhere") if self.random.random() < 0.7 else None
        return str(self.one(self.one([a for a in ACTIONS if scope in (a.scope, None)]).keys.split(",")))

    async def _press(self, *keys: str) -> None:
        self.note(f"press {' '.join(map(repr, keys))}")
        await self.pilot.press(*keys)

    async def key(self) -> None:
        await self._press(self._key())

    async def plain_key(self) -> None:
        await self._press(self.one([*PLAIN_KEYS, *"0123456789aqyz", "f5", "ctrl+r", "ctrl+a", "shift+down", "ctrl+z"]))

    async def burst(self) -> None:
        keys = [self._key() for _ in range(self.random.randint(2, 12))]
        self.note(f"burst {' '.join(keys)}")
        for key in keys:
            self.app.post_message(events.Key(key, key if len(key) == 1 else None))

    async def type(self) -> None:
        text = str(self.one(TEXTS))[:30]
        self.note(f"type {text!r}")
        for character in text:
            self.app.post_message(events.Key("enter" if character == "\n" else character, character))
        await self.pilot.pause()

    async def paste(self) -> None:
        text = str(self.one(TEXTS))
        self.note(f"paste {text[:40]!r}")
        self.app.post_message(events.Paste(text))
        await self.pilot.pause()

    def _place(self) -> tuple[int, int]:
        width, height = self.app.screen.size
        return self.random.randrange(max(1, width)), self.random.randrange(max(1, height))

    async def click(self) -> None:
        place, times, button = self._place(), self.one([1, 1, 1, 2, 3]), self.one([1, 1, 1, 3])
        self.note(f"click {place} {times} times with {button}")
        if self.random.random() < 0.1:
            self._mouse(events.MouseDown, place, button)
            self._mouse(events.MouseMove, self._place(), button)
            self._mouse(events.MouseUp, self._place(), button)
        else:
            for _ in range(times):
                self._mouse(events.MouseDown, place, button)
                self._mouse(events.MouseUp, place, button)
        await self.pilot.pause()

    async def wheel(self) -> None:
        place, kind = self._place(), self.one([events.MouseScrollDown, events.MouseScrollUp, events.MouseMove])
        self.note(f"{kind.__name__} at {place}")
        self._mouse(kind, place, 0)
        await self.pilot.pause()

    def _mouse(self, kind: Callable[..., Message], place: tuple[int, int], button: int) -> None:
        """As from a terminal: a pilot's clicks go to the screen that was there at first, though it be closed."""
        self.app.post_message(kind(None, *place, 0, 1, button, False, False, False))

    async def resize(self) -> None:
        size = self.one(SIZES)
        self.note(f"resize to {size}")
        await self.pilot.resize_terminal(*size)

    async def mode(self) -> None:
        mode = self.one(MODES)
        self.note(f"mode {mode}")
        await self.app.run_action(f"show_mode('{mode}')")
        await self.pilot.pause()

    async def palette(self) -> None:
        action = self.one(ACTIONS)
        self.note(f"palette {action.label}")
        await self.pilot.press("ctrl+p", *action.label[:5].lower().replace(" ", "").replace("−", ""), "enter", "enter")

    async def fault(self) -> None:
        self.one([self._server, self._server, self._server, self._lock, self._damage, self._healthy])()

    def _server(self) -> None:
        for _ in range(self.random.randint(1, 6)):
            fault = self.one(FAULTS)
            self.note(f"the server will give {str(fault)[:80]}")
            self.server.then(**fault)

    def _lock(self) -> None:
        self.note("the history is locked")
        with suppress(sqlite3.Error):
            lock = sqlite3.connect(self.home / "history.db", timeout=0, isolation_level=None, check_same_thread=False)
            self.locks.append(lock)
            lock.execute("BEGIN EXCLUSIVE")
        asyncio.get_running_loop().call_later(self.random.choice([0.2, 1.0, 8.0]), self.unlock)

    def unlock(self) -> None:
        while self.locks:
            self.locks.pop().close()

    def _damage(self) -> None:
        packs = [*(self.home / "data").rglob("*.json"), *self.home.rglob("*.readings"), *self.home.glob("*.json")]
        path = self.one(packs or [self.home / "data" / "own.pack.json"])
        self.note(f"{path.name} is damaged")
        path.parent.mkdir(parents=True, exist_ok=True)
        content = path.read_bytes() if path.exists() else b""
        path.write_bytes(self.one([content[: len(content) // 2], b"", b"[]", content[:50] + b"\xff" + content[50:]]))

    def _healthy(self) -> None:
        self.note("the server is well again")
        self.server.forget()

    async def rest(self, longest: float = 5) -> None:
        """Let workers end that wait for no server or lock; a pilot's pause that is cancelled would leave a task."""
        with suppress(TimeoutError):
            async with asyncio.timeout(longest):
                while any(not worker.is_finished for worker in self.app.workers):  # noqa: ASYNC110
                    await asyncio.sleep(0.02)

    async def everywhere(self) -> None:
        """See each screen and table once, and the main ones at each size: Textual keeps 10 MB of what it has drawn."""
        await load()
        for name in ("plotext", "scipy.optimize", "scipy.special"):  # 20 to 40 MB each
            await asyncio.to_thread(import_module, name)
        await self._press("r")
        async with asyncio.timeout(PATIENCE):
            while not self.server.bodies:
                await self.pilot.pause(0.02)
        tables = ["T", *["right_square_bracket"] * len(TABLES), "X", "enter escape"]
        windows = [f"e {key} escape escape" for key in ("question_mark", "t", "w", "c", "exclamation_mark")]
        walk = ["X", "h enter", "escape", *tables, "A", "e G", "escape", "e m escape", "P escape", *windows]
        for keys in walk:
            await self.rest(PATIENCE)
            await self._press(*keys.split())
        for size in SIZES:
            await self.pilot.resize_terminal(*size)
            for key in "hTAe":
                await self._press(key)
                await self.rest(PATIENCE)

    async def home_again(self) -> None:
        """Back on Explore with nothing above it and nothing under way, and the first table behind it, of everything.

        A table keeps the answers that it was made of: 40,000 in the whole benchmark, some 26 MB.
        """
        self.unlock()
        self.server.forget()
        self.server.requests.clear()
        await self.pilot.resize_terminal(120, 36)
        async with asyncio.timeout(PATIENCE):
            while self.app.current_mode != "explore" or len(self.app.screen_stack) != MODES["explore"].depth:
                for key in ("escape", "enter"):
                    # What was typed may go: otherwise the question would come again and again.
                    await self.pilot.press("y" if isinstance(self.app.screen, ConfirmScreen) else key)
                await self.app.run_action("show_mode('explore')")
                await self.pilot.pause(0.05)
            await self.app.run_action("show_mode('tables')")
            self.app.screen.query_one(FilterLine).write("")
            self.app.screen._choose(0)
            await self.app.run_action("show_mode('explore')")
            await self.pilot.press("escape")
            self.note(f"waits for {[each.name for each in self.app.workers if not each.is_finished]}")
            while any(not worker.is_finished for worker in self.app.workers):
                await self.pilot.pause(0.05)
        self.app.clear_notifications()
        await self.pilot.pause()


class Faults(list[str]):
    """Errors that nobody was told of: of workers and of tasks. Used as a message hook and a loop's handler."""

    def see(self, message: Message) -> None:
        if isinstance(message, Worker.StateChanged) and message.state is WorkerState.ERROR:
            error = message.worker.error
            if not isinstance(error, OpinionscopeError):
                self.append(f"{message.worker.name}: {error!r}")

    def handle(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        self.append(f"{context['message']}: {context.get('exception')!r}")


def _tasks() -> Counter[str]:
    """The tasks under way, by kind."""
    return Counter(task.get_name().rsplit(" ", 1)[0].rstrip("0123456789-") for task in asyncio.all_tasks())


POOLS = ("asyncio_", "Thread-", "AnyIO worker", "litellm-logging")
"""Threads of the event loop's and the libraries' pools, and of the test's own server."""


def _threads() -> set[str]:
    return {thread.name for thread in threading.enumerate() if not thread.name.startswith(POOLS)}


@pytest.mark.usefixtures("only_this_machine", "sweeps_end_at_once")
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("seed", SEEDS)
async def test_nothing_crashes_hangs_or_leaks(
    seed: int,
    state: str,
    home: Path,
    fake_openai: Any,
    memory: Callable[[], tuple[float, float]],
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await asyncio.to_thread(STATES[state], home, lambda: request.getfixturevalue("reference"))
    faults = Faults()
    asyncio.get_running_loop().set_exception_handler(faults.handle)
    tasks_before, threads_before = _tasks(), _threads()
    app = start.make_app(fresh=True)
    leave, left = app.exit, Counter[str]()
    monkeypatch.setattr(app, "exit", lambda *result, **options: left.update(["left"]))
    soak = None
    try:
        async with app.run_test(size=(120, 36), message_hook=faults.see, notifications=True) as pilot:
            soak = Soak(seed, app, pilot, fake_openai, home)
            await soak.rest()
            explore = app.screen
            explore.choose(replace(explore.choices, model="openai/x", api_base=fake_openai.base))
            await soak.rest()
            await soak.everywhere()
            for number in range(ACTIONS_IN_ALL):
                if number == WARM_UP:
                    await soak.home_again()
                    before, tasks = memory(), _tasks()
                if number % 100 == 0:
                    print(number, memory(), _tasks().total(), flush=True)
                await soak.act()
                if number % SETTLE_EVERY == 0:
                    await soak.rest()
                assert not faults, faults
                assert app.return_code is None, "the program has crashed"
            await soak.home_again()
            (held, used), tasks_after = map(sub, memory(), before), _tasks()
            print(f"\n{seed}, {state}: {held:+.1f} MB, {used:+.1f} used, {dict(tasks_after - tasks)}")
            assert used <= MOST_GROWTH
            monkeypatch.setattr(app, "exit", leave)
            app.exit()
    except BaseException as error:
        error.add_note("\n".join(["The last actions:", *(soak.done if soak else [])]))
        raise
    gc.collect()
    await asyncio.sleep(0)
    assert not faults
    assert not _tasks() - tasks_before
    assert not _threads() - threads_before
