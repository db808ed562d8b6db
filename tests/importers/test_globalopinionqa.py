"""GlobalOpinionQA's CSV: the source's own format, with every fault that is known of it."""

import csv
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import msgspec
import pytest

from opinionscope.importers import recognised
from opinionscope.importers.base import Gathered, ImportOptions, ImportRefusedError
from opinionscope.importers.benchmark import Benchmark
from opinionscope.importers.benchmark_packs import benchmark_pack
from opinionscope.importers.globalopinionqa import GlobalOpinionQAImporter
from opinionscope.importers.literals import read_literal
from opinionscope.settings import bundled
from opinionscope.survey.library import Library
from opinionscope.survey.pack import Pack, PackFile, decode_file, read_pack

REFERENCE = Path(__file__).parents[2].parent / "shared" / "paper"
SEA = "Is the sea warm?"
OPTIONS = ["Warm", "Cold", "DK/Refused"]
GOOD = {"Chile": [0.6, 0.3, 0.1], "India (Non-national sample)": [0.2, 0.8, 0.0]}


def _written(shares: dict[str, Any]) -> str:
    return str(defaultdict(list, shares))


def _gather(folder: Path, *rows: tuple[Any, ...], name: str = "global_opinions.csv", **options: Any) -> Gathered:
    path = folder / name
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["question", "selections", "options", "source"])
        for question, shares, listed, source in rows:
            selections = shares if isinstance(shares, str) else _written(shares)
            writer.writerow([question, selections, listed if isinstance(listed, str) else str(listed), source])
    return GlobalOpinionQAImporter().gather(path, ImportOptions(**options))


def _pack(gathered: Gathered, folder: Path) -> Pack:
    target = folder / "global-opinions.pack.json"
    target.write_text(gathered.texts[target.name], encoding="utf-8")
    return read_pack(target)


def _reasons(gathered: Gathered) -> list[str]:
    return [f"{each.place}: {each.reason}" for each in gathered.set_aside]


def test_a_row_becomes_a_question_with_its_countries(tmp_path: Path) -> None:
    gathered = _gather(tmp_path, (SEA, GOOD, OPTIONS, "GAS"), ("How deep?", {"Chile": [0.5, 0.5]}, [1.0, 2], "WVS"))
    pack = _pack(gathered, tmp_path)
    sea, deep = pack.questions
    library = Library.load([tmp_path])

    assert recognised(tmp_path / "global_opinions.csv").name == "globalopinionqa"
    assert (gathered.folder, pack.domain, gathered.set_aside) == ("global-opinions", "global", [])
    assert [option.nonresponse for option in sea.options] == [False, False, True]
    assert (sea.topics, deep.topics) == (("Pew Global Attitudes",), ("World Values Survey",))
    assert [(option.label, option.value) for option in deep.options] == [("1", 1), ("2", 2)]
    group = library.group(sea, "India (Non-national sample)")
    assert group.attributes == (("country", "India (Non-national sample)"),)
    assert library.human(sea, group).probabilities == (0.2, 0.8, 0)
    assert library.human(sea, group).n is None
    assert "CC BY-NC-SA 4.0" in pack.card.licence


@pytest.mark.parametrize(
    ("shares", "reason"),
    [
        ([0.6, 0.4], "expected 3 shares, one an option, found 2"),
        ([0.0, 0.0, 0.0], "nobody answered"),
        ([0.6, None, 0.4], "missing or negative"),
        ([0.6, float("nan"), 0.4], "missing or negative"),
        ([1.6, -0.6, 0.0], "missing or negative"),
        ([0.3, 0.2, 0.1], "they sum to 0.6"),
        (0.5, "found none"),
    ],
)
def test_a_damaged_country_costs_no_other(shares: object, reason: str, tmp_path: Path) -> None:
    gathered = _gather(tmp_path, (SEA, {**GOOD, "Peru": shares}, OPTIONS, "GAS"))
    assert list(_pack(gathered, tmp_path).groups) == list(GOOD)
    (told,) = _reasons(gathered)
    assert "global_opinions.csv, line 2, Is the sea warm?, Peru" in told
    assert reason in told


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (("", GOOD, OPTIONS, "GAS"), "text of a question"),
        (("nan", GOOD, OPTIONS, "GAS"), "text of a question"),
        (("Wet?", "{'Chile': [0.6, open('x')]}", ["a", "b"], "GAS"), "Python list or dict under selections"),
        (("Wet?", "defaultdict(<class 'list'>, {'Chile': [0.6", ["a", "b"], "GAS"), "under selections"),
        (("Wet?", {}, OPTIONS, "GAS"), "expected countries"),
        (("Wet?", GOOD, "['Warm', nan, 'DK/Refused']", "GAS"), "missing value"),
        (("Wet?", GOOD, "Warm, Cold, DK", "GAS"), "under options"),
        (("Wet?", GOOD, "7", "GAS"), "list of labels"),
        (("Wet?", GOOD, ["Warm", "Warm", "DK"], "GAS"), '"Warm" is taken'),
        (("Wet?", {"Chile": [1.0]}, ["Warm"], "GAS"), "2 to 26 options, got 1"),
        (("Wet?", {"Chile": [1.0, *[0.0] * 26]}, [f"o{i}" for i in range(27)], "GAS"), "2 to 26 options, got 27"),
        (("Wet?", {"Chile": [0.5, 0.5]}, ["Warm", "Total N="], "GAS"), "column of a table"),
        (("Wet?", {"Chile": [1.0, 0.0], "Peru": [0.0, 1.0]}, ["Good", "Bad"], "GAS"), "share no option"),
        (("Wet?", {"Chile": [0.5]}, ["Good", "Bad"], "GAS"), "no group's answers"),
    ],
)
def test_a_damaged_question_costs_no_other(row: tuple[Any, ...], reason: str, tmp_path: Path) -> None:
    gathered = _gather(tmp_path, (SEA, GOOD, OPTIONS, "GAS"), row)
    assert [question.text for question in _pack(gathered, tmp_path).questions] == [SEA]
    assert any("line 3" in told and reason in told for told in _reasons(gathered)), _reasons(gathered)


