"""Files as spreadsheets and statistics programs write them, and bytes of any kind."""

import contextlib
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from opinionscope.errors import OpinionscopeError
from opinionscope.importers import recognised
from opinionscope.importers.base import ImportOptions, ImportRefusedError

PEOPLE = 60


TABLE = "question;option;group;count\nGrößer?;Ja;Männer;30\nGrößer?;Nein;Männer;20\n"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (TABLE.encode(), ""),
        (TABLE.encode("utf-8-sig"), ""),
        (TABLE.encode("utf-16"), "UTF-16"),
        (TABLE.encode("utf-16-le"), "UTF-16"),
        (TABLE.encode("utf-16-be"), "UTF-16"),
        (TABLE.encode("cp1252"), "Windows-1252"),
        (("sep=;\r\n" + TABLE.replace("\n", "\r\n")).encode(), "semicolons"),
        (("\ufeff" + '"sep=;"\n' + TABLE).encode(), "semicolons"),
        (("sep=\t\n" + TABLE.replace(";", "\t")).encode(), "tabs"),
        (TABLE.replace(";", "\t").encode("utf-16"), "UTF-16"),
        (TABLE.replace("\n", "\r").encode(), ""),
        (("Table 1: buses, by sex\n\n" + TABLE).encode(), "Line 1 above the header is a title"),
        (("Table 1;;;\nSource: us;;;\n;;;\n" + TABLE).encode(), "Lines 1 and 2 above the header are titles"),
        (TABLE.replace("\n", ";;\n").encode() + b";;;;;\n;;;;;\n", ""),
    ],
)
def test_files_are_read_as_excel_writes_them(content: bytes, said: str, field: Any) -> None:
    gathered = field.gather(content)
    assert field.entries(gathered)["Größer?"]["human"] == {"Männer": [30, 20]}
    assert said in field.told(gathered)
    assert gathered.set_aside == []


def test_codes_in_brackets_before_labels_order_them_and_hide_no_refusal(field: Any) -> None:
    labels = ["(10) Never", "(-1) Inapplicable", "(1) Always", "(2) Often", "(99) Refused"]
    rows = [f"{'FM'[at // 5 % 2]},{labels[at % 5]}" for at in range(PEOPLE)]
    gathered = field.gather("\n".join(["sex,tea", *rows]).encode(), attributes=("sex",))
    options = field.entries(gathered)["tea"]["options"]
    assert [option["label"] for option in options] == [labels[at] for at in (2, 3, 0, 4)]
    assert [option.get("nonresponse", False) for option in options] == [False, False, False, True]
    assert "tea (12 people): (-1) Inapplicable was taken as missing" in field.told(gathered)


@pytest.mark.parametrize(
    "content",
    [
        TABLE.replace("Männer", "Мужчины").encode("cp1251", "replace"),
        TABLE.encode()[:60] + b"\xff" + TABLE.encode()[60:],
    ],
)
def test_other_encodings_are_refused_with_what_to_do(content: bytes, field: Any) -> None:
    if b"\xff" not in content:
        content = "вопрос;да;нет\nНравится ли вам автобус?;да;нет\n".encode("cp1251")
    path = field.write(content)
    with pytest.raises(ImportRefusedError, match="save it as UTF-8"):
        recognised(path).gather(path, ImportOptions(attributes=("group",)))


def _workbook(folder: Path, name: str = "book.xlsx", **sheets: list[list[object]]) -> bytes:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(folder / name)
    return (folder / name).read_bytes()


def test_a_workbook_of_people_and_its_sheets(tmp_path: Path, field: Any) -> None:
    people: list[list[object]] = [["sex", "q", "w", "when"]]
    people += [["FM"[at % 2], 1 + at % 4, 0.5 + at % 3, datetime(2024, 5, 1 + at % 3)] for at in range(24)]  # noqa: DTZ001
    content = _workbook(tmp_path, Cover=[["About this survey"]], People=people, Other=[["a", "b"], [1, 2]])
    gathered = field.gather(content, "book.xlsx", attributes=("sex",), weight="w")
    assert field.values(field.entries(gathered)["q"]) == [1, 2, 3, 4]
    assert 'The sheet "People" was read; --sheet takes another: Cover, Other.' in gathered.decisions
    assert any(each.reason == "dates" for each in gathered.set_aside)
    assert "there is People, Cover" in field.refused(content, "book.xlsx", attributes=("a",), sheet="Nope").replace(
        "Cover, People", "People, Cover"
    )
    assert "a, b" in field.refused(content, "book.xlsx", attributes=("sex",), sheet="Other")


