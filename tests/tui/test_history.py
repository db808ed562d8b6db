import itertools
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from textual.widgets import Digits

from opinionscope.history import History
from opinionscope.runs import new_run_id, rescore
from opinionscope.survey import Distribution
from opinionscope.tui import watching
from opinionscope.tui.screens.history import HistoryScreen
from opinionscope.tui.screens.saved_run import SavedRunScreen
from opinionscope.tui.widgets.measures_view import MeasuresView
from opinionscope.tui.widgets.run_list import RunList
from opinionscope.tui.widgets.run_preview import RunPreview
from opinionscope.tui.widgets.run_view import RunView
from opinionscope.values import replace

NOON = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)


async def test_a_run_is_kept_found_by_filter_and_opened_again(opened, shown, settled):
    async with opened() as (app, pilot):
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
        await pilot.press("enter", "o")
        await settled(pilot)
        assert isinstance(app.screen, SavedRunScreen)
        assert app.screen.query_one(Digits).value == kl
        assert app.screen.query_one(RunView).shown.cell.steering == "persona"
        assert "RECORDED" in shown(app)
        await pilot.press("escape")
        await settled(pilot)
        assert isinstance(app.screen, HistoryScreen)


async def test_an_empty_history_says_what_to_do(opened, shown, settled):
    async with opened(size=(80, 24)) as (app, pilot):
        await pilot.press("h")
        await settled(pilot)
        assert "No runs yet" in shown(app)
        await pilot.press("e")
        await settled(pilot)
        assert "RECORDED" in shown(app)


async def test_the_table_at_three_sizes(make_app, shown, snapshot, settled):
    app = make_app()
    async with app.run_test(size=SIZES[0]) as pilot:
        await settled(pilot)
        await pilot.press("r")
        await settled(pilot)
        await pilot.press("h")
        for size in SIZES:
            await pilot.resize_terminal(*size)
            await settled(pilot)
            app.clear_notifications()
            await settled(pilot)
            assert shown(app) == snapshot(name=f"{size[0]}x{size[1]}")


async def test_measures_that_stand_on_too_little_are_muted_on_both_screens(opened, home, shown, settled):
    """The number stays, dim, with the reason beside it, and a mark in the list."""
    async with opened() as (app, pilot):
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


SIZES = ((80, 24), (120, 36), (200, 60))


@pytest.fixture
def with_history(make_app, settled, monkeypatch):
    """The program on its history screen, with six runs of one question, not looking for others by itself."""
    monkeypatch.setattr(watching, "EVERY", 3_600)

    @asynccontextmanager
    async def opened(size=(120, 36)):
        app = make_app()
        async with app.run_test(size=size) as pilot:
            await settled(pilot)
            arranged = app._arrangement
            ways = itertools.product(("none", "few-shot", "persona"), ("Republican", "Democrat"))
            for number, (steering, group) in enumerate(ways):
                run = await arranged.prober.peek(replace(arranged.choices, steering=steering, group=group))
                created = NOON - timedelta(hours=12 * number)
                arranged.history.finish(replace(run, id=f"{9 - number:026d}", created=created, finished=created))
            await pilot.press("h")
            await settled(pilot)
            yield app, pilot, app.screen.query_one(RunList)

    return opened


def _listed(runs):
    return [f"{row.steering} {row.group[0]}" for row in runs.loaded]


NEWEST_FIRST = ["none R", "none D", "few-shot R", "few-shot D", "persona R", "persona D"]


async def test_the_list_keeps_lines_beside_its_preview_in_a_small_terminal(with_history):
    async with with_history(size=(60, 18)) as (app, _, runs):
        assert app.screen.query_one(RunPreview).region.height > 0
        assert runs.region.height >= 4


async def test_a_run_that_another_window_deleted_leaves_the_list_when_it_is_opened(with_history, said, settled):
    async with with_history() as (app, pilot, runs):
        with History(app._arrangement.history.path) as other:
            other.delete(runs.current.id)
        await pilot.press("o")
        await settled(pilot)
        assert runs.total == 5
        assert "has it no longer" in said[-1]


async def test_runs_of_another_window_come_into_the_list_and_cursor_and_marks_stay(with_history, settled):
    async with with_history() as (app, pilot, runs):
        await pilot.press("j", "space")
        before = runs.current.id
        history = app._arrangement.history
        with History(history.path) as other:
            other.finish(replace(history.get(before), id="9" * 26, created=NOON, tags=("elsewhere",)))
        app.screen.look()
        await settled(pilot)
        assert (runs.total, runs.loaded[0].tags) == (7, ("elsewhere",))
        assert (runs.current.id, len(runs.marked)) == (before, 1)


