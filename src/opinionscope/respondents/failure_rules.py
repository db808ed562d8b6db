"""Which failure is which: when each rule applies, and what it says to do next. The first rule that applies counts."""

from collections.abc import Callable

from msgspec import Struct

from opinionscope.regexes import regex
from opinionscope.respondents.exchange import Exchange
from opinionscope.respondents.intake import LARGEST_BODY, MOST_LINES
from opinionscope.respondents.providers import CUSTOM_KEY_VARIABLE, NAME_HINT, PROVIDERS

REFUSED = "The request was refused"
"""Said where nothing tells what was wrong with it."""
NO_LOG_PROBS = "gives no log-probabilities; choose the format verbalized, sequence or samples"
USUAL_TEMPERATURE = 1.0
"""What models take that take no other."""

_SETTING = regex(
    r"\b(?:max_completion_tokens|top_logprobs|logprobs|temperature|max_tokens|seed|stream_options|stream|top_p)\b"
)
_REFUSING = ("unsupported", "not support", "unrecognized", "unknown", "unexpected", "not permitted", "extra")
_NOT_TAKEN = (
    "deprecated",
    "not allowed",
    "leave it out",
    "must be",
    "invalid value",
    "only the default",
    "remove",
    "too large",
    "at most",
)
_TOO_LONG = (
    *("context_length_exceeded", "context length", "context window", "maximum context", "context size"),
    *("prompt is too long", "too many tokens", "input is too long", "exceeds the available context"),
)
_CONTENT = ("content_filter", "content_policy", "content policy", "content management policy", "responsibleai")


class Sent(Struct, frozen=True):
    """What was sent, as far as advice about it needs to know.

    Attributes:
        key_place: where the key comes from, in words; "" for where keys of its kind usually come from.
        temperature: of the call; None where it is not known.
        temperature_place: where the settings say so, in words; "" where it was chosen for the run.
        not_taken: settings of the call that the model does not take, as far as litellm knows.
    """

    key_place: str = ""
    temperature: float | None = None
    temperature_place: str = ""
    not_taken: tuple[str, ...] = ()


NOTHING_KNOWN = Sent()


class Facts(Struct, frozen=True):
    """What is known of a call that failed.

    Attributes:
        server: whom it was sent to, in words or as an address.
        exchange: what went over the wire.
        classes: names of the exception's class and of its ancestors.
        status: what the server answered with, in the head or in the body; None if there was none.
        words: the server's own, in lower case.
        code: its short names for the error, in lower case, each between blanks.
    """

    model: str
    provider: str
    server: str
    sent: Sent
    exchange: Exchange
    classes: frozenset[str]
    status: int | None
    words: str
    code: str

    def says(self, *phrases: str) -> bool:
        """Whether one of these phrases, in lower case, is in the server's words or codes."""
        return any(phrase in self.words or phrase in self.code for phrase in phrases)

    def ended(self, *ends: str) -> bool:
        """Whether the exchange ended in one of these ways."""
        return self.exchange.end in ends

    def is_unsent(self, *names: str) -> bool:
        """Whether nothing went over the wire, and the exception is of one of these classes."""
        return self.exchange.end == "open" and self.exchange.status is None and not self.classes.isdisjoint(names)


class Rule(Struct, frozen=True):
    """When it applies, and what is said then; a text may name the model, provider, server and status."""

    applies: Callable[[Facts], bool]
    title: str
    advice: str | Callable[[Facts], str]
    transient: bool = False
    quoted: bool = True


def _key_advice(facts: Facts) -> str:
    known = PROVIDERS.get(facts.provider)
    if facts.sent.key_place:
        who = facts.server if facts.server.startswith("http") else facts.provider
        return f"{who} refused the key; check {facts.sent.key_place}"
    if facts.server.startswith("http"):
        return f"{facts.server} refused the key; put the right one in {CUSTOM_KEY_VARIABLE}"
    variables = " or ".join(known.key_variables) if known else f"{facts.provider.upper()}_API_KEY"
    return f"{facts.provider} refused the key; check {variables}"


