"""ModelChoice: the ways to a model that can be asked: a list, the address of a server, a file that is fetched."""

from collections.abc import Callable

from textual.screen import Screen

from opinionscope.errors import OpinionscopeError
from opinionscope.tui.arrangement import Arrangement
from opinionscope.tui.items import Search, search_in
from opinionscope.tui.models import ModelShelf
from opinionscope.tui.working import Failed, work

Taken = Callable[[str, str | None], object]
"""Called with the name of a model, and the server to ask it at; None for its provider's own."""


class ModelChoice:
    """Has a model chosen, above a screen.

    Args:
        taken: called with the model, once it can be asked.
    """

    def __init__(self, screen: Screen[None], arrangement: Arrangement, taken: Taken) -> None:
        self._screen = screen
        self._shelf = arrangement.shelf
        self._refusal = arrangement.prober.refusal
        self._taken = taken

    def list_models(self, title: str, models: Search, current: str = "") -> None:
        """List models; any name and any address can be typed, too."""
        from opinionscope.tui.screens.picker import PickerScreen

        picker = PickerScreen(title, models, current, "Ask", self._mark, self._ask_address)
        picker.ask(self._screen.app, self._choose)
        self._shelf.when_full(picker.renew)

    def take(self, name: str, *, at_once: bool = True) -> None:
        """Go on with a model; it is fetched first where that is possible and it is not here yet.

        Args:
            at_once: whether to begin fetching without a question.
        """
        from opinionscope.tui.screens.fetch import with_model

        def here() -> None:
            self._taken(name, self._shelf.api_base(name))

        with_model(self._screen.app, self._shelf, name, here, at_once=at_once)

    def _choose(self, name: str) -> None:
        if "://" in name and self._refusal is not None:
            self._screen.post_message(Failed(self._refusal))
        elif "://" in name:
            _list_server(self._screen, self._shelf, name, self._taken)
        elif self._shelf.needs_address(name):
            self._ask_address(name)
        else:
            self.take(name)

    def _mark(self, name: str) -> None:
        try:
            self._shelf.toggle_favourite(name)
        except OpinionscopeError as error:
            self._screen.post_message(Failed(error))

    def _ask_address(self, name: str) -> None:
        """Ask for the server of a model; without one it is asked at its provider's own."""
        from opinionscope.tui.screens.address import AddressScreen

        window = AddressScreen(name, self._shelf.api_base(name) or "")
        window.ask(self._screen.app, lambda address: self._taken(name, address or None))


@work(exclusive=True, group="server")
async def _list_server(screen: Screen[None], shelf: ModelShelf, address: str, taken: Taken) -> None:
    """List the models of a server."""
    from opinionscope.respondents.catalog import server_models
    from opinionscope.tui.screens.picker import PickerScreen

    cards = await server_models(address)
    base = cards[0].api_base
    if screen.is_active:
        picker = PickerScreen(f"Models at {base}", search_in(shelf.of_server(cards)), "")
        picker.ask(screen.app, lambda name: taken(name, base))
