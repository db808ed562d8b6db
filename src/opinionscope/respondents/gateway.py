"""The gateway to live models: one call in, one answer or one clear error out.

- Models are asked through litellm; those of a server of the user's own that speaks OpenAI's language, without it.
- A call that fails for a passing reason (too many requests, trouble at the provider, connection lost) is made
  again, up to `attempts` times in all, even when text had begun to stream: `on_text` is always given the whole text so
  far. The time-out holds for one attempt; no pause longer than it is waited for.
- A stream that ends without the provider's word for why may have been cut short, or been no stream at all; it is not
  trusted, and the question is put again without streaming; after an empty one, too: litellm drops refusals there.
- A setting that a server refuses in a way known here is changed, and the change kept for later calls.
- A key that a command printed may expire: where it is refused, the command is run once more, and the question put
  again at once, if that gave another key, and once only.
"""

import asyncio
import random
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from typing_extensions import override

from opinionscope.elicitation import Call, Plan, Reply, Usage
from opinionscope.respondents.asked_provider import INTERACTIVE, NOT_LEARNED, AskedProvider
from opinionscope.respondents.base import (
    DEFAULT_ATTEMPTS,
    DEFAULT_TIMEOUT,
    Attempt,
    OnAttempt,
    OnText,
    Respondent,
    RespondentError,
)
from opinionscope.respondents.batch_door import BatchDoor
from opinionscope.respondents.changes import (
    FEW,
    FEW_LOGPROBS,
    LEAST_TOKENS,
    MORE_TOKENS,
    NO_SEED,
    NO_TEMPERATURE,
    OTHER_LIMIT,
    TEXT,
    TOLD,
    WHOLE,
    sent_messages,
    wanted_change,
)
from opinionscope.respondents.completion import END_OF_ANSWER, Completion, price, read_completion, read_stream
from opinionscope.respondents.direct import OPENAI_LIKE, directly
from opinionscope.respondents.exchange import NO_EXCHANGE, Exchange, recording
from opinionscope.respondents.failure_rules import USUAL_TEMPERATURE, Sent
from opinionscope.respondents.failures import UNGUARDED, Failure, classify, timed_out
from opinionscope.respondents.limits import UNLIMITED, LimitBook, OnPause, Turns, Wait, guessed_tokens
from opinionscope.respondents.loading import LiteLLM, Transport, load
from opinionscope.respondents.named_models import NamedModel
from opinionscope.respondents.providers import checked_base, is_asked_directly, key_parameter
from opinionscope.respondents.retries import wait_before
from opinionscope.settings import ModelSettings
from opinionscope.values import replace

__all__ = ["LiteLLMRespondent", "load"]

_SETTINGS = ("temperature", "logprobs", "top_logprobs", "response_format", "seed", "max_tokens")


