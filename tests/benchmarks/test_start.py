"""How the start compares with the least that Textual and click need: ratios, printed; no time makes a test fail.

``pytest tests/benchmarks -s -p no:xdist`` shows them. Programs run as users run them, on a terminal of their
own, from compiled bytecode, as pip leaves it where it installs; the clock stops when the words that are waited for
come out of it. The goals: first paint 1.3, first recorded chart 1.8, ``--version`` 1.5.
"""

import fcntl
import os
import pty
import select
import signal
import statistics
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest

PAIRS = int(os.environ.get("OPINIONSCOPE_BENCH_PAIRS", "1"))
PATIENCE = 60.0
PROGRAM = ["-m", "opinionscope"]
BARE = [str(Path(__file__).with_name("start_bare.py"))]
CASES = {
    "first paint": (BARE, b"READY", PROGRAM, b"Explore", 1.3),
    "first recorded chart": (BARE, b"READY", PROGRAM, b"RECORDED", 1.8),
    "--version": (["-c", "import click; print('READY')"], b"READY", [*PROGRAM, "--version"], b"opinionscope", 1.5),
}


def seconds_until(words: bytes, arguments: list[str], home: Path) -> float:
    """From the start of a program to the moment it has written `words` to its terminal."""
    environment = {**os.environ, "OPINIONSCOPE_HOME": str(home), "TERM": "xterm-256color", "COLORTERM": "truecolor"}
    environment |= {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(home / "bytecode")}
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 36, 120, 0, 0))
    begun = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, *arguments],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=environment,
        start_new_session=True,
    ) as process:
        os.close(theirs)
        written = b""
        try:
            while words not in written:
                assert select.select([ours], [], [], PATIENCE)[0], written[-2000:]
                written += os.read(ours, 65536)
            return time.perf_counter() - begun
        finally:
            process.send_signal(signal.SIGKILL)
            os.close(ours)


@pytest.mark.parametrize("name", CASES)
def test_start_is_measured_against_its_baseline(name, tmp_path):
    baseline, ready, program, shown, goal = CASES[name]
    seconds_until(ready, baseline, tmp_path), seconds_until(shown, program, tmp_path)
    ratios = [seconds_until(shown, program, tmp_path) / seconds_until(ready, baseline, tmp_path) for _ in range(PAIRS)]
    spread = f"{min(ratios):.2f} to {max(ratios):.2f}"
    print(f"\n{name}: {statistics.median(ratios):.2f} of the baseline (goal {goal}; {spread})")
