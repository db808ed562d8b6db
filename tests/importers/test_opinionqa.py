"""OpinionQA's own distribution: waves in its two forms, small ones of our own making."""

import csv
import json
import shutil
from pathlib import Path

import pytest

from opinionscope.importers import gather, recognised
from opinionscope.importers.base import Gathered, ImportOptions, ImportRefusedError
from opinionscope.importers.opinionqa import OpinionQAImporter
from opinionscope.survey.library import Library
from opinionscope.survey.pack import read_pack

INFO = [
    ["", "Unnamed: 0", "key", "option_mapping", "question", "references", "option_ordinal"],
    ["0", "0", "TEA_W26", "{}", "How often do you drink tea?", "['Often', 'Never', 'Refused']", "[1.0, 2.0]"],
    ["1", "1", "CUPS_W26", "{}", "How many cups are yours?", "['Yes, some', 'None', 'Refused']", "[1.0, 2.0]"],
    ["2", "2", "KIND_W26", "{}", "Which kind is best?", "['Green', 'Black']", "[1, 1]"],
]
METADATA = [
    ["", "key", "options"],
    ["0", "SEX", "['Male', 'Female']"],
    ["1", "POLPARTY", "['Republican', 'Democrat', 'Independent', 'Other']"],
    ["2", "EDUCATION", "['School', 'College, no degree']"],
]
PEOPLE = [
    ["", "QKEY", "TEA_W26", "CUPS_W26", "KIND_W26", "SEX", "POLPARTY", "EDUCATION", "WEIGHT_W26"],
    ["0", "900001", "Often", "None", "Green", "Female", "Democrat", "School", "2.0"],
    ["1", "900002", "Never", "Yes, some", "Black", "Female", "Refused", "School", "1.0"],
    ["2", "900003", "Often", "Refused", "", "Male", "Democrat", "College, no degree", "0.5"],
    ["3", "900004", "Refused", "None", "Green", "Female", "Democrat", "", "1.0"],
]


def _write(path: Path, rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)


def _wave(root: Path, number: int = 26, people: list[list[str]] | None = PEOPLE, info: list[list[str]] = INFO) -> Path:
    folder = root / "human_resp" / f"American_Trends_Panel_W{number}"
    folder.mkdir(parents=True)

    def numbered(rows: list[list[str]]) -> list[list[str]]:
        return [[cell.replace("_W26", f"_W{number}") for cell in row] for row in rows]

    _write(folder / "info.csv", numbered(info))
    _write(folder / "metadata.csv", METADATA)
    if people is not None:
        _write(folder / "responses.csv", numbered(people))
    return folder


def _load(gathered: Gathered, folder: Path) -> Library:
    folder.mkdir(exist_ok=True)
    for name, text in gathered.texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    library = Library.load([folder])
    assert library.problems == ()
    return library


@pytest.mark.parametrize("top", [".", "human_resp", "human_resp/American_Trends_Panel_W26"])
def test_a_folder_of_waves_may_be_packed(tmp_path: Path, top: str) -> None:
    _wave(tmp_path)
    archive = shutil.make_archive(str(tmp_path / "waves"), "zip", tmp_path, top)
    gathered = gather(Path(archive), ImportOptions())
    assert gathered.texts == OpinionQAImporter().gather(tmp_path, ImportOptions()).texts
    assert "The folder in waves.zip was read." in gathered.decisions


def test_people_become_weighted_groups_and_any_conjunction_of_them(tmp_path: Path) -> None:
    folder = _wave(tmp_path)
    assert recognised(folder).name == recognised(tmp_path).name == "opinionqa"
    library = _load(OpinionQAImporter().gather(tmp_path, ImportOptions()), tmp_path / "out")

    tea = library.question("TEA_W26")
    assert tea.dataset == "opinionqa-w26"
    assert [(option.label, option.value, option.nonresponse) for option in tea.options] == [
        ("Often", 1, False),
        ("Never", 2, False),
        ("Refused", None, True),
    ]
    human = library.packs[0].humans["TEA_W26"]["Democrat"]
    assert human.probabilities == pytest.approx((2.5 / 3.5, 0, 1 / 3.5), abs=1e-6)
    assert human.n == pytest.approx(3.5**2 / (4 + 0.25 + 1), abs=0.01)
    assert {group.name for group in library.groups(tea)} == {"Democrat", "Refused (party)", "Female", "Male"}

    joined = library.group(tea, "party=Democrat,sex=Female,education=School")
    microdata = library.microdata("opinionqa-w26")
    assert microdata is not None
    assert microdata.cut(tea, joined.attributes).people == 1
    kind = library.question("KIND_W26")
    assert [option.value for option in kind.options] == [None, None]
    assert "900001" not in "".join(path.read_text(encoding="utf-8") for path in (tmp_path / "out").iterdir())


