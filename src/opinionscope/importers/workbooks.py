"""Workbooks as grids of text: the sheet that is meant."""

from collections.abc import Collection, Sequence
from pathlib import Path

from opinionscope.importers.base import ImportRefusedError
from opinionscope.importers.reading import RawTable, grid_of_records
from opinionscope.importers.records import Record
from opinionscope.importers.sheets import sheets_of
from opinionscope.survey.text import clean_line, first_of

WORKBOOK_SUFFIXES = frozenset({".xlsx", ".xlsm", ".xls", ".ods"})
MOST_SHEETS_NAMED = 8


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