def test_one_question_may_come_with_other_options_or_other_countries(tmp_path: Path) -> None:
    other = (SEA, {"Chile": [0.5, 0.5]}, ["Yes", "No"], "GAS")
    more = (SEA, {"Peru": [0.1, 0.8, 0.1]}, OPTIONS, "GAS")
    same = (SEA, {"Chile": GOOD["Chile"]}, OPTIONS, "GAS")
    gathered = _gather(tmp_path, (SEA, GOOD, OPTIONS, "GAS"), other, more, same)
    first, second = _pack(gathered, tmp_path).questions
    assert list(_pack(gathered, tmp_path).humans[first.id]) == [*GOOD, "Peru"]
    assert first.id != second.id
    assert first.title != second.title
    assert _reasons(gathered) == [f"global_opinions.csv, line 5, {SEA}: says the same as line 2"]


def test_a_contradiction_costs_its_question(tmp_path: Path) -> None:
    contrary = (SEA, {"Chile": [0.5, 0.4, 0.1]}, OPTIONS, "GAS")
    wet = ("Wet?", {"Chile": [0.5, 0.5]}, ["Yes", "No"], "")
    gathered = _gather(tmp_path, (SEA, GOOD, OPTIONS, "GAS"), wet, contrary)
    assert [question.text for question in _pack(gathered, tmp_path).questions] == ["Wet?"]
    assert any("line 4" in told and "line 2" in told for told in _reasons(gathered))


def test_ids_hang_on_the_question_alone_and_texts_are_the_same_each_time(tmp_path: Path) -> None:
    sea, wet = (SEA, GOOD, OPTIONS, "GAS"), ("Wet?", {"Chile": [0.5, 0.5]}, ["Yes", "No"], "WVS")
    one = {q.text: q.id for q in _pack(_gather(tmp_path, sea, wet), tmp_path).questions}
    two = {q.text: q.id for q in _pack(_gather(tmp_path, wet, sea), tmp_path).questions}
    assert one == two
    assert _gather(tmp_path, sea, wet).texts == _gather(tmp_path, sea, wet).texts
    assert all(len(id_) < 60 for id_ in one.values())


def test_what_is_no_copy_of_it_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImportRefusedError, match="no question that can be read"):
        _gather(tmp_path, ("", GOOD, OPTIONS, "GAS"))
    with pytest.raises(ImportRefusedError, match="of its own"):
        _gather(tmp_path, (SEA, GOOD, OPTIONS, "GAS"), dataset="globalopinionqa")
    with pytest.raises(ImportRefusedError, match="--weight"):
        _gather(tmp_path, (SEA, GOOD, OPTIONS, "GAS"), weight="w")
    path = tmp_path / "other.csv"
    path.write_text("question,options\n", encoding="utf-8")
    assert not GlobalOpinionQAImporter().recognises(path)
    with pytest.raises(ImportRefusedError, match="selections is missing"):
        GlobalOpinionQAImporter().gather(path, ImportOptions())


@pytest.mark.parametrize(
    "text",
    ["__import__('os')", "[1, f()]", "{**a}", "[x for x in y]", "(" * 5000, "np.load('x')", "", "{'a': 1, 'a': 2}"],
)
def test_literals_run_nothing(text: str) -> None:
    with pytest.raises(ValueError, match=r"literal|twice"):
        read_literal(text)


def test_literals_of_numpy_and_negatives() -> None:
    assert read_literal("[np.float64(0.5), -1, None, 'a']") == [0.5, -1, None, "a"]


@pytest.mark.reference
def test_the_benchmarks_share_of_it_reads_the_same(tmp_path: Path) -> None:
    source = REFERENCE / "Global_Values" / "data" / "data.json"
    if not source.is_file():
        pytest.skip("no reference data")
    records = json.loads(source.read_text(encoding="utf-8"))
    rows = [
        (text, {country: record[country] for country in record["countries"]}, record["MC_options"], "GAS")
        for text, record in records.items()
    ]
    gathered = _gather(tmp_path, *rows, bundled=bundled("data"))
    read = msgspec.json.decode(gathered.texts["global-opinions.pack.json"], type=PackFile)

    known = decode_file(bundled("data") / "globalopinionqa.pack.json", PackFile)
    expected, aside = benchmark_pack(Benchmark(REFERENCE).humans("globalopinionqa"), known, {})
    assert expected is not None
    by_key = {entry.source_key: entry for entry in read.questions}
    assert by_key.keys() == {entry.source_key for entry in expected.questions}
    assert len(gathered.set_aside) == len(aside)
    for entry in expected.questions:
        ours = by_key[entry.source_key]
        assert (ours.text, ours.options, ours.note) == (entry.text, entry.options, entry.note)
        assert {read.groups[name]["country"]: figures for name, figures in ours.human.items()} == {
            expected.groups[name]["country"]: figures for name, figures in entry.human.items()
        }
