"""Changes to a call by which a server that refused it may answer, judged by what the server said."""

import re
from collections.abc import Collection, Mapping, Sequence

from opinionscope.elicitation.expression.base import Request
from opinionscope.regexes import regex
from opinionscope.respondents.failures import Failure

FEW_LOGPROBS = 5

FEW = "few log-probs"
OTHER_LIMIT = "max_completion_tokens"
WHOLE = "no streaming"
TEXT = "no JSON schema"
NO_TEMPERATURE = "no temperature"

NO_SYSTEM = "no system message"
NO_SEED = "no seed"
MORE_TOKENS = "more tokens"

LEAST_TOKENS = 16
"""What servers ask for that take no lower limit of an answer's tokens."""

TOLD = {
    NO_TEMPERATURE: "sent without a temperature, since the model refuses one: it used its own",
    NO_SEED: "sent without the seed, since the model takes none: asked again, it may answer otherwise",
    NO_SYSTEM: "the system message was sent at the head of the user's, since the model takes none",
}
"""Changes that a reader of the run has to know of → in words."""

_STREAM = regex(r"\bstream(?:ing|ed|_options)?\b")
_OLD_LIMIT = regex(r"^\D*\bmax_tokens\b\D*$")
"""What is said of the parameter's name; a text with a number in it speaks of its size."""
_ROLES = regex(r"\broles?\b(?!\\*[\"']\s*:)|\b(?:system|developer) (?:message|prompt|instruction)s?\b")
"""What is said of roles; `"role":` is said of nothing: some servers repeat the messages that they refuse."""
_SEED = regex(r"\b(?:random_)?seed\b(?!\\*[\"']?\s*[:=]\s*\d)")
"""What is said of the seed; with its number behind it, it stands in a request that a server repeats."""
_SAID = {NO_SYSTEM: _ROLES, NO_SEED: _SEED}
_TOO_FEW = regex(r"\bmax_\w*tokens\b.*(?:minimum|at least|greater than|>)")
_SCHEMA_ITSELF = regex(r"response_format|schema|grammar|guided")
_SAYS_NOTHING = regex(
    r"(?:\W*\b(?:(?:provider returned )?error|(?:bad|invalid|malformed) request|unprocessable(?: entity)?))*\W*"
)
_OF_THE_PROMPT = regex(
    r"content[ _](?:filter|policy|management)|usage polic|moderation|safety|flagged|context (?:length|window)"
)
"""A prompt that is refused for what it holds, or for its length, is refused whatever is changed."""
_LIMITS = regex(r"at most|limited to|less than|maximum|too many|exceed")
_SOME_FIELD = (
    r"requested parameters|"
    r"(?:extra|unknown|unrecogni[sz]ed|unexpected|unsupported) (?:inputs?|fields?|param\w*|arguments?|keys?)"
)
_UNNAMED = regex(
    rf"\W*(?:(?:provider returned )?error\W*)?(?:{_SOME_FIELD})(?: (?:is|are|not|permitted|allowed|supported))*\W*"
)
"""A field is refused without its name: of those that are sent, the schema is the least usual, then the temperature."""
_SCHEMA = regex(rf"response_format|schema|grammar|guided|\bformat\b|structured|\bjson|{_SOME_FIELD}")


def wanted_change(
    failure: Failure, request: Request, made: Collection[str], *, has_schema: bool, is_usual: bool
) -> str:
    """The change by which the same question may pass; "" if there is none.

    Args:
        request: what the format asked for.
        made: the changes that were made for this call, or would change nothing.
        has_schema: whether the call was held to a JSON schema.
        is_usual: whether its temperature is the usual one, which may be left out.
    """
    words, failed = failure.words, failure.status in (500, 501)
    if _OF_THE_PROMPT.search(words):
        return ""
    refused = failure.status in (400, 422) or (
        failure.status == 404 and re.search(r"requested parameters|response_format|\bjson\b", words)
    )
    named = refused or failed
    said = (change for change, words_of_it in _SAID.items() if change not in made and words_of_it.search(words))
    if named and (change := next(said, "")):
        return change
    if named and (change := _of_limit(words, request)):
        return change
    if request.top_logprobs > FEW_LOGPROBS and (
        (named and "logprobs" in words) or (failure.is_unexplained and _LIMITS.search(words))
    ):
        return FEW
    if refused and not request.top_logprobs and _STREAM.search(words):
        return WHOLE
    if is_usual and refused and "temperature" in words and not _SCHEMA_ITSELF.search(words):
        return NO_TEMPERATURE
    # llama.cpp refuses a schema with status 500, others with 501, and not all say what they refuse.
    if has_schema and (failed or (refused and (_SCHEMA.search(words) or _SAYS_NOTHING.fullmatch(words)))):
        return TEXT
    if has_schema and (failure.status or 0) >= 500 and _SCHEMA_ITSELF.search(words):
        return TEXT
    if is_usual and ((failed and "temperature" in words) or (refused and _UNNAMED.fullmatch(words))):
        return NO_TEMPERATURE
    return ""


def _of_limit(words: str, request: Request) -> str:
    if request.max_tokens < LEAST_TOKENS and _TOO_FEW.search(words):
        return MORE_TOKENS
    is_renamed = "max_completion_tokens" in words or (_OLD_LIMIT.search(words) and not _LIMITS.search(words))
    return OTHER_LIMIT if is_renamed else ""


def sent_messages(messages: Sequence[Mapping[str, str]], changes: Collection[str]) -> list[dict[str, str]]:
    """The messages of a call; without a system message, it stands at the head of the first other one."""
    system = [each["content"] for each in messages if each["role"] == "system"] if NO_SYSTEM in changes else []
    if not system:
        return [*map(dict, messages)]
    first, *rest = (dict(each) for each in messages if each["role"] != "system")
    return [first | {"content": "\n\n".join([*system, first["content"]])}, *rest]
