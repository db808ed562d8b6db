"""ModelShelf: the models a user can pick from, filled in as they are found."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from opinionscope.local.models import KNOWN
from opinionscope.report.names import without_folders
from opinionscope.respondents.recorded import is_recorded
from opinionscope.respondents.remembered import StateError, StateFile
from opinionscope.tui.items import PickerItem

if TYPE_CHECKING:
    from opinionscope.respondents.cards import ModelCard

FAVOURITES, LAST_USED = "Favourites", "Used last"
LIVE, RECORDED = "Live models", "Recorded answers"
CHOSEN, LOOKING = "Chosen now", "Still looking for available models …"
STAR = "★ "


class ModelShelf:
    """Model cards, each name once: favourites first, then those used last, then live ones, then recorded ones.

    Args:
        state: where favourites and last used models are remembered.
        server_for: the server that goes with a name that is not on the shelf.

    Attributes:
        problem: why what is remembered could not be read, if it could not.
    """

    def __init__(self, state: StateFile, server_for: Callable[[str], str | None]) -> None:
        self._cards: dict[str, ModelCard] = {}
        self._state = state
        self._server_for = server_for
        self._remembered, self.problem = state.read()
        self._is_full = False
        self._on_full: list[Callable[[], None]] = []

    def add(self, cards: "Iterable[ModelCard]") -> None:
        """Put more models on the shelf."""
        for card in cards:
            self._cards.setdefault(card.name, card)

    def close(self) -> None:
        """Every model that could be found is on the shelf now."""
        self._is_full = True
        for tell in self._on_full:
            tell()
        self._on_full.clear()

    def when_full(self, tell: Callable[[], None]) -> None:
        """Call something once all models have been found, if they have not."""
        if not self._is_full:
            self._on_full.append(tell)

    def __contains__(self, name: str) -> bool:
        return name in self._cards

    @property
    def has_asked_live(self) -> bool:
        """Whether any live model is remembered as used."""
        return not all(is_recorded(used.model) for used in self._remembered.used)

    def items(self, chosen: str = "") -> list[PickerItem]:
        """For the picker; the model chosen is always among them."""
        favourites = self._remembered.favourites
        used = [each.model for each in self._remembered.used if each.model not in favourites]
        known = {*favourites, *used}
        stray = [chosen] if chosen and chosen not in known and chosen not in self._cards else []
        absent = {each.model for each in KNOWN.values() if self._is_full} - {*self._cards, *known, *stray}
        others = [card for card in self._cards.values() if card.name not in known]
        return [
            *(self._item(name, FAVOURITES) for name in favourites),
            *(self._item(name, LAST_USED) for name in used),
            *(self._item(name, CHOSEN) for name in stray),
            *(self._item(card.name, LIVE) for card in others if card.kind == "live"),
            *(PickerItem(each.model, each.once, each.name, LIVE) for each in KNOWN.values() if each.model in absent),
            *(self._item(card.name, RECORDED) for card in others if card.kind == "recorded"),
            *([] if self._is_full else [PickerItem("", LOOKING)]),
        ]

    @staticmethod
    def of_server(cards: "Iterable[ModelCard]") -> list[PickerItem]:
        """The models of one server, for the picker, with what they can do."""
        return [PickerItem(card.name, without_folders(card.name), " · ".join(_facts(card))) for card in cards]

    def api_base(self, name: str) -> str | None:
        """The server that a model needs, if any."""
        card = self._cards.get(name)
        return card.api_base if card and card.api_base else self.remembered_server(name) or self._server_for(name)

    def remembered_server(self, name: str) -> str | None:
        """The server that a model was asked at last, where one was named with it."""
        return self._remembered.servers.get(name)

    def needs_address(self, name: str) -> bool:
        """Whether a model needs a server, and none is known."""
        from opinionscope.respondents.catalog import needs_address

        return name not in self._cards and self.api_base(name) is None and needs_address(name)

    def toggle_favourite(self, name: str) -> None:
        """Make a model a favourite, or no longer.

        Raises:
            StateError: if that cannot be remembered.
        """
        self._remembered = self._state.toggle_favourite(name)

    def note_use(self, name: str, api_base: str | None = None) -> None:
        """Remember that a model was used now, and where; ignored if the file cannot be written."""
        card = self._cards.get(name)
        is_known = api_base is None or api_base in (card and card.api_base, self._server_for(name))
        with suppress(StateError):
            self._remembered = self._state.note_use(name, datetime.now(UTC), None if is_known else api_base)

    def _item(self, name: str, section: str) -> PickerItem:
        card = self._cards.get(name)
        shown = without_folders(name)
        label = f"{STAR}{shown}" if section == FAVOURITES else shown
        server = self.remembered_server(name)
        absent = next((known.once for known in KNOWN.values() if known.model == name), "not found just now")
        missing = f"at {server}" if server else absent if self._is_full else ""
        return PickerItem(name, label, " · ".join(_facts(card)) if card else missing, section)


def _facts(card: "ModelCard") -> Iterator[str]:
    """The facts about a model, the most important first."""
    if card.kind == "live":
        if card.log_probs is not None:
            yield "log-probs" if card.log_probs else "no log-probs"
        if card.structured:
            yield "JSON schema"
        if card.price_usd is not None:
            yield card.price
    yield card.detail
