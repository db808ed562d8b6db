"""Lines of batch files, as OpenAI's batch API, vLLM's ``run-batch`` and others write them, read as replies."""

from datetime import UTC, datetime
from typing import Any

import msgspec

from opinionscope.elicitation import Call, Reply, Usage
from opinionscope.respondents.completion import read_completion
from opinionscope.survey.text import clean_line

BATCH_FAILED = "The batch has no answer"
LONGEST_REASON = 300
NOTHING_SAID = Usage()


class BatchResponse(msgspec.Struct):
    """What a provider answered to one line; `body` is a chat completion, or an error."""

    status_code: int = 200
    body: Any = None


class BatchLine(msgspec.Struct):
    """One line of a file of results; `error` is what kept the provider from asking."""

    custom_id: str
    response: BatchResponse | None = None
    error: Any = None


_decoder = msgspec.json.Decoder(BatchLine)


def read_line(line: bytes) -> BatchLine | None:
    """A line; None if it is none, as where a file was cut off, or holds neither answer nor error, as a call does."""
    try:
        found = _decoder.decode(line)
        return found if found.response is not None or found.error else None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def reply_of(line: BatchLine, call: Call, model: str) -> Reply:
    """The reply to a call that a line holds; a failed one where it holds an error, or nothing to read.

    What it cost is not known: batches have prices of their own.
    """
    response = line.response
    if line.error or response is None or response.status_code >= 400:
        return _failed(_reason(line.error or (response and response.body)), model)
    completion = read_completion(response.body)
    usage = Usage(completion.prompt_tokens, completion.completion_tokens, None, 0.0)
    if empty := completion.emptiness(call.request.max_tokens):
        return _failed(empty.message, model, usage)
    reply = Reply(
        completion.text,
        completion.first_token,
        finish_reason=completion.finish_reason,
        offered=call.offered,
        model=completion.model or model,
        answered=datetime.now(UTC),
        usage=usage,
    )
    return call.split(reply)


def _failed(reason: str, model: str, usage: Usage = NOTHING_SAID) -> Reply:
    return Reply(unread=f"{BATCH_FAILED}: {reason}", model=model, usage=usage)


def _reason(error: Any) -> str:
    """What an error says, whichever way it is wrapped."""
    for _ in range(3):
        if isinstance(error, dict):
            error = error.get("error") or error.get("message") or error.get("code") or error
    return clean_line(str(error or "no reason was given"))[:LONGEST_REASON]
