"""A completion as litellm hands it over, read with care: any part may be missing, odd or huge."""

import asyncio
import math
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from opinionscope.elicitation import TokenLogprob
from opinionscope.elicitation.answer import CUT_HERE, LONGEST_TEXT
from opinionscope.respondents.base import OnText
from opinionscope.respondents.litellm_errors import Failure
from opinionscope.respondents.loading import LiteLLM, failures
from opinionscope.respondents.redaction import scrub, without_keys
from opinionscope.survey.text import clean, clean_line

LONGEST_QUOTE = 200
LONGEST_REFUSAL = 2_000
LARGEST_COUNT = 1_000_000_000
MOST_CANDIDATES = 200
SECONDS_BETWEEN_UPDATES = 0.05


@dataclass(frozen=True, slots=True)
class Completion:
    """What came back.

    Attributes:
        text: cleaned, at most `LONGEST_TEXT` characters; None if there was none.
        finish_reason: the provider's word, `CUT_HERE` if the text was cut here, or "".
        first_token: candidates for the first token; None if none were given.
        model: the model that answered, or "".
        usage: litellm's count of tokens; None where the provider gave none.
        refusal: what a model said in place of an answer, or "".
        reasoned: whether it sent thoughts apart from the answer.
        answered: False if there was not even an empty answer.
    """

    text: str | None
    finish_reason: str = ""
    first_token: tuple[TokenLogprob, ...] | None = None
    model: str = ""
    usage: Any = None
    refusal: str = ""
    reasoned: bool = False
    answered: bool = True

    @property
    def prompt_tokens(self) -> int | None:
        """As the provider counted them."""
        return _count(self.usage, "prompt_tokens")

    @property
    def completion_tokens(self) -> int | None:
        """As the provider counted them."""
        return _count(self.usage, "completion_tokens")

    @property
    def tokens(self) -> int | None:
        """Read and written together; None where the provider did not say."""
        counts = (self.prompt_tokens, self.completion_tokens)
        known = [count for count in counts if count is not None]
        return sum(known) if known else None

    @property
    def says_nothing(self) -> bool:
        """Whether it ended as an answer does, and there is nothing in it."""
        return not (self.text and self.text.strip()) and not self.reasoned and self.finish_reason == "stop"

    def emptiness(self, max_tokens: int) -> Failure | None:
        """Why this is no answer at all; None if it is one."""
        if self.first_token or (self.text is not None and self.text.strip()):
            return None
        if not self.answered:
            reason = "the server sent a list of answers with nothing in it; try again, or choose another model"
        elif self.refusal:
            reason = f'the model declined: "{self.refusal}"'
        elif self.finish_reason == "length":
            reason = (
                f"the model used up its {max_tokens} tokens before it wrote anything, as models that reason first "
                "do; choose a model that answers at once"
            )
        elif self.reasoned:
            reason = (
                "the model wrote down its thoughts and no answer behind them; try again, or choose a model that "
                "answers at once"
            )
        elif self.finish_reason == "content_filter":
            reason = "the provider's content filter took the whole answer away; choose another model or question"
        else:
            reason = "the model sent no text; try again, or choose another model or format"
        return Failure("The answer is empty", reason)


def read_completion(response: Any) -> Completion:
    """Read an answer that came in one piece."""
    model = _name(getattr(response, "model", None))
    usage = getattr(response, "usage", None)
    choices = getattr(response, "choices", None)
    if not choices:
        return Completion(None, model=model, usage=usage, answered=False)
    choice = _first(choices) or choices[0]
    message = getattr(choice, "message", None)
    content = getattr(message, "content", None)
    finish_reason = _name(getattr(choice, "finish_reason", None))
    text = content if isinstance(content, str) else None
    if text is not None and len(text) > LONGEST_TEXT:
        text, finish_reason = text[:LONGEST_TEXT], CUT_HERE
    return Completion(
        None if text is None else clean(without_keys(text)),
        finish_reason,
        first_token(getattr(choice, "logprobs", None)),
        model,
        usage,
        _refusal(message),
        bool(getattr(message, "reasoning_content", None)),
    )


class _Shown:
    """Shows the text so far: at once, then at most every `SECONDS_BETWEEN_UPDATES`, and never keeps the last back."""

    def __init__(self, on_text: OnText) -> None:
        self._on_text = on_text
        self._pieces: list[str] = []
        self._stale = False
        self._pause: asyncio.TimerHandle | None = None
        self.length = 0

    def add(self, piece: str) -> None:
        self._pieces.append(piece)
        self.length += len(piece)
        self._stale = self._stale or bool(piece)
        if self._pause is None:
            self._show()

    def text(self) -> str:
        return clean(without_keys("".join(self._pieces)[:LONGEST_TEXT]))

    def finish(self) -> None:
        self.stop()
        if self._stale:
            self._on_text(self.text())

    def stop(self) -> None:
        if self._pause is not None:
            self._pause.cancel()
            self._pause = None

    def _show(self) -> None:
        self._pause = None
        if self._stale:
            self._stale = False
            self._pause = asyncio.get_running_loop().call_later(SECONDS_BETWEEN_UPDATES, self._show)
            self._on_text(self.text())


