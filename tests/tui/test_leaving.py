"""What was typed in the form is lost only if that is meant so, and keys in a burst never end the program."""

import pytest
from textual import events
from textual.command import CommandPalette
from textual.widgets import OptionList

from opinionscope.tui.screens.confirm import ConfirmScreen
from opinionscope.tui.screens.explore import ExploreScreen
from opinionscope.tui.screens.write import WriteScreen


@pytest.fixture
def writing(settled, until):
    async def act(pilot, text):
        await settled(pilot)
        await pilot.press("w")
        await until(pilot, lambda: isinstance(pilot.app.screen, WriteScreen))
        await pilot.press(*text)

    return act


@pytest.fixture
def by_palette(until):
    async def act(pilot, name):
        await pilot.press("ctrl+p")
        await until(pilot, lambda: isinstance(pilot.app.screen, CommandPalette))
        await pilot.press(*name)
        await until(pilot, lambda: 0 < pilot.app.screen.query_one(OptionList).option_count < 4)
        await pilot.press("enter")

    return act


@pytest.mark.parametrize("way", ["ctrl+q", "history"])
async def test_leaving_the_form_by_another_way_asks_as_well(make_app, way, until, writing, by_palette):
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await writing(pilot, "Tea")
        leave = pilot.press("ctrl+q") if way == "ctrl+q" else by_palette(pilot, "history")
        await leave
        await until(pilot, lambda: isinstance(app.screen, ConfirmScreen))
        await pilot.press("ctrl+q", "n")
        await until(pilot, lambda: isinstance(app.screen, WriteScreen))
        assert app.focused.text == "Tea"
        leave = pilot.press("ctrl+q") if way == "ctrl+q" else by_palette(pilot, "history")
        await leave
        await until(pilot, lambda: isinstance(app.screen, ConfirmScreen))
        await pilot.press("y")
        if way == "ctrl+q":
            await until(pilot, lambda: app.return_code == 0)
        else:
            await until(pilot, lambda: app.current_mode == "history")
            await pilot.press("e")
            await until(pilot, lambda: isinstance(app.screen, ExploreScreen))


@pytest.mark.parametrize("key", ["w", "g", "c", "question_mark"])
async def test_ctrl_q_leaves_the_program_from_every_window(opened, key, until):
    async with opened(size=(80, 24)) as (app, pilot):
        await pilot.press(key)
        await until(pilot, lambda: app.screen.is_modal)
        await pilot.press("ctrl+q")
        await until(pilot, lambda: app.return_code == 0)


@pytest.mark.parametrize("size", [(80, 24), (20, 4)])
async def test_the_palette_survives_keys_that_come_before_it_is_drawn(opened, size, settled):
    async with opened(size=size) as (app, pilot):
        for burst in (
            ["ctrl+p", "pageup", "h", "pageup"],
            ["escape", "ctrl+p", "a", "pagedown", "b", "pageup"],
            ["escape", "ctrl+p", "t", "h", "escape"],
        ):
            for key in burst:
                app.post_message(events.Key(key, key if len(key) == 1 else None))
            await settled(pilot)
        await pilot.press("pagedown", "pageup", "escape", "escape")
        await settled(pilot)
        assert app.return_code is None


async def test_the_palette_turns_pages(opened, settled, until):
    async with opened(size=(80, 24)) as (app, pilot):
        await pilot.press("ctrl+p")
        await until(pilot, lambda: app.screen.query(OptionList) and app.screen.query_one(OptionList).option_count > 15)
        await settled(pilot)
        await pilot.press("down", "pagedown")
        assert app.screen.query_one(OptionList).highlighted > 3


async def test_q_goes_back_and_ends_the_program_only_on_a_main_screen(opened, until):
    async with opened(size=(80, 24)) as (app, pilot):
        for key, name in (
            ("G", "GridScreen"),
            ("c", "StudyCardScreen"),
            ("t", "ThemePicker"),
            ("question_mark", "HelpScreen"),
        ):
            await pilot.press(key)
            await until(pilot, lambda name=name: type(app.screen).__name__ == name)
            await pilot.press("escape" if key == "t" else "q")
            await until(pilot, lambda: isinstance(app.screen, ExploreScreen))
            assert app.is_running
        await pilot.press("q")
        await until(pilot, lambda: app.return_code == 0)


async def test_q_asks_while_a_model_is_asked(opened, fake_openai, until, home):
    fake_openai.always(text="A", hold=True)
    async with opened(model="openai/toy", api_base=fake_openai.base, size=(80, 24)) as (app, pilot):
        await pilot.press("r")
        await until(pilot, lambda: fake_openai.bodies)
        await pilot.press("q")
        await until(pilot, lambda: isinstance(app.screen, ConfirmScreen))
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, ExploreScreen))
        assert app.is_running
        await pilot.press("q")
        await until(pilot, lambda: isinstance(app.screen, ConfirmScreen))
        await pilot.press("y")
        await until(pilot, lambda: app.return_code == 0)
