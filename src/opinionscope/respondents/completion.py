"""A completion as litellm hands it over, read with care: any part may be missing, odd or huge."""

import asyncio
import math
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from typing import Any

import msgspec
from msgspec import Struct

from opinionscope.elicitation import TokenLogprob
from opinionscope.elicitation.expression.log_probs import spelt_out
from opinionscope.elicitation.reply import CUT_HERE, FILTERED, LONGEST_TEXT, OUT_OF_TOKENS
from opinionscope.respondents.base import EmptyAnswerError, OnText
from opinionscope.respondents.exchange import NO_EXCHANGE, Exchange
from opinionscope.respondents.failures import Failure
from opinionscope.respondents.loading import LiteLLM
from opinionscope.respondents.redaction import scrub, without_keys
from opinionscope.survey.text import clean, clean_line

END_OF_ANSWER = "\n\n"
"""Where a base model's answer ends: behind it, it would go on with a question of its own."""
LONGEST_QUOTE = 200
LONGEST_REFUSAL = 2_000
LARGEST_COUNT = 1_000_000_000
MOST_CANDIDATES = 200
SECONDS_BETWEEN_UPDATES = 0.05

_BLANKS = " \t\r\n\u00a0▁ĠĊ"
"""Blanks, and the marks for them in vocabularies of SentencePiece and of byte-level BPE."""
_AS_IT_SHOULD = ("stop", "tool_calls", "function_call")
"""Words for an end that is the model's own, tools or not."""
_TEXT_PARTS = (None, "text", "output_text", "input_text")
_THOUGHTS = ("reasoning_content", "reasoning", "thinking", "reasoning_details", "thinking_blocks")
_THOUGHT_PARTS = ("thinking", "reasoning", "thought", "redacted_thinking")


class Completion(Struct, frozen=True):
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
        return not (self.text and self.text.strip()) and not self.reasoned and self.finish_reason in _AS_IT_SHOULD

    def emptiness(self, max_tokens: int) -> Failure | None:
        """Why this is no answer at all; None if it is one."""
        if self.first_token or (self.text is not None and self.text.strip()):
            return None
        if not self.answered:
            reason = "the server sent a list of answers with nothing in it; try again, or choose another model"
        elif self.refusal:
            reason = f'the model declined: "{self.refusal}"; choose another model, question or steering'
        elif self.finish_reason.lower() in OUT_OF_TOKENS:
            reason = (
                f"the model used up its {max_tokens} tokens before it wrote anything, as models that reason first "
                "do; allow more with max_tokens under [models.NAME.parameters] in the settings, or choose a model "
                "that answers at once"
            )
        elif self.reasoned:
            reason = (
                "the model wrote down its thoughts and no answer behind them; try again, or choose a model that "
                "answers at once"
            )
        elif self.finish_reason.lower() in FILTERED:
            reason = "the provider's content filter took the whole answer away; choose another model or question"
        else:
            reason = "the model sent no text; try again, or choose another model or format"
        return Failure(EmptyAnswerError.title, reason, is_empty=self.answered)


