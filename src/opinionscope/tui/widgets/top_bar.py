"""TopBar: the program's name and a link to each screen, in one line."""

from collections.abc import Sequence

from textual import events
from textual.app import RenderResult
from textual.content import Content
from textual.widget import Widget
from typing_extensions import override

from opinionscope import __version__
from opinionscope.tui.styles import MUTED
from opinionscope.tui.unkept import unkept_of

LEFT = (
    ("show_mode('explore')", " e Explore "),
    ("show_mode('history')", " h History "),
    ("show_mode('tables')", " T Tables "),
)
SWEEPS = ("show_mode('sweeps')", " A Sweeps ")
"""Named on its own screens only: at 80 cells there is no room for it."""
RIGHT = (("command_palette", " ^p Actions "), ("help", " ? Help "), ("quit", " q Quit "))


class TopBar(Widget):
    """One line at the top; the current screen is marked.

    Args:
        current: name of the mode it stands in.
    """

    def __init__(self, current: str) -> None:
        super().__init__()
        self._current = f"show_mode('{current}')"
        self._places: list[tuple[int, int, str]] = []

    def on_mount(self) -> None:
        """Watch for runs that could not be kept."""
        self.watch(self.app, "unkept", self._keeping_changed, init=False)

    def _keeping_changed(self) -> None:
        self.refresh()

    @override
    def render(self) -> RenderResult:
        unkept = len(unkept_of(self.app))
        is_sweeps = self._current == SWEEPS[0]
        version = "" if unkept or is_sweeps else f"{__version__} "
        parts: list[tuple[str, str]] = [(" opinionscope ", "bold $primary"), (version, MUTED)]
        self._places = []
        at = sum(len(text) for text, _ in parts)
        for action, title in (*LEFT, SWEEPS) if is_sweeps else LEFT:
            parts.append((title, "bold $foreground on $surface" if action == self._current else MUTED))
            self._places.append((at, at + len(title), action))
            at += len(title)
        if unkept:
            badge = f" {unkept:,} not kept "
            parts.append((badge, "bold $background on $error"))
            self._places.append((at, at + len(badge), LEFT[1][0]))
            at += len(badge)
        links: Sequence[tuple[str, str]] = RIGHT
        while is_sweeps and links and at + sum(len(title) for _, title in links) > self.size.width:
            links = links[1:]
        right = sum(len(title) for _, title in links)
        gap = max(0, self.size.width - at - right)
        parts.append((" " * gap, ""))
        at += gap
        for action, title in links:
            parts.append((title, MUTED))
            self._places.append((at, at + len(title), action))
            at += len(title)
        return Content.assemble(*parts)

    async def on_click(self, event: events.Click) -> None:
        """Go where the click points."""
        for start, end, action in self._places:
            if start <= event.x < end:
                await self.run_action(f"app.{action}")
