"""What litellm raises, told in words that say what to do next.

Its classes alone mislead: a refused connection, a page of HTML and a missing key all come as an
InternalServerError. So a failure is judged by class, status, wording and the chain of causes together.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from opinionscope.respondents.base import RespondentError
from opinionscope.respondents.providers import CUSTOM_KEY_VARIABLE, NAME_HINT, PROVIDERS
from opinionscope.respondents.redaction import beginning, scrub
from opinionscope.respondents.retries import in_words, retry_after_seconds, said_seconds
from opinionscope.survey.text import clean_line

LONGEST_QUOTE = 300
NO_LOG_PROBS = "gives no log-probabilities; choose the format verbalized, sequence or samples"

_NOISE = re.compile(r"^(?:LiteLLM:|(?:litellm\.)?\w*(?:Error|Exception|Timeout)\w*\s*[:\-])\s*")
_TAG = re.compile(r"<(script|style)\b.{0,2000}?</\1\s*>|<[^>]{0,2000}>", re.DOTALL | re.IGNORECASE)
_TOLD = re.compile(r'"message"\s*:\s*"(?P<message>(?:[^"\\]|\\.)+)"')
_HTML = re.compile(r"<(?:!doctype|html|head|body)\b", re.IGNORECASE)
_REDIRECTS = ("TooManyRedirects", "RedirectedElsewhere")
_TRACEBACK = "Traceback (most recent call last)"
_SETTING = re.compile(
    r"\b(?:max_completion_tokens|top_logprobs|logprobs|temperature|max_tokens|seed|stream_options|stream)\b"
)
LONGEST_JUDGED = 5_000
LONGEST_READ = 20_000


@dataclass(frozen=True, slots=True)
class Failure:
    """Why there is no answer.

    Attributes:
        transient: whether the same call may well succeed a little later.
        retry_after: seconds that the provider asked to wait, None if it did not say.
        status: the HTTP status, None if there was none.
        words: what the server said, in lower case, without secrets.
    """

    title: str
    message: str
    transient: bool = False
    retry_after: float | None = None
    status: int | None = None
    words: str = ""

    def error(self, attempts: int = 1, longest_pause: float | None = None) -> RespondentError:
        """The error to raise after so many attempts.

        Args:
            longest_pause: seconds; a longer one that the provider asked for was not waited for, and is named.
        """
        message = self.message
        if self.transient and longest_pause is not None and (self.retry_after or 0.0) > longest_pause:
            asked = in_words(self.retry_after or 0.0)
            message += f" It asks for a pause of {asked}, longer than the time-out of {longest_pause:g} s."
        tried = f" (tried {attempts} times)" if attempts > 1 else ""
        return RespondentError(message + tried, title=self.title)


@dataclass(frozen=True, slots=True)
class _Facts:
    """What is known of an exception; `classes` are its own and its ancestors', `causes` those behind it."""

    model: str
    provider: str
    server: str
    classes: frozenset[str]
    causes: frozenset[str]
    status: int | None
    words: str
    code: str

    def is_a(self, *names: str) -> bool:
        return not self.classes.isdisjoint(names)

    def caused_by(self, *names: str) -> bool:
        return not self.causes.isdisjoint(names)

    def says(self, *phrases: str) -> bool:
        return any(phrase in self.words for phrase in phrases)


@dataclass(frozen=True, slots=True)
class _Rule:
    """When it applies, and what is said then; a text may name the model, provider, server and status."""

    applies: Callable[[_Facts], bool]
    title: str
    advice: str | Callable[[_Facts], str]
    transient: bool = False
    quoted: bool = True


def classify(error: BaseException, model: str, provider: str, api_base: str | None) -> Failure:
    """The failure that an exception of litellm, or of what lies below it, stands for."""
    chain = _chain(error)
    status = getattr(error, "status_code", None)
    said = _words(error)
    facts = _Facts(
        model=model,
        provider=provider,
        server=api_base or f"the server of {provider}",
        classes=frozenset(ancestor.__name__ for ancestor in type(error).__mro__),
        causes=frozenset(ancestor.__name__ for one in chain for ancestor in type(one).__mro__),
        status=status if isinstance(status, int) else None,
        words=said.lower()[:LONGEST_JUDGED],
        code=str(getattr(error, "code", None) or ""),
    )
    rule = next((rule for rule in _RULES if rule.applies(facts)), _UNKNOWN)
    quoted = said and rule.quoted and not facts.is_a("UnsupportedParamsError")
    quote = f' The server said: "{_shortened(said)}"' if quoted else ""
    message = scrub(clean_line(f"{_advice(rule, facts)}.{quote}"))
    pause = _retry_after(chain)
    pause = said_seconds(facts.words) if pause is None else pause
    return Failure(rule.title, message, rule.transient, pause, facts.status, facts.words)


