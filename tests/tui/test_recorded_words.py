"""An answer that was recorded with its words."""

import json

from textual.widgets import TabbedContent

from opinionscope.tui.widgets.chart_view import ChartView


async def test_the_answer_tab_shows_recorded_words_and_what_their_letters_meant(opened, home):
    sheet = {
        "format": "opinionscope-answers/1",
        "dataset": "opinionqa",
        "model": "parrot",
        "recorded": "today",
        "source": "here",
        "options": {"GAP21Q33_g_W82": ["Top priority", "Some priority", "No priority", "Refused"]},
        "answers": [
            {
                "format": "verbalized",
                "steering": "persona",
                "group": "Democrat",
                "raw": {"GAP21Q33_g_W82": {"text": "B: 90%, A: 10%", "offered": ["No priority", "Some priority"]}},
            }
        ],
    }
    (home / "data").mkdir()
    (home / "data" / "parrot.answers.json").write_text(json.dumps(sheet))
    async with opened(model="recorded/parrot") as (app, _):
        answer = str(app.screen.query_one("#text-answer").content)
        assert answer.startswith("B: 90%, A: 10%")
        assert "A  No priority\nB  Some priority" in answer
        assert app.screen.query_one(ChartView).data.model == (0, 0.9, 0.1, 0)


async def test_crowdworkers_have_estimates_and_no_answers(opened, shown):
    asked = {"question": "nytimes/the-bee-sting", "group": "Democrat"}
    async with opened(**asked, model="recorded/crowdworkers") as (app, _):
        screen = shown(app)
        assert "crowdworkers' estimates" in screen
        assert "▀ people's estimates" in screen
        assert "4 estimates, each scored alone" in screen
        tabs = app.screen.query_one(TabbedContent)
        assert str(tabs.get_tab("tab-answer").label) == "Estimates"
        told = str(app.screen.query_one("#text-answer").content)
        assert "estimate 4 of 4" in told
        assert "no model was asked" in told
        assert "20 %  1: Very unlikely" in told
        assert "data import" not in told
