"""Workbooks as grids of text: .xlsx by openpyxl, .xls by xlrd, .ods as it stands in its XML.

python-calamine would read all of them. It keeps no format of a cell, so that 62.5% becomes 0.625; and in damaged .xls
files it panics or ends the whole program.
"""

import datetime
import os
import zipfile
from collections.abc import Collection, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from msgspec import Struct

from opinionscope.importers.base import ImportRefusedError
from opinionscope.importers.figures import NO_RESULT, plainly
from opinionscope.importers.reading import RawTable, grid_of_records
from opinionscope.importers.records import Record
from opinionscope.regexes import regex
from opinionscope.survey.text import clean_line, first_of

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

WORKBOOK_SUFFIXES = frozenset({".xlsx", ".xlsm", ".xls", ".ods"})
MOST_SHEETS_NAMED = 8

LARGEST = 1_000_000_000
"""Bytes that a workbook may take up unpacked."""
MOST_COLUMNS, MOST_ROWS = 16_384, 1_048_576
"""So far go the sheets of all programs, whatever an .ods says of how often a cell or a row is repeated."""
MOST_CELLS = 20_000_000
"""A sheet may be said to be far larger than its file: so many cells are read of one."""
NO_CELLS: frozenset[str] = frozenset()
_OLD = b"\xd0\xcf\x11\xe0"
"""How an .xls begins."""
_NO_RESULT = regex(rb'<c (?![^>]*t="str")[^>]*><f[^>]*>[^<]*</f>\s*(?:<v\s*/>|<v></v>|</c>)')
"""A formula without a result; one whose result is an empty text has a type."""
_PERCENT, _SIGN = "%", ("\\%", '%"')
"""How the format of a cell ends that shows hundredths, and of one that shows a sign behind the number as it is."""


def is_workbook(path: Path, sheet: str = "") -> bool:
    """Whether a file is a workbook by its ending.

    Args:
        sheet: that was asked for, or "".

    Raises:
        ImportRefusedError: if it is none, and a sheet was asked for.
    """
    found = path.suffix.lower() in WORKBOOK_SUFFIXES
    if sheet and not found:
        raise ImportRefusedError("--sheet is for workbooks; leave it out")
    return found


def grid_of_workbook(path: Path, known: Collection[str] = (), sheet: str = "") -> RawTable:
    """The header and rows of a sheet: the one asked for, else the first that holds a table.

    Cells become text as Excel shows them: 0.625 in the format 0.0% is "62.5%", a date is in ISO form. A value merged
    over rows stands in each of them.

    Raises:
        ImportRefusedError: if a library is missing, the file is damaged, or there is no such sheet or nothing in it.
    """
    name = clean_line(path.name)
    try:
        sheets = sheets_of(path)
    except ImportRefusedError:
        raise
    except Exception as error:  # libraries raise whatever their readers of XML, zip and old files raise
        reason = clean_line(str(error)) or type(error).__name__
        raise ImportRefusedError(
            f"{name} cannot be read as a workbook ({reason}); save the sheet as CSV and import that"
        ) from error
    visible_first = sorted(sheets, key=lambda each: not each.visible)
    filled = {each.title: records for each in visible_first if (records := each.records)}
    if not filled:
        raise ImportRefusedError(f"{name} has no sheet with anything in it")
    taken = sheet or max(filled, key=lambda title: _fitness(filled[title], known))
    if taken not in filled:
        there = ", ".join(clean_line(title) for title in [*filled][:MOST_SHEETS_NAMED])
        raise ImportRefusedError(f'{name} has no sheet "{clean_line(taken)}" with anything in it; there is {there}')
    grid = grid_of_records(filled[taken], "", known, "row")
    if others := [clean_line(title) for title in filled if title != taken]:
        there = first_of(others, MOST_SHEETS_NAMED)
        grid.notes.insert(0, f'The sheet "{clean_line(taken)}" was read; --sheet takes another: {there}.')
    return grid


def _fitness(rows: Sequence[Record], known: Collection[str]) -> tuple[int, bool]:
    """How many known columns a sheet has, and whether it has a header and rows at all."""
    grid = grid_of_records(rows, "", known, "row")
    return sum(name.casefold() in known for name in grid.header), len(grid.header) > 1 and bool(grid.rows)


