"""ModelShelf: the models a user can pick from, filled in as they are found."""

from collections.abc import Iterable, Mapping

from opinionscope.respondents import ModelCard
from opinionscope.respondents.base import Kind
from opinionscope.tui.items import Item

_SECTIONS: Mapping[Kind, str] = {"live": "Live, ready to be asked", "recorded": "Recorded answers"}


class ModelShelf:
    """Model cards, each name once, live ones first, for they are what is asked."""

    def __init__(self) -> None:
        self._cards: dict[str, ModelCard] = {}

    def add(self, cards: Iterable[ModelCard]) -> None:
        """Put more models on the shelf."""
        for card in cards:
            self._cards.setdefault(card.name, card)

    def __contains__(self, name: str) -> bool:
        return name in self._cards

    def items(self) -> list[Item]:
        """For the picker."""
        ordered = sorted(self._cards.values(), key=lambda card: card.kind != "live")
        return [Item(card.name, card.name, card.detail, _SECTIONS[card.kind]) for card in ordered]

    def api_base(self, name: str) -> str | None:
        """The server that has to be named with a model, where there is one."""
        card = self._cards.get(name)
        return card.api_base if card else None
