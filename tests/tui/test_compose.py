"""A group is composed on Explore of invented people, goes along to other questions, and is kept with its runs."""

import json
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Input, OptionList

from opinionscope.tui.screens.compose_group import ComposeGroupScreen
from opinionscope.tui.screens.explore import ExploreScreen
from opinionscope.tui.screens.picker import PickerScreen
from opinionscope.tui.widgets.attribute_line import AttributeLine
from opinionscope.tui.widgets.run_view import RunView

LABELS = ["Longer", "As now", "Shorter"]
MORE = ("race", "income", "education", "religion", "trade")


@pytest.fixture
def village(home: Path) -> Path:
    """Forty people: odd ones are women, the first twenty Democrats, ages 20 to 59; they differ in nothing else."""
    folder = home / "data"
    folder.mkdir()
    human = {"Democrat": [12, 8, 0], "Republican": [0, 10, 10]}
    pack = {
        "format": "opinionscope-pack/1",
        "dataset": "village",
        "title": "Village survey",
        "domain": "own",
        "groups": {"Democrat": {"party": "Democrat"}, "Republican": {"party": "Republican"}},
        "options": LABELS,
        "questions": [
            {"id": "pub", "title": "The pub", "text": "Should the pub stay open longer?", "human": human},
            {"id": "school", "title": "School bus", "text": "Should the school bus run longer?", "human": human},
        ],
    }
    people: dict[str, Any] = {
        "format": "opinionscope-microdata/1",
        "dataset": "village",
        "people": 40,
        "attributes": {
            "party": {"values": ["Democrat", "Republican"], "codes": [0] * 20 + [1] * 20},
            "sex": {"values": ["Female", "Male"], "codes": [0, 1] * 20},
            "age": {"numbers": list(range(20, 60)), "cuts": [18, 35, 50]},
            **{name: {"values": [f"{name} {at} of many" for at in range(9)], "codes": [0] * 40} for name in MORE},
        },
        "options": {"pub": LABELS, "school": LABELS},
        "answers": {"pub": [0] * 12 + [1] * 18 + [2] * 10, "school": [0] * 10 + [-1] * 30},
    }
    (folder / "village.pack.json").write_text(json.dumps(pack), encoding="utf-8")
    (folder / "village.microdata.json").write_text(json.dumps(people), encoding="utf-8")
    return folder


@pytest.fixture
def village_app(village, make_app):
    return make_app(question="village/pub", group="Democrat", model="openai/nobody", api_base="http://127.0.0.1:9")


@pytest.fixture
def composing(settled):
    async def act(pilot) -> ComposeGroupScreen:
        await settled(pilot)
        await pilot.press("g")
        await pilot.pause()
        await pilot.press("home", "up", "enter")
        await settled(pilot)
        assert isinstance(pilot.app.screen, ComposeGroupScreen)
        return pilot.app.screen

    return act


async def test_a_group_is_composed_with_the_arrow_keys(village_app, shown, settled, composing):
    async with village_app.run_test(size=(120, 36)) as pilot:
        await composing(pilot)
        text = shown(village_app)
        assert "● Democrat 20" in text, "what was chosen is where one begins"
        await pilot.press("down", "right", "down", "right")
        await pilot.pause()
        text = shown(village_app)
        assert "Democrat & Female & age 18-34" in text
        assert "75 %" in text, "six of the eight want longer hours"
        assert "8 people, 8 answered this · noise floor KL 0.125 nats, TV 0." in text
        assert "Fewer than 30 answered" in text
        assert "Democratic women aged 18 to 34" in text
        await pilot.press("enter")
        await settled(pilot)
        assert isinstance(village_app.screen, ExploreScreen)
        run = village_app.screen.query_one(RunView).shown
        assert run.cell.group.expression == "party=Democrat,sex=Female,age=18-34"
        assert run.human.n == 8
        assert "Democratic women aged 18 to 34" in run.plan.first.prompt.user


