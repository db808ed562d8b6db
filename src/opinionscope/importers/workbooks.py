"""Excel workbooks (.xlsx, .xlsm) as grids of text, read by openpyxl."""

import datetime
import zipfile
from collections.abc import Collection, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from opinionscope.importers.base import ImportRefusedError
from opinionscope.importers.figures import plainly
from opinionscope.importers.reading import RawTable, grid_of_records
from opinionscope.importers.records import Record
from opinionscope.regexes import regex
from opinionscope.survey.text import clean_line

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

WORKBOOK_SUFFIXES = frozenset({".xlsx", ".xlsm"})
OTHER_WORKBOOKS = frozenset({".xls", ".xlsb", ".ods", ".numbers"})
"""Refused with what to do."""
LARGEST = 1_000_000_000
"""Bytes that a workbook may take up unpacked."""
MOST_SHEETS_NAMED = 8
NO_CELLS: frozenset[str] = frozenset()
NO_RESULT = "(no result yet: save it in Excel)"
"""In place of a formula whose result is not in the file."""
_NO_RESULT = regex(rb'<c (?![^>]*t="str")[^>]*><f[^>]*>[^<]*</f>\s*(?:<v\s*/>|<v></v>|</c>)')
"""A formula without a result; one whose result is an empty text has a type."""


def is_workbook(path: Path, sheet: str = "") -> bool:
    """Whether a file is a workbook by its ending.

    Args:
        sheet: that was asked for, or "".

    Raises:
        ImportRefusedError: if it is none, and a sheet was asked for.
    """
    found = path.suffix.lower() in WORKBOOK_SUFFIXES | OTHER_WORKBOOKS
    if sheet and not found:
        raise ImportRefusedError("--sheet is for Excel workbooks; leave it out")
    return found


def grid_of_workbook(path: Path, known: Collection[str] = (), sheet: str = "") -> RawTable:
    """The header and rows of a sheet: the one asked for, else the first that holds a table.

    Cells become text as Excel shows them: 0.625 in the format 0.0% is "62.5%", a date is in ISO form. A value merged
    over rows stands in each of them.

    Raises:
        ImportRefusedError: if openpyxl is missing, the file is damaged, or there is no such sheet or nothing in it.
    """
    name = clean_line(path.name)
    if path.suffix.lower() in OTHER_WORKBOOKS:
        raise ImportRefusedError(f"{name}: {path.suffix.lower()} is not read; save it as .xlsx or CSV")
    if find_spec("openpyxl") is None:
        raise ImportRefusedError(
            "Excel workbooks need a library: pip install 'opinionscope[excel]', or save the sheet as CSV"
        )
    import openpyxl

    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(each.file_size for each in archive.infolist())
        if unpacked > LARGEST:
            raise ImportRefusedError(f"{name} takes up {unpacked / 1e9:.1f} GB unpacked; save the sheet as CSV")
        book, bare = openpyxl.load_workbook(path, data_only=True), _without_results(path)
    except ImportRefusedError:
        raise
    except Exception as error:  # openpyxl raises whatever its XML and zip readers raise
        reason = clean_line(str(error)) or type(error).__name__
        raise ImportRefusedError(
            f"{name} cannot be read as an Excel workbook ({reason}); save the sheet as CSV and import that"
        ) from error
    visible = [each for each in book.worksheets if each.sheet_state == "visible"]
    hidden = [each for each in book.worksheets if each.sheet_state != "visible"]
    filled = {
        each.title: rows for each in (*visible, *hidden) if (rows := _records(each, bare.get(each.title, NO_CELLS)))
    }
    if not filled:
        raise ImportRefusedError(f"{name} has no sheet with anything in it")
    taken = sheet or max(filled, key=lambda title: _fitness(filled[title], known))
    if taken not in filled:
        there = ", ".join(clean_line(title) for title in [*filled][:MOST_SHEETS_NAMED])
        raise ImportRefusedError(f'{name} has no sheet "{clean_line(taken)}" with anything in it; there is {there}')
    grid = grid_of_records(filled[taken], "", known, "row")
    if others := [clean_line(title) for title in filled if title != taken]:
        more = ", …" if len(others) > MOST_SHEETS_NAMED else ""
        there = f"{', '.join(others[:MOST_SHEETS_NAMED])}{more}"
        grid.notes.insert(0, f'The sheet "{clean_line(taken)}" was read; --sheet takes another: {there}.')
    return grid


def _fitness(rows: Sequence[Record], known: Collection[str]) -> tuple[int, bool]:
    """How many known columns a sheet has, and whether it has a header and rows at all."""
    grid = grid_of_records(rows, "", known, "row")
    return sum(name.casefold() in known for name in grid.header), len(grid.header) > 1 and bool(grid.rows)


def _without_results(path: Path) -> dict[str, frozenset[str]]:
    """Sheet → cells whose formulas have no result, as programs write them that do not reckon."""
    import openpyxl

    with zipfile.ZipFile(path) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
        if not any(_NO_RESULT.search(archive.read(name)) for name in sheets):
            return {}
    return {
        sheet.title: frozenset(cell.coordinate for row in sheet.iter_rows() for cell in row if cell.data_type == "f")
        for sheet in openpyxl.load_workbook(path).worksheets
    }


def _records(sheet: "Worksheet", bare: frozenset[str]) -> list[Record]:
    if not hasattr(sheet, "iter_rows"):
        return []
    rows: list[list[str]] = [[_text(cell, bare) for cell in row] for row in sheet.iter_rows()]
    for merged in sheet.merged_cells.ranges:
        if merged.min_col == merged.max_col:
            _fill_down(rows, merged.min_col - 1, merged.min_row - 1, merged.max_row)
    found = [Record(number, row) for number, row in enumerate(rows, start=1)]
    return [record for record in found if not record.blank]


def _fill_down(rows: Sequence[list[str]], column: int, first: int, end: int) -> None:
    for row in rows[first + 1 : end]:
        row[column] = rows[first][column]


def _text(cell: Any, bare: frozenset[str]) -> str:
    """The text of a cell; a number so that it cannot be taken for one with a thousands separator."""
    value = cell.value
    if value is None:
        return NO_RESULT if cell.coordinate in bare else ""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int | float):
        percent = str(cell.number_format).rstrip("_) ").endswith("%")
        return plainly(round(value * 100, 10)) + "%" if percent else plainly(value)
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return value.isoformat()
    return str(value)
