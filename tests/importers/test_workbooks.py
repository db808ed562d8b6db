"""Workbooks of other kinds than .xlsx, as Excel 97 and LibreOffice write them, are read as they are shown."""

import datetime
import io
import json
import struct
import zipfile
from collections.abc import Callable, Mapping, Sequence
from itertools import count
from typing import Any
from xml.sax.saxutils import quoteattr

import openpyxl
import pytest

FORMATS = {"0.0%": 164, r"0\%": 165, '0"%"': 167, "yyyy-mm-dd": 166}
PLAIN, FREE, END, FAT = 15, 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD

Rows = Sequence[Sequence[object]]


def xls(
    sheets: Mapping[str, Rows], *, hidden: Sequence[str] = (), merged: Sequence[tuple[int, int, int, int]] = ()
) -> bytes:
    """An .xls; a cell is None, a text, a bool, a number, or a pair of a number and its format."""
    bodies = [_sheet(rows, merged) for rows in sheets.values()]
    globals_ = _record(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0))
    globals_ += _record(0x31, struct.pack("<HHHHHBBBx", 200, 0, 8, 400, 0, 0, 0, 0) + _text("Arial", "B")) * 5
    for name, key in FORMATS.items():
        globals_ += _record(0x41E, struct.pack("<H", key) + _text(name))
    for at in range(PLAIN + 1 + len(FORMATS)):
        key = [0, *FORMATS.values()][max(0, at - PLAIN)]
        globals_ += _record(0xE0, struct.pack("<HHH14x", 0, key, 0xFFF5 if at < PLAIN else 0))
    size = len(globals_) + sum(12 + 2 * len(title) for title in sheets) + 4
    bounds = b""
    for title, body in zip(sheets, bodies, strict=True):
        bounds += _record(0x85, struct.pack("<IBB", size, title in hidden, 0) + _text(title, "B"))
        size += len(body)
    return _compound(globals_ + bounds + _record(0x0A) + b"".join(bodies))


