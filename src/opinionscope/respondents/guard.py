"""The guard between litellm and the network, and the only module that touches another library's insides.

litellm makes its HTTP clients in many places, of httpx and, through openai, of httpx2. All of them send through the
transports of these libraries, so the guard stands there:

- every request is kept as an `Exchange`: status, headers, the beginning of the body, how the connection ended;
- a redirect to another server is not followed, since most headers would go with it, keys among them;
- no answer may be larger than `intake.LARGEST_BODY`, packed or not, and no more of an error is read than is shown;
- no blocking call of a library is made: litellm asks Ollama for facts so, on the thread of the event loop.

`install` refuses, in one sentence, when a transport does not look as it did in the versions named in `PATCHES`.
"""

import os
from collections.abc import AsyncIterator, MutableMapping
from functools import cache
from importlib import import_module, metadata
from inspect import Parameter, signature
from types import ModuleType
from typing import Any

from msgspec import Struct

from opinionscope.respondents.base import RespondentError
from opinionscope.respondents.exchange import Exchange, GuardError, begin
from opinionscope.respondents.intake import Intake

OUR_OWN = "opinionscope"
"""The extension of a blocking request that the program makes itself, as `data fetch` does."""

LOOPBACK = ("localhost", "127.0.0.1", "::1")
_NO_PROXY = ("no_proxy", "NO_PROXY")
_OF_THE_BODY = (b"content-length", b"content-encoding", b"transfer-encoding")
_NEEDED = ("Response", "AsyncByteStream", "ConnectError")
_INSTALL = "install opinionscope again with the constraints file that its README names"


class Patch(Struct, frozen=True):
    """A method of another library that is replaced.

    Attributes:
        library, owner, method: where it is.
        seen: the versions that it was seen on.
    """

    library: str
    owner: str
    method: str
    seen: str

    @property
    def place(self) -> str:
        """Its full name."""
        return f"{self.library}.{self.owner}.{self.method}"


# litellm makes clients of its own in many places, and no setting gives all of them a transport.
PATCHES = (
    Patch("httpx", "AsyncHTTPTransport", "handle_async_request", "httpx 0.28"),
    Patch("httpx", "HTTPTransport", "handle_request", "httpx 0.28"),
    Patch("httpx2", "AsyncHTTPTransport", "handle_async_request", "httpx2 2.16"),
    Patch("httpx2", "HTTPTransport", "handle_request", "httpx2 2.16"),
)


@cache
def install() -> None:
    """Put the guard in place, once a process.

    Raises:
        RespondentError: if a library has changed so that the guard no longer fits; nothing is asked then.
    """
    libraries = {name: library for name in ("httpx", "httpx2") if (library := _imported(name)) is not None}
    fitting = [(patch, libraries[patch.library]) for patch in PATCHES if patch.library in libraries]
    for patch, library in fitting:
        if problem := misfit(patch, library):
            raise RespondentError(f"{problem}; {_INSTALL}", title="No live models")
    for patch, library in fitting:
        transport = getattr(library, patch.owner)
        is_blocking = patch.method == "handle_request"
        guarded = (_refusing if is_blocking else _guarded)(library, getattr(transport, patch.method))
        setattr(transport, patch.method, guarded)


def misfit(patch: Patch, library: ModuleType) -> str:
    """Why a patch does not fit a library, in a sentence; "" if it does."""
    method = getattr(getattr(library, patch.owner, None), patch.method, None)
    lacking = [name for name in _NEEDED if not hasattr(library, name)]
    try:
        parameters = list(signature(method).parameters.values()) if callable(method) else []
    except (TypeError, ValueError):
        parameters = []
    ordinary = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
    if len(parameters) == 2 and all(parameter.kind in ordinary for parameter in parameters) and not lacking:
        return ""
    return f"the guard does not fit {version(patch.library)}, whose {patch.place} has changed since {patch.seen}"


