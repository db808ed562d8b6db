"""Bodies of responses: unpacked, bounded and noted, piece by piece."""

import gzip
import zlib
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opinionscope.respondents.exchange import KEPT, Exchange, GuardError
from opinionscope.respondents.intake import LARGEST_BODY, LONGEST_LINE, Intake

JSON = "application/json"
EVENTS = "text/event-stream"


def exchange_of(kind: str = JSON, encoding: str = "", status: int = 200) -> Exchange:
    return Exchange(status=status, headers={"content-type": kind, "content-encoding": encoding})


def taken(exchange: Exchange, pieces: Iterable[bytes]) -> bytes:
    given_on, intake = b"", Intake(exchange)
    with exchange:
        for piece in pieces:
            given_on += intake.take(piece)
            if intake.has_enough:
                break
        return given_on + intake.finish()


def cut(content: bytes, size: int) -> list[bytes]:
    return [content[start : start + size] for start in range(0, len(content), size)]


@given(st.binary(max_size=2_000), st.integers(1, 700), st.sampled_from(["", "gzip", "deflate"]))
def test_a_stream_is_handed_on_as_it_is_however_it_is_cut_and_packed(content: bytes, size: int, encoding: str) -> None:
    packed = {"gzip": gzip.compress, "deflate": zlib.compress, "": bytes}[encoding](content)
    exchange = exchange_of(EVENTS, encoding)
    assert taken(exchange, cut(packed, size)) == content
    assert (exchange.end, exchange.received, exchange.tail) == ("whole", len(content), content[-KEPT:])


def test_a_whole_answer_is_held_back_until_it_is_complete() -> None:
    intake = Intake(exchange_of())
    assert intake.take(b'{"choices":') == intake.take(b" []}") == b""
    assert intake.finish() == b'{"choices": []}'


def test_what_is_no_json_is_shortened_at_a_blank() -> None:
    exchange = exchange_of("text/html")
    assert len(taken(exchange, [b"<p>word " * 100_000])) <= KEPT
    assert exchange.end == "whole"


def test_no_more_of_an_error_is_read_than_anybody_reads() -> None:
    exchange, read = exchange_of(status=500), []

    def endless() -> Iterable[bytes]:
        while True:
            read.append(1)
            yield b'{"error": "' + b"x" * 1_000

    assert len(taken(exchange, endless())) <= KEPT
    assert len(read) < 20


@pytest.mark.parametrize("kind", [JSON, EVENTS, "", "application/x-ndjson"])
@pytest.mark.parametrize("encoding", ["gzip", "deflate", ""])
def test_an_answer_without_an_end_is_stopped(kind: str, encoding: str) -> None:
    exchange = exchange_of(kind, encoding)
    packer = zlib.compressobj(9, zlib.DEFLATED, 31 if encoding == "gzip" else 15)
    block = b'{"choices": "' + b" " * 1_000_000 + b"\n"

    def bomb() -> Iterable[bytes]:
        while True:
            yield packer.compress(block) + packer.flush(zlib.Z_SYNC_FLUSH) if encoding else block

    with pytest.raises(GuardError):
        taken(exchange, bomb())
    assert exchange.end == "too large"
    assert exchange.received <= LARGEST_BODY + len(block)


def test_more_events_than_any_answer_has_are_stopped() -> None:
    exchange = exchange_of(EVENTS)
    with pytest.raises(GuardError):
        taken(exchange, [b'data: {"choices": []}\n\n'] * 40_000)
    assert exchange.end == "too large"
    assert exchange.received < 1_000_000


def test_a_line_without_an_end_is_stopped_long_before_that() -> None:
    exchange = exchange_of(EVENTS)
    with pytest.raises(GuardError):
        taken(exchange, [b"data: "] + [b"x" * 100_000] * 1_000)
    assert exchange.end == "too large"
    assert exchange.received < LONGEST_LINE + 200_000


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "x"])
def test_an_encoding_that_was_not_asked_for_and_cannot_be_bounded_is_refused(encoding: str) -> None:
    exchange = exchange_of(encoding=encoding)
    with pytest.raises(GuardError):
        Intake(exchange)
    assert exchange.end == "unasked encoding"


def test_a_packed_body_that_is_damaged_is_cut_off() -> None:
    exchange = exchange_of(encoding="gzip")
    with pytest.raises(GuardError):
        taken(exchange, [b"no gzip at all"])
    assert exchange.end == "cut off"
