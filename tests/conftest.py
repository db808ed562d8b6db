"""Fixtures every test may use."""

import gc
import importlib.util
import os
import pickle
import random
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from filelock import FileLock
from hypothesis import settings

settings.register_profile("opinionscope", deadline=None, derandomize=True, print_blob=False, max_examples=50)
settings.register_profile("thorough", deadline=None, max_examples=1_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "opinionscope"))

# The programs that tests start share what is compiled, wherever the environment says to write no bytecode.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# Frames between two states are not looked at by any test.
os.environ.setdefault("TEXTUAL_ANIMATIONS", "none")


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """Workers that are done take tests from those that are not: the dear tests stand close together."""
    if getattr(config.option, "numprocesses", None) and config.option.dist == "no":
        config.option.dist = "worksteal"


def pytest_collection_finish() -> None:
    """What is imported by now stays, so it is not searched for garbage again and again: a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """`-n auto` is three workers for two cores: tests wait for servers and screens; a worker costs 30 s of CPU."""
    return max(2, (os.cpu_count() or 1) * 3 // 2)


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
_island = _module_beside("island")
_fake_openai = _module_beside("fake_openai")
_fake_batches = _module_beside("fake_batches")
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
def bundled_library() -> Any:
    """The packs that come with the program."""
    from opinionscope.settings import bundled
    from opinionscope.survey import Library

    return Library.load([bundled("data")])


@pytest.fixture
def island(home: Path) -> Callable[..., Path]:
    """Writes a survey of invented people, known one by one, into the user's folder; see ``tests/island.py``."""

    def write(**changes: Any) -> Path:
        folder: Path = _island.island(home / "data", **changes)
        return folder

    return write


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
def second_openai() -> Iterator[Any]:
    """Another one."""
    server = _fake_openai.FakeOpenAI()
    yield server
    server.close()


@pytest.fixture
def free_port() -> int:
    """A port below those that the system gives to other servers of the tests."""
    for port in random.SystemRandom().sample(range(20_000, 30_000), 50):
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise AssertionError("no port is free")


@pytest.fixture
def batch_server() -> Iterator[Any]:
    """A server with files and batches of this test's own; see ``tests/fake_batches.py``."""
    server = _fake_batches.FakeBatches()
    yield server
    server.close()


@pytest.fixture(scope="session")
def batch_lines() -> ModuleType:
    """Makes lines of results: `result` and `failed`."""
    return _fake_batches


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
def once(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Callable[[], Any]], Any]:
    """What is dear to make is made by one process of the test run, and read by the others."""
    root = tmp_path_factory.getbasetemp()
    shared = root.parent if "PYTEST_XDIST_WORKER" in os.environ else root

    def made(name: str, make: Callable[[], Any]) -> Any:
        path = shared / f"{name}.pickle"
        with FileLock(path.with_suffix(".lock")):
            if not path.exists():
                path.write_bytes(pickle.dumps(make()))
        return pickle.loads(path.read_bytes())

    return made


@pytest.fixture(scope="session")
def reference() -> Path:
    """The folder of reference data beside the project; tests that need it skip where it is absent."""
    folder = Path(__file__).parents[2] / "shared" / "paper"
    if not folder.is_dir():
        pytest.skip("the reference data is not beside the project")
    return folder
