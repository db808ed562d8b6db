import asyncio
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import pytest
from textual._compositor import Compositor
from textual._context import active_app, visible_screen_stack
from textual.app import App
from textual.cache import LRUCache
from textual.geometry import Region
from textual.message_pump import MessagePump
from textual.pilot import Pilot
from textual.screen import Screen
from textual.worker import WorkerCancelled

from opinionscope.tui import start
from opinionscope.tui.app import OpinionscopeApp
from opinionscope.tui.arrangement import Arrangement
from opinionscope.tui.stylesheet import KeptStylesheet
from opinionscope.values import replace

NOON = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)
FRAMES: WeakKeyDictionary[Compositor, str] = WeakKeyDictionary()
"""What stands on screens since a test looked at them."""
RULES: dict[tuple[tuple[str, str], ...], LRUCache[Any, Any]] = {}
"""By the variables of a theme, style rules that an app of an earlier test has parsed."""
A_LOOK = 0.005
"""Seconds after which it is looked again whether what is waited for has come."""
SOON = 0.02
"""Seconds that timers and workers are waited for."""
A_LOT = 1.0
"""Seconds of processor time, many times what any screen takes; updates are not held together for longer either."""


def screen_text(app: App[Any]) -> str:
    """The text on the screen, without styles."""
    screen, compositor = app.screen, app.screen._compositor
    shown = (screen, *app._background_screens)
    # What changes behind this screen is dirty there, and then marks this one; the mark there is never taken away.
    is_due = screen._repaint_required or any(each._dirty_widgets or each._layout_required for each in shown)
    if compositor not in FRAMES or is_due or compositor._dirty_regions:
        visible_screen_stack.set(app._background_screens)
        FRAMES[compositor] = "\n".join(strip.text.rstrip() for strip in compositor.render_strips(app.size))
    return FRAMES[compositor]


@pytest.fixture
def make_app(home: Path) -> Callable[..., OpinionscopeApp]:
    """Makes the program as a user starts it, but for the clock, which stands still, and the first choices."""

    def make(*, fresh: bool = True, **choices: object) -> OpinionscopeApp:
        app = start.make_app(fresh=fresh)
        load = app._load

        def load_otherwise() -> Arrangement:
            arrangement = load()
            arrangement.prober._clock = lambda: NOON
            return replace(arrangement, choices=replace(arrangement.choices, **choices))

        app._load = load_otherwise
        return app

    return make


@pytest.fixture
def opened(make_app: Callable[..., OpinionscopeApp]) -> Callable[..., Any]:
    """Opens the program, and waits until it is at rest; arguments are its first choices, as for `make_app`."""

    @asynccontextmanager
    async def begun(size: tuple[int, int] = (120, 36), **choices: object) -> AsyncIterator[tuple[Any, Any]]:
        app = make_app(**choices)
        async with app.run_test(size=size) as pilot:
            await _done(pilot)
            yield app, pilot

    return begun


@pytest.fixture
def live_app(make_app: Callable[..., OpinionscopeApp], fake_openai: Any) -> OpinionscopeApp:
    """The program, about to ask the server of the tests."""
    return make_app(model="openai/x", api_base=fake_openai.base)


@pytest.fixture(autouse=True)
def waits_end_at_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a pilot wait as long as there is something to do.

    Textual's own asks every widget on the screen, and then sleeps until the process was idle for 20 ms, twice a key:
    half of the time that these tests took.
    """

    async def idle(*_: object) -> None:
        await _at_rest(active_app.get(), SOON)

    async def handled(pilot: Pilot[Any]) -> bool:
        return await _at_rest(pilot.app)

    monkeypatch.setattr("textual.pilot.wait_for_idle", idle)
    monkeypatch.setattr("textual.app.wait_for_idle", idle)
    monkeypatch.setattr(Pilot, "_wait_for_screen", handled)


async def _at_rest(app: App[Any], for_workers: float = 0) -> bool:
    """Wait until all messages were handled, what they changed is laid out, and no timer is about to end.

    An app that never rests, such as the demo, is waited for until it has worked for `A_LOT`.

    Args:
        for_workers: seconds after which workers are no longer waited for.

    Returns:
        False if the app has ended or failed.
    """
    loop: Any = asyncio.get_running_loop()
    begun, worked = loop.time(), time.process_time()
    while app.is_running and not app._exception_event.is_set():
        await asyncio.sleep(0)
        waited = loop.time() - begun
        if waited > 30:
            raise TimeoutError("messages are still not handled")
        if time.process_time() - worked > A_LOT:
            return True
        if loop._ready:
            continue
        screen = app.screen
        if _is_due(screen) and not app._batch_count:
            screen._on_timer_update()
        elif (
            (app._batch_count and waited < A_LOT)
            or _is_any_at_work(app)
            or (waited < for_workers and not all(each.is_finished for each in app.workers))
        ):
            await asyncio.sleep(A_LOOK)
        else:
            return True
    return False


def _is_any_at_work(app: App[Any]) -> bool:
    return any(_is_at_work(each) for each in (app, *app.screen.walk_children(with_self=True)))


def _is_at_work(pump: MessagePump) -> bool:
    """Whether messages are still to be handled, or a timer ends soon: a resize waits for one of 8 ms."""
    queue = pump._message_queue
    is_idle = queue.ready_event._waiters and not queue.values
    ends_soon = any(each._task and each._active.is_set() and each._interval < SOON for each in pump._timers)
    return pump.is_running and (not is_idle or ends_soon)


def _is_due(screen: Screen[Any]) -> bool:
    """Whether what changed on a screen waits for the next frame."""
    is_changed = screen._repaint_required or screen._layout_required or screen._scroll_required
    return bool(is_changed or screen._dirty_widgets or screen._callbacks)


@pytest.fixture(autouse=True)
def styles_parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the apps of all tests share the style rules that they parse."""
    begin, change = KeptStylesheet.__init__, KeptStylesheet.set_variables

    def share(sheet: KeptStylesheet) -> None:
        sheet._parse_cache = RULES.setdefault(tuple(sheet._variables.items()), LRUCache(256))

    def begin_shared(sheet: KeptStylesheet, **options: Any) -> None:
        begin(sheet, **options)
        share(sheet)

    def change_shared(sheet: KeptStylesheet, variables: dict[str, str]) -> None:
        sheet._parse_cache = LRUCache(1)
        change(sheet, variables)
        share(sheet)

    monkeypatch.setattr(KeptStylesheet, "__init__", begin_shared)
    monkeypatch.setattr(KeptStylesheet, "set_variables", change_shared)


