"""A tiny model with a planted distribution in a user's folder, and llama.cpp to answer for it."""

import importlib.util
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from opinionscope.local import serving
from opinionscope.respondents.base import Respondent
from opinionscope.respondents.choosing import respondent_for
from opinionscope.runs import Run
from opinionscope.runs.prober import Choices, Prober
from opinionscope.settings import Paths, Settings
from opinionscope.survey import Library

LLAMA = importlib.util.find_spec("xllamacpp") and importlib.util.find_spec("gguf")
WHERE = {"question": "the-bee-sting", "group": "Female", "steering": "persona"}


@pytest.fixture(scope="session")
def planted_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny model's file."""
    if not LLAMA:
        pytest.skip("xllamacpp and gguf are not installed: pip install 'opinionscope[test]'")
    path = tmp_path_factory.mktemp("planted") / "planted.gguf"
    _planted_model().write_planted(path)
    return path


@pytest.fixture(scope="session")
def planted() -> dict[str, float]:
    """The planted probabilities of the letters."""
    return dict(_planted_model().PLANTED)


def _planted_model() -> Any:
    spec = importlib.util.spec_from_file_location("planted_model", Path(__file__).with_name("planted_model.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def let_go_of_all() -> Callable[[], None]:
    """Needs no process any more, as when the program ends; those that nobody else needs end."""

    def let_go() -> None:
        for _, connection in serving._held.values():
            connection.close()
        serving._held.clear()

    return let_go


@pytest.fixture
def paths(home: Path, let_go_of_all: Callable[[], None]) -> Iterator[Paths]:
    """The user's folders; what was started for them ends with the test."""
    found = Paths.find()
    (found.data / "models").mkdir(parents=True)
    yield found
    let_go_of_all()


@pytest.fixture
def planted_here(paths: Paths, planted_file: Path) -> Paths:
    """The user's folders with the tiny model in them, as ``local/planted``."""
    (paths.data / "models" / "planted.gguf").symlink_to(planted_file)
    return paths


@pytest.fixture
def connect(bundled_library: Library) -> Callable[..., Respondent]:
    def make(model: str = "local/planted", **settings: Any) -> Respondent:
        return respondent_for(model, bundled_library, settings=Settings(timeout=300, local_threads=1, **settings))

    return make


@pytest.fixture
def ask(bundled_library: Library, connect: Callable[..., Respondent]) -> Callable[..., Any]:
    """Asks through the whole program, but for its screens."""

    async def probe(form: str, model: str = "local/planted", **choices: Any) -> Run:
        prober = Prober(bundled_library, lambda name, _: connect(name), None)
        return await prober.run(Choices(**WHERE, format=form, model=model, **choices))

    return probe
