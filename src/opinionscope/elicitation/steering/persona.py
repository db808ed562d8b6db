"""Persona: the model is asked to answer as the group."""

from typing_extensions import override

from opinionscope.elicitation.phrasing import people
from opinionscope.elicitation.recipe import Recipe
from opinionscope.elicitation.steering.base import Neighbours, Steering, SteeringMethod
from opinionscope.elicitation.steering.worked_examples import WORKED_EXAMPLES
from opinionscope.survey.question import Group, Question


class Persona(SteeringMethod):
    """Names the group, and warns that the examples say nothing about it."""

    name = "persona"
    title = "Persona"
    summary = "the model answers as the group"

    @override
    def steer(self, question: Question, group: Group, neighbours: Neighbours, recipe: Recipe) -> Steering:
        who = people(group)
        return Steering(
            f"Put yourself in the place of {who}. A survey question was put to a sample of {who}, and you answer it "
            f"as they did. The worked examples below are made up and say nothing about {who}: take from them the form "
            "of an answer, not its content.",
            WORKED_EXAMPLES,
        )
