"""Choices: what is chosen before a probe."""

from typing import TYPE_CHECKING

from msgspec import Struct

from opinionscope.alignment.divergences import EPSILON
from opinionscope.elicitation import PLAIN, Recipe
from opinionscope.respondents.person import is_person
from opinionscope.respondents.recorded import is_recorded
from opinionscope.values import replace

if TYPE_CHECKING:
    from opinionscope.runs.calibration import Lacking


class Choices(Struct, frozen=True):
    """What is chosen before a probe.

    Attributes:
        question, group: as `Library.question` and `Library.group` take them.
        steering, format: names in the registries.
        model, api_base: as the respondents' factory takes them.
        recipe: how the question is put.
        epsilon, drop_nonresponse: how the two sides are compared.
    """

    question: str
    group: str
    steering: str
    format: str
    model: str
    api_base: str | None = None
    seed: int | None = None
    recipe: Recipe = PLAIN
    epsilon: float = EPSILON
    drop_nonresponse: bool = False

    @property
    def is_recorded(self) -> bool:
        """Whether an answer is looked up that was given earlier."""
        return is_recorded(self.model)

    @property
    def is_live(self) -> bool:
        """Whether a model is asked: nothing is looked up, and nobody guesses."""
        return not (self.is_recorded or is_person(self.model))

    def asking(self, lacking: "Lacking") -> "list[Choices]":
        """The choices that ask what is lacking, in the same way."""
        recipe = replace(self.recipe, repeats=1, example_ids=())
        return [
            replace(self, question=question.key, group=group.name, format="log-probs", recipe=recipe)
            for question, group in lacking.ask
        ]
