"""Tables with one row a person, from any of the formats that hold such: CSV, Excel, parquet, SPSS, Stata, SAS.

Every format becomes the same thing: columns of text cells, "" where nothing is known, with what the format itself
says of a column (wording, labels of codes, codes that mean "missing", order of categories).
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from opinionscope.importers.base import ImportRefusedError, SetAside
from opinionscope.importers.codebook import NO_ENTRY, Codebook
from opinionscope.importers.figures import code_text, number_in
from opinionscope.importers.header_rows import take_label_rows
from opinionscope.importers.labels import without_html
from opinionscope.importers.no_people import averages_in, leave_out_beside
from opinionscope.importers.parquet import PARQUET_SUFFIXES, parquet_frame
from opinionscope.importers.person_column import PersonColumn
from opinionscope.importers.reading import (
    JSON_SUFFIXES,
    SEPARATORS,
    TEXT_SUFFIXES,
    RawTable,
    glance,
    grid_of_text,
    json_lines,
    named,
)
from opinionscope.importers.tables_json import people_of_json
from opinionscope.importers.tables_sums import is_total
from opinionscope.importers.workbooks import WORKBOOK_SUFFIXES, grid_of_workbook, is_workbook
from opinionscope.regexes import regex
from opinionscope.survey.text import clean, clean_line

if TYPE_CHECKING:
    import pandas

STATISTICS: Mapping[str, tuple[str, str]] = {
    ".sav": ("SPSS", "read_sav"),
    ".zsav": ("SPSS", "read_sav"),
    ".dta": ("Stata", "read_dta"),
    ".sas7bdat": ("SAS", "read_sas7bdat"),
    ".por": ("SPSS", "read_por"),
    ".xpt": ("SAS", "read_xport"),
}
"""Ending → the program that writes such files, and the function of pyreadstat that reads them."""
DECLARE_NOTHING = frozenset({"read_por", "read_xport"})
"""Functions that read declared missing values as empty cells."""
PEOPLE_SUFFIXES = TEXT_SUFFIXES | PARQUET_SUFFIXES | STATISTICS.keys() | WORKBOOK_SUFFIXES
END_OF_SURVEY = {"finished": "responseid", "submitdate": "lastpage", "datesubmitted": "lastpage"}
"""Columns that tell who came to the end → another that the same tool writes; names without blanks, folded."""

_THOUSANDS = regex(r"\s*[+-]?[1-9]\d{0,2}\.000\s*")
MOST_SUMS = 3
"""So many rows of one name may be sums of others."""
MOST_NOTES = 3
"""So many rows at the end may be notes where other cells than the first are filled."""
_NOTE = regex(r"(?:sources?|notes?|quelle|hinweis|fuente|nota)\s*:|[#*†‡©] ", re.IGNORECASE)


class PeopleTable(Struct):
    """A table of people.

    Attributes:
        rows: where each row stands in the file, for messages ("line 12", "row 3").
        set_aside: what of the file could not be read.
        decisions: what was taken for what, a sentence each.
        separator: what parts the cells of a CSV file; "" in other formats, whose numbers are numbers.
        twice: names that several different columns have, none of which was read.
    """

    file: str
    columns: dict[str, PersonColumn]
    rows: list[str]
    set_aside: list[SetAside] = field(default_factory=list)
    decisions: list[str] = field(default_factory=list)
    separator: str = ""
    twice: frozenset[str] = frozenset()

    def describe(self, book: Codebook) -> None:
        """Have columns know what a codebook says of them."""
        for name, column in self.columns.items():
            column.entry = book.columns.get(name, NO_ENTRY)

    def aside(self, column: str, reason: str) -> None:
        """Set a column aside, or something in it."""
        self.set_aside.append(SetAside(f"{self.file}, column {column}", reason))

    def keep(self, kept: Sequence[int]) -> None:
        """Leave out all people but those at these positions."""
        self.rows = [self.rows[at] for at in kept]
        for column in self.columns.values():
            column.cells = [column.cells[at] for at in kept]


def read_people_table(path: Path, sheet: str = "", known: Collection[str] = ()) -> PeopleTable:
    """Read a table, its format told by the file's suffix.

    Args:
        sheet: of a workbook; "" for the first that holds a table.
        known: names of columns, folded, that tell which sheet and which row is meant.

    Raises:
        ImportRefusedError: if it cannot be read at all, or needs a library that is not installed.
    """
    suffix = path.suffix.lower()
    if is_workbook(path, sheet):
        return _of_grid(path, grid_of_workbook(path, known, sheet))
    if suffix in PARQUET_SUFFIXES:
        return _read_parquet(path)
    if suffix in STATISTICS:
        return _read_statistics(path)
    if suffix in JSON_SUFFIXES:
        with named(path):
            return _of_grid(path, people_of_json(json_lines(path)))
    tabs = suffix in (".tsv", ".tab") and "\t" in glance(path)
    return _of_grid(path, grid_of_text(path, known, "\t" if tabs else SEPARATORS))


def _of_grid(path: Path, grid: RawTable) -> PeopleTable:
    file = clean_line(path.name)
    _leave_out_html(grid)
    leave_out_beside(grid)
    labels = take_label_rows(grid)
    grid.fit()
    if len(grid.header) < 2:
        raise ImportRefusedError(f"{file}: expected a header with the names of at least two columns")
    aside = [SetAside(f"{file}, {place}", reason) for place, reason in grid.damaged]
    rows = []
    heads = [_head(cells) for _, cells in grid.rows]
    often = Counter(heads)
    notes = sum(_NOTE.match(head) is not None for head in heads)
    for at, (place, cells) in enumerate(grid.rows):
        reason = _no_person(cells, heads[at], often[heads[at]], len(heads) - at, notes)
        if [*map(clean_line, cells)] == grid.header:
            reason = "it is the header once more, no person"
        if at == len(heads) - 1 and (averages := averages_in(cells, [row for _, row in grid.rows[:-1]])):
            reason = f"{averages} averages what stands above, so it is no person's row"
        if reason:
            aside.append(SetAside(f"{file}, {place}", reason))
        else:
            rows.append((place, cells))
    columns = []
    has_points = grid.separator in ("", ",")
    for at, name in enumerate(grid.header):
        texts = {cell: _text(cell, has_points) for cell in {row[at] for _, row in rows}}
        cells = [texts[row[at]] for _, row in rows]
        columns.append(PersonColumn(name, cells, wording=labels.wording(at), unfit=labels.unfit(at)))
    table = _table(file, columns, [place for place, _ in rows], aside)
    table.separator, table.decisions = grid.separator, grid.notes
    _leave_out_previews(table, labels.previews)
    _say_unfinished(table)
    return table


def _leave_out_html(grid: RawTable) -> None:
    """Leave out what survey tools write of HTML in names of columns and cells."""
    header = [clean_line(without_html(name)) for name in grid.header]
    before = [[*cells] for _, cells in grid.rows]
    plain = [[*map(without_html, cells)] for cells in before]
    if header != grid.header or plain != before:
        grid.notes.append("HTML in names of columns and in cells was left out.")
        grid.header = header
        grid.rows = [(place, cells) for (place, _), cells in zip(grid.rows, plain, strict=True)]


def _text(cell: str, has_points: bool) -> str:
    """A cell with its line breaks, which may part several answers, else as code.

    Args:
        has_points: whether the file writes decimals with a point; if not, 1.000 may be a thousand.
    """
    if "\n" in cell:
        return clean(cell).strip()
    return cell.strip() if not has_points and _THOUSANDS.fullmatch(cell) else code_text(cell)


def _head(cells: Sequence[str]) -> str:
    """The first cell of a row that holds something."""
    return next(filter(None, map(str.strip, cells)), "")


def _no_person(cells: Sequence[str], head: str, often: int, rest: int, notes: int) -> str:
    """Why a row is nobody's, as rows of sums and sources are; "" if it is somebody's.

    Args:
        head: the first cell that holds something.
        often: how many rows have the same; of many, "Mean" is what people answered.
        rest: how many rows stand from here to the end; "N" is a sum in the last only.
        notes: how many rows begin as notes do; where many do, it is people who are called so.
    """
    if is_total(head) and often <= MOST_SUMS and (len(head) > 1 or often == rest == 1):
        return f'"{clean_line(head)}" stands for sums, not for a person'
    alone = len(cells) > 2 and often < 2 and not any(cell.strip() for cell in cells[1:])
    if often < 2 and _NOTE.match(head) and (alone or max(rest, notes) <= MOST_NOTES):
        return "it holds a note, no person"
    return "only its first cell is filled, so it is no person's row" if alone else ""


def _leave_out_previews(table: PeopleTable, column: str) -> None:
    """Leave out the test answers that a survey's authors gave, where Qualtrics marks them."""
    if column not in table.columns:
        return
    marked = [cell in ("Survey Preview", "Survey Test", "1", "2") for cell in table.columns[column].cells]
    if lost := sum(marked):
        table.decisions.append(f'{lost} people were left out: by "{column}" they are previews or tests of the survey.')
        table.keep([at for at, preview in enumerate(marked) if not preview])


