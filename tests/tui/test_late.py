"""What an earlier call still sends after a newer one has begun changes nothing on the screen."""

from opinionscope.tui.screens.asking import AskingScreen
from opinionscope.tui.widgets.chart_view import ChartView
from opinionscope.tui.widgets.run_view import RunView

SLOW = ("{'A': '10%'", ", 'B': '60%'", ", 'C': '25%', 'D': '5%'}")


async def test_a_late_result_of_an_earlier_call_is_not_shown(opened, fake_openai, settled, until):
    fake_openai.always(pieces=SLOW, hold_after=2)
    async with opened(model="openai/x", api_base=fake_openai.base) as (app, pilot):
        screen, chart = app.screen, app.screen.query_one(ChartView)
        await pilot.press("r")
        await until(pilot, lambda: chart.data.partial)
        earlier = screen._call
        await pilot.press("escape", "r")
        await until(pilot, lambda: screen._call not in (None, earlier) and screen._call.text == "".join(SLOW[:2]))
        await until(pilot, lambda: chart.data.partial and chart.data.model[1] > 0)
        newer, drawn = screen._call, chart.data

        screen.post_message(AskingScreen.Arrived(earlier, "{'A': '97%', 'B': '1%', 'C': '1%', 'D': '1%'}"))
        screen.post_message(AskingScreen.Finished(earlier, earlier.draft))
        await pilot.pause()
        await until(pilot, lambda: screen.is_current)
        assert screen._call is newer
        assert newer.text != "{'A': '97%', 'B': '1%', 'C': '1%', 'D': '1%'}"
        assert chart.data == drawn

        fake_openai.release()
        await settled(pilot)
        assert chart.data.model == (0.1, 0.6, 0.25, 0.05)
        assert app.screen.query_one(RunView).shown.status == "done"
