"""Elicitation: Question × Group × SteeringMethod × ExpressionFormat, and the prompts that it makes."""

import random
import re
from dataclasses import dataclass, replace
from string import ascii_uppercase

from opinionscope.elicitation.answer import Answer
from opinionscope.elicitation.expression import FORMATS, ExpressionFormat, Request
from opinionscope.elicitation.phrasing import layout, layout_parts
from opinionscope.elicitation.recipe import PLAIN, REASONING_TOKENS, Recipe, ordered
from opinionscope.elicitation.similarity import neighbours_in
from opinionscope.elicitation.steering import STEERINGS, Example, Steering
from opinionscope.survey.distribution import whole_shares
from opinionscope.survey.library import Library
from opinionscope.survey.question import Group, Question

TEMPLATE_VERSION = "2"
NOW_ANSWER = "Now give the answer in the form asked for, and nothing else."
ONLY_REASON = "Do not answer yet: first think aloud, in a few sentences, about who was asked and what they may say."
REASON_FIRST = (
    "Before you answer, think aloud in a few sentences about who was asked and what they may say. Then begin a new "
    "line with ANSWER: and give the answer in the form asked for, and nothing after it."
)
SYSTEM = "Answer the survey question in the form that is asked for."


_ANSWER_MARK = re.compile(r"^[\s*#>_]{0,8}answer[\s*_]{0,4}:[*_]{0,3}", re.IGNORECASE | re.MULTILINE)


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
class Call:
    """One message to the model, of the several that an elicitation may need.

    Attributes:
        offered: labels in the order of their letters A, B, C, …; () for survey order.
        seed: sent to providers that take one.
    """

    prompt: Prompt
    offered: tuple[str, ...] = ()
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class Elicitation:
    """One question put to a model on behalf of a group, ready to be sent.

    Attributes:
        prompt, offered, seed: those of the first call.
        more: the other calls, where there are several: simulated people, or repeats.
        seed: decides which letters worked examples show, and in which order; sent to providers that take one.
            None: unset.
        example_ids: ids of the real questions shown as examples.
        notes: what a reader should know about how the prompt was made.
        thought: what the model reasoned in a call before this one, which goes on from there; "" if nothing.
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
    recipe: Recipe = PLAIN
    offered: tuple[str, ...] = ()
    more: tuple[Call, ...] = ()
    thought: str = ""

    @property
    def calls(self) -> tuple[Call, ...]:
        """All calls, in order; most often one."""
        return (Call(self.prompt, self.offered, self.seed), *self.more)

    @property
    def asked(self) -> Question:
        """The question with its options in the order in which the first call offers them."""
        return reordered(self.question, self.offered)

    @property
    def messages(self) -> list[dict[str, str]]:
        """What is sent, in the form chat completions take."""
        if not self.thought:
            return self.prompt.messages
        thought = [{"role": "assistant", "content": self.thought}, {"role": "user", "content": NOW_ANSWER}]
        return [*self.prompt.messages, *thought]

    def thinking(self) -> "Elicitation":
        """The call that only reasons, where another one answers."""
        request = Request(max_tokens=REASONING_TOKENS, temperature=self.request.temperature)
        prompt = Prompt(self.prompt.system, f"{self.prompt.user}\n{ONLY_REASON}")
        return replace(self, request=request, prompt=prompt)

    def after(self, thought: str) -> "Elicitation":
        """The call that answers after the model has reasoned in another."""
        return replace(self, thought=thought)

    def split(self, answer: Answer) -> Answer:
        """An answer parted into what was reasoned and what was answered, where the model was told to do both."""
        if not self.recipe.reasoning or answer.text is None or self.request.top_logprobs:
            return answer
        thought, text = split_thought(answer.text)
        return replace(answer, text=text, thought=thought)

    def single(self, call: Call) -> "Elicitation":
        """The elicitation of one of the calls alone."""
        return replace(self, prompt=call.prompt, offered=call.offered, seed=call.seed, more=())


def reordered(question: Question, offered: tuple[str, ...]) -> Question:
    """The question with its options in another order; () for the one they have."""
    if not offered or offered == question.labels:
        return question
    by_label = {option.label: option for option in question.options}
    return replace(question, options=tuple(by_label[label] for label in offered))


def split_thought(text: str) -> tuple[str, str]:
    """What stands before the last line that begins with ANSWER:, and what stands behind it; ("", text) without one."""
    marks = list(_ANSWER_MARK.finditer(text))
    if not marks:
        return "", text
    return text[: marks[-1].start()].strip(), text[marks[-1].end() :].strip()


def elicit(
    library: Library,
    question: Question,
    group: Group,
    steering: str,
    format_name: str,
    seed: int | None = None,
    recipe: Recipe = PLAIN,
) -> Elicitation:
    """Make the elicitation of these choices; the same choices make the same prompt.

    Raises:
        KeyError: for a steering method or format that is in no registry.
        SteeringError: if the method cannot be used for this question and group.
    """
    form = FORMATS[format_name]
    steered = STEERINGS[steering].steer(question, group, neighbours_in(library), recipe)
    prompts: dict[tuple[str, ...], Prompt] = {}
    calls: list[Call] = []
    for number in range(form.calls(recipe) * recipe.repeats):
        labels = ordered(question.labels, recipe.order, seed, number)
        if labels not in prompts:
            asked = reordered(question, labels)
            prompts[labels] = Prompt(SYSTEM, _compose(asked, steered, form, recipe, random.Random(seed or 0)))
        offered = () if labels == question.labels else labels
        calls.append(Call(prompts[labels], offered, None if seed is None else seed + number))
    first, *more = calls
    return Elicitation(
        question,
        group,
        steering,
        format_name,
        first.prompt,
        form.request_for(recipe),
        first.seed,
        tuple(example.question_id for example in steered.examples if example.question_id),
        steered.notes,
        recipe=recipe,
        offered=first.offered,
        more=tuple(more),
    )


def _compose(question: Question, steered: Steering, form: ExpressionFormat, recipe: Recipe, rng: random.Random) -> str:
    parts = [steered.preface, form.instruction(question, recipe)]
    for number, example in enumerate(steered.examples, 1):
        parts.append(f"Example {number}\n{_show(example, steered.examples_are_true, form, recipe, rng)}")
    reasons = recipe.reasoning and not form.request.top_logprobs
    ending = REASON_FIRST if reasons else "Answer:"
    parts.append(f"Now the question to answer\n{layout(question)}\n{ending}")
    return "\n\n".join(parts)


def _show(example: Example, is_true: bool, form: ExpressionFormat, recipe: Recipe, rng: random.Random) -> str:
    letters = ascii_uppercase[: len(example.labels)]
    shown = layout_parts(example.text, example.context, example.labels, letters)
    if is_true and form.request.top_logprobs:
        shares = whole_shares(example.probabilities)
        spread = ", ".join(f"{letter} {share}%" for letter, share in zip(letters, shares, strict=True))
        shown += f"\nHow they answered: {spread}"
    return f"{shown}\nAnswer: {form.express(example.probabilities, letters, rng, recipe)}"
