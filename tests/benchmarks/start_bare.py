"""A Textual program with nothing in it, left after its first paint: the baseline of the start benchmarks."""

from textual.app import App
from textual.widgets import Static


class Bare(App[None]):
    def compose(self):
        yield Static("bare")

    def on_ready(self):
        self.call_after_refresh(self.exit)


Bare().run(headless=True, size=(120, 36))
