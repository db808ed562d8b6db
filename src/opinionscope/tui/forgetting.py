"""ForgettingApp: an app that keeps neither the screens that were closed nor the drawn lines of hidden ones."""

from typing import Any
from weakref import WeakSet

from textual.app import App
from textual.geometry import Region
from textual.notifications import Notification
from textual.screen import Screen

LEAST_LEFT = 0.1
"""Seconds that a message must still have to be shown."""
setattr(  # noqa: B010
    Notification,
    "has_expired",
    property(
        lambda message: message.time_left < LEAST_LEFT,
        doc="""Textual 8.2.8 looks at the time again before it sets the timer of a message, and a timer that has less
        than no time counts backwards for ever: the whole program stood still. So what has hardly any left is over.""",
    ),
)


class ForgettingApp(App[None]):
    """Textual keeps whatever watches an attribute of the app, with all of its screen, until that attribute changes.

    Themes change seldom, and each text area watches for them (Textual 8.2.8). Here watchers that are closed go as soon
    as another screen is shown. Otherwise each screen that the user opens would cost memory.

    Textual also remembers the colours around each of the last 1,024 widgets by the widget's own cache of drawn lines,
    and so keeps the lines of widgets that are gone: some 25 MB. They go at the same time.

    The drawn lines of the other main screens go too. Such a screen is drawn anew when the user comes back to it. And so
    do 30,000 results of arithmetic with regions, which are soon there again: some 5 MB after many sizes of a terminal.

    And so does the widget on which a button of the mouse was last pressed: Textual keeps it until the next press, with
    what it shows, which may be all answers.
    """

    def on_mount(self) -> None:
        """Look whenever a screen opens or closes."""
        self._drawn: WeakSet[Screen[Any]] = WeakSet()
        self.screen_change_signal.subscribe(self, self._forget_closed)

    def _forget_closed(self, shown: Screen[Any]) -> None:
        vars(self)["_mouse_down_widget"] = None
        for watchers in vars(self).get("__watchers", {}).values():
            watchers[:] = [(node, callback) for node, callback in watchers if node.is_running]
        colors = getattr(vars(shown).get("_styles_cache"), "get_inner_outer", None)
        for remembering in (colors, *vars(Region).values()):
            if forget := getattr(remembering, "cache_clear", None):
                forget()
        for hidden in self._drawn - set(self.screen_stack):
            for widget in hidden.walk_children(with_self=True):
                widget.refresh()
        self._drawn = WeakSet(self.screen_stack)
