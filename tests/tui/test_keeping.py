"""What there is can be scored, what is missing asked for, and what is not kept is said for as long as that is so."""

import asyncio
import sqlite3
from contextlib import closing

import pytest

from opinionscope.history import HistoryWriter
from opinionscope.history.spilling import write_spill
from opinionscope.history.store import History
from opinionscope.tui import unkept
from opinionscope.tui.screens.saved_run import SavedRunScreen
from opinionscope.tui.widgets.run_view import RunView
from opinionscope.values import replace


@pytest.fixture
def live_app(make_app, fake_openai):
    return make_app(model="openai/x", api_base=fake_openai.base, format="samples")


@pytest.fixture
def cancelled(live_app, fake_openai, settled, until):
    """Has a run of 30 cancelled when 6 answers had come."""

    async def act(pilot):
        for letter in "AABBBC":
            fake_openai.then(text=letter)
        fake_openai.always(text="D", hold=True)
        await settled(pilot)
        await pilot.press("r")
        await until(pilot, lambda: len(_run(live_app).replies) == 6)
        await pilot.press("escape")
        await settled(pilot)
        fake_openai.release()

    return act


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(History.__init__, "__kwdefaults__", {"patience": 0.05})
    monkeypatch.setattr(HistoryWriter.__init__, "__kwdefaults__", {"pauses": (), "wait": lambda _: None})
    monkeypatch.setattr(unkept, "RETRY_AFTER", 0.2)


@pytest.fixture
def said(shown):
    """The words on the screen, wherever the lines break."""
    return lambda app: " ".join(shown(app).split())


def _run(app):
    return app.screen.query_one(RunView).shown


async def test_a_cancelled_run_is_scored_by_what_there_is(live_app, cancelled, shown, settled):
    async with live_app.run_test(size=(120, 36)) as pilot:
        await cancelled(pilot)
        assert "x to score the answers so far" in shown(live_app)
        await pilot.press("x")
        await settled(pilot)
        assert "stopped after 6 of 30 calls" in shown(live_app)
        (row,) = live_app._arrangement.history.page()
        assert (row.status, row.answered, row.planned) == ("done", 6, 30)
        assert row.kl == pytest.approx(_run(live_app).alignment["kl"])
        await pilot.press("h")
        await settled(pilot)
        assert "samples 6/30" in shown(live_app)


async def test_going_on_while_a_run_is_scored_shows_and_remembers_nothing_of_it(
    live_app, cancelled, settled, until, monkeypatch
):
    async with live_app.run_test(size=(120, 36)) as pilot:
        await cancelled(pilot)
        screen, may_score, score = live_app.screen, asyncio.Event(), live_app.screen._prober.score
        begun = asyncio.Event()

        async def slowly(run):
            begun.set()
            await may_score.wait()
            return await score(run)

        monkeypatch.setattr(screen._prober, "score", slowly)
        before = screen.choices
        await pilot.press("x")
        await until(pilot, begun.is_set)
        screen.choose(replace(before, format="verbalized"))
        await until(pilot, lambda: _run(live_app).cell.format == "verbalized")
        may_score.set()
        await settled(pilot)
        assert (_run(live_app).cell.format, _run(live_app).alignment) == ("verbalized", None)
        screen.choose(replace(before, steering="none"))
        await settled(pilot)
        assert _run(live_app).alignment is None
        screen.choose(replace(before, format="verbalized"))
        await settled(pilot)
        assert _run(live_app).cell.format == "verbalized"
        screen.choose(before)
        await settled(pilot)
        assert _run(live_app).status == "done"


async def test_a_cancelled_run_is_gone_on_with(live_app, cancelled, fake_openai, shown, settled):
    async with live_app.run_test(size=(120, 36)) as pilot:
        await cancelled(pilot)
        asked = len(fake_openai.bodies)
        await pilot.press("R")
        await settled(pilot)
        assert len(fake_openai.bodies) - asked == 24
        (row,) = live_app._arrangement.history.page()
        assert (row.status, row.answered, row.id) == ("done", 30, _run(live_app).id)
        # Calls are under way side by side: which of them got which letter is not the same each time.
        assert sorted(each.text for each in _run(live_app).replies) == [*"AABBBC", *"D" * 24]
        assert "R Resume" not in shown(live_app)


async def test_a_saved_run_is_scored_and_gone_on_with(live_app, cancelled, fake_openai, shown, said, settled):
    async with live_app.run_test(size=(120, 36)) as pilot:
        await cancelled(pilot)
        await pilot.press("h")
        await settled(pilot)
        await pilot.press("enter")
        await settled(pilot)
        assert isinstance(live_app.screen, SavedRunScreen)
        assert "x Score" in shown(live_app)
        await pilot.press("x")
        await settled(pilot)
        assert "stopped after 6 of 30 calls" in said(live_app)
        assert "x Score" not in shown(live_app)
        await pilot.press("r")
        await settled(pilot)
        assert "30 simulated people" in shown(live_app)
        assert "r Resume" not in shown(live_app)
        await pilot.press("escape")
        await settled(pilot)
        assert live_app._arrangement.history.page()[0].answered == 30


async def test_not_kept_is_said_on_every_screen_until_it_is_kept(
    live_app, fake_openai, shown, settled, until, impatient, home
):
    fake_openai.always(text="A", hold=True)
    async with live_app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await pilot.press("r")
        await until(pilot, lambda: len(fake_openai.bodies) == 8)
        with closing(sqlite3.connect(home / "history.db", isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            fake_openai.release()
            await until(pilot, lambda: live_app.unkept)
            await until(pilot, lambda: "NOT\xa0KEPT" in shown(live_app))
            assert "1 not kept" in shown(live_app)
            assert "KL(human" in shown(live_app)
            await until(pilot, lambda: "Not kept" in shown(live_app))
            (reason,) = live_app.unkept.values()
            await pilot.press("n")
            await until(pilot, lambda: "not asked here yet" in shown(live_app))
            await pilot.press("N")
            await until(pilot, lambda: "NOT\xa0KEPT" in shown(live_app))
            assert ("LIVE" in shown(live_app), "SAVED" in shown(live_app)) == (True, False)
            assert "locked by another program" in reason  # the lines of the screen break where the folder's name ends
            await pilot.press("h")
            await until(pilot, lambda: "Not kept: " in shown(live_app))
            assert "1 not kept" in shown(live_app)
            other.execute("ROLLBACK")
        await until(pilot, lambda: not live_app.unkept)
        await until(pilot, lambda: "not kept" not in shown(live_app))
        await pilot.press("e")
        await until(pilot, lambda: "LIVE" in shown(live_app))
        assert "NOT" not in shown(live_app)
        assert live_app._arrangement.history.page()[0].status == "done"
    assert live_app.left_behind == []


async def test_a_run_of_an_earlier_start_is_taken_in(opened, make_app, home, settled, until):
    async with opened() as (app, pilot):
        await pilot.press("r")
        await settled(pilot)
        history = app._arrangement.history
        run = history.get(history.page()[0].id)
    unkept_file = home / f"history.db-spill-{run.id}"
    assert write_spill(home / "history.db", run) == unkept_file
    with closing(sqlite3.connect(home / "history.db")) as plain, plain:
        plain.execute("PRAGMA foreign_keys = ON")
        plain.execute("DELETE FROM runs")
    app = make_app()
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: any("kept now" in toast.message for toast in app._notifications))
        await settled(pilot)
        assert app._arrangement.history.get(run.id) == run
    assert not unkept_file.exists()
