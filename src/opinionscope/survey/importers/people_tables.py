"""Tables with one row a person, from any of the formats that hold such: CSV, TSV, parquet, SPSS.

Every format becomes the same thing: columns of text cells, "" where nothing is known, with what the format itself
says of a column (wording, labels of codes, codes that mean "missing", order of categories).
"""

import csv
import io
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from opinionscope.survey.importers.base import ImportRefusedError, SetAside
from opinionscope.survey.importers.reading import read_text
from opinionscope.survey.text import clean, clean_line

if TYPE_CHECKING:
    import pandas

CSV_SUFFIXES = frozenset({".csv", ".tsv"})
PARQUET_SUFFIXES = frozenset({".parquet", ".pq"})
SPSS_SUFFIXES = frozenset({".sav", ".zsav"})
NO_VALUE = frozenset({"NA", "NaN", "nan", "<NA>", "#N/A"})
"""What programs write for a cell without a value. "None" and "N/A" are not among them: surveys have such options."""

_WHOLE = re.compile(r"([+-]?\d+)\.0+")
_DELIMITERS = ",\t;"


def _never(code: str) -> bool:
    del code
    return False


@dataclass
class Column:
    """One column of a table.

    Attributes:
        cells: one a person; "" where nothing is known.
        wording: of the question, as far as the format brings one.
        labels: code → label, in survey order.
        missing: tells codes that the format declares to be no answer.
        order: categories in their order, where the format knows one.
        ordinal: whether the format says that the codes of this column have an order.
    """

    name: str
    cells: list[str]
    wording: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    missing: Callable[[str], bool] = _never
    order: tuple[str, ...] = ()
    ordinal: bool = False


@dataclass
class PeopleTable:
    """A table of people.

    Attributes:
        rows: where each row stands in the file, for messages ("line 12", "row 3").
        set_aside: what of the file could not be read.
    """

    file: str
    columns: dict[str, Column]
    rows: list[str]
    set_aside: list[SetAside] = field(default_factory=list)


def read_people_table(path: Path) -> PeopleTable:
    """Read a table, its format told by the file's suffix.

    Raises:
        ImportRefusedError: if it cannot be read at all, or needs a library that is not installed.
    """
    suffix = path.suffix.lower()
    if suffix in PARQUET_SUFFIXES:
        return _read_parquet(path)
    if suffix in SPSS_SUFFIXES:
        return _read_spss(path)
    return _read_csv(path)


def csv_rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str] | csv.Error]]:
    """Line number and cells of each row that is not empty; an error in place of a line that is no row."""
    lines, start = list(io.StringIO(text, newline="")), 0
    while start < len(lines):
        rest = (lines[at] for at in range(start, len(lines)))
        reader, line = csv.reader(rest, delimiter=delimiter, strict=True), start
        try:
            for row in reader:
                if row:
                    yield line + 1, row
                line = start + reader.line_num
        except csv.Error as error:
            yield line + 1, error
            start = line + 1
        else:
            return


def code_text(text: str) -> str:
    """A cell on one line; a whole number without the ".0" that some programs add to it."""
    if text.isdecimal():
        return text
    line = clean_line(text)
    whole = _WHOLE.fullmatch(line)
    return whole[1] if whole else line


