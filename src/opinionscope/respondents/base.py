"""Respondent: whoever answers a call."""

from collections.abc import Callable
from typing import Any, Protocol, runtime_checkable

from msgspec import Struct

from opinionscope.elicitation import Call, Kind, Plan, Reply, Usage
from opinionscope.errors import OpinionscopeError

OnText = Callable[[str], object]
"""Given the whole text so far; must not raise."""

DEFAULT_TIMEOUT = 120.0
DEFAULT_ATTEMPTS = 3


class RespondentError(OpinionscopeError):
    """No answer: what went wrong, and the next step. Says nothing that must stay secret.

    Attributes:
        usage: what was used all the same, as far as the provider said.
    """

    title = "The model did not answer"
    usage = Usage()


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


class Respondent:
    """Answers calls. A subclass has a `name` and says how; of the rest it overrides what it does otherwise.

    Attributes:
        name: under which it was chosen: ``gpt-4o``, ``recorded/gpt-4``.
        kind: whether it answers live.
    """

    name: str
    kind: Kind = "live"

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
        raise NotImplementedError

    async def start(self) -> None:
        """Start what answers, where that takes seconds; whoever does not call this waits at the first call.

        Raises:
            RespondentError: if it cannot be started.
        """

    async def check(self, call: Call) -> None:
        """Learn what is needed to ask, and refuse what can be seen to fail; sends nothing.

        Raises:
            RespondentError: if the model is not known, its key is missing, or it cannot give what is asked for.
        """

    def as_sent(self, plan: Plan) -> Plan:
        """The plan as it is really sent, with a note of what is put in place of its recipe."""
        return plan

    def request_hash(self, call: Call) -> str:
        """A hash of all that decides the reply to a call, the same for requests that are the same; "" for none."""
        return ""

    def learned(self) -> tuple[str, ...]:
        """What else has to be said of how calls were sent, known once they have been answered."""
        return ()


@runtime_checkable
class Batchable(Protocol):
    """A respondent whose calls can be written into a batch file."""

    async def batch_body(self, call: Call) -> dict[str, Any]:
        """The body of a chat completion that asks a call; sends nothing.

        Raises:
            RespondentError: if the model names no provider that is known.
        """
