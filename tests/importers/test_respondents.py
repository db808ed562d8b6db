"""Tables with one row a person, in every format, of invented people; and the benchmark's own raters."""

import csv
import json
import math
from collections import defaultdict
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from opinionscope.importers import recognised
from opinionscope.importers.base import Gathered, ImportOptions, ImportRefusedError
from opinionscope.importers.benchmark import Benchmark
from opinionscope.importers.benchmark_packs import benchmark_pack
from opinionscope.importers.benchmark_people import read_people
from opinionscope.importers.respondents import RespondentsImporter
from opinionscope.survey.library import Library
from opinionscope.survey.microdata import microdata_of
from opinionscope.survey.pack import PackFile, decode_file, pack_of

REFERENCE = Path(__file__).parents[2].parent / "shared" / "paper"
HEADER = ["RespondentID", "gend", "age", "wt", "tea", "walk", "remark"]
PEOPLE = [
    ["p-01", "1", "23", "1.5", "1", "Daily", "I like green tea best"],
    ["p-02", "2", "31", "0.5", "2", "Weekly", "none"],
    ["p-03", "2", "67", "1", "3", "Daily", "too hot for me"],
    ["p-04", "1", "44", "2", "9", "Never", "it stains the cup"],
    ["p-05", "2", "52", "1", "-1", "Daily", ""],
    ["p-06", "1", "29", "1", "1", "None", "my neighbour has it"],
    ["p-07", "2", "38", "0.25", "2", "Weekly", "with lemon, please"],
]
TEA = {"1": "Dislike", "2": "Neither", "3": "Like", "9": "Refused"}
CODEBOOK = {
    "columns": {
        "gend": {"attribute": "sex", "labels": {"1": "Male", "2": "Female"}},
        "age": {"attribute": "age", "cuts": [18, 30, 65]},
        "tea": {
            "text": "How do you like tea?",
            "labels": TEA,
            "values": {"1": 1, "2": 2, "3": 3},
            "missing": ["-1"],
        },
    },
    "weight": "wt",
}


def _csv(path: Path, rows: list[list[str]], delimiter: str = ",") -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)
    return path


def _codebook(folder: Path, content: object = CODEBOOK) -> Path:
    path = folder / "codebook.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def _gather(path: Path, **options: Any) -> Gathered:
    return RespondentsImporter().gather(path, ImportOptions(**options))


def _load(gathered: Gathered, folder: Path) -> Library:
    folder.mkdir(exist_ok=True)
    for name, text in gathered.texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    library = Library.load([folder])
    assert library.problems == ()
    return library


def _refused(path: Path, **options: Any) -> str:
    with pytest.raises(ImportRefusedError) as refused:
        _gather(path, **options)
    return refused.value.message


def test_groups_are_weighted_and_the_same_as_those_composed_in_the_program(tmp_path: Path) -> None:
    table = _csv(tmp_path / "Tea Survey.csv", [HEADER, *PEOPLE])
    assert recognised(table).name == "respondents"
    gathered = _gather(table, codebook=_codebook(tmp_path))
    library = _load(gathered, tmp_path / "out")

    pack = library.packs[0]
    assert pack.dataset == "tea-survey"
    assert list(pack.groups) == ["Male", "Female", "age 18-29", "age 30-64", "age 65+"]
    men = pack.humans["tea"]["Male"]
    assert men.probabilities == pytest.approx((2.5 / 4.5, 0, 0, 2 / 4.5), abs=1e-6)
    assert men.n == pytest.approx(4.5**2 / (2.25 + 4 + 1), abs=0.01)
    tea = library.question("tea")
    assert (tea.text, tea.labels, tea.options[3].nonresponse) == ("How do you like tea?", tuple(TEA.values()), True)
    microdata = library.microdata("tea-survey")
    assert microdata is not None
    for question_id, human in pack.humans.items():
        for name, distribution in human.items():
            cut = microdata.cut(library.question(question_id), pack.groups[name].attributes).distribution
            assert cut is not None
            assert distribution.probabilities == pytest.approx(cut.probabilities, abs=1e-6)
    young_women = library.group(tea, "sex=Female,age=30-40")
    assert microdata.cut(tea, young_women.attributes).people == 2


