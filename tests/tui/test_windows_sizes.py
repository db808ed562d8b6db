"""The other screens, and the windows above them, at three sizes, as text."""

import re

import pytest
from textual.geometry import Region

pytestmark = pytest.mark.every_frame
SIZES = ((80, 24), (120, 36), (200, 60))
RUN_ID = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{26}\b")
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
def look(shown, snapshot, settled):
    """Compares the screen with its snapshots, one a size; ids of runs are made anew each time."""

    async def act(pilot, name):
        pilot.app.clear_notifications()
        for size in SIZES:
            await pilot.resize_terminal(*size)
            await settled(pilot)
            await settled(pilot)
            text = RUN_ID.sub("ID", _without_what_is_behind(pilot.app.screen, shown(pilot.app)))
            assert text == snapshot(name=f"{name}-{size[0]}x{size[1]}")

    return act


def _without_what_is_behind(screen, text):
    if not screen.is_modal:
        return text
    x, y, width, height = Region.from_union([each.region for each in screen.walk_children() if each.region])
    return "\n".join(line[x : x + width].rstrip() for line in text.split("\n")[y : y + height])


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
    async with app.run_test(size=SIZES[0]) as pilot:
        await settled(pilot)
        for name, key in ON_EXPLORE.items():
            await press(pilot, key)
            await look(pilot, name)
            await press(pilot, "escape")


async def test_a_saved_run_and_the_windows_above_it_and_the_history(make_app, look, press, settled):
    app = make_app()
    async with app.run_test(size=SIZES[0]) as pilot:
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
    async with app.run_test(size=SIZES[0]) as pilot:
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
