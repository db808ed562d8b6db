"""Files as other programs leave them: which row is the header, which sheet is meant, and what is not read."""

import gzip
import io
import json
from collections.abc import Callable
from typing import Any

import openpyxl
import pandas
import pytest

PEOPLE = [["FM"[at % 2], "YN"[at // 2 % 2]] for at in range(60)]


def _book(fill: Callable[[openpyxl.Workbook], None]) -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    fill(book)
    book.save(out)
    return out.getvalue()


def _sheet(book: openpyxl.Workbook, rows: list[list[str]], title: str = "Data") -> None:
    sheet = book.create_sheet(title)
    for row in rows:
        sheet.append(row)


def test_the_sheet_that_has_the_named_columns_is_read(field: Any) -> None:
    def fill(book: openpyxl.Workbook) -> None:
        _sheet(book, [["variable", "label"], *([f"v{at}", f"text {at}"] for at in range(90))], "Codebook")
        _sheet(book, [["sex", "q"], *PEOPLE])

    gathered = field.gather(_book(fill), "field.xlsx", attributes=("sex",))
    assert gathered.datasets["field"].people == 60
    assert 'The sheet "Data" was read' in field.told(gathered)


def test_a_row_above_the_header_may_group_its_columns(field: Any) -> None:
    content = field.csv(
        ["People", "Answers", ""], [["sex", "bus", "train"], *([*row, "ab"[at % 2]] for at, row in enumerate(PEOPLE))]
    )
    assert list(field.entries(field.gather(content, attributes=("sex",)))) == ["bus", "train"]


def test_a_header_with_a_gap_is_the_header(field: Any) -> None:
    content = field.csv(["sex", "q", ""], [[*row, "ab"[at % 2]] for at, row in enumerate(PEOPLE)])
    gathered = field.gather(content, attributes=("sex",))
    assert gathered.datasets["field"].people == 60
    assert list(field.entries(gathered)) == ["q"]


def test_names_of_rows_as_r_writes_them_have_no_column(field: Any) -> None:
    for header, rows in (
        (["sex", "q"], PEOPLE),
        (["sex", "q", "z"], [[*row, "ab"[at % 2]] for at, row in enumerate(PEOPLE)]),
    ):
        content = field.csv(header, [[str(at + 1), *row] for at, row in enumerate(rows)])
        gathered = field.gather(content, attributes=("sex",))
        assert field.entries(gathered)["q"]["human"] == {"F": [15, 15], "M": [15, 15]}


def test_a_table_in_utf_32(field: Any) -> None:
    gathered = field.gather(field.csv(["sex", "q"], PEOPLE).encode("utf-32"), attributes=("sex",))
    assert "read as UTF-32" in field.told(gathered)


def test_letters_that_were_encoded_twice_are_mended(field: Any) -> None:
    rows = [["FM"[at % 2], ("Größer", "It’s “fine”", "À bas")[at % 3]] for at in range(60)]
    once = field.csv(["sex", "q"], rows)
    twice = "".join(
        byte.to_bytes().decode("latin-1" if byte in b"\x81\x8d\x8f\x90\x9d" else "cp1252") for byte in once.encode()
    )
    gathered = field.gather(twice, attributes=("sex",))
    assert field.entries(gathered) == field.entries(field.gather(once, attributes=("sex",)))
    assert "twice over" in field.told(gathered)


@pytest.mark.parametrize("text", ["Ä€", "Ã la", "Âge"])
def test_letters_that_only_look_as_if_encoded_twice_are_kept(text: str, field: Any) -> None:
    content = field.csv(["sex", "q"], [["FM"[at % 2], (text, "Größer")[at // 2 % 2]] for at in range(60)])
    assert text in field.labels(field.entries(field.gather(content, attributes=("sex",)))["q"])


@pytest.mark.parametrize(("encoding", "label"), [("mac-roman", "Größer"), ("cp1250", "Mężczyzna"), ("latin2", "Źle")])
def test_a_symbol_amid_a_word_tells_another_encoding(encoding: str, label: str, field: Any) -> None:
    content = field.csv(["sex", "q"], [["FM"[at % 2], (label, "Alle")[at // 2 % 2]] for at in range(60)])
    assert "save it as UTF-8" in field.refused(content.encode(encoding), attributes=("sex",))


@pytest.mark.parametrize("label", ["Sehr zu\u00adfrieden", "l«Union» européenne"])
def test_a_soft_hyphen_or_a_french_quote_stands_amid_a_word(label: str, field: Any) -> None:
    content = field.csv(["sex", "q"], [["FM"[at % 2], (label, "Alle")[at // 2 % 2]] for at in range(60)])
    gathered = field.gather(content.encode("cp1252"), attributes=("sex",))
    same = field.gather(content, attributes=("sex",))
    assert field.labels(field.entries(gathered)["q"]) == field.labels(field.entries(same)["q"])


def test_a_named_index_of_parquet_is_a_column(field: Any) -> None:
    out = io.BytesIO()
    frame = pandas.DataFrame(PEOPLE, columns=["sex", "q"]).set_index("sex")
    frame.to_parquet(out)
    gathered = field.gather(out.getvalue(), "field.parquet", attributes=("sex",))
    assert field.entries(gathered)["q"]["human"] == {"F": [15, 15], "M": [15, 15]}


@pytest.mark.parametrize(
    "name", ["field.7z", "field.csv.zst", "field.rds", "field.RData", "field.feather", "field.mdb"]
)
def test_what_is_not_read_is_refused_in_one_sentence(name: str, field: Any) -> None:
    message = field.refused(b"\x00\x01", name, attributes=("sex",))
    assert "is not read; " in message
    assert "CSV" in message
    assert len(message) < 120


def test_a_packed_file_by_another_name(field: Any) -> None:
    content = gzip.compress(field.csv(["sex", "q"], PEOPLE).encode())
    assert "packed with gzip" in field.refused(content, attributes=("sex",))


@pytest.mark.parametrize("name", ["field.json", "field.jsonl", "field.ndjson"])
def test_people_as_json(name: str, field: Any) -> None:
    uses = (["Bus"], ["Train"], ["Bus", "Train"])
    entries = [{"sex": sex, "q": q, "use": uses[at % 3]} for at, (sex, q) in enumerate(PEOPLE)]
    lines = [json.dumps(entry) for entry in entries]
    gathered = field.gather(
        json.dumps(entries) if name == "field.json" else "\n".join(lines), name, attributes=("sex",)
    )
    assert field.entries(gathered)["q"]["human"] == {"F": [15, 15], "M": [15, 15]}
    assert field.entries(gathered)["use – Train"]["human"] == {"F": [20, 10], "M": [20, 10]}


def test_a_number_that_python_lacks_is_no_answer(field: Any) -> None:
    entries = [{"sex": sex, "q": q if at % 3 else float("nan")} for at, (sex, q) in enumerate(PEOPLE)]
    gathered = field.gather(json.dumps(entries), "field.json", attributes=("sex",))
    assert field.entries(gathered)["q"]["human"] == {"F": [10, 10], "M": [10, 10]}


def test_a_blank_before_a_quote_belongs_to_no_cell(field: Any) -> None:
    content = "sex, q\n" + "".join(f'{sex}, "{q}, of course"\n' for sex, q in PEOPLE)
    entry = field.entries(field.gather(content, attributes=("sex",)))["q"]
    assert {label.partition(",")[0] for label in field.labels(entry)} == {q for _, q in PEOPLE}


def test_figures_as_lines_of_json(field: Any) -> None:
    cells = [
        {"question": "Like buses?", "option": o, "group": "Women", "count": n} for o, n in (("Yes", 30), ("No", 20))
    ]
    assert field.human(field.gather("\n".join(map(json.dumps, cells)), "field.jsonl")) == [30, 20]


def test_nested_people_are_refused(field: Any) -> None:
    assert "one a person" in field.refused('{"sex": {"a": 1}}\n{"sex": {"a": 2}}', "field.jsonl", attributes=("sex",))
