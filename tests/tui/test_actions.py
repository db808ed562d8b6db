from collections import Counter

import pytest
from textual import events
from textual.widgets import OptionList

from opinionscope.tui.actions import ACTIONS, SCOPE_TITLES, actions_in
from opinionscope.tui.screens.explore import ExploreScreen
from opinionscope.tui.screens.help import HelpScreen


@pytest.mark.parametrize("scope", [scope for scope in SCOPE_TITLES if scope != "everywhere"])
def test_no_key_means_two_things_on_one_screen(scope):
    keys = Counter(key for action in actions_in(scope, "everywhere") for key in action.keys.split(","))
    assert [key for key, count in keys.items() if count > 1] == []


def test_ids_are_unique():
    assert len({action.id for action in ACTIONS}) == len(ACTIONS)


async def test_the_help_names_every_action(make_app, shown, settled):
    app = make_app()
    async with app.run_test(size=(120, 240)) as pilot:
        await settled(pilot)
        await pilot.press("question_mark")
        await settled(pilot)
        assert isinstance(app.screen, HelpScreen)
        text = shown(app)
        for action in ACTIONS:
            assert action.help in text
        await pilot.press("escape")
        await settled(pilot)
        assert isinstance(app.screen, ExploreScreen)


async def test_the_palette_offers_every_action_of_the_screen(make_app, settled):
    app = make_app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        offered = {command.help for command in app.get_system_commands(app.screen)}
        for action in actions_in("explore", "everywhere"):
            assert action.help in offered
        await pilot.press("h")
        await settled(pilot)
        offered = {command.help for command in app.get_system_commands(app.screen)}
        for action in actions_in("history", "everywhere"):
            assert action.help in offered


async def test_an_action_works_from_the_palette(make_app, settled, until):
    app = make_app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await pilot.press("ctrl+p")
        await pilot.pause()
        await pilot.press(*"steering")
        await until(pilot, lambda: app.screen.query(OptionList) and app.screen.query_one(OptionList).option_count)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ExploreScreen) and app.screen.choices.steering == "few-shot")


async def test_actions_of_the_whole_program_work_from_the_palette(make_app, settled):
    app = make_app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        (history,) = [c for c in app.get_system_commands(app.screen) if c.title.split() == ["History", "h"]]
        await history.callback()
        await settled(pilot)
        assert app.current_mode == "history"


async def test_keys_that_come_in_one_burst_close_one_window_only(make_app, settled):
    app = make_app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await pilot.press("g")
        await pilot.pause()
        for _ in range(3):
            app.post_message(events.Key("enter", "\r"))
        await settled(pilot)
        assert len(app.screen_stack) == 2
        assert isinstance(app.screen, ExploreScreen)


async def test_after_narrowing_the_window_the_cursor_is_in_sight(make_app, settled):
    app = make_app()
    async with app.run_test(size=(130, 36)) as pilot:
        await settled(pilot)
        await pilot.press("slash")
        await pilot.resize_terminal(80, 24)
        await settled(pilot)
        assert app.focused.display
        assert app.focused.id == "question"


async def test_the_top_bar_works_by_mouse(make_app, shown, settled):
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.click("TopBar", offset=(34, 0))
        await settled(pilot)
        assert "No runs yet" in shown(app)
        await pilot.click("TopBar", offset=(22, 0))
        await settled(pilot)
        assert "RECORDED" in shown(app)
        await pilot.click("TopBar", offset=(66, 0))
        await settled(pilot)
        assert isinstance(app.screen, HelpScreen)
