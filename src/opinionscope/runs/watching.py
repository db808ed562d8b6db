"""Watch: who looks on while a question is put."""

import asyncio
from collections.abc import Callable

from msgspec import Struct

from opinionscope.respondents.base import OnAttempt, OnText
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
