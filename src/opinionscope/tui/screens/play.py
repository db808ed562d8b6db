"""PlayScreen: shown a question and a group, one draws a guess; then humans, models and crowdworkers are shown."""

import asyncio
import time
from collections.abc import Sequence
from typing import ClassVar, Literal

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static
from typing_extensions import override

from opinionscope.charts.lines import plain
from opinionscope.errors import OpinionscopeError
from opinionscope.play.choosing import FORMAT, STEERING, PlayItem, round_of
from opinionscope.play.game import Game, Setup
from opinionscope.play.scoring import Guess
from opinionscope.report.play import card_figure, player_name, result_lines, reveal_lines, so_far_lines
from opinionscope.report.words import knowing_sentence
from opinionscope.respondents.person import PersonRespondent, person_model
from opinionscope.runs import Run
from opinionscope.runs.prober import Choices
from opinionscope.survey.text import counted
from opinionscope.tui.actions import Scope, bindings_in
from opinionscope.tui.arrangement import Arrangement
from opinionscope.tui.messages import ChartWanted, CopyWanted, KeepingChanged
from opinionscope.tui.screens.confirm import ConfirmScreen
from opinionscope.tui.screens.layout import HIGH, TALL
from opinionscope.tui.screens.play_setup import PlaySetupScreen, Wished
from opinionscope.tui.screens.window import Above
from opinionscope.tui.styles import MUTED
from opinionscope.tui.widgets.drawing import Drawing
from opinionscope.tui.widgets.key_footer import KeyFooter
from opinionscope.tui.widgets.share_bars import ShareBars
from opinionscope.tui.widgets.top_bar import TopBar
from opinionscope.tui.working import work

Stage = Literal["waiting", "handing over", "guessing", "revealed", "over"]
STAGES_OF: dict[str, tuple[Stage, ...]] = {
    **dict.fromkeys(("lock", "change", "move", "equal"), ("guessing",)),
    "next": ("handing over", "revealed"),
    **dict.fromkeys(("again", "copy", "chart"), ("over",)),
}
KEYS = "↑↓ option · ←→ by 5, shift by 1 · digits: the percent · or drag a bar"
ROWS_AROUND, ROWS_AROUND_BOARD, ROWS_SO_FAR = 22, 20, 14
"""Rows that are not for bars: of a question, of the scoreboard, and of the scoreboard below a question."""