@pytest.mark.parametrize("size", [SIZES[0], SIZES[-1]])
async def test_cursor_keys_and_vim_keys_move_and_the_preview_follows(with_history, settled, size):
    async with with_history(size) as (app, pilot, runs):
        preview = app.screen.query_one(RunPreview)
        assert _listed(runs) == NEWEST_FIRST
        for keys, at in ((["j", "down"], 2), (["k"], 1), (["G"], 5), (["g", "g"], 0), (["pagedown"], 5)):
            await pilot.press(*keys)
            await settled(pilot)
            assert runs.cursor == at
            assert preview.shown.id == runs.current.id
        assert preview.query_one("ChartView").region.height > 3
        await pilot.press("p")
        await settled(pilot)
        assert not preview.display


@pytest.mark.parametrize("size", [SIZES[0], SIZES[-1]])
async def test_lists_are_sorted_by_key_and_by_a_click_on_a_heading(with_history, settled, size):
    async with with_history(size) as (_app, pilot, runs):
        for _ in runs.columns:
            await pilot.press("s")
            await settled(pilot)
            if runs.sort == "kl":
                break
        values = [row.kl for row in runs.loaded]
        assert values == sorted(values)
        await pilot.press("S")
        await settled(pilot)
        assert [row.kl for row in runs.loaded] == values[::-1]
        at = 4 + sum(column.width + 1 for column in itertools.takewhile(lambda c: c.key != "group", runs.columns))
        await pilot.click(RunList, offset=(at, 0))
        await settled(pilot)
        assert [row.group for row in runs.loaded] == ["Democrat"] * 3 + ["Republican"] * 3
        await pilot.click(RunList, offset=(at, 0))
        await settled(pilot)
        assert [row.group for row in runs.loaded] == ["Republican"] * 3 + ["Democrat"] * 3


@pytest.mark.parametrize("size", [SIZES[0], SIZES[-1]])
async def test_no_cell_is_cut_without_a_mark(with_history, shown, settled, size):
    async with with_history(size) as (app, _pilot, runs):
        text = shown(app)
        assert "today" in text
        assert "yesterday" in text
        rows = [line for line in text.splitlines() if " ✓ " in line and "done" not in line]
        for line, row in zip(rows, runs.loaded, strict=False):
            assert "verbalized" in line or "…" in line
            assert row.question_title in line or "…" in line
            assert row.group in line
            assert f"{row.kl:.3f}" in line
            assert f"{row.tv:.3f}" in line


async def test_lists_are_grouped_by_question_model_and_day(with_history, shown, settled):
    async with with_history() as (app, pilot, runs):
        title = runs.current.question_title
        await pilot.press("b")
        await settled(pilot)
        assert runs.grouped == "question"
        assert runs.columns[0].key == "question"
        assert shown(app).count(title[:12]) == 1
        await pilot.press("b", "b")
        await settled(pilot)
        assert (runs.grouped, shown(app).count("today"), shown(app).count(" yesterday")) == ("created", 1, 1)
        await pilot.press("b")
        await settled(pilot)
        assert runs.grouped == ""


@pytest.mark.parametrize("size", [SIZES[0], SIZES[-1]])
async def test_marks_survive_the_filter_and_are_counted(with_history, shown, settled, size):
    async with with_history(size) as (app, pilot, runs):
        await pilot.press("space", "space")
        await pilot.press("slash", *"persona", "enter")
        await settled(pilot)
        assert _listed(runs) == ["persona R", "persona D"]
        assert "2 marked" in shown(app)
        await pilot.press("space", "escape")
        await settled(pilot)
        assert runs.total == 6
        assert "3 marked" in shown(app)
        assert shown(app).count("●") == 3
        await pilot.press("U")
        await settled(pilot)
        assert "marked" not in shown(app)


async def test_the_filter_takes_the_selection_language(with_history, shown, settled):
    async with with_history((80, 24)) as (_app, pilot, runs):
        await pilot.press("slash", *"steering:few-shot -group:democrat", "enter")
        await settled(pilot)
        assert _listed(runs) == ["few-shot R"]
        await pilot.press("escape", "slash", *"kl<0.05", "enter")
        await settled(pilot)
        assert 0 < runs.total < 6
        assert all(row.kl < 0.05 for row in runs.loaded)
        await pilot.press("escape", "slash", *"on:2026-01-02", "enter")
        await settled(pilot)
        days = {f"{row.created.astimezone():%Y-%m-%d}" for row in runs.loaded}
        assert days == {"2026-01-02"}


@pytest.mark.parametrize("size", [SIZES[0], SIZES[-1]])
async def test_a_mistake_is_marked_where_it_stands_and_the_rest_filters(with_history, shown, settled, size):
    async with with_history(size) as (app, pilot, runs):
        await pilot.press("slash", *"few-shot modle:x")
        await settled(pilot)
        lines = shown(app).splitlines()
        at = next(number for number, line in enumerate(lines) if "modle:x" in line)
        assert lines[at + 1].index("▔" * len("modle:x")) == lines[at].index("modle:x")
        assert 'there is no field "modle"; did you mean model' in shown(app)
        assert _listed(runs) == ["few-shot R", "few-shot D"]
        await pilot.press("enter", "y")
        await settled(pilot)
        assert app.screen.query_one("#filter").value == "few-shot modle:xy", "whoever is wrong goes on typing"
        await pilot.press("escape")
        await settled(pilot)
        assert "▔" not in shown(app)