class Sheet(Struct, frozen=True):
    """A sheet.

    Attributes:
        rows: texts of all cells from the first row on, as Excel shows them; a value merged over rows is in each.
    """

    title: str
    visible: bool
    rows: Sequence[Sequence[str]]

    @property
    def records(self) -> list[Record]:
        """The rows that are not empty."""
        found = (Record(number, row) for number, row in enumerate(self.rows, start=1))
        return [record for record in found if not record.blank]


def sheets_of(path: Path) -> list[Sheet]:
    """The sheets of a workbook, in its order; whether it is an old one, its content tells.

    Raises:
        ImportRefusedError: if a library is missing, or it is too large.
        Exception: any other that a library raises of a damaged file.
    """
    with path.open("rb") as file:
        old = file.read(len(_OLD)) == _OLD
    if old or path.suffix.lower() != ".ods":
        _need("xlrd" if old else "openpyxl")
    if old:
        return [*_old_sheets(path)]
    with zipfile.ZipFile(path) as archive:
        unpacked = sum(each.file_size for each in archive.infolist())
    if unpacked > LARGEST:
        raise ImportRefusedError(
            f"{clean_line(path.name)} takes up {unpacked / 1e9:.1f} GB unpacked; save the sheet as CSV"
        )
    return [*(_open_sheets(path) if path.suffix.lower() == ".ods" else _new_sheets(path))]


def _need(library: str) -> None:
    if find_spec(library) is None:
        raise ImportRefusedError(
            "Excel workbooks need a library: pip install 'opinionscope[excel]', or save the sheet as CSV"
        )


def _new_sheets(path: Path) -> Iterator[Sheet]:
    import openpyxl

    with path.open("rb") as file:
        book = openpyxl.load_workbook(file, data_only=True)
    bare = _without_results(path)
    for sheet in book.worksheets:
        if hasattr(sheet, "iter_rows"):
            _check_cells(sheet.max_row, sheet.max_column)
            without = bare.get(sheet.title, NO_CELLS)
            rows = [[_new_text(cell, without) for cell in row] for row in sheet.iter_rows()]
            for merged in sheet.merged_cells.ranges:
                _fill_down(rows, merged.min_row - 1, merged.max_row, merged.min_col - 1, merged.max_col)
            yield Sheet(sheet.title, sheet.sheet_state == "visible", rows)


def _without_results(path: Path) -> dict[str, frozenset[str]]:
    """Sheet → cells whose formulas have no result, as programs write them that do not reckon."""
    import openpyxl

    with zipfile.ZipFile(path) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
        if not any(_NO_RESULT.search(archive.read(name)) for name in sheets):
            return {}
    with path.open("rb") as file:
        worksheets: list[Worksheet] = openpyxl.load_workbook(file).worksheets
    return {
        sheet.title: frozenset(cell.coordinate for row in sheet.iter_rows() for cell in row if cell.data_type == "f")
        for sheet in worksheets
    }


def _new_text(cell: Any, bare: Collection[str]) -> str:
    if cell.value is None:
        return NO_RESULT if cell.coordinate in bare else ""
    return _text(cell.value, str(cell.number_format))


def _old_sheets(path: Path) -> Iterator[Sheet]:
    import xlrd

    with Path(os.devnull).open("w") as nowhere:
        book = xlrd.open_workbook(str(path), logfile=nowhere, formatting_info=True)

    def text(cell: Any) -> str:
        if cell.ctype == xlrd.XL_CELL_ERROR:
            return str(xlrd.error_text_from_code.get(cell.value, "#N/A"))
        if cell.ctype == xlrd.XL_CELL_DATE:
            when = xlrd.xldate_as_datetime(cell.value, book.datemode)
            return _text(when if cell.value >= 1 else when.time())
        value = bool(cell.value) if cell.ctype == xlrd.XL_CELL_BOOLEAN else cell.value
        return _text(value, book.format_map[book.xf_list[cell.xf_index].format_key].format_str)

    for sheet in book.sheets():
        rows = [[text(cell) for cell in sheet.row(at)] for at in range(sheet.nrows)]
        for first, end, left, right in sheet.merged_cells:
            _fill_down(rows, first, end, left, right)
        yield Sheet(sheet.name, not sheet.visibility, rows)


