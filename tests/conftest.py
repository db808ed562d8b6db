"""Fixtures every test may use."""

import importlib.util
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


_fake_openai = _module_beside("fake_openai")
_terminal = _module_beside("terminal")


@pytest.fixture(scope="session")
def terminal() -> ModuleType:
    """Runs the program in a pseudo-terminal; see ``tests/terminal.py``."""
    return _terminal


@pytest.fixture
def fake_openai() -> Iterator[Any]:
    """An OpenAI-compatible server of this test's own; see ``tests/fake_openai.py``."""
    server = _fake_openai.FakeOpenAI()
    yield server
    server.close()


@pytest.fixture(scope="session")
def reference() -> Path:
    """The folder of reference data beside the project; tests that need it skip where it is absent."""
    folder = Path(__file__).parents[2] / "shared" / "paper"
    if not folder.is_dir():
        pytest.skip("the reference data is not beside the project")
    return folder
