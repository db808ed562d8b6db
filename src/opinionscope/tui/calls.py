"""A call under way: what the screen knows of a probe while it is asked."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from opinionscope.history import Run
from opinionscope.probe import Choices

FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
FRAMES_A_SECOND = 10


@dataclass(eq=False)
class CallUnderWay:
    """One probe, from the key press to its end.

    Attributes:
        draft: the run before anybody was asked.
        enough: set to be content with the answers there are.
        cancel: gives it up.
        status: what it is waiting for, where that is more than an answer.
    """

    choices: Choices
    draft: Run
    enough: asyncio.Event = field(default_factory=asyncio.Event)
    cancel: Callable[[], None] | None = None
    status: str = ""
    answered: int = 0
    _begun: float = field(default_factory=time.monotonic)

    @property
    def planned(self) -> int:
        """How many calls it takes in all."""
        return len(self.draft.elicitation.calls)

    def words(self) -> str:
        """A turning wheel, what is awaited, and for how long."""
        seconds = time.monotonic() - self._begun
        frame = FRAMES[int(seconds * FRAMES_A_SECOND) % len(FRAMES)]
        awaited = self.status or ("answering" if self.answered else "asking")
        if self.planned > 1:
            awaited = f"{self.answered:,} of {self.planned:,} answers" + (f", {self.status}" if self.status else "")
        return f"{frame} {awaited} … {seconds:.0f} s"
