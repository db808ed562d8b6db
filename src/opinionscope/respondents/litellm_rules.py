"""Which failure is which: when each rule applies, and what it says to do next."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from opinionscope.respondents.providers import CUSTOM_KEY_VARIABLE, NAME_HINT, PROVIDERS

NO_LOG_PROBS = "gives no log-probabilities; choose the format verbalized, sequence or samples"
USUAL_TEMPERATURE = 1.0
"""What models take that take no other."""

_REDIRECTS = ("TooManyRedirects", "RedirectedElsewhere")
_SETTING = re.compile(
    r"\b(?:max_completion_tokens|top_logprobs|logprobs|temperature|max_tokens|seed|stream_options|stream)\b"
)


@dataclass(frozen=True, slots=True)
class Sent:
    """What was sent, as far as advice about it needs to know.

    Attributes:
        key_place: where the key comes from, in words; "" for where keys of its kind usually come from.
        temperature: of the call; None where it is not known.
        temperature_place: where the settings say so, in words; "" where it was chosen for the run.
    """

    key_place: str = ""
    temperature: float | None = None
    temperature_place: str = ""


NOTHING_KNOWN = Sent()


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of an exception; `classes` are its own and its ancestors', `causes` those behind it."""

    model: str
    provider: str
    server: str
    sent: Sent
    classes: frozenset[str]
    causes: frozenset[str]
    status: int | None
    words: str
    code: str

    def is_a(self, *names: str) -> bool:
        """Whether it is of one of these classes, or of one derived from them."""
        return not self.classes.isdisjoint(names)

    def caused_by(self, *names: str) -> bool:
        """Whether one of these classes is behind it."""
        return not self.causes.isdisjoint(names)

    def says(self, *phrases: str) -> bool:
        """Whether one of these phrases, in lower case, is in its words."""
        return any(phrase in self.words for phrase in phrases)


@dataclass(frozen=True, slots=True)
class Rule:
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
    refused = _SETTING.findall(facts.words)
    if any("logprobs" in name for name in refused):
        return f"{facts.model} {NO_LOG_PROBS}"
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


def _connection_advice(facts: Facts) -> str:
    if facts.caused_by("gaierror"):
        return f"{facts.server} cannot be found; check the address and the network"
    if facts.caused_by("SSLError", "CertificateError"):
        return f"no safe connection to {facts.server} could be made; check https or http, and the certificate"
    if facts.caused_by("RedirectedElsewhere"):
        return f"{facts.server} sends calls on to another server, which nothing is sent to; check the address"
    if facts.caused_by("TooManyRedirects"):
        return f"{facts.server} sends calls round in a circle; check the address, which often ends in /v1"
    return f"nothing answers at {facts.server}; check that it runs, its address, and the network"


def _is_connection(facts: Facts) -> bool:
    return facts.caused_by("TransportError", "ConnectionError", "ClientConnectionError", "StreamError") or (
        facts.is_a("APIConnectionError") and facts.says("connection error", "connect call failed", "cannot connect")
    )


def _is_hopeless_connection(facts: Facts) -> bool:
    return facts.caused_by("gaierror", "SSLError", "CertificateError", "ConnectionRefusedError", *_REDIRECTS)


def _is_refused_setting(facts: Facts) -> bool:
    if facts.is_a("UnsupportedParamsError"):
        return True
    refusing = facts.says(
        "unsupported", "not support", "unrecognized", "unknown", "unexpected", "not permitted", "extra"
    )
    return facts.status in (400, 422) and refusing and _SETTING.search(facts.words) is not None


def _is_out_of_credit(facts: Facts) -> bool:
    if facts.status == 402 or facts.is_a("PaymentRequiredError", "BudgetExceededError"):
        return True
    if facts.code == "insufficient_quota" or facts.says("insufficient_quota", "credit balance", "insufficient balance"):
        return True
    # Gemini speaks of quota and billing when only the calls of a minute are used up.
    only_a_pause = facts.says("per minute", "per day", "retry in", "retrydelay")
    return facts.says("exceeded your current quota") and not only_a_pause


RULES: tuple[Rule, ...] = (
    Rule(
        lambda f: f.is_a("LiteLLMUnknownProvider") or f.says("llm provider not provided"),
        "No such model",
        "{model} names no provider that is known; {names}",
        quoted=False,
    ),
    Rule(
        lambda f: f.is_a("ContextWindowExceededError"),
        "The prompt is too long for this model",
        "choose a model with a longer context than {model}, or a steering method with fewer examples",
    ),
    Rule(
        lambda f: (
            f.is_a("ContentPolicyViolationError", "GuardrailRaisedException", "BlockedPiiEntityError")
            or f.is_a("RejectedRequestError", "ModifyResponseException", "SensitiveDataRouteException")
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
            or f.is_a("AuthenticationError")
            or f.caused_by("LocalProtocolError")
            or f.says("api_key client option must be set", "missing credentials", "invalid api key")
        ),
        "The key was refused",
        _key_advice,
    ),
    Rule(
        lambda f: f.status == 403 or f.is_a("PermissionDeniedError"),
        "Not allowed",
        "the key may not use {model}; choose another model, or ask {provider} for access to it",
    ),
    Rule(lambda f: f.status == 404 or f.is_a("NotFoundError", "ModelNotMappedError"), "No such model", _missing_advice),
    Rule(
        lambda f: f.is_a("Timeout", "TimeoutError") or f.status in (408, 504) or f.caused_by("TimeoutException"),
        "The model took too long",
        "no whole answer came in time; try again, or choose a model that answers faster",
        transient=True,
        quoted=False,
    ),
    Rule(
        lambda f: f.status == 429 or f.is_a("RateLimitError"),
        "Too many requests",
        "{provider} asks for a pause; try again in a while, or run fewer at the same time",
        transient=True,
    ),
    Rule(_is_hopeless_connection, "The server cannot be reached", _connection_advice, quoted=False),
    Rule(
        _is_connection,
        "The connection was lost",
        "the connection to {server} broke off before the answer was whole; try again",
        transient=True,
        quoted=False,
    ),
    Rule(
        lambda f: (
            f.is_a("APIResponseValidationError")
            or f.caused_by("JSONDecodeError", "ValidationError")
            or f.says("empty or invalid response", "invalid response object", "that is not a list")
        ),
        "The answer makes no sense",
        lambda f: (
            f"{f.server} did not answer as a model server does; check that its address is that of an "
            "OpenAI-compatible interface, often ending in /v1"
        ),
    ),
    Rule(
        lambda f: f.status is not None and f.status >= 500 and not f.is_a("APIConnectionError"),
        "The provider has trouble",
        "{server} failed on its side (status {status}); try again later",
        transient=True,
    ),
    Rule(
        lambda f: f.status is not None and 400 <= f.status < 500,
        "The request was refused",
        "{server} would not take the request (status {status}); choose another model or format",
    ),
    Rule(
        lambda f: f.caused_by("ImportError"),
        "A Python package is missing",
        "calls to {provider} need a further package; install it beside opinionscope",
    ),
    Rule(
        lambda f: f.is_a("APIConnectionError", "APIError", "OpenAIError"),
        "No answer came",
        "the call to {server} broke down; check that it runs, its address and the network, or choose another model",
    ),
)
UNKNOWN = Rule(
    bool,
    "The call failed",
    "the call to {model} failed in a way not known here; try again, or choose another model",
)
