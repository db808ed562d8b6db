"""Prompting: the two messages of a call, from the parts that steering, format, recipe and template put in."""

import random
from string import ascii_uppercase

from msgspec import Struct

from opinionscope.cleaning import clean
from opinionscope.elicitation.expression import ExpressionFormat
from opinionscope.elicitation.phrasing import layout, layout_parts, people, person
from opinionscope.elicitation.steering import Example, Steering
from opinionscope.elicitation.templates import Template, attribute_fields
from opinionscope.recipe import Recipe, RecipeError
from opinionscope.regexes import regex
from opinionscope.survey.distribution import whole_shares
from opinionscope.survey.pack import StudyCard
from opinionscope.survey.question import Group, Question

TEMPLATE_VERSION = "2"
NOW_ANSWER = "Now give the answer in the form asked for, and nothing else."
MEND = f"That answer could not be read: {{}}. {NOW_ANSWER}"
TRANSCRIPT = "The following is the transcript of a survey."
ANSWER_MARK = "Answer:"
ONLY_REASON = (
    "Do not answer yet: first think aloud, in a few sentences, about who was asked and what they may say. The answer "
    "is asked for after that."
)
REASON_FIRST = (
    "Before you answer, think aloud in a few sentences about who was asked and what they may say. Then begin a new "
    "line with ANSWER: and give the answer in the form asked for, and nothing after it."
)
SYSTEM = "Answer the survey question in the form that is asked for."
UNKNOWN = "unknown"
"""How a card begins a text on what its source does not say."""
_YEAR = regex(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_FIRST_CLAUSE = regex(r"[^;.]+")


class Prompt(Struct, frozen=True):
    """The two messages that are sent, exactly as shown."""

    system: str
    user: str

    @property
    def messages(self) -> list[dict[str, str]]:
        """In the form chat completions take."""
        return [{"role": "system", "content": self.system}, {"role": "user", "content": self.user}]


class PromptMaker(Struct, frozen=True):
    """Makes the prompt of a question, for a group, by one steering, format and recipe.

    Attributes:
        template: of the user's own; None for the built-in prompt.
        seed: of the answers drawn for worked examples, where a format shows single letters.
        setting: who was asked and when, told before the form of the answer; "" to tell nothing.
    """

    group: Group
    steering: Steering
    form: ExpressionFormat
    recipe: Recipe
    template: Template | None = None
    seed: int | None = None
    setting: str = ""

    @property
    def version(self) -> str:
        """Which wording it uses."""
        return self.template.version if self.template else TEMPLATE_VERSION

    def prompt(self, question: Question) -> Prompt:
        """The messages that put a question, its options in the order in which they are offered.

        Whatever the question, the group and the template hold, nothing hidden is sent.
        """
        template = self.template
        made = self._filled(template, question) if template else Prompt(SYSTEM, self._composed(question))
        return Prompt(clean(made.system), clean(made.user))

    def _composed(self, question: Question) -> str:
        ending = self._how_to_reason if self.recipe.reasoning else ANSWER_MARK
        last = f"Now the question to answer\n{layout(question)}\n{ending}"
        instruction = self._instruction(question)
        return "\n\n".join((self.steering.preface, instruction, *self._examples(), last))

    def _filled(self, template: Template, question: Question) -> Prompt:
        """The messages that a template makes; how to reason is part of its instruction."""
        instruction = self._instruction(question)
        options = zip(question.letters, question.labels, strict=True)
        system, user = template.fill(
            {
                **attribute_fields(self.group),
                "people": people(self.group),
                "person": person(self.group),
                "group": self.group.name,
                "question": question.text,
                "background": question.context,
                "options": "\n".join(f"{letter}. {label}" for letter, label in options),
                "letters": ", ".join(question.letters),
                "examples": "\n\n".join(self._examples()),
                "about_examples": self.steering.about_examples,
                "instruction": f"{instruction}\n\n{self._how_to_reason}" if self.recipe.reasoning else instruction,
            }
        )
        return Prompt(system or SYSTEM, user)

    def _instruction(self, question: Question) -> str:
        told = self.steering.instruction or self.form.instruction(question, self.recipe)
        return f"{self.setting} {told}".strip()

    @property
    def _how_to_reason(self) -> str:
        return ONLY_REASON if self.form.request.top_logprobs else REASON_FIRST

    def _examples(self) -> list[str]:
        rng = random.Random(self.seed or 0)
        return [f"Example {at}\n{self._shown(example, rng)}" for at, example in enumerate(self.steering.examples, 1)]

    def _shown(self, example: Example, rng: random.Random) -> str:
        letters = ascii_uppercase[: len(example.labels)]
        shown = layout_parts(example.text, example.context, example.labels, letters)
        if self.steering.examples_are_true and self.form.one_letter:
            shares = whole_shares(example.probabilities)
            spread = ", ".join(f"{letter} {share}%" for letter, share in zip(letters, shares, strict=True))
            shown += f"\nHow they answered: {spread}"
        return f"{shown}\nAnswer: {self.form.express(example.probabilities, letters, rng, self.recipe)}"


def place_and_time(card: StudyCard, dataset: str) -> str:
    """The population and the year or years of a survey, in one sentence.

    Raises:
        RecipeError: if the card lacks one of them.
    """
    who = _FIRST_CLAUSE.match(_known(card.population))
    years = sorted(_YEAR.findall(_known(card.fielded)))
    lacking = [what for what, found in (("population", who), ("year", years)) if not found]
    if who is None or not years:
        raise RecipeError(
            f"the study card of {dataset} names no {' and no '.join(lacking)}; leave --place-and-time out, or write "
            "population and fielded into the card of a pack of your own"
        )
    when = f"in {years[0]}" if years[0] == years[-1] else f"between {years[0]} and {years[-1]}"
    return f"The survey was taken {when}. Who was asked: {who[0].strip()}."


def _known(text: str) -> str:
    return "" if text.casefold().startswith(UNKNOWN) else text
