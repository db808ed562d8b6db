"""A Textual program with nothing in it: the baseline of the start benchmarks."""

from textual.app import App
from textual.widgets import Static


class Bare(App[None]):
    def compose(self):
        yield Static("READY")


Bare().run()