def timed_out(seconds: float) -> Failure:
    """No whole answer came in time."""
    advice = "try again, raise the time-out in the settings, or choose a faster model"
    message = f"no whole answer came within {seconds:g} s; {advice}"
    return Failure("The model took too long", message, transient=True)


def _chain(error: BaseException) -> list[BaseException]:
    """An exception and all that lie behind it, those of groups among them."""
    chain: list[BaseException] = []
    links: list[BaseException | None] = [error]
    while links:
        link = links.pop(0)
        if link is not None and link not in chain:
            chain.append(link)
            links.append(link.__cause__ or link.__context__)
            links += link.exceptions if isinstance(link, BaseExceptionGroup) else ()
    return chain


def _retry_after(chain: list[BaseException]) -> float | None:
    for error in chain:
        for holder in (error, getattr(error, "response", None)):
            for name in ("litellm_response_headers", "headers"):
                headers = getattr(holder, name, None)
                if isinstance(headers, Mapping):
                    seconds = retry_after_seconds(headers)
                    if seconds is not None:
                        return seconds
    return None


def _words(error: BaseException) -> str:
    """The server's own words: without secrets, markup, control characters, or litellm's names for itself."""
    text = scrub(beginning(str(getattr(error, "message", "") or error), LONGEST_READ)).split(_TRACEBACK)[0]
    if _HTML.search(text):
        text = _TAG.sub(" ", text)
    text = clean_line(text)
    if told := _TOLD.search(text):
        return told["message"].replace('\\"', '"')
    while (shorter := _NOISE.sub("", text, count=1)) != text:
        text = shorter
    return text if any(character.isalnum() for character in text) else ""


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_QUOTE else text[:LONGEST_QUOTE].rstrip() + "…"


def _advice(rule: _Rule, facts: _Facts) -> str:
    if not isinstance(rule.advice, str):
        return rule.advice(facts)
    return rule.advice.format(
        model=facts.model, provider=facts.provider, server=facts.server, status=facts.status, names=NAME_HINT
    )


def _key_advice(facts: _Facts) -> str:
    known = PROVIDERS.get(facts.provider)
    if facts.server.startswith("http"):
        return f"{facts.server} refused the key; put the right one in {CUSTOM_KEY_VARIABLE}"
    variables = " or ".join(known.key_variables) if known else f"{facts.provider.upper()}_API_KEY"
    return f"{facts.provider} refused the key; check {variables}"


def _setting_advice(facts: _Facts) -> str:
    refused = _SETTING.findall(facts.words)
    if any("logprobs" in name for name in refused):
        return f"{facts.model} {NO_LOG_PROBS}"
    what = f"the setting {refused[0]}" if refused else "one of the settings that were sent"
    return f"{facts.model} does not take {what}, which the benchmark fixes; choose another model"


def _missing_advice(facts: _Facts) -> str:
    if facts.server.startswith("http"):
        return f"{facts.server} knows no {facts.model}; check the name, and the address, which often ends in /v1"
    return f"{facts.provider} knows no model {facts.model}, or your key may not use it; {NAME_HINT}"


def _connection_advice(facts: _Facts) -> str:
    if facts.caused_by("gaierror"):
        return f"{facts.server} cannot be found; check the address and the network"
    if facts.caused_by("SSLError", "CertificateError"):
        return f"no safe connection to {facts.server} could be made; check https or http, and the certificate"
    if facts.caused_by("RedirectedElsewhere"):
        return f"{facts.server} sends calls on to another server, which nothing is sent to; check the address"
    if facts.caused_by("TooManyRedirects"):
        return f"{facts.server} sends calls round in a circle; check the address, which often ends in /v1"
    return f"nothing answers at {facts.server}; check that it runs, its address, and the network"


def _is_connection(facts: _Facts) -> bool:
    return facts.caused_by("TransportError", "ConnectionError", "ClientConnectionError", "StreamError") or (
        facts.is_a("APIConnectionError") and facts.says("connection error", "connect call failed", "cannot connect")
    )