def test_nothing_that_could_name_a_person_is_written(tmp_path: Path) -> None:
    header = [*HEADER, "contact", "host", "lat"]
    rows = [
        [*row, f"friend{at % 2}@example.org", f"10.0.0.{at % 3}", str(50.5 + at % 3)] for at, row in enumerate(PEOPLE)
    ]
    gathered = _gather(_csv(tmp_path / "tea.csv", [header, *rows]), codebook=_codebook(tmp_path))

    written = "".join(gathered.texts.values())
    for secret in ("p-01", "lemon", "stains", "example.org", "10.0.0", "50.5", "friend"):
        assert secret not in written
    aside = {each.place.rpartition(" ")[2] for each in gathered.set_aside}
    assert {"RespondentID", "remark", "contact", "host", "lat"} <= aside
    assert "could tell who somebody is" in _refused(tmp_path / "tea.csv", attributes=("contact",))
    assert "cannot cut groups" in _refused(tmp_path / "tea.csv", attributes=("RespondentID",))


def test_every_format_gives_the_same(tmp_path: Path) -> None:
    if not all(map(find_spec, ("pandas", "pyarrow", "pyreadstat"))):
        pytest.skip("pandas, pyarrow and pyreadstat are not installed")
    import pandas as pd
    import pyreadstat

    text, numbers = ("RespondentID", "walk", "remark"), ("gend", "age", "wt", "tea")
    frame = pd.DataFrame(PEOPLE, columns=HEADER).astype(dict.fromkeys(numbers, float))
    (tmp_path / "sav").mkdir()
    frame.to_parquet(tmp_path / "tea.parquet")
    pyreadstat.write_sav(
        frame.astype(dict.fromkeys(text, str)),
        str(tmp_path / "sav" / "tea.sav"),
        column_labels={"tea": "How do you like tea?"},
        variable_value_labels={
            "gend": {1: "Male", 2: "Female"},
            "tea": {-1: "Not asked", **{int(k): v for k, v in TEA.items()}},
        },
        missing_ranges={"tea": [-1]},
        variable_measure={"tea": "ordinal", "gend": "nominal"},
    )
    _csv(tmp_path / "tea.csv", [HEADER, *PEOPLE])
    _csv(tmp_path / "tea.tsv", [HEADER, *PEOPLE], "\t")
    codebook = _codebook(tmp_path)
    results = [_gather(tmp_path / name, codebook=codebook) for name in ("tea.csv", "tea.tsv", "tea.parquet")]
    by = ("gend:sex", "age")
    results.append(_gather(tmp_path / "sav" / "tea.sav", attributes=by, weight="wt", cuts={"age": (18, 30, 65)}))

    def without_names(gathered: Gathered) -> list[Any]:
        pack, people = (json.loads(text) for text in gathered.texts.values())
        return [pack["groups"], pack["questions"], {**people, "source": ""}]

    first = without_names(results[0])
    assert all(without_names(other) == first for other in results[1:])
    assert [len(gathered.set_aside) for gathered in results] == [2, 2, 2, 2]


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    table, book = _csv(tmp_path / "tea.csv", [HEADER, *PEOPLE]), _codebook(tmp_path)
    assert _gather(table, codebook=book).texts == _gather(table, codebook=book).texts


def test_a_table_without_attributes_is_refused_with_those_it_seems_to_have(tmp_path: Path) -> None:
    table = _csv(tmp_path / "t.csv", [["q1", "partyID", "Sex", "q2"], ["1", "D", "M", "2"]])

    assert "columns that look like attributes: partyID, Sex" in _refused(table)
    assert "partyID" in _refused(table, attributes=("party",))
    assert "--cut age" in _refused(table, attributes=("Sex",), cuts={"age": (18.0,)})


