"""A server that hangs: the run says so while it waits, and ends by itself."""

import asyncio
import json
import os
import subprocess
from collections.abc import Callable
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from opinionscope.commands import output

Run = Callable[..., subprocess.CompletedProcess[str]]
ASK = ("run", "-q", "the-bee-sting", "-g", "Female", "-m", "openai/toy", "--api-base")


@pytest.fixture
def run(warm_program: Any, tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        program = warm_program(
            arguments,
            env=os.environ | {"OPINIONSCOPE_HOME": str(tmp_path)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        out, err = program.communicate(timeout=120)
        return subprocess.CompletedProcess(arguments, program.returncode, out, err)

    return run


def test_a_time_out_is_not_repeated(fake_openai: Any, run: Run) -> None:
    fake_openai.always(hold=True)
    done = run(*ASK, fake_openai.base, "--timeout", "1")
    assert done.returncode == 1
    assert "The model took too long" in done.stderr
    assert len(fake_openai.bodies) == 1


def test_the_deadline_of_a_run_ends_it_with_the_answers_there_are(fake_openai: Any, run: Run) -> None:
    for _ in range(3):
        fake_openai.then(text="B")
    fake_openai.always(hold=True)
    many = ("-f", "samples", "--samples", "12", "--json")
    done = run(*ASK, fake_openai.base, *many, "--deadline", "3")
    found = json.loads(done.stdout)
    assert (done.returncode, found["status"]) == (0, "done")
    assert found["answer"]["probabilities"] == [0, 1, 0, 0]
    assert any("stopped after 3 of 12 calls" in caveat for caveat in found["caveats"])


def test_a_run_without_an_answer_at_its_deadline_fails_with_what_to_do(fake_openai: Any, run: Run) -> None:
    fake_openai.always(hold=True)
    done = run(*ASK, fake_openai.base, "--deadline", "1")
    assert done.returncode == 1
    assert "The run took too long: no answer came within 1 s, the deadline of a run; raise --deadline" in " ".join(
        done.stderr.split()
    )


def test_attempts_are_told_without_a_terminal(fake_openai: Any, run: Run) -> None:
    fake_openai.fails(429, "slow down", headers={"Retry-After": "1"})
    done = run(*ASK, fake_openai.base)
    assert done.returncode == 0
    assert "Too many requests: attempt 2 of 3 in 1 s" in done.stderr


async def test_seconds_are_told_without_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(output, "LOG_EVERY", 0.01)
    clock = count(0, 7)
    monkeypatch.setattr(output, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    narration = output.Narration()
    narration.begin("openai/toy")
    told = ""
    async with narration.ticking():
        while "asking openai/toy … 14 s" not in told:
            await asyncio.sleep(0.01)
            told += capsys.readouterr().err


@pytest.mark.parametrize("option", ["--timeout", "--deadline"])
def test_seconds_that_make_no_sense_are_refused(option: str, run: Run) -> None:
    done = run(*ASK, "http://127.0.0.1:9/v1", option, "-1")
    assert done.returncode == 2
    assert "expected a number" in done.stderr