async def read_stream(stream: Any, on_text: OnText) -> Completion | None:
    """Read an answer as it streams in; None if the stream ended without a word for why it ended.

    Args:
        on_text: given the whole text so far, cleaned, at most every `SECONDS_BETWEEN_UPDATES`, and at the end,
            however it comes to that: none that had arrived is lost when the stream breaks or is cancelled.
    """
    shown, model, usage, reasoned = _Shown(on_text), "", None, False
    try:
        async with aclosing(stream):
            async for chunk in stream:
                model = model or _streamed_model(chunk)
                usage = getattr(chunk, "usage", None) or usage
                delta = _delta(chunk)
                reasoned = reasoned or bool(getattr(delta, "reasoning_content", None))
                shown.add(_part_of_text(delta))
                if shown.length > LONGEST_TEXT:
                    break
                await asyncio.sleep(0)
    finally:
        shown.finish()
    finish_reason = CUT_HERE if shown.length > LONGEST_TEXT else _why_it_ended(stream)
    if finish_reason is None:
        return None
    # litellm makes up token counts for servers that give none.
    counted = any(getattr(chunk, "usage", None) for chunk in getattr(stream, "chunks", ()))
    counts = usage if counted else None
    return Completion(shown.text(), _name(finish_reason), None, model, counts, reasoned=reasoned)


def _why_it_ended(stream: Any) -> Any:
    """The provider's word for it; None where there was none, and litellm made one up."""
    return getattr(getattr(stream, "source", stream), "received_finish_reason", "")


def first_token(logprobs: Any) -> tuple[TokenLogprob, ...] | None:
    """Candidates for the first token, most likely first; None if there are none.

    Reads the form of chat completions (``content[0].top_logprobs``, a list) and that of older servers
    (``top_logprobs[0]``, a map). A chosen token that its own candidates leave out is put among them;
    what is not a number is left out.
    """
    content = _part(logprobs, "content")
    if isinstance(content, Sequence) and content:
        pairs = [(_part(one, "token"), _part(one, "logprob")) for one in _part(content[0], "top_logprobs") or ()]
        chosen = _part(content[0], "token")
        if chosen not in [token for token, _ in pairs]:
            pairs.append((chosen, _part(content[0], "logprob")))
    else:
        older = _part(logprobs, "top_logprobs")
        first = older[0] if isinstance(older, Sequence) and older else None
        pairs = list(first.items()) if isinstance(first, Mapping) else []
    candidates = [
        TokenLogprob(clean(token[:LONGEST_QUOTE]), float(logprob))
        for token, logprob in pairs
        if isinstance(token, str) and isinstance(logprob, int | float) and math.isfinite(logprob)
    ]
    return tuple(sorted(candidates, key=lambda candidate: -candidate.logprob)[:MOST_CANDIDATES]) or None


def price(litellm: LiteLLM, completion: Completion, model: str) -> float | None:
    """The price in US dollars; None where it is not known, which a price of 0 does not tell apart."""
    if not (completion.prompt_tokens or completion.completion_tokens):
        return None
    answer = {"model": completion.model or model, "usage": completion.usage, "choices": []}
    try:
        cost = litellm.completion_cost(completion_response=answer, model=model)
    except failures():
        return None
    return cost if isinstance(cost, float) and math.isfinite(cost) and cost > 0 else None


def _part(whole: Any, name: str) -> Any:
    return whole.get(name) if isinstance(whole, Mapping) else getattr(whole, name, None)


def _first(choices: Any) -> Any:
    """The first answer, where a server gives several although one was asked for; None if it is not among them."""
    return next((choice for choice in choices or () if not getattr(choice, "index", 0)), None)


def _delta(chunk: Any) -> Any:
    return getattr(_first(getattr(chunk, "choices", None)), "delta", None)


def _part_of_text(delta: Any) -> str:
    content = getattr(delta, "content", None)
    return content if isinstance(content, str) else ""


def _name(value: Any) -> str:
    return clean_line(scrub(str(value or "")[:LONGEST_QUOTE]))


def _streamed_model(chunk: Any) -> str:
    """The model that answers: litellm puts the name that was asked for in its place, and keeps the real one aside."""
    real = _part(getattr(chunk, "_hidden_params", None), "provider_response_model")
    return _name(real or getattr(chunk, "model", None))


def _count(usage: Any, name: str) -> int | None:
    count = _part(usage, name)
    return count if isinstance(count, int) and _is_given(usage) and 0 <= count <= LARGEST_COUNT else None


def _is_given(usage: Any) -> bool:
    """Whether there is a count at all: where a server gives none, litellm puts zeros."""
    return any(_part(usage, name) for name in ("total_tokens", "prompt_tokens", "completion_tokens"))


def _refusal(message: Any) -> str:
    own = getattr(message, "refusal", None)
    said = own or _part(getattr(message, "provider_specific_fields", None), "refusal")
    return clean_line(scrub(said[:LONGEST_REFUSAL]))[:LONGEST_QUOTE] if isinstance(said, str) else ""
