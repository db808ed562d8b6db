"""The screens of sweeps: planned, begun, paused, left, found again by another start of the program."""

import pytest
from textual.widgets import Input

from opinionscope.tui import launching
from opinionscope.tui.screens.confirm import ConfirmScreen
from opinionscope.tui.screens.new_sweep import NewSweepScreen
from opinionscope.tui.screens.sweep import SweepScreen
from opinionscope.tui.screens.sweeps import SweepsScreen
from opinionscope.values import replace

TEXT = "{'A': '60%', 'B': '40%', 'C': '0%', 'D': '0%'}"
FIRST = 8


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


@pytest.fixture
def warm_starts(monkeypatch, warm_program):
    """Sweeps are begun by a process that has imported the program already."""

    def start(program, out):
        return warm_program(program[program.index("opinionscope") + 1 :], stderr=out)

    warm_program(["--version"]).wait()  # the fork server begins while stderr is a file, which Textual's is not
    monkeypatch.setattr(launching, "_detached", start)


async def test_a_sweep_is_planned_begun_paused_and_goes_on_without_the_program(
    sweeping, warm_starts, home, fake_openai, shown, settled, until
):
    for _ in range(FIRST):
        fake_openai.then(text=TEXT)
    fake_openai.always(text=TEXT, hold=True)
    app = sweeping()
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("A")
        await until(pilot, lambda: isinstance(app.screen, SweepsScreen) and "No sweeps yet" in shown(app))
        assert "o Open" not in shown(app)
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, NewSweepScreen) and "1 question," in shown(app))
        app.screen.query_one("#filter", Input).value = "dataset:nytimes"
        app.screen.query_one("#new-name", Input).value = "books"
        await until(pilot, lambda: "62: 62 questions" in shown(app))
        assert "62 to make" in shown(app)
        assert not any(words in shown(app) for words in ("What is asked", " more"))
        await pilot.resize_terminal(120, 46)
        await until(pilot, lambda: "What is asked" in shown(app) and "and 50 more" in shown(app))
        await pilot.resize_terminal(200, 60)
        await until(pilot, lambda: "The first prompt" in shown(app) and "Put yourself in the place of" in shown(app))
        await pilot.resize_terminal(80, 24)
        assert "unknown: no price is known for openai/toy" in shown(app)
        app.screen.query_one("#new-steering", Input).value = "personna"
        await until(pilot, lambda: "persona" in shown(app) and '✗ steering: there is no "personna"' in shown(app))
        app.screen.query_one("#new-steering", Input).value = "persona"
        await until(pilot, lambda: "62: 62 questions" in shown(app))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, ConfirmScreen))
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, SweepScreen) and "8 of 62 cells" in shown(app))
        assert "running" in shown(app)
        assert "p Pause" in shown(app)
        assert "r Resume" not in shown(app)
        await until(pilot, lambda: "openai/toy" in shown(app))
        await pilot.press("p")
        await until(pilot, lambda: "paused" in shown(app))
        await until(pilot, lambda: "54 cells left" in shown(app) and "Stopped. What was answered is kept" in shown(app))
        await pilot.press("r")
        await until(pilot, lambda: "Ask the 54 cells left of books?" in shown(app))
        await pilot.press(*"--calls 50", "enter")
        await until(pilot, lambda: "running" in shown(app))
    (plan,) = (home / "exports").glob("*.toml")
    assert plan.name == "sweep-books.toml"
    fake_openai.always(text=TEXT)
    fake_openai.release()
    again = sweeping()
    async with again.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("A")
        await until(pilot, lambda: "books" in shown(again) and "stopped by calls" in shown(again))
        await pilot.press("r")
        await until(pilot, lambda: "Ask the 4 cells left" in shown(again) and "--calls 50" in shown(again))
        await pilot.press("enter")
        await until(pilot, lambda: "done" in shown(again))
        await until(pilot, lambda: "Leaderboard of what is there" in shown(again) and "62 of 62 cells" in shown(again))
        assert isinstance(again.screen, SweepsScreen), "the list shows the sweep under the cursor"
        assert "r Resume" not in shown(again)
        assert "p Pause" not in shown(again)
        await pilot.press("enter")
        await until(pilot, lambda: "62 of 62 cells" in shown(again))
        assert "p Pause" not in shown(again)
        assert "toy's share of an option" not in shown(again)
        await pilot.resize_terminal(200, 60)
        await until(pilot, lambda: "toy's share of an option (up) against people's" in shown(again))
        await pilot.press("H")
        await until(pilot, lambda: "62 runs" in shown(again))


async def test_why_a_sweep_was_not_begun_is_shown_and_visitors_begin_none(sweeping, home, shown, settled, until, said):
    app = sweeping()
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("A", "n")
        await until(pilot, lambda: isinstance(app.screen, NewSweepScreen) and "1 question," in shown(app))
        app.screen.query_one("#new-budget", Input).value = "5"
        await until(pilot, lambda: "A budget cannot be kept" in shown(app))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, ConfirmScreen))
        await pilot.press("y")
        await until(pilot, lambda: "sweep-plan.toml was not begun" in shown(app))
        assert "no price is known for openai/toy" in shown(app)
        (launch,) = app._arrangement.launcher.launches
        assert launch.log == home / "exports" / "sweep-plan.log"
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, NewSweepScreen))
        assert app.screen.draft.budget == "5"
        await pilot.press("escape")
        await settled(pilot)
        app._arrangement.launcher.paths = replace(app._arrangement.launcher.paths, is_read_only=True)
        await pilot.press("n")
        await settled(pilot)
        assert isinstance(app.screen, SweepsScreen)
        assert "read-only" in said[-1]
