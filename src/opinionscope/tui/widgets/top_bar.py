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
WHERE_THERE_IS_ROOM = (("show_mode('sweeps')", " A Sweeps "), ("play", " P Play "))
"""Beside the others on a wide screen, and on their own; the palette and the help name them everywhere."""
RIGHT = (("command_palette", " ^p Actions "), ("help", " ? Help "), ("leave", " q Quit "))


Links = Sequence[tuple[str, str]]
"""Actions of the app, each with its text."""


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
        badge = f" {unkept:,} not kept " if unkept else ""
        left, links, version = self._fitting(badge)
        parts: list[tuple[str, str]] = [(" opinionscope ", "bold $primary"), (version, MUTED)]
        self._places = []
        at = sum(len(text) for text, _ in parts)
        for action, title in left:
            parts.append((title, "bold $foreground on $surface" if action == self._current else MUTED))
            self._places.append((at, at + len(title), action))
            at += len(title)
        if unkept:
            parts.append((badge, "bold $background on $error"))
            self._places.append((at, at + len(badge), LEFT[1][0]))
            at += len(badge)
        right = sum(len(title) for _, title in links)
        gap = max(0, self.size.width - at - right)
        parts.append((" " * gap, ""))
        at += gap
        for action, title in links:
            parts.append((title, MUTED))
            self._places.append((at, at + len(title), action))
            at += len(title)
        return Content.assemble(*parts)

    def _fitting(self, badge: str) -> tuple[Links, Links, str]:
        """The links at the left and at the right for which there is room, and the version if there is."""
        links: Links = RIGHT

        def width(left: Links, version: str = "") -> int:
            return len(" opinionscope " + version + badge) + sum(len(title) for _, title in (*left, *links))

        here = tuple(each for each in WHERE_THERE_IS_ROOM if each[0] == self._current)
        left: Links = (*LEFT, *here)
        while links and width(left) > self.size.width:
            links = links[1:]
        version = f"{__version__} " if not badge and width(left, f"{__version__} ") <= self.size.width else ""
        every = (*LEFT, *WHERE_THERE_IS_ROOM)
        return (every if width(every, version) < self.size.width else left), links, version

    async def on_click(self, event: events.Click) -> None:
        """Go where the click points."""
        for start, end, action in self._places:
            if start <= event.x < end:
                await self.run_action(f"app.{action}")
