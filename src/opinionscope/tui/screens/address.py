"""AddressScreen: the server at which a model is asked, tried before it is taken."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, Static
from typing_extensions import override

from opinionscope.errors import OpinionscopeError
from opinionscope.report.names import without_folders
from opinionscope.tui.screens.window import Window
from opinionscope.tui.working import work

EXAMPLE = "http://127.0.0.1:8000/v1"
WITHOUT = "Press Enter without an address to use the model's provider."
TRY = "Press Enter to list the models of this server."
ASKING = "Asking for its models …"
AGAIN = "Press Enter again to use it anyway."
MOST_NAMED = 5


class AddressScreen(Window[str]):
    """Returns the address of the server, "" for the provider's own, or None.

    Enter lists the server's models. An address at which the model was found is taken at once; another one is taken
    by a second Enter, with what was found there in sight.

    Args:
        model: the model that is to be asked, as ``-m`` takes it.
        address: what stands in the field at first.
    """

    CSS_PATH = "address.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Leave")]

    def __init__(self, model: str, address: str = "") -> None:
        super().__init__()
        self._model = model
        self._address = address
        self._tried = ""

    @override
    def compose(self) -> ComposeResult:
        with Vertical(id="address") as box:
            box.border_subtitle = "enter take it · esc leave"
            yield Static(f"Server of {without_folders(self._model)}", id="address-title", markup=False)
            yield Input(self._address, placeholder=EXAMPLE, compact=True, id="address-input")
            yield Static(TRY if self._address else WITHOUT, id="address-found", markup=False)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        if event.value.strip() != self._tried:
            self._tried = ""
            self._say(TRY if event.value.strip() else WITHOUT)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        address = event.value.strip()
        if not address or address == self._tried:
            self.close_with(address)
        else:
            self._try(address)

    @work(exclusive=True, group="address")
    async def _try(self, address: str) -> None:
        from opinionscope.respondents.local_servers import models_at
        from opinionscope.respondents.providers import checked_base

        try:
            checked_base(address)
        except OpinionscopeError as error:
            self._say(f"{error.message[:1].upper()}{error.message[1:]}.")
            return
        self._say(ASKING)
        found = tuple(model.id for model in await models_at(address))
        if self.query_one(Input).value.strip() != address:
            return
        if self._model.partition("/")[2] in found:
            self.close_with(address)
            return
        self._tried = address
        self._say(f"{_what_was_found(found)} {AGAIN}")

    def _say(self, words: str) -> None:
        self.query_one("#address-found", Static).update(words)


def _what_was_found(models: tuple[str, ...]) -> str:
    if not models:
        return "This server did not list its models within two seconds."
    named = ", ".join(without_folders(name) for name in models[:MOST_NAMED])
    more = f" and {len(models) - MOST_NAMED:,} more" if len(models) > MOST_NAMED else ""
    return f"This server lists {named}{more}, and not this model."
