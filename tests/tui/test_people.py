"""Steering people in Explore and on a saved run: the chart fills person by person, and a table says who said what."""

import pytest

from opinionscope.elicitation import Recipe
from opinionscope.tui.widgets.chart_view import ChartView
from opinionscope.tui.widgets.run_view import RunView


async def test_the_chart_fills_person_by_person_and_the_saved_run_lists_them(
    island, make_app, fake_openai, shown, settled, until
):
    island()
    for letter in "AABB":
        fake_openai.then(text=letter)
    fake_openai.always(text="A", hold=True)
    choices = {"question": "island/ferry", "group": "town Upper", "steering": "people", "format": "samples"}
    app = make_app(model="openai/x", api_base=fake_openai.base, recipe=Recipe(samples=6), **choices)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("r")
        await until(pilot, lambda: len(app.screen.query_one(RunView).shown.replies) == 4)
        assert app.screen.query_one(ChartView).data.model == pytest.approx((0.5, 0.5, 0))
        fake_openai.release()
        await settled(pilot)
        run = app.screen.query_one(RunView).shown
        assert "individual accuracy" in app.screen.query_one("#beside").render().plain
        assert app._arrangement.history.get(run.id).plan.people == run.plan.people
        await pilot.press("h")
        await settled(pilot)
        await pilot.press("o", "a")
        await settled(pilot)
        lines = shown(app).splitlines()
        (head,) = [at for at, line in enumerate(lines) if "real answer" in line and "what else was told" in line]
        rows = [line for line in lines[head + 1 :] if "age " in line]
        assert len(rows) >= 2
        for row, person in zip(rows, run.plan.people, strict=False):
            assert f" {person.place + 1} " in row
            assert row.rstrip(" ▁▂▃▄▅▆▇█").endswith(f"age {dict(person.attributes)['age']}")
        await pilot.press("escape", "e")
        await settled(pilot)
        await pilot.press("f")  # the next format asks for a whole group's answer
        await until(pilot, lambda: app.screen.choices.format == "log-probs")
        await pilot.press("f")
        await settled(pilot)
        assert "choose samples or log-probs" in " ".join(shown(app).split())