@pytest.mark.every_frame
async def test_the_window_at_three_sizes(village_app, composing, look):
    async with village_app.run_test(size=(80, 24)) as pilot:
        await composing(pilot)
        await look(pilot, "compose")


async def test_a_range_is_typed_and_taken_back(village_app, shown, composing):
    async with village_app.run_test(size=(120, 36)) as pilot:
        screen = await composing(pilot)
        age = next(line for line in screen.query(AttributeLine) if line.attribute == "age")
        await pilot.press("left", "down", "down", *"25-4")
        await pilot.pause()
        assert "expected age as 18-34, 65+ or 40" in shown(village_app)
        await pilot.press("enter")
        await pilot.pause()
        assert village_app.screen is screen, "what cannot be composed cannot be taken"
        await pilot.press("0")
        await pilot.pause()
        assert "age 25-40" in shown(village_app)
        assert "16 people, 16 answered" in shown(village_app)
        await pilot.press(*["backspace"] * 5)
        await pilot.pause()
        assert age.value == ""
        assert "Choose a value of at least one attribute" in shown(village_app)


async def test_a_group_is_composed_with_the_mouse(village_app, settled, composing):
    async with village_app.run_test(size=(120, 36)) as pilot:
        screen = await composing(pilot)
        sex = next(line for line in screen.query(AttributeLine) if line.attribute == "sex")
        place = next(start for start, _, value in sex._places if value == "Male")
        assert await pilot.click(sex, offset=(place + 1, 0))
        assert await pilot.click("#compose-take")
        await settled(pilot)
        assert village_app.screen.choices.group == "party=Democrat,sex=Male"


async def test_escape_and_bursts_of_keys_change_nothing(village_app, settled, composing):
    async with village_app.run_test(size=(120, 36)) as pilot:
        await composing(pilot)
        await pilot.press("down", "right", "escape", "escape", "escape")
        await settled(pilot)
        assert isinstance(village_app.screen, ExploreScreen)
        assert village_app.screen.choices.group == "Democrat"


async def test_eight_attributes_fit_80_by_24_and_long_lists_keep_the_chosen_in_sight(village_app, shown, composing):
    async with village_app.run_test(size=(80, 24)) as pilot:
        screen = await composing(pilot)
        text = shown(village_app)
        for part in ("Compose a group of 40 people", "trade", "In the prompt", "Take it", "Leave"):
            assert part in text
        await pilot.press("up")
        assert village_app.focused.attribute == "trade"
        assert "trade 0 of many 40" in shown(village_app)
        assert screen.query_one("#compose-ways").region.bottom <= 24


async def test_an_expression_typed_into_the_list_of_groups_shows_its_n(village_app, shown, settled):
    async with village_app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await pilot.press("g")
        await pilot.pause()
        assert isinstance(village_app.screen, PickerScreen)
        assert village_app.screen.query_one(OptionList).options[0].prompt.plain.startswith("Compose a group …")
        village_app.screen.query_one(Input).value = "party=dem"
        await pilot.pause()
        first = village_app.screen.query_one(OptionList).options[0].prompt.plain
        assert first.endswith('nobody with party "dem" is known; there are Democrat, Republican')
        village_app.screen.query_one(Input).value = "party=democrat,sex=male"
        await pilot.pause()
        assert "Democrat & Male  10 people · n = 10" in shown(village_app)
        await pilot.press("enter")
        await settled(pilot)
        assert village_app.screen.choices.group == "party=Democrat,sex=Male"
        await pilot.press("g")
        await pilot.pause()
        highlighted = village_app.screen.query_one(OptionList).highlighted_option
        assert highlighted.id == "party=Democrat,sex=Male", "it is listed while it is chosen"


