"""Keys that come sooner than the program can follow: none is lost, and nothing they overtake is shown as theirs."""

import asyncio
import threading

import pytest
from textual import events

from opinionscope.tui.probe_view import ProbeView
from opinionscope.tui.screens.explore import ExploreScreen
from opinionscope.tui.screens.help import HelpScreen
from opinionscope.tui.screens.history import HistoryScreen
from opinionscope.tui.screens.palette import ActionPalette
from opinionscope.tui.screens.saved_run import SavedRunScreen
from opinionscope.tui.screens.write import WriteScreen
from opinionscope.tui.widgets.chart_view import ChartView
from opinionscope.tui.widgets.detail_tabs import DetailTabs
from opinionscope.tui.widgets.run_view import RunView
from opinionscope.tui.widgets.top_bar import TopBar
from opinionscope.tui.working import work

MAP = "{'A': '10%', 'B': '60%', 'C': '25%', 'D': '5%'}"
PIECES = ("{'A': '10%'", ", 'B': '60%'", ", 'C': '25%', 'D': '5%'}")


def _burst(app, *keys):
    for key in keys:
        app.post_message(events.Key(key, key if len(key) == 1 else None))


def _run(app):
    return app.screen.query_one(RunView).shown


async def test_going_on_while_the_run_is_written_leaves_the_writing_alone(
    live_app, fake_openai, monkeypatch, settled, until, said
):
    fake_openai.always(text=MAP)
    async with live_app.run_test(size=(120, 36), notifications=True) as pilot:
        await settled(pilot)
        history, may_write, noted = live_app._arrangement.history, threading.Event(), []
        finish = history.finish
        monkeypatch.setattr(history, "finish", lambda run: may_write.wait(60) and finish(run))
        monkeypatch.setattr(live_app._arrangement.shelf, "note_use", lambda model, api_base: noted.append(model))
        await pilot.press("r")
        await until(pilot, lambda: _run(live_app).status == "done")
        await pilot.press("n")
        await pilot.pause(0.15)
        await pilot.press("N")
        may_write.set()
        await settled(pilot)
        assert noted == ["openai/x"]
        assert "Kept in the history" in said
        assert [row.status for row in history.page()] == ["done"]


async def test_what_is_shown_last_is_the_run_asked_for_while_looking_up(opened, settled):
    async with opened() as (app, pilot):
        _burst(app, "n", "N", "s", "r")
        await settled(pilot)
        assert _run(app).cell.steering == "few-shot"
        assert [row.id for row in app._arrangement.history.page()] == [_run(app).id]


