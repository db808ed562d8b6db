"""Batch APIs of providers: a file of calls is handed in, and its results are fetched hours later, through litellm.

Every request goes past the guard, as live calls do. Nothing is asked twice by itself: a batch that may have been made
is paid for. Keys are passed on and never kept.
"""

from collections.abc import Awaitable, Callable
from typing import Any, Literal, Protocol, runtime_checkable

from msgspec import Struct
from typing_extensions import override

from opinionscope.respondents.base import RespondentError
from opinionscope.respondents.exchange import NO_EXCHANGE, recording
from opinionscope.respondents.failures import UNGUARDED, classify
from opinionscope.respondents.loading import LiteLLM
from opinionscope.respondents.redaction import scrub
from opinionscope.survey.text import clean_line

PROVIDERS_WITH_BATCHES = ("openai", "azure", "vertex_ai", "bedrock", "mistral", "hosted_vllm", "litellm_proxy")
"""litellm's words for those whose results come in OpenAI's shape, by its own account or by itself."""
NEEDS_ADDRESS = ("hosted_vllm", "litellm_proxy")
"""Without an address litellm would hand their files to OpenAI."""
LARGEST_RESULTS = 500_000_000
"""Bytes of one file of results: 50,000 answers with log-probabilities take a third of it."""
ENDPOINT: Literal["/v1/chat/completions"] = "/v1/chat/completions"
WINDOW: Literal["24h"] = "24h"
REFUSED = "This provider takes no batches from here"
UNPRICED = {"batch_ignore_default_logging": True}
"""Keeps litellm from fetching the results of a batch a second time by itself, to work out what they cost."""
ENDED = ("completed", "failed", "expired", "cancelled")
_UNREACHED = ("refused", "unknown host", "unsafe", "unreachable", "redirected elsewhere")


class BatchRefusedError(RespondentError):
    """There is certainly no batch: nothing was sent, or the provider refused it."""

    title = REFUSED


class BatchState(Struct, frozen=True):
    """How far a batch is, as its provider says.

    Attributes:
        status: OpenAI's word: validating, in_progress, finalizing, completed, failed, expired, cancelled …
        total, done, failed: calls; None where the provider does not count them.
        files: ids of the files that hold results and errors so far.
        problems: why it failed, in the provider's words.
    """

    status: str
    total: int | None = None
    done: int | None = None
    failed: int | None = None
    files: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def has_ended(self) -> bool:
        """Whether no more results will come."""
        return self.status in ENDED


@runtime_checkable
class TakesBatches(Protocol):
    """A respondent whose provider may have a batch API."""

    async def batch_door(self) -> "BatchDoor":
        """The provider's batch API.

        Raises:
            RespondentError: if the model cannot be asked.
        """


