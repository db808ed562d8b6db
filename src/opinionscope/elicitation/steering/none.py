"""No steering: the model answers for people at large."""

from typing_extensions import override

from opinionscope.elicitation.steering.base import Neighbours, Steering, SteeringMethod
from opinionscope.elicitation.steering.voices import Voice
from opinionscope.elicitation.steering.worked_examples import WORKED_EXAMPLES
from opinionscope.recipe import Recipe
from opinionscope.survey.question import Group, Question


class NoSteering(SteeringMethod):
    """Names no group at all; the group is only what the answer is compared with."""

    name = "none"
    title = "None"
    summary = "no group is named"
    names_group = False

    @override
    def steer(self, question: Question, group: Group, neighbours: Neighbours, recipe: Recipe, voice: Voice) -> Steering:
        return Steering(
            "A survey question was put to a sample of people, and you answer on their behalf. The worked examples "
            "below are made up: take from them the form of an answer, not its content.",
            WORKED_EXAMPLES,
        )
