"""Which items a round has, and what the scoreboard and the card say of them."""

import pytest

from opinionscope.charts.lines import plain
from opinionscope.collection import Collection
from opinionscope.play.choosing import RIVALS, PlayItem, round_of
from opinionscope.play.game import Game, Setup
from opinionscope.play.scoring import AVERAGE, Guess, differences, standings, tvs_of
from opinionscope.report.play import card_figure, reveal_lines
from opinionscope.settings import bundled
from opinionscope.survey import Distribution, Group, Library
from opinionscope.survey.question import Option, Question

QUESTION = Question("q", "own", "own", "Title", "Text?", (Option("Yes"), Option("No")))
HALF = Distribution((0.5, 0.5))


def item(human: float, **rivals: float) -> PlayItem:
    answers = {name: Distribution((yes, 1 - yes)) for name, yes in rivals.items()}
    return PlayItem(QUESTION, Group("Parents"), Distribution((human, 1 - human), 1000), HALF, answers)


def game(*players: str, items: int = 3) -> Game:
    """Humans say yes with 70 %; the first player guesses 80, the second 60, …; gpt-4 lacks the first item."""
    shown = [item(0.7), *(item(0.7, **{"gpt-4": 0.65}) for _ in range(items - 1))]
    found = Game(Setup(players, items, "books", 7), [f"person/{name}" for name in players], shown)
    for at in range(items):
        if at:
            found.go_on()
        for place, player in enumerate(found.players):
            yes = 80 - 20 * place
            found.lock(Guess(player, (yes, 100 - yes), abs(yes / 100 - 0.7)))
    return found


@pytest.fixture(scope="module")
def collection(tmp_path_factory) -> Collection:
    return Collection(Library.load([bundled("data")]), None, tmp_path_factory.mktemp("readings"))


def test_a_seed_plays_the_same_again_and_all_rivals_have_the_items_where_that_is_possible(collection):
    first, again, other = (round_of(collection, 10, seed) for seed in (1, 1, 2))
    assert first == again != other
    assert len({each.key for each in first}) == 10
    assert all(set(each.rivals) == set(RIVALS) and each.pooled for each in first)
    assert {len(each.rivals) for each in round_of(collection, 10, 1, "global")} == {2}


def test_who_lacks_an_item_has_no_place_and_a_lead_counts_only_beyond_noise():
    found = game("Ann", "Ben")
    rows = {row.name: row for row in standings(found.played)}
    assert rows["person/Ann"].tv == pytest.approx(0.1)
    assert rows[AVERAGE].rank == 3
    assert (rows["gpt-4"].items, rows["gpt-4"].rank) == (2, None)
    assert [row.name for row in standings(found.played)][-1] == "gpt-4"
    assert all(each.is_beyond_noise for each in differences(found.played) if each.other == AVERAGE)
    assert tvs_of(item(0.7), ()) == {AVERAGE: pytest.approx(0.2)}


def test_the_card_says_who_was_closest_on_how_many_items_and_how_to_play_the_same():
    figure = card_figure(game("Ann"))
    text = figure.content(".txt", None)
    for words in (
        "opinionscope play · 3 questions · Books · seed 7",
        " 1. ◆ Ann",
        "0.100",
        "0.200",
        "Ann: closer than average; further off than gpt-4.",
        "3 questions are few",
        "– has not answered every item",
        "Ann  ✓✓✓",
        "opinionscope play --seed 7 --questions 3 --domain books",
    ):
        assert words in text
    assert max(map(len, text.splitlines())) <= 80
    assert "one question says" in figure_of_one().lower()


def figure_of_one() -> str:
    return plain(card_figure(game("Ann", items=1)).lines)


def test_many_players_and_long_labels_stay_within_the_width():
    long = Question("q", "own", "own", "T", "T?", (Option("A very long label " * 3), Option("Another long one " * 3)))
    shown = PlayItem(long, Group("Parents"), Distribution((0.7, 0.3), 1000), HALF, dict.fromkeys(RIVALS, HALF))
    guesses = [Guess(f"person/{name}", (80, 20), 0.1) for name in ("Ann", "Ben")]
    for width in (78, 118, 196):
        lines = plain(reveal_lines(shown, guesses, width)).splitlines()
        assert max(map(len, lines)) <= width
        assert all(name in lines[0] for name in ("humans", "Ann", "gpt-4", "opus", "crowd"))


def test_where_bars_would_be_short_only_the_people_and_the_players_have_bars():
    question = Question("q", "own", "own", "T", "T?", (Option("Yes"), Option("No")))
    shown = PlayItem(question, Group("Parents"), Distribution((0.7, 0.3), 1000), HALF, dict.fromkeys(RIVALS, HALF))
    guess = Guess("person/Ann", (80, 20), 0.1)
    for width, bars in ((60, {"human-bar", "model-bar"}), (196, {"human-bar", "model-bar", "expected-bar"})):
        row = reveal_lines(shown, [guess], width)[1]
        assert {piece.role for piece in row if piece.role.endswith("-bar")} == bars
        assert sum(piece.text.count("50 %") for piece in row) == 4