class PlayScreen(Above):
    """A round from the choice of players to the scoreboard.

    Args:
        wished: what is chosen so far; with players the round begins at once.
    """

    CSS_PATH = "play.tcss"
    AUTO_FOCUS = ""
    SCOPE: ClassVar[Scope] = "play"
    BINDINGS = bindings_in(SCOPE)

    def __init__(self, arrangement: Arrangement, wished: Wished) -> None:
        super().__init__()
        self._arrangement = arrangement
        self._wished = wished
        self._stage: Stage = "waiting"
        self._game: Game | None = None
        self._runs: list[Run] = []
        self._begun = 0.0

    @override
    def compose(self) -> ComposeResult:
        yield TopBar("play")
        yield Static("", id="play-head", markup=False)
        with VerticalScroll(id="play-question", can_focus=False):
            yield Static("", id="play-text", markup=False)
        yield Static("", id="play-group", markup=False)
        yield ShareBars(id="play-bars")
        with VerticalScroll(id="play-result", can_focus=False):
            yield Drawing(lambda _: [], id="play-drawing")
            yield Static("", id="play-words", markup=False)
            yield Drawing(lambda _: [], id="play-so-far")
        yield Static("", id="play-say", markup=False)
        yield KeyFooter()

    def on_mount(self) -> None:
        """Begin, or let the players be named first."""
        self._show()
        try:
            setup = self._wished.setup if self._wished.players else None
        except OpinionscopeError as error:
            self.notify(error.message, title=error.title, severity="warning", markup=False)
            setup = None
        if setup is None:
            self._ask()
        else:
            self._begin(setup)

    def _ask(self) -> None:
        wished = self._wished
        players = wished.players or tuple(self._arrangement.players)
        first = Wished(players, wished.questions, wished.domain, wished.seed)
        self.app.push_screen(PlaySetupScreen(self._arrangement, first), self._asked)

    def _asked(self, setup: Setup | None) -> None:
        if setup is not None:
            self._begin(setup)
        elif self._game is None:
            self.dismiss(None)

    @work(group="round", exclusive=True)
    async def _begin(self, setup: Setup) -> None:
        self._arrangement.players[:] = setup.players
        self._wished = Wished(setup.players, setup.questions, setup.domain)
        self._say(Content.styled("Looking for questions …", MUTED))
        collection = self._arrangement.collection()
        try:
            items = await asyncio.to_thread(round_of, collection, setup.questions, setup.seed, setup.domain)
        except OpinionscopeError as error:
            self.notify(error.message, title=error.title, severity="warning", markup=False)
            self._show()
            self._ask()
            return
        self._game = Game(setup, [person_model(name) for name in setup.players], items)
        if len(items) < setup.questions:
            self.notify(f"There are only {len(items)} questions to play.", timeout=4)
        self._turn()

    def _turn(self) -> None:
        """The next thing: hand over to another player, or guess."""
        game = self._game
        assert game is not None
        if not game.guesses[-1]:
            self._runs = []
        self._go_to("handing over" if len(game.players) > 1 else "guessing")

    def _go_to(self, stage: Stage) -> None:
        self._stage = stage
        if stage == "guessing" and self._game is not None:
            self.query_one(ShareBars).begin(self._game.item.question.labels)
            self._begun = time.monotonic()
        self._show()
        if stage == "guessing":
            self.query_one(ShareBars).focus()
        else:
            self.set_focus(None)
        for scroll in self.query(VerticalScroll):
            scroll.scroll_home(animate=False)
        self.refresh_bindings()

    @override
    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return self._stage in STAGES_OF.get(action, (self._stage,))

    # What is shown

    def _show(self) -> None:
        stage, game = self._stage, self._game
        asked = stage in ("guessing", "revealed")
        self.query_one("#play-question").display = asked
        self.query_one("#play-group").display = asked
        self.query_one(ShareBars).display = stage == "guessing"
        is_high = asked and self.app.size.height >= HIGH
        self.query_one("#play-result").display = is_high or stage in ("revealed", "over")
        self.query_one("#play-drawing").display = stage != "guessing"
        self.query_one("#play-words").display = stage == "revealed"
        self.query_one("#play-so-far").display = is_high
        if game is None:
            self._say(Content(""))
            return
        self.query_one("#play-head", Static).update(_head(game, stage))
        self.query_one("#play-text", Static).update(_text(game.item))
        self.query_one("#play-group", Static).update(_group(game.item, is_told=stage == "revealed"))
        self._say(self._hint(game))
        words = self.query_one("#play-words", Static)
        drawing = self.query_one("#play-drawing", Drawing)
        if is_high:
            self.query_one("#play-so-far", Drawing).show(lambda width: so_far_lines(game, width))
        if stage == "revealed":
            item, guesses = game.item, game.guesses[-1]
            drawing.show(lambda width: reveal_lines(item, guesses, width, self._bar_rows))
            words.update(_told(self._runs, game.item))
        elif stage == "over":
            drawing.show(lambda width: result_lines(game, width, self._bar_rows))

    def on_resize(self) -> None:
        """There may be room for the scoreboard now."""
        self._show()

    @property
    def _bar_rows(self) -> int:
        """Rows that bars may take: what the words leave, or as few as can be."""
        rows = self.app.size.height
        if rows < TALL:
            return 0
        if self._stage == "over":
            return rows - ROWS_AROUND_BOARD
        return rows - ROWS_AROUND - (ROWS_SO_FAR if rows >= HIGH else 0)

    def _say(self, words: Content) -> None:
        self.query_one("#play-say", Static).update(words)

    def _hint(self, game: Game) -> Content:
        name = player_name(game.player)
        if self._stage == "handing over":
            return Content.assemble(
                "Pass the keyboard to ", (name, "bold"), ". Nobody else looks now. ", ("Space begins.", "bold")
            )
        if self._stage == "revealed":
            after = "Space for the scoreboard." if game.is_last else "Space for the next question."
            return Content.styled(after, MUTED)
        if self._stage == "over":
            return Content.styled("X writes the card as SVG and text · y copies it · n plays another round", MUTED)
        label = self.query_one(ShareBars).chosen_label if self._stage == "guessing" else ""
        return Content.styled(f"▸ {label}" if label else KEYS, MUTED)

    @on(ShareBars.Changed)
    def _changed(self) -> None:
        if self._stage == "guessing" and self._game is not None:
            self._say(self._hint(self._game))

    # Guessing

    def action_move(self, by: int) -> None:
        """Choose another option."""
        self.query_one(ShareBars).move(by)

    def action_change(self, by: int) -> None:
        """Change the chosen option."""
        self.query_one(ShareBars).change(by)

    def action_equal(self) -> None:
        """Give all options the same again."""
        self.query_one(ShareBars).make_equal()

    def action_turn(self, by: int) -> None:
        """Scroll what is longer than its place."""
        of = "#play-question" if self._stage == "guessing" else "#play-result"
        scroll = self.query_one(of, VerticalScroll)
        (scroll.scroll_page_down if by > 0 else scroll.scroll_page_up)(animate=False)

    def action_lock(self) -> None:
        """Keep the guess as a run; everybody's answer is shown once all have guessed."""
        percents = self.query_one(ShareBars).percents
        self._stage = "waiting"
        self.refresh_bindings()
        self._keep(percents, time.monotonic() - self._begun)

    @work(group="keep")
    async def _keep(self, percents: tuple[int, ...], seconds: float) -> None:
        game, arranged = self._game, self._arrangement
        assert game is not None
        item = game.item
        choices = Choices(
            question=item.key,
            group=arranged.library.key_of(item.question, item.group),
            steering=STEERING,
            format=FORMAT,
            model=game.player,
            epsilon=arranged.settings.epsilon,
        )
        prober = arranged.prober.guessed_by(
            PersonRespondent(game.player, percents, round(seconds, 1), arranged.prober.now())
        )
        try:
            run = await prober.run(choices)
        except Exception:
            self._stage = "guessing"
            self.refresh_bindings()
            raise
        self.post_message(KeepingChanged())
        assert run.alignment is not None, "an item has humans, and a guess can be read"
        self._runs.append(run)
        game.lock(Guess(game.player, percents, run.alignment["tv"] or 0.0))
        if game.is_revealed:
            self._go_to("revealed")
        else:
            self._turn()

    def action_next(self) -> None:
        """Guess, after the keyboard was passed; go to the next question, or to the scoreboard."""
        game = self._game
        if game is None:
            return
        if self._stage == "handing over":
            self._go_to("guessing")
        elif game.is_last:
            self._arrangement.cards.append(card_figure(game))
            self._go_to("over")
        else:
            game.go_on()
            self._turn()

    # The end

    def action_again(self) -> None:
        """Play another round."""
        self._ask()

    def action_copy(self) -> None:
        """Copy the card."""
        if self._game is not None:
            figure = self._arrangement.cards[-1]
            self.post_message(CopyWanted(plain(figure.lines) + "\n", "the card", figure.name))

    def action_chart(self) -> None:
        """Write the card into files."""
        if self._game is not None:
            self.post_message(ChartWanted(self._arrangement.cards[-1]))

    @override
    def action_back(self) -> None:
        """Leave; a round under way only if that is meant."""
        number = 0 if self._game is None else sum(map(len, self._game.guesses))
        if self._stage == "over" or not number:
            super().action_back()
            return
        kept = "The guess so far stays" if number == 1 else f"The {number} guesses so far stay"
        where = "" if self._arrangement.prober.refusal else f" {kept} in the history."
        question = f"Leave the round?{where}"
        leave = super().action_back
        ConfirmScreen(question, "leave", "stay").ask(self.app, lambda _: leave())


