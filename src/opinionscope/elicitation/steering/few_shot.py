"""Few-shot: the model is shown how the group really answered other, similar questions."""

from typing_extensions import override

from opinionscope.elicitation.phrasing import people
from opinionscope.elicitation.steering.base import Example, Neighbours, Steering, SteeringError, SteeringMethod
from opinionscope.elicitation.steering.voices import Voice
from opinionscope.recipe import Recipe
from opinionscope.survey.question import Group, Question

SMALL_SAMPLE = 30


class FewShot(SteeringMethod):
    """Shows true distributions of the questions most similar in text; the target's own answer plays no part."""

    name = "few-shot"
    title = "Few-shot"
    summary = "the group's real answers to similar questions are shown"
    has_real_examples = True

    @override
    def steer(self, question: Question, group: Group, neighbours: Neighbours, recipe: Recipe, voice: Voice) -> Steering:
        examples = true_examples(question, group, neighbours, recipe)
        who = people(group)
        return Steering(
            f"Survey questions were put to samples of {who}. Shown first is how they really answered some related "
            f"questions; then comes another question, which you answer as {who} did.",
            examples,
            examples_are_true=True,
            notes=notes_on(examples, group, recipe),
        )


def true_examples(question: Question, group: Group, neighbours: Neighbours, recipe: Recipe) -> tuple[Example, ...]:
    """The group's real answers to other questions, at least one.

    Raises:
        SteeringError: if there are none, or not those that the recipe names.
    """
    examples = neighbours(question, group, recipe)
    if not examples:
        raise SteeringError(
            f"no other question has an answer by {group.name}; choose persona, or bring in more questions with "
            "`opinionscope data import PATH`"
        )
    return examples


def notes_on(examples: tuple[Example, ...], group: Group, recipe: Recipe) -> tuple[str, ...]:
    """What a reader should know about the examples: which, how chosen, and whether few people stand behind them."""
    chosen = "named by the user" if recipe.example_ids else "chosen by similarity of text"
    notes = [f"examples {chosen}: {', '.join(example.question_id for example in examples)}"]
    if not recipe.example_ids and len(examples) < recipe.examples:
        notes.append(f"only {len(examples)} other questions have an answer by {group.name}")
    smallest = min((example.n for example in examples if example.n is not None), default=SMALL_SAMPLE)
    if smallest < SMALL_SAMPLE:
        notes.append(f"examples from as few as {smallest:.0f} people")
    return tuple(notes)
