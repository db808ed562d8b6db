"""The state of a running probe, as a screen needs it."""

import asyncio
import time
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass, field

from textual.worker import Worker

from opinionscope.errors import OpinionscopeError
from opinionscope.respondents.base import Attempt
from opinionscope.runs import Run
from opinionscope.runs.job import UNWATCHED
from opinionscope.runs.prober import Choices, Prober
from opinionscope.values import replace

FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
FRAMES_A_SECOND = 10
LACKING = "Other answers first"
CALM = 3
"""Of several answers, how many are waited for before any are drawn, and before it is said how long the rest takes."""


@dataclass(eq=False)
class CallUnderWay:
    """One probe, from the key press to its end.

    Attributes:
        draft: the run before its first call, or with the answers of an earlier start.
        choices: what it was made from; None for a run of the history.
        is_resumed: whether the draft is a saved run, of which only missing answers are asked.
        enough: set to stop early and use the answers so far.
        worker: does the asking.
        status: what it is waiting for, other than an answer.
        is_loading: whether litellm is being loaded, which all else waits for.
        part: the run with the answers so far, if it has several calls.
        text: text so far of a single answer.
        has_ended: all calls have ended, and the run is being saved.
        first: choices that are asked before, so that a temperature can be fitted.
        is_shown_cancelled: the user has cancelled it, and the answers so far are not shown yet.
    """

    draft: Run
    choices: Choices | None = None
    is_resumed: bool = False
    enough: asyncio.Event = field(default_factory=asyncio.Event)
    worker: Worker[None] | None = None
    status: str = ""
    is_loading: bool = False
    answered: int = 0
    part: Run | None = None
    text: str = ""
    has_ended: bool = False
    first: tuple[Choices, ...] = ()
    is_shown_cancelled: bool = False
    _again: tuple[Attempt, float] | None = field(init=False, default=None)
    _begun: float = field(init=False, default_factory=time.monotonic)
    _earlier: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        self._earlier = self.answered

    @property
    def has_few(self) -> bool:
        """Whether so few of several answers have come that bars would only jump."""
        return self.part is not None and self.answered < min(CALM, self.planned)

    @property
    def planned(self) -> int:
        """Number of calls in total."""
        return len(self.draft.plan.calls)

    def delay(self, attempt: Attempt | None) -> None:
        """Note that a call waits before its next attempt; None if it no longer does. The last one noted is shown."""
        self._again = None if attempt is None else (attempt, time.monotonic() + attempt.wait)

    def words(self) -> str:
        """A spinner, what is awaited, for how many seconds, and how long the rest of several answers may take."""
        seconds = time.monotonic() - self._begun
        frame = FRAMES[int(seconds * FRAMES_A_SECOND) % len(FRAMES)]
        status = self._delay_words() or ("loading litellm" if self.is_loading else self.status)
        awaited = status or ("answering" if self.answered else "asking")
        if self.planned > 1:
            awaited = f"{self.answered:,} of {self.planned:,} answers" + (f", {status}" if status else "")
        if self.enough.is_set():
            awaited = f"stopping early with {self.answered:,} of {self.planned:,} answers"
        return f"{frame} {awaited} … {seconds:.0f} s{self._rest(seconds)}"

    def _rest(self, seconds: float) -> str:
        came, left = self.answered - self._earlier, self.planned - self.answered
        if came < CALM or left <= 0 or self.enough.is_set():
            return ""
        from opinionscope.respondents.retries import in_words

        return f", about {in_words(seconds * left / came)} left"

    def _delay_words(self) -> str:
        """A countdown to the next attempt."""
        if self._again is None:
            return ""
        attempt, then = self._again
        left = then - time.monotonic()
        return replace(attempt, wait=left).words if left > 0 else ""


async def ask_first(
    prober: Prober, call: CallUnderWay, choices: Choices, complain: Callable[[OpinionscopeError], object]
) -> None:
    """Ask what a call wants asked first; nothing where it wants nothing.

    Raises:
        OpinionscopeError: if too few of them were answered.
    """
    if not call.first:
        return
    async with aclosing(prober.runs((each, UNWATCHED) for each in call.first)) as runs:
        call.status = f"asking {len(call.first)} other questions first"
        ended = 0
        async for run in runs:
            ended += 1
            call.status = f"{ended} of {len(call.first)} other questions asked first"
            if run.error:
                complain(OpinionscopeError(run.error, title=run.error_title))
    call.status = ""
    if (left := await prober.lacking(choices)) is not None:
        raise OpinionscopeError(f"{left.words}; ask again, or choose the format log-probs", title=LACKING)
