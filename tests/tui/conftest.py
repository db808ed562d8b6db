import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import pytest
from textual._compositor import Compositor
from textual._context import visible_screen_stack
from textual.app import App
from textual.pilot import Pilot
from textual.worker import WorkerCancelled

from opinionscope.tui import start
from opinionscope.tui.app import OpinionscopeApp
from opinionscope.tui.arrangement import Arrangement
from opinionscope.values import replace

NOON = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)
FRAMES: WeakKeyDictionary[Compositor, str] = WeakKeyDictionary()
"""What stands on screens since a test looked at them."""


def screen_text(app: App[Any]) -> str:
    """The text on the screen, without styles."""
    screen, compositor = app.screen, app.screen._compositor
    shown = (screen, *app._background_screens)
    is_due = any(each._repaint_required or each._dirty_widgets or each._layout_required for each in shown)
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
def opened(make_app: Callable[..., OpinionscopeApp], settled: Any) -> Callable[..., Any]:
    """Opens the program, and waits until it is at rest; arguments are its first choices, as for `make_app`."""

    @asynccontextmanager
    async def begun(size: tuple[int, int] = (120, 36), **choices: object) -> AsyncIterator[tuple[Any, Any]]:
        app = make_app(**choices)
        async with app.run_test(size=size) as pilot:
            await settled(pilot)
            yield app, pilot

    return begun


@pytest.fixture
def live_app(make_app: Callable[..., OpinionscopeApp], fake_openai: Any) -> OpinionscopeApp:
    """The program, about to ask the server of the tests."""
    return make_app(model="openai/x", api_base=fake_openai.base)


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
        await pilot.pause()
        while under_way := [each for each in pilot.app.workers if not each.is_finished]:
            for outcome in await asyncio.gather(*(each.wait() for each in under_way), return_exceptions=True):
                # A worker gives way to a newer one, which is waited for next; that is no failure.
                if isinstance(outcome, BaseException) and not isinstance(outcome, WorkerCancelled):
                    raise outcome
        await pilot.pause()
        before, now = now, screen_text(pilot.app)


@pytest.fixture
def until() -> Callable[[Pilot[None], Callable[[], bool]], Awaitable[None]]:
    """Waits for something to be so, and fails if that takes too long."""
    return _until


async def _until(pilot: Pilot[None], condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():
            await pilot.pause(0.01)
