"""Keys that come while a model is asked, or just after: nothing is lost, hidden or asked twice."""

import asyncio
import sqlite3
import time
from contextlib import closing

import pytest
from textual.widgets import Input

from opinionscope.history import HistoryWriter
from opinionscope.history.store import History
from opinionscope.runs.prober import Prober
from opinionscope.tui.screens.confirm import ConfirmScreen
from opinionscope.tui.screens.explore import ExploreScreen
from opinionscope.tui.screens.history import HistoryScreen
from opinionscope.tui.screens.picker import PickerScreen
from opinionscope.tui.screens.saved_run import SavedRunScreen
from opinionscope.tui.widgets.run_view import RunView


@pytest.fixture
def live_app(make_app, fake_openai):
    return make_app(model="openai/x", api_base=fake_openai.base, format="samples")


@pytest.fixture
def answered(live_app, fake_openai, settled, until):
    """Has three of 30 people answer; the others do not until the server is released."""

    async def act(pilot, key="r"):
        fake_openai.released.clear()
        for letter in "ABC":
            fake_openai.then(text=letter)
        fake_openai.always(text="D", hold=True)
        await settled(pilot)
        await pilot.press(key)
        await until(pilot, lambda: len(_run(live_app).replies) == 3)

    return act


@pytest.fixture
def saved(live_app, fake_openai, answered, settled, until):
    """Opens the saved run, of which three answers were scored."""

    async def act(pilot):
        await answered(pilot)
        await pilot.press("x")
        await until(pilot, lambda: _run(live_app).status == "done")
        fake_openai.release()
        await settled(pilot)
        await pilot.press("h")
        await settled(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(live_app.screen, SavedRunScreen))
        return live_app.screen

    return act


def _run(app):
    return app.screen.query_one(RunView).shown


def _asking(app):
    return [worker for worker in app.workers if worker.group == "ask" and not worker.is_finished]


async def test_answers_of_a_cancelled_run_are_shown_though_refusals_were_dropped_meanwhile(
    live_app, answered, fake_openai, settled
):
    async with live_app.run_test(size=(120, 36)) as pilot:
        await answered(pilot)
        await pilot.press("d", "escape")
        await settled(pilot)
        shown, (row,) = _run(live_app), live_app._arrangement.history.page()
        assert (shown.id, shown.status, shown.finished is None) == (row.id, "cancelled", False)
        fake_openai.release()


async def test_why_nobody_was_asked_for_the_rest_is_said_once(live_app, answered, fake_openai, settled, said):
    async with live_app.run_test(size=(120, 36)) as pilot:
        await answered(pilot)
        await pilot.press("escape")
        await settled(pilot)
        fake_openai.release()
        with closing(sqlite3.connect(live_app._arrangement.history.path)) as other, other:
            other.execute("DELETE FROM runs")
        before = _run(live_app)
        said.clear()
        await pilot.press("R")
        await settled(pilot)
        assert len(said) == 1
        assert before.id in said[0]
        assert (_run(live_app).id, _run(live_app).status) == (before.id, "cancelled")


async def test_a_saved_run_is_shown_as_saved_after_nobody_was_asked_for_the_rest(
    live_app, answered, fake_openai, settled, shown, until
):
    async with live_app.run_test(size=(120, 36)) as pilot:
        await answered(pilot)
        await pilot.press("x")
        await until(pilot, lambda: _run(live_app).status == "done")
        fake_openai.release()
        await settled(pilot)
        await pilot.press("n", "N")
        await until(pilot, lambda: " SAVED " in shown(live_app))
        with closing(sqlite3.connect(live_app._arrangement.history.path)) as other, other:
            other.execute("DELETE FROM runs")
        await pilot.press("R")
        await settled(pilot)
        assert " SAVED " in shown(live_app)
        assert "nothing was sent now" in shown(live_app)


async def test_the_end_of_an_earlier_call_is_not_shown_over_a_newer_one(live_app, saved, answered, fake_openai, until):
    async with live_app.run_test(size=(120, 36)) as pilot:
        screen = await saved(pilot)
        await answered(pilot)
        earlier = screen.view.call
        screen.action_back()
        screen.action_again()
        await until(pilot, lambda: earlier.has_ended and earlier.worker.is_finished)
        assert screen.view.call is not None
        assert _run(live_app).status == "running"
        fake_openai.release()
        await until(pilot, lambda: _run(live_app).status == "done")


