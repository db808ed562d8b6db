"""The baselines, published and true, from a few lines over the reference data; its models are in `tests/tables`."""

from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping
from pathlib import Path
from statistics import mean

import numpy as np
import pytest

from opinionscope.alignment.divergences import paper_tv, total_variation
from opinionscope.alignment.uncertainty import expected_absolute_deviation, noise_floor
from opinionscope.importers.benchmark import DATASETS, Benchmark
from opinionscope.importers.benchmark_humans import HumanGroup, HumanItem
from opinionscope.survey import Distribution
from opinionscope.survey.question import Attributes

pytestmark = pytest.mark.reference

BOOK_GROUPS: tuple[Attributes, ...] = tuple(
    (pair,) for pair in (("party", "Democrat"), ("party", "Republican"), ("sex", "Male"), ("sex", "Female"))
)
GROUPS: Mapping[str, tuple[Attributes, ...]] = {
    "nytimes": BOOK_GROUPS,
    "opinionqa": (*BOOK_GROUPS, (("race", "Black"),), (("race", "White"),)),
}
COUNTRIES = 3

Scores = dict[Hashable, list[float]]


def expected_tv(shares, n):
    draws = np.array(float(max(1, round(n))))
    return 0.5 * float(expected_absolute_deviation(np.array(shares), draws).sum())


Study = Mapping[str, Mapping[str, HumanItem]]
"""People's answers, by dataset and item."""


@pytest.fixture(scope="module")
def study(reference: Path) -> Study:
    benchmark = Benchmark(reference)
    return {dataset: {item.key: item for item in benchmark.items(dataset)} for dataset in DATASETS.values()}


def _people(study: Study, dataset: str) -> Iterator[tuple[Hashable, HumanItem, HumanGroup]]:
    """The groups that the paper scores: slot, item, group."""
    for item in study[dataset].values():
        for position, group in enumerate(item.groups):
            if dataset == "globalopinionqa" and position < COUNTRIES:
                yield position, item, group
            elif group.attributes in GROUPS.get(dataset, ()):
                yield group.attributes, item, group


def corrected_tv(human: Mapping[str, float], answer: Mapping[str, float]) -> float:
    """Of two distributions given as label → weight; a label that one side lacks weighs 0 there."""
    labels = dict.fromkeys((*human, *answer))
    p, q = (Distribution.from_weights(side.get(label, 0.0) for label in labels) for side in (human, answer))
    return float(total_variation(p.probabilities, q.probabilities))


def mean_over_groups(scores: Scores) -> float:
    return mean(mean(group) for group in scores.values() if group)


def _baseline(study: Study, dataset: str, uniform: bool) -> float:
    """The score of the commonest answer, or of the uniform distribution over the options."""
    scores: Scores = defaultdict(list)
    for slot, item, group in _people(study, dataset):
        chosen = dict.fromkeys(label for each in item.groups for label in each.figures)
        options = chosen if item.faults else item.options
        guess = options if uniform else [max(group.figures, key=group.figures.__getitem__)]
        scores[slot].append(corrected_tv(group.figures, dict.fromkeys(guess, 1.0)))
    return mean_over_groups(scores)


def test_true_baselines(study: Study) -> None:
    mode = [_baseline(study, dataset, uniform=False) for dataset in DATASETS.values()]
    assert mode == pytest.approx([0.499, 0.577, 0.360], abs=0.001)
    assert mean(mode) == pytest.approx(0.479, abs=0.001)
    uniform = [_baseline(study, dataset, uniform=True) for dataset in DATASETS.values()]
    assert uniform == pytest.approx([0.373, 0.223, 0.482], abs=0.001)


def test_published_baselines_carry_two_faults(study: Study) -> None:
    """Humans in survey order, and global figures of the second country once and the third twice."""
    opinionqa: Scores = defaultdict(list)
    for _, item, group in _people(study, "opinionqa"):
        if democrats := item.group((("party", "Democrat"),)):
            lined_up = group.shares(item.options[: len(democrats.figures)])
            opinionqa[group.attributes].append(paper_tv(lined_up, [1 / len(lined_up)] * len(lined_up)))
    assert mean_over_groups(opinionqa) == pytest.approx(0.381, abs=0.001)

    uniform, mode = [], []
    for item in study["globalopinionqa"].values():
        for shares in (item.groups[position].shares(item.options) for position in (1, 2, 2)):
            uniform.append(paper_tv(shares, [1 / len(shares)] * len(shares)))
            top = shares.index(max(shares))
            mode.append(paper_tv(shares, [float(at == top) for at in range(len(shares))]))
    assert mean(uniform) == pytest.approx(0.485, abs=0.001)
    assert mean(mode) == pytest.approx(0.353, abs=0.001)


def test_even_an_oracle_scores_on_book_ratings(study: Study) -> None:
    """About 19 raters: .154 if their spread is estimated without bias (n − 1), .145 if taken as the truth."""
    people = [(group.shares(item.options), group.total) for _, item, group in _people(study, "nytimes")]
    assert mean(n for _, n in people) == pytest.approx(18.7, abs=0.1)
    assert mean(expected_tv(shares, n - 1) for shares, n in people) == pytest.approx(0.154, abs=0.001)
    assert mean(expected_tv(shares, n) for shares, n in people) == pytest.approx(0.145, abs=0.001)
    floors = (noise_floor(shares, n) for shares, n in people)
    assert mean(floor.tv for floor in floors if floor) == pytest.approx(0.154, abs=0.0015)
