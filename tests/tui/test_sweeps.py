"""The screens of sweeps: planned, begun, paused, left, found again by another start of the program."""

import pytest
from textual.widgets import Input

from opinionscope.tui.screens.new_sweep import NewSweepScreen
from opinionscope.tui.screens.sweep import SweepScreen
from opinionscope.tui.screens.sweeps import SweepsScreen

TEXT = "{'A': '60%', 'B': '40%', 'C': '0%', 'D': '0%'}"
AT_ONCE = 8


@pytest.fixture
def sweeping(make_app, fake_openai):
    """Makes the program with the fake server's model chosen; kills what it started."""
    apps = []

    def make():
        choices = {"question": "nytimes/the-bee-sting", "group": "Democrat", "model": "openai/toy"}
        apps.append(make_app(**choices, api_base=fake_openai.base))
        return apps[-1]

    yield make
    for app in apps:
        for launch in app._arrangement.launcher.launches:
            launch.process.kill()
            launch.process.wait()


async def test_a_sweep_is_planned_begun_paused_and_goes_on_without_the_program(
    sweeping, home, fake_openai, shown, settled, until, said
):
    fake_openai.default = lambda body: fake_openai.Reply(text=TEXT, hold=len(fake_openai.bodies) > AT_ONCE)
    app = sweeping()
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("A")
        await until(pilot, lambda: isinstance(app.screen, SweepsScreen) and "No sweeps yet" in shown(app))
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, NewSweepScreen) and "1 questions" in shown(app))
        app.screen.query_one("#filter", Input).value = "dataset:nytimes"
        app.screen.query_one("#new-name", Input).value = "books"
        await until(pilot, lambda: "62: 62 questions" in shown(app))
        assert "62 to make" in shown(app)
        assert "unknown: no price is known for openai/toy" in shown(app)
        app.screen.query_one("#new-steering", Input).value = "personna"
        await until(pilot, lambda: "persona" in shown(app) and '✗ steering: there is no "personna"' in shown(app))
        app.screen.query_one("#new-steering", Input).value = "persona"
        await until(pilot, lambda: "62: 62 questions" in shown(app))
        await pilot.press("ctrl+s", "y")
        await until(pilot, lambda: isinstance(app.screen, SweepScreen) and "8 of 62 cells" in shown(app))
        assert "running" in shown(app)
        await until(pilot, lambda: "openai/toy" in shown(app))
        await pilot.press("p")
        await until(pilot, lambda: "paused" in shown(app))
        assert "54 cells left" in shown(app)
        fake_openai.always(text=TEXT, hold=True)
        await pilot.press("r"); print(said)
        await until(pilot, lambda: "running" in shown(app))
    (plan,) = (home / "exports").glob("*.toml")
    assert plan.name == "sweep-books.toml"
    fake_openai.always(text=TEXT)
    fake_openai.release()
    again = sweeping()
    async with again.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("A")
        await until(pilot, lambda: "books" in shown(again) and "done" in shown(again))
        await pilot.press("enter")
        await until(pilot, lambda: "62 of 62 cells" in shown(again))
        await pilot.press("H")
        await until(pilot, lambda: "62 runs" in shown(again))