def test_an_answer_none_is_an_answer(tmp_path: Path) -> None:
    _wave(tmp_path)
    library = _load(OpinionQAImporter().gather(tmp_path, ImportOptions()), tmp_path / "out")

    assert library.packs[0].humans["CUPS_W26"]["Democrat"].probabilities == pytest.approx(
        (0, 3 / 3.5, 0.5 / 3.5), abs=1e-6
    )


def test_an_answer_none_that_somebody_read_as_missing_costs_its_question_only(tmp_path: Path) -> None:
    _wave(tmp_path, people=[[cell.replace("None", "") for cell in row] for row in PEOPLE])
    gathered = OpinionQAImporter().gather(tmp_path, ImportOptions())

    assert gathered.datasets["opinionqa-w26"].questions == 2
    assert [(each.place, each.reason) for each in gathered.set_aside] == [
        (
            "American_Trends_Panel_W26/responses.csv, column CUPS_W26",
            'nobody is counted under "None": it was read as a missing value',
        )
    ]


def test_what_is_damaged_is_listed_with_its_line_and_costs_nothing_else(tmp_path: Path) -> None:
    info = [*INFO, ["3", "3", "BAD_W26", "{}", "Whose list is broken?", "['Yes', ", "[1.0, 2.0]"]]
    people = [*PEOPLE, ["4", "900005", "Often"], [*PEOPLE[1][:-1], ""], ["6", "900007", "Seldom", *PEOPLE[2][3:]]]
    _wave(tmp_path, info=info, people=people)
    gathered = OpinionQAImporter().gather(tmp_path, ImportOptions())

    assert gathered.datasets["opinionqa-w26"].questions == 2
    assert gathered.datasets["opinionqa-w26"].people == 5
    assert {each.place.partition("/")[2]: each.reason for each in gathered.set_aside} == {
        "info.csv, line 5": "BAD_W26: expected a key, a question and a list of labels",
        "responses.csv, line 6": "expected 9 cells",
        "responses.csv, column WEIGHT_W26": "people without a weight are left out: 1",
        "responses.csv, column TEA_W26": 'the list of options is damaged: people chose "Seldom"',
    }


def test_each_wave_is_a_dataset_and_waves_and_keys_can_be_asked_for(tmp_path: Path) -> None:
    _wave(tmp_path / "data")
    _wave(tmp_path / "data", 92)
    gathered = OpinionQAImporter().gather(tmp_path, ImportOptions())
    again = OpinionQAImporter().gather(tmp_path, ImportOptions())

    assert list(gathered.datasets) == ["opinionqa-w26", "opinionqa-w92"]
    assert gathered.texts == again.texts
    only = OpinionQAImporter().gather(tmp_path, ImportOptions(questions=("W92", "TEA_W26"), attributes=("EDUCATION",)))
    assert [(each.dataset, each.questions, each.groups) for each in only.datasets.values()] == [
        ("opinionqa-w26", 1, 2),
        ("opinionqa-w92", 3, 2),
    ]
    with pytest.raises(ImportRefusedError, match="W27"):
        OpinionQAImporter().gather(tmp_path, ImportOptions(questions=("W27",)))
    with pytest.raises(ImportRefusedError, match="no attribute height; there are party, sex"):
        OpinionQAImporter().gather(tmp_path, ImportOptions(attributes=("height",)))


