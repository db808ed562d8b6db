"""Why a call gave no answer, in words that say what to do next.

A failure is judged by what went over the wire: the status, headers and words that the server sent, and how the
connection ended. The class of litellm's exception comes second, for calls that litellm refuses before it sends
anything. Its wording is never read.
"""

from msgspec import Struct

from opinionscope.elicitation import Usage
from opinionscope.respondents.base import EmptyAnswerError, RespondentError
from opinionscope.respondents.exchange import NO_EXCHANGE, Exchange
from opinionscope.respondents.failure_rules import NOTHING_KNOWN, REFUSED, RULES, UNKNOWN, Facts, Rule, Sent
from opinionscope.respondents.redaction import scrub
from opinionscope.respondents.retries import in_words, retry_after_seconds, said_seconds
from opinionscope.survey.text import clean_line

LONGEST_QUOTE = 300


class Failure(Struct, frozen=True):
    """Why there is no answer.

    Attributes:
        transient: whether the same call may well succeed a little later.
        retry_after: seconds that the provider asked to wait, None if it did not say.
        status: the HTTP status, None if there was none.
        words: what the server said and the parameter that it names, in lower case, without secrets.
        key_number: which of the keys that a command printed was sent, as `NamedModel.key_number`.
        is_empty: whether the model replied, and its reply is empty.
        usage: what such a reply took.
    """

    title: str
    message: str
    transient: bool = False
    retry_after: float | None = None
    status: int | None = None
    words: str = ""
    key_number: int = 0
    is_empty: bool = False
    usage: Usage = Usage()

    @property
    def is_unexplained(self) -> bool:
        """Whether the request was refused, and no rule knows for what."""
        return self.title == REFUSED

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
        error = (EmptyAnswerError if self.is_empty else RespondentError)(message + tried, title=self.title)
        error.usage = self.usage
        return error


UNGUARDED = Failure(
    "The call was not guarded",
    "litellm sent the call past the guard of this program, so its answer is not used; install opinionscope again with "
    "the constraints file that its README names, or choose another model",
)


def classify(
    error: BaseException,
    model: str,
    provider: str,
    api_base: str | None,
    *,
    exchange: Exchange = NO_EXCHANGE,
    sent: Sent = NOTHING_KNOWN,
) -> Failure:
    """The failure that a call ended in.

    Args:
        error: what litellm raised.
        exchange: the last one of the call; `NO_EXCHANGE` if nothing was sent.
        sent: what was sent, as far as advice needs to know.
    """
    told = exchange.error
    status = exchange.status if exchange.is_error else told.status
    facts = Facts(
        model=model,
        provider=provider,
        server=api_base or f"the server of {provider}",
        sent=sent,
        exchange=exchange,
        classes=frozenset(ancestor.__name__ for ancestor in type(error).__mro__),
        status=status,
        words=told.words.lower(),
        code=told.code,
    )
    rule = next((rule for rule in RULES if rule.applies(facts)), UNKNOWN)
    quote = f' The server said: "{_shortened(told.words)}"' if told.words and rule.quoted else ""
    message = scrub(clean_line(f"{_advice(rule, facts)}.{quote}"))
    pause = retry_after_seconds(exchange.headers)
    pause = said_seconds(facts.words) if pause is None else pause
    return Failure(rule.title, message, rule.transient, pause, status, f"{facts.words} {told.param}".strip())


def timed_out(seconds: float, *, answering: bool) -> Failure:
    """No whole answer came in time.

    Args:
        answering: whether the answer had begun.
    """
    what = "the answer had begun and was not whole" if answering else "no answer came"
    advice = "raise timeout in the settings, or choose a faster model"
    return Failure("The model took too long", f"{what} within {seconds:g} s; {advice}")


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_QUOTE else text[:LONGEST_QUOTE].rstrip() + "…"


def _advice(rule: Rule, facts: Facts) -> str:
    if not isinstance(rule.advice, str):
        return rule.advice(facts)
    return rule.advice.format(model=facts.model, provider=facts.provider, server=facts.server, status=facts.status)
