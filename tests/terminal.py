"""A real pseudo-terminal for tests: the program runs in it, and every byte it wrote can be looked at."""

import fcntl
import os
import re
import select
import struct
import subprocess
import termios
import time
from collections.abc import Callable

import pyte
from opinionscope_tests_warm import Program

from opinionscope.cleaning import clean

HOSTILE = (
    "\x1b]52;c;UFdORUQ=\x07\x1b[31337m\x9b31337m\x9d0;own\x9c\x08\x7f\x85\r\u2028\u202e\u2066\u200b\ufeff"
    "\U000e0041\U000e0042Z" + "\u0301" * 20 + "\ufe0f" * 5
)
"""Writes the clipboard, changes colours and title, goes back, turns the line around, hides words, floods a letter."""

# What the program and Textual write themselves: cursor, colours, modes, questions to the terminal, the pointer's shape.
_OWN = re.compile(
    r"\x1b\[[0-9;:?<>=]*[ $]?[A-Za-z]|\x1b\]22;[a-z-]*\x07|\x1b[=>78]|\x1bP[+$]q[0-9a-f;]*\x1b\\|\x1b_G[^\x1b]*\x1b\\"
)
_MARKS = ("\x1b]52", "\x1b[31337", "\x9b", "\x9d", "\x9c", "\u202e", "\u2066", "\u200b", "\ufeff", "\U000e0041")
PATIENCE = 120.0
A_MOMENT = 0.1


def faults(written: str) -> list[str]:
    """What is in a terminal's input that the program did not mean to write; [] if nothing is."""
    found = [repr(mark) for mark in _MARKS if mark in written]
    text = _OWN.sub("", written).replace("\r", "")
    lines = text.split("\n")
    return found + [repr(line) for line in lines if clean(line) != line]


class Terminal:
    """The program in a terminal of its own.

    Attributes:
        written: all that it wrote.
    """

    def __init__(self, *arguments: str, size: tuple[int, int] = (120, 36), **environment: str) -> None:
        self._ours, theirs = os.openpty()
        columns, rows = size
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        inherited = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES", "NO_COLOR")}
        variables = {**inherited, "TERM": "xterm-256color", "COLORTERM": "truecolor", **environment}
        self._process = Program(arguments, stdin=theirs, stdout=theirs, stderr=theirs, env=variables, leads=True)
        os.close(theirs)
        self._bytes = bytearray()
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self._is_open = True

    @property
    def written(self) -> str:
        return self._bytes.decode("utf-8", "surrogateescape")

    def type(self, keys: str) -> None:
        os.write(self._ours, keys.encode())

    @property
    def shown(self) -> str:
        """What stands on the screen now."""
        return "\n".join(self._screen.display)

    def until(self, seen: str | Callable[[str], bool]) -> None:
        """Read until words stand on the screen and nothing more comes for a moment: a frame arrives in pieces."""
        end = time.monotonic() + PATIENCE
        while True:
            is_quiet = not self._read(A_MOMENT)
            if is_quiet and (seen in self.shown if isinstance(seen, str) else seen(self.shown)):
                return
            assert self._is_open, f"the program ended:\n{self.shown}"
            assert time.monotonic() < end, f"not seen: {seen!r} in\n{self.shown}"

    def press(self, keys: str, seen: str | Callable[[str], bool]) -> None:
        """Type keys, and read until words stand on the screen."""
        self.type(keys)
        self.until(seen)

    def leave(self, keys: str, gone: str) -> None:
        """Type keys, and read until words stand on the screen no more."""
        self.press(keys, lambda shown: gone not in shown)

    def end(self) -> int:
        """Read until the program ends; its exit code."""
        end = time.monotonic() + PATIENCE
        while self._is_open:
            assert self._read(end - time.monotonic()), "the program goes on"
        return self._process.wait(PATIENCE)

    def close(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        os.close(self._ours)

    def _read(self, patience: float) -> bool:
        ready, _, _ = select.select([self._ours], [], [], max(0.0, patience))
        if ready:
            try:
                piece = os.read(self._ours, 65536)
            except OSError:
                piece = b""
            self._bytes += piece
            self._stream.feed(piece)
            self._is_open = bool(piece)
        return bool(ready)


def in_terminal(*arguments: str, **environment: str) -> tuple[int, str]:
    """Run a command in a terminal of its own to its end: exit code, and what it wrote."""
    terminal = Terminal(*arguments, **environment)
    try:
        return terminal.end(), terminal.written
    finally:
        terminal.close()


def in_pipes(*arguments: str, **environment: str) -> tuple[int, str, str]:
    """Run a command with pipes: exit code, stdout, stderr."""
    pipe = subprocess.PIPE
    program = Program(arguments, stdout=pipe, stderr=pipe, env={**os.environ, **environment})
    out, err = (written.decode("utf-8", "surrogateescape") for written in program.communicate(PATIENCE))
    return program.wait(), out, err
