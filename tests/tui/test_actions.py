import re
from collections import Counter
from pathlib import Path

import pytest
from textual import events
from textual.widgets import OptionList

from opinionscope import tui
from opinionscope.tui.actions import ACTIONS, SCOPE_TITLES, actions_in
from opinionscope.tui.parts import PARTS
from opinionscope.tui.screens.explore import ExploreScreen
from opinionscope.tui.screens.help import HelpScreen
from opinionscope.values import replace


@pytest.mark.parametrize("scope", [scope for scope in SCOPE_TITLES if scope != "everywhere"])
def test_no_key_means_two_things_on_one_screen(scope):
    keys = Counter(key for action in actions_in(scope, "everywhere") for key in action.keys.split(","))
    assert [key for key, count in keys.items() if count > 1] == []


def test_ids_are_unique():
    assert len({action.id for action in ACTIONS}) == len(ACTIONS)


async def test_the_help_names_every_action(opened, shown, settled):
    async with opened(size=(120, 240)) as (app, pilot):
        await pilot.press("question_mark")
        await settled(pilot)
        assert isinstance(app.screen, HelpScreen)
        text = shown(app)
        for action in ACTIONS:
            assert action.help in text
        await pilot.press("escape")
        await settled(pilot)
        assert isinstance(app.screen, ExploreScreen)


async def test_the_palette_offers_every_action_of_the_screen(opened, settled):
    async with opened() as (app, pilot):
        offered = {command.help for command in app.get_system_commands(app.screen)}
        for action in actions_in("explore", "everywhere"):
            assert action.help in offered
        await pilot.press("h")
        await settled(pilot)
        offered = {command.help for command in app.get_system_commands(app.screen)}
        for action in actions_in("history", "everywhere"):
            assert action.help in offered


async def test_the_palette_lists_the_likely_first_and_what_cannot_be_done_not_at_all(make_app, settled, fake_openai):
    app = make_app()

    def listed():
        return [command.help for command in app.get_system_commands(app.screen) if command.discover]

    def helps(*ids):
        return [action.help for each in ids for action in ACTIONS if action.id == each]

    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        likely = ("explore.local", "explore.run", "explore.group", "explore.grid", "app.history")
        assert listed()[:5] == helps(*likely)
        assert not {*helps("explore.cancel", "explore.resume", "app.explore")} & {*listed()}
        await pilot.press("ctrl+p")
        await settled(pilot)
        prompts = [str(option.prompt) for option in app.screen.query_one(OptionList).options]
        assert [prompt.split()[:2] for prompt in prompts[:3]] == [["Local", "l"], ["Run", "r"], ["Group", "g"]]
        await pilot.press("escape")
        await settled(pilot)
        live = replace(app.screen.choices, model="openai/NAME", api_base=fake_openai.base)
        app.screen.choose(live)
        assert listed()[0] == helps("explore.run")[0]


async def test_the_help_begins_with_what_has_the_focus(make_app, shown, settled):
    app = make_app()

    async def first_lines(key):
        await pilot.press(key)
        await settled(pilot)
        inside = [line.split("│")[1].strip() for line in shown(app).splitlines() if line.count("│") > 1]
        await pilot.press(key)
        await settled(pilot)
        return inside

    async with app.run_test(size=(120, 60)) as pilot:
        await settled(pilot)
        title, _, _, keys, *others = await first_lines("question_mark")
        assert (title, keys.split()) == ("The questions", ["enter", "Run"])
        assert any(line.startswith("KL(human ‖ model) 0.096 nats  how surprised") for line in others)
        assert others.index("Explore") < others.index("Everywhere")
        app.screen.query_one("#steering").focus()
        assert (await first_lines("f1"))[0] == "Steering"
        assert isinstance(app.screen, ExploreScreen)
        await pilot.press("g")
        await settled(pilot)
        lines = await first_lines("f1")
        assert lines[0] == "A list to choose from"
        assert any(line.split() == ["esc", "Close"] for line in lines)
        assert len(app.screen_stack) == 3
        await pilot.press("escape", "h")
        await settled(pilot)
        assert (await first_lines("question_mark"))[0] == "The history"


def test_every_part_that_the_help_explains_is_there():
    source = "".join(path.read_text(encoding="utf-8") for path in Path(tui.__file__).parent.rglob("*.py"))
    assert [p.of for p in PARTS if not re.search(rf'class {p.of}\b|id="{p.of.lstrip("#")}"', source)] == []


async def test_an_action_works_from_the_palette(opened, until):
    async with opened() as (app, pilot):
        await pilot.press("ctrl+p")
        await pilot.pause()
        await pilot.press(*"steering")
        await until(pilot, lambda: app.screen.query(OptionList) and app.screen.query_one(OptionList).option_count)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ExploreScreen) and app.screen.choices.steering == "few-shot")


async def test_actions_of_the_whole_program_work_from_the_palette(opened, settled):
    async with opened() as (app, pilot):
        (history,) = [c for c in app.get_system_commands(app.screen) if c.title.split() == ["History", "h"]]
        await history.callback()
        await settled(pilot)
        assert app.current_mode == "history"


async def test_keys_that_come_in_one_burst_close_one_window_only(opened, settled):
    async with opened() as (app, pilot):
        await pilot.press("g")
        await pilot.pause()
        for _ in range(3):
            app.post_message(events.Key("enter", "\r"))
        await settled(pilot)
        assert len(app.screen_stack) == 2
        assert isinstance(app.screen, ExploreScreen)


async def test_after_narrowing_the_window_the_cursor_is_in_sight(opened, settled):
    async with opened(size=(130, 36)) as (app, pilot):
        await pilot.press("slash")
        await pilot.resize_terminal(80, 24)
        await settled(pilot)
        assert app.focused.display
        assert app.focused.id == "question"


async def test_the_top_bar_works_by_mouse(opened, shown, settled):
    async with opened(size=(80, 24)) as (app, pilot):
        await pilot.click("TopBar", offset=(34, 0))
        await settled(pilot)
        assert "No runs yet" in shown(app)
        await pilot.click("TopBar", offset=(22, 0))
        await settled(pilot)
        assert "RECORDED" in shown(app)
        await pilot.click("TopBar", offset=(66, 0))
        await settled(pilot)
        assert isinstance(app.screen, HelpScreen)
