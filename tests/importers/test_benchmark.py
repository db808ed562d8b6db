"""The reader of the benchmark's layout, on a small copy of it with every known fault."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from opinionscope.importers.base import SetAside
from opinionscope.importers.benchmark import Benchmark, RecordedAnswer
from opinionscope.importers.benchmark_humans import HumanItem, text_key
from opinionscope.survey import PackError

WAVE = "panel"
PRICE = {"Cheap": 6, "Dear": 3, "Refused": 1}
TEXT = "Is the weather fine? "

Write = Callable[[str, Any], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes one file of the copy."""

    def put(place: str, content: Any) -> Path:
        path = tmp_path / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content), encoding="utf-8")
        return path

    return put


def _record(response: str, letters: dict[str, float], **expected: dict[str, float]) -> dict[str, Any]:
    return {"response": [response], "avg_actual_results": letters, **expected}


@pytest.fixture
def copy(tmp_path: Path, write: Write) -> Benchmark:
    listed = ["Dear", "Cheap", "Refused"]
    people = "opinions_qa/data/human_resp/panel"
    write(
        f"{people}/POLPARTY_data.json",
        {
            "fish": {"MC_options": listed, "question_text": "Fish?", "Democrat": PRICE, "Republican": {"Dear": 4}},
            "split": {
                "MC_options": ["Yes", "often", "No"],
                "question_text": "?",
                "Democrat": {"No": 1, "Yes, often": 2},
            },
            "lost": {"MC_options": ["Some", "None"], "question_text": "?", "Democrat": {"Some": 2}},
        },
    )
    write(
        f"{people}/SEX_data.json",
        {"fish": {"MC_options": listed, "question_text": "Fish?", "Male": {}, "Female": {"Cheap": 2, "Refused": 2}}},
    )
    write(
        "Global_Values/data/data.json",
        {
            TEXT: {
                "MC_options": "['Fine', 'Wet', 'Fine day']",
                "countries": ["Chile", "Wales"],
                "Chile": [0.6, 0.39, 0.0],
                "Wales": [0.0, 0.8, 0.2],
            }
        },
    )
    return Benchmark(tmp_path)


def _answers(benchmark: Benchmark) -> list[RecordedAnswer]:
    return [answer for answer in benchmark.answers() if isinstance(answer, RecordedAnswer)]


def _aside(benchmark: Benchmark) -> list[SetAside]:
    return [found for found in benchmark.answers() if isinstance(found, SetAside)]


def test_humans_come_with_the_faults_of_their_options(copy: Benchmark) -> None:
    found = list(copy.humans("opinionqa"))
    fish, split, lost = (item for item in found if isinstance(item, HumanItem))
    assert fish.options == ("Dear", "Cheap", "Refused")
    assert [group.attributes for group in fish.groups] == [
        (("party", "Democrat"),),
        (("party", "Republican"),),
        (("sex", "Female"),),
    ]
    assert fish.groups[0].shares(fish.options) == (0.3, 0.6, 0.1)
    assert not fish.faults
    assert "Yes, often" in split.faults[0]
    assert '"None"' in lost.faults[0]
    (nobody,) = (item for item in found if isinstance(item, SetAside))
    assert "fish, sex Male" in nobody.place
    assert "n = 0" in nobody.reason


def test_a_question_that_one_file_alone_has_is_read(copy: Benchmark, tmp_path: Path, write: Write) -> None:
    only = {"MC_options": ["Yes", "No"], "question_text": "Shells?", "Male": {"Yes": 3}, "Female": {"No": 2}}
    path = "opinions_qa/data/human_resp/panel/SEX_data.json"
    before = json.loads((tmp_path / path).read_text(encoding="utf-8"))
    write(path, {"shells": only, **before})
    items = [item for item in copy.humans("opinionqa") if isinstance(item, HumanItem)]
    assert [item.key for item in items] == ["fish", "split", "lost", "shells"]
    assert [group.total for group in items[-1].groups] == [3, 2]


@pytest.mark.parametrize(
    "labels",
    ["-" * 100_000 + "1", "[" * 100_000, "['Fine', nan]", "__import__('os')"],
    ids=["minus signs", "brackets", "no number", "code"],
)
def test_a_list_of_labels_that_is_none_costs_its_question_only(
    copy: Benchmark, tmp_path: Path, write: Write, labels: str
) -> None:
    path = "Global_Values/data/data.json"
    before = json.loads((tmp_path / path).read_text(encoding="utf-8"))
    write(path, {"Ducks?": {"MC_options": labels, "countries": []}, **before})
    damaged, item = copy.humans("globalopinionqa")
    assert isinstance(damaged, SetAside)
    assert "Ducks?.MC_options expected a list of labels" in damaged.reason
    assert isinstance(item, HumanItem)


def test_merged_wordings_are_a_fault(copy: Benchmark) -> None:
    (item,) = copy.humans("globalopinionqa")
    assert isinstance(item, HumanItem)
    assert item.faults == ('"Fine" and "Fine day" never occur together: two wordings were merged',)
    assert item.source_key == text_key(TEXT)
    assert not item.counted


def test_letters_follow_the_groups_own_map(copy: Benchmark, write: Write) -> None:
    task = f"results/opinionqa/express_distribution/new-model/task1/{WAVE}"
    female = _record("{'A': '9%', 'B': '91%'}", {"A": 0.09, "B": 0.91}, expected_results={"A": 0.5, "B": 0.5})
    write(f"{task}/SEX/Female.json", {"fish": female})
    (answer,) = _answers(copy)
    assert (answer.model, answer.format, answer.steering) == ("new-model", "verbalized", "persona")
    assert answer.attributes == (("sex", "Female"),)
    assert answer.labels == answer.question.labels == ("Cheap", "Refused")
    assert answer.authors_reading == (0.09, 0.91)
    assert answer.response == "{'A': '9%', 'B': '91%'}"
    assert not answer.doubt


