"""TerminalDriver: Textual's driver for real terminals, hardened for the ways in which they come to an end.

It overrides what Textual 8.2 leaves open (`textual.drivers.linux_driver`):
- signals that end the program are turned into an orderly end, with the terminal as it was found;
- a terminal that has hung up (a lost SSH connection) neither blocks the program nor makes it spin;
- where stderr, which Textual draws on, is no terminal, stdout is drawn on;
- a SIGCONT that follows no SIGTSTP does not begin a second time.
"""

import asyncio
import errno
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from textual.drivers.linux_driver import LinuxDriver
from typing_extensions import override

from opinionscope.stopping import STOPPING, let_go_of_dead_terminals, on_signals

GONE = (errno.EIO, errno.ENXIO, errno.EBADF)
Stop = Callable[[int], None]


class TerminalDriver(LinuxDriver):
    """Draws on the terminal, and gives it back in every case.

    The app has a method `stop`, which is given the number of the signal that ends it.
    """

    def __init__(self, app: Any, **settings: Any) -> None:
        self._stop: Stop = app.stop
        self._is_suspended = False
        self._main_loop = asyncio.get_running_loop()
        with _drawing_on_a_terminal(self._hung_up):
            super().__init__(app, **settings)

    @override
    def start_application_mode(self) -> None:
        on_signals(("SIGINT", *STOPPING), self._stopped)
        super().start_application_mode()  # type: ignore[no-untyped-call]

    @override
    def suspend_application_mode(self) -> None:
        self._is_suspended = True
        super().suspend_application_mode()

    @override
    def resume_application_mode(self) -> None:
        if self._is_suspended:
            self._is_suspended = False
            super().resume_application_mode()

    @override
    def run_input_thread(self) -> None:
        try:
            super().run_input_thread()
        except OSError:
            self._hung_up()

    def _stopped(self, number: int) -> None:
        let_go_of_dead_terminals()
        self._stop(number)

    def _hung_up(self) -> None:
        """The terminal is gone; called in a thread."""
        self._main_loop.call_soon_threadsafe(self._stopped, int(signal.SIGHUP))


@contextmanager
def _drawing_on_a_terminal(hung_up: Callable[[], None]) -> Iterator[None]:
    """Let Textual, which takes ``sys.__stderr__`` to draw on, find a stream there that lasts, and is a terminal."""
    stderr = sys.__stderr__
    drawn_on = stderr if stderr and stderr.isatty() else sys.__stdout__
    try:
        vars(sys)["__stderr__"] = _Lasting(drawn_on, hung_up)
        yield
    finally:
        vars(sys)["__stderr__"] = stderr


class _Lasting:
    """A stream that accepts writes after its terminal has gone."""

    def __init__(self, stream: Any, hung_up: Callable[[], None]) -> None:
        self._stream = stream
        self._hung_up = hung_up

    def write(self, text: str) -> None:
        """Write; text for a terminal that has gone is dropped."""
        with self._lasting():
            self._stream.write(text)

    def flush(self) -> None:
        """Flush, likewise."""
        with self._lasting():
            self._stream.flush()

    def fileno(self) -> int:
        """As the stream's own."""
        return int(self._stream.fileno())

    def isatty(self) -> bool:
        """As the stream's own."""
        return bool(self._stream.isatty())

    @contextmanager
    def _lasting(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            if error.errno not in GONE:
                raise
            let_go_of_dead_terminals()
            self._hung_up()
