"""SteeringMethod: how a model is told whose answer is wanted."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import ClassVar

from msgspec import Struct

from opinionscope.elicitation.steering.voices import Voice
from opinionscope.errors import OpinionscopeError
from opinionscope.recipe import Recipe
from opinionscope.survey.question import Group, Question

Neighbours = Callable[[Question, Group, Recipe], tuple["Example", ...]]
"""Finds other questions and how the group really answered them: those a recipe names, else the most similar ones."""


class SteeringError(OpinionscopeError):
    """A steering method that cannot be used for this question and group."""

    title = "This steering cannot be used here"


class Example(Struct, frozen=True):
    """A worked example in a prompt: a question and a distribution over its options.

    Attributes:
        question_id: id of the real question it shows, or "" for an invented one.
        probabilities: shape (K,).
        n: how many people stand behind them; None where that is not known, or nobody does.
    """

    text: str
    context: str
    labels: tuple[str, ...]
    probabilities: tuple[float, ...]
    question_id: str = ""
    n: float | None = None


class Steering(Struct, frozen=True):
    """What a steering method puts into the prompt.

    Attributes:
        preface: whose answer is wanted, and how to take the examples.
        examples: worked examples, shown in order.
        examples_are_true: whether they state how the group really answered, which a single letter cannot.
        notes: what a reader should know about how this was made.
        about_examples: the part of the preface that says how to take the examples.
        instruction: takes the place of what the expression format says of its answer; "" to leave that.
    """

    preface: str
    examples: tuple[Example, ...]
    examples_are_true: bool = False
    notes: tuple[str, ...] = ()
    about_examples: str = ""
    instruction: str = ""


class SteeringMethod(ABC):
    """One way to say whose answer is wanted.

    To add one: write one file with a subclass, and name it in the registry of this package.

    Attributes:
        names_group: whether the model is told whose answer is wanted.
        has_persona: whether the group is put as a persona, in a voice that can be chosen.
        has_real_examples: whether it shows how the group really answered other questions.
        draws_people: whether every call is about one person, drawn from the group; `steer` is then given a group of
            one, and neighbours with this person's own answers.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    summary: ClassVar[str]
    names_group: ClassVar[bool] = True
    has_persona: ClassVar[bool] = False
    has_real_examples: ClassVar[bool] = False
    draws_people: ClassVar[bool] = False

    @abstractmethod
    def steer(self, question: Question, group: Group, neighbours: Neighbours, recipe: Recipe, voice: Voice) -> Steering:
        """Make the steering for a question and a group.

        Args:
            neighbours: finds other questions with the group's true distribution.
            recipe: how many examples are shown, and which.
            voice: how a persona is put.

        Raises:
            SteeringError: if the method cannot be used here.
        """
