"""A history of more than one page: pages are read as they come into sight, and all runs are counted behind them."""

from threading import Event

from opinionscope.history import History
from opinionscope.tui import watching
from opinionscope.tui.widgets.run_list import RunList
from opinionscope.tui.widgets.run_view import RunView
from opinionscope.values import replace


async def test_a_long_history_is_read_page_by_page_though_a_run_begins_between_two(opened, home, settled, monkeypatch):
    monkeypatch.setattr(watching, "EVERY", 3_600)
    async with opened() as (app, pilot):
        run = app.screen.query_one(RunView).shown
        history = app._arrangement.history
        for number in range(150):
            history.finish(_copy(run, number))
        await pilot.press("h")
        await settled(pilot)
        table = app.screen.query_one(RunList)
        assert (table.total, len(table.loaded)) == (150, 100)
        assert table.current.id == f"{149:026d}"
        history.finish(_copy(run, 150))
        await pilot.press("end")
        await settled(pilot)
        assert table.current.id == f"{0:026d}"
        assert [row.id for row in table.loaded] == [f"{number:026d}" for number in reversed(range(150))]
        app.screen.action_reload()
        await settled(pilot)
        assert (table.total, table.current.id) == (151, f"{0:026d}")
        table.move_to(99)
        await settled(pilot)
        before = table.current.id
        history.finish(_copy(run, 151))
        app.screen.look()
        await settled(pilot)
        assert (table.cursor, table.current.id) == (100, before)


async def test_runs_are_listed_before_all_are_counted(make_app, monkeypatch, shown, settled, until):
    app, count, may_count = make_app(), History.count, Event()

    def counted(history, *arguments, **options):
        may_count.wait(60)
        return count(history, *arguments, **options)

    monkeypatch.setattr(History, "count", counted)
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        run = app.screen.query_one(RunView).shown
        for number in range(150):
            app._arrangement.history.finish(_copy(run, number))
        await pilot.press("h")
        await until(pilot, lambda: "100+ runs" in shown(app))
        assert app.screen.query_one(RunList).current.id == f"{149:026d}"
        await pilot.press("j")
        may_count.set()
        await settled(pilot)
        assert "150 runs" in shown(app)
        assert app.screen.query_one(RunList).current.id == f"{148:026d}"


def _copy(run, number):
    return replace(run, id=f"{number:026d}")
