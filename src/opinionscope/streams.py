"""stdout and stderr of the command line: how closed pipes, full disks and encodings are handled."""

import codecs
import errno
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import BinaryIO, NoReturn, TextIO

from opinionscope.cleaning import clean
from opinionscope.errors import CLOSED_PIPE, OpinionscopeError
from opinionscope.plain import in_ascii


class OutputError(OpinionscopeError):
    """stdout cannot be written."""

    title = "Output not written"


class Output(io.TextIOWrapper):
    """stdout: ends the program quietly, with the exit code of SIGPIPE, when its reader has gone."""

    def write(self, text: str, /) -> int:
        """Write, as a text stream does."""
        with _ended_quietly():
            return super().write(text)

    def flush(self) -> None:
        """Flush, as a text stream does."""
        with _ended_quietly():
            super().flush()


class BestEffortStream(io.TextIOWrapper):
    """stderr: if it cannot be written, its text is dropped without an error."""

    def write(self, text: str, /) -> int:
        """Write if it can be, and take it as written."""
        try:
            return super().write(text)
        except OSError:
            return len(text)

    def flush(self) -> None:
        """Flush if it can be."""
        try:
            super().flush()
        except OSError:
            return


def open_missing() -> None:
    """Open the null device in the place of each standard stream that the caller has closed.

    Else the next file to be opened, such as the history, would get the number of stdout or stderr.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    sys.stdin = sys.stdin or io.TextIOWrapper(open(0, "rb", closefd=False))  # noqa: SIM115
    sys.stdout = sys.stdout or io.TextIOWrapper(open(1, "wb", closefd=False))  # noqa: SIM115
    sys.stderr = sys.stderr or io.TextIOWrapper(open(2, "wb", closefd=False))  # noqa: SIM115


def take_over() -> None:
    """Put `Output` and `BestEffortStream` in the place of stdout and stderr; a traceback is cleaned as well."""
    sys.stdout = _like(sys.stdout, Output)
    sys.stderr = _like(sys.stderr, BestEffortStream)
    sys.excepthook = _tell_cleanly


def _tell_cleanly(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    import traceback

    sys.stderr.write(clean("".join(traceback.format_exception(kind, error, trace))))


def show_plainly() -> None:
    """Write something like it in ASCII where an encoding lacks a character."""
    codecs.register_error("plain", _plain)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="plain")


def write_bytes(content: bytes) -> None:
    """Write to stdout as it is."""
    with _ended_quietly():
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()


def _like(stream: TextIO, kind: type[Output] | type[BestEffortStream]) -> io.TextIOWrapper:
    """Another stream to the same place; Textual goes on with the one that Python opened."""
    assert isinstance(stream, io.TextIOWrapper)
    stream.flush()
    return kind(_opened(stream.fileno()), stream.encoding, stream.errors, line_buffering=stream.line_buffering)


def _opened(number: int) -> BinaryIO:
    return open(number, "wb", closefd=False)


@contextmanager
def _ended_quietly() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        _end(error)


def _end(error: OSError) -> NoReturn:
    """Throw away what is still to be written, for it would be tried again as the program ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    if error.errno == errno.EPIPE:
        raise SystemExit(CLOSED_PIPE) from None
    raise OutputError(f"stdout cannot be written ({error.strerror}); check where it goes") from None


def _plain(error: UnicodeError) -> tuple[str, int]:
    """For what a terminal of few characters cannot show: something like it in ASCII, or a question mark."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return in_ascii(error.object[error.start : error.end].replace("‖", "||")), error.end
