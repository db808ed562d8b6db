"""ExpressionFormat: how a model is made to express a distribution, and how its answer is read."""

import random
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

from msgspec import Struct
from typing_extensions import override

from opinionscope.elicitation.reply import ANYTHING, Expected, Reading, Reply
from opinionscope.recipe import REASONING_TOKENS, Recipe
from opinionscope.survey.answers import CROWDWORKERS
from opinionscope.survey.distribution import Distribution, DistributionError
from opinionscope.survey.question import Question
from opinionscope.values import replace

STEPS_SHOWN = 6
CHECK_TOKENS = 64
"""Room for an answer that is written out where a letter would do."""
AS_TRANSCRIPT = "sent as one text to be continued, the transcript of a survey, in place of chat messages"
ESTIMATED = "percents as a person estimated them; no model was asked"
GUESSED = "whole percents that sum to 100, as a person set them; no model was asked"
SEVERAL_RULE = (
    "Of several different answers, one announced as final or as a correction counts, else the one headed by the group "
    "asked for; where neither is given, nothing is scored. What a model answers to other questions, of its own or of "
    "worked examples, is left out."
)


def object_schema(letters: str, value: dict[str, Any]) -> dict[str, Any]:
    """The JSON schema of an object with a value for each letter, and nothing else."""
    return {
        "type": "object",
        "properties": dict.fromkeys(letters, value),
        "required": list(letters),
        "additionalProperties": False,
    }


class Request(Struct, frozen=True):
    """What a format needs from the provider beside the prompt.

    Attributes:
        max_tokens: upper bound for the answer.
        top_logprobs: how many candidates for the first token to ask for; 0 for none.
        temperature: 1 in the paper.
        numbered: the letters to each of which the answer gives a number, as one JSON object where the provider can
            be held to a schema; "" where the answer is text.
    """

    max_tokens: int
    top_logprobs: int = 0
    temperature: float = 1.0
    numbered: str = ""

    @property
    def schema(self) -> dict[str, Any] | None:
        """The JSON schema of the answer: an object with one number a letter; None where it is text."""
        return object_schema(self.numbered, {"type": "number"}) if self.numbered else None


class ExpressionFormat(ABC):
    """One way to express a distribution: what to ask for, and how to read what comes back.

    To add a format: write one file with a subclass, and name it in the registry of this package.

    Attributes:
        counts_people: whether an answer is letters of simulated people, to be pooled and not averaged.
        ignores: the `OPTIONS` of a recipe that have no effect.
        one_letter: whether an answer is a single letter, which cannot show the whole distribution of an example.
        rule: how an answer is read, in sentences for a paper.
        next_step: what to do where an answer in this form could not be read.
        held_to: what `held` holds an answer to, in words, with {} for the number of simulated people.
        scaled: whether a temperature is fitted on other questions and applied to the reading.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    summary: ClassVar[str]
    rule: ClassVar[str]
    request: ClassVar[Request]
    next_step: ClassVar[str] = "ask again, or choose another format for this model"
    counts_people: ClassVar[bool] = False
    ignores: ClassVar[tuple[str, ...]] = ("normalise", "check_text")
    one_letter: ClassVar[bool] = False
    held_to: ClassVar[str] = ""
    scaled: ClassVar[bool] = False

    @property
    def recorded_as(self) -> str:
        """The format under which recorded answers to it are kept."""
        return self.name

    @abstractmethod
    def instruction(self, question: Question, recipe: Recipe) -> str:
        """What the model is told about the form of its answer."""

    @abstractmethod
    def express(self, probabilities: Sequence[float], letters: str, rng: random.Random, recipe: Recipe) -> str:
        """A worked example's answer in this form, for a distribution of shape (K,)."""

    def calls(self, recipe: Recipe) -> int:
        """How many calls make one answer."""
        del recipe
        return 1

    def notes(self, recipe: Recipe) -> tuple[str, ...]:
        """What a reader should know about a recipe followed in this form."""
        if recipe.completion:
            return (AS_TRANSCRIPT,)
        if recipe.temperature == 0 and self.calls(recipe) * recipe.repeats > 1:
            return ("at temperature 0 the same prompt gets the same answer: several answers say no more than one",)
        return ()

    def request_for(self, question: Question, recipe: Recipe) -> Request:
        """What is needed from the provider for this question when asked by this recipe."""
        del question
        room = REASONING_TOKENS if recipe.reasoning and not self.request.top_logprobs else 0
        most = 1 if recipe.completion and self.one_letter else self.request.max_tokens + room
        most = max(most, CHECK_TOKENS) if recipe.check_text and self.one_letter else most
        return replace(self.request, temperature=recipe.temperature, max_tokens=most)

    def held(self, question: Question, recipe: Recipe) -> dict[str, Any] | None:
        """The JSON schema for a server that can hold an answer to any; None where the answer is free text."""
        del question, recipe
        return None

    def combined(self, readings: Sequence[Reading], question: Question) -> Reading:
        """One reading of several readable ones: pooled where people are counted, else their mean.

        Args:
            readings: at least one, each with figures of shape (K,) and a distribution.
        """
        size = len(question.options)
        trace = list(dict.fromkeys(step for reading in readings for step in reading.trace))
        if self.counts_people:
            figures = [sum(reading.figures[at] for reading in readings) for at in range(size)]
            people = sum(reading.sample_size or 0 for reading in readings)
            steps = [f"{len(readings)} answers, {people} letters, counted together", *_few(trace)]
            return normalised(figures, steps, sample_size=people)
        shares = [reading.distribution.probabilities for reading in readings if reading.distribution]
        figures = [sum(share[at] for share in shares) / len(shares) for at in range(size)]
        mean = normalised(
            figures, [f"mean of {len(shares)} {'estimates' if ESTIMATED in trace else 'answers'}", *_few(trace)]
        )
        return replace(mean, bounds=_mean_bounds([reading.bounds for reading in readings]))

    @abstractmethod
    def read(self, reply: Reply, question: Question, expected: Expected = ANYTHING) -> Reading:
        """Read an answer. Never raises, whatever the answer holds.

        Args:
            expected: what was asked for, where it is known.
        """

    def preview(self, text: str, question: Question) -> tuple[float, ...] | None:
        """What an answer that is still arriving shows so far: shares of the options, shape (K,), as stated.

        They sum to 1 at most, and to less while options are still to come; None if there is nothing to tell.
        Cheap enough to be called at every piece that arrives, however long the answer has become.
        """
        return None


