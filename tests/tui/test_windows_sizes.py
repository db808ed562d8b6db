"""The other screens, and the windows above them, at three sizes, as text."""

import pytest
from click.testing import CliRunner

from opinionscope.cli import main
from opinionscope.tui.screens.address import AddressScreen
from opinionscope.tui.screens.confirm import ConfirmScreen
from opinionscope.tui.screens.sweep import SweepScreen

pytestmark = pytest.mark.every_frame
ON_EXPLORE = {
    "help": "question_mark",
    "palette": "ctrl+p",
    "groups": "g",
    "recipe": "o",
    "write": "w",
    "themes": "t",
    "tour": "f2",
    "not-used": "exclamation_mark",
    "play-setup": "P",
}
"""Name of a screen or window → the key that opens it; escape leaves it."""


@pytest.fixture
def press(settled):
    """Presses keys one after the other, each when the one before has been followed."""

    async def act(pilot, *keys):
        for key in keys:
            await pilot.press(key)
            await settled(pilot)

    return act


async def test_what_opens_above_explore(make_app, look, press, settled):
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        for name, key in ON_EXPLORE.items():
            await press(pilot, key)
            await look(pilot, name)
            await press(pilot, "escape")


async def test_a_saved_run_and_the_windows_above_it_and_the_history(make_app, look, press, settled):
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, "r", "h", "enter")
        await look(pilot, "saved-run")
        for name, key in (("today", "v"), ("tags", "number_sign"), ("note", "n")):
            await press(pilot, key)
            await look(pilot, name)
            await press(pilot, "escape")
        await press(pilot, "escape", "F")
        await look(pilot, "save-filter")


async def test_a_row_of_a_table_a_new_sweep_and_a_guess(make_app, look, press, settled):
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, "T", "o")
        await look(pilot, "table-row")
        await press(pilot, "escape", "A", "n")
        await look(pilot, "new-sweep")
        await press(pilot, "escape")
        app.action_play(("Ann",), 2, "political", 7)
        await settled(pilot)
        await press(pilot, "right", "right")
        await look(pilot, "guess")


async def test_the_windows_before_a_model_is_asked(live_app, look, press, settled):
    async with live_app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, "m", *"recorded/")
        await look(pilot, "models")
        await press(pilot, *["backspace"] * 9, *"openai/other", "enter")
        assert isinstance(live_app.screen, AddressScreen)
        await look(pilot, "address")
        await press(pilot, "escape", "escape", "G", "a")
        assert isinstance(live_app.screen, ConfirmScreen)
        await look(pilot, "confirm")


@pytest.fixture
def swept(home, tmp_path):
    """A sweep of recorded answers is in the history."""
    plan = str(tmp_path / "plan.toml")
    for arguments in (
        ("plan", "the-bee-sting", "-g", "Female", "-m", "recorded/gpt-4", "-o", plan),
        ("start", plan),
    ):
        assert CliRunner().invoke(main, ["sweep", *arguments]).exit_code == 0


@pytest.mark.usefixtures("swept")
async def test_one_sweep(make_app, look, press, settled):
    async with make_app().run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, "A", "enter")
        assert isinstance(pilot.app.screen, SweepScreen)
        await look(pilot, "sweep")
