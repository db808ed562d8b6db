import gc
import weakref
from contextlib import suppress
from typing import Any

import pytest
from textual.events import MouseDown
from textual.notifications import Notification

from opinionscope.tui.forgetting import LEAST_LEFT


async def test_widgets_and_lines_of_screens_that_are_closed_are_not_kept(opened, settled: Any, until: Any) -> None:
    async with opened() as (app, pilot):
        closed = {}
        for key in ("w", "c", "G", "question_mark"):
            await pilot.press(key)
            await settled(pilot)
            for widget in app.screen.walk_children(with_self=True):
                closed[f"{key}: {widget}"] = weakref.ref(widget)
                closed[f"{key}: lines of {widget}"] = weakref.ref(widget._styles_cache)
            app.post_message(MouseDown(None, 60, 18, 0, 0, 1, False, False, False))
            await pilot.pause()
            await pilot.press("escape")
            await settled(pilot)
        del widget
        assert len(closed) > 40
        await pilot.press("question_mark", "escape")
        await settled(pilot)

        def held() -> list[str]:
            gc.collect()
            return [name for name, kept in closed.items() if kept() is not None]

        with suppress(TimeoutError):  # a task of Textual may end a moment later
            await until(pilot, lambda: not held())
        assert held() == []


def test_a_message_that_ends_this_very_moment_is_not_shown() -> None:
    """Its timer would have less than no time once it is set, and Textual's would count for ever."""
    ends, stays = Notification("x", timeout=LEAST_LEFT / 2), Notification("x", timeout=60)
    assert ends.time_left > 0
    assert (ends.has_expired, stays.has_expired) == (True, False)


@pytest.mark.every_frame
async def test_lines_of_main_screens_are_kept_in_sight_only(opened, settled: Any, shown: Any) -> None:
    def lines(screen: Any) -> int:
        return sum(len(widget._styles_cache._cache) for widget in screen.walk_children(with_self=True))

    async with opened() as (app, pilot):
        explore, before = app.screen, shown(app)
        await pilot.press("h")
        await settled(pilot)
        history = app.screen
        assert lines(explore) == 0
        await pilot.press("question_mark")
        await settled(pilot)
        assert lines(history) > 0
        await pilot.press("escape", "e")
        await settled(pilot)
        assert lines(history) == 0
        assert shown(app) == before
