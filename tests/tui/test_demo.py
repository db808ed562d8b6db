"""`opinionscope --demo`: it shows itself on recorded answers until somebody takes over."""

import pytest

from opinionscope.tui import start
from opinionscope.tui.demo import DemoApp

pytestmark = pytest.mark.every_frame


async def test_it_goes_from_step_to_step_and_any_key_takes_over(home, monkeypatch, until, settled, said, shown):
    monkeypatch.setattr(DemoApp, "SECONDS", 0.05)
    app = start.make_app(fresh=True, kind=DemoApp)
    seen = set()

    def has_gone_round():
        seen.add((app.current_mode, type(app.screen).__name__, getattr(app.screen, "choices", None)))
        screens = {name for _, name, _ in seen}
        choices = {each for _, _, each in seen if each}
        return {"GridScreen", "TablesScreen", "ExploreScreen"} <= screens and len(choices) > 1

    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, has_gone_round)
        await until(pilot, lambda: "any key takes over" in shown(app))
        await pilot.press("q")
        assert not app.is_touring
        await settled(pilot)
        before = len(said)
        assert app.is_running
        await pilot.press("e")
        await settled(pilot)
        assert (app.current_mode, len(said)) == ("explore", before)
        assert "any key takes over" not in shown(app)
    assert not (home / "session.json").exists()
    assert not (home / "history.db").exists()
