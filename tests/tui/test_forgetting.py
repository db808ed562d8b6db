import gc
import weakref
from typing import Any


async def test_widgets_and_lines_of_screens_that_are_closed_are_not_kept(opened, settled: Any) -> None:
    async with opened() as (app, pilot):
        closed = {}
        for key in ("w", "c", "G", "question_mark"):
            await pilot.press(key)
            await settled(pilot)
            for widget in app.screen.walk_children(with_self=True):
                closed[f"{key}: {widget}"] = weakref.ref(widget)
                closed[f"{key}: lines of {widget}"] = weakref.ref(widget._styles_cache)
            await pilot.press("escape")
            await settled(pilot)
        del widget
        assert len(closed) > 40
        await pilot.press("question_mark", "escape")
        await settled(pilot)
        gc.collect()
        assert [name for name, kept in closed.items() if kept() is not None] == []
