"""The one place where litellm is imported: late, in a thread, and made quiet.

Its import takes seconds, so nothing may wait for it before it is needed. It is imported by name, not by
statement, because its own types are too loose to be of use; `LiteLLM` states what is used of it.
"""

import asyncio
import gc
import logging
import os
import sys
import threading
import warnings
from concurrent.futures import Future
from contextlib import suppress
from importlib import import_module
from typing import Any, Protocol, cast

from opinionscope.respondents.base import RespondentError

_ENVIRONMENT = {
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    "LITELLM_LOCAL_ANTHROPIC_BETA_HEADERS": "True",
    "LITELLM_MODE": "PRODUCTION",
    "LITELLM_DISABLE_BUG_REPORT_LINK": "True",
}
_SWITCHES = {
    "suppress_debug_info": True,
    "set_verbose": False,
    "drop_params": False,
    "modify_params": False,
    "disable_hf_tokenizer_download": True,
    # With its own transport a connection lost in mid-stream passes for the end of the answer.
    "disable_aiohttp_transport": True,
    # A long row of the same letter is an answer here, not a model gone wild.
    "REPEATED_STREAMING_CHUNK_LIMIT": sys.maxsize,
}
_LOGGERS = ("LiteLLM", "LiteLLM Router", "LiteLLM Proxy", "LiteLLM Proxy Stdout", "openai", "httpx", "httpcore")
_WARNING_PACKAGES = ("litellm", "openai", "pydantic")


class Transport(Protocol):
    """What the gateway uses of litellm, or of what stands in for it."""

    def acompletion(self, **parameters: Any) -> Any:
        """Ask a model; a coroutine."""

    def atext_completion(self, **parameters: Any) -> Any:
        """Let a model continue a text; a coroutine."""


class LiteLLM(Transport, Protocol):
    """What is used of litellm itself."""

    def completion_cost(self, **parameters: Any) -> float:
        """The price of an answer in US dollars; raises where it is not known."""

    def get_llm_provider(self, **parameters: Any) -> tuple[str, str, str | None, str | None]:
        """Model without prefix, provider, key, server."""

    def get_supported_openai_params(self, **parameters: Any) -> list[str] | None:
        """The parameters that a model takes, or so litellm thinks."""

    def supports_response_schema(self, **parameters: Any) -> bool:
        """Whether the model's provider can be held to a JSON schema."""

    def validate_environment(self, **parameters: Any) -> dict[str, Any]:
        """Which variables a model's provider misses."""

    def completion(self, **parameters: Any) -> Any:
        """Ask a model and block."""

    def acreate_file(self, **parameters: Any) -> Any:
        """Hand a provider a file; a coroutine."""

    def acreate_batch(self, **parameters: Any) -> Any:
        """Have the calls of a file made; a coroutine."""

    def aretrieve_batch(self, **parameters: Any) -> Any:
        """How far a batch is; a coroutine."""

    def afile_content(self, **parameters: Any) -> Any:
        """Fetch a file; a coroutine."""

    def token_counter(self, **parameters: Any) -> int:
        """How many tokens a text has, or so litellm thinks."""


class _Import:
    """An import of litellm, under way or done; one a process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._future: Future[LiteLLM] | None = None

    def start(self) -> "Future[LiteLLM]":
        """Begin, unless that was done before. A daemon thread, so that leaving the program need not wait for it."""
        with self._lock:
            if self._future is None:
                self._future = Future()
                self._future.set_running_or_notify_cancel()
                threading.Thread(target=self._run, args=(self._future,), name="litellm-import", daemon=True).start()
            return self._future

    def _run(self, future: "Future[LiteLLM]") -> None:
        why = "one of its parts broke off"
        try:
            future.set_result(_import_quietly())
        except RespondentError as error:
            self._give_up(future, error)
        except Exception as error:  # a package that is damaged, or of versions that do not fit, may raise anything
            missing = isinstance(error, ImportError) and error.name
            why = f"{missing} is missing" if missing else f"{type(error).__name__} in one of its parts"
        finally:
            if not future.done():
                advice = f"litellm cannot be imported ({why}); install it again, or choose a recorded model"
                self._give_up(future, RespondentError(advice, title="No live models"))

    def _give_up(self, future: "Future[LiteLLM]", reason: RespondentError) -> None:
        """Tell those who wait, and let the next one try again."""
        with self._lock:
            self._future = None
        future.set_exception(reason)


def _import_quietly() -> LiteLLM:
    """Import and warm litellm with the garbage collector off, which saves a third of the time, and without a word."""
    os.environ.update(_ENVIRONMENT)
    _silence()
    guard = import_module("opinionscope.respondents.guard")
    guard.keep_loopback_direct()
    guard.install()
    collecting = gc.isenabled()
    gc.disable()
    try:
        litellm = import_module("litellm")
        guard.check_interface(
            litellm, tuple(name for name in (*vars(Transport), *vars(LiteLLM)) if not name.startswith("_"))
        )
        with suppress(ImportError):
            import_module("openai.resources")
        vars(litellm).update(_SWITCHES)
        _silence()
        _warm(cast("LiteLLM", litellm))
    finally:
        if collecting:
            gc.enable()
    return cast("LiteLLM", litellm)


def _warm(litellm: LiteLLM) -> None:
    """Take litellm once through a call that goes nowhere: else the first real one freezes the event loop for 0.7 s.

    Much of litellm is imported, and its tokens are read from a file, only when they are needed first.
    """
    with suppress(Exception):
        litellm.completion(
            model="openai/warm-up",
            api_key="unused",
            messages=[{"role": "user", "content": "."}],
            mock_response=".",
        )
        litellm.token_counter(model="openai/warm-up", text=".")


def _silence() -> None:
    """Turn loggers off, with those below them, which ask for their level and not whether they are disabled."""
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        logger.disabled = True
        logger.setLevel(logging.CRITICAL + 1)
    for package in _WARNING_PACKAGES:
        warnings.filterwarnings("ignore", module=rf"{package}(\.|$)")
    # Of a call that was cancelled between two steps of litellm's.
    warnings.filterwarnings("ignore", message="coroutine '.+' was never awaited", category=RuntimeWarning)


_import = _Import()


async def load() -> LiteLLM:
    """litellm, imported if need be; the event loop stays free meanwhile, and cancelling works at once.

    Raises:
        RespondentError: if it is not installed whole.
    """
    future = _import.start()
    return future.result() if future.done() else await asyncio.wrap_future(future)
