"""The real program in a process of its own that need not import anything: each is forked from one that has done so.

A start of Python with Textual and litellm takes seconds, and the tests start the program hundreds of times. Here one
process a test worker, `multiprocessing`'s fork server, imports the program and its libraries once. Its forks get the
arguments, the environment, the folder and the standard streams of a test, and run `opinionscope.__main__.main`. What
is imported when, and how a new interpreter behaves, other tests try with a real start.
"""

import fcntl
import multiprocessing
import multiprocessing.forkserver
import os
import runpy
import signal
import subprocess
import sys
import termios
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing.reduction import DupFd
from operator import methodcaller
from typing import Any

IMPORTS = (
    "opinionscope.cli",
    "opinionscope.commands.run",
    "opinionscope.tui.start",
    "opinionscope.tui.app",
    "opinionscope.respondents.gateway",
    "litellm",
    "openai.resources",
    "anyio._backends._asyncio",
    "httpcore",
    "ulid",
)
ENVIRONMENT = {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_LOCAL_ANTHROPIC_BETA_HEADERS": "True"}
"""What the program sets itself before it imports litellm."""

IN_THE_FORK = "opinionscope_fork"

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(list(IMPORTS))


class Program:
    """opinionscope with arguments, used like `subprocess.Popen`.

    Args:
        stdin, stdout, stderr: numbers of open files, or `subprocess.PIPE` for the last two; nothing by default.
        text: whether its pipes are read as text.
        leads: whether it leads a session of its own, whose terminal is its stdin.
        ignores: signals that it is started to ignore, as ``nohup`` does.
        first: Python that it runs before it begins, such as to make a pause shorter.
    """

    def __init__(
        self,
        arguments: Sequence[str],
        *,
        stdin: int = subprocess.DEVNULL,
        stdout: int = subprocess.DEVNULL,
        stderr: int = subprocess.DEVNULL,
        env: Mapping[str, str] | None = None,
        text: bool = False,
        leads: bool = False,
        ignores: Sequence[int] = (),
        first: str = "",
    ) -> None:
        with _variables(ENVIRONMENT):
            multiprocessing.forkserver.ensure_running()
        self.stdout: Any = None
        self.stderr: Any = None
        with open(os.devnull, "r+b") as null:  # noqa: PTH123
            theirs = [null.fileno() if each < 0 else each for each in (stdin, stdout, stderr)]
            opened = []
            for number, (name, wanted) in enumerate((("stdout", stdout), ("stderr", stderr)), start=1):
                if wanted == subprocess.PIPE:
                    ours, theirs[number] = os.pipe()
                    opened.append(theirs[number])
                    setattr(self, name, open(ours, "r" if text else "rb"))  # noqa: PTH123, SIM115
            given = {
                "arguments": list(arguments),
                "environment": dict(os.environ if env is None else env),
                "folder": os.getcwd(),  # noqa: PTH109
                "leads": leads,
                "ignores": list(ignores),
                "first": first,
                "streams": [_Handed(each) for each in theirs],
            }
            self._process = _context.Process(
                target=runpy.run_path, args=(__file__, {"given": given}, IN_THE_FORK), daemon=True
            )
            self._process.start()
            for each in opened:
                os.close(each)
        self.pid: int = self._process.pid

    @property
    def returncode(self) -> int | None:
        return self._process.exitcode

    def poll(self) -> int | None:
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        self._process.join(timeout)
        if self.returncode is None:
            raise subprocess.TimeoutExpired("opinionscope", timeout or 0)
        return self.returncode

    def send_signal(self, number: int) -> None:
        if self.returncode is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def communicate(self, timeout: float | None = None) -> tuple[Any, Any]:
        """Read stdout and stderr to their ends, and wait for the program's; one that goes on for longer is killed."""
        pipes = [pipe for pipe in (self.stdout, self.stderr) if pipe is not None and not pipe.closed]
        with ThreadPoolExecutor(2) as readers:
            reading = {pipe: readers.submit(pipe.read) for pipe in pipes}
            try:
                self.wait(timeout)
            finally:
                self.kill()
            read = {pipe: each.result() for pipe, each in reading.items()}
        for pipe in pipes:
            pipe.close()
        return read.get(self.stdout), read.get(self.stderr)


class _Handed:
    """The number of an open file, which a fork finds open too, under another number."""

    def __init__(self, number: int) -> None:
        self._number = number

    def __reduce__(self) -> Any:
        return methodcaller("detach"), (DupFd(self._number),)


@contextmanager
def _variables(added: Mapping[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(added)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _run(
    arguments: list[str],
    environment: dict[str, str],
    folder: str,
    leads: bool,
    ignores: list[int],
    first: str,
    streams: list[int],
) -> None:
    """Be the program: what a new process has from those who start it, and what Python makes of that."""
    if leads:
        os.setsid()
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    if leads:
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    # A shell without job control starts what runs behind it with some signals ignored.
    for number in (signal.SIGHUP, signal.SIGQUIT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for ignored in ignores:
        signal.signal(ignored, signal.SIG_IGN)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.argv = ["opinionscope", *arguments]
    sys.stdin = sys.__stdin__ = open(0, closefd=False)  # noqa: SIM115
    sys.stdout = sys.__stdout__ = _stream(1, "strict")
    sys.stderr = sys.__stderr__ = _stream(2, "backslashreplace")
    exec(first, {})
    from opinionscope.__main__ import main

    main()


def _stream(number: int, errors: str) -> Any:
    stream = open(number, "w", closefd=False, errors=errors)  # noqa: SIM115
    stream.reconfigure(line_buffering=number == 2 or stream.isatty())
    return stream


if __name__ == IN_THE_FORK:
    _run(**globals()["given"])
