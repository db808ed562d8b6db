"""A Textual program with nothing in it, left after its first paint: the baseline of the start benchmarks."""

import sys

from textual.app import App
from textual.widgets import Static


class Bare(App[None]):
    def compose(self):
        yield Static("bare")

    def on_ready(self):
        self.call_after_refresh(self.exit)


app = Bare()
app.run(headless=True, size=(120, 36))
sys.exit(app.return_code)
