"""The wire below litellm: whom a call may reach, and how much of an error is read.

litellm makes its HTTP clients in many places, all of them httpx's; so httpx's transport is where this is kept to.
Nothing else of the program uses httpx asynchronously.
"""

import os
from collections.abc import MutableMapping
from functools import cache
from typing import Any

import httpx

from opinionscope.respondents.redaction import beginning

LARGEST_ERROR = 16_384
"""Bytes; litellm searches an error for secrets, which takes it seconds for a megabyte."""

LOOPBACK = ("localhost", "127.0.0.1", "::1")
_NO_PROXY = ("no_proxy", "NO_PROXY")
_SEND = "handle_async_request"
_OF_THE_BODY = (b"content-length", b"content-encoding", b"transfer-encoding")


class RedirectedElsewhere(httpx.TransportError):
    """A server sends a call on to another one, to which httpx would carry most headers, keys among them."""


@cache
def guard() -> None:
    """Put the guard in place, once a process."""
    send = httpx.AsyncHTTPTransport.handle_async_request

    async def guarded(transport: httpx.AsyncHTTPTransport, request: httpx.Request) -> httpx.Response:
        response = await send(transport, request)
        if response.is_error:
            return await _shortened(response)
        if response.has_redirect_location and not _stays(request.url, response.headers["location"]):
            await response.aclose()
            raise RedirectedElsewhere("redirected to another server", request=request)
        return response

    setattr(httpx.AsyncHTTPTransport, _SEND, guarded)


def refuse_blocking(handler: Any) -> None:
    """Let litellm's client for blocking calls reach nobody.

    It asks Ollama for facts about a model, several times a call and on the event loop's own thread.
    """

    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("blocking calls are not made here", request=request)

    handler.client = httpx.Client(transport=httpx.MockTransport(refuse))


def keep_loopback_direct(environment: MutableMapping[str, str] = os.environ) -> None:
    """Keep servers on this machine from being asked through a proxy, which would see the key and cannot reach them."""
    named = next((environment[name] for name in _NO_PROXY if environment.get(name)), "")
    hosts = dict.fromkeys((*filter(None, map(str.strip, named.split(","))), *LOOPBACK))
    environment.update(dict.fromkeys(_NO_PROXY, ",".join(hosts)))


def _stays(url: httpx.URL, location: str) -> bool:
    """Whether a redirect leads to the same server."""
    try:
        to = url.join(location)
    except (httpx.InvalidURL, ValueError):
        return False
    return (to.scheme, to.host, to.port) == (url.scheme, url.host, url.port)


async def _shortened(response: httpx.Response) -> httpx.Response:
    """An error with no more of its body than anybody reads."""
    content = b""
    try:
        async for piece in response.aiter_bytes():
            content += piece[: LARGEST_ERROR + 1]
            if len(content) > LARGEST_ERROR:
                break
    finally:
        await response.aclose()
    kept = [(name, value) for name, value in response.headers.raw if name.lower() not in _OF_THE_BODY]
    shortened = beginning(content.decode("latin-1"), LARGEST_ERROR).encode("latin-1")
    return httpx.Response(response.status_code, headers=kept, content=shortened, extensions=response.extensions)
