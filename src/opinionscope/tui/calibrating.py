"""Answers to other questions that are asked before a run, so that a temperature can be fitted for it."""

from collections.abc import Callable
from contextlib import aclosing

from opinionscope.errors import OpinionscopeError
from opinionscope.runs.prober import Choices, Prober
from opinionscope.runs.watching import UNWATCHED
from opinionscope.tui.calls import CallUnderWay

LACKING = "Other answers first"


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
