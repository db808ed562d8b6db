from dataclasses import replace

from textual.widgets import Digits

from opinionscope.history import History
from opinionscope.runs import new_run_id, rescore
from opinionscope.survey import Distribution
from opinionscope.tui.screens.history import HistoryScreen
from opinionscope.tui.screens.saved_run import SavedRunScreen
from opinionscope.tui.widgets.measures_view import MeasuresView
from opinionscope.tui.widgets.run_list import RunList
from opinionscope.tui.widgets.run_view import RunView


async def test_a_run_is_kept_found_by_filter_and_opened_again(make_app, shown, settled):
    app = make_app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await pilot.press("r")
        await settled(pilot)
        kl = app.screen.query_one(Digits).value
        await pilot.press("s", "r")
        await settled(pilot)
        await pilot.press("h")
        await settled(pilot)
        table = app.screen.query_one(RunList)
        assert table.total == 2
        await pilot.press("slash", *"persona")
        await settled(pilot)
        assert table.total == 1
        await pilot.press("enter")
        await pilot.pause()
        await pilot.press("o")
        await settled(pilot)
        assert isinstance(app.screen, SavedRunScreen)
        assert app.screen.query_one(Digits).value == kl
        assert app.screen.query_one(RunView).shown.cell.steering == "persona"
        assert "RECORDED" in shown(app)
        await pilot.press("escape")
        await settled(pilot)
        assert isinstance(app.screen, HistoryScreen)


async def test_an_empty_history_says_what_to_do(make_app, shown, settled):
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("h")
        await settled(pilot)
        assert "No runs yet" in shown(app)
        await pilot.press("e")
        await settled(pilot)
        assert "RECORDED" in shown(app)


async def test_the_table_at_two_sizes(make_app, shown, snapshot, settled):
    for size in ((80, 24), (120, 36)):
        app = make_app()
        async with app.run_test(size=size) as pilot:
            await settled(pilot)
            await pilot.press("r")
            await settled(pilot)
            await pilot.press("h")
            await settled(pilot)
            app.clear_notifications()
            await settled(pilot)
            assert shown(app) == snapshot(name=f"{size[0]}x{size[1]}-{app.screen.query_one(RunList).total}")


async def test_a_long_history_is_read_page_by_page(make_app, home, settled):
    app = make_app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        explore = app.screen
        run = explore.query_one(RunView).shown
        history = app._arrangement.history
        for number in range(150):
            history.finish(_copy(run, number))
        await pilot.press("h")
        await settled(pilot)
        table = app.screen.query_one(RunList)
        assert (table.total, len(table.loaded)) == (150, 100)
        assert table.current.id == f"{149:026d}"
        await pilot.press("end")
        await settled(pilot)
        assert table.current.id == f"{0:026d}"
        assert len({row.id for row in table.loaded}) == 150


def _copy(run, number):
    from dataclasses import replace

    return replace(run, id=f"{number:026d}")


async def test_a_file_that_is_no_database_is_one_sentence(make_app, home, shown, settled):
    (home / "history.db").write_text("this is not a database, whatever its name says " * 50)
    app = make_app()
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await settled(pilot)
        await pilot.press("h")
        await settled(pilot)
        assert "history.db" in shown(app)


async def test_measures_that_stand_on_too_little_are_muted_on_both_screens(make_app, home, shown, settled):
    """The number stays, dim, with the reason beside it, and a mark in the list."""
    app = make_app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        view = app.screen.query_one(RunView)
        sound = view.shown
        assert not app.screen.query_one(MeasuresView).has_class("-muted")
        few = rescore(replace(sound, id=new_run_id(), human=Distribution(sound.human.probabilities, 2)))
        view.show(few)
        await settled(pilot)
        assert app.screen.query_one(MeasuresView).has_class("-muted")
        assert "not reliable: only 2 people answered" in shown(app)
        view.show(sound)
        await settled(pilot)
        assert not app.screen.query_one(MeasuresView).has_class("-muted")
        assert "not reliable" not in shown(app)
        with History.open(home / "history.db") as history:
            history.finish(few)
        await pilot.press("h")
        await settled(pilot)
        assert f"{few.alignment['kl']:.3f}*" in shown(app)
        assert "* not reliable" in shown(app)
