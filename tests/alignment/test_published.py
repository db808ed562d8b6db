"""The published scores come out of the reference data, and so do the corrections to them."""

import csv
from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import mean
from typing import Any

import numpy as np
import pytest

from opinionscope.alignment.scoring import corrected_tv, mean_over_groups, paper_tv
from opinionscope.alignment.uncertainty import expected_absolute_deviation, noise_floor
from opinionscope.elicitation import Reply
from opinionscope.elicitation.expression import FORMATS
from opinionscope.importers.benchmark import (
    DATASETS,
    Attributes,
    Benchmark,
    HumanGroup,
    HumanItem,
    RecordedAnswer,
    SetAside,
)

pytestmark = pytest.mark.reference

BOOK_GROUPS: tuple[Attributes, ...] = tuple(
    (pair,) for pair in (("party", "Democrat"), ("party", "Republican"), ("sex", "Male"), ("sex", "Female"))
)
GROUPS: Mapping[str, tuple[Attributes, ...]] = {
    "nytimes": BOOK_GROUPS,
    "opinionqa": (*BOOK_GROUPS, (("race", "Black"),), (("race", "White"),)),
}
COUNTRIES = 3
STEERED = ("persona", "few-shot")

Key = tuple[str, str, str, str]
Scores = dict[Hashable, list[float]]


def expected_tv(shares, n):
    draws = np.array(float(max(1, round(n))))
    return 0.5 * float(expected_absolute_deviation(np.array(shares), draws).sum())


@dataclass
class Study:
    """All scores of the three models, by model, format, dataset and steering, then by group."""

    items: Mapping[str, Mapping[str, HumanItem]]
    paper: dict[Key, Scores] = field(default_factory=partial(defaultdict, partial(defaultdict, list)))
    corrected: dict[Key, Scores] = field(default_factory=partial(defaultdict, partial(defaultdict, list)))

    def overall(self, model: str, format_name: str) -> float:
        """The three datasets weighted equally, persona and few-shot pooled; corrected."""
        return mean(
            mean_over_groups(self.corrected[model, format_name, dataset, steering])
            for dataset in DATASETS.values()
            for steering in STEERED
        )


@pytest.fixture(scope="module")
def study(reference: Path, once: Any) -> Study:
    return once("study", lambda: _study(reference))


def _study(reference: Path) -> Study:
    benchmark = Benchmark(reference)
    items = {
        dataset: {item.key: item for item in benchmark.humans(dataset) if isinstance(item, HumanItem)}
        for dataset in DATASETS.values()
    }
    study = Study(items)
    for answer in benchmark.answers():
        if not isinstance(answer, SetAside):
            _score(study, answer, items[answer.dataset][answer.key])
    return study


def _score(study: Study, answer: RecordedAnswer, item: HumanItem) -> None:
    key = (answer.model, answer.format, answer.dataset, answer.steering)
    groups = GROUPS.get(answer.dataset, (answer.attributes,))
    for attributes in groups if answer.steering == "none" else {answer.attributes} & set(groups):
        group = item.group(attributes)
        if group is None:
            continue
        slot = answer.place if answer.dataset == "globalopinionqa" else attributes
        expected = _as_the_authors_lined_up(answer, item, group)
        if len(expected) == len(answer.authors_reading):
            study.paper[key][slot].append(paper_tv(expected, answer.authors_reading))
        if (read := _read(answer)) and not answer.doubt:
            study.corrected[key][slot].append(corrected_tv(group.figures, read))


def _as_the_authors_lined_up(answer: RecordedAnswer, item: HumanItem, group: HumanGroup) -> tuple[float, ...]:
    """Without steering, OpinionQA's humans in survey order, cut to the number of letters: fault 1."""
    if answer.steering == "none" and answer.dataset == "opinionqa":
        return group.shares(item.options[: len(answer.labels)])
    return answer.expected[group.attributes]


def _read(answer: RecordedAnswer) -> Mapping[str, float] | None:
    """Our reading by label; None if the answer could not be read."""
    raw = Reply(figures=answer.masses) if answer.masses else Reply(text=answer.response)
    reading = FORMATS[answer.format].read(raw, answer.question)
    return dict(zip(answer.labels, reading.figures, strict=True)) if reading.distribution else None


def test_paper_scoring_reproduces_every_published_row(study: Study, reference: Path) -> None:
    with (reference / "published_tv.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    off = []
    for row in rows:
        key = (row["model"], row["format"], DATASETS[row["dataset"]], row["steering"])
        ours = mean_over_groups(study.paper[key])
        if not abs(ours - float(row["tv"])) < 0.001:
            off.append(f"{key}: published {row['tv']}, ours {ours:.5f}")
    assert len(rows) == 64
    assert not off, "\n".join(off)


def test_matching_labels_halves_the_unsteered_score(study: Study) -> None:
    key = ("gpt-4", "verbalized", "opinionqa", "none")
    assert mean_over_groups(study.paper[key]) == pytest.approx(0.400, abs=0.001)
    assert mean_over_groups(study.corrected[key]) == pytest.approx(0.197, abs=0.001)


def test_reading_fractions_improves_opus(study: Study) -> None:
    assert study.overall("anthropic_opus", "verbalized") == pytest.approx(0.2068, abs=0.0005)


def test_corrected_scoring_leaves_sound_rows_alone(study: Study) -> None:
    assert study.overall("gpt-4", "sequence") == pytest.approx(0.2779, abs=0.001)
    assert study.overall("gpt-4", "log-probs") == pytest.approx(0.5499, abs=0.001)


def _people(study: Study, dataset: str) -> Iterator[tuple[Hashable, HumanItem, HumanGroup]]:
    """The groups that the paper scores: slot, item, group."""
    for item in study.items[dataset].values():
        for position, group in enumerate(item.groups):
            if dataset == "globalopinionqa" and position < COUNTRIES:
                yield position, item, group
            elif group.attributes in GROUPS.get(dataset, ()):
                yield group.attributes, item, group


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
    for item in study.items["globalopinionqa"].values():
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
