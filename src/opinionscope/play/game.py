"""A round under way: whose turn it is, and what was guessed so far."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from msgspec import Struct

from opinionscope.play.choosing import PlayItem
from opinionscope.play.scoring import Guess

QUESTIONS = 10
MOST_QUESTIONS = 100
MOST_PLAYERS = 8


class Setup(Struct, frozen=True):
    """What is chosen before a round.

    Attributes:
        players: names as they were typed, in the order in which they guess; at least one.
        questions: how many items, if there are so many.
        domain: "" for all.
        seed: draws the items; the same gives the same round.
    """

    players: tuple[str, ...]
    questions: int = QUESTIONS
    domain: str = ""
    seed: int = 0


@dataclass
class Game:
    """The items of a round and the guesses at them: all players guess at one item before the next is shown.

    Attributes:
        players: as models of runs, ``person/NAME``, each once.
        items: at least one.
        guesses: of each item that was begun, those that were locked.
    """

    setup: Setup
    players: Sequence[str]
    items: Sequence[PlayItem]
    guesses: list[list[Guess]] = field(default_factory=lambda: [[]])

    @property
    def at(self) -> int:
        """The item on screen, from 0."""
        return len(self.guesses) - 1

    @property
    def item(self) -> PlayItem:
        """The item on screen."""
        return self.items[self.at]

    @property
    def player(self) -> str:
        """Whose turn it is; the last one's once all have guessed."""
        return self.players[min(len(self.guesses[-1]), len(self.players) - 1)]

    @property
    def is_revealed(self) -> bool:
        """Whether everybody has guessed at the item on screen, so that it may be shown."""
        return len(self.guesses[-1]) == len(self.players)

    @property
    def is_last(self) -> bool:
        """Whether no item follows."""
        return len(self.guesses) == len(self.items)

    @property
    def played(self) -> list[tuple[PlayItem, list[Guess]]]:
        """Items at which everybody has guessed, with the guesses."""
        found = zip(self.items, self.guesses, strict=False)
        return [(item, guesses) for item, guesses in found if len(guesses) == len(self.players)]

    def lock(self, guess: Guess) -> None:
        """Take the guess of the player whose turn it is."""
        self.guesses[-1].append(guess)

    def go_on(self) -> None:
        """Show the next item."""
        self.guesses.append([])
