"""Fixtures every test may use."""

import importlib.util
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest


def _module_beside(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"opinionscope_tests_{name}", Path(__file__).with_name(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


collect_ignore = ["respondents/test_bombs.py", "benchmarks/test_start.py"] if sys.platform == "win32" else []
"""Tests that need Unix's own modules to be imported at all."""

_warm = _module_beside("warm") if sys.platform != "win32" else None
_fake_openai = _module_beside("fake_openai")
_programs = _module_beside("programs") if sys.platform != "win32" else None


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's folder with nothing in it, and no key in the environment."""
    monkeypatch.setenv("OPINIONSCOPE_HOME", str(tmp_path))
    for name in list(os.environ):
        if name.endswith("_API_KEY"):
            monkeypatch.delenv(name)
    return tmp_path


@pytest.fixture(scope="session")
def programs() -> ModuleType:
    """Runs the program on pipes and terminals; see ``tests/programs.py``."""
    if _programs is None:
        pytest.skip("needs a pseudo-terminal")
    return _programs


@pytest.fixture(scope="session")
def warm_program() -> Any:
    """Starts the program as a process of its own, soon; see ``tests/warm.py``."""
    if _warm is None:
        pytest.skip("needs a fork server")
    return _warm.Program


@pytest.fixture
def fake_openai() -> Iterator[Any]:
    """An OpenAI-compatible server of this test's own; see ``tests/fake_openai.py``."""
    server = _fake_openai.FakeOpenAI()
    yield server
    server.close()


@pytest.fixture
def wait_until(programs: Any) -> Any:
    """Waits for something to be so, and fails if that takes too long."""
    return programs.wait_until


@pytest.fixture
def terminal(programs: Any) -> Iterator[Any]:
    """Starts the program on a terminal of its own; see ``tests/programs.py``."""
    opened = []

    def start(*arguments: str, **how: Any) -> Any:
        opened.append(programs.Terminal(arguments, **how))
        return opened[-1]

    yield start
    for each in opened:
        each.close()


@pytest.fixture
def locked(programs: Any) -> Iterator[Any]:
    """Has another process lock a database."""
    locks = []

    def lock(database: Path) -> Any:
        locks.append(programs.Lock(database))
        return locks[-1]

    yield lock
    for each in locks:
        each.release()


@pytest.fixture(scope="session")
def reference() -> Path:
    """The folder of reference data beside the project; tests that need it skip where it is absent."""
    folder = Path(__file__).parents[2] / "shared" / "paper"
    if not folder.is_dir():
        pytest.skip("the reference data is not beside the project")
    return folder