def _setting_advice(facts: Facts) -> str:
    refused = (*_SETTING.findall(f"{facts.exchange.error.param} {facts.words}"), *facts.sent.not_taken)
    if any("logprobs" in name for name in refused):
        return f"{facts.model} {NO_LOG_PROBS}"
    if refused[:1] and refused[0] in ("max_tokens", "max_completion_tokens"):
        return (
            f"{facts.model} does not give as many tokens as were asked for; ask for fewer with max_tokens under "
            "[models.NAME.parameters] in the settings, or choose another model"
        )
    if "temperature" in refused[:1]:
        return _temperature_advice(facts)
    what = f"the setting {refused[0]}" if refused else "one of the settings that were sent"
    return f"{facts.model} does not take {what}, which the benchmark fixes; choose another model"


def _temperature_advice(facts: Facts) -> str:
    sent = facts.sent
    value = "" if sent.temperature is None else f" {sent.temperature:g}"
    wanted = (
        "another --temperature" if sent.temperature == USUAL_TEMPERATURE else f"--temperature {USUAL_TEMPERATURE:g}"
    )
    how = f"ask with {wanted}, or set the line Temperature under o"
    if sent.temperature_place:
        how = f"change it in {sent.temperature_place}"
    return f"{facts.model} does not take the temperature{value}; {how}, or choose another model"


def _missing_advice(facts: Facts) -> str:
    if facts.server.startswith("http"):
        return f"{facts.server} knows no {facts.model}; check the name, and the address, which often ends in /v1"
    return f"{facts.provider} knows no model {facts.model}, or your key may not use it; {NAME_HINT}"


_CONNECTIONS = {
    "unknown host": "{server} cannot be found; check the address and the network",
    "unsafe": "no safe connection to {server} could be made; check https or http, and the certificate",
    "refused": "nothing answers at {server}; check that it runs, its address, and the network",
    "unreachable": "{server} cannot be reached; check that it runs, its address, and the network",
    "redirected elsewhere": ("{server} sends calls on to another server, which nothing is sent to; check the address"),
    "blocking": "{server} would be asked in a way that freezes the program; choose another model",
}


def _connection_advice(facts: Facts) -> str:
    if not facts.ended(*_CONNECTIONS):
        return f"{facts.server} sends calls round in a circle; check the address, which often ends in /v1"
    return _CONNECTIONS[facts.exchange.end].format(server=facts.server)


def _lost_advice(facts: Facts) -> str:
    if facts.ended("lost"):
        return f"{facts.server} closed the connection before it answered; try again"
    return f"the answer of {facts.server} was cut off after {facts.exchange.received:,} bytes; try again"


def _is_redirected(facts: Facts) -> bool:
    status = facts.exchange.status
    return facts.ended(*_CONNECTIONS) or (status is not None and 300 <= status < 400)


def _is_refused_setting(facts: Facts) -> bool:
    if facts.is_unsent("UnsupportedParamsError"):
        return True
    named = _SETTING.search(f"{facts.words} {facts.exchange.error.param}") is not None
    return facts.status in (400, 422) and named and facts.says(*_REFUSING, *_NOT_TAKEN)


def _is_out_of_credit(facts: Facts) -> bool:
    if facts.status == 402 or facts.is_unsent("PaymentRequiredError", "BudgetExceededError"):
        return True
    if facts.says("insufficient_quota", "credit balance", "insufficient balance"):
        return True
    # Gemini speaks of quota and billing when only the calls of a minute are used up.
    only_a_pause = facts.says("per minute", "per day", "retry in", "retrydelay")
    return facts.says("exceeded your current quota") and not only_a_pause


def _makes_no_sense(facts: Facts) -> bool:
    return facts.exchange.status is not None and facts.status is None and not facts.exchange.error.is_error


