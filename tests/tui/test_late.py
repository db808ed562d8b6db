"""What an earlier call still sends after a newer one has begun changes nothing on the screen."""

from opinionscope.tui.probe_view import ProbeView
from opinionscope.tui.widgets.chart_view import ChartView
from opinionscope.tui.widgets.run_view import RunView

SLOW = ("{'A': '10%'", ", 'B': '60%'", ", 'C': '25%', 'D': '5%'}")


async def test_a_late_result_of_an_earlier_call_is_not_shown(opened, fake_openai, settled, until):
    fake_openai.always(pieces=SLOW, hold_after=2)
    async with opened(model="openai/x", api_base=fake_openai.base) as (app, pilot):
        view, chart = app.screen.view, app.screen.query_one(ChartView)
        await pilot.press("r")
        await until(pilot, lambda: chart.data.partial)
        earlier = view.call
        await pilot.press("escape", "r")
        await until(pilot, lambda: view.call not in (None, earlier) and view.call.text == "".join(SLOW[:2]))
        await until(pilot, lambda: chart.data.partial and chart.data.model[1] > 0)
        newer, drawn = view.call, chart.data

        view.post_message(ProbeView.Arrived(earlier, "{'A': '97%', 'B': '1%', 'C': '1%', 'D': '1%'}"))
        view.post_message(ProbeView.Finished(earlier, earlier.draft))
        await pilot.pause()
        await until(pilot, lambda: app.screen.is_current)
        assert view.call is newer
        assert newer.text != "{'A': '97%', 'B': '1%', 'C': '1%', 'D': '1%'}"
        assert chart.data == drawn

        fake_openai.release()
        await settled(pilot)
        assert chart.data.model == (0.1, 0.6, 0.25, 0.05)
        assert app.screen.query_one(RunView).shown.status == "done"