def _record(kind: int, data: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _text(text: str, length: str = "H") -> bytes:
    return struct.pack(f"<{length}B", len(text), 1) + text.encode("utf-16-le")


def _sheet(rows: Rows, merged: Sequence[tuple[int, int, int, int]]) -> bytes:
    body = _record(0x809, struct.pack("<HHHHII", 0x600, 16, 0, 0, 0, 0))
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            value, shown = cell if isinstance(cell, tuple) else (cell, "")
            place = struct.pack("<HHH", row, column, PLAIN + ["", *FORMATS].index(shown))
            if isinstance(value, str):
                body += _record(0x204, place + _text(value))
            elif isinstance(value, bool):
                body += _record(0x205, place + struct.pack("<BB", value, 0))
            elif isinstance(value, int | float):
                body += _record(0x203, place + struct.pack("<d", value))
    if merged:
        body += _record(0xE5, struct.pack("<H", len(merged)) + b"".join(struct.pack("<HHHH", *each) for each in merged))
    return body + _record(0x0A)


def _compound(stream: bytes) -> bytes:
    """A compound file of one stream."""
    stream = stream.ljust(4096, b"\0")
    stream += bytes(-len(stream) % 512)
    sectors = len(stream) // 512
    chain = [FAT, END, *range(3, 2 + sectors), END]
    head = struct.pack(
        "<8s16xHHHHH6xIIIIIIIII",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        62,
        3,
        0xFFFE,
        9,
        6,
        0,
        1,
        1,
        0,
        4096,
        END,
        0,
        END,
        0,
    )
    head += struct.pack("<109I", 0, *[FREE] * 108)
    entries = [
        ("Root Entry", 5, 1, END, 0),
        ("Workbook", 2, FREE, 2, len(stream)),
        ("", 0, FREE, 0, 0),
        ("", 0, FREE, 0, 0),
    ]
    folder = b""
    for name, kind, child, start, size in entries:
        raw = f"{name}\0".encode("utf-16-le") if name else b""
        folder += struct.pack("<64sHBBIII36xII4x", raw, len(raw), kind, 1, FREE, FREE, child, start, size)
    return head + struct.pack("<128I", *chain, *[FREE] * (128 - len(chain))) + folder + stream


def ods(sheets: Mapping[str, Rows], *, hidden: Sequence[str] = ()) -> bytes:
    """An .ods; a cell is None, a text, a bool, a number, a pair of a number and "%", or its XML as bytes."""
    tables = ""
    for title, rows in sheets.items():
        lines = "".join(f"<table:table-row>{''.join(map(_cell, row))}</table:table-row>" for row in rows)
        empty = '<table:table-row table:number-rows-repeated="1048000"><table:table-cell/></table:table-row>'
        style = "off" if title in hidden else "on"
        tables += f'<table:table table:name={quoteattr(title)} table:style-name="{style}">{lines}{empty}</table:table>'
    names = "".join(
        f' xmlns:{each}="urn:oasis:names:tc:opendocument:xmlns:{each}:1.0"'
        for each in ("office", "style", "table", "text")
    )
    styles = '<style:style style:name="off"><style:table-properties table:display="false"/></style:style>'
    content = f"<office:automatic-styles>{styles}</office:automatic-styles>"
    content += f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
    content = f"<office:document-content{names}>{content}</office:document-content>"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
    return out.getvalue()


def _cell(cell: object) -> str:
    value, percent = cell if isinstance(cell, tuple) else (cell, "")
    if isinstance(value, bytes):
        return value.decode()
    if value is None:
        return "<table:table-cell/>"
    if isinstance(value, str):
        return f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'
    if isinstance(value, bool):
        return f'<table:table-cell office:value-type="boolean" office:boolean-value="{str(value).lower()}"/>'
    kind = "percentage" if percent else "float"
    shown = f"{value:.1%}" if percent else str(value)
    cell_of = f'<table:table-cell office:value-type="{kind}" office:value="{value}">'
    return f"{cell_of}<text:p>{shown}</text:p></table:table-cell>"


def xlsx(sheets: Mapping[str, Rows], *, hidden: Sequence[str] = ()) -> bytes:
    """An .xlsx of the same cells."""
    book, out = openpyxl.Workbook(), io.BytesIO()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        sheet.sheet_state = "hidden" if title in hidden else "visible"
        for at, cells in enumerate(rows, start=1):
            for column, cell in enumerate(cells, start=1):
                value, shown = cell if isinstance(cell, tuple) else (cell, "General")
                sheet.cell(at, column, value).number_format = shown
    book.save(out)
    return out.getvalue()


Maker = Callable[..., bytes]
KINDS = pytest.mark.parametrize(("maker", "ending"), [(xls, "xls"), (ods, "ods"), (xlsx, "xlsx")])
HEADER = ["question", "option", "Women", "Men"]
ASKED = "Like buses?"


def _pairs(*figures: tuple[float, float]) -> Rows:
    return [
        HEADER,
        *([ASKED, option, *((cell, "0.0%") for cell in row)] for option, row in zip("ABC", figures, strict=False)),
    ]


def _human(field: Any, gathered: Any) -> list[Any]:
    return [field.human(gathered, group) for group in ("Women", "Men")]


@KINDS
def test_a_table_of_percents_reads_the_same_in_each_kind(maker: Maker, ending: str, field: Any) -> None:
    rows = [["Buses, by sex"], [], *_pairs((0.625, 0.4), (0.25, 0.6), (0.125, 0))]
    gathered = field.gather(maker({"Cover": [["About"]], "Figures": rows}), f"book.{ending}")
    assert _human(field, gathered) == [[62.5, 25, 12.5], [40, 60, 0]]
    assert 'The sheet "Figures" was read; --sheet takes another: Cover.' in gathered.decisions
    assert "percents, as the table says" in field.told(gathered)


@KINDS
def test_percents_of_several_answers_are_no_counts_in_any_kind(maker: Maker, ending: str, field: Any) -> None:
    for rows in (_pairs((0.62, 0.8), (0.8, 0.7)), _pairs((1, 1), (1, 1))):
        assert "of a question with several answers" in field.refused(maker({"T": rows}), f"book.{ending}")


@KINDS
def test_people_and_their_labels_are_as_shown(maker: Maker, ending: str, field: Any) -> None:
    people = [["sex", "rise", "sure", "kids"]]
    people += [["FM"[at % 2], (0.05 * (1 + at // 2 % 2), "0.0%"), at // 2 % 2 == 0, at // 2 % 2] for at in range(24)]
    content = maker({"Old": [["sex", "rise"], *[["F", "X"]] * 40], "T": people}, hidden=["Old"])
    entries = field.entries(field.gather(content, f"book.{ending}", attributes=("sex",)))
    assert {text: field.labels(entry) for text, entry in entries.items()} == {
        "rise": ["5%", "10%"],
        "sure": ["False", "True"],
        "kids": ["0", "1"],
    }
    assert entries["rise"]["human"] == {"F": [6, 6], "M": [6, 6]}


@pytest.mark.parametrize("shown", [r"0\%", '0"%"'])
@pytest.mark.parametrize(("maker", "ending"), [(xls, "xls"), (xlsx, "xlsx")])
def test_a_percent_sign_that_is_only_put_behind_a_number(maker: Maker, ending: str, shown: str, field: Any) -> None:
    rows = [HEADER, [ASKED, "Yes", (45, shown), (30, shown)], [ASKED, "No", (55, shown), (70, shown)]]
    gathered = field.gather(maker({"T": rows}), f"book.{ending}")
    assert _human(field, gathered) == [[45, 55], [30, 70]]
    assert "percents, as the table says" in field.told(gathered)


def test_values_that_are_merged_over_rows_stand_in_each(field: Any) -> None:
    answers = ["YN"[at % 2] for at in range(24)]
    old = [["sex", "q"], *(["FM"[at // 12] if at % 12 == 0 else None, answer] for at, answer in enumerate(answers))]
    spanned = '<table:table-cell office:value-type="string" table:number-rows-spanned="12">'
    spanned += "<text:p>{}</text:p></table:table-cell>"
    covered = b"<table:covered-table-cell/>"
    new = [[spanned.format(sex).encode() if sex else covered, answer] for sex, answer in old[1:]]
    books = {
        "book.xls": xls({"T": old}, merged=[(1, 12, 0, 0), (13, 24, 0, 0)]),
        "book.ods": ods({"T": [old[0], *new]}),
    }
    for name, content in books.items():
        gathered = field.gather(content, name, attributes=("sex",))
        assert field.entries(gathered)["q"]["human"] == {"F": [6, 6], "M": [6, 6]}


def test_dates_formulas_without_a_result_and_cells_that_repeat(field: Any) -> None:
    text = "<text:p>z</text:p></table:table-cell>"
    day = f'<table:table-cell office:value-type="date" office:date-value="2024-05-03">{text}'.encode()
    many = f'<table:table-cell office:value-type="string" table:number-columns-repeated="3">{text}'.encode()
    bare = b'<table:table-cell table:formula="of:=1+1"/>'
    people: list[list[object]] = [["sex", "q", "when", "sum", "a", "b", "c"]]
    people += [["FM"[at % 2], "YN"[at // 2 % 2], day, bare if at % 3 else "ab"[at % 2], many] for at in range(24)]
    gathered = field.gather(ods({"T": people}), "book.ods", attributes=("sex",))
    assert "when" not in field.entries(gathered)
    assert any(each.reason == "dates" for each in gathered.set_aside)
    assert "no result yet" not in json.dumps(field.entries(gathered))
    assert field.entries(gathered)["sum"]["human"] == {"F": [4, 0], "M": [0, 4]}


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("book.xls", xls({"T": [["a"]]})[:3000], "save the sheet as CSV"),
        ("book.xls", b"<html><table><tr><td>1", "save the sheet as CSV"),
        ("book.ods", ods({"T": [["a"]]})[:-40], "save the sheet as CSV"),
        ("book.xls", xls({"T": []}), "has no sheet with anything in it"),
        ("book.xlsb", b"PK", ".xlsb is not read; save it as .xlsx or CSV"),
        ("book.numbers", b"PK", ".numbers is not read; save it as .xlsx or CSV"),
    ],
    ids=count(),
)
def test_workbooks_that_cannot_be_read_are_refused_with_what_to_do(
    name: str, content: bytes, said: str, field: Any
) -> None:
    assert said in field.refused(content, name, attributes=("sex",))


def test_a_workbook_by_the_ending_of_an_old_one(field: Any) -> None:
    assert _human(field, field.gather(xlsx({"T": _pairs((0.6, 0.5), (0.4, 0.5))}), "book.xls")) == [[60, 40], [50, 50]]


def test_sheets_that_are_said_to_be_far_larger_than_their_files_are_refused_at_once(field: Any) -> None:
    cell = '<table:table-cell table:number-columns-repeated="999999" office:value-type="string">'
    many = f"{cell}<text:p>x</text:p></table:table-cell>".encode()
    far = f'</table:table-row><table:table-row table:number-rows-repeated="999999">{many.decode()}'.encode()
    empty = b'<table:table-cell table:number-columns-repeated="999999"/>'
    book, out = openpyxl.Workbook(), io.BytesIO()
    book.active["XFD1048576"] = 1
    book.save(out)
    for name, content in (("book.ods", ods({"T": [["a", far]]})), ("book.xlsx", out.getvalue())):
        assert "of 16,384 cells; delete what is empty in it" in field.refused(content, name)
    gathered = field.gather(ods({"T": [*_pairs((0.5, 0.5), (0.5, 0.5)), [empty]]}), "book.ods")
    assert _human(field, gathered) == [[50, 50], [50, 50]]


def test_a_day_of_a_workbook_has_no_time(field: Any) -> None:
    days = [f"{year}-05-01T00:00:00" for year in (2021, 2023)]
    shown = [(datetime.datetime.fromisoformat(day), "yyyy-mm-dd") for day in days]
    written = [f'<table:table-cell office:value-type="date" office:date-value="{day}"/>'.encode() for day in days]
    for name, maker, cells in (("book.xlsx", xlsx, shown), ("book.ods", ods, written)):
        rows = [[cells[at % 2], "YN"[at // 2 % 2]] for at in range(24)]
        gathered = field.gather(maker({"T": [["wave", "q"], *rows]}), name, attributes=("wave",))
        assert [group.rpartition(" ")[2] for group in field.entries(gathered)["q"]["human"]] == [
            "2021-05-01",
            "2023-05-01",
        ]
