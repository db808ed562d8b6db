"""What the README says to other tools about the history works as it stands there."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from opinionscope.history import History

README = Path(__file__).parents[2] / "README.md"
COMMANDS = re.findall(r"^sqlite-utils (.+)$", README.read_text(encoding="utf-8"), re.MULTILINE)


def test_there_are_three_examples() -> None:
    assert len(COMMANDS) == 3
    assert {"run_overview", "run_measures", "run_distributions"} <= set(re.findall(r"run_\w+", " ".join(COMMANDS)))


@pytest.mark.parametrize("command", COMMANDS)
def test_an_example_runs(history: History, done, command: str) -> None:
    run = done()
    history.finish(run)
    history.close()
    arguments = [str(history.path) if part == "history.db" else part for part in shlex.split(command)]
    result = subprocess.run(
        [sys.executable, "-m", "sqlite_utils", *arguments], capture_output=True, text=True, check=False, timeout=60
    )
    assert result.returncode == 0, result.stderr
    assert any(word in result.stdout for word in ("gpt-4o", "run_id", "Yes"))