def test_unsteered_letters_follow_the_democrats(copy: Benchmark, write: Write) -> None:
    letters = {"A": 1.0, "B": 0.0, "C": 0.0}
    record = _record("A", letters, expected_results_SEX_Female={"A": 0.5, "B": 0.5})
    write(f"results/opinionqa/model_logprobs/m/task0/{WAVE}/NONE/Democrat.json", {"fish": record})
    (answer,) = _answers(copy)
    assert (answer.steering, answer.attributes) == ("none", ())
    assert answer.labels == ("Cheap", "Dear", "Refused")
    assert answer.masses == (1.0, 0.0, 0.0)
    assert answer.expected == {(("sex", "Female"),): (0.5, 0.5)}


def test_groups_without_counts_are_read_only_where_no_option_can_be_missing(copy: Benchmark, write: Write) -> None:
    task = f"results/opinionqa/sequence/m/task3_easy_hard/{WAVE}/CREGION"
    write(f"{task}/South.json", {"fish": _record("ABC", {"A": 0.3, "B": 0.3, "C": 0.3})})
    write(f"{task}/West.json", {"fish": _record("AB", {"A": 0.5, "B": 0.5})})
    (answer,) = _answers(copy)
    assert answer.attributes == (("region", "South"),)
    assert answer.labels == ("Cheap", "Dear", "Refused")
    (aside,) = _aside(copy)
    assert "West.json, fish" in aside.place
    assert "not known which options" in aside.reason


def test_what_cannot_be_compared_is_set_aside(copy: Benchmark, write: Write) -> None:
    task = f"results/opinionqa/sequence/m/task1/{WAVE}"
    write(f"{task}/SEX/Male.json", {"fish": _record("ABC", {})})
    write(f"{task}/POLPARTY/Republican.json", {"fish": _record("AAA", {"A": 1.0})})
    write(f"{task}/POLPARTY/Democrat.json", {"fish": _record("AB", {"A": 0.5, "B": 0.5}), "bread": _record("A", {})})
    write("results/coins/m/flips.json", {})
    write("results/nytimes/rescaled_model_logprobs/m/task1/SEX/Male.json", {})
    write("results/nytimes/sequence/m/task5/SEX/Male.json", {})
    assert not _answers(copy)
    reasons = {aside.place.rpartition("/")[2]: aside.reason for aside in _aside(copy)}
    assert "n = 0" in reasons.pop("Male.json, fish")
    assert "only one option" in reasons.pop("Republican.json, fish")
    assert "3 options were offered" in reasons.pop("Democrat.json, fish")
    assert "not in the source" in reasons.pop("Democrat.json, bread")
    assert set(reasons) == {"coins", "rescaled_model_logprobs", "task5"}


def test_a_file_with_another_countrys_reference_is_in_doubt(copy: Benchmark, write: Write) -> None:
    task = "results/globalvalues/sequence/m/task1/globalvalues"
    letters = {"A": 0.3, "B": 0.3, "C": 0.3}
    write(f"{task}/0.json", {TEXT: _record("ABC", letters, expected_results={"A": 0.0, "B": 0.8, "C": 0.2})})
    write(f"{task}/1.json", {TEXT: _record("ABC", letters, expected_results={"A": 0.0, "B": 0.8, "C": 0.2})})
    mistaken, sound = _answers(copy)
    assert mistaken.attributes == (("country", "Chile"),)
    assert "Wales" in mistaken.doubt
    assert not sound.doubt


def test_damage_is_set_aside_with_file_and_key_and_costs_nothing_else(
    copy: Benchmark, write: Write, tmp_path: Path
) -> None:
    with pytest.raises(PackError, match="results"):
        list(Benchmark(tmp_path / "elsewhere").answers())
    task = f"results/opinionqa/sequence/m/task1/{WAVE}"
    sound = _record("AB", {"A": 0.5, "B": 0.5})
    write(f"{task}/SEX/Female.json", {"bread": {"response": ["AB"]}, "fish": {"response": ["AB"]}})
    write(f"{task}/SEX/Male.json", {}).write_text('{"fish": ')
    write(f"results/opinionqa/sequence/n/task1/{WAVE}/SEX/Female.json", {"fish": sound})
    assert [answer.model for answer in _answers(copy)] == ["n"]
    reasons = {aside.place.rpartition("/")[2]: (aside.reason, aside.model) for aside in _aside(copy)}
    assert reasons["Female.json, fish"][0].startswith("damaged: at fish.avg_actual_results expected this field")
    assert reasons["Female.json, fish"][1] == "m"
    assert reasons["Male.json"][0].startswith("the file is damaged: expected valid JSON")


def test_a_damaged_item_of_people_costs_no_other(copy: Benchmark, write: Write) -> None:
    path = copy.root / "opinions_qa/data/human_resp/panel/POLPARTY_data.json"
    records = json.loads(path.read_text())
    records["fish"].pop("question_text")
    path.write_text(json.dumps(records))
    found = list(copy.humans("opinionqa"))
    assert [item.key for item in found if isinstance(item, HumanItem)] == ["split", "lost"]
    (aside,) = (item for item in found if isinstance(item, SetAside))
    assert (aside.place.partition(", ")[2], "question_text" in aside.reason) == ("fish", True)
