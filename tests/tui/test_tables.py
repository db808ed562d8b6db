"""The Tables screen: choose, filter, sort, open a row, and open what stands behind it."""

import threading
from functools import partial

import pytest
from textual.widgets import OptionList

from opinionscope.survey import Question
from opinionscope.tables import TABLES, TableError
from opinionscope.tui.widgets.row_plot import RowPlot
from opinionscope.tui.widgets.run_view import RunView
from opinionscope.values import replace

LEADERBOARD = TABLES["leaderboard"]


@pytest.mark.parametrize("size", [(80, 24), (200, 60)])
async def test_a_table_is_chosen_filtered_sorted_and_its_rows_opened(opened, settled, shown, home, size):
    async with opened(size=size) as (app, pilot):
        await pilot.press("T")
        await settled(pilot)
        text = shown(app)
        assert f"leaderboard  1 of {len(TABLES)} · corrected scoring" in text
        assert "Closest: anthropic_opus verbalized with TV" in text
        assert "perfect answer" in text
        assert "Corrected scoring" in text  # the notes stay in sight
        lines = text.splitlines()
        first = next(at for at, line in enumerate(lines) if "perfect answer" in line)
        assert "anthropic_opus" in lines[first + 1]  # a row is one line
        assert ("●" in text) == (size[0] >= 120)
        assert ("│ the middle 80 %" in text) == (size[0] == 200)
        await pilot.press("slash", *"model:gpt-4", "enter")
        await settled(pilot)
        assert "anthropic_opus" not in shown(app)
        await pilot.press("s")
        await settled(pilot)
        assert shown(app).index("perfect answer ") < shown(app).index("uniform ")
        await pilot.press("S")
        await settled(pilot)
        rows = [line for line in shown(app).splitlines() if " gpt-4 " in line and "Closest" not in line]
        assert "log-probs" in rows[0]
        await pilot.press("y", "X")
        await settled(pilot)
        files = {path.suffix: path.read_text() for path in (home / "exports").iterdir()}
        assert files[".tsv"].splitlines()[0].split("\t")[:2] == ["MODEL", "FORMAT"]
        assert files[".svg"].startswith("<svg")
        await pilot.press("home", "enter")
        await settled(pilot)
        assert "Answers: " in shown(app)
        assert "QUESTION · GROUP" in shown(app)
        await pilot.press("p")
        await settled(pilot)
        assert "where they" in shown(app)
        await pilot.press("p", "enter")
        await settled(pilot)
        assert app.current_mode == "explore"


async def test_other_tables_are_made_and_what_cannot_be_made_is_said(opened, settled, shown, said):
    async with opened() as (app, pilot):
        await pilot.press("T", "right_square_bracket")
        await settled(pilot)
        assert f"knowledge-to-simulation  2 of {len(TABLES)}" in shown(app)
        await pilot.press("b")
        await settled(pilot)
        assert "This table cannot be split." in " ".join(said) or " · by " in shown(app)
        await pilot.press("left_square_bracket", "v")
        await settled(pilot)
        assert "paper scoring" in shown(app)
        assert "they are scored in the paper's manner" in " ".join(shown(app).split())
        await pilot.press("v", "slash", *"model:nobody", "enter")
        await settled(pilot)
        assert "●" not in shown(app)
        await pilot.press("h")
        await settled(pilot)
        assert app.current_mode == "history"


async def test_coming_back_to_a_table_finds_its_order_and_its_cursor(opened, settled):
    async with opened() as (app, pilot):
        await pilot.press("T")
        await settled(pilot)
        await pilot.press("s", "S", *("j",) * 6)
        await settled(pilot)
        screen, rows = app.screen, app.screen.query_one("#rows", OptionList)
        at, order = rows.highlighted, list(screen._order)
        assert at > 5
        assert order != sorted(order)
        await pilot.press("enter")
        await settled(pilot)
        assert app.screen is not screen
        row, plot = app.screen, app.screen.query_one(RowPlot)
        await pilot.press("escape")
        await settled(pilot)
        assert not any(each is screen._report for each in (*vars(row).values(), *(plot._shown or ())))
        assert app.screen is screen
        assert (rows.highlighted, screen._order) == (at, order)


