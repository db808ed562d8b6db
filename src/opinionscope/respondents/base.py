"""Respondent: whoever answers an elicitation, and what comes back with the answer."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from opinionscope.elicitation import Answer, Elicitation
from opinionscope.errors import OpinionscopeError

Kind = Literal["live", "recorded"]
OnText = Callable[[str], None]
"""Given the whole text so far; must not raise."""

DEFAULT_TIMEOUT = 120.0
DEFAULT_ATTEMPTS = 3


class RespondentError(OpinionscopeError):
    """No answer: what went wrong, and the next step. Says nothing that must stay secret."""

    title = "The model did not answer"


@dataclass(frozen=True, slots=True)
class Attempt:
    """Another attempt at a call that failed for a passing reason, before its pause begins.

    Attributes:
        number: of the attempt to come, from 2.
        most: how many there will be at most.
        wait: seconds of the pause.
        reason: what went wrong the last time, in a few words, the title of its error.
    """

    number: int
    most: int
    wait: float
    reason: str

    @property
    def words(self) -> str:
        """For one line on a screen: ``Too many requests: attempt 2 of 3 in 4 s``."""
        return f"{self.reason}: attempt {self.number} of {self.most} in {self.wait:.0f} s"


OnAttempt = Callable[[Attempt], None]
"""Given each attempt after the first; must not raise."""


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

    async def respond(
        self, elicitation: Elicitation, on_text: OnText | None = None, on_attempt: OnAttempt | None = None
    ) -> Response:
        """Answer.

        Args:
            elicitation: what is asked.
            on_text: called with all the text so far while an answer streams in. All that had arrived is handed
                over also when the answer breaks off or the call is cancelled, before the exception leaves; a new
                attempt begins the text anew.
            on_attempt: called when the question will be put again.

        Raises:
            RespondentError: if there is no answer.
        """
