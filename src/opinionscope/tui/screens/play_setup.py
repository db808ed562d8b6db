"""PlaySetupScreen: who plays, how many questions, from which domain."""

import asyncio
import random
from collections.abc import Sequence
from typing import ClassVar

from msgspec import Struct
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Input, Static
from typing_extensions import override

from opinionscope.errors import OpinionscopeError
from opinionscope.play.choosing import RIVALS, PlayError, PlayItem, playable
from opinionscope.play.game import MOST_PLAYERS, MOST_QUESTIONS, Setup
from opinionscope.respondents.person import person_model
from opinionscope.survey.question import DOMAIN_TITLES
from opinionscope.tui.arrangement import Arrangement
from opinionscope.tui.screens.window import Window
from opinionscope.tui.styles import MUTED
from opinionscope.tui.widgets.choice_line import ChoiceLine
from opinionscope.tui.widgets.form_field import CleanInput
from opinionscope.tui.widgets.key_button import KeyButton
from opinionscope.tui.working import work

ALL = "all"
LONGEST_NUMBER = 9
RULES = "Draw how a group answered a question; then see how close you came, and whether models came closer."
HINT = "enter plays · ↑↓ field · ←→ domain"


NOBODY_NAMED = "you"
"""Who plays where no name was typed."""


class Wished(Struct, frozen=True):
    """What is wished for so far; a seed of None is drawn."""

    players: tuple[str, ...] = ()
    questions: int = 10
    domain: str = ""
    seed: int | None = None

    @property
    def setup(self) -> Setup:
        """As a round takes it.

        Raises:
            PlayError: if something is out of range, or two players have the same name.
        """
        players = self.players or (NOBODY_NAMED,)
        if len(players) > MOST_PLAYERS:
            raise PlayError(f"expected at most {MOST_PLAYERS} players, got {len(players)}")
        if len({person_model(name) for name in players}) < len(players):
            raise PlayError("two players have the same name; give each one of their own", title="Whose turn?")
        if not 1 <= self.questions <= MOST_QUESTIONS:
            raise PlayError(f"expected 1 to {MOST_QUESTIONS} questions, got {self.questions:,}")
        seed = random.SystemRandom().randrange(1, 10_000) if self.seed is None else self.seed
        return Setup(players, self.questions, self.domain, seed)


class PlaySetupScreen(Window[Setup]):
    """Returns what to play, or None."""

    CSS_PATH = "play_setup.tcss"
    AUTO_FOCUS = "#setup-players"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Leave"),
        Binding("enter", "take", "Play", priority=True),
        Binding("down", "app.focus_next", "Next field", show=False),
        Binding("up", "app.focus_previous", "Previous field", show=False),
    ]

    def __init__(self, arrangement: Arrangement, wished: Wished) -> None:
        super().__init__()
        self._arrangement = arrangement
        self._wished = wished
        self._found: list[PlayItem] | None = None
        here = {question.domain for question in arrangement.library.questions}
        self._domains = [ALL, *(name for name in DOMAIN_TITLES if name in here), *sorted(here - set(DOMAIN_TITLES))]

    @override
    def compose(self) -> ComposeResult:
        wished = self._wished
        fields = (
            ("players", "Players, by commas", ", ".join(wished.players), f"{NOBODY_NAMED}; or Ann, Ben"),
            ("questions", "Questions", str(wished.questions), "10"),
            ("seed", "Seed", "" if wished.seed is None else str(wished.seed), "empty: by chance"),
        )
        with Vertical(id="play-setup"):
            yield Static("Play: guess how a group answered", id="setup-title", markup=False)
            yield Static(RULES, id="setup-rules", markup=False)
            for name, label, value, example in fields:
                with Horizontal(classes="setup-line"):
                    yield Static(label, classes="setup-label", markup=False)
                    yield CleanInput(value, placeholder=example, compact=True, id=f"setup-{name}")
            domain = ChoiceLine("Domain", self._domains, id="setup-domain", label_width=20)
            domain.value = wished.domain if wished.domain in self._domains else ALL
            yield domain
            yield Static(id="setup-say", markup=False)
            with Horizontal(id="setup-ways"):
                yield KeyButton("enter Play", "take", id="setup-take")
                yield KeyButton("esc Leave", "leave", id="setup-leave")
                yield Static(HINT, id="setup-hint", markup=False)

    def on_mount(self) -> None:
        """Count what there is to play; keys go to the fields only."""
        self._count()

    @work()
    async def _count(self) -> None:
        self._found = await asyncio.to_thread(playable, self._arrangement.collection())
        self._tell()

    @on(ChoiceLine.Changed)
    def _tell(self) -> None:
        if self._found is not None:
            domain = self._domain
            here = [item for item in self._found if domain in ("", item.question.domain)]
            self.query_one("#setup-say", Static).update(Content.styled(_counted(here), MUTED))

    @property
    def _domain(self) -> str:
        value = self.query_one(ChoiceLine).value
        return "" if value == ALL else value

    def action_take(self) -> None:
        """Play, if that can be played."""
        try:
            setup = self._typed.setup
        except OpinionscopeError as error:
            self.query_one("#setup-say", Static).update(Content.styled(f"✗ {error.message}", "$error"))
            return
        self.close_with(setup)

    @property
    def _typed(self) -> Wished:
        players, questions, seed = (
            self.query_one(f"#setup-{name}", Input).value for name in ("players", "questions", "seed")
        )
        names = tuple(filter(None, (name.strip() for name in players.split(","))))
        return Wished(
            names, _number(questions or "10", "questions"), self._domain, _number(seed, "seed") if seed else None
        )


def _number(text: str, what: str) -> int:
    digits = text.strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) <= LONGEST_NUMBER):
        raise PlayError(f"{what}: expected a whole number, got “{digits[:20]}”")
    return int(digits)


def _counted(found: Sequence[PlayItem]) -> str:
    questions = len({item.key for item in found})
    complete = sum(len(item.rivals) == len(RIVALS) for item in found)
    return (
        f"{questions:,} questions, {len(found):,} with a group; {complete:,} of these have {', '.join(RIVALS)}, "
        "and come first."
    )
