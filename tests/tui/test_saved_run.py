import asyncio
import re
from contextlib import asynccontextmanager

import pytest

from opinionscope.tui.messages import ExploreWanted
from opinionscope.tui.screens.compare import CompareScreen
from opinionscope.tui.screens.explore import ExploreScreen
from opinionscope.tui.screens.history import HistoryScreen
from opinionscope.tui.screens.picker import PickerScreen
from opinionscope.tui.screens.rescored import RescoredScreen, rescored_text
from opinionscope.tui.screens.saved_run import SavedRunScreen
from opinionscope.tui.widgets.chart_view import ChartView
from opinionscope.tui.widgets.run_facts import RunFacts
from opinionscope.tui.widgets.run_view import RunView
from opinionscope.values import replace

PIECES = ("{'A': '10%'", ", 'B': '60%'", ", 'C': '25%', 'D': '5%'}")
SIZES = ((80, 24), (120, 36), (200, 60))


@pytest.fixture
def saved(make_app, settled):
    """The program on the screen of a saved run: a Republican one, with few examples, tagged and noted."""

    @asynccontextmanager
    async def opened(size=(120, 36), **changes):
        app = make_app()
        async with app.run_test(size=size) as pilot:
            await settled(pilot)
            arranged = app._arrangement
            run = await arranged.prober.peek(
                replace(arranged.choices, steering="few-shot", group="Republican", epsilon=0.02)
            )
            arranged.history.finish(
                replace(run, id="0" * 25 + "1", finished=run.created, tags=("best",), note="ask Jane", **changes)
            )
            await pilot.press("h")
            await settled(pilot)
            await pilot.press("o")
            await settled(pilot)
            yield app, pilot

    return opened


@pytest.mark.parametrize("size", [SIZES[0], SIZES[-1]])
async def test_id_date_version_and_source_stand_on_the_screen(saved, shown, size):
    async with saved(size) as (app, _pilot):
        text = shown(app)
        for part in ("0" * 25 + "1", "today", "2026", "opinionscope 0.1.0", "pack opinionqa 1", "recorded answers of"):
            assert part in text
        assert "#best" in text
        assert "✎ ask Jane" in text


async def test_the_id_is_copied_by_key_and_by_a_click(saved, settled):
    async with saved() as (app, pilot):
        await pilot.press("Y")
        assert app.clipboard == "0" * 25 + "1"
        app.copy_to_clipboard("")
        await pilot.click(RunFacts)
        await settled(pilot)
        assert app.clipboard == "0" * 25 + "1"


async def test_it_is_opened_in_explore_with_all_its_choices(saved, settled):
    async with saved((80, 24)) as (app, pilot):
        await pilot.press("E")
        await settled(pilot)
        assert isinstance(app.screen, ExploreScreen)
        choices = app.screen.choices
        assert (choices.steering, choices.group, choices.epsilon) == ("few-shot", "Republican", 0.02)
        shown = app.screen.query_one(RunView).shown
        assert shown.cell.group.name == "Republican"
        assert shown.alignment is not None


async def test_the_same_is_asked_again_and_compared_with_the_run_before(saved, said, settled):
    async with saved() as (app, pilot):
        history = app._arrangement.history
        await pilot.press("r")
        await settled(pilot)
        assert history.count() == 2
        again, before = (history.get(row.id) for row in sorted(history.page(), key=lambda row: row.id, reverse=True))
        assert again.plan == before.plan
        assert (again.model, again.api_base, again.epsilon) == (before.model, before.api_base, before.epsilon)
        assert (again.tags, again.note) == ((), "")
        assert again.id in app.screen.query_one(RunFacts).content.plain
        assert any("C compares it with the one before" in words for words in said)
        await pilot.press("C")
        await settled(pilot)
        assert isinstance(app.screen, CompareScreen)


async def test_another_model_is_asked_the_same(saved, settled):
    async with saved() as (app, pilot):
        await pilot.press("M")
        await settled(pilot)
        assert isinstance(app.screen, PickerScreen)
        others = [item.key for item in app._arrangement.shelf.items() if item.key.startswith("recorded/")]
        other = next(key for key in others if key != "recorded/gpt-4")
        await pilot.press(*other.removeprefix("recorded/"))
        await settled(pilot)
        await pilot.press("enter")
        await settled(pilot)
        run = app.screen.query_one(RunView).shown
        assert isinstance(app.screen, SavedRunScreen)
        assert run.model == other
        assert (run.cell.steering, run.cell.group.name, run.epsilon) == ("few-shot", "Republican", 0.02)


@pytest.mark.parametrize("size", [SIZES[0], SIZES[-1]])
async def test_todays_measures_stand_beside_those_kept_then(saved, shown, settled, size):
    async with saved(size) as (app, pilot):
        await pilot.press("v")
        await settled(pilot)
        assert isinstance(app.screen, RescoredScreen)
        assert "kept then" in shown(app)
        assert "Nothing has changed" in shown(app)
        await pilot.press("escape")
        await settled(pilot)
        assert isinstance(app.screen, SavedRunScreen)


