"""Respondent: whoever answers a call."""

from collections.abc import Callable
from typing import Any, Protocol, runtime_checkable

from msgspec import Struct

from opinionscope.elicitation import Call, Kind, Plan, Reply
from opinionscope.errors import OpinionscopeError

OnText = Callable[[str], object]
"""Given the whole text so far; must not raise."""

DEFAULT_TIMEOUT = 120.0
DEFAULT_ATTEMPTS = 3


class RespondentError(OpinionscopeError):
    """No answer: what went wrong, and the next step. Says nothing that must stay secret."""

    title = "The model did not answer"


class EmptyAnswerError(RespondentError):
    """The model was asked and replied, and there is nothing in its reply to read."""

    title = "The answer is empty"


class Attempt(Struct, frozen=True):
    """Another attempt at a call that failed for a passing reason, or a first one that waits its turn; before the pause.

    Attributes:
        number: of the attempt to come, from 2, or from 1 where it waits for a limit.
        most: how many there will be at most.
        wait: seconds of the pause.
        reason: what went wrong the last time, in a few words, the title of its error.
        limit: the limit of the user's own settings that it waits for, as ``3 calls a minute``; "" for none.
    """

    number: int
    most: int
    wait: float
    reason: str
    limit: str = ""

    @property
    def words(self) -> str:
        """For one line on a screen: ``Too many requests: attempt 2 of 3 in 4 s``."""
        if self.limit:
            return f"waiting {self.wait:.0f} s for the limit of {self.limit}"
        return f"{self.reason}: attempt {self.number} of {self.most} in {self.wait:.0f} s"


OnAttempt = Callable[[Attempt], object]
"""Given each attempt after the first, and each that waits for a limit; must not raise."""


class Respondent(Protocol):
    """Answers calls."""

    @property
    def name(self) -> str:
        """The name under which it was chosen: ``gpt-4o``, ``recorded/gpt-4``."""

    @property
    def kind(self) -> Kind:
        """Whether it answers live."""

    async def respond(self, call: Call, on_text: OnText | None = None, on_attempt: OnAttempt | None = None) -> Reply:
        """Answer.

        Args:
            call: what is asked.
            on_text: called with all the text so far while an answer streams in. All that had arrived is handed
                over also when the answer breaks off or the call is cancelled, before the exception leaves; a new
                attempt begins the text anew.
            on_attempt: called when the question will be put again, or waits for a limit of the settings.

        Raises:
            RespondentError: if there is no answer.
        """


@runtime_checkable
class StartsFirst(Protocol):
    """A respondent that has to be started, which takes seconds; whoever does not start it waits at the first call."""

    async def start(self) -> None:
        """Start it.

        Raises:
            RespondentError: if it cannot be started.
        """


@runtime_checkable
class SendsOtherwise(Protocol):
    """A respondent whose own settings have a say in what is sent."""

    def as_sent(self, plan: Plan) -> Plan:
        """The plan as it is really sent, with a note of what is put in place of its recipe."""

    def request_hash(self, call: Call) -> str:
        """A hash of all that decides the reply to a call, the same for requests that are the same."""

    def learned(self) -> tuple[str, ...]:
        """What else has to be said of how calls were sent, known once they have been answered."""


@runtime_checkable
class ChecksFirst(Protocol):
    """A respondent that can tell, before anything is sent, that it cannot be asked."""

    async def check(self, call: Call) -> None:
        """Learn what is needed to ask; sends nothing.

        Raises:
            RespondentError: if the model is not known, its key is missing, or it cannot give what is asked for.
        """


@runtime_checkable
class Batchable(Protocol):
    """A respondent whose calls can be written into a batch file."""

    async def batch_body(self, call: Call) -> dict[str, Any]:
        """The body of a chat completion that asks a call; sends nothing.

        Raises:
            RespondentError: if the model names no provider that is known.
        """
