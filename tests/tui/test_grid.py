"""The grid of answers, and the list of questions with the worst first."""

from textual.widgets import OptionList

from opinionscope.tui.screens.confirm import ConfirmScreen
from opinionscope.tui.screens.explore import ExploreScreen
from opinionscope.tui.screens.grid import GridScreen
from opinionscope.tui.screens.saved_run import SavedRunScreen
from opinionscope.tui.widgets.grid_view import GridView

ANSWER = "{'A': '10%', 'B': '60%', 'C': '25%', 'D': '5%'}"


async def test_recorded_answers_stand_in_the_grid_at_once_and_enter_leads_to_them(opened, settled, shown):
    async with opened(size=(80, 24)) as (app, pilot):
        await pilot.press("G")
        await settled(pilot)
        assert isinstance(app.screen, GridScreen)
        text = shown(app)
        for words in ("Steering × format · Democrat, n = 428 · gpt-4", "▲ best:", "▼ worst:", "few-shot", "log-probs"):
            assert words in text
        assert "persona · verbalized · recorded/gpt-4 as Democrat" in text
        await pilot.press("b", "b")
        await settled(pilot)
        assert "Group × steering · verbalized · gpt-4" in shown(app)
        assert "Group shift, persona: slope" in shown(app)
        await pilot.press("down", "right")
        await settled(pilot)
        assert "few-shot · verbalized · recorded/gpt-4 as Republican" in shown(app)
        await pilot.press("enter")
        await settled(pilot)
        assert isinstance(app.screen, ExploreScreen)
        assert (app.screen.choices.group, app.screen.choices.steering) == ("Republican", "few-shot")


async def test_what_is_missing_is_asked_after_calls_and_cost_were_confirmed(opened, fake_openai, settled, shown, until):
    fake_openai.then(text=ANSWER).then(text=ANSWER).always(text=ANSWER, hold=True)
    async with opened(model="openai/x", api_base=fake_openai.base, size=(80, 24)) as (app, pilot):
        await pilot.press("G", "b")
        await settled(pilot)
        view = app.screen.query_one(GridView)
        assert len(view.grid.missing) == 4
        await pilot.press("a")
        await until(pilot, lambda: isinstance(app.screen, ConfirmScreen))
        assert "Ask openai/x for 4 answers: 4 calls, cost unknown?" in shown(app)
        await pilot.press("y")

        def answered():
            return sum(view.grid[place].run_id != "" and not view.grid[place].waiting for place in view.grid.places)

        await until(pilot, lambda: answered() == 2)
        assert "… asking" in shown(app)
        await pilot.press("escape")
        fake_openai.release()
        await settled(pilot)
        assert isinstance(app.screen, GridScreen)
        assert len(view.grid.missing) == 2
        rows = app._arrangement.history.page()
        assert sorted(row.status for row in rows) == ["cancelled", "cancelled", "done", "done"]
        done = next(place for place in view.grid.places if view.grid[place].run_id and view.grid[place].alignment)
        view.show(view.grid, done)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, SavedRunScreen))
        await pilot.press("escape", "escape")
        await settled(pilot)
        assert isinstance(app.screen, ExploreScreen)


async def test_one_key_lists_the_worst_questions_first_and_the_same_key_ends_it(opened, settled, shown):
    async with opened() as (app, pilot):
        listed = app.screen.query_one("#questions", OptionList)

        def first():
            return next(option for option in listed.options if option.id)

        before, at = [option.id for option in listed.options], app.screen.choices
        await pilot.press("v")
        await settled(pilot)
        figures = [option.prompt.plain.split()[-1] for option in listed.options]
        known = [float(figure) for figure in figures if figure.startswith("0.") and len(figure) == 5]
        assert len(known) > 50
        assert known == sorted(known, reverse=True)
        assert first().prompt.plain.split()[-2:] == ["█", f"{known[0]:.3f}"]
        assert f"{len(known)} of {listed.option_count} questions by TV" in shown(app)
        assert app.screen.choices == at
        await pilot.press("V", "down", "enter")
        await settled(pilot)
        assert "questions by JS" in shown(app)
        await pilot.press("v")
        await settled(pilot)
        assert [option.id for option in listed.options] == before