def number_in(text: str) -> float | None:
    """The finite number a cell holds, or None."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def delimiter_of(text: str, suffix: str) -> str:
    """Tab for .tsv; else what parts the first line into the most cells."""
    if suffix == ".tsv":
        return "\t"
    head = next(iter(text.splitlines()), "")
    return max(_DELIMITERS, key=lambda mark: len(next(csv.reader([head], delimiter=mark), [])))


def _read_csv(path: Path) -> PeopleTable:
    text = read_text(path)
    rows = csv_rows(text, delimiter_of(text, path.suffix.lower()))
    file, header = clean_line(path.name), next(rows, (1, []))[1]
    if isinstance(header, csv.Error) or len(header) < 2:
        raise ImportRefusedError(f"{file}, line 1: expected the names of at least two columns")
    places: list[str] = []
    people: list[list[str]] = []
    aside: list[SetAside] = []
    for line, row in rows:
        if isinstance(row, csv.Error):
            aside.append(SetAside(f"{file}, line {line}", f"the quotes of this row do not match ({row})"))
        elif len(row) != len(header):
            aside.append(SetAside(f"{file}, line {line}", f"expected {len(header)} cells, got {len(row)}"))
        else:
            places.append(f"line {line}")
            people.append(row)
    names = [clean_line(name) for name in header]
    cells = [[code_text(row[at]) for row in people] for at in range(len(header))]
    columns = [Column(name, column) for name, column in zip(names, cells, strict=True)]
    return _table(file, columns, places, aside)


def _read_parquet(path: Path) -> PeopleTable:
    if find_spec("pandas") is None or not (find_spec("pyarrow") or find_spec("fastparquet")):
        raise ImportRefusedError("parquet needs a library: pip install 'opinionscope[parquet]'")
    import pandas

    try:
        frame = pandas.read_parquet(path)
    except (OSError, ValueError, KeyError, NotImplementedError) as error:
        reason = clean_line(str(error))
        raise ImportRefusedError(f"{clean_line(path.name)} cannot be read as parquet: {reason}") from error
    columns = []
    for at, name in enumerate(frame.columns):
        series = frame.iloc[:, at]
        order: tuple[str, ...] = ()
        if isinstance(series.dtype, pandas.CategoricalDtype):
            order = tuple(map(_cell, series.cat.categories.tolist()))
        columns.append(Column(clean_line(str(name)), _cells(series), order=order))
    return _table(clean_line(path.name), columns, [f"row {at + 1}" for at in range(len(frame))], [])


def _read_spss(path: Path) -> PeopleTable:
    if find_spec("pyreadstat") is None or find_spec("pandas") is None:
        raise ImportRefusedError("SPSS files need a library: pip install 'opinionscope[spss]'")
    import pyreadstat

    try:
        frame, meta = pyreadstat.read_sav(str(path), user_missing=True)
    except (OSError, ValueError, pyreadstat.ReadstatError, pyreadstat.PyreadstatError) as error:
        reason = clean_line(str(error))
        raise ImportRefusedError(f"{clean_line(path.name)} cannot be read as a file of SPSS: {reason}") from error
    columns = [
        Column(
            clean_line(name),
            _cells(frame[name]),
            wording=clean(meta.column_names_to_labels.get(name) or "").strip(),
            labels={_cell(code): clean_line(label) for code, label in meta.variable_value_labels.get(name, {}).items()},
            missing=_within(meta.missing_ranges.get(name, [])),
            ordinal=meta.variable_measure.get(name) in ("ordinal", "scale"),
        )
        for name in frame.columns
    ]
    return _table(clean_line(path.name), columns, [f"row {at + 1}" for at in range(len(frame))], [])


def _within(ranges: Sequence[Any]) -> Callable[[str], bool]:
    """Whether a code is in one of SPSS's ranges of missing values."""

    def missing(code: str) -> bool:
        number = number_in(code)
        return any(
            low <= number <= high
            if number is not None and isinstance(low, int | float) and isinstance(high, int | float)
            else code == _cell(low)
            for low, high in ((each["lo"], each["hi"]) for each in ranges)
        )

    return missing


def _cells(series: "pandas.Series[Any]") -> list[str]:
    empty = series.isna().tolist()
    return ["" if none else _cell(value) for value, none in zip(series.tolist(), empty, strict=True)]


def _cell(value: object) -> str:
    return code_text(str(value))


def _table(file: str, columns: Sequence[Column], rows: list[str], aside: list[SetAside]) -> PeopleTable:
    """The table without columns that have no name of their own."""
    names = [column.name for column in columns]
    kept: dict[str, Column] = {}
    for at, column in enumerate(columns):
        if not column.name:
            aside.append(SetAside(f"{file}, column {at + 1}", "it has no name"))
        elif names.count(column.name) > 1:
            aside.append(SetAside(f"{file}, column {column.name}", "another column has the same name"))
        else:
            kept[column.name] = column
    return PeopleTable(file, kept, rows, aside)