def test_a_workbook_with_a_table_has_percents_and_merged_cells_as_excel_shows_them(tmp_path: Path, field: Any) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    _workbook(
        tmp_path,
        T=[
            ["Buses"],
            [],
            ["question", "option", "Women", "Men"],
            ["Like?", "Yes", 0.625, 0.4],
            [None, "No", 0.375, 0.6],
        ],
    )
    book = openpyxl.load_workbook(tmp_path / "book.xlsx")
    sheet = book["T"]
    sheet.merge_cells("A4:A5")
    for cell in (*sheet[4][2:], *sheet[5][2:]):
        cell.number_format = "0.0%"
    book.save(tmp_path / "book.xlsx")
    gathered = field.gather((tmp_path / "book.xlsx").read_bytes(), "book.xlsx")
    human = field.entries(gathered)["Like?"]["human"]
    assert [human[name]["shares"] for name in ("Women", "Men")] == [[62.5, 37.5], [40, 60]]
    assert "percents" in field.told(gathered)


def test_numbers_of_a_workbook_are_never_thousands(tmp_path: Path, field: Any) -> None:
    rows: list[list[object]] = [["question", "option", "group", "count"], ["Like buses?", "Yes", "Women", 1.234]]
    content = _workbook(tmp_path, T=[*rows, ["Like buses?", "No", "Women", 12.0]])
    assert field.human(field.gather(content, "book.xlsx")) == [1.234, 12]


@pytest.mark.parametrize(
    ("name", "said"),
    [("book.xlsx", "CSV"), ("book.xls", "CSV"), ("book.ods", "CSV"), ("survey.dta", "Stata")],
)
def test_damaged_and_other_files_are_refused_with_what_to_do(name: str, said: str, field: Any) -> None:
    assert said in field.refused(b"PK\x03\x04 nothing of the kind", name, attributes=("sex",))


@pytest.mark.parametrize(("name", "extra"), [("book.xlsx", "excel"), ("survey.dta", "stata"), ("survey.sav", "spss")])
def test_a_missing_library_is_named_with_its_extra(
    monkeypatch: pytest.MonkeyPatch, name: str, extra: str, field: Any
) -> None:
    for module in ("workbooks", "people_tables"):
        monkeypatch.setattr(f"opinionscope.importers.{module}.find_spec", lambda name: None)
    message = field.refused(b"", name, attributes=("sex",))
    assert f"pip install 'opinionscope[{extra}]'" in message
    assert "." not in message.removesuffix(".")[:-1].replace("opinionscope.", ""), "one sentence"


def test_missing_values_that_stata_declares_are_no_answer(tmp_path: Path, field: Any) -> None:
    pd, pyreadstat = pytest.importorskip("pandas"), pytest.importorskip("pyreadstat")
    frame = pd.DataFrame({"sex": [1.0, 2.0] * 10, "q": [1.0, 2.0, 3.0, "a", "b"] * 4})
    labels = {"q": {1: "Never", 2: "Some", 3: "Often", 4: "Always", "a": "Refused"}, "sex": {1: "Male", 2: "Female"}}
    pyreadstat.write_dta(
        frame,
        str(tmp_path / "s.dta"),
        column_labels={"q": "How often?"},
        variable_value_labels=labels,
        missing_user_values={"q": ["a", "b"]},
    )
    gathered = field.gather((tmp_path / "s.dta").read_bytes(), "s.dta", attributes=("sex",))
    entry = field.entries(gathered)["How often?"]
    assert (field.labels(entry), entry["human"]["Male"]) == (["Never", "Some", "Often", "Always"], [2, 2, 2, 0])
    assert "Stata declares a, b to be no answer (8 people)" in field.told(gathered)


BYTES = st.one_of(
    st.binary(max_size=300),
    st.text(alphabet="ab01,;|\t\"'\n\r .%-<*é\u00a0", max_size=300).map(str.encode),
    st.lists(
        st.lists(
            st.sampled_from(["", "1", "2", "-9", "99", "1,5", "a,b", "a", "b", "1.234", "12 (3%)", "<5", "65+"]),
            max_size=4,
        ),
        max_size=12,
    ).map(lambda rows: "\n".join(";".join(row) for row in rows).encode()),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(
    header=st.sampled_from(
        [
            b"",
            b"sex;q;w\n",
            b"question,option,group,count\n",
            b"question;option;A;B\n",
            b"sep=;\n",
            b"Respondent ID;Q1\n;Response\n",
            b"Like?\n;;Sex;\n;Total;M;F\n",
        ]
    ),
    body=BYTES,
    weight=st.sampled_from(["", "w"]),
    suffix=st.sampled_from([".csv", ".tsv", ".txt", ".xlsx", ".ods", ".gz", ".dta", ".json"]),
)
def test_no_bytes_end_in_a_traceback(header: bytes, body: bytes, weight: str, suffix: str, field: Any) -> None:
    path = field.write(header + body, f"any{suffix}")
    for options in (ImportOptions(), ImportOptions(attributes=("sex",), weight=weight)):
        with contextlib.suppress(OpinionscopeError):
            recognised(path).gather(path, options)
