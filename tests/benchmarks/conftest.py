import ctypes
import gc
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from textual.app import App
from textual.pilot import Pilot

from opinionscope.tui import launching
from opinionscope.tui.widgets.run_list import RunList

HERE = Path(__file__).parent
KEYS = 60
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8
"""As in malloc.h."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Times mean nothing beside other tests: benchmarks run alone, ``pytest tests/benchmarks -s -p no:xdist``."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        alone = pytest.mark.skip(reason="a benchmark is measured alone: pytest tests/benchmarks -s -p no:xdist")
        for item in items:
            if item.path.is_relative_to(HERE):
                item.add_marker(alone)


@pytest.fixture
def only_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing but loopback is reached: a name or an address of elsewhere is an error, as without a network."""
    connect, look_up = socket.socket.connect, socket.getaddrinfo

    def connect_here(self: socket.socket, address: Any) -> None:
        if isinstance(address, tuple) and address[0] not in ("127.0.0.1", "::1"):
            raise OSError(101, "Network is unreachable")
        connect(self, address)

    def look_up_here(host: Any, *arguments: Any, **options: Any) -> Any:
        if host not in (None, "127.0.0.1", "::1", "localhost"):
            raise socket.gaierror(-2, "Name or service not known")
        return look_up(host, *arguments, **options)

    monkeypatch.setattr(socket.socket, "connect", connect_here)
    monkeypatch.setattr(socket, "getaddrinfo", look_up_here)


@pytest.fixture
def key_to_frame(monkeypatch: pytest.MonkeyPatch) -> Callable[[App[Any], Pilot[Any]], Awaitable[str]]:
    """Moves through the list of runs, with previews; says how long it took from each key until the list was drawn."""
    drawn: list[float] = []
    render = RunList.render

    def noted(listed: RunList) -> Any:
        shown = render(listed)
        drawn.append(time.perf_counter())
        return shown

    monkeypatch.setattr(RunList, "render", noted)

    async def measured(app: App[Any], pilot: Pilot[Any]) -> str:
        while not app.screen.query(RunList) or not app.screen.query_one(RunList).total:
            await pilot.press("h")
            await pilot.pause(0.1)
        taken = []
        for number in range(KEYS):
            drawn.clear()
            begun = time.perf_counter()
            await pilot.press("pagedown" if number % 10 == 9 else "jk"[number // 20 % 2])
            while not drawn:
                await pilot.pause(0.001)
            taken.append((drawn[0] - begun) * 1000)
        taken.sort()
        return f"median {taken[KEYS // 2]:.1f} ms, 95 % below {taken[int(0.95 * KEYS)]:.1f} ms (goal 50)"

    return measured


@pytest.fixture
def sweeps_end_at_once(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A sweep is a process of its own: here one that does nothing."""
    started: list[subprocess.Popen[bytes]] = []

    def detached(program: Any, out: int) -> "subprocess.Popen[bytes]":
        started.append(subprocess.Popen([sys.executable, "-S", "-c", ""], stdin=subprocess.DEVNULL))
        return started[-1]

    monkeypatch.setattr(launching, "_detached", detached)
    yield
    for each in started:
        each.wait()


@pytest.fixture
def memory() -> Callable[[], tuple[float, float]]:
    """Measures how many megabytes this process holds and how many it uses: without what was freed and is kept.

    By itself glibc keeps up to some 10 MB for each thread that once needed them, and Python each megabyte in which one
    small object is left, after a table was made of 20,000 answers. That is no leak: it does not go on.
    """
    glibc = None
    with suppress(OSError):
        glibc = ctypes.CDLL("libc.so.6")
        for parameter, value in ((M_ARENA_MAX, 1), (M_TRIM_THRESHOLD, 2**17), (M_MMAP_THRESHOLD, 2**17)):
            glibc.mallopt(parameter, value)

    def measured() -> tuple[float, float]:
        gc.collect()
        if glibc is not None:
            glibc.malloc_trim(0)
        held = int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        return held / 1_000_000, (held - _free_in_python()) / 1_000_000

    return measured


def _free_in_python() -> int:
    """Bytes that Python's allocator of small objects keeps free, as it says itself on stderr."""
    with tempfile.TemporaryFile() as told:
        stderr = os.dup(2)
        try:
            os.dup2(told.fileno(), 2)
            sys._debugmallocstats()
        finally:
            os.dup2(stderr, 2)
            os.close(stderr)
        told.seek(0)
        found = re.findall(
            rb"bytes in available blocks\s*=\s*([\d,]+)|unused pools \* \d+ bytes\s*=\s*([\d,]+)", told.read()
        )
    return sum(int((blocks or pools).replace(b",", b"")) for blocks, pools in found)
