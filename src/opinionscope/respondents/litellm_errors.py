"""What litellm raises, told in words that say what to do next.

Its classes alone mislead: a refused connection, a page of HTML and a missing key all come as an
InternalServerError. So a failure is judged by class, status, wording and the chain of causes together.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from opinionscope.respondents.base import RespondentError
from opinionscope.respondents.litellm_rules import NOTHING_KNOWN, RULES, UNKNOWN, Facts, Rule, Sent
from opinionscope.respondents.providers import NAME_HINT
from opinionscope.respondents.redaction import beginning, scrub
from opinionscope.respondents.retries import in_words, retry_after_seconds, said_seconds
from opinionscope.survey.text import clean_line

LONGEST_QUOTE = 300

_NOISE = re.compile(r"^(?:LiteLLM:|(?:litellm\.)?\w*(?:Error|Exception|Timeout)\w*\s*[:\-])\s*")
_TAG = re.compile(r"<(script|style)\b.{0,2000}?</\1\s*>|<[^>]{0,2000}>", re.DOTALL | re.IGNORECASE)
_TOLD = re.compile(r'"message"\s*:\s*"(?P<message>(?:[^"\\]|\\.)+)"')
_HTML = re.compile(r"<(?:!doctype|html|head|body)\b", re.IGNORECASE)
_TRACEBACK = "Traceback (most recent call last)"
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
        key_number: which of the keys that a command printed was sent, as `NamedModel.key_number`.
    """

    title: str
    message: str
    transient: bool = False
    retry_after: float | None = None
    status: int | None = None
    words: str = ""
    key_number: int = 0

    @property
    def refuses_key(self) -> bool:
        """Whether the provider said that the key will not do, or not do any more."""
        return self.status in (401, 403)

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


def classify(
    error: BaseException, model: str, provider: str, api_base: str | None, sent: Sent = NOTHING_KNOWN
) -> Failure:
    """The failure that an exception of litellm, or of what lies below it, stands for."""
    chain = _chain(error)
    status = getattr(error, "status_code", None)
    said = _words(error)
    facts = Facts(
        model=model,
        provider=provider,
        server=api_base or f"the server of {provider}",
        sent=sent,
        classes=frozenset(ancestor.__name__ for ancestor in type(error).__mro__),
        causes=frozenset(ancestor.__name__ for one in chain for ancestor in type(one).__mro__),
        status=status if isinstance(status, int) else None,
        words=said.lower()[:LONGEST_JUDGED],
        code=str(getattr(error, "code", None) or ""),
    )
    rule = next((rule for rule in RULES if rule.applies(facts)), UNKNOWN)
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


def _advice(rule: Rule, facts: Facts) -> str:
    if not isinstance(rule.advice, str):
        return rule.advice(facts)
    return rule.advice.format(
        model=facts.model, provider=facts.provider, server=facts.server, status=facts.status, names=NAME_HINT
    )
