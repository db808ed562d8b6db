"""Respondent: whoever answers an elicitation, and what comes back with the answer."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from opinionscope.elicitation import Answer, Elicitation
from opinionscope.errors import OpinionscopeError

Kind = Literal["live", "recorded"]
OnText = Callable[[str], None]

DEFAULT_TIMEOUT = 120.0
DEFAULT_ATTEMPTS = 3


class RespondentError(OpinionscopeError):
    """No answer: what went wrong, and the next step. Says nothing that must stay secret."""

    title = "The model did not answer"


@dataclass(frozen=True, slots=True)
class Usage:
    """What an answer cost.

    Attributes:
        prompt_tokens, completion_tokens: as the provider counted them; None where it did not say.
        cost_usd: in US dollars; None where the price is not known, never 0 in its place.
        seconds: wall-clock time from request to last byte.
    """

    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    cost_usd: float | None = None
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Response:
    """An answer with its provenance.

    Attributes:
        kind: asked just now, or recorded earlier.
        model: the model that really answered, as the provider names it.
        answered: when a live answer came in (UTC); None for recorded ones.
        recorded: when and where a recorded answer was made, in words; "" for live ones.
    """

    answer: Answer
    kind: Kind
    model: str
    answered: datetime | None = None
    recorded: str = ""
    usage: Usage = Usage()


class Respondent(Protocol):
    """Answers elicitations."""

    @property
    def name(self) -> str:
        """The name under which it was chosen: ``gpt-4o``, ``recorded/gpt-4``."""

    @property
    def kind(self) -> Kind:
        """Whether it answers live."""

    async def respond(self, elicitation: Elicitation, on_text: OnText | None = None) -> Response:
        """Answer.

        Args:
            elicitation: what is asked.
            on_text: called with all the text so far while an answer streams in.

        Raises:
            RespondentError: if there is no answer.
        """
