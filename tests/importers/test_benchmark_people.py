"""The book raters of the benchmark: read one by one, named nowhere."""

import json
from pathlib import Path

import msgspec
import pytest

from opinionscope.importers.benchmark_people import PEOPLE_FILE, RATINGS_FILE, read_people
from opinionscope.survey.microdata import Microdata, microdata_of, microdata_text
from opinionscope.survey.pack import PackFile, pack_of

LABELS = ["1: Never", "2: Perhaps", "3: Surely"]
HEADER = ",QDem_Gend,QDem_Race,Q_DemRepub,QDem_Income,Q84,QDem_Age"
PEOPLE = (
    'Female,Black or African American,Democrat,"Less than $30,000",zoe-1,23',
    'Male,White or Caucasian American,Republican,"$100,000 or more",bob-2,71',
    'Female,Hispanic or Latino,Democrat,"$30,000 - $99,999",cleo-3,40',
)
RATINGS = {
    "A Book By Somebody": {
        "MC_options": [1, 2, 3],
        "Democrat": {"zoe-1": "1: Never", "cleo-3": "3: Surely"},
        "Republican": {"bob-2": "2: Perhaps"},
        "Female": {"zoe-1": "1: Never", "cleo-3": "3: Surely"},
        "Male": {"bob-2": "2: Perhaps"},
    }
}


@pytest.fixture
def pack() -> PackFile:
    return msgspec.convert(
        {
            "format": "opinionscope-pack/1",
            "dataset": "books",
            "title": "Books",
            "groups": {"Democrat": {"party": "Democrat"}},
            "options": LABELS,
            "questions": [
                {"id": "a-book", "title": "A Book", "text": "Would you read it?", "source_key": "A Book By Somebody"}
            ],
        },
        PackFile,
    )


def _tree(root: Path, people: tuple[str, ...], ratings: object) -> Path:
    for name, text in (
        (PEOPLE_FILE, "\n".join([HEADER, *(f"{at},{row}" for at, row in enumerate(people))])),
        (RATINGS_FILE, json.dumps(ratings)),
    ):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


def _read(root: Path, pack: PackFile) -> tuple[Microdata, list[str]]:
    file, aside = read_people(root, pack)
    assert file is not None
    text = microdata_text(file)
    assert not [name for name in ("zoe-1", "bob-2", "cleo-3") if name in text]
    return microdata_of(file, root), [item.reason for item in aside]


def test_any_attributes_can_be_joined(tmp_path: Path, pack: PackFile) -> None:
    microdata, aside = _read(_tree(tmp_path, PEOPLE, RATINGS), pack)
    (question,) = pack_of(pack, tmp_path).questions
    assert aside == []
    young = microdata.group("party=democrat, age=18-34")
    assert young.name == "Democrat & age 18-34"
    cut = microdata.cut(question, young.attributes)
    assert (cut.people, cut.distribution and cut.distribution.probabilities) == (1, (1, 0, 0))
    women = microdata.cut(question, microdata.group("sex=Female").attributes)
    assert women.distribution is not None
    assert (women.distribution.probabilities, women.distribution.n) == ((0.5, 0, 0.5), 2)
    assert [(s.value, s.people) for s in microdata.slices("income")] == [
        ("Less than $30,000", 1),
        ("$30,000 - $99,999", 1),
        ("$100,000 or more", 1),
    ]
    assert microdata.group("income=$30,000 - $99,999,sex=Female").attributes == (
        ("sex", "Female"),
        ("income", "$30,000 - $99,999"),
    )


def test_who_stands_twice_counts_once(tmp_path: Path, pack: PackFile) -> None:
    again = (PEOPLE[0], PEOPLE[1].replace("$100,000 or more", "$30,000 - $99,999"))
    microdata, aside = _read(_tree(tmp_path, (*PEOPLE, *again), RATINGS), pack)
    assert microdata.people == len(PEOPLE)
    assert aside == [
        "a second row of the same person",
        "a second row of the same person with another income, taken as unknown",
    ]
    assert "$100,000 or more" not in [each.value for each in microdata.slices("income")]


def test_a_row_of_another_length_is_told_and_costs_no_other(tmp_path: Path, pack: PackFile) -> None:
    root = _tree(tmp_path, (*PEOPLE, "Female", *PEOPLE[:1]), RATINGS)
    file, aside = read_people(root, pack)
    assert file is not None
    assert file.people == len(PEOPLE)
    line = len(PEOPLE) + 2
    assert [(each.place, each.reason) for each in aside] == [
        (f"{PEOPLE_FILE}, line {line}", f"expected {HEADER.count(',') + 1} cells, found 2"),
        (f"{PEOPLE_FILE}, line {line + 1}", "a second row of the same person"),
    ]


def test_strangers_and_damaged_books_cost_nothing_else(tmp_path: Path, pack: PackFile) -> None:
    stranger = {**RATINGS["A Book By Somebody"], "Male": {"bob-2": "2: Perhaps", "zed": "1: Never"}}
    ratings = {"A Book By Somebody": stranger, "Unheard Of": {"Male": {}}, "Broken": {"Male": [1]}}
    root = _tree(tmp_path, PEOPLE, ratings)
    _, aside = _read(root, pack)
    assert aside == [
        "1 ratings are of unknown people or of no option",
        "no such book was read from the groups' counts",
        "no such book was read from the groups' counts",
    ]
    file, _ = read_people(root, pack)
    assert file is not None
    assert file.answers.keys() == {"a-book"}


def test_a_person_counted_differently_in_two_groups_is_unknown_and_listed(tmp_path: Path, pack: PackFile) -> None:
    torn = {**RATINGS["A Book By Somebody"], "Male": {"bob-2": "3: Surely"}}
    microdata, aside = _read(_tree(tmp_path, PEOPLE, {"A Book By Somebody": torn}), pack)
    assert aside == ["1 people rated it differently in two groups, taken as unknown"]
    (question,) = pack_of(pack, tmp_path).questions
    assert microdata.cut(question, (("party", "Republican"),)).people == 0
    assert microdata.cut(question, (("party", "Democrat"),)).people == 2


def test_files_that_cannot_be_read_are_named(tmp_path: Path, pack: PackFile) -> None:
    assert read_people(tmp_path, pack)[1][0].reason == "not there, so no groups of books can be composed"
    root = _tree(tmp_path, PEOPLE, RATINGS)
    (root / PEOPLE_FILE).write_text("name,age\nzoe-1,4\n", encoding="utf-8")
    file, (aside,) = read_people(root, pack)
    assert file is None
    assert aside.place.endswith("demographics.csv")
    assert "QDem_Gend" in aside.reason
