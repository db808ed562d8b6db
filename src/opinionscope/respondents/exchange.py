"""Exchange: one request over the wire, and what the server really sent back.

`guard` fills an exchange for every request that litellm makes. Errors are read from it: what a server sent is known
here as it was sent, whatever the libraries above make of it.
"""

import asyncio
import re
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import msgspec

from opinionscope.regexes import regex
from opinionscope.respondents.server_words import ServerError, server_error

KEPT = 16_384
"""Bytes of the beginning and of the end of a body that are kept."""

End = Literal[
    "open",
    "whole",
    "refused",
    "unknown host",
    "unsafe",
    "unreachable",
    "lost",
    "cut off",
    "timed out",
    "redirected elsewhere",
    "too large",
    "unasked encoding",
    "blocking",
    "cancelled",
]
"""How an exchange ended: ``lost`` before any answer, ``cut off`` amid one."""

_MODEL = regex(rb'"model(?:Version)?"\s*:\s*("(?:[^"\\]|\\.){1,400}")')
_FINISHED = regex(rb'"(?:finish_?reason|stop_?reason)"\s*:\s*"|"done"\s*:\s*true', re.IGNORECASE)
_COUNTED = regex(rb'"(?:usage|usageMetadata)"\s*:\s*\{\s*"|"(?:prompt_eval_count|inputTokens)"\s*:\s*\d')


class GuardError(Exception):
    """The guard ended an exchange; `Exchange.end` says why."""


@dataclass
class Exchange:
    """One request and its response.

    Attributes:
        url: the address that was asked, without its query.
        status: the HTTP status; None if no response came.
        headers: of the response, names in lower case.
        head, tail: at most the first and the last `KEPT` bytes of the body, unpacked.
        body: the whole body of an answer that is no stream, unpacked; None where there is none.
        received: bytes of the body, unpacked.
        end: how it ended.
        file_limit: where a file is fetched, its largest size in bytes; 0 for any other answer.
    """

    url: str = ""
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    head: bytes = b""
    tail: bytes = b""
    body: bytes | None = None
    received: int = 0
    end: End = "open"
    file_limit: int = 0

    def add(self, piece: bytes) -> None:
        """Take in a piece of the body."""
        if len(self.head) < KEPT:
            self.head += piece[: KEPT - len(self.head)]
        self.tail = (self.tail + piece[-KEPT:])[-KEPT:]
        self.received += len(piece)

    def __enter__(self) -> "Exchange":
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        """Note the exception that ended it, unless the reason is known already."""
        if error is not None and self.end == "open":
            self.end = _end(error, answering=self.status is not None)

    @property
    def is_error(self) -> bool:
        """Whether the server answered with an error status."""
        return self.status is not None and self.status >= 400

    @cached_property
    def error(self) -> ServerError:
        """What the server says went wrong: in the body of an error, or in the last event of a stream."""
        is_stream = self.body is None and not self.is_error
        return server_error(self.body or (self.tail if is_stream else self.head), self.content_type)

    @property
    def content_type(self) -> str:
        """The media type of the body, in lower case; "" where the server names none."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def is_whole_answer(self) -> bool:
        """Whether everything that the server had to say came in, and it was no error."""
        return self.end == "whole" and not self.is_error and self.error.is_json and not self.error.is_error

    @property
    def has_finished(self) -> bool:
        """Whether the end of a stream says why the answer ended: one that was cut off does not."""
        return _FINISHED.search(self.tail) is not None

    @property
    def has_counts(self) -> bool:
        """Whether the server sent numbers of tokens; where it did not, litellm makes them up."""
        return _COUNTED.search(self.tail) is not None

    @property
    def model(self) -> str:
        """The model that the server names; "" if it names none."""
        found = _MODEL.search(self.head)
        try:
            return str(msgspec.json.decode(found[1])) if found else ""
        except (msgspec.DecodeError, UnicodeDecodeError):
            return ""

    def completion(self) -> dict[str, Any] | None:
        """The body as a chat completion; None if it is none with a message in it."""
        try:
            decoded = msgspec.json.decode(self.body or b"")
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None
        choices = decoded.get("choices") if isinstance(decoded, dict) else None
        first = choices[0] if isinstance(choices, list) and choices else None
        message = first.get("message") if isinstance(first, dict) else None
        return decoded if isinstance(message, dict) and isinstance(message.get("content"), str | list | dict) else None


NO_EXCHANGE = Exchange()
"""Nothing went over the wire."""

_record: ContextVar[list[Exchange] | None] = ContextVar("exchanges", default=None)
_file_limit: ContextVar[int] = ContextVar("file_limit", default=0)


@contextmanager
def recording(file_limit: int = 0) -> Iterator[list[Exchange]]:
    """Keep the exchanges of the calls made meanwhile, in this task and those that it starts.

    Args:
        file_limit: how many bytes of a file may come; 0 where none is fetched.
    """
    exchanges: list[Exchange] = []
    tokens = _record.set(exchanges), _file_limit.set(file_limit)
    try:
        yield exchanges
    finally:
        _record.reset(tokens[0])
        _file_limit.reset(tokens[1])


def begin(url: str) -> Exchange:
    """A new exchange, kept if somebody records."""
    exchange, record = Exchange(url, file_limit=_file_limit.get()), _record.get()
    if record is not None:
        record.append(exchange)
    return exchange


def chain(error: BaseException) -> list[BaseException]:
    """An exception and all that lie behind it, those of groups among them."""
    found: list[BaseException] = []
    links: list[BaseException | None] = [error]
    while links:
        link = links.pop(0)
        if link is not None and link not in found:
            found.append(link)
            links.append(link.__cause__ or link.__context__)
            links += link.exceptions if isinstance(link, BaseExceptionGroup) else ()
    return found


def _end(error: BaseException, *, answering: bool) -> End:
    """How an exchange ended, by the exception: of the standard library first, then by the names that httpx gives."""
    links = chain(error)
    names = {ancestor.__name__ for link in links for ancestor in type(link).__mro__}
    if any(isinstance(link, asyncio.CancelledError | GeneratorExit) for link in links):
        return "cancelled"
    if any(isinstance(link, TimeoutError) for link in links) or "TimeoutException" in names:
        return "timed out"
    if answering:
        return "cut off"
    if any(isinstance(link, socket.gaierror) for link in links):
        return "unknown host"
    if any(isinstance(link, ssl.SSLError | ssl.CertificateError) for link in links):
        return "unsafe"
    if any(isinstance(link, ConnectionRefusedError) for link in links):
        return "refused"
    return "unreachable" if "ConnectError" in names else "lost"
