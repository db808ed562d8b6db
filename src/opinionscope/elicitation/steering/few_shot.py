"""Few-shot: the model is shown how the group really answered other, similar questions."""

from typing_extensions import override

from opinionscope.elicitation.phrasing import people
from opinionscope.elicitation.recipe import Recipe
from opinionscope.elicitation.steering.base import Neighbours, Steering, SteeringError, SteeringMethod
from opinionscope.survey.question import Group, Question

SMALL_SAMPLE = 30


class FewShot(SteeringMethod):
    """Shows true distributions of the questions most similar in text; the target's own answer plays no part."""

    name = "few-shot"
    title = "Few-shot"
    summary = "the group's real answers to similar questions are shown"

    @override
    def steer(self, question: Question, group: Group, neighbours: Neighbours, recipe: Recipe) -> Steering:
        examples = neighbours(question, group, recipe.examples)
        if not examples:
            raise SteeringError(
                f"no other question has an answer by {group.name}; choose persona, or bring in more questions with "
                "`opinionscope data import PATH`"
            )
        notes = [f"examples chosen by similarity of text: {', '.join(example.question_id for example in examples)}"]
        if len(examples) < recipe.examples:
            notes.append(f"only {len(examples)} other questions have an answer by {group.name}")
        smallest = min((example.n for example in examples if example.n is not None), default=SMALL_SAMPLE)
        if smallest < SMALL_SAMPLE:
            notes.append(f"examples from as few as {smallest:.0f} people")
        who = people(group)
        return Steering(
            f"Survey questions were put to samples of {who}. Shown first is how they really answered some related "
            f"questions; then comes another question, which you answer as {who} did.",
            examples,
            examples_are_true=True,
            notes=tuple(notes),
        )
