"""How the start compares with the least that Textual and click need: ratios, printed; no time makes a test fail.

Run with ``pytest tests/benchmarks -s`` to see them. The goals: first paint 1.3, first recorded chart 1.8,
``--version`` 1.5.
"""

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest

HERE = Path(__file__).parent
PAIRS = int(os.environ.get("OPINIONSCOPE_BENCH_PAIRS", "3"))
BARE = [str(HERE / "start_bare.py")]
CASES = {
    "first paint": (BARE, [str(HERE / "start_program.py")], 1.3),
    "first recorded chart": (BARE, [str(HERE / "start_program.py"), "chart"], 1.8),
    "--version": (["-c", "import click"], ["-m", "opinionscope", "--version"], 1.5),
}


def seconds(arguments: list[str], home: Path) -> float:
    environment = {**os.environ, "OPINIONSCOPE_HOME": str(home), "PYTHONDONTWRITEBYTECODE": ""}
    begun = time.perf_counter()
    subprocess.run([sys.executable, *arguments], env=environment, check=True, capture_output=True, timeout=60)
    return time.perf_counter() - begun


@pytest.mark.parametrize("name", CASES)
def test_start_is_measured_against_its_baseline(name, tmp_path):
    baseline, program, goal = CASES[name]
    seconds(baseline, tmp_path), seconds(program, tmp_path)
    ratios = []
    for _ in range(PAIRS):
        ratios.append(seconds(program, tmp_path) / seconds(baseline, tmp_path))
    print(
        f"\n{name}: {statistics.median(ratios):.2f} of the baseline (goal {goal}; {min(ratios):.2f} to {max(ratios):.2f})"
    )