def check_interface(litellm: Any, names: tuple[str, ...]) -> None:
    """Check that litellm has the functions that are called.

    Raises:
        RespondentError: naming the one it lacks.
    """
    for name in names:
        if not callable(getattr(litellm, name, None)):
            problem = f"{version('litellm')} has no {name}, which opinionscope calls"
            raise RespondentError(f"{problem}; {_INSTALL}", title="No live models")


def version(library: str) -> str:
    """A library with its version, for messages."""
    try:
        return f"{library} {metadata.version(library)}"
    except metadata.PackageNotFoundError:
        return library


def keep_loopback_direct(environment: MutableMapping[str, str] = os.environ) -> None:
    """Keep servers on this machine from being asked through a proxy, which would see the key and cannot reach them."""
    named = next((environment[name] for name in _NO_PROXY if environment.get(name)), "")
    hosts = dict.fromkeys((*filter(None, map(str.strip, named.split(","))), *LOOPBACK))
    environment.update(dict.fromkeys(_NO_PROXY, ",".join(hosts)))


def _imported(name: str) -> ModuleType | None:
    try:
        return import_module(name)
    except ModuleNotFoundError:
        return None


class _Body:
    """A response body that is taken in on its way to the reader."""

    def __init__(self, stream: Any, intake: Intake) -> None:
        self._stream, self._intake = stream, intake

    async def __aiter__(self) -> AsyncIterator[bytes]:
        intake = self._intake
        with intake.exchange:
            async for piece in self._stream:
                if given := intake.take(piece):
                    yield given
                if intake.has_enough:
                    break
            if rest := intake.finish():
                yield rest

    async def aclose(self) -> None:
        await self._stream.aclose()


def _guarded(library: ModuleType, send: Any) -> Any:
    body = type("Body", (_Body, library.AsyncByteStream), {})

    async def guarded(transport: Any, request: Any) -> Any:
        exchange = _begun(request)
        with exchange:
            response = await send(transport, request)
            try:
                intake = _admitted(exchange, request, response)
            except GuardError:
                await response.aclose()
                raise
        return _rebuilt(library, response, body(response.stream, intake))

    return guarded


def _refusing(library: ModuleType, send: Any) -> Any:
    def guarded(transport: Any, request: Any) -> Any:
        if request.extensions.get(OUR_OWN):
            return send(transport, request)
        with _begun(request) as exchange:
            exchange.end = "blocking"
            raise library.ConnectError("blocking calls are not made here", request=request)

    return guarded


def _begun(request: Any) -> Exchange:
    """The exchange of a request, which asks for a body that is not packed."""
    request.headers["accept-encoding"] = "identity"
    url = request.url
    return begin(f"{url.scheme}://{url.netloc.decode('ascii', 'replace')}{url.path}")


def _admitted(exchange: Exchange, request: Any, response: Any) -> Intake:
    """Note the head of a response, and get ready for its body.

    Raises:
        GuardError: if it redirects to another server, or its body is packed in a way that cannot be unpacked.
    """
    exchange.status = response.status_code
    exchange.headers = {name.lower(): value for name, value in response.headers.items()}
    if response.has_redirect_location and not _stays(request.url, response.headers["location"]):
        exchange.end = "redirected elsewhere"
        raise GuardError("redirected to another server")
    return Intake(exchange)


def _rebuilt(library: ModuleType, response: Any, body: Any) -> Any:
    """A response with another body."""
    headers = [(name, value) for name, value in response.headers.raw if name.lower() not in _OF_THE_BODY]
    return library.Response(response.status_code, headers=headers, stream=body, extensions=response.extensions)


def _stays(url: Any, location: str) -> bool:
    """Whether a redirect leads to the same server."""
    try:
        to = url.join(location)
    except Exception:  # of whichever library: an address that cannot be read leads nowhere safe
        return False
    return (to.scheme, to.host, to.port) == (url.scheme, url.host, url.port)
