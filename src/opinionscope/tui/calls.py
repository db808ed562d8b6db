"""A call under way: what the screen knows of a probe while it is asked."""

import asyncio
import time
from dataclasses import dataclass, field, replace

from textual.worker import Worker

from opinionscope.respondents import Attempt
from opinionscope.runs import Run
from opinionscope.runs.prober import Choices

FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
FRAMES_A_SECOND = 10


@dataclass(eq=False)
class CallUnderWay:
    """One probe, from the key press to its end.

    Attributes:
        draft: the run before anybody was asked, or with the answers of an earlier time.
        choices: what it was made from; None for a run of the history.
        is_resumed: whether the draft is a run of the history, and only what it lacks is asked.
        enough: set to be content with the answers there are.
        worker: does the asking.
        status: what it is waiting for, where that is more than an answer.
        part: the run with the answers of several that have come so far.
        text: of a single answer, as far as it has come.
        has_ended: nobody is asked any more, and only the writing is left.
        is_shown_cancelled: the user has cancelled it, and waits to see what had come.
    """

    draft: Run
    choices: Choices | None = None
    is_resumed: bool = False
    enough: asyncio.Event = field(default_factory=asyncio.Event)
    worker: Worker[None] | None = None
    status: str = ""
    answered: int = 0
    part: Run | None = None
    text: str = ""
    has_ended: bool = False
    is_shown_cancelled: bool = False
    _again: tuple[Attempt, float] | None = field(init=False, default=None)
    _begun: float = field(init=False, default_factory=time.monotonic)

    @property
    def planned(self) -> int:
        """How many calls it takes in all."""
        return len(self.draft.plan.calls)

    def delay(self, attempt: Attempt | None) -> None:
        """A call waits, or no longer; of several that do, what was heard last is told until its time is over."""
        self._again = None if attempt is None else (attempt, time.monotonic() + attempt.wait)

    def words(self) -> str:
        """A turning wheel, what is awaited, and for how long."""
        seconds = time.monotonic() - self._begun
        frame = FRAMES[int(seconds * FRAMES_A_SECOND) % len(FRAMES)]
        status = self._delay_words() or self.status
        awaited = status or ("answering" if self.answered else "asking")
        if self.planned > 1:
            awaited = f"{self.answered:,} of {self.planned:,} answers" + (f", {status}" if status else "")
        if self.enough.is_set():
            awaited = f"{self.answered:,} are enough, ending"
        return f"{frame} {awaited} … {seconds:.0f} s"

    def _delay_words(self) -> str:
        """Counts down to the next call or attempt."""
        if self._again is None:
            return ""
        attempt, then = self._again
        left = then - time.monotonic()
        return replace(attempt, wait=left).words if left > 0 else ""