async def test_the_group_goes_along_to_the_next_question_and_no_further_than_it_can(village_app, shown, settled):
    async with village_app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        screen = village_app.screen
        screen._choose_group("party=Democrat,sex=Male")
        await settled(pilot)
        await pilot.press("n")
        await settled(pilot)
        assert (screen.choices.question, screen.choices.group) == ("village/school", "party=Democrat,sex=Male")
        assert screen.query_one(RunView).shown.human.n == 5
        await pilot.press("N")
        await settled(pilot)
        assert screen.choices.group == "party=Democrat,sex=Male"
        screen.choose_question("nytimes/the-bee-sting")
        await settled(pilot)
        assert screen.choices.group == "Democrat"


async def test_a_run_of_a_composed_group_is_kept_and_shown_again(village_app, shown, settled):
    async with village_app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        village_app.screen._choose_group("party=Democrat,sex=Male")
        await settled(pilot)
        await pilot.press("r")
        await settled(pilot)
        made = village_app.screen.query_one(RunView).shown
        await pilot.press("h")
        await settled(pilot)
        assert "Democrat & Male" in shown(village_app)
        await pilot.press("enter")
        await settled(pilot)
        kept = village_app.screen.query_one(RunView).shown
        assert kept.cell.group == made.cell.group
        assert kept.human == made.human


async def test_a_recorded_model_says_that_it_was_not_asked_for_the_group(village, home, opened, shown, settled):
    answers = {
        "format": "opinionscope-answers/1",
        "dataset": "village",
        "model": "oracle",
        "recorded": "by nobody in 2026",
        "source": "invented",
        "options": {"pub": LABELS},
        "answers": [
            {"format": "verbalized", "steering": "none", "group": "", "figures": {"pub": [50, 30, 20]}},
            {"format": "verbalized", "steering": "persona", "group": "Democrat", "figures": {"pub": [60, 40, 0]}},
        ],
    }
    (village / "village.oracle.answers.json").write_text(json.dumps(answers), encoding="utf-8")
    async with opened(question="village/pub", group="Democrat", model="recorded/oracle") as (app, pilot):
        app.screen._choose_group("party=Democrat,sex=Male")
        await settled(pilot)
        said = app.screen.query_one(RunView).shown.error
        assert said.endswith(
            "was not asked pub as Democrat & Male; choose another group, steering none, or a live model"
        )
        assert "Nothing recorded" in shown(app)
        await pilot.press("s", "s", "s", "s")
        await settled(pilot)
        run = app.screen.query_one(RunView).shown
        assert (run.cell.steering, run.status, run.alignment.human.n) == ("none", "done", 10)


async def test_a_damaged_file_of_people_leaves_the_packs_groups(village, opened, shown, settled):
    (village / "village.microdata.json").write_text("{", encoding="utf-8")
    async with opened(question="village/pub", group="Democrat", model="openai/nobody") as (app, pilot):
        await pilot.press("g")
        await pilot.pause()
        assert "Republican" in shown(app)
        assert "village.microdata.json" in shown(app)
        await pilot.press("up", "enter")
        await settled(pilot)
        assert isinstance(app.screen, ExploreScreen)
        await pilot.press("n")
        await settled(pilot)
        assert app.screen.choices.group == "Democrat"


async def test_where_nobody_is_known_one_by_one_the_list_says_so(opened, shown, settled):
    async with opened(size=(80, 24)) as (app, pilot):
        await pilot.press("g", *"party=Democrat,sex=Female")
        await settled(pilot)
        assert "composed only from" in shown(app)
        assert "data fetch" in str(app.screen.query_one("#picker-list", OptionList).get_option_at_index(0).prompt)
        await pilot.press("enter")
        await settled(pilot)
        assert isinstance(app.screen, PickerScreen)


async def test_a_group_of_one_is_a_person(village_app, shown, settled, composing):
    async with village_app.run_test(size=(120, 36)) as pilot:
        await composing(pilot)
        await pilot.press("down", "down", *"21", "enter")
        await settled(pilot)
        await pilot.press("g")
        await settled(pilot)
        assert "1 people" not in shown(village_app)
        assert "1 person · n = 1" in shown(village_app)
