"""The whole benchmark, imported once, and planted collections in which the truth is known."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from opinionscope.collection import Collection, Item
from opinionscope.elicitation.stored import readings_of
from opinionscope.importers.base import ImportOptions
from opinionscope.importers.benchmark_import import BenchmarkImporter
from opinionscope.importers.placing import put
from opinionscope.selection import EVERYTHING, Selection, matches, parse
from opinionscope.settings import bundled
from opinionscope.survey import Distribution, Group, Library, Question
from opinionscope.survey.question import Option
from opinionscope.tables import TABLES, Options, Report


@pytest.fixture(scope="session")
def benchmark(reference, tmp_path_factory, once) -> Collection:
    """The benchmark's packs, recorded answers and published scores."""
    options = ImportOptions(bundled=bundled("data"))
    gathered = once("gathered", lambda: BenchmarkImporter().gather(reference, options))

    def place() -> Path:
        folder = tmp_path_factory.mktemp("benchmark")
        put(gathered.texts, folder / gathered.folder, gathered.replaces)
        library = Library.load([bundled("data"), folder])
        for path in library.answer_files:
            readings_of(path, library.pack(path.name.partition(".")[0]), folder / "cache")
        return folder

    folder = once("placed", place)
    return Collection(Library.load([bundled("data"), folder]), readings=folder / "cache")


@pytest.fixture(scope="session")
def of_bundled(tmp_path_factory) -> Collection:
    """What comes with the program; each answer is read once."""
    return Collection(Library.load([bundled("data")]), readings=tmp_path_factory.mktemp("readings"))


class Planted(Collection):
    """A collection of given items."""

    planted: Sequence[Item] = ()

    def items(self, selection: Selection = EVERYTHING):
        return (item for item in self.planted if matches(selection, item.value))


OPTIONS = tuple(Option(f"{at}", float(at)) for at in range(4))


def question(at: int, domain: str = "own") -> Question:
    return Question(f"q{at}", "planted", domain, f"Q{at}", f"Q{at}?", OPTIONS)


def shares(weights: Sequence[float], n: float | None = None) -> Distribution:
    return Distribution.from_weights([max(0.0, float(weight)) for weight in weights], n)


def item(
    at: int, group: str, human: Distribution, answer: Distribution | None, steering: str = "persona", model: str = "m"
) -> Item:
    groups = {"Democrat": "party", "Republican": "party"}
    whose = Group(group, ((groups[group], group),))
    return Item(question(at), whose, steering, "verbalized", model, "live", human, answer, run_id=f"{model}{at}{group}")


@pytest.fixture
def made() -> Callable[..., Report]:
    """Makes a table of given items."""

    def make(name: str, items: Sequence[Item], text: str = "", **options) -> Report:
        return TABLES[name](Planted(Library(()), planted=items), parse(text), Options(**options))

    return make


@pytest.fixture
def planted() -> Callable[..., list[Item]]:
    """Items of two groups at given truths: one array (N, 2, K) of people and one of the model."""

    def plant(human: np.ndarray, model: np.ndarray, n: float | None = None, **how) -> list[Item]:
        return [
            item(at, group, shares(human[at, g], n), shares(model[at, g]), **how)
            for at in range(len(human))
            for g, group in enumerate(("Democrat", "Republican"))
        ]

    return plant
