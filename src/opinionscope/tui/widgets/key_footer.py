"""KeyFooter: a footer that does not keep the keys that it showed before."""

from textual.app import ComposeResult
from textual.widgets import Footer
from typing_extensions import override


class KeyFooter(Footer):
    """Textual's footer makes its keys anew whenever one changes, and keeps all old ones as watchers of `compact`.

    Watchers that are closed are let go of when the value is set (Textual 8.2.8), which happens here before each
    composition. Otherwise each key that the user presses would cost memory.
    """

    @override
    def compose(self) -> ComposeResult:
        self.mutate_reactive(Footer.compact)
        yield from super().compose()
