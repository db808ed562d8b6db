"""Codebooks: what the columns and codes of a table of people mean.

JSON or TOML::

    title = "My survey"            # of the dataset
    weight = "wt"                  # column of weights
    [columns.Q1]
    text = "…"                     # wording; title, context, topics as in a pack
    labels = {1 = "Yes", 2 = "No", 9 = "Refused"}      # code → label, in survey order
    order = ["2", "1", "9"]        # codes, if the order of labels is not the survey's
    values = {1 = 1, 2 = 2}        # code → place on an ordinal scale
    nonresponse = ["9"]            # options that are no opinion: codes or labels
    missing = ["-1"]               # codes of people who were not asked
    [columns.gender]
    attribute = "sex"              # this column cuts groups, under that name
    labels = {1 = "Male", 2 = "Female"}
    [columns.age]
    attribute = "age"
    cuts = [18, 30, 45, 65]        # where ranges begin

CSV, one row a code, the column's own entries in any of its rows: ``column, code, label, value, nonresponse, missing,
text, title, context, topics, attribute, cuts, weight``; flags are "yes", topics and cuts are parted by ";".
"""

import csv
from collections.abc import Mapping
from pathlib import Path

import msgspec

from opinionscope.survey.importers.base import ImportRefusedError
from opinionscope.survey.importers.people_tables import code_text, csv_rows, delimiter_of, number_in
from opinionscope.survey.importers.reading import read_text
from opinionscope.survey.pack import PackError, decode_file
from opinionscope.survey.text import clean_line

_YES = frozenset({"yes", "y", "true", "1", "x"})
_TEXTS = ("text", "title", "context", "attribute")
_CSV_COLUMNS = ("column", "code", "label", "value", "nonresponse", "missing", *_TEXTS, "topics", "cuts", "weight")


class ColumnEntry(msgspec.Struct, forbid_unknown_fields=True):
    """What a codebook says of one column."""

    text: str = ""
    title: str = ""
    context: str = ""
    topics: list[str] = []
    labels: dict[str, str] = {}
    order: list[str] = []
    values: dict[str, float] = {}
    nonresponse: list[str] = []
    missing: list[str] = []
    attribute: str = ""
    cuts: list[float] = []


class Codebook(msgspec.Struct, forbid_unknown_fields=True):
    """A codebook: column → what it means."""

    columns: dict[str, ColumnEntry] = {}
    title: str = ""
    weight: str = ""

    @property
    def attributes(self) -> tuple[str, ...]:
        """The columns that cut groups, as ``column:attribute``."""
        return tuple(f"{name}:{entry.attribute}" for name, entry in self.columns.items() if entry.attribute)


def read_codebook(path: Path | None) -> Codebook:
    """Read a codebook, whole or not at all; an empty one for None.

    Raises:
        ImportRefusedError: naming the file, the place in it and what was expected.
    """
    if path is None:
        return Codebook()
    try:
        book = _from_csv(path) if path.suffix.lower() in (".csv", ".tsv") else decode_file(path, Codebook)
    except PackError as error:
        raise ImportRefusedError(f"the codebook {error.message}") from error
    for name, entry in book.columns.items():
        _check(path, name, entry)
    cleaned = {clean_line(name): _cleaned(entry) for name, entry in book.columns.items()}
    return Codebook(cleaned, clean_line(book.title), clean_line(book.weight))


def _check(path: Path, name: str, entry: ColumnEntry) -> None:
    for field in ("order", "values"):
        unknown = [code for code in getattr(entry, field) if code_text(code) not in map(code_text, entry.labels)]
        if unknown:
            where = f"columns.{name}.{field}"
            raise ImportRefusedError(
                f"the codebook {clean_line(path.name)}, at {clean_line(where)}: expected codes that labels has, "
                f'got "{clean_line(unknown[0])}"'
            )


def _cleaned(entry: ColumnEntry) -> ColumnEntry:
    labels = {code_text(code): clean_line(label) for code, label in entry.labels.items()}
    order = [code_text(code) for code in entry.order]
    return msgspec.structs.replace(
        entry,
        labels={code: labels[code] for code in dict.fromkeys([*order, *labels])},
        values={code_text(code): value for code, value in entry.values.items()},
        nonresponse=[code_text(code) for code in entry.nonresponse],
        missing=[code_text(code) for code in entry.missing],
        attribute=clean_line(entry.attribute),
    )


def _from_csv(path: Path) -> Codebook:
    text = read_text(path)
    rows = csv_rows(text, delimiter_of(text, path.suffix.lower()))
    header = next(rows, (1, [""]))[1]
    if isinstance(header, csv.Error) or "column" not in (names := [clean_line(name).lower() for name in header]):
        raise PackError(path, "line 1", f"expected a column named column, and any of {', '.join(_CSV_COLUMNS[1:])}")
    if unknown := [name for name in names if name not in _CSV_COLUMNS]:
        raise PackError(path, "line 1", f"expected only columns named {', '.join(_CSV_COLUMNS)}, got {unknown[0]}")
    book = Codebook(columns={})
    for line, row in rows:
        if isinstance(row, csv.Error) or len(row) != len(names):
            raise PackError(path, f"line {line}", f"expected {len(names)} cells")
        _take(book, {name: cell.strip() for name, cell in zip(names, row, strict=True)}, path, line)
    return book


def _take(book: Codebook, row: Mapping[str, str], path: Path, line: int) -> None:
    """Take in one row of a codebook that is a table."""
    name = clean_line(row["column"])
    if not name:
        raise PackError(path, f"line {line}", "expected the name of a column")
    entry = book.columns.setdefault(name, ColumnEntry())
    for field in _TEXTS:
        if row.get(field):
            setattr(entry, field, row[field])
    if row.get("topics"):
        entry.topics = [clean_line(topic) for topic in row["topics"].split(";") if topic.strip()]
    if row.get("cuts"):
        entry.cuts = [_number(cut, path, line, "cuts") for cut in row["cuts"].split(";")]
    if _says_yes(row, "weight"):
        book.weight = name
    if code := code_text(row.get("code", "")):
        _take_code(entry, code, row, path, line)


def _take_code(entry: ColumnEntry, code: str, row: Mapping[str, str], path: Path, line: int) -> None:
    if _says_yes(row, "missing"):
        entry.missing.append(code)
        return
    if code in entry.labels:
        raise PackError(path, f"line {line}", f"expected a new code, {code} stands above")
    entry.labels[code] = row.get("label", "") or code
    if row.get("value"):
        entry.values[code] = _number(row["value"], path, line, "value")
    if _says_yes(row, "nonresponse"):
        entry.nonresponse.append(code)


def _says_yes(row: Mapping[str, str], name: str) -> bool:
    return row.get(name, "").lower() in _YES


def _number(text: str, path: Path, line: int, name: str) -> float:
    number = number_in(text)
    if number is None:
        raise PackError(path, f"line {line}, {name}", f'expected a number, got "{clean_line(text)}"')
    return number
