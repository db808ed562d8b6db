"""Recipe: how a question is put, beside the choice of group, steering method and expression format."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from opinionscope.errors import OpinionscopeError

Order = Literal["survey", "reversed", "shuffled"]
ORDERS: tuple[Order, ...] = get_args(Order)
SAMPLES = 30
"""Simulated answers, as in the paper: letters of a sequence, or calls of one letter each."""
EXAMPLES = 5
MOST_SAMPLES = 1000
MOST_REPEATS = 100
MOST_EXAMPLES = 20
MOST_CALLS = 2000
HOTTEST = 2.0
REASONING_TOKENS = 800
"""Room for what a model thinks aloud."""


class RecipeError(OpinionscopeError):
    """A recipe that cannot be followed."""

    title = "This cannot be asked"


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a question is put; the defaults are the paper's.

    Attributes:
        samples: simulated answers: letters of a sequence, or calls of `samples`.
        repeats: how often the whole is asked.
        order: how options are offered; "shuffled" draws an order for every call.
        reasoning: whether the model reasons first and answers last.
        voice: how a persona is put to the model: the name of a voice or of a template of the user's.
        examples: how many real questions few-shot shows.
        example_ids: which ones; () for those most similar in text.
        temperature: of the provider's sampling.

    Raises:
        RecipeError: naming what is out of range.
    """

    samples: int = SAMPLES
    repeats: int = 1
    order: Order = "survey"
    reasoning: bool = False
    voice: str = "instruction"
    examples: int = EXAMPLES
    example_ids: tuple[str, ...] = ()
    temperature: float = 1.0

    def __post_init__(self) -> None:
        for name, most in (("samples", MOST_SAMPLES), ("repeats", MOST_REPEATS), ("examples", MOST_EXAMPLES)):
            value = getattr(self, name)
            if not 1 <= value <= most:
                raise RecipeError(f"expected {name} from 1 to {most:,}, got {value}")
        if self.order not in ORDERS:
            raise RecipeError(f'expected one of {", ".join(ORDERS)} as order of the options, got "{self.order}"')
        if not 0 <= self.temperature <= HOTTEST:
            raise RecipeError(f"expected a temperature from 0 to {HOTTEST:g}, got {self.temperature:g}")


PLAIN = Recipe()
"""As in the paper: one call, 30 letters, five examples, survey order, temperature 1."""


def ordered(labels: Sequence[str], order: Order, seed: int | None, call: int) -> tuple[str, ...]:
    """The labels in the order in which a call offers them; the same seed and call give the same order."""
    if order == "survey":
        return tuple(labels)
    if order == "reversed":
        return tuple(reversed(labels))
    shuffled = list(labels)
    random.Random(f"{seed or 0}/{call}").shuffle(shuffled)
    return tuple(shuffled)