async def test_a_changed_question_is_not_shown_with_the_answer_to_the_old_one(opened, fake_openai, settled, until):
    fake_openai.always(text="{'A': '40%', 'B': '60%'}")
    async with opened(model="openai/x", api_base=fake_openai.base) as (app, pilot):
        await pilot.press("w")
        await until(pilot, lambda: isinstance(app.screen, WriteScreen))
        await pilot.press("T", "e", "a", "tab", "Y", "enter", "N", "ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, ExploreScreen) and app.screen.choices.question == "own/tea")
        await settled(pilot)
        await pilot.press("r")
        await settled(pilot)
        assert _run(app).reading is not None
        await pilot.press("W")
        await until(pilot, lambda: isinstance(app.screen, WriteScreen))
        await pilot.press("tab", "M", "ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, ExploreScreen))
        await settled(pilot)
        assert app.screen.query_one(ChartView).data.labels == ("MY", "N")
        await settled(pilot)
        assert (_run(app).status, _run(app).reading) == ("running", None)


@pytest.mark.parametrize("form", ["verbalized", "samples"])
async def test_refusals_dropped_during_a_call_are_dropped_from_what_comes(opened, fake_openai, settled, until, form):
    if form == "verbalized":
        fake_openai.always(pieces=PIECES, hold_after=1)
    else:
        fake_openai.then(text="A").then(text="B").then(text="B").then(text="B").always(text="D", hold=True)
    async with opened(model="openai/x", api_base=fake_openai.base, format=form) as (app, pilot):
        await pilot.press("r")
        chart = app.screen.query_one(ChartView)
        await until(
            pilot, lambda: chart.data.model is not None and (form == "verbalized" or len(_run(app).replies) == 4)
        )
        await pilot.press("d")
        if form == "samples":
            await until(pilot, lambda: len(chart.data.labels) == 3)
            assert chart.data.model == (0.25, 0.75, 0)
        fake_openai.release()
        await settled(pilot)
        assert _run(app).status == "done"
        assert len(chart.data.labels) == 3


@pytest.mark.parametrize("line", ["steering", "format"])
async def test_every_arrow_of_a_burst_is_a_step(opened, settled, line):
    async with opened() as (app, pilot):
        app.screen.query_one(f"#{line}").focus()
        await settled(pilot)
        _burst(app, "right", "right", "right", "left")
        await settled(pilot)
        expected = {"steering": "both", "format": "samples"}[line]
        assert getattr(app.screen.choices, line) == app.screen.query_one(f"#{line}").value == expected
        assert getattr(_run(app).cell, line) == expected


async def test_a_tab_wanted_before_and_while_the_tabs_are_put_together_is_opened(make_app, settled):
    app, may_load = make_app(), threading.Event()
    load = app._load
    app._load = lambda: may_load.wait(60) and load()
    async with app.run_test(size=(80, 24)) as pilot:
        may_load.set()
        while not app.screen.query(DetailTabs):  # noqa: ASYNC110
            await asyncio.sleep(0)
        assert not app.screen.query("TabbedContent")
        while not app.screen.query("#text-reading"):
            app.screen.action_detail("reading")
            await asyncio.sleep(0)
        await settled(pilot)
        assert app.screen.query_one("TabbedContent").active == "tab-reading"


async def test_a_tab_wanted_while_a_saved_run_opens_is_opened_in_sight(opened, shown, settled, until):
    async with opened(size=(80, 24)) as (app, pilot):
        await pilot.press("r")
        await settled(pilot)
        await pilot.press("h")
        await settled(pilot)
        _burst(app, "enter")
        await until(pilot, lambda: isinstance(app.screen, SavedRunScreen))
        _burst(app, "i")
        await settled(pilot)
        assert app.screen.query_one("TabbedContent").active == "tab-reading"
        assert "recorded as figures" in shown(app)


async def test_an_error_beside_the_call_leaves_the_call_to_its_keys(live_app, fake_openai, settled, until, said):
    fake_openai.always(pieces=PIECES, hold_after=1)

    class Clumsy(ProbeView):
        @work()
        async def stumble(self) -> None:
            raise ZeroDivisionError

    async with live_app.run_test(size=(120, 36), notifications=True) as pilot:
        await settled(pilot)
        await pilot.press("r")
        await until(pilot, lambda: live_app.screen.query_one(ChartView).data.partial)
        Clumsy.stumble(live_app.screen.view)
        await until(pilot, lambda: any("ZeroDivisionError" in message for message in said))
        assert live_app.screen.query_one(ChartView).data.partial
        await pilot.press("escape")
        await settled(pilot)
        assert [row.status for row in live_app._arrangement.history.page()] == ["cancelled"]


@pytest.mark.parametrize("keys", [("escape",) * 3, ("enter", "escape"), ("q", "escape", "enter")])
async def test_a_burst_closes_the_help_only(opened, settled, keys):
    async with opened() as (app, pilot):
        await pilot.press("h")
        await settled(pilot)
        await pilot.press("question_mark")
        await settled(pilot)
        assert isinstance(app.screen, HelpScreen)
        _burst(app, *keys)
        await settled(pilot)
        assert isinstance(app.screen, HistoryScreen)
        assert app.return_code is None


async def test_a_burst_closes_the_saved_run_only(opened, settled):
    async with opened() as (app, pilot):
        await pilot.press("r")
        await settled(pilot)
        await pilot.press("h")
        await settled(pilot)
        await pilot.press("enter")
        await settled(pilot)
        assert isinstance(app.screen, SavedRunScreen)
        _burst(app, "escape", "backspace", "escape")
        await settled(pilot)
        assert isinstance(app.screen, HistoryScreen)


async def test_the_filter_ends_with_the_last_key(opened, settled, shown):
    async with opened() as (app, pilot):
        await pilot.press("r")
        await settled(pilot)
        await pilot.press("h")
        await settled(pilot)
        await pilot.press("slash")
        _burst(app, *"few-shot")
        await settled(pilot)
        assert app.screen.query_one("#runs").loaded == []
        app.screen.query_one("#filter").value = ""
        _burst(app, *"persona")
        await settled(pilot)
        assert app.screen.query_one("#runs").loaded


async def test_enter_right_after_typing_searches_for_what_was_typed(opened, settled):
    async with opened() as (app, pilot):
        await pilot.press("slash")
        _burst(app, *"billionaires", "enter")
        await settled(pilot)
        chooser = app.screen.query_one("Chooser")
        assert app.screen.choices.question in chooser.listed
        assert len(chooser.listed) < 5


async def test_enter_right_after_a_name_plays_with_that_name(opened, settled, until, shown):
    async with opened(size=(80, 24)) as (app, pilot):
        await pilot.press("P")
        await settled(pilot)
        _burst(app, *"Zoe", "enter")
        await until(pilot, lambda: "turn: Zoe" in shown(app))


async def test_what_is_typed_after_enter_is_no_part_of_what_was_taken(live_app, settled, until):
    async with live_app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("m")
        await settled(pilot)
        _burst(live_app, *"gpt-y", "enter", *"fff")
        await until(pilot, lambda: isinstance(live_app.screen, ExploreScreen))
        await settled(pilot)
        assert live_app.screen.choices.model == "gpt-y"


async def test_a_key_that_comes_while_a_screen_is_built_waits_for_it(opened, settled):
    async with opened() as (app, pilot):
        await pilot.press("T")
        await settled(pilot)
        _burst(app, "o", "o")
        await settled(pilot)
        assert isinstance(app.screen, ExploreScreen)


async def test_a_page_key_in_a_list_without_room_does_nothing(opened, settled):
    async with opened() as (app, pilot):
        await pilot.press("T")
        await settled(pilot)
        await pilot.resize_terminal(20, 1)
        await pilot.press("pageup", "pagedown")
        await pilot.resize_terminal(120, 36)
        await settled(pilot)
        assert app.is_running
        assert app.return_code is None


async def test_a_click_on_what_was_just_removed_does_nothing(opened, settled):
    async with opened() as (app, pilot):
        bar = app.screen.query_one(TopBar)
        with app.batch_update():  # until its end the bar stays drawn; an older Textual forgets it at once
            await bar.remove()
            assert app.screen.get_widget_and_offset_at(0, 0)[0] in (bar, None)
            app.post_message(events.MouseDown(None, 0, 0, 0, 0, 1, False, False, False))
            app.post_message(events.MouseUp(None, 0, 0, 0, 0, 1, False, False, False))
            await pilot.pause()
        await settled(pilot)
        assert app.is_running
        assert app.return_code is None


async def test_the_palette_opens_again_while_it_closes(opened, settled):
    async with opened() as (app, pilot):
        await pilot.press("ctrl+p")
        await settled(pilot)
        app.screen.dismiss()
        await app.run_action("help")
        await app.run_action("command_palette")
        await settled(pilot)
        assert isinstance(app.screen, ActionPalette)


async def test_a_double_click_beside_the_palette_closes_nothing_else(opened, settled):
    async with opened() as (app, pilot):
        await pilot.press("h")
        await settled(pilot)
        await pilot.press("ctrl+p")
        await settled(pilot)
        assert isinstance(app.screen, ActionPalette)
        for kind in (events.MouseDown, events.MouseUp) * 3:
            app.post_message(kind(None, 1, 18, 0, 0, 1, False, False, False))
        await settled(pilot)
        assert app.is_running
        assert app.return_code is None
        assert isinstance(app.screen, HistoryScreen)


async def test_what_is_typed_before_a_window_or_a_field_is_there_reaches_it(opened, settled, until):
    async with opened() as (app, pilot):
        for keys in (["m", *"gpt-y"], ["slash", *"billion"], ["g", *"republ"]):
            _burst(app, *keys, "enter")
            await settled(pilot)
            assert isinstance(app.screen, ExploreScreen)
        chosen = app.screen.choices
        assert (chosen.model, chosen.question, chosen.group) == ("gpt-y", "opinionqa/BILLION_W92", "Republican")
        _burst(app, "h", "slash", *"persona")
        await until(pilot, lambda: [each.value for each in app.screen.query("#filter")] == ["persona"])