async def test_names_and_values_are_completed(with_history, shown, settled):
    async with with_history() as (app, pilot, runs):
        await pilot.press("slash", *"ste")
        await settled(pilot)
        assert "tab steering:" in shown(app)
        await pilot.press("tab", *"per", "tab")
        await settled(pilot)
        assert app.screen.query_one("#filter").value == "steering:persona "
        assert _listed(runs) == ["persona R", "persona D"]


async def test_text_that_looks_like_sql_is_text(with_history, shown, settled):
    async with with_history() as (app, pilot, runs):
        await pilot.press("slash", *"'; drop table runs; --")
        await settled(pilot)
        assert runs.total == 0
        assert "No run fits this filter" in shown(app)
        await pilot.press("escape")
        await settled(pilot)
        assert runs.total == 6


@pytest.mark.parametrize("size", [SIZES[0], SIZES[-1]])
async def test_runs_are_tagged_noted_and_pinned(with_history, shown, settled, size):
    async with with_history(size) as (app, pilot, runs):
        await pilot.press("number_sign", *"best poster", "enter")
        await settled(pilot)
        assert runs.current.tags == ("best", "poster")
        assert "#best #poster" in shown(app)
        await pilot.press("number_sign", *["backspace"] * 7, "enter")
        await settled(pilot)
        assert runs.current.tags == ("best",)
        await pilot.press("n", *"ask Jane", "enter")
        await settled(pilot)
        assert runs.current.note == "ask Jane"
        assert "✎ ask Jane" in shown(app)
        await pilot.press("asterisk")
        await settled(pilot)
        assert "★" in shown(app)
        await pilot.press("asterisk")
        await settled(pilot)
        assert "★" not in shown(app)
        await pilot.press("slash", *"tag:best", "enter")
        await settled(pilot)
        assert runs.total == 1


async def test_marked_runs_are_tagged_at_once(with_history, settled):
    async with with_history() as (_app, pilot, runs):
        await pilot.press("space", "space", "number_sign", *"pair", "enter")
        await settled(pilot)
        assert [row.tags for row in runs.loaded] == [("pair",), ("pair",), (), (), (), ()]


async def test_deleted_runs_are_brought_back_by_undo(with_history, said, settled):
    async with with_history((80, 24)) as (_app, pilot, runs):
        await pilot.press("d")
        await settled(pilot)
        assert _listed(runs) == NEWEST_FIRST[1:]
        await pilot.press("space", "space", "d")
        await settled(pilot)
        assert _listed(runs) == NEWEST_FIRST[3:]
        assert "Deleted 2 runs; u brings them back" in said
        await pilot.press("u")
        await settled(pilot)
        assert _listed(runs) == NEWEST_FIRST[1:]
        await pilot.press("u")
        await settled(pilot)
        assert _listed(runs) == NEWEST_FIRST
        await pilot.press("u")
        assert "Nothing was deleted since the program began." in said


async def test_filters_are_saved_by_a_name_and_chosen_again(with_history, settled):
    async with with_history() as (_app, pilot, runs):
        await pilot.press("slash", *"steering:none", "enter", "F", *"plain ones", "enter", "escape")
        await settled(pilot)
        assert runs.total == 6
        await pilot.press("f")
        await settled(pilot)
        await pilot.press("enter")
        await settled(pilot)
        assert _listed(runs) == ["none R", "none D"]


async def test_a_saved_filter_is_named_in_the_line_as_on_the_command_line(with_history, shown, settled):
    async with with_history() as (app, pilot, runs):
        app._arrangement.history.save_selection("plain", "steering:none")
        await pilot.press("slash", *"@plian", "enter")
        await settled(pilot)
        assert 'no selection is saved as "plian"; there are plain' in shown(app)
        assert runs.total == 6
        await pilot.press(*["backspace"] * 6, *"-group:democrat @plain", "enter")
        await settled(pilot)
        assert _listed(runs) == ["none R"]


async def test_the_id_is_copied(with_history, settled):
    async with with_history() as (app, pilot, runs):
        await pilot.press("Y")
        await settled(pilot)
        assert app.clipboard == runs.current.id


async def test_a_double_click_opens_a_run(with_history, settled):
    async with with_history() as (app, pilot, _runs):
        await pilot.click(RunList, offset=(10, 2), times=2)
        await settled(pilot)
        assert isinstance(app.screen, SavedRunScreen)
        assert app.screen.query_one(RunView).shown.cell.group.name == "Democrat"
