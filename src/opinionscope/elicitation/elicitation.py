"""Elicitation: Question × Group × SteeringMethod × ExpressionFormat, and the prompt that it makes."""

import random
from dataclasses import dataclass
from string import ascii_uppercase

from opinionscope.elicitation.expression import FORMATS, ExpressionFormat, Request
from opinionscope.elicitation.phrasing import layout, layout_parts
from opinionscope.elicitation.similarity import neighbours_in
from opinionscope.elicitation.steering import STEERINGS, Example, Steering
from opinionscope.survey.distribution import whole_shares
from opinionscope.survey.library import Library
from opinionscope.survey.question import Group, Question

TEMPLATE_VERSION = "1"
SYSTEM = "Answer the survey question in the form that is asked for."


@dataclass(frozen=True, slots=True)
class Prompt:
    """The two messages that are sent, exactly as shown."""

    system: str
    user: str

    @property
    def messages(self) -> list[dict[str, str]]:
        """In the form chat completions take."""
        return [{"role": "system", "content": self.system}, {"role": "user", "content": self.user}]


@dataclass(frozen=True, slots=True)
class Elicitation:
    """One question put to a model on behalf of a group, ready to be sent.

    Attributes:
        seed: decides which letters worked examples show, and in which order; sent to providers that take one.
            None: unset.
        example_ids: ids of the real questions shown as examples.
        notes: what a reader should know about how the prompt was made.
    """

    question: Question
    group: Group
    steering: str
    format: str
    prompt: Prompt
    request: Request
    seed: int | None = None
    example_ids: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    template_version: str = TEMPLATE_VERSION


def elicit(
    library: Library,
    question: Question,
    group: Group,
    steering: str,
    format_name: str,
    seed: int | None = None,
) -> Elicitation:
    """Make the elicitation of these choices; the same choices make the same prompt.

    Raises:
        KeyError: for a steering method or format that is in no registry.
        SteeringError: if the method cannot be used for this question and group.
    """
    form = FORMATS[format_name]
    steered = STEERINGS[steering].steer(question, group, neighbours_in(library))
    user = _compose(question, steered, form, random.Random(seed or 0))
    return Elicitation(
        question,
        group,
        steering,
        format_name,
        Prompt(SYSTEM, user),
        form.request,
        seed,
        tuple(example.question_id for example in steered.examples if example.question_id),
        steered.notes,
    )


def _compose(question: Question, steered: Steering, form: ExpressionFormat, rng: random.Random) -> str:
    parts = [steered.preface, form.instruction(question)]
    for number, example in enumerate(steered.examples, 1):
        parts.append(f"Example {number}\n{_show(example, steered.examples_are_true, form, rng)}")
    parts.append(f"Now the question to answer\n{layout(question)}\nAnswer:")
    return "\n\n".join(parts)


def _show(example: Example, is_true: bool, form: ExpressionFormat, rng: random.Random) -> str:
    letters = ascii_uppercase[: len(example.labels)]
    shown = layout_parts(example.text, example.context, example.labels, letters)
    if is_true and form.request.top_logprobs:
        shares = whole_shares(example.probabilities)
        spread = ", ".join(f"{letter} {share}%" for letter, share in zip(letters, shares, strict=True))
        shown += f"\nHow they answered: {spread}"
    return f"{shown}\nAnswer: {form.express(example.probabilities, letters, rng)}"
