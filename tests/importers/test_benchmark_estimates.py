"""Crowdworkers' estimates come out of the exports as the tidy file has them, and nothing personal with them."""

import csv
from collections import defaultdict
from pathlib import Path

import pytest

from opinionscope.importers.base import SetAside
from opinionscope.importers.benchmark import Benchmark
from opinionscope.importers.benchmark_estimates import read_estimates
from opinionscope.importers.benchmark_humans import HumanItem

DATASETS = {"OpinionQA": "opinionqa", "NYT": "nytimes"}


@pytest.mark.reference
def test_every_estimate_is_that_of_the_tidy_file(reference):
    tidy = defaultdict(lambda: defaultdict(dict))
    with (reference / "human_baseline" / "human_estimates.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            cell = tidy[DATASETS[row["dataset"]], row["source_key"], row["group"], row["steering"]]
            cell[int(row["annotator"])][row["option_label"]] = float(row["percent"])
    ours = {}
    for dataset in DATASETS.values():
        for found in read_estimates(reference, dataset, Benchmark(reference).items(dataset)):
            assert not isinstance(found, SetAside)
            group = found.attributes[0][1] if found.attributes else "none"
            rows = [dict(zip(found.labels, percents, strict=True)) for percents in found.percents]
            ours[dataset, found.item.source_key, group, found.steering] = rows
    assert sum(map(len, ours.values())) == 16_554
    assert ours == {key: [people[number] for number in sorted(people)] for key, people in tidy.items()}


NAME = "Distributional_Alignment_Persona_Steering - NYT_July {day}, 2024_10.00.csv"
HEADING = "Title<br>A. 1: No<br>B. 2: Yes<br> - Your answer"


def book(key: str) -> HumanItem:
    return HumanItem("nytimes", key, "data.json", key, "", ("1: No", "2: Yes"), (), ())


def export(folder: Path, day: int, heading: str, *people: list[str]) -> None:
    names = ["IPAddress", "1_Q138", "1_Q_NoSteering_1", "1_Q_NoSteering_2", "1_Q135_1", "1_Q135_2"]
    rows = [names, ["", heading, "", "", "", ""], ["{}"] * len(names), *people]
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / NAME.format(day=day)).open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(rows)


def test_a_later_export_adds_persons_only_and_nothing_personal_is_read(tmp_path):
    folder = tmp_path / "results" / "human_annotations"
    first, second = ["secret", "own", "30", "70", "", ""], ["secret", "own", "20", "80", "55", "45"]
    export(folder, 12, HEADING, first, second, ["secret", "own", "x", "1", "", "5"])
    export(folder, 2, HEADING, first)
    found = list(read_estimates(tmp_path, "nytimes", [book("A"), book("B")]))
    assert {each.attributes[0][1]: each.percents for each in found} == {
        "Democrat": ((30, 70), (20, 80)),
        "Republican": ((55, 45),),
    }
    assert "secret" not in repr(found)
    assert "own" not in repr(found)


def test_estimates_under_other_options_are_set_aside(tmp_path):
    export(tmp_path / "results" / "human_annotations", 2, HEADING.replace("No", "Never"), ["", "", "30", "70", "", ""])
    found = list(read_estimates(tmp_path, "nytimes", [book("A")]))
    assert [type(each) for each in found] == [SetAside]
    assert "other options" in found[0].reason
