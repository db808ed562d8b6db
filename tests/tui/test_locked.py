"""What becomes of the list of runs when the database is locked for a moment, or is none."""

from contextlib import asynccontextmanager

import pytest

from opinionscope.history import History
from opinionscope.runs import RunError, new_run_id
from opinionscope.tui.widgets.run_list import RunList
from opinionscope.values import replace


@pytest.fixture
def listed(make_app, settled):
    """The program on the history of some runs, which are all alike."""

    @asynccontextmanager
    async def opened(number):
        app = make_app()
        async with app.run_test(size=(120, 36)) as pilot:
            await settled(pilot)
            arranged = app._arrangement
            run = await arranged.prober.peek(arranged.choices)
            for _ in range(number):
                arranged.history.finish(replace(run, id=new_run_id(), finished=run.created))
            await pilot.press("h")
            await settled(pilot)
            yield app, pilot, app.screen.query_one(RunList)

    return opened


def _locked(*_, **__):
    raise RunError("the database is locked")


async def test_an_undo_that_fails_can_be_tried_again(listed, said, settled, monkeypatch):
    async with listed(2) as (_app, pilot, runs):
        await pilot.press("d")
        await settled(pilot)
        assert runs.total == 1
        with monkeypatch.context() as broken:
            broken.setattr(History, "unbin", _locked)
            await pilot.press("u")
            await settled(pilot)
        assert any("the database is locked" in words for words in said)
        await pilot.press("u")
        await settled(pilot)
        assert runs.total == 2


async def test_marks_outlive_a_deletion_that_fails(listed, settled, monkeypatch):
    async with listed(2) as (_app, pilot, runs):
        await pilot.press("space")
        with monkeypatch.context() as broken:
            broken.setattr(History, "bin", _locked)
            await pilot.press("d")
            await settled(pilot)
        assert len(runs.marked) == 1
        await pilot.press("d")
        await settled(pilot)
        assert (len(runs.marked), runs.total) == (0, 1)


async def test_a_page_that_could_not_be_read_is_asked_for_again(listed, shown, settled, monkeypatch):
    async with listed(120) as (app, pilot, _runs):
        with monkeypatch.context() as broken:
            broken.setattr(History, "page", _locked)
            await pilot.press("G")
            await settled(pilot)
            assert "reading …" in shown(app)
        await pilot.press("k")
        await settled(pilot)
        assert "reading …" not in shown(app)


async def test_a_file_that_is_no_database_is_one_sentence(make_app, home, said, settled):
    (home / "history.db").write_text("this is not a database, whatever its name says " * 50)
    app = make_app()
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await settled(pilot)
        await pilot.press("h")
        await settled(pilot)
        assert [words.partition("history.db ")[2] for words in said] == [
            "is not an SQLite database; move it away, or name another file with --db"
        ]