def _say_unfinished(table: PeopleTable) -> None:
    """Say how many did not come to the end, where Qualtrics or LimeSurvey tells: their answers are answers."""
    plain = {re.sub(r"\W", "", name).casefold(): column for name, column in table.columns.items()}
    for name, beside in END_OF_SURVEY.items():
        if name in plain and beside in plain:
            open_ = sum(cell.casefold() in ("", "false", "0", "n/a") for cell in plain[name].cells)
            if 0 < open_ < len(table.rows):
                told = f'did not finish the survey, by "{plain[name].name}", and count in what they answered'
                table.decisions.append(
                    f"{open_} of {len(table.rows)} people {told}; delete their rows if they should not."
                )


def _read_parquet(path: Path) -> PeopleTable:
    frame = parquet_frame(path)
    columns = []
    for at, name in enumerate(frame.columns):
        series = frame.iloc[:, at]
        order: tuple[str, ...] = ()
        if hasattr(series, "cat"):
            order = tuple(map(_cell, series.cat.categories.tolist()))
        columns.append(PersonColumn(clean_line(str(name)), _cells(series), order=order))
    return _table(clean_line(path.name), columns, [f"row {at + 1}" for at in range(len(frame))], [])


def _read_statistics(path: Path) -> PeopleTable:
    program, function = STATISTICS[path.suffix.lower()]
    if find_spec("pyreadstat") is None or find_spec("pandas") is None:
        extra = "stata" if program == "Stata" else "spss"
        raise ImportRefusedError(f"{program} files need a library: pip install 'opinionscope[{extra}]'")
    import pyreadstat

    try:
        declared = {} if function in DECLARE_NOTHING else {"user_missing": True}
        frame, meta = getattr(pyreadstat, function)(str(path), **declared)
    except (OSError, ValueError, pyreadstat.ReadstatError, pyreadstat.PyreadstatError) as error:
        reason = clean_line(str(error))
        raise ImportRefusedError(f"{clean_line(path.name)} cannot be read as a file of {program}: {reason}") from error
    columns = [
        PersonColumn(
            clean_line(name),
            _cells(frame[name]),
            wording=clean(without_html(meta.column_names_to_labels.get(name) or "")).strip(),
            labels={
                _cell(code): clean_line(without_html(label))
                for code, label in meta.variable_value_labels.get(name, {}).items()
            },
            ordinal=meta.variable_measure.get(name) in ("ordinal", "scale"),
        )
        for name in frame.columns
    ]
    for name, column in zip(frame.columns, columns, strict=True):
        column.missing = _declared_missing(meta, name, {*column.cells, *column.labels})
    table = _table(clean_line(path.name), columns, [f"row {at + 1}" for at in range(len(frame))], [])
    for column in table.columns.values():
        if alike := _join_alike(column):
            table.decisions.append(f"{column.name}: {alike} have the same label and count as one answer.")
        if codes := sorted({*column.cells} & column.missing):
            often = sum(cell in codes for cell in column.cells)
            named = ", ".join(codes)
            table.decisions.append(f"{column.name}: {program} declares {named} to be no answer ({often} people).")
    return table


