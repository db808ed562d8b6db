"""Persona: the model is asked to answer as the group."""

from typing_extensions import override

from opinionscope.elicitation.steering.base import Neighbours, Steering, SteeringError, SteeringMethod
from opinionscope.elicitation.steering.voices import Voice
from opinionscope.elicitation.steering.worked_examples import WORKED_EXAMPLES
from opinionscope.recipe import Recipe
from opinionscope.survey.question import Group, Question


class Persona(SteeringMethod):
    """Names the group in a voice, and warns that the examples say nothing about it."""

    name = "persona"
    title = "Persona"
    summary = "the model answers as the group"
    has_persona = True

    @override
    def steer(self, question: Question, group: Group, neighbours: Neighbours, recipe: Recipe, voice: Voice) -> Steering:
        check_template(voice, group)
        about = (
            f"The worked examples below are made up and say nothing about {voice.those(group)}: take from them the "
            "form of an answer, not its content."
        )
        return Steering(f"{voice.opening(group)} {about}", WORKED_EXAMPLES, about_examples=about)


def check_template(voice: Voice, group: Group) -> None:
    """Refuse a template that names an attribute which the group does not have.

    Raises:
        SteeringError: naming it.
    """
    if voice.template and (attribute := voice.template.lacks(group)):
        raise SteeringError(
            f"the template {voice.name} names {{{attribute}}}, and nothing is known of the {attribute} of "
            f"{group.name}; choose another voice or group"
        )
