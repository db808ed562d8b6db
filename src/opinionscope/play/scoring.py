"""Scores of a round: total variation of each guess, and of the rivals and of the average on the same items."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from msgspec import Struct

from opinionscope.alignment.alignment import pair_of
from opinionscope.alignment.divergences import total_variation
from opinionscope.alignment.measures import MEASURES
from opinionscope.alignment.spread import student_interval
from opinionscope.play.bars import Percents
from opinionscope.play.choosing import RIVALS, PlayItem
from opinionscope.survey import Distribution

AVERAGE = "average"
"""Everybody's answer: that of somebody who does not know the group."""
ALL_EQUAL = 1e-9


class Guess(Struct, frozen=True):
    """What a player gave.

    Attributes:
        player: as the model of a run: ``person/NAME``.
        percents: whole percents of the options, shape (K,).
        tv: total variation to the humans, 0 to 1.
    """

    player: str
    percents: Percents
    tv: float


class Standing(Struct, frozen=True):
    """A row of the scoreboard.

    Attributes:
        name: of a player as in `Guess`, of a rival, or `AVERAGE`.
        is_player: whether it is somebody who guessed.
        tv: mean total variation over the items that they have, 0 to 1; low is good.
        items: how many these are.
        low, high: Student's 95 % interval of the mean over questions like these; None for a single item.
        rank: 1 for the closest of those who have every item, ties alike; None for those who have not.
    """

    name: str
    is_player: bool
    tv: float
    items: int
    low: float | None = None
    high: float | None = None
    rank: int | None = None


def tv_between(human: Distribution, other: Distribution) -> float:
    """Total variation, 0 to 1."""
    return float(total_variation(np.array(human.probabilities), np.array(other.probabilities)))


def tv_of_average(item: PlayItem) -> float | None:
    """Total variation of the answer that does not know the group; None where that answer is not known.

    A small group is part of its own average, which flatters it: it is cross-fitted as in the measure added value.
    """
    if item.pooled is None:
        return None
    options = item.question.options
    uniform = Distribution((1 / len(options),) * len(options))
    added = float(MEASURES["added_value"](pair_of(item.human, uniform, options, pooled=item.pooled)))
    return None if np.isnan(added) else max(0.0, tv_between(item.human, uniform) + added)


def tvs_of(item: PlayItem, guesses: Iterable[Guess]) -> dict[str, float]:
    """Total variation by name: players first, then rivals who have the item, then the average where it is known."""
    found = {guess.player: guess.tv for guess in guesses}
    found |= {name: tv_between(item.human, item.rivals[name]) for name in RIVALS if name in item.rivals}
    average = tv_of_average(item)
    return found if average is None else found | {AVERAGE: average}


def ranks_of(scores: Mapping[str, float]) -> dict[str, int]:
    """1 for the lowest; those that are equal have the same rank."""
    return {name: 1 + sum(other < own - ALL_EQUAL for other in scores.values()) for name, own in scores.items()}


def standings(played: Sequence[tuple[PlayItem, Sequence[Guess]]]) -> list[Standing]:
    """The scoreboard over the items of a round, the closest first, those who lack items last.

    Args:
        played: each item with the guesses at it; a guess of every player.
    """
    scores: dict[str, list[float]] = {}
    for item, guesses in played:
        for name, tv in tvs_of(item, guesses).items():
            scores.setdefault(name, []).append(tv)
    players = {guess.player for _, guesses in played for guess in guesses}
    means = {name: float(np.mean(found)) for name, found in scores.items()}
    ranks = ranks_of({name: means[name] for name, found in scores.items() if len(found) == len(played)})
    rows = [_standing(name, name in players, found, ranks.get(name)) for name, found in scores.items()]
    return sorted(rows, key=lambda row: (row.rank is None, row.tv))


def _standing(name: str, is_player: bool, found: Sequence[float], rank: int | None) -> Standing:
    if len(found) < 2:
        return Standing(name, is_player, found[0], len(found), rank=rank)
    of_mean = student_interval(found, 0.0, 1.0)
    return Standing(name, is_player, of_mean.mean, len(found), of_mean.low, of_mean.high, rank)


class PlayerDifference(Struct, frozen=True):
    """How a player stands to somebody else, item by item.

    Attributes:
        player, other: their names.
        mean: of the player's total variation less the other's over the items that both have; below 0 the player is
            closer.
        low, high: Student's 95 % interval over questions like these, not corrected for several comparisons.
        items: how many these are.
    """

    player: str
    other: str
    mean: float
    low: float
    high: float
    items: int

    @property
    def is_beyond_noise(self) -> bool:
        """Whether the interval shuts out 0."""
        return self.low > 0 or self.high < 0


def differences(played: Sequence[tuple[PlayItem, Sequence[Guess]]]) -> list[PlayerDifference]:
    """Every player against everybody else with whom they share two items or more, players among them once."""
    scores = [tvs_of(item, guesses) for item, guesses in played]
    players = list(dict.fromkeys(guess.player for _, guesses in played for guess in guesses))
    names = list(dict.fromkeys(name for found in scores for name in found))
    rows = []
    for at, player in enumerate(players):
        for other in (name for name in names if name not in players[: at + 1]):
            each = [found[player] - found[other] for found in scores if player in found and other in found]
            if len(each) > 1:
                of_mean = student_interval(each, -1.0, 1.0)
                rows.append(PlayerDifference(player, other, of_mean.mean, of_mean.low, of_mean.high, len(each)))
    return rows
