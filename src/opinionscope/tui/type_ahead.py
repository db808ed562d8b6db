"""TypeAheadApp: keys that come sooner than the program can follow wait for what the keys before them do.

A key that opens a window or moves the focus decides where the next ones belong. Textual sends each key to what has the
focus at that moment, so letters typed right behind such a key would be taken for actions, or be lost.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from contextlib import suppress

from textual import events
from textual.app import App
from textual.dom import DOMNode
from textual.screen import Screen
from typing_extensions import override

from opinionscope.tui.working import work

LONGEST_WAIT = 2.0
"""Seconds after which a key waits no more, whatever the one before it does: a busy machine needs 1 for a new screen."""
LOOK_EVERY = 0.02
"""Seconds after which it is looked whether a widget that is waited for has gone."""


class TypeAheadApp(App[None]):
    """An app that handles one key after the other; text for a field that has the focus goes straight there."""

    def __init__(self) -> None:
        super().__init__()
        self._ahead: deque[events.Key] = deque()
        self._is_following = False
        self._typed_into: DOMNode | None = None

    @override
    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.MouseDown) and self._is_on_removed(event):
            return
        if not isinstance(event, events.Key) or event.is_forwarded:
            await super().on_event(event)
        elif self._is_following:
            self._ahead.append(event)
        else:
            await self._take(event)

    def _is_on_removed(self, event: events.MouseDown) -> bool:
        """Whether a click is on a widget that was removed, but is drawn still: Textual would break off (8.2.8)."""
        widget, _ = self.screen.get_widget_and_offset_at(event.x, event.y)
        return widget is not None and widget.parent is None

    async def _take(self, key: events.Key) -> None:
        focused, screen = self.focused, self.screen
        if focused is not None and focused.check_consume_key(key.key, key.character):
            self._typed_into = focused
            await super().on_event(key)
            return
        if (field := self._typed_into) is not None:  # a key of the window would overtake the text
            self._typed_into, self._is_following = None, True
            self._ahead.appendleft(key)
            self._follow([field], screen)
            return
        self._is_following = True
        await super().on_event(key)
        way = list((focused or screen).ancestors_with_self)
        # The way of the key up to the app, and that of the messages it led to.
        self._follow([*way, *way], screen)

    @work(group="keys")
    async def _follow(self, way: Sequence[DOMNode], screen: Screen[object]) -> None:
        """Wait until what a key does has been done, then handle those that came meanwhile."""
        try:
            async with asyncio.timeout(LONGEST_WAIT):
                for node in way:
                    await _heard_by(node)
                if self.screen is not screen:
                    await _heard_by(self.screen, is_drawn=True)
                await _heard_by(self)
        except TimeoutError:
            pass
        finally:
            self._is_following = False
            self.call_later(self._go_on)

    async def _go_on(self) -> None:
        while self._ahead and not self._is_following:
            await self._take(self._ahead.popleft())


async def _heard_by(node: DOMNode, *, is_drawn: bool = False) -> None:
    """Wait until a node has handled what was sent to it before, or has gone."""
    heard = asyncio.Event()
    if not (node.call_after_refresh if is_drawn else node.call_later)(heard.set):
        return
    while node.is_running and not heard.is_set():
        with suppress(TimeoutError):
            await asyncio.wait_for(heard.wait(), LOOK_EVERY)