async def test_what_differs_today_stands_with_its_sign(saved):
    async with saved() as (app, _pilot):
        arranged = app._arrangement
        kept = arranged.history.get("0" * 25 + "1")
        other = await arranged.prober.peek(replace(arranged.choices, steering="none", group="Republican"))
        said = rescored_text(kept, replace(kept, reading=other.reading, alignment=other.alignment), "nats").plain
        assert "Today's reader reads the answer differently." in said
        assert "  −0." in said
        assert not {"-0.000", "+inf", "-0"} & set(said.split())


@pytest.mark.parametrize("size", [SIZES[0], SIZES[1]])
async def test_a_long_name_of_a_group_leaves_room_for_how_many_they_are(saved, shown, settled, size):
    async with saved(size) as (app, pilot):
        view = app.screen.query_one(RunView)
        plan, cell = view.shown.plan, view.shown.cell
        cell = replace(cell, group=replace(cell.group, name="a long name " * 8))
        view.show(replace(view.shown, plan=replace(plan, cell=cell)))
        await settled(pilot)
        assert re.search(r"a long name .*…, n = \d+   .RECORDED", shown(app))


async def test_it_is_pinned_and_stands_beside_what_explore_shows(saved, shown, settled):
    async with saved() as (app, pilot):
        await pilot.press("equals_sign", "E")
        await settled(pilot)
        await pilot.press("s", "s", "s")
        await settled(pilot)
        assert app.screen.choices.steering == "none"
        assert "A is pinned" in shown(app)


async def test_a_question_that_is_gone_is_named(saved, said, settled):
    async with saved() as (app, pilot):
        run = app.screen._saved
        gone = replace(run.cell.question, id="no-such-question")
        cell = replace(run.cell, question=gone)
        app.screen._saved = replace(run, plan=replace(run.plan, cell=cell))
        await pilot.press("E")
        await settled(pilot)
        assert isinstance(app.screen, SavedRunScreen)
        assert any("no-such-question" in words for words in said)


async def test_a_run_cancelled_before_its_first_call_gives_the_screen_back(saved, settled, until, monkeypatch):
    async with saved() as (app, pilot):
        screen, begun = app.screen, asyncio.Event()

        async def never_begins(run, watch):
            begun.set()
            await asyncio.Event().wait()

        monkeypatch.setattr(screen._prober, "again", never_begins)
        await pilot.press("r")
        await until(pilot, begun.is_set)
        await pilot.press("escape")
        await settled(pilot)
        assert app.screen is screen
        assert screen.query_one(RunView).shown.alignment is not None
        await pilot.press("escape")
        await settled(pilot)
        assert isinstance(app.screen, HistoryScreen)


async def test_an_error_nobody_expected_gives_the_screen_back(saved, until, monkeypatch):
    async with saved() as (app, pilot):
        screen = app.screen

        async def breaks(run, watch):
            raise ZeroDivisionError

        monkeypatch.setattr(screen._prober, "again", breaks)
        await pilot.press("r")
        await until(pilot, lambda: screen.query_one(RunView).shown.status != "running")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, HistoryScreen))


async def test_a_key_that_does_nothing_says_why(saved, said, settled):
    async with saved() as (app, pilot):
        await pilot.press("x", "R")
        await settled(pilot)
        app.screen._saved = replace(app.screen._saved, status="running")
        await pilot.press("r")
        await settled(pilot)
    assert any("not interrupted" in words for words in said)
    assert any("lacks no answers" in words for words in said)
    assert any("has not ended" in words for words in said)


async def test_a_saved_run_is_drawn_while_it_is_asked_again(opened, fake_openai, settled, until):
    fake_openai.then(text="".join(PIECES)).always(pieces=PIECES, hold_after=1)
    async with opened(model="openai/x", api_base=fake_openai.base) as (app, pilot):
        await pilot.press("r")
        await settled(pilot)
        await pilot.press("h")
        await settled(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, SavedRunScreen))
        await pilot.press("r")
        await until(pilot, lambda: app.screen.query_one(ChartView).data.partial)
        fake_openai.release()
        await settled(pilot)
        assert [row.status for row in app._arrangement.history.page()] == ["done", "done"]


async def test_an_older_run_is_opened_in_explore_and_a_deleted_one_is_forgotten(opened, fake_openai, settled, until):
    fake_openai.then(text="{'A': 100}").then(text="{'B': 100}")
    async with opened(model="openai/x", api_base=fake_openai.base) as (app, pilot):
        for _ in range(2):
            await pilot.press("r")
            await settled(pilot)
        history = app._arrangement.history
        newer, older = (row.id for row in history.page())
        app.post_message(ExploreWanted(history.get(older)))
        await until(pilot, lambda: app.screen.query_one(RunView).shown.id == older)
        await pilot.press("n", "N")
        await until(pilot, lambda: app.screen.query_one(RunView).shown.id == newer)
        history.bin(newer)
        await pilot.press("n", "N")
        await until(pilot, lambda: app.screen.query_one(RunView).shown.id == older)
