"""People: silicon samples, in which every call is about one real person of the group.

The idea is that of Argyle et al. 2023 ("Out of One, Many"): a persona is what one person of a survey said of
themselves, and the simulated answers are pooled. The words are our own.
"""

from typing_extensions import override

from opinionscope.elicitation.steering.base import Neighbours, Steering, SteeringError, SteeringMethod
from opinionscope.elicitation.steering.persona import check_template
from opinionscope.elicitation.steering.voices import Voice
from opinionscope.elicitation.steering.worked_examples import WORKED_EXAMPLES
from opinionscope.recipe import Recipe
from opinionscope.survey.question import Group, Question

AS_THIS_PERSON = "Answer as this person: the letter of the option that they chose, and nothing else."
_OWN = (
    "Shown first is how this very person answered some other questions of the survey; then comes the question to "
    "answer."
)
_INVENTED = (
    "The worked examples below are made up and say nothing about this person: take from them the form of an answer, "
    "not its content."
)


class People(SteeringMethod):
    """Puts one person's attributes as a persona, and on demand the answers that this person gave to other questions."""

    name = "people"
    title = "People"
    summary = "each call answers as one real person of the group, drawn by weight"
    has_persona = True
    draws_people = True

    @override
    def steer(self, question: Question, group: Group, neighbours: Neighbours, recipe: Recipe, voice: Voice) -> Steering:
        check_template(voice, group)
        own = neighbours(question, group, recipe)
        if own and voice.template and "examples" not in voice.template.fields:
            raise SteeringError(
                f"the template {voice.name} has no field {{examples}} for a person's own answers; add it, or show none"
            )
        about = _OWN if own else _INVENTED
        return Steering(
            f"{voice.opening_of_one(group)} {about}",
            own or WORKED_EXAMPLES,
            about_examples=about,
            instruction=AS_THIS_PERSON,
        )