def _mean_bounds(bounds: Sequence[tuple[float | None, ...]]) -> tuple[float | None, ...]:
    """Bounds of a mean: of the options that none of the answers measured."""
    if not all(bounds):
        return ()
    columns = [[bound for bound in column if bound is not None] for column in zip(*bounds, strict=True)]
    means = tuple(sum(column) / len(column) if len(column) == len(bounds) else None for column in columns)
    return means if any(mean is not None for mean in means) else ()


def _few(trace: Sequence[str]) -> list[str]:
    """Steps of several readings: the first ones, and how many more."""
    if len(trace) <= STEPS_SHOWN:
        return list(trace)
    return [*trace[:STEPS_SHOWN], f"and {len(trace) - STEPS_SHOWN} other steps"]


def both_ends(text: str, longest: int) -> tuple[str, tuple[str, ...]]:
    """A text of at most about `longest` characters, and for the trace what was left out of a longer one."""
    half = longest // 2
    if len(text) <= 2 * half:
        return text, ()
    trace = f"read only the first and the last {half:,} of {len(text):,} characters"
    return f"{text[:half]}\n{text[-half:]}", (trace,)


def read_figures(reply: Reply, question: Question, unit: str) -> Reading:
    """Read recorded figures: only normalise them, and say what was not offered; the coverage is not known."""
    if reply.figures is None:
        return Reading.unread(reply.unread or "nothing was recorded")
    if len(reply.figures) != len(question.options):
        return Reading.unread(f"{len(reply.figures)} figures were recorded for {len(question.options)} options")
    figures = tuple(figure or 0.0 for figure in reply.figures)
    if reply.kind == "person":
        return normalised(figures, [GUESSED])
    if reply.model == CROWDWORKERS:
        trace = [ESTIMATED]
    else:
        hint = "; `opinionscope data import PATH` brings the raw text" if reply.text is None else ""
        trace = [f"recorded as figures ({unit}){hint}"]
    missing = [label for label, f in zip(question.labels, reply.figures, strict=True) if f is None]
    if missing:
        who = "those who estimated" if reply.model == CROWDWORKERS else "the model when it was asked"
        trace.append(f"not offered to {who}: " + ", ".join(missing))
    return normalised(figures, trace, coverage=None)


def normalised(
    figures: Sequence[float], trace: Sequence[str], coverage: float | None = 1.0, sample_size: int | None = None
) -> Reading:
    """The reading that these figures, shape (K,), make once they sum to 1."""
    try:
        distribution = Distribution.from_weights(figures)
    except DistributionError as error:
        return Reading.unread(error.message, tuple(trace))
    return Reading(distribution, "", tuple(trace), tuple(figures), coverage, sample_size)


ONE_LETTER = "Answer as one of them, drawn at random: the letter of the option chosen, and nothing else."


class OneLetter(ExpressionFormat):
    """Asks for one person's answer."""

    ignores = ("repair", "normalise")
    one_letter = True

    @override
    def instruction(self, question: Question, recipe: Recipe) -> str:
        return ONE_LETTER

    @override
    def express(self, probabilities: Sequence[float], letters: str, rng: random.Random, recipe: Recipe) -> str:
        return rng.choices(letters, weights=probabilities)[0]