def _join_alike(column: PersonColumn) -> str:
    """Make codes with the same label one code, the first of them; returns them in words, "" if there are none."""
    first: dict[str, str] = {}
    same = {
        code: first[label]
        for code, label in column.labels.items()
        if code not in column.missing and first.setdefault(label, code) != code
    }
    column.cells = [same.get(cell, cell) for cell in column.cells] if same else column.cells
    column.labels = {code: label for code, label in column.labels.items() if code not in same}
    return ", ".join(f"{kept} and {code}" for code, kept in same.items())


def _declared_missing(meta: Any, name: str, codes: Iterable[str]) -> frozenset[str]:
    """Those of the codes that SPSS, Stata or SAS declares to be missing."""
    ranges = [(each["lo"], each["hi"]) for each in meta.missing_ranges.get(name, [])]
    letters = {*meta.missing_user_values.get(name, [])}

    def is_within(code: str, low: object, high: object) -> bool:
        number = number_in(code)
        if number is not None and isinstance(low, int | float) and isinstance(high, int | float):
            return low <= number <= high
        return code == _cell(low)

    return frozenset(
        code for code in codes if code and (code in letters or any(is_within(code, *each) for each in ranges))
    )


def _cells(series: "pandas.Series[Any]") -> list[str]:
    empty = series.isna().tolist()
    return ["" if none else _cell(value) for value, none in zip(series.tolist(), empty, strict=True)]


def _cell(value: object) -> str:
    several = value.tolist() if hasattr(value, "tolist") else value
    return ";".join(map(_cell, several)) if isinstance(several, list) else code_text(str(several))


def _table(file: str, columns: Sequence[PersonColumn], rows: list[str], aside: list[SetAside]) -> PeopleTable:
    """The table without columns that have no name of their own."""
    twice = {name for name, often in Counter(column.name for column in columns).items() if often > 1}
    alike = {name for name in twice if len({tuple(each.cells) for each in columns if each.name == name}) == 1}
    kept: dict[str, PersonColumn] = {}
    for at, column in enumerate(columns):
        if column.name in alike and column.name in kept:
            aside.append(
                SetAside(f"{file}, column {at + 1}", f'it has the same name and cells as another, "{column.name}"')
            )
        elif not column.name:
            if any(column.cells):
                aside.append(SetAside(f"{file}, column {at + 1}", "it has no name"))
        elif column.name in twice - alike:
            aside.append(SetAside(f"{file}, column {column.name}", "another column has the same name; rename one"))
        else:
            kept[column.name] = column
    return PeopleTable(file, kept, rows, aside, twice=frozenset(twice - alike - {""}))
