"""Intake of a response body: unpacked piece by piece, within limits, and noted in its exchange. Does no I/O."""

import zlib
from typing import Any

import msgspec

from opinionscope.regexes import regex
from opinionscope.respondents.exchange import KEPT, Exchange, GuardError
from opinionscope.respondents.redaction import beginning

LARGEST_BODY = 16_000_000
"""Bytes of an answer, unpacked: one of a million characters with all its wrapping is smaller."""

LONGEST_LINE = 2_000_000
"""Bytes of one event of a stream."""

MOST_LINES = 60_000
"""Lines of a stream, two or three an event, an event a token: litellm keeps about 3 kB of each in memory."""

_STREAM_BEGINS = regex(rb"\s*(?:data|event|id|retry)?:")
_WHOLE_TYPES = ("application/json", "application/problem+json", "text/")
_PACKED = {"gzip": 31, "x-gzip": 31, "deflate": 15}
"""Encodings that are unpacked although none was asked for → zlib's window bits."""


class Intake:
    """Takes in one body.

    A whole answer is held back until it is complete; errors, and what is not JSON, are shortened to what anybody
    reads of them, since the libraries above search them for secrets and quote them. An event stream is handed on
    as it comes, and so is a file, which has a limit of its own.
    """

    def __init__(self, exchange: Exchange) -> None:
        """Nothing is read yet.

        Raises:
            GuardError: if the body is packed in a way that was not asked for and cannot be unpacked within limits.
        """
        self.exchange = exchange
        self._unpacker = self._unpacker_for(exchange.headers.get("content-encoding", "identity").strip().lower())
        self._whole: bytearray | None = None
        self._begun = False
        self._lines = self._line = 0

    @property
    def has_enough(self) -> bool:
        """Whether no more of the body is read: of an error nobody reads more."""
        return self.exchange.is_error and self.exchange.received > KEPT

    def take(self, piece: bytes) -> bytes:
        """Take in a piece as it came over the wire; give what is to be handed on, which may be nothing.

        Raises:
            GuardError: if the body, unpacked, or one of its lines is too large.
        """
        if self._unpacker is None:
            return self._taken(piece)
        unpacked = []
        while piece:
            unpacked.append(self._taken(self._unpacked(piece)))
            piece = self._unpacker.unconsumed_tail
        return b"".join(unpacked)

    def finish(self) -> bytes:
        """What is left to be handed on at the end."""
        self.exchange.end = "whole"
        if self._whole is None:
            return b""
        body = bytes(self._whole)
        if self.exchange.is_error or not _is_json(body):
            body = _shortened(body)
        self.exchange.body = body
        return body

    def _unpacked(self, piece: bytes) -> bytes:
        assert self._unpacker is not None
        try:
            return bytes(self._unpacker.decompress(piece, KEPT * 4))
        except zlib.error as error:
            self.exchange.end = "cut off"
            raise GuardError("the body cannot be unpacked") from error

    def _taken(self, piece: bytes) -> bytes:
        if not piece:
            return b""
        if not self._begun:
            self._begun = True
            if self.exchange.is_error or (not self.exchange.file_limit and self._is_whole(piece)):
                self._whole = bytearray()
        self.exchange.add(piece)
        if self._is_too_large(piece):
            self.exchange.end = "too large"
            raise GuardError("the answer is too large")
        if self._whole is None:
            return piece
        self._whole += piece
        return b""

    def _is_too_large(self, piece: bytes) -> bool:
        if limit := self.exchange.file_limit:
            return self.exchange.received > limit
        return self.exchange.received > LARGEST_BODY or (self._whole is None and self._has_too_many_lines(piece))

    def _has_too_many_lines(self, piece: bytes) -> bool:
        """Whether a stream has more lines, or a longer one, than any answer."""
        breaks = piece.count(b"\n")
        self._lines += breaks
        self._line = len(piece) - piece.rindex(b"\n") - 1 if breaks else self._line + len(piece)
        return self._line > LONGEST_LINE or self._lines > MOST_LINES

    def _is_whole(self, piece: bytes) -> bool:
        kind = self.exchange.content_type
        named = kind.startswith(_WHOLE_TYPES) and kind != "text/event-stream"
        return (named or not kind) and _STREAM_BEGINS.match(piece) is None

    def _unpacker_for(self, encoding: str) -> Any:
        if encoding in ("identity", ""):
            return None
        if encoding not in _PACKED:
            self.exchange.end = "unasked encoding"
            raise GuardError(f"the body is packed as {encoding}")
        return zlib.decompressobj(_PACKED[encoding])


def _shortened(body: bytes) -> bytes:
    """The beginning of a body that is only quoted; it ends with a whole word, so that no secret is cut in two."""
    return beginning(body[: KEPT * 4].decode("latin-1"), KEPT).encode("latin-1") if len(body) > KEPT else body


def _is_json(body: bytes) -> bool:
    try:
        msgspec.json.decode(body, type=msgspec.Raw)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return False
    return True