class LiteLLMRespondent(Respondent):
    """A model reached through litellm."""

    def __init__(
        self,
        model: str,
        api_base: str | None = None,
        timeout: float = DEFAULT_TIMEOUT,
        *,
        attempts: int = DEFAULT_ATTEMPTS,
        wait: Wait = asyncio.sleep,
        named: NamedModel | None = None,
        limits: LimitBook = UNLIMITED,
    ) -> None:
        """Nothing is loaded or sent yet.

        Args:
            model: any name litellm knows.
            api_base: the server to ask, where it is not the provider's own.
            timeout: seconds that one attempt may take in all.
            attempts: how often to ask in all when failures are passing ones.
            wait: how to spend the seconds between attempts.
            named: what the settings say of the model, where it was chosen by a name of the user's own.
            limits: which calls have to wait for their turn; the time-out does not run meanwhile.

        Raises:
            RespondentError: if `api_base` is no address that can be used.
        """
        self.model = model
        self.api_base = None if api_base is None else checked_base(api_base)
        self.timeout = timeout
        self.attempts = attempts
        self._wait = wait
        self._named = named or NamedModel(model, ModelSettings(model, self.api_base or ""))
        self.name = self._named.name
        self._limits = limits
        self._provider = NOT_LEARNED
        self._changes: frozenset[str] = frozenset()

    @override
    async def check(self, call: Call) -> None:
        await self._get_ready(log_probs=call.cell.needs_log_probs)

    @override
    async def respond(self, call: Call, on_text: OnText | None = None, on_attempt: OnAttempt | None = None) -> Reply:
        """Ask the model, again if need be.

        Args:
            on_text: given the whole text so far, cleaned, while verbalized and sequence answers stream in, and
                all that had arrived when one breaks off or is cancelled.
            on_attempt: given each further attempt before its pause, and each that waits for a limit.

        Raises:
            RespondentError: if there is no answer; it names the reason and the next step.
        """
        litellm = await self._get_ready(log_probs=call.cell.needs_log_probs)
        call = self._named.applied_to(call)
        attempt, is_renewed = 1, False
        while True:
            outcome = await self._ask(litellm, call, on_text, self._telling_of_limits(attempt, on_attempt))
            if isinstance(outcome, Reply):
                return outcome
            if not is_renewed and outcome.refuses_key and await self._named.has_newer_key(outcome.key_number):
                is_renewed = True
                continue
            pause = self._pause_after(outcome, attempt)
            if pause is None:
                raise outcome.error(attempt, self.timeout)
            attempt += 1
            if on_attempt:
                on_attempt(Attempt(attempt, self.attempts, pause, outcome.title))
            await self._wait(pause)

    @override
    def as_sent(self, plan: Plan) -> Plan:
        return self._named.applied(plan)

    @override
    def request_hash(self, call: Call) -> str:
        return self._named.request_hash(call, self.model, self.api_base)

    @override
    def learned(self) -> tuple[str, ...]:
        return tuple(note for change, note in TOLD.items() if change in self._changes)

    def _telling_of_limits(self, attempt: int, on_attempt: OnAttempt | None) -> OnPause | None:
        if on_attempt is None:
            return None
        return lambda pause: on_attempt(Attempt(attempt, self.attempts, pause.seconds, "", pause.limit))

    def _pause_after(self, failure: Failure, attempt: int) -> float | None:
        """Seconds until the next attempt; None if there is to be none."""
        if not failure.transient or attempt >= self.attempts:
            return None
        return wait_before(attempt + 1, failure.retry_after, random.random(), self.timeout)

    async def _get_ready(self, *, log_probs: bool = False) -> Transport:
        """Learn the provider, and refuse what can be seen to fail before anything is sent; give what to ask with."""
        if is_asked_directly(self.model, self.api_base):
            self._provider = OPENAI_LIKE
            await self._named.prepare(self._provider.name)
            return await directly()
        litellm = await load()
        if self.model.split("/")[0] in INTERACTIVE:
            raise RespondentError("this provider asks for a sign-in in the browser; choose another model")
        provider = self._learn_provider(litellm)
        provider.check_address()
        await self._named.prepare(provider.name)
        if not (provider.is_elsewhere or self._named.has_key):
            provider.check_key(litellm, self.model)
        if log_probs:
            provider.check_log_probs(self.model)
        return litellm

    def _learn_provider(self, litellm: LiteLLM) -> AskedProvider:
        if self._provider is NOT_LEARNED:
            self._provider = AskedProvider.of(litellm, self.model, self.api_base)
        return self._provider

    async def batch_body(self, call: Call) -> dict[str, Any]:
        """What a line of a batch file asks: the body of a chat completion; needs no key, sends nothing."""
        self._learn_provider(litellm := await load())
        asked = self._request(self._named.applied_to(call), self._not_taken(call))
        bare = litellm.get_llm_provider(model=self.model, api_base=self.api_base)[0]
        return {**asked.pop("extra_body", {}), **asked, "model": bare}

    async def batch_door(self) -> BatchDoor:
        """As `TakesBatches`."""
        await self._get_ready()
        how = {"timeout": self.timeout, **self._keys}
        return BatchDoor(await load(), self._provider.name, self.model, self.api_base, how)

    async def _ask(
        self, litellm: Transport, call: Call, on_text: OnText | None, on_pause: OnPause | None
    ) -> Reply | Failure:
        """One attempt, and at once another for each setting that the server wants otherwise.

        A change that was followed by an answer is kept for later calls.
        """
        changes = self._changes | self._not_taken(call)
        while True:
            outcome = await self._attempt(litellm, call, on_text, on_pause, changes)
            if isinstance(outcome, Reply):
                self._changes |= changes
                return outcome
            # A temperature that the user chose is not left out without asking.
            is_usual = call.request.temperature == USUAL_TEMPERATURE and "temperature" not in self._named.parameters
            has_schema = self._keeps_to_schema(call, changes)
            made = changes if call.seed is not None else changes | {NO_SEED}
            wanted = wanted_change(outcome, call.request, made, has_schema=has_schema, is_usual=is_usual)
            if not wanted or wanted in changes:
                return outcome
            changes |= {wanted}

    def _not_taken(self, call: Call) -> frozenset[str]:
        """What the provider is known not to take before anything is sent."""
        return frozenset() if call.seed is None or "seed" in self._provider.taken else frozenset({NO_SEED})

    async def _attempt(
        self,
        litellm: Transport,
        call: Call,
        on_text: OnText | None,
        on_pause: OnPause | None,
        changes: frozenset[str],
    ) -> Reply | Failure:
        """One attempt. Errors become values here, so that no traceback leads to a frame that holds a key."""
        key_number = 0
        with recording() as exchanges:
            try:
                async with self._limits.turn(
                    (self._provider.name, self.model, self.name),
                    guessed_tokens(call.messages, call.request.max_tokens),
                    on_pause,
                ) as turns:
                    begun, key_number = time.monotonic(), self._named.key_number
                    async with asyncio.timeout(self.timeout):
                        completion = await self._complete(litellm, call, on_text, changes, turns, exchanges)
                    turns.settle(completion.tokens)
            except TimeoutError:
                return timed_out(self.timeout, answering=bool(exchanges and exchanges[-1].received))
            except Exception as error:  # of whatever class: litellm and the libraries below it raise any
                return self._failure(error, call, changes, exchanges, key_number)
        seconds = time.monotonic() - begun
        if not exchanges:
            return UNGUARDED
        usage = Usage(completion.prompt_tokens, completion.completion_tokens, await self._cost(completion), seconds)
        if empty := completion.emptiness(_most_tokens(call, changes)):
            return replace(empty, usage=usage)
        return Reply(
            completion.text,
            completion.first_token,
            finish_reason=completion.finish_reason,
            structured=self._keeps_to_schema(call, changes),
            model=completion.model or self.model,
            answered=datetime.now(UTC),
            usage=usage,
        )

    async def _cost(self, completion: Completion) -> float | None:
        """US dollars; None where the price is not known."""
        if self._named.costs_nothing:
            return 0.0
        return None if self._provider.is_elsewhere else price(await load(), completion, self.model)

    def _failure(
        self,
        error: Exception,
        call: Call,
        changes: frozenset[str],
        exchanges: Sequence[Exchange],
        key_number: int,
    ) -> Failure:
        failure = classify(
            error,
            self.model,
            self._provider.name,
            self.api_base,
            exchange=exchanges[-1] if exchanges else NO_EXCHANGE,
            sent=self._sent(call, changes),
        )
        return replace(failure, key_number=key_number)

    def _sent(self, call: Call, changes: frozenset[str]) -> Sent:
        temperature = call.request.temperature
        is_of_the_settings = self._named.parameters.get("temperature") == temperature
        settings = [name for name in self._arguments(call, changes) if name in _SETTINGS]
        taken = self._provider.taken
        return Sent(
            self._named.key_place,
            temperature,
            self._named.place if is_of_the_settings else "",
            tuple(name for name in settings if taken and name not in taken),
        )

    async def _complete(
        self,
        litellm: Transport,
        call: Call,
        on_text: OnText | None,
        changes: frozenset[str],
        turns: Turns,
        exchanges: Sequence[Exchange],
    ) -> Completion:
        """Stream where somebody looks on, the format allows it, and the server can; else wait for the whole."""
        watched = on_text if call.request.top_logprobs == 0 and not call.cell.recipe.completion else None
        arguments = self._arguments(call, changes)
        if watched and WHOLE not in changes:
            came = await litellm.acompletion(**arguments, stream=True, stream_options={"include_usage": True})
            if hasattr(came, "__aiter__"):
                completion = await read_stream(came, watched, exchanges)
            elif (completion := read_completion(came)).text:
                watched(completion.text)
            if completion is not None and not completion.says_nothing:
                return completion
            turns.again()
        completion = await self._whole(litellm, arguments, exchanges)
        if watched and completion.text:
            watched(completion.text)
        return completion

    async def _whole(self, litellm: Transport, arguments: dict[str, Any], exchanges: Sequence[Exchange]) -> Completion:
        """An answer in one piece: as litellm reads it, or, where it cannot, as it came over the wire."""
        ask = litellm.atext_completion if "prompt" in arguments else litellm.acompletion
        try:
            return read_completion(await ask(**arguments))
        except Exception:  # of whatever class: litellm takes no content that is a list, for one
            received = exchanges[-1].completion() if exchanges else None
            if received is None:
                raise
        return read_completion(received)

    def _arguments(self, call: Call, changes: frozenset[str]) -> dict[str, Any]:
        how = {"timeout": self.timeout, "max_retries": 0, "drop_params": False}
        return self._request(call, changes) | how | ({"api_base": self.api_base} if self.api_base else {}) | self._keys

    @property
    def _keys(self) -> dict[str, Any]:
        return key_parameter(self._provider.name, self.api_base) | self._named.credentials()

    def _request(self, call: Call, changes: frozenset[str]) -> dict[str, Any]:
        request = call.request
        arguments: dict[str, Any] = self._named.further_parameters | {
            **self._asked(call, changes),
            **({} if NO_TEMPERATURE in changes else {"temperature": request.temperature}),
            "max_completion_tokens" if OTHER_LIMIT in changes else "max_tokens": _most_tokens(call, changes),
        }
        if self._keeps_to_schema(call, changes):
            schema = {"name": "answer", "schema": self._named.schema(call), "strict": True}
            arguments["response_format"] = {"type": "json_schema", "json_schema": schema}
        if request.top_logprobs:
            most = min(request.top_logprobs, FEW_LOGPROBS if FEW in changes else request.top_logprobs)
            arguments |= {"logprobs": most} if "prompt" in arguments else {"logprobs": True, "top_logprobs": most}
        if call.seed is not None and NO_SEED not in changes:
            arguments["seed"] = call.seed
        return arguments

    def _asked(self, call: Call, changes: frozenset[str]) -> dict[str, Any]:
        """The model and its prompt: messages, or one text to be continued, which litellm sends on as such by prefix."""
        if not call.cell.recipe.completion:
            return {"model": self.model, "messages": sent_messages(call.messages, changes)}
        bare = self.model.removeprefix("openai/")
        model = f"text-completion-openai/{bare}" if self._provider.name == "openai" else self.model
        return {"model": model, "prompt": call.transcript, "stop": [END_OF_ANSWER]}

    def _keeps_to_schema(self, call: Call, changes: frozenset[str]) -> bool:
        """Whether the provider is told to keep to a JSON schema."""
        return bool(self._named.schema(call)) and self._provider.takes_schema and TEXT not in changes


def _most_tokens(call: Call, changes: frozenset[str]) -> int:
    """How long an answer may be, in tokens: as asked for, or as long as the server takes at least."""
    asked = call.request.max_tokens
    return max(asked, LEAST_TOKENS) if MORE_TOKENS in changes else asked
