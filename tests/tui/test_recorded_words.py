"""An answer that was recorded with its words."""

import json

from opinionscope.tui.widgets.chart_view import ChartView


async def test_the_answer_tab_shows_recorded_words_and_what_their_letters_meant(make_app, home, settled):
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
    app = make_app(model="recorded/parrot")
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        answer = str(app.screen.query_one("#text-answer").content)
        assert answer.startswith("B: 90%, A: 10%")
        assert "A  No priority\nB  Some priority" in answer
        assert app.screen.query_one(ChartView).data.model == (0, 0.9, 0.1, 0)
