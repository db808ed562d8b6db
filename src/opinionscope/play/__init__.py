"""Play: people guess how a group answered, and are scored beside models and crowdworkers on the same items."""

from opinionscope.play.choosing import FORMAT, RIVALS, STEERING, PlayError, PlayItem, playable, round_of
from opinionscope.play.game import Game, Setup
from opinionscope.play.scoring import AVERAGE, Guess, Standing, differences, ranks_of, standings, tvs_of

__all__ = [
    "AVERAGE",
    "FORMAT",
    "RIVALS",
    "STEERING",
    "Game",
    "Guess",
    "PlayError",
    "PlayItem",
    "Setup",
    "Standing",
    "differences",
    "playable",
    "ranks_of",
    "round_of",
    "standings",
    "tvs_of",
]
