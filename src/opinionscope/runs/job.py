"""Job: a run whose calls are to be made, and who looks on meanwhile."""

import asyncio
from collections.abc import Awaitable, Callable

from msgspec import Struct

from opinionscope.respondents.base import OnAttempt, OnText, Respondent
from opinionscope.runs.run import Run

OnRun = Callable[[Run], object]


class Watch(Struct, frozen=True):
    """Who looks on while a question is put.

    Attributes:
        on_text: called with the text so far while the answer to a single call streams in.
        on_attempt: called before a call is made again.
        on_part: called with the run so far soon after one of several calls has ended.
        on_run: called with the run as it ended, cancelled ones too, before it is written.
        enough: set it to be content with the answers there are.
    """

    on_text: OnText | None = None
    on_attempt: OnAttempt | None = None
    on_part: OnRun | None = None
    on_run: OnRun | None = None
    enough: asyncio.Event | None = None


UNWATCHED = Watch()


class Job(Struct, frozen=True):
    """A run whose calls are to be made.

    Attributes:
        run: with an id, its plan, and the replies that it has; calls that have a whole one are not made again.
        respondent: connected for this run alone.
        is_new: whether it is not in the history yet.
        was_scored: whether it had numbers before it was resumed; then it has some again, whatever comes.
    """

    run: Run
    respondent: Respondent
    watch: Watch = UNWATCHED
    is_new: bool = True
    was_scored: bool = False


Opening = Job | Callable[[], Awaitable[Job | None]]
"""A job, or what makes it when there is room for it; None where there is nothing to ask."""