class BatchDoor(Struct, frozen=True):
    """The batch API of a model's provider.

    Attributes:
        provider: litellm's word for it.
        model: as litellm takes it.
        api_base: its address; None for the provider's own.
        keywords: time-out, key and headers of each request.
    """

    litellm: LiteLLM
    provider: str
    model: str
    api_base: str | None
    keywords: dict[str, Any]

    @override
    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.provider!r}, {self.model!r})"

    @override
    def __rich_repr__(self) -> list[tuple[str, Any]]:
        return [("provider", self.provider), ("model", self.model)]

    def __post_init__(self) -> None:
        """Refuse a provider without batches.

        Raises:
            BatchRefusedError: saying what to use instead.
        """
        if self.provider not in PROVIDERS_WITH_BATCHES:
            known = ", ".join(PROVIDERS_WITH_BATCHES)
            raise BatchRefusedError(
                f"batches are handed in to {known}, not to {self.provider}; `opinionscope sweep start` asks "
                f"{self.model} live, and `opinionscope sweep collect FILE` reads results of batches made elsewhere"
            )
        if self.provider in NEEDS_ADDRESS and not self.api_base:
            raise BatchRefusedError(f"name the server of {self.model} with api_base in the plan")

    async def upload(self, name: str, content: bytes) -> str:
        """Hand a file of calls over, and return the provider's id for it.

        Raises:
            RespondentError: if it was not taken.
        """
        file = (name, content, "application/jsonl")
        made = await self._sent(self.litellm.acreate_file, file=file, purpose="batch")
        return _named(made, "file")

    async def begin(self, file_id: str) -> str:
        """Have the calls of a file made, and return the id of the batch.

        Raises:
            BatchRefusedError: if there is certainly no batch.
            RespondentError: if there may be one.
        """
        how = {"input_file_id": file_id, "endpoint": ENDPOINT, "completion_window": WINDOW}
        return _named(await self._sent(self.litellm.acreate_batch, **how, **self._by_model), "batch")

    async def state(self, batch_id: str) -> BatchState:
        """How far a batch is.

        Raises:
            RespondentError: if the provider does not say.
        """
        quietly = {"litellm_metadata": UNPRICED}
        return _state(await self._sent(self.litellm.aretrieve_batch, batch_id=batch_id, **quietly, **self._by_model))

    async def content(self, file_id: str) -> bytes:
        """A file of results.

        Raises:
            RespondentError: if it does not come whole.
        """
        got = await self._sent(self.litellm.afile_content, file_id=file_id)
        content = getattr(got, "content", None)
        if not isinstance(content, bytes):
            raise RespondentError(f"{self._place} sent no file", title="No results")
        return content

    @property
    def _by_model(self) -> dict[str, str]:
        """Providers that litellm serves in their own language are found by the model; the others by their name."""
        return {"model": self.model} if self.provider in ("mistral", "bedrock") else {}

    @property
    def _place(self) -> str:
        return self.api_base or self.provider

    async def _sent(self, function: Callable[..., Awaitable[Any]], **parameters: Any) -> Any:
        """Make one request. Errors become values before they are raised, so that no traceback holds a key."""
        address = {"api_base": self.api_base} if self.api_base else {}
        failure: RespondentError | None = None
        answer: Any = None
        with recording(file_limit=LARGEST_RESULTS) as exchanges:
            try:
                answer = await function(
                    **parameters, custom_llm_provider=self.provider, max_retries=0, **address, **self.keywords
                )
                failure = None if exchanges else UNGUARDED.error()
            except Exception as error:  # of whatever class: litellm and the libraries below it raise any
                exchange = exchanges[-1] if exchanges else NO_EXCHANGE
                told = classify(error, self.model, self.provider, self.api_base, exchange=exchange).error()
                if exchange.status == 404 and "batch_id" not in parameters and "file_id" not in parameters:
                    failure = BatchRefusedError(
                        f"{self._place} has no batch API, as plain vLLM has none: `vllm run-batch -i FILE -o RESULTS` "
                        "reads the same files, and `opinionscope sweep collect RESULTS` its results"
                    )
                elif exchange.end == "too large":
                    failure = RespondentError(
                        f"the results are larger than {LARGEST_RESULTS // 1_000_000} MB; fetch them with the "
                        "provider's own tools, then `opinionscope sweep collect FILE`",
                        title="Too large",
                    )
                elif exchange.end in _UNREACHED or 400 <= (exchange.status or 0) < 500 or not exchanges:
                    failure = BatchRefusedError(told.message, title=told.title)
                else:
                    failure = told
        if failure is not None:
            raise failure
        return answer


def _named(made: Any, kind: str) -> str:
    found = getattr(made, "id", None)
    if not isinstance(found, str) or not found:
        raise RespondentError(f"the provider took the {kind} and named no id for it", title="No id")
    return found


def _state(batch: Any) -> BatchState:
    counts = getattr(batch, "request_counts", None)
    problems = getattr(getattr(batch, "errors", None), "data", None) or ()
    files = (getattr(batch, "output_file_id", None), getattr(batch, "error_file_id", None))
    return BatchState(
        status=clean_line(str(getattr(batch, "status", "") or "unknown"))[:40],
        total=getattr(counts, "total", None),
        done=getattr(counts, "completed", None),
        failed=getattr(counts, "failed", None),
        files=tuple(dict.fromkeys(file for file in files if isinstance(file, str) and file)),
        problems=tuple(scrub(clean_line(_problem(each)))[:300] for each in problems),
    )


def _problem(each: Any) -> str:
    line = getattr(each, "line", None)
    said = getattr(each, "message", None) or getattr(each, "code", None) or "no reason was given"
    return f"line {line}: {said}" if line is not None else str(said)
