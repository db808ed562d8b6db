"""Asking again: the model is told what was wrong with an answer that could not be read."""

from collections.abc import Awaitable, Callable

from opinionscope.elicitation import Call, Reply
from opinionscope.respondents.base import RespondentError
from opinionscope.values import replace


async def answered(call: Call, ask: Callable[[Call], Awaitable[Reply]]) -> Reply:
    """The reply to a call, or that to a follow-up, where the recipe allows one and the reply could not be read.

    A follow-up that fails leaves the reply before it. A reply that was repaired has no request hash, so that it stands
    in for no reply to a request of its own.

    Raises:
        RespondentError: if there is no reply at all.
    """
    reply = await ask(call)
    for _ in range(call.cell.repairs):
        reading = call.cell.read(reply).reading
        if reading is None or reading.distribution is not None or not reply.text:
            break
        before = (*reply.before, (reply.text, reading.reason))
        try:
            again = await ask(replace(call, before=before))
        except RespondentError:
            break
        reply = replace(again, before=before, usage=reply.usage + again.usage, request_hash="")
    return reply
