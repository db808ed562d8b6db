"""SubPOP's tables, as CSV and as JSON lines."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from opinionscope.importers import recognised
from opinionscope.importers.base import Gathered, ImportOptions, ImportRefusedError
from opinionscope.importers.subpop import SubPOPImporter
from opinionscope.survey.library import Library
from opinionscope.survey.pack import Pack, read_pack

BREAD: dict[str, Any] = {
    "qkey": "BREAD_W99",
    "attribute": "POLPARTY",
    "group": "Democrat",
    "responses": [0.5, 0.25, 0.25],
    "refusal_rate": 0.2,
    "ordinal": [1.0, 2.0, 3.0],
    "question": "How often do you bake bread?",
    "options": ["Often", "Sometimes", "Never", "Refused"],
}
SOUP = BREAD | {"qkey": "SOUP_W99", "question": "How often do you cook soup?", "ordinal": [1.0, 1.0, 1.0]}


def _gather(folder: Path, *rows: dict[str, Any], name: str = "subpop_train.csv", **options: Any) -> Gathered:
    path = folder / name
    if path.suffix == ".jsonl":
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    else:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(BREAD))
            writer.writeheader()
            writer.writerows(rows)
    return SubPOPImporter().gather(path, ImportOptions(**options))


def _pack(gathered: Gathered, folder: Path) -> Pack:
    (name,) = gathered.texts
    (folder / name).write_text(gathered.texts[name], encoding="utf-8")
    return read_pack(folder / name)


def _reasons(gathered: Gathered) -> list[str]:
    return [f"{each.place}: {each.reason}" for each in gathered.set_aside]


@pytest.mark.parametrize("name", ["subpop_train.csv", "subpop-train.jsonl"])
def test_refusals_and_answers_become_one_distribution(name: str, tmp_path: Path) -> None:
    joint = BREAD | {"attribute": "['SEX', 'CREGION']", "group": "['Male', 'West']", "refusal_rate": 0.0}
    gathered = _gather(tmp_path, BREAD, joint, SOUP, name=name)
    pack = _pack(gathered, tmp_path)
    bread, soup = pack.questions
    library = Library.load([tmp_path])

    assert recognised(tmp_path / name).name == "subpop"
    assert (gathered.folder, pack.domain, gathered.set_aside) == ("subpop-train", "political", [])
    assert (bread.id, bread.source_key) == ("BREAD_W99", "BREAD_W99")
    assert [option.value for option in bread.options] == [1, 2, 3, None]
    assert [option.nonresponse for option in bread.options] == [False, False, False, True]
    assert [option.value for option in soup.options] == [None] * 4
    democrats = library.human(bread, library.group(bread, "party=Democrat"))
    assert democrats.probabilities == pytest.approx((0.4, 0.2, 0.2, 0.2))
    western = library.human(bread, library.group(bread, "region=West,sex=Male"))
    assert western.probabilities == (0.5, 0.25, 0.25, 0)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"responses": [0.5, 0.5]}, "expected 3 responses, one for each option but the last"),
        ({"responses": [0.5, 0.25, 0.25, 0.0]}, "expected 3 responses"),
        ({"responses": [0.5, 0.1, 0.1]}, "they sum to 0.7"),
        ({"responses": [1.5, -0.25, -0.25]}, "from 0 to 1"),
        ({"responses": "[0.5, nan, 0.5]"}, "expected a number"),
        ({"responses": "half"}, "expected a list under responses"),
        ({"refusal_rate": ""}, "expected a number, found nothing"),
        ({"refusal_rate": 1.2}, "from 0 to 1"),
        ({"ordinal": [1.0, 2.0]}, "under ordinal"),
        ({"options": "['Often', nan, 'Never', 'Refused']"}, "missing value"),
        ({"question": ""}, "text of a question"),
        ({"qkey": ""}, "under qkey"),
        ({"group": ""}, "an attribute and a group"),
        ({"attribute": "['SEX', 'RACE']", "group": "['Male']"}, "an attribute and a group"),
        ({"attribute": "['SEX'", "group": "Male"}, "literal"),
    ],
)
@pytest.mark.parametrize("name", ["s.csv", "s.jsonl"])
def test_a_damaged_row_costs_no_other(change: dict[str, Any], reason: str, name: str, tmp_path: Path) -> None:
    damaged = BREAD | {"group": "Republican"} | change
    gathered = _gather(tmp_path, BREAD, damaged, SOUP, name=name)
    pack = _pack(gathered, tmp_path)
    assert [question.id for question in pack.questions] == ["BREAD_W99", "SOUP_W99"]
    assert list(pack.groups) == ["Democrat"]
    (told,) = _reasons(gathered)
    assert ("line 3" if name == "s.csv" else "line 2") in told
    assert reason in told


@pytest.mark.parametrize(
    "change",
    [
        {"responses": [0.25, 0.25, 0.5]},
        {"question": "Do you bake?", "group": "Republican"},
        {"options": ["Often", "Never", "Sometimes", "Refused"], "group": "Republican"},
    ],
)
def test_a_contradiction_costs_its_question(change: dict[str, Any], tmp_path: Path) -> None:
    gathered = _gather(tmp_path, BREAD, SOUP, BREAD | change)
    assert [question.id for question in _pack(gathered, tmp_path).questions] == ["SOUP_W99"]
    (told,) = _reasons(gathered)
    assert "line 2, BREAD_W99" in told
    assert "line 4" in told


def test_a_row_that_says_the_same_again_is_only_told_of(tmp_path: Path) -> None:
    gathered = _gather(tmp_path, BREAD, BREAD)
    assert len(_pack(gathered, tmp_path).questions) == 1
    assert "says the same" in _reasons(gathered)[0]


def test_a_broken_line_costs_no_other(tmp_path: Path) -> None:
    path = tmp_path / "subpop_eval.jsonl"
    path.write_text(f"{json.dumps(BREAD)}\n{{cut\n{json.dumps(SOUP)}\n", encoding="utf-8")
    gathered = SubPOPImporter().gather(path, ImportOptions())
    assert len(_pack(gathered, tmp_path).questions) == 2
    assert "line 2" in _reasons(gathered)[0]


def test_ids_options_and_files_that_are_none_of_it(tmp_path: Path) -> None:
    assert _gather(tmp_path, BREAD, name="opinionqa.csv").folder == "subpop-opinionqa"
    assert _gather(tmp_path, BREAD, SOUP).texts == _gather(tmp_path, BREAD, SOUP).texts
    chosen = _pack(_gather(tmp_path, BREAD, SOUP, questions=("SOUP_W99",)), tmp_path)
    assert [question.id for question in chosen.questions] == ["SOUP_W99"]
    with pytest.raises(ImportRefusedError, match="--by"):
        _gather(tmp_path, BREAD, attributes=("SEX",))
    for name, text in {"a.csv": "qkey,group\n", "a.jsonl": "[1]\n", "a.json": "{", "b.jsonl": ""}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
        assert not SubPOPImporter().recognises(tmp_path / name)
        with pytest.raises(ImportRefusedError):
            SubPOPImporter().gather(tmp_path / name, ImportOptions())