def test_damaged_rows_and_cells_are_listed_and_cost_nothing_else(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    lines = ["sex,wt,tea", "F,1,1", "M,1,2,3", 'M,1,"2', "M,x,2", "M,2,2", "F,1,7", "F,1,NA", "M,1,None"]
    table.write_text("\n".join(lines), encoding="utf-8")
    book = {"columns": {"tea": {"labels": {"1": "Yes", "2": "No", "3": "None"}}, "coffee": {"text": "And coffee?"}}}
    gathered = _gather(table, attributes=("sex",), weight="wt", codebook=_codebook(tmp_path, book))

    assert gathered.datasets["t"].people == 5
    pack = _load(gathered, tmp_path / "out").packs[0]
    assert pack.humans["tea"]["M"].probabilities == pytest.approx((0, 2 / 3, 1 / 3), abs=1e-6)
    assert [(each.place, each.reason.partition(" (")[0]) for each in gathered.set_aside] == [
        ("t.csv, line 3", "expected 3 cells, found 4"),
        ("t.csv, line 4", "the quotes of this row do not match"),
        ("codebook.json, columns.coffee", "the table has no such column"),
        ("t.csv, column wt", "no weight that can be used, so these people are left out: 1"),
        ("t.csv, column tea", "cells that are not in the codebook, left out: 1"),
        ("t.csv, column tea", "cells that are taken as no answer: 1"),
    ]


def test_spellings_that_differ_in_case_stay_apart_and_are_named(tmp_path: Path) -> None:
    rows = [["sex", "weight_2", "day", "tea"], ["F", "1", "2024-03-01", "yes"], ["f", "2", "2024-03-02", "Yes"]]
    gathered = _gather(_csv(tmp_path / "t.csv", rows), attributes=("sex",))

    assert gathered.datasets["t"].groups == 2
    assert [(each.place, each.reason[:9]) for each in gathered.set_aside] == [
        ("t.csv, column sex", "F and f d"),
        ("t.csv, column weight_2", "by its na"),
        ("t.csv, column day", "dates"),
        ("t.csv, column tea", "Yes and y"),
    ]


def test_options_without_a_codebook_stand_by_number_and_else_by_letter(tmp_path: Path) -> None:
    rows = [
        ["sex", "rating", "step", "mood"],
        ["F", "10", "10: Top", "Refused"],
        ["F", "2", "2: Low", "happy"],
        ["M", "2", "2: Low", "Angry"],
        ["M", "Don't know", "3: Mid", "None"],
    ]
    gathered = _gather(_csv(tmp_path / "t.csv", rows), attributes=("sex",))
    library = _load(gathered, tmp_path / "out")

    assert library.question("rating").labels == ("2", "10", "Don't know")
    assert [option.value for option in library.question("rating").options] == [2, 10, None]
    assert library.question("step").labels == ("2: Low", "3: Mid", "10: Top")
    assert library.question("mood").labels == ("Angry", "happy", "None", "Refused")
    told = [sentence for sentence in gathered.decisions if "alphabetical order" in sentence or "scale" in sentence]
    assert [sentence.split(":")[0] for sentence in told] == ["mood", "rating"]
    assert set(told) <= set(library.packs[0].card.notes)


def test_exact_figures_are_kept_as_ranges_only(tmp_path: Path) -> None:
    rows = [["income", "tea"], *([str(20_000 + 137 * at), "Yes" if at % 3 else "No"] for at in range(300))]
    table = _csv(tmp_path / "t.csv", rows)

    assert "--cut income=" in _refused(table, attributes=("income",))
    gathered = _gather(table, attributes=("income",), cuts={"income": (30_000, 50_000)})
    assert "20137" not in "".join(gathered.texts.values())
    pack = _load(gathered, tmp_path / "out").packs[0]
    assert {name: human.n for name, human in pack.humans["tea"].items()} == {
        "income under 30000": 73,
        "income 30000-49999": 146,
        "income 50000+": 81,
    }


@pytest.mark.parametrize(
    ("name", "content", "place"),
    [
        ("b.json", '{"columns": {"tea": {"label": {}}}}', "columns"),
        ("b.json", '{"tea": {"labels": {"1": "Yes"}}}', "[columns.Q1]"),
        ("b.json", '{"columns": {"tea": {"labels": {"1": "Yes"}, "values": {"2": 1}}}}', "columns.tea.values"),
        ("b.csv", "column,code,label,value\ntea,1,Yes,high\n", "line 2, value"),
        ("b.csv", "column,code,label\ntea,1,Yes\ntea,1,No\n", "line 3"),
        ("b.csv", "name,code\ntea,1\n", "line 1"),
        ("b.toml", "columns = 3", "columns"),
    ],
)
def test_a_broken_codebook_is_refused_with_the_place(tmp_path: Path, name: str, content: str, place: str) -> None:
    book = tmp_path / name
    book.write_text(content, encoding="utf-8")
    message = _refused(_csv(tmp_path / "t.csv", [HEADER, *PEOPLE]), attributes=("gend",), codebook=book)
    assert name in message
    assert place in message


def test_a_codebook_may_be_a_table(tmp_path: Path) -> None:
    lines = [
        "column;code;label;value;nonresponse;missing;text;attribute;cuts;weight",
        "gend;1;Male;;;;;sex;;",
        "gend;2;Female;;;;;;;",
        "age;;;;;;;age;18;",
        "tea;1;Dislike;1;;;How do you like tea?;;;",
        "tea;2;Neither;2;;;;;;",
        "tea;3;Like;3;;;;;;",
        "tea;9;Refused;;yes;;;;;",
        "tea;-1;;;;yes;;;;",
        "wt;;;;;;;;;yes",
    ]
    book = tmp_path / "book.csv"
    book.write_text("\n".join(lines).replace(";age;18;", ';age;"18;30;65";'), encoding="utf-8")
    table = _csv(tmp_path / "tea.csv", [HEADER, *PEOPLE])

    assert _gather(table, codebook=book).texts == _gather(table, codebook=_codebook(tmp_path)).texts


@pytest.mark.parametrize("suffix", ["sav", "parquet"])
def test_a_missing_library_is_named_in_one_sentence(
    tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("people_tables", "parquet"):
        monkeypatch.setattr(f"opinionscope.importers.{module}.find_spec", lambda name: None)
    (tmp_path / f"t.{suffix}").write_bytes(b"")
    extra = "spss" if suffix == "sav" else suffix

    assert f"pip install 'opinionscope[{extra}]'" in _refused(tmp_path / f"t.{suffix}", attributes=("sex",))


@pytest.mark.parametrize("suffix", ["sav", "zsav", "parquet", "csv"])
def test_a_file_of_another_kind_is_refused(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"t.{suffix}"
    path.write_bytes(b"\xff\xfe\x00 nothing of the kind")
    assert path.name in _refused(path, attributes=("sex",))


CELLS = st.sampled_from(["", "Yes", "No", "Maybe", "Don't know"])
PERSON = st.tuples(
    st.sampled_from(["", "North", "South"]),
    st.one_of(st.just(""), st.integers(18, 90).map(str)),
    st.sampled_from(["0", "0.5", "1", "3.25"]),
    CELLS,
    CELLS,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(people=st.lists(PERSON, min_size=6, max_size=40))
def test_distributions_are_those_of_a_plain_count(tmp_path: Path, people: list[tuple[str, ...]]) -> None:
    rows = [["region", "age", "wt", "one", "two"], *map(list, people)]
    rows += [["North", "20", "1", "Yes", "No"], ["South", "70", "1", "No", "Yes"]]
    table = _csv(tmp_path / "t.csv", rows)
    gathered = _gather(table, attributes=("region", "age"), weight="wt", cuts={"age": (30, 65)})
    pack = _load(gathered, tmp_path / "out").packs[0]

    weights: dict[tuple[str, str, str], list[float]] = defaultdict(list)
    for region, age, weight, *answers in rows[1:]:
        years = int(age or -1)
        ranges = ["age 65+" if years >= 65 else "age 30-64" if years >= 30 else "age below"] if age else []
        for group in ([f"region {region}"] if region else []) + ranges:
            for question, answer in zip(("one", "two"), answers, strict=True):
                if answer and float(weight):
                    weights[question, group, answer].append(float(weight))
    for question in pack.questions:
        by_group: dict[str, list[float]] = defaultdict(list)
        for (asked, group, _), each in weights.items():
            if asked == question.id:
                by_group[group] += each
        human = {
            "age below" if name.startswith(("age 1", "age 2")) else name: distribution
            for name, distribution in pack.humans[question.id].items()
        }
        assert set(human) == set(by_group)
        for name, distribution in human.items():
            total = math.fsum(by_group[name])
            expected = [sum(weights.get((question.id, name, label), [])) / total for label in question.labels]
            assert distribution.probabilities == pytest.approx(expected, abs=2e-6)
            assert distribution.n == pytest.approx(total**2 / sum(w * w for w in by_group[name]), abs=0.006)


@pytest.mark.reference
def test_the_raters_of_the_benchmarks_books_as_a_table_give_the_benchmarks_counts(tmp_path: Path) -> None:
    folder = REFERENCE / "nytimes" / "individual_annotations"
    if not folder.is_dir():
        pytest.skip("the reference data are not there")
    books = json.loads((folder / "NYTIMES_proportions_ID.json").read_text(encoding="utf-8"))
    with (folder / "nytimes_annotator_demographics.csv").open(encoding="utf-8", newline="") as file:
        raters = list(csv.DictReader(file))
    columns = ["Q_DemRepub", "QDem_Gend", "QDem_Age"]
    people: dict[str, list[str]] = {}
    for rater in raters:
        known = people.setdefault(rater["Q84"], [rater[name] for name in columns])
        people[rater["Q84"]] = [a if a == rater[name] else "" for a, name in zip(known, columns, strict=True)]
    groups = ("Democrat", "Republican", "Male", "Female")
    rated = [{name: label for group in groups for name, label in book[group].items()} for book in books.values()]
    header = ["Q84", *columns, *(f"book{at}" for at in range(len(books)))]
    rows = [[name, *known, *(book.get(name, "") for book in rated)] for name, known in people.items()]
    labels = {label: label for label in sorted({label for book in rated for label in book.values()})}
    codebook = {"columns": {name: {"labels": labels} for name in header[4:]}}
    gathered = _gather(
        _csv(tmp_path / "raters.csv", [header, *rows]),
        attributes=("Q_DemRepub:party", "QDem_Gend:sex", "QDem_Age:age"),
        cuts={"age": (18, 35, 50, 65)},
        codebook=_codebook(tmp_path, codebook),
    )
    ours = _load(gathered, tmp_path / "ours")
    known = decode_file(Path(__file__).parents[2] / "data" / "nytimes.pack.json", PackFile)
    published, _ = benchmark_pack(Benchmark(REFERENCE).humans("nytimes"), known, {})
    assert published is not None
    raters_of_theirs, _ = read_people(REFERENCE, published)
    assert raters_of_theirs is not None
    microdata, pack = microdata_of(raters_of_theirs, tmp_path), pack_of(published, tmp_path)
    by_key = {question.source_key: question for question in pack.questions}
    differing = dict.fromkeys(groups, 0)
    for at, title in enumerate(books):
        question = by_key[" ".join(title.split())]
        for name in groups:
            human = ours.packs[0].humans[f"book{at}"][name]
            cut = microdata.cut(question, pack.groups[name].attributes).distribution
            assert cut is not None
            assert (human.probabilities, human.n) == (cut.probabilities, cut.n)
            counted = pack.humans[question.id][name]
            differing[name] += (human.probabilities, human.n) != (counted.probabilities, counted.n)
    assert len(books) == 235
    assert (differing["Female"], differing["Male"]) == (0, 7), "the source's own: its two files differ there"
    assert [each.place for each in gathered.set_aside] == ["raters.csv, column Q84"]


def test_a_column_name_is_not_called_the_words_that_people_were_asked(tmp_path: Path) -> None:
    table = _csv(tmp_path / "village.csv", [["sex", "tea"], *[["Female", "Yes"], ["Male", "No"]] * 4])
    worded = tmp_path / "book.json"
    worded.write_text(json.dumps({"columns": {"tea": {"text": "Do you like tea?"}}}), encoding="utf-8")
    bare = _load(_gather(table, attributes=("sex",)), tmp_path / "bare")
    told = _load(_gather(table, attributes=("sex",), codebook=worded), tmp_path / "told")
    texts = {question.text: question.wording for question in (*bare.questions, *told.questions)}
    assert texts == {"tea": "abridged", "Do you like tea?": "verbatim"}