def _open_sheets(path: Path) -> Iterator[Sheet]:
    with zipfile.ZipFile(path) as archive, archive.open("content.xml") as file:
        root = ElementTree.parse(file).getroot()
    styles = root.iter(_of("style", "style"))
    hidden = {
        each.get(_of("style", "name"))
        for each in styles
        for properties in each.iter(_of("style", "table-properties"))
        if properties.get(_of("table", "display")) == "false"
    }
    for table in root.iterfind("/".join((_of("office", "body"), _of("office", "spreadsheet"), _of("table", "table")))):
        rows: list[list[str]] = []
        merged = []
        width = 0
        for row in table.iter(_of("table", "table-row")):
            cells: list[str] = []
            for cell in row:
                if down := int(cell.get(_of("table", "number-rows-spanned"), 1)) - 1:
                    across = int(cell.get(_of("table", "number-columns-spanned"), 1))
                    merged.append((len(rows), len(rows) + down + 1, len(cells), len(cells) + across))
                again = _repeated(cell, "number-columns-repeated", MOST_COLUMNS - len(cells))
                cells += [_open_text(cell)] * again
            while cells and not cells[-1]:
                cells.pop()
            again = _repeated(row, "number-rows-repeated", MOST_ROWS - len(rows))
            width = max(width, len(cells))
            _check_cells(len(rows) + again * bool(cells), width)
            rows += [[*cells] for _ in range(again)] if cells else [[]] * again
        while rows and not rows[-1]:
            rows.pop()
        rows = [row + [""] * (width - len(row)) for row in rows]
        for each in merged:
            _fill_down(rows, *each)
        name = table.get(_of("table", "name")) or ""
        yield Sheet(name, table.get(_of("table", "style-name")) not in hidden, rows)


def _check_cells(rows: int, columns: int) -> None:
    if rows * columns > MOST_CELLS:
        raise ImportRefusedError(
            f"a sheet is said to have {rows:,} rows of {columns:,} cells; delete what is empty in it, or save it as CSV"
        )


def _of(space: str, name: str) -> str:
    return f"{{urn:oasis:names:tc:opendocument:xmlns:{space}:1.0}}{name}"


def _repeated(element: ElementTree.Element, attribute: str, most: int) -> int:
    is_cell_or_row = element.tag in (_of("table", name) for name in ("table-cell", "covered-table-cell", "table-row"))
    return min(int(element.get(_of("table", attribute), 1)), most) if is_cell_or_row else 0


def _open_text(cell: ElementTree.Element) -> str:
    kind = cell.get(_of("office", "value-type"), "")
    if cell.tag == _of("table", "covered-table-cell"):
        return ""
    if kind in ("float", "currency", "percentage"):
        return _text(float(cell.get(_of("office", "value"), "")), "%" if kind == "percentage" else "")
    if kind == "boolean":
        return _text(cell.get(_of("office", "boolean-value")) == "true")
    if kind == "date":
        return cell.get(_of("office", "date-value"), "").removesuffix("T00:00:00")
    texts = ["".join(each.itertext()) for each in cell.findall(_of("text", "p"))]
    return "\n".join(texts) if kind or cell.get(_of("table", "formula")) is None else NO_RESULT


def _fill_down(rows: Sequence[list[str]], first: int, end: int, left: int, right: int) -> None:
    """Put a value that is merged over rows of one column into each of them; those over columns are headings."""
    for row in rows[first + 1 : end] if right - left == 1 else ():
        row[left] = rows[first][left]


def _text(value: object, number_format: str = "") -> str:
    """The text of a value; a number so that it cannot be taken for one with a thousands separator."""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int | float):
        shown = number_format.rstrip("_) ")
        if shown.endswith(_SIGN) or not shown.endswith(_PERCENT):
            return plainly(value) + "%" * shown.endswith(_SIGN)
        return f"{plainly(round(value * 100, 10))}%"
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return value.isoformat()
    return str(value)