def _head(game: Game, stage: Stage) -> Content:
    setup = game.setup
    where = f" · {setup.domain}" if setup.domain else ""
    if stage == "over":
        return Content.assemble(
            ("Scoreboard", "bold $primary"), (f"  {counted(len(game.played), 'question')}{where}", MUTED)
        )
    turn = "" if stage == "revealed" else f"  turn: {player_name(game.player)}"
    return Content.assemble(
        (f"Play  question {game.at + 1} of {len(game.items)}", "bold $primary"),
        (turn, "bold"),
        (f"{where} · seed {setup.seed}", MUTED),
    )


def _text(item: PlayItem) -> Content:
    question = item.question
    parts = [(question.text, "bold")] + ([(f"\n{question.context}", "")] if question.context else [])
    return Content.assemble(*parts, (f"\n{question.wording} · {question.dataset} · {question.id}", MUTED))


def _group(item: PlayItem, *, is_told: bool) -> Content:
    human = item.human
    size = f", {human.n:,.0f} people" if human.n else ""
    asked = "How they answered:" if is_told else "How did they answer?"
    return Content.assemble(
        (item.group.name, "bold $chart-human"), (size, MUTED), (f" ({item.group.expression})", MUTED), f"  {asked}"
    )


def _told(runs: Sequence[Run], item: PlayItem) -> Content:
    """What each guess was worth, and how many others have the item."""
    lines = [
        Content.assemble(
            (f"{player_name(run.model)}: ", "bold"),
            (run.alignment and knowing_sentence(run.alignment)) or "no more is known of what the guess was worth",
        )
        for run in runs
    ]
    others = f"Compared with {counted(len(item.rivals), 'recorded answer')} to this item."
    average = "not known here" if item.pooled is None else "all groups together"
    lines.append(Content.styled(f"{others} TV: lower is closer. ┃ average: {average}.", MUTED))
    return Content("\n").join(lines)