def _is_hopeless_connection(facts: _Facts) -> bool:
    return facts.caused_by("gaierror", "SSLError", "CertificateError", "ConnectionRefusedError", *_REDIRECTS)


def _is_refused_setting(facts: _Facts) -> bool:
    if facts.is_a("UnsupportedParamsError"):
        return True
    refusing = facts.says(
        "unsupported", "not support", "unrecognized", "unknown", "unexpected", "not permitted", "extra"
    )
    return facts.status in (400, 422) and refusing and _SETTING.search(facts.words) is not None


def _is_out_of_credit(facts: _Facts) -> bool:
    if facts.status == 402 or facts.is_a("PaymentRequiredError", "BudgetExceededError"):
        return True
    if facts.code == "insufficient_quota" or facts.says("insufficient_quota", "credit balance", "insufficient balance"):
        return True
    # Gemini speaks of quota and billing when only the calls of a minute are used up.
    only_a_pause = facts.says("per minute", "per day", "retry in", "retrydelay")
    return facts.says("exceeded your current quota") and not only_a_pause


_RULES: tuple[_Rule, ...] = (
    _Rule(
        lambda f: f.is_a("LiteLLMUnknownProvider") or f.says("llm provider not provided"),
        "No such model",
        "{model} names no provider that is known; {names}",
        quoted=False,
    ),
    _Rule(
        lambda f: f.is_a("ContextWindowExceededError"),
        "The prompt is too long for this model",
        "choose a model with a longer context than {model}, or a steering method with fewer examples",
    ),
    _Rule(
        lambda f: (
            f.is_a("ContentPolicyViolationError", "GuardrailRaisedException", "BlockedPiiEntityError")
            or f.is_a("RejectedRequestError", "ModifyResponseException", "SensitiveDataRouteException")
        ),
        "The provider refused the question",
        "its content rules do not let the question pass; choose another model or question",
    ),
    _Rule(_is_refused_setting, "The model refuses a setting", _setting_advice),
    _Rule(
        _is_out_of_credit,
        "No credit left",
        "the account at {provider} has run out of credit or quota; top it up, or choose another model",
    ),
    _Rule(
        lambda f: (
            f.status == 401
            or f.is_a("AuthenticationError")
            or f.caused_by("LocalProtocolError")
            or f.says("api_key client option must be set", "missing credentials", "invalid api key")
        ),
        "The key was refused",
        _key_advice,
    ),
    _Rule(
        lambda f: f.status == 403 or f.is_a("PermissionDeniedError"),
        "Not allowed",
        "the key may not use {model}; choose another model, or ask {provider} for access to it",
    ),
    _Rule(
        lambda f: f.status == 404 or f.is_a("NotFoundError", "ModelNotMappedError"), "No such model", _missing_advice
    ),
    _Rule(
        lambda f: f.is_a("Timeout", "TimeoutError") or f.status in (408, 504) or f.caused_by("TimeoutException"),
        "The model took too long",
        "no whole answer came in time; try again, or choose a model that answers faster",
        transient=True,
        quoted=False,
    ),
    _Rule(
        lambda f: f.status == 429 or f.is_a("RateLimitError"),
        "Too many requests",
        "{provider} asks for a pause; try again in a while, or run fewer at the same time",
        transient=True,
    ),
    _Rule(_is_hopeless_connection, "The server cannot be reached", _connection_advice, quoted=False),
    _Rule(
        _is_connection,
        "The connection was lost",
        "the connection to {server} broke off before the answer was whole; try again",
        transient=True,
        quoted=False,
    ),
    _Rule(
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
    _Rule(
        lambda f: f.status is not None and f.status >= 500 and not f.is_a("APIConnectionError"),
        "The provider has trouble",
        "{server} failed on its side (status {status}); try again later",
        transient=True,
    ),
    _Rule(
        lambda f: f.status is not None and 400 <= f.status < 500,
        "The request was refused",
        "{server} would not take the request (status {status}); choose another model or format",
    ),
    _Rule(
        lambda f: f.caused_by("ImportError"),
        "A Python package is missing",
        "calls to {provider} need a further package; install it beside opinionscope",
    ),
    _Rule(
        lambda f: f.is_a("APIConnectionError", "APIError", "OpenAIError"),
        "No answer came",
        "the call to {server} broke down; check that it runs, its address and the network, or choose another model",
    ),
)
_UNKNOWN = _Rule(
    bool,
    "The call failed",
    "the call to {model} failed in a way not known here; try again, or choose another model",
)
