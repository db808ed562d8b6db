"""Signals that end the program: work in progress ends cleanly, and the exit code is 128 plus the signal."""

import asyncio
import errno
import os
import signal
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, TypeVar

from opinionscope.errors import StoppedError

STOPPING = ("SIGTERM", "SIGHUP", "SIGQUIT")
"""Apart from SIGINT, which asyncio and the terminal program handle themselves."""

Result = TypeVar("Result")


def on_signals(names: tuple[str, ...], act: Callable[[int], None]) -> None:
    """Have the running event loop call `act` with the number of each of these signals.

    One that the process was started to ignore, as by nohup, stays ignored.
    """
    loop = asyncio.get_running_loop()
    for name in names:
        number = getattr(signal, name, None)
        if number is None or signal.getsignal(number) is signal.SIG_IGN:
            continue
        with suppress(NotImplementedError, RuntimeError, ValueError):
            loop.add_signal_handler(number, act, int(number))


def run_stoppable(work: Coroutine[Any, Any, Result]) -> Result:
    """As `asyncio.run`; a signal cancels the work, which may take the time it needs to finish.

    Raises:
        StoppedError: after the work has ended, if a signal was received.
        KeyboardInterrupt: likewise for Ctrl-C.
    """
    received: list[int] = []

    async def stoppable() -> Result:
        task = asyncio.current_task()
        assert task is not None

        def stop(number: int) -> None:
            let_go_of_dead_terminals()
            received.append(number)
            task.cancel()

        on_signals(STOPPING, stop)
        return await work

    try:
        return asyncio.run(stoppable())
    except asyncio.CancelledError:
        if received:
            raise StoppedError(received[0]) from None
        raise


def let_go_of_dead_terminals() -> None:
    """Redirect standard streams whose terminal has hung up to nowhere: writing to them would raise otherwise."""
    try:
        import termios
    except ImportError:
        return
    for stream in (0, 1, 2):
        try:
            termios.tcgetattr(stream)
        except termios.error as error:
            if error.args[0] == errno.EIO:
                nowhere = os.open(os.devnull, os.O_RDWR)
                os.dup2(nowhere, stream)
                os.close(nowhere)
