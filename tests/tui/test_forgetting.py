import gc
import weakref
from typing import Any


async def test_what_was_on_screens_that_are_closed_is_not_kept(opened, settled: Any) -> None:
    async with opened() as (app, pilot):
        closed = {}
        for key in ("w", "c", "G", "question_mark"):
            await pilot.press(key)
            await settled(pilot)
            closed |= {f"{key}: {widget}": weakref.ref(widget) for widget in app.screen.walk_children(with_self=True)}
            await pilot.press("escape")
            await settled(pilot)
        assert len(closed) > 20
        await pilot.press("question_mark", "escape")
        await settled(pilot)
        gc.collect()
        assert [name for name, widget in closed.items() if widget() is not None] == []
