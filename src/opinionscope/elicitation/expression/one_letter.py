"""OneLetter: what the formats have in common that ask for the letter of one option, whatever they make of it."""

import random
from collections.abc import Sequence

from typing_extensions import override

from opinionscope.elicitation.expression.base import ExpressionFormat
from opinionscope.recipe import Recipe
from opinionscope.survey.question import Question

ONE_LETTER = "Answer as one of them, drawn at random: the letter of the option chosen, and nothing else."


class OneLetter(ExpressionFormat):
    """Asks for one person's answer."""

    ignores = ("repair", "normalise")
    one_letter = True

    @override
    def instruction(self, question: Question, recipe: Recipe) -> str:
        return ONE_LETTER

    @override
    def express(self, probabilities: Sequence[float], letters: str, rng: random.Random, recipe: Recipe) -> str:
        return rng.choices(letters, weights=probabilities)[0]
