"""Reply: what a respondent gave back for one call, and what a parser made of it."""

from datetime import datetime
from typing import Literal, TypeVar

from msgspec import Struct
from msgspec.structs import astuple

from opinionscope.survey.distribution import Distribution
from opinionscope.survey.question import EVERYONE, Group
from opinionscope.values import replace

LONGEST_TEXT = 1_000_000
"""Characters of an answer that are kept."""
CUT_HERE = f"cut after {LONGEST_TEXT:,} characters"
"""Our own word, among providers' finish reasons, for an answer longer than that."""
OUT_OF_TOKENS = ("length", "max_tokens", "model_length", "max_output_tokens", "model_context_window_exceeded")
"""Providers' words for an answer that used up its tokens."""
FILTERED = (
    *("content_filter", "safety", "recitation", "refusal", "guardrail_intervened", "prohibited_content"),
    *("sensitive", "blocklist", "spii"),
)
"""Providers' words for an answer that a filter took away or broke off."""
BROKEN_OFF = (*FILTERED, "error", "abort", "network_error", "insufficient_system_resource")
"""Providers' words for an answer that came to no end of its own, for another reason than its length."""


Kind = Literal["live", "recorded", "person"]
Number = TypeVar("Number", int, float)


class TokenLogprob(Struct, frozen=True):
    """One candidate for the first token of an answer; `logprob` in nats."""

    token: str
    logprob: float


class Usage(Struct, frozen=True):
    """What an answer cost.

    Attributes:
        prompt_tokens, completion_tokens: as the provider counted them; None where it did not say.
        cost_usd: in US dollars; None where the price is not known, never 0 in its place.
        seconds: wall-clock time from request to last byte.
    """

    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    cost_usd: float | None = None
    seconds: float = 0.0

    def __add__(self, other: "Usage") -> "Usage":
        """Both together; a sum is unknown where a part of it is."""
        return Usage(
            _sum(self.prompt_tokens, other.prompt_tokens),
            _sum(self.completion_tokens, other.completion_tokens),
            _sum(self.cost_usd, other.cost_usd),
            self.seconds + other.seconds,
        )


def _sum(one: Number | None, other: Number | None) -> Number | None:
    return None if one is None or other is None else one + other


class Expected(Struct, frozen=True):
    """What was asked for, as far as it helps to read an answer.

    Attributes:
        group: whose answer; `EVERYONE` where no group was named to the model.
        letters: how many simulated people one answer is to give a letter each; 0 where that is not known.
        any_sum: whether stated numbers are scaled to 100 whatever they sum to.
    """

    group: Group = EVERYONE
    letters: int = 0
    any_sum: bool = False


ANYTHING = Expected()
"""Nothing is known of what was asked for."""


class Reading(Struct, frozen=True):
    """What a parser made of an answer: a distribution, or the reason there is none. Never both, never zeros.

    Attributes:
        distribution: over the question's options; None if the answer could not be read.
        reason: why not, in a sentence; "" if it was read.
        trace: how it was read, step by step.
        figures: what was found for each option before normalising, shape (K,); () if nothing was.
        coverage: share, 0 to 1, of what the answer expressed that landed on the offered options; None where
            only figures for these were recorded.
        sample_size: letters counted, where the answer was itself a sample.
        stated: shape (K,), the numbers of an answer that could not be read, as it states them; None for an option that
            it gives none. () where nothing was stated, and in every reading with a distribution. For display only:
            no measure takes it.
        bounds: shape (K,), for an option that was not measured, but is known to be small: the probability it has
            at most, stated as 0, or after scaling as what smoothing made of 0; None for one that was measured. ()
            where all were.
    """

    distribution: Distribution | None
    reason: str = ""
    trace: tuple[str, ...] = ()
    figures: tuple[float, ...] = ()
    coverage: float | None = 0.0
    sample_size: int | None = None
    bounds: tuple[float | None, ...] = ()
    stated: tuple[float | None, ...] = ()

    @classmethod
    def unread(cls, reason: str, trace: tuple[str, ...] = (), stated: tuple[float | None, ...] = ()) -> "Reading":
        """A reading that failed, for `reason`; `stated` are the numbers of the answer, shape (K,) or ()."""
        return cls(None, reason, trace, stated=stated if any(stated) else ())


class Reply(Struct, frozen=True):
    """What came back for one call: an answer with its provenance, or the reason why there is none.

    Attributes:
        text: the raw text; None where only figures were recorded.
        first_token: candidates for the first token; None where log-probs were not asked for or not given.
        figures: recorded figures in survey order, shape (K,), None where an option was not offered.
        unread: why there is neither text nor figures, or "".
        finish_reason: the provider's word for why the answer ended ("stop", "length", …), `CUT_HERE`, or "".
        offered: labels in the order of the letters A, B, C, … that the text speaks of; () where they are the
            question's own.
        thought: what the model reasoned before it answered, or "".
        structured: whether the provider was told to keep to a JSON schema.
        kind: a model asked just now, an answer recorded earlier, or the guess of a person.
        model: the model that really answered, as the provider names it.
        answered: when a live answer or a guess came in (UTC); None for recorded ones.
        recorded: when and where an answer was made that was not asked for just now, in words; "" for others.
        call: which of the plan's calls it answers, from 0.
        before: answers to the same call that could not be read, each with the reason, after which it was asked again.
        request_hash: the same for requests that were the same; "" where that is not known.
        reading: what today's parser made of it; None before it was read.
    """

    text: str | None = None
    first_token: tuple[TokenLogprob, ...] | None = None
    figures: tuple[float | None, ...] | None = None
    unread: str = ""
    finish_reason: str = ""
    offered: tuple[str, ...] = ()
    thought: str = ""
    structured: bool = False
    kind: Kind = "live"
    model: str = ""
    answered: datetime | None = None
    recorded: str = ""
    usage: Usage = Usage()
    call: int = 0
    request_hash: str = ""
    before: tuple[tuple[str, str], ...] = ()
    reading: Reading | None = None

    def __eq__(self, other: object) -> bool:
        """Whether the same came back, whatever was made of it."""
        if not isinstance(other, Reply):
            return NotImplemented
        return astuple(replace(self, reading=other.reading)) == astuple(other)

    def __hash__(self) -> int:
        return hash((self.text, self.first_token, self.figures, self.unread, self.offered))

    @property
    def is_cut_off(self) -> bool:
        """Whether something else than the model ended it: no room for more, a filter or a fault."""
        return self.finish_reason.lower() in (*OUT_OF_TOKENS, *BROKEN_OFF, CUT_HERE)

    @property
    def is_broken_off(self) -> bool:
        """Whether a filter or a fault ended it."""
        return self.finish_reason.lower() in BROKEN_OFF

    @property
    def is_failure(self) -> bool:
        """Whether a live call came to nothing, not even a thought; `unread` then has the reason."""
        return self.kind == "live" and bool(self.unread) and not (self.text or self.thought)
