"""What a leaderboard of the whole benchmark costs: seconds, ratios and memory, printed; no time makes a test fail.

Seconds are those of the processor, which others on the machine change less than those of the clock.

``pytest tests/benchmarks/test_tables.py -s -p no:xdist`` shows them. The goals: 2 s from a warm start with 1,000
clustered resamples, 100 times faster than plain loops over items, as an evaluation without arrays has them; 300 MB.
"""

import random
import resource
import sys
import time
from pathlib import Path

import pytest

from opinionscope.collection import Collection, Item
from opinionscope.elicitation.stored import readings_of
from opinionscope.importers.base import ImportOptions
from opinionscope.importers.benchmark_import import BenchmarkImporter
from opinionscope.importers.placing import put
from opinionscope.selection import parse
from opinionscope.settings import bundled
from opinionscope.survey import Library
from opinionscope.survey.pack import dataset_of
from opinionscope.tables import TABLES

PAPER = Path(__file__).parents[3] / "shared" / "paper"
pytestmark = [pytest.mark.reference, pytest.mark.skipif(not PAPER.is_dir(), reason="no ../shared/paper")]
RESAMPLES, LOOPED, TIMES = 1000, 5, 3


def looped_means(items: list[Item], resamples: int, seed: int = 0) -> dict[tuple[str, str], list[float]]:
    """Every resample draws questions, and goes through all their items option by option."""
    rng = random.Random(seed)
    of_question: dict[str, list[Item]] = {}
    for item in items:
        of_question.setdefault(item.question.id, []).append(item)
    names = list(of_question)
    found: dict[tuple[str, str], list[float]] = {}
    for _ in range(resamples):
        scores: dict[tuple[str, str], list[float]] = {}
        for name in rng.choices(names, k=len(names)):
            for item in of_question[name]:
                pairs = zip(item.human.probabilities, item.answer.probabilities, strict=True)
                scores.setdefault((item.name, item.format), []).append(sum(abs(p - q) for p, q in pairs) / 2)
        for key, values in scores.items():
            found.setdefault(key, []).append(sum(values) / len(values))
    return found


def test_the_whole_leaderboard(tmp_path):
    gathered = BenchmarkImporter().gather(PAPER, ImportOptions(bundled=bundled("data")))
    put(gathered.texts, tmp_path / gathered.folder, gathered.replaces)
    library = Library.load([bundled("data"), tmp_path])
    for path in library.answer_files:
        readings_of(path, library.pack(dataset_of(path)), tmp_path / "cache")
    collection = Collection(library, readings=tmp_path / "cache")
    items = [item for item in collection.items(parse("steering:persona,few-shot")) if item.human and item.answer]
    spent, looped = [], []
    for _ in range(TIMES):
        begun = time.process_time()
        report = TABLES["leaderboard"](collection)
        between = time.process_time()
        looped_means(items, LOOPED)
        spent.append(between - begun)
        looped.append((time.process_time() - between) / LOOPED * RESAMPLES)
    took, loops = min(spent), min(looped)
    unit = 1024 if sys.platform == "linux" else 1024**2
    print(
        f"\nleaderboard of {len(items):,} answers, {RESAMPLES:,} resamples: {took:.2f} s of processor, best of {TIMES}"
    )
    print(
        f"plain loops, {LOOPED} resamples times {RESAMPLES // LOOPED}: {loops:.0f} s, {loops / took:.0f} times as long"
    )
    print(f"most memory, import included: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit:.0f} MB")
    assert report.rows
