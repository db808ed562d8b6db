"""A server that speaks OpenAI's language, asked without litellm.

That holds for servers of the user's own, and for those that this program starts. litellm has nothing to add there: it
takes seconds to import, and, for each call, several times the processor time of the call itself.
"""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from opinionscope import __version__
from opinionscope.respondents import guard
from opinionscope.respondents.asked_provider import AskedProvider

if TYPE_CHECKING:
    import httpx

_NOT_SENT = frozenset({"api_base", "api_key", "max_retries", "drop_params", "timeout", "extra_body", "extra_headers"})
_TAKEN = frozenset({"temperature", "max_tokens", "seed", "logprobs", "top_logprobs", "response_format", "stream"})
OPENAI_LIKE = AskedProvider("openai", _TAKEN, takes_schema=True, is_elsewhere=True)
"""What llama.cpp, vLLM and their like are taken for: they keep to every schema, until one refuses."""
_OURS = {"User-Agent": f"opinionscope/{__version__}"}
_EVENT, _END = "data:", "[DONE]"
_BYTE_ORDER_MARK = "\ufeff"

_idle: "dict[tuple[asyncio.AbstractEventLoop, str], list[httpx.AsyncClient]]" = {}
"""Clients that nobody uses now, each with one connection: httpx looks at all connections of a client for each call."""


_asked_with: "list[Direct]" = []


async def directly() -> "Direct":
    """What a server is asked with; made in a thread, since that imports HTTP libraries.

    Raises:
        RespondentError: if one of them is not what it was.
    """
    if not _asked_with:
        _asked_with.append(await asyncio.to_thread(Direct))
    return _asked_with[0]


class Direct:
    """What is used of litellm, for a server that speaks OpenAI's language."""

    def __init__(self) -> None:
        guard.keep_loopback_direct()
        guard.install()
        _certificates()

    async def acompletion(self, **parameters: Any) -> Any:
        """Ask a model: the answer as JSON, or, with ``stream=True``, an iterator over its pieces."""
        return await _answer("chat/completions", parameters)

    async def atext_completion(self, **parameters: Any) -> Any:
        """Let a model continue a text."""
        return await _answer("completions", parameters)


async def _answer(path: str, parameters: Mapping[str, Any]) -> Any:
    """Post a request; raises httpx's errors, whose reasons are in the exchange."""
    base = parameters["api_base"]
    idle = _idle_at(base)
    client = idle.pop() if idle else _client()
    client.cookies.clear()  # calls have nothing to do with each other
    body = parameters.get("extra_body", {}) | {
        name: value for name, value in parameters.items() if name not in _NOT_SENT
    }
    request = client.build_request(
        "POST",
        f"{base}/{path}",
        json=body | {"model": parameters["model"].partition("/")[2]},
        headers=_OURS | {"Authorization": f"Bearer {parameters['api_key']}"},
        timeout=parameters["timeout"],
    )
    request.headers.update(parameters.get("extra_headers", {}))
    try:
        response = await client.send(request, stream=True)
        is_whole = response.headers.get("content-type", "").startswith("application/json")
        is_stream = bool(parameters.get("stream")) and response.is_success and not is_whole
        if not is_stream:
            await response.aread()
    except BaseException:
        await client.aclose()
        raise
    if is_stream:
        return _pieces(response, client, idle)
    idle.append(client)
    response.raise_for_status()
    return _decoded(response.content)


async def _lines(response: "httpx.Response") -> AsyncIterator[str]:
    """Its lines, which end with a line feed alone: the other line breaks of Unicode may stand in an answer."""
    rest = ""
    async for text in response.aiter_text():
        *lines, rest = (rest + text).split("\n")
        for line in lines:
            yield line
    yield rest


async def _pieces(
    response: "httpx.Response", client: "httpx.AsyncClient", idle: "list[httpx.AsyncClient]"
) -> AsyncIterator[Any]:
    """The pieces of an answer that streams in; of one that came whole under another content type, that one piece."""
    other: list[str] | None = []
    event = ""
    try:
        async for line in _lines(response):
            line = line.removeprefix(_BYTE_ORDER_MARK)
            content = line.removeprefix(_EVENT).strip()
            if line.startswith(_EVENT) and content != _END:
                other = None
                event += content
                try:
                    piece = _decoded(event, without=[])
                except json.JSONDecodeError:  # an event may take several lines
                    continue
                event = ""
                yield piece
            elif other is not None:
                other.append(line)
        if event:
            raise ValueError("an event is no JSON")
        if other and other[0].lstrip().startswith("{"):
            whole = _decoded("\n".join(other))
            yield whole | {"choices": [{"delta": choice.get("message")} | choice for choice in whole["choices"]]}
    finally:
        try:
            await response.aclose()
        finally:
            idle.append(client)


def _decoded(encoded: str | bytes, without: Any = None) -> dict[str, Any]:
    """A completion, or a piece of one; raises ValueError for anything else.

    Not read with msgspec, which takes no half of a surrogate pair, as servers leave it where they cut an emoji.

    Args:
        without: the choices of what has none.
    """
    found = json.loads(encoded)
    choices = (found.get("choices") or without) if isinstance(found, dict) and not found.get("error") else None
    if not isinstance(choices, list) or not all(isinstance(choice, dict) for choice in choices):
        raise ValueError("no completion")
    return dict(found)


def _idle_at(base: str) -> "list[httpx.AsyncClient]":
    """The clients that wait in this event loop for the next call to a server."""
    for loop, server in [key for key in _idle if key[0].is_closed()]:
        del _idle[loop, server]
    return _idle.setdefault((asyncio.get_running_loop(), base), [])


def _client() -> "httpx.AsyncClient":
    import httpx

    return httpx.AsyncClient(
        limits=httpx.Limits(max_connections=1),
        verify=_certificates(),
        follow_redirects=True,
    )


@cache
def _certificates() -> ssl.SSLContext:
    """What servers are checked by: read once, which takes longer than a call."""
    import httpx

    return httpx.create_ssl_context()
