"""Real programs for tests: opinionscope on a pipe or a terminal of its own, and another that locks a database.

Used through the fixtures ``program``, ``terminal`` and ``locked``.
"""

import fcntl
import os
import pty
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

from opinionscope_tests_warm import Program

PATIENCE = 60
ALT_SCREEN, NO_ALT_SCREEN = b"\x1b[?1049h", b"\x1b[?1049l"
GIVEN_BACK = (NO_ALT_SCREEN, b"\x1b[?1000l", b"\x1b[?1003l", b"\x1b[?2004l", b"\x1b[?25h")

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


class Terminal:
    """The program on a terminal of its own."""

    def __init__(self, arguments: Sequence[str] = (), *, stderr: Any = None, size: tuple[int, int] = (36, 120)) -> None:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))
        self.before = termios.tcgetattr(slave)
        self.output = b""
        self.process = Program(
            arguments,
            stdin=slave,
            stdout=slave,
            stderr=slave if stderr is None else stderr.fileno(),
            env={**os.environ, "TERM": "xterm-256color"},
            leads=True,
        )
        os.close(slave)
        self._hung_up = threading.Event()
        self._reader = threading.Thread(target=self._drain, daemon=True)
        self._reader.start()

    def _drain(self) -> None:
        """Read what is drawn, lest the program wait for room; until it ends or the terminal hangs up."""
        while not self._hung_up.is_set():
            if select.select([self._master], [], [], 0.02)[0]:
                try:
                    chunk = os.read(self._master, 65536)
                except OSError:
                    return
                if not chunk:
                    return
                self.output += chunk

    def wait_for(self, *words: bytes, after: int = 0) -> None:
        """Wait until all of these were drawn."""
        wait_until(lambda: all(word in self.output[after:] for word in words), f"{words} in {self.output[-2000:]!r}")

    def type(self, keys: str) -> None:
        os.write(self._master, keys.encode())

    def attributes(self) -> list[Any]:
        """The line discipline as it is now."""
        return termios.tcgetattr(self._master)

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
