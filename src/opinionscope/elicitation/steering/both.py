"""Both: a persona, and the group's real answers to other, similar questions."""

from typing_extensions import override

from opinionscope.elicitation.steering.base import Neighbours, Steering, SteeringError, SteeringMethod
from opinionscope.elicitation.steering.few_shot import notes_on, true_examples
from opinionscope.elicitation.steering.persona import check_template
from opinionscope.elicitation.steering.voices import Voice
from opinionscope.recipe import Recipe
from opinionscope.survey.question import Group, Question


class Both(SteeringMethod):
    """Names the group in a voice, and shows its true distributions.

    It is not called "persona+few-shot": in leaderboards that is the mean over the two methods, as published.
    """

    name = "both"
    title = "Both"
    summary = "persona, with the group's real answers to similar questions"
    has_persona = True
    has_real_examples = True

    @override
    def steer(self, question: Question, group: Group, neighbours: Neighbours, recipe: Recipe, voice: Voice) -> Steering:
        check_template(voice, group)
        if voice.template and "examples" not in voice.template.fields:
            raise SteeringError(
                f"the template {voice.name} has no field {{examples}} for the group's real answers; add it, or choose "
                "persona"
            )
        examples = true_examples(question, group, neighbours, recipe)
        about = (
            f"Shown first is how {voice.those(group)} really answered some related questions; then comes the question "
            "to answer."
        )
        return Steering(
            f"{voice.opening(group)} {about}",
            examples,
            examples_are_true=True,
            notes=notes_on(examples, group, recipe),
            about_examples=about,
        )