def read_completion(response: Any) -> Completion:
    """Read an answer that came in one piece, as litellm hands it over, or as it came over the wire."""
    model = _name(_part(response, "model"))
    usage = _part(response, "usage")
    choices = _part(response, "choices")
    if not choices:
        return Completion(None, model=model, usage=usage, answered=False)
    choice = _first(choices) or choices[0]
    message = _part(choice, "message")
    content = _part(choice, "text") if message is None else _part(message, "content") or _called_with(message)
    finish_reason = _name(_part(choice, "finish_reason"))
    text = None if content is None else _text_of(content)
    if text is not None and len(text) > LONGEST_TEXT:
        text, finish_reason = text[:LONGEST_TEXT], CUT_HERE
    return Completion(
        None if text is None else clean(without_keys(text)),
        finish_reason,
        first_token(_part(choice, "logprobs")),
        model,
        usage,
        _refusal(message),
        _has_thought(message),
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


async def read_stream(stream: Any, on_text: OnText, exchanges: Sequence[Exchange]) -> Completion | None:
    """Read an answer as it streams in; None if the stream ended without a word for why it ended.

    litellm puts the name that was asked for in the place of the model's, and makes up token counts and a reason for
    the end where the server gave none. So these are read from the exchange.

    Args:
        on_text: given the whole text so far, cleaned, at most every `SECONDS_BETWEEN_UPDATES`, and at the end,
            however it comes to that: none that had arrived is lost when the stream breaks or is cancelled.
        exchanges: those of the call; the last one is the stream's.
    """
    shown, model, usage, reasoned, ended = _Shown(on_text), "", None, False, ""
    try:
        async with aclosing(stream):
            async for chunk in stream:
                model = model or _name(_part(chunk, "model"))
                usage = _part(chunk, "usage") or usage
                choice = _first(_part(chunk, "choices"))
                ended = _name(_part(choice, "finish_reason")) or ended
                delta = _part(choice, "delta")
                reasoned = reasoned or _has_thought(delta)
                shown.add(_text_of(_part(delta, "content")))
                if shown.length > LONGEST_TEXT:
                    break
                await asyncio.sleep(0)
    except Exception:  # of whatever class: litellm may refuse a stream that came whole, such as one without an end
        if not (exchanges and exchanges[-1].is_whole_answer):
            raise
        return None
    finally:
        shown.finish()
    exchange = exchanges[-1] if exchanges else NO_EXCHANGE
    is_cut = shown.length > LONGEST_TEXT
    if not (is_cut or exchange.has_finished):
        return None
    return Completion(
        shown.text(),
        CUT_HERE if is_cut else ended,
        None,
        _name(exchange.model) or model,
        usage if exchange.has_counts else None,
        reasoned=reasoned,
    )


def first_token(logprobs: Any) -> tuple[TokenLogprob, ...] | None:
    """Candidates for the first token, most likely first; None if there are none.

    Reads the form of chat completions (``content[0].top_logprobs``, a list), also without ``content`` around it, as
    Ollama gives it, and that of older servers (``top_logprobs[0]``, a map). The token that was drawn is put among its
    candidates only where they leave it out: servers spell it with a blank of its own (``" B"``, ``▁B``, ``ĠB``), and it
    is no second token then. What is not a number is left out. A token of blanks before the answer is passed over
    where it was the likeliest and the server gives the next token as well.
    """
    if not logprobs:
        return None
    content = logprobs if isinstance(logprobs, list) else _part(logprobs, "content")
    if isinstance(content, Sequence) and content:
        first = next((each for each in content if not _begins_blank(each)), content[0])
        pairs = _listed(_part(first, "top_logprobs"))
        drawn = (_token(first), _part(first, "logprob"))
    else:
        pairs = _listed(_first_of(_part(logprobs, "top_logprobs")))
        drawn = (_first_of(_part(logprobs, "tokens")), _first_of(_part(logprobs, "token_logprobs")))
    if not any(_is_same(drawn, pair) for pair in pairs):
        pairs.append(drawn)
    candidates = [
        TokenLogprob(clean(token[:LONGEST_QUOTE]), float(logprob))
        for token, logprob in pairs
        if isinstance(token, str) and isinstance(logprob, int | float) and math.isfinite(logprob)
    ]
    return tuple(sorted(candidates, key=lambda candidate: -candidate.logprob)[:MOST_CANDIDATES]) or None


def _begins_blank(position: Any) -> bool:
    """Whether a token of nothing but blanks was drawn, and was the likeliest that was listed."""
    drawn, logprob = _token(position), _part(position, "logprob")
    if not isinstance(drawn, str) or spelt_out(drawn).strip() or not isinstance(logprob, int | float):
        return False
    listed = _listed(_part(position, "top_logprobs"))
    return all(not isinstance(other, int | float) or other <= logprob for _, other in listed)


def _listed(candidates: Any) -> list[tuple[Any, Any]]:
    """Tokens with their log-probs, as a map or as a list of objects."""
    if isinstance(candidates, Mapping):
        return list(candidates.items())
    listed = candidates if isinstance(candidates, Sequence) else ()
    return [(_token(one), _part(one, "logprob")) for one in listed if not isinstance(one, list)]


def price(litellm: LiteLLM, completion: Completion, model: str) -> float | None:
    """The price in US dollars; None where it is not known, which a price of 0 does not tell apart."""
    if not (completion.prompt_tokens or completion.completion_tokens):
        return None
    answer = {"model": completion.model or model, "usage": completion.usage, "choices": []}
    try:
        cost = litellm.completion_cost(completion_response=answer, model=model)
    except Exception:  # of whatever kind: a price that cannot be told is unknown
        return None
    return cost if isinstance(cost, float) and math.isfinite(cost) and cost > 0 else None


def _part(whole: Any, name: str) -> Any:
    return whole.get(name) if isinstance(whole, Mapping) else getattr(whole, name, None)


def _first(choices: Any) -> Any:
    """The first answer, where a server gives several although one was asked for; None if it is not among them."""
    return next((choice for choice in choices or () if not _part(choice, "index")), None)


def _first_of(values: Any) -> Any:
    return values[0] if isinstance(values, Sequence) and values else None


def _token(candidate: Any) -> Any:
    """The text of a token; by its bytes where a server gives it no other."""
    token, octets = _part(candidate, "token"), _part(candidate, "bytes")
    is_number = isinstance(token, str) and token.startswith("token_id:")  # as vLLM gives it where it is told to
    if (
        (token and not is_number)
        or not isinstance(octets, list)
        or not all(isinstance(each, int) and 0 <= each < 256 for each in octets)
    ):
        return token
    return bytes(octets).decode(errors="replace")


def _is_same(drawn: tuple[object, object], listed: tuple[object, object]) -> bool:
    """Whether both are one token: alike but for blanks, or with the same probability but for case and marks."""
    one, other = drawn[0], listed[0]
    if not (isinstance(one, str) and isinstance(other, str)):
        return one is other
    if one.strip(_BLANKS) == other.strip(_BLANKS):
        return True
    letters = ["".join(filter(str.isalnum, each)).casefold() for each in (one, other)]
    return bool(letters[0]) and letters[0] == letters[1] and drawn[1] == listed[1]


def _called_with(message: Any) -> Any:
    """What a model put into the one tool call that it made up in place of an answer; else the content as it is.

    No tools are ever offered to it.
    """
    calls = _part(message, "tool_calls") or [message]
    function = _part(calls[0], "function") or _part(calls[0], "function_call") if len(calls) == 1 else None
    return _part(function, "arguments") or _part(message, "parsed") or _part(message, "content")


def _text_of(content: Any) -> str:
    """The text of a message: a string, or a list of parts, some of which may be thoughts; of an object, its JSON."""
    if isinstance(content, str):
        return content
    if isinstance(content, Mapping):
        wrapped = content.get("parts") or (content.get("type") in _TEXT_PARTS[1:] and [content])
        return _text_of(wrapped) if wrapped else msgspec.json.encode(content).decode()
    parts = content if isinstance(content, list) else []
    texts = [part if isinstance(part, str) else _text_in(part) for part in parts]
    return "".join(text for text in texts if isinstance(text, str))


def _text_in(part: Any) -> Any:
    """The text of one part, which some servers wrap once more; of a call, what it puts in; None for a thought."""
    if _part(part, "type") == "tool_use":
        return _text_of(_part(part, "input"))
    is_text = _part(part, "type") in _TEXT_PARTS and _part(part, "thought") is not True
    text = _part(part, "text") if is_text else None
    return _part(text, "value") if isinstance(text, Mapping) else text


def _has_thought(message: Any) -> bool:
    """Whether a message, or a piece of one, has thoughts apart from the answer."""
    content = _part(message, "content")
    kinds = [_part(part, "type") for part in content] if isinstance(content, list) else []
    told = any(_part(message, name) for name in _THOUGHTS)
    return told or any(kind in _THOUGHT_PARTS for kind in kinds)


def _name(value: Any) -> str:
    return clean_line(scrub(str(value or "")[:LONGEST_QUOTE]))


def _count(usage: Any, name: str) -> int | None:
    """A count of tokens; None where there is none at all, for which litellm puts zeros."""
    count = _part(usage, name)
    is_given = any(_part(usage, each) for each in ("total_tokens", "prompt_tokens", "completion_tokens"))
    return count if isinstance(count, int) and is_given and 0 <= count <= LARGEST_COUNT else None


def _refusal(message: Any) -> str:
    content = _part(message, "content")
    parts = [_part(part, "refusal") for part in content] if isinstance(content, list) else []
    said = _part(message, "refusal") or _part(_part(message, "provider_specific_fields"), "refusal")
    said = said or next(filter(None, parts), None)
    return clean_line(scrub(said[:LONGEST_REFUSAL]))[:LONGEST_QUOTE] if isinstance(said, str) else ""
