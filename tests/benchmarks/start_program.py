"""The program, left after its first paint, or (with the argument ``chart``) after its first recorded chart."""

import sys

from opinionscope.session import Session
from opinionscope.tui.app import OpinionscopeApp
from opinionscope.tui.start import arrangement
from opinionscope.tui.widgets.chart_view import ChartView

UNTIL_CHART = sys.argv[1:] == ["chart"]


class Timed(OpinionscopeApp):
    def on_ready(self):
        self.leave_when_shown()

    def leave_when_shown(self):
        charts = self.screen.query(ChartView)
        drawn = bool(charts) and charts.first().data is not None and charts.first().data.model is not None
        if drawn or not UNTIL_CHART:
            self.call_after_refresh(self.exit)
        else:
            self.set_timer(0.002, self.leave_when_shown)


app = Timed(arrangement(Session.open()))
app.run(headless=True, size=(120, 36))
sys.exit(app.return_code)
