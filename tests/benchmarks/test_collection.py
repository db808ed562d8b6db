"""What a whole collection of answers costs: seconds and ratios, printed; no time makes a test fail.

``pytest tests/benchmarks/test_collection.py -s -p no:xdist`` shows them. The answers are those of the benchmark's
repository, imported from ../shared/paper. The goals: read the first time 4.8 s, again 0.5 s, for 63,572 answers.
"""

import math
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from opinionscope.alignment.divergences import EPSILON
from opinionscope.alignment.scores import measured
from opinionscope.collection import Collection, pairs_of
from opinionscope.comparison.sets import compare_sets
from opinionscope.elicitation.stored import Readings, readings_of
from opinionscope.importers.base import ImportOptions
from opinionscope.importers.benchmark_import import BenchmarkImporter
from opinionscope.importers.placing import put
from opinionscope.selection import parse
from opinionscope.settings import bundled
from opinionscope.survey import Library
from opinionscope.survey.pack import dataset_of

SOME = 5_000
PAPER = Path(__file__).parents[3] / "shared" / "paper"
pytestmark = [pytest.mark.reference, pytest.mark.skipif(not PAPER.is_dir(), reason="no ../shared/paper")]


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The benchmark's packs and recorded answers."""
    folder = tmp_path_factory.mktemp("imported")
    gathered = BenchmarkImporter().gather(PAPER, ImportOptions(bundled=bundled("data")))
    put(gathered.texts, folder / gathered.folder, gathered.replaces)
    return Library.load([folder])


def seconds(do: Callable[[], object]) -> float:
    begun = time.perf_counter()
    do()
    return time.perf_counter() - begun


def test_all_imported_answers_are_read(imported, tmp_path):
    def files() -> list[Readings]:
        return [readings_of(path, imported.pack(dataset_of(path)), tmp_path) for path in imported.answer_files]

    def objects() -> list[object]:
        return [each for readings in files() for each in readings]

    first, again = seconds(objects), seconds(objects)
    print(f"\n{sum(map(len, files())):,} recorded answers read the first time: {first:.2f} s")
    print(f"again: {again:.2f} s, {again / first:.3f} of the first time")


PAIRS = 92_114
"""As many answers as there would be if each had humans of its own."""


def test_pairs_are_scored_against_a_loop(imported, tmp_path):
    """TV and KL of many pairs at once, against one pair after the other in plain Python."""
    items = [item for item in Collection(imported, readings=tmp_path).items() if item.human and item.answer]
    pairs = pairs_of([items[at % len(items)] for at in range(PAIRS)])

    def loop() -> None:
        for item in items[:SOME]:
            p, q = item.human.probabilities, item.answer.probabilities
            smooth = [(1 - EPSILON) * share + EPSILON / len(q) for share in q]
            sum(abs(a - b) for a, b in zip(p, q, strict=True))
            sum(a * math.log(a / b) for a, b in zip(p, smooth, strict=True) if a)

    by_loop = statistics.median(seconds(loop) for _ in range(3)) * PAIRS / SOME
    at_once = statistics.median(seconds(lambda: measured(pairs, ("tv", "kl"))) for _ in range(3))
    everything = seconds(lambda: measured(pairs))
    print(f"\nTV and KL of {PAIRS:,} pairs: {at_once:.3f} s, {at_once / by_loop:.3f} of a loop")
    print(f"all measures: {everything:.2f} s")


def test_sets_are_compared_against_their_reading(imported, tmp_path):
    items = list(Collection(imported, readings=tmp_path).items(parse("format:verbalized")))
    reading = seconds(lambda: list(Collection(imported, readings=tmp_path).items(parse("format:verbalized"))))
    comparing = seconds(lambda: compare_sets(items, "model"))
    print(f"\n{len(items):,} items read: {reading:.2f} s; compared by model: {comparing / reading:.2f} of that")