async def test_the_order_stays_with_a_filter_and_is_told(opened, settled, shown, home):
    async with opened() as (app, pilot):
        await pilot.press("T")
        await settled(pilot)
        await pilot.press("s", "S", "slash", *"model:gpt-4", "enter")
        await settled(pilot)
        await pilot.press("y")
        await settled(pilot)
        (file,) = (home / "exports").iterdir()
        head, *lines = (line.split("\t") for line in file.read_text().splitlines())
        sorted_by = next(column.label for column in app.screen._report.columns if column.name == app.screen._sort)
        values = [line[head.index(sorted_by)].split()[0] for line in lines]
        assert len(values) > 3
        assert values == sorted(values, reverse=True)
        assert f"by {sorted_by.lower()} ▼" in shown(app)


async def test_a_table_that_could_not_be_made_is_tried_again(opened, settled, shown, monkeypatch):
    def fails(collection, selection, options):
        raise TableError("there is nothing yet")

    async with opened() as (app, pilot):
        monkeypatch.setitem(TABLES, LEADERBOARD.name, replace(LEADERBOARD, function=fails))
        await pilot.press("T")
        await settled(pilot)
        assert "there is nothing yet" in shown(app)
        monkeypatch.setitem(TABLES, LEADERBOARD.name, LEADERBOARD)
        await pilot.press("h")
        await settled(pilot)
        await pilot.press("T")
        await settled(pilot)
        assert "Closest: " in shown(app)


async def test_tables_are_made_one_after_the_other_and_say_so(opened, settled, until, shown, monkeypatch):
    noted, going_on = [], threading.Event()

    def slow(table, *made_of):
        noted.append(f"{table.name} begins")
        assert going_on.wait(60)
        noted.append(f"{table.name} ends")
        return table.function(*made_of)

    for name, table in TABLES.items():
        monkeypatch.setitem(TABLES, name, replace(table, function=partial(slow, table)))
    async with opened() as (app, pilot):
        await pilot.press("T")
        await until(pilot, lambda: noted)
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: app.screen._wanted[0] != "leaderboard")
        for _ in range(20):
            await pilot.pause()
        assert "How much better models describe a distribution" in shown(app)  # and rows of another table are dim
        assert app.screen.has_class("-working")
        going_on.set()
        await settled(pilot)
        assert not app.screen.has_class("-working")
        assert noted == [f"{name} {what}" for name in list(TABLES)[:2] for what in ("begins", "ends")]


async def test_tables_are_made_of_the_packs_at_hand_now(opened, settled, monkeypatch):
    libraries = []

    def noted(collection, selection, options):
        libraries.append(collection.library)
        return LEADERBOARD.function(collection, selection, options)

    monkeypatch.setitem(TABLES, LEADERBOARD.name, replace(LEADERBOARD, function=noted))
    async with opened() as (app, pilot):
        await pilot.press("T")
        await settled(pilot)
        before = app._arrangement.library
        after = await app._arrangement.renew_library()
        await pilot.press("h")
        await settled(pilot)
        await pilot.press("T")
        await settled(pilot)
        assert [each is before for each in libraries] == [True, False]
        assert libraries[-1] is after


async def test_a_recorded_answer_behind_a_row_is_compared_as_the_settings_say(opened, settled, home):
    (home / "settings.toml").write_text("epsilon = 0.2\ndrop_nonresponse = true\n")
    async with opened() as (app, pilot):
        before = app.screen.choices
        await pilot.press("T")
        await settled(pilot)
        await pilot.press("end", "enter")
        await settled(pilot)
        await pilot.press("enter")
        await settled(pilot)
        assert app.current_mode == "explore"
        chosen, run = app.screen.choices, app.screen.query_one(RunView).shown
        assert chosen != before
        assert (chosen.epsilon, chosen.drop_nonresponse) == (run.epsilon, run.drop_nonresponse) == (0.2, True)


async def test_an_answer_whose_question_is_in_no_pack_says_so(opened, settled, shown, said, monkeypatch):
    def nowhere(collection, selection, options):
        report = LEADERBOARD.function(collection, selection, options)
        item = replace(report.behind[-1][0], question=Question("sha256:ab", "globalopinionqa", "global", "", "", ()))
        return replace(report, behind=([item],) * len(report.rows))

    monkeypatch.setitem(TABLES, LEADERBOARD.name, replace(LEADERBOARD, function=nowhere))
    async with opened() as (app, pilot):
        await pilot.press("T")
        await settled(pilot)
        await pilot.press("enter")
        await settled(pilot)
        assert "no wording: sha256:ab" in shown(app)
        await pilot.press("enter")
        await settled(pilot)
        assert "it is in no pack, and cannot be asked" in " ".join(said)
        assert app.current_mode == "tables"
