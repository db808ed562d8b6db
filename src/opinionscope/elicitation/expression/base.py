"""ExpressionFormat: how a model is made to express a distribution, and how its answer is read."""

import random
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from opinionscope.elicitation.answer import Answer, Reading
from opinionscope.survey.distribution import Distribution, DistributionError
from opinionscope.survey.question import Question


@dataclass(frozen=True, slots=True)
class Request:
    """What a format needs from the provider beside the prompt.

    Attributes:
        max_tokens: upper bound for the answer.
        top_logprobs: how many candidates for the first token to ask for; 0 for none.
        temperature: as in the paper, 1 throughout.
    """

    max_tokens: int
    top_logprobs: int = 0
    temperature: float = 1.0


class ExpressionFormat(ABC):
    """One way to express a distribution: what to ask for, and how to read what comes back.

    To add a format: write one file with a subclass, and name it in the registry of this package.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    summary: ClassVar[str]
    request: ClassVar[Request]

    @abstractmethod
    def instruction(self, question: Question) -> str:
        """What the model is told about the form of its answer."""

    @abstractmethod
    def express(self, probabilities: Sequence[float], letters: str, rng: random.Random) -> str:
        """A worked example's answer in this form, for a distribution of shape (K,)."""

    @abstractmethod
    def read(self, answer: Answer, question: Question) -> Reading:
        """Read an answer. Never raises, whatever the answer holds."""

    def preview(self, text: str, question: Question) -> tuple[float, ...] | None:
        """What an answer that is still arriving shows so far: shares of the options, shape (K,), as stated.

        They sum to 1 at most, and to less while options are still to come; None if there is nothing to tell.
        Cheap enough to be called at every piece that arrives, however long the answer has become.
        """
        return None


def both_ends(text: str, longest: int) -> tuple[str, tuple[str, ...]]:
    """A text of at most about `longest` characters, and for the trace what was left out of a longer one."""
    half = longest // 2
    if len(text) <= 2 * half:
        return text, ()
    trace = f"read only the first and the last {half:,} of {len(text):,} characters"
    return f"{text[:half]}\n{text[-half:]}", (trace,)


def read_figures(answer: Answer, question: Question, unit: str) -> Reading:
    """Read recorded figures: only normalise them, and say what was not offered; the coverage is not known."""
    if answer.figures is None:
        return Reading.unread(answer.unread or "nothing was recorded")
    if len(answer.figures) != len(question.options):
        return Reading.unread(f"{len(answer.figures)} figures were recorded for {len(question.options)} options")
    figures = tuple(figure or 0.0 for figure in answer.figures)
    hint = "; `opinionscope data import PATH` brings the raw text" if answer.text is None else ""
    trace = [f"recorded as figures ({unit}){hint}"]
    missing = [label for label, f in zip(question.labels, answer.figures, strict=True) if f is None]
    if missing:
        trace.append("not offered to the model when it was asked: " + ", ".join(missing))
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
