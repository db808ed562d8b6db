"""Real programs for tests: opinionscope on pipes or on a terminal of its own, and another that locks a database.

Used through the fixtures ``programs``, ``terminal`` and ``locked``.
"""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyte
from opinionscope_tests_warm import Program

from opinionscope.cleaning import clean

PATIENCE = 120.0
A_MOMENT = 0.1
ALT_SCREEN, NO_ALT_SCREEN = b"\x1b[?1049h", b"\x1b[?1049l"
GIVEN_BACK = (NO_ALT_SCREEN, b"\x1b[?1000l", b"\x1b[?1003l", b"\x1b[?2004l", b"\x1b[?25h")

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

LOCKER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=30)
connection.execute("BEGIN EXCLUSIVE")
print("locked", flush=True)
sys.stdin.read()
"""


def wait_until(condition: Callable[[], Any], what: str = "") -> Any:
    """What the condition gives as soon as that is true; fails if it takes too long."""
    deadline = time.monotonic() + PATIENCE
    while not (found := condition()):
        assert time.monotonic() < deadline, what or condition
        select.select([], [], [], 0.01)
    return found


def faults(written: str) -> list[str]:
    """What is in a terminal's input that the program did not mean to write; [] if nothing is."""
    found = [repr(mark) for mark in _MARKS if mark in written]
    text = _OWN.sub("", written).replace("\r", "")
    lines = text.split("\n")
    return found + [repr(line) for line in lines if clean(line) != line]


def cold(arguments: Sequence[str], *, leads: bool, **how: Any) -> "subprocess.Popen[bytes]":
    """The program in an interpreter of its own, which reads the locale as it starts; leads a session if wanted."""
    begin = "import fcntl, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0) if {leads} else None; "
    code = begin.format(leads=leads) + "from opinionscope.cli import main; main()"
    return subprocess.Popen([sys.executable, "-c", code, *arguments], start_new_session=leads, **how)


class Terminal:
    """The program on a terminal of its own.

    Attributes:
        output: all that it wrote.
        before: the line discipline before it was started.
    """

    def __init__(
        self,
        arguments: Sequence[str] = (),
        *,
        stderr: Any = None,
        size: tuple[int, int] = (120, 36),
        program: Callable[..., Any] = Program,
        **variables: str,
    ) -> None:
        self._master, slave = pty.openpty()
        columns, rows = size
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.before = termios.tcgetattr(slave)
        self.output = b""
        inherited = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES", "NO_COLOR")}
        self.process = program(
            arguments,
            stdin=slave,
            stdout=slave,
            stderr=slave if stderr is None else stderr.fileno(),
            env={**inherited, "TERM": "xterm-256color", "COLORTERM": "truecolor", **variables},
            leads=True,
        )
        os.close(slave)
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self._fed = 0
        self._hung_up = threading.Event()
        self._reader = threading.Thread(target=self._drain, daemon=True)
        self._reader.start()

    def _drain(self) -> None:
        """Read what is drawn, so that the program never waits for room, until it ends or the terminal hangs up."""
        while not self._hung_up.is_set():
            if select.select([self._master], [], [], 0.02)[0]:
                try:
                    chunk = os.read(self._master, 65536)
                except OSError:
                    return
                if not chunk:
                    return
                self.output += chunk

    @property
    def written(self) -> str:
        """All that it wrote, as text."""
        return self.output.decode("utf-8", "surrogateescape")

    @property
    def shown(self) -> str:
        """The text on the screen now."""
        output = self.output
        self._stream.feed(output[self._fed :])
        self._fed = len(output)
        return "\n".join(self._screen.display)

    def wait_for(self, *words: bytes, after: int = 0) -> None:
        """Wait until all of these were drawn."""
        wait_until(lambda: all(word in self.output[after:] for word in words), f"{words} in {self.output[-2000:]!r}")

    def until(self, seen: str | Callable[[str], bool]) -> None:
        """Wait until words are on the screen and nothing more comes for a moment: a frame arrives in pieces."""
        end = time.monotonic() + PATIENCE
        while True:
            before = len(self.output)
            is_quiet = not self._reader.join(A_MOMENT) and len(self.output) == before
            if is_quiet and (seen in self.shown if isinstance(seen, str) else seen(self.shown)):
                return
            assert self._reader.is_alive(), f"the program ended:\n{self.shown}"
            assert time.monotonic() < end, f"not seen: {seen!r} in\n{self.shown}"

    def type(self, keys: str) -> None:
        os.write(self._master, keys.encode())

    def press(self, keys: str, seen: str | Callable[[str], bool]) -> None:
        """Type keys, and wait until words are on the screen."""
        self.type(keys)
        self.until(seen)

    def leave(self, keys: str, gone: str) -> None:
        """Type keys, and wait until words are no longer on the screen."""
        self.press(keys, lambda shown: gone not in shown)

    def attributes(self) -> list[Any]:
        """The line discipline as it is now."""
        return termios.tcgetattr(self._master)

    def is_given_back(self) -> bool:
        """Whether the terminal is as it was before the program last drew on it."""
        drawn = self.output[self.output.rindex(ALT_SCREEN) :]
        return all(sequence in drawn for sequence in GIVEN_BACK) and self.attributes() == self.before

    def hang_up(self) -> None:
        """As a lost connection does."""
        self._hung_up.set()
        self._reader.join()
        os.close(self._master)
        self._master = -1

    def ended(self) -> int:
        """Wait for the end of the program; its exit code."""
        code = self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        return code

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        if self._master >= 0:
            self.hang_up()


def in_terminal(*arguments: str, **environment: str) -> tuple[int, str]:
    """Run a command in a terminal of its own to its end: exit code, and what it wrote."""
    terminal = Terminal(arguments, **environment)
    try:
        return terminal.ended(), terminal.written
    finally:
        terminal.close()


def in_pipes(*arguments: str, **environment: str) -> tuple[int, str, str]:
    """Run a command with pipes: exit code, stdout, stderr."""
    pipe = subprocess.PIPE
    program = Program(arguments, stdout=pipe, stderr=pipe, env={**os.environ, **environment})
    out, err = (written.decode("utf-8", "surrogateescape") for written in program.communicate(PATIENCE))
    return program.wait(), out, err


class Lock:
    """Another process that holds a database locked until `release`."""

    def __init__(self, database: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", LOCKER, str(database)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "locked\n"

    def release(self) -> None:
        self._process.communicate("")