@pytest.fixture(autouse=True)
def frames_that_are_looked_at(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw a frame when a test looks at it: drawing each, for a terminal that is not there, took half of the time."""
    render_update, is_drawn = Compositor.render_update, request.node.get_closest_marker("every_frame") is not None

    def note_and_draw(compositor: Compositor, full: bool = False, **options: Any) -> Any:
        if compositor._dirty_regions:
            FRAMES.pop(compositor, None)
        if full or is_drawn:
            return render_update(compositor, full, **options)
        compositor._dirty_regions.clear()
        return None

    monkeypatch.setattr(Compositor, "render_update", note_and_draw)


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the program says in passing, title and message in one, as it says it."""
    words: list[str] = []
    notify = OpinionscopeApp.notify

    def note(app: OpinionscopeApp, message: str, *, title: str = "", **options: Any) -> None:
        words.append(f"{title} {message}".strip())
        notify(app, message, title=title, **options)

    monkeypatch.setattr(OpinionscopeApp, "notify", note)
    return words


@pytest.fixture
def shown() -> Callable[[OpinionscopeApp], str]:
    return screen_text


@pytest.fixture
def settled() -> Callable[[Pilot[None]], Awaitable[None]]:
    """Waits until everything under way has been done, and the screen shows the same text at two looks in a row."""
    return _settled


async def _settled(pilot: Pilot[None]) -> None:
    before, now = None, ""
    while now != before:
        await _done(pilot)
        before, now = now, screen_text(pilot.app)


async def _done(pilot: Pilot[None]) -> None:
    await pilot.pause()
    while under_way := [each for each in pilot.app.workers if not each.is_finished]:
        for outcome in await asyncio.gather(*(each.wait() for each in under_way), return_exceptions=True):
            # A worker gives way to a newer one, which is waited for next; that is no failure.
            if isinstance(outcome, BaseException) and not isinstance(outcome, WorkerCancelled):
                raise outcome
        await pilot.pause()


@pytest.fixture
def until() -> Callable[[Pilot[None], Callable[[], bool]], Awaitable[None]]:
    """Waits for something to be so on a screen that is laid out, and fails if that takes too long.

    Messages that are under way then are handled, unless more and more of them come.
    """
    return _until


async def _until(pilot: Pilot[None], condition: Callable[[], bool]) -> None:
    app, loop = pilot.app, asyncio.get_running_loop()
    async with asyncio.timeout(60):
        while not (condition() and app.screen._compositor.size):  # noqa: ASYNC110
            await asyncio.sleep(A_LOOK)
    ends = loop.time() + 10 * SOON
    while app.is_running and loop.time() < ends and _is_any_at_work(app):  # noqa: ASYNC110
        await asyncio.sleep(A_LOOK)


SIZES = ((80, 24), (120, 36), (200, 60))
RUN_ID = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{26}\b")


@pytest.fixture
def look(snapshot: Any) -> Callable[[Pilot[None], str], Awaitable[None]]:
    """Compares the screen with its snapshots, one a size; ids of runs are made anew each time."""

    async def act(pilot: Pilot[None], name: str) -> None:
        pilot.app.clear_notifications()
        for size in SIZES:
            await pilot.resize_terminal(*size)
            await _settled(pilot)
            await _settled(pilot)
            text = RUN_ID.sub("ID", _without_what_is_behind(pilot.app.screen, screen_text(pilot.app)))
            assert text == snapshot(name=f"{name}-{size[0]}x{size[1]}")

    return act


def _without_what_is_behind(screen: Screen[Any], text: str) -> str:
    if not screen.is_modal:
        return text
    x, y, width, height = Region.from_union([each.region for each in screen.walk_children() if each.region])
    return "\n".join(line[x : x + width].rstrip() for line in text.split("\n")[y : y + height])