RULES: tuple[Rule, ...] = (
    Rule(_is_redirected, "The server cannot be reached", _connection_advice, quoted=False),
    Rule(
        lambda f: f.ended("too large"),
        "The answer is too large",
        f"{{server}} sent more than {LARGEST_BODY // 1_000_000} MB or {MOST_LINES:,} lines, or a line without an end, "
        "and was stopped; check that it is a model server, or choose another model",
        quoted=False,
    ),
    Rule(
        lambda f: f.ended("unasked encoding"),
        "The answer makes no sense",
        "{server} packed its answer in a way that was not asked for; check the server and what stands before it",
        quoted=False,
    ),
    Rule(
        lambda f: f.ended("timed out") or f.is_unsent("Timeout", "TimeoutError"),
        "The model took too long",
        "no whole answer came in time; try again, or choose a model that answers faster",
    ),
    Rule(
        lambda f: f.status in (408, 504),
        "The model took too long",
        "{server} waited too long for its model (status {status}); try again, or choose a model that answers faster",
        transient=True,
    ),
    Rule(
        lambda f: (f.status in (400, 413) and f.says(*_TOO_LONG)) or f.is_unsent("ContextWindowExceededError"),
        "The prompt is too long for this model",
        "choose a model with a longer context than {model}, or a steering method with fewer examples",
    ),
    Rule(
        lambda f: (
            (f.status in (400, 403, 422) and f.says(*_CONTENT))
            or f.is_unsent("ContentPolicyViolationError", "GuardrailRaisedException", "BlockedPiiEntityError")
            or f.is_unsent("RejectedRequestError", "ModifyResponseException", "SensitiveDataRouteException")
        ),
        "The provider refused the question",
        "its content rules do not let the question pass; choose another model or question",
    ),
    Rule(_is_refused_setting, "The model refuses a setting", _setting_advice),
    Rule(
        _is_out_of_credit,
        "No credit left",
        "the account at {provider} has run out of credit or quota; top it up, or choose another model",
    ),
    Rule(
        lambda f: (
            f.status == 401
            or (f.status == 400 and f.says("invalid api key", "api key not valid", "api_key_invalid"))
            or f.is_unsent("AuthenticationError", "LocalProtocolError")
        ),
        "The key was refused",
        _key_advice,
    ),
    Rule(
        lambda f: f.status == 403 and f.exchange.error.is_page,
        "Not allowed",
        "a page came in place of an answer (status {status}), as from a firewall before {server}; check the address, "
        "and the network that you ask from",
    ),
    Rule(
        lambda f: f.status == 403 or f.is_unsent("PermissionDeniedError"),
        "Not allowed",
        "the key may not use {model}; choose another model, or ask {provider} for access to it",
    ),
    Rule(
        lambda f: f.status == 404 or f.is_unsent("NotFoundError", "ModelNotMappedError", "LiteLLMUnknownProvider"),
        "No such model",
        _missing_advice,
    ),
    Rule(
        lambda f: f.status == 429 or f.is_unsent("RateLimitError"),
        "Too many requests",
        "{server} asks for a pause; try again in a while, or run fewer at the same time",
        transient=True,
    ),
    Rule(
        lambda f: f.ended("lost", "cut off") and not f.exchange.error.is_error,
        "The connection was lost",
        _lost_advice,
        transient=True,
        quoted=False,
    ),
    Rule(
        lambda f: f.exchange.body is not None and f.exchange.error.is_empty,
        "The answer is empty",
        "the server sent a list of answers with nothing in it; try again, or choose another model",
    ),
    Rule(
        lambda f: f.status is not None and f.status >= 500,
        "The provider has trouble",
        "{server} failed on its side (status {status}); try again later",
        transient=True,
    ),
    Rule(
        lambda f: f.status is not None,
        REFUSED,
        "{server} would not take the request (status {status}); choose another model or format",
    ),
    Rule(
        lambda f: f.exchange.error.is_error,
        "The provider has trouble",
        "{server} sent an error in place of an answer; try again later",
        transient=True,
    ),
    Rule(
        _makes_no_sense,
        "The answer makes no sense",
        "{server} did not answer as a model server does; check that its address is that of an OpenAI-compatible "
        "interface, often ending in /v1",
    ),
    Rule(
        lambda f: f.is_unsent("ImportError"),
        "A Python package is missing",
        "calls to {provider} need a further package; install it beside opinionscope",
    ),
)
UNKNOWN = Rule(
    bool,
    "The call failed",
    "the call to {model} failed in a way not known here; try again, or choose another model",
)