async def test_another_model_that_is_chosen_while_one_is_asked_is_asked_instead(
    live_app, saved, fake_openai, until, settled
):
    async with live_app.run_test(size=(120, 36)) as pilot:
        screen = await saved(pilot)
        fake_openai.released.clear()
        await pilot.press("M")
        await until(pilot, lambda: isinstance(live_app.screen, PickerScreen))
        typing = live_app.screen
        typing.query_one(Input).value = fake_openai.base
        await pilot.press("enter")
        await until(pilot, lambda: live_app.screen is not typing)
        screen.action_again()
        await until(pilot, lambda: isinstance(live_app.screen, PickerScreen))
        earlier = screen.view.call
        assert earlier is not None
        await pilot.press("enter")
        await until(pilot, lambda: live_app.screen is screen and screen.view.call is not earlier)
        await until(pilot, lambda: earlier.worker.is_finished)
        assert len(_asking(live_app)) == 1
        fake_openai.release()
        await settled(pilot)
        assert screen.view.call is None


async def test_the_models_of_a_slow_server_are_not_listed_above_another_screen(
    live_app, saved, fake_openai, until, settled, monkeypatch
):
    from opinionscope.respondents import catalog

    listed, server_models = asyncio.Event(), catalog.server_models

    async def slowly(address):
        await listed.wait()
        return await server_models(address)

    monkeypatch.setattr(catalog, "server_models", slowly)
    async with live_app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await pilot.press("m")
        await until(pilot, lambda: isinstance(live_app.screen, PickerScreen))
        live_app.screen.query_one(Input).value = fake_openai.base
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(live_app.screen, ExploreScreen))
        await pilot.press("h")
        await until(pilot, lambda: isinstance(live_app.screen, HistoryScreen))
        listed.set()
        await settled(pilot)
        assert isinstance(live_app.screen, HistoryScreen)


async def test_half_a_run_is_not_pinned(live_app, saved, answered, fake_openai, settled):
    async with live_app.run_test(size=(120, 36)) as pilot:
        await saved(pilot)
        await answered(pilot)
        assert _run(live_app).alignment is not None
        await pilot.press("=", "C")
        await pilot.pause()
        assert live_app.held is None
        assert isinstance(live_app.screen, SavedRunScreen)
        fake_openai.release()
        await settled(pilot)


@pytest.fixture
def impatient(monkeypatch):
    """Has a history that is locked given up soon, but not before a screen can be left."""
    monkeypatch.setattr(History.__init__, "__kwdefaults__", {"patience": 0.05})
    monkeypatch.setattr(HistoryWriter.__init__, "__kwdefaults__", {"pauses": (0.2,), "wait": time.sleep})


@pytest.mark.usefixtures("impatient")
async def test_what_cannot_be_kept_is_said_though_its_screen_was_left(live_app, saved, answered, fake_openai, until):
    async with live_app.run_test(size=(120, 36)) as pilot:
        await saved(pilot)
        await answered(pilot)
        with closing(sqlite3.connect(live_app._arrangement.history.path, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            await pilot.press("escape", "escape")
            await until(pilot, lambda: isinstance(live_app.screen, HistoryScreen))
            await until(pilot, lambda: live_app.unkept)
            other.execute("ROLLBACK")
        fake_openai.release()


@pytest.mark.usefixtures("impatient")
async def test_a_score_that_cannot_be_kept_is_said_though_its_screen_was_left(
    live_app, answered, fake_openai, until, settled, monkeypatch
):
    begun = asyncio.Event()
    score = Prober.score

    async def noted(prober, run):
        begun.set()
        return await score(prober, run)

    monkeypatch.setattr(Prober, "score", noted)
    async with live_app.run_test(size=(120, 36)) as pilot:
        await answered(pilot)
        await pilot.press("escape")
        await settled(pilot)
        fake_openai.release()
        await pilot.press("h")
        await settled(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(live_app.screen, SavedRunScreen))
        with closing(sqlite3.connect(live_app._arrangement.history.path, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            await pilot.press("x")
            await until(pilot, begun.is_set)
            await pilot.press("escape")
            await until(pilot, lambda: isinstance(live_app.screen, HistoryScreen))
            await until(pilot, lambda: live_app.unkept)
            other.execute("ROLLBACK")


@pytest.mark.usefixtures("impatient")
async def test_cells_of_a_grid_that_cannot_be_kept_are_said_though_the_grid_was_left(
    live_app, fake_openai, until, settled
):
    fake_openai.always(text="A", hold=True)
    async with live_app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await pilot.press("G")
        await settled(pilot)
        await pilot.press("a")
        await until(pilot, lambda: isinstance(live_app.screen, ConfirmScreen))
        await pilot.press("y")
        await until(pilot, lambda: len(fake_openai.bodies) >= 8)
        with closing(sqlite3.connect(live_app._arrangement.history.path, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            await pilot.press("h")
            await until(pilot, lambda: isinstance(live_app.screen, HistoryScreen))
            await until(pilot, lambda: live_app.unkept)
            other.execute("ROLLBACK")
        fake_openai.release()