def test_counts_alone_give_single_attributes_and_pairs(tmp_path: Path) -> None:
    folder = _wave(tmp_path, people=None)
    cut_at_commas = {"MC_options": ["Yes", "some", "None", "Refused"], "question_text": "How many cups are yours?"}
    sound = {"MC_options": ["Often", "Never", "Refused"], "question_text": "How often do you drink tea?"}
    (folder / "NONE_data.json").write_text(
        json.dumps(
            {
                "CUPS_W26": {**cut_at_commas, "Democrat": {"Yes, some": 4.0, "None": 3.0}, "Other": {"None": 1.0}},
                "TEA_W26": {**sound, "Democrat": {"Often": 5.0}, "Other": {"Never": 2.0}, "nan": {}},
            }
        ),
        encoding="utf-8",
    )
    (folder / "POLPARTY_SEX_data.json").write_text(
        json.dumps(
            {
                "TEA_W26": {
                    **sound,
                    "Democrat": {"Male": {"Often": 2.0}, "Female": {"Often": 3.0, "Refused": 1.0}},
                    "Other": {"Male": {"Never": 2.0}, "Female": {}},
                    "marginals": {"Male": {"Often": 2.0}},
                }
            }
        ),
        encoding="utf-8",
    )
    (folder / "SEX_data.json").write_text('{"TEA_W26": {"Male": 7', encoding="utf-8")
    gathered = OpinionQAImporter().gather(folder, ImportOptions())
    library = _load(gathered, tmp_path / "out")

    pack = library.packs[0]
    assert list(pack.groups) == [
        "Democrat",
        "Other (party)",
        "Democrat & Male",
        "Democrat & Female",
        "Other (party) & Male",
    ]
    assert pack.humans["CUPS_W26"]["Democrat"].n == 7
    assert pack.humans["TEA_W26"]["Democrat & Female"].probabilities == (0.75, 0, 0.25)
    assert library.group(library.question("TEA_W26"), "party=Democrat,sex=Female").name == "Democrat & Female"
    assert library.microdata("opinionqa-w26") is None
    assert [each.place for each in gathered.set_aside] == ["American_Trends_Panel_W26/SEX_data.json"]


def test_a_pair_of_attributes_is_one_group_in_whatever_order_the_files_have_it(tmp_path: Path) -> None:
    folder = _wave(tmp_path, people=None)
    by_party = {"Democrat": {"Male": {"Often": 2.0}, "Female": {"Often": 3.0}}}
    by_sex = {"Male": {"Democrat": {"Often": 2.0}}, "Female": {"Democrat": {"Often": 9.0}}}
    for name, counts in (("POLPARTY_SEX", by_party), ("SEX_POLPARTY", by_sex)):
        (folder / f"{name}_data.json").write_text(json.dumps({"TEA_W26": counts}), encoding="utf-8")
    gathered = OpinionQAImporter().gather(folder, ImportOptions())
    (pack,) = _load(gathered, tmp_path / "out").packs
    assert list(pack.groups) == ["Democrat & Male", "Democrat & Female"]
    assert pack.humans["TEA_W26"]["Democrat & Female"].n == 3
    (aside,) = gathered.set_aside
    assert "SEX_POLPARTY_data.json, TEA_W26" in aside.place
    assert aside.reason == "another file counts Democrat and Female otherwise; that one was read"


def test_other_folders_are_not_taken_for_it(tmp_path: Path) -> None:
    (tmp_path / "info.csv").write_text("key\n", encoding="utf-8")
    assert not OpinionQAImporter().recognises(tmp_path)
    assert not OpinionQAImporter().recognises(tmp_path / "nowhere")
    with pytest.raises(ImportRefusedError, match="American_Trends_Panel_W26"):
        OpinionQAImporter().gather(tmp_path, ImportOptions())


@pytest.mark.reference
def test_the_real_counts_are_those_of_the_bundled_pack(tmp_path: Path) -> None:
    subset = Path(__file__).parents[2].parent / "shared" / "paper" / "opinions_qa" / "data" / "human_resp"
    if not subset.is_dir():
        pytest.skip("the reference data are not there")
    wave = tmp_path / "American_Trends_Panel_W99"
    shutil.copytree(next(subset.iterdir()), wave)
    gathered = OpinionQAImporter().gather(wave, ImportOptions())
    pack = _load(gathered, tmp_path / "out").packs[0]
    bundled = read_pack(Path(__file__).parents[2] / "data" / "opinionqa.pack.json")

    known = {question.source_key: question for question in bundled.questions}
    shared = [question for question in pack.questions if question.source_key in known]
    assert len(shared) == len(known)
    reasons = [each.reason.partition(":")[0] for each in gathered.set_aside if each.place.count("/") == 0]
    assert len(pack.questions) + len(reasons) == 100
    assert set(reasons) == {"the list of options is damaged", 'nobody is counted under "None"'}
    for question in shared:
        theirs = known[question.source_key]
        figures = {
            name: dict(zip(theirs.labels, human.probabilities, strict=True))
            for name, human in bundled.humans[theirs.id].items()
        }
        ours = {
            name: dict(zip(question.labels, human.probabilities, strict=True))
            for name, human in pack.humans[question.id].items()
        }
        assert ours == figures
