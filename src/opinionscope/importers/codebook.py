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

CSV or an Excel sheet, one row a code, the column's own entries in any of its rows: ``column, code, label, value,
nonresponse, missing, text, title, context, topics, attribute, cuts, weight``; flags are "yes", topics and cuts are
parted by ";".
"""

from collections.abc import Mapping
from pathlib import Path

import msgspec

from opinionscope.importers.base import ImportRefusedError
from opinionscope.importers.figures import any_number, code_text
from opinionscope.importers.reading import grid_of, read_any_text
from opinionscope.importers.workbooks import WORKBOOK_SUFFIXES, grid_of_workbook
from opinionscope.survey.pack import PackError, decode_file
from opinionscope.survey.text import clean_line
from opinionscope.values import replace

TABLE_SUFFIXES = frozenset({".csv", ".tsv", *WORKBOOK_SUFFIXES})
_YES = frozenset({"yes", "y", "true", "1", "x"})
_TEXTS = ("text", "title", "context", "attribute")
_CSV_COLUMNS = ("column", "code", "label", "value", "nonresponse", "missing", *_TEXTS, "topics", "cuts", "weight")
_SHAPE = (
    '; a codebook has title, weight and columns, and a column such as [columns.Q1] in TOML, "columns": {"Q1": {…}} in '
    f"JSON, has any of {', '.join((*_TEXTS, 'topics', 'labels', 'order', 'values', 'nonresponse', 'missing', 'cuts'))}"
)


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


NO_ENTRY = ColumnEntry()


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
    table = path.suffix.lower() in TABLE_SUFFIXES
    try:
        book = _from_table(path) if table else decode_file(path, Codebook)
    except PackError as error:
        raise ImportRefusedError(f"the codebook {error.message}{'' if table else _SHAPE}") from error
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
    missing = {code_text(code) for code in entry.missing}
    spoken = {
        code: labels[code] for code in dict.fromkeys([*map(code_text, entry.order), *labels]) if code not in missing
    }
    unspoken = {labels[code] for code in missing if code in labels}.difference(spoken.values())
    return replace(
        entry,
        labels=spoken,
        values={code_text(code): value for code, value in entry.values.items()},
        nonresponse=[code_text(code) for code in entry.nonresponse],
        missing=sorted(missing | unspoken),
        attribute=clean_line(entry.attribute),
    )


def _from_table(path: Path) -> Codebook:
    try:
        workbook = path.suffix.lower() in WORKBOOK_SUFFIXES
        grid = grid_of_workbook(path, _CSV_COLUMNS) if workbook else grid_of(read_any_text(path)[0], _CSV_COLUMNS)
    except ImportRefusedError as error:
        raise PackError(path, "", error.message) from error
    grid.fit()
    names = [name.lower() for name in grid.header]
    if "column" not in names:
        raise PackError(path, "line 1", f"expected a column named column, and any of {', '.join(_CSV_COLUMNS[1:])}")
    if unknown := [name for name in names if name not in _CSV_COLUMNS]:
        raise PackError(path, "line 1", f"expected only columns named {', '.join(_CSV_COLUMNS)}, got {unknown[0]}")
    if grid.damaged:
        raise PackError(path, *grid.damaged[0])
    book = Codebook(columns={})
    for place, row in grid.rows:
        _take(book, {name: cell.strip() for name, cell in zip(names, row, strict=True)}, path, place)
    return book


def _take(book: Codebook, row: Mapping[str, str], path: Path, place: str) -> None:
    """Take in one row of a codebook that is a table."""
    name = clean_line(row["column"])
    if not name:
        raise PackError(path, place, "expected the name of a column")
    entry = book.columns.setdefault(name, ColumnEntry())
    for field in _TEXTS:
        if row.get(field):
            setattr(entry, field, row[field])
    if row.get("topics"):
        entry.topics = [clean_line(topic) for topic in row["topics"].split(";") if topic.strip()]
    if row.get("cuts"):
        entry.cuts = [_number(cut, path, place, "cuts") for cut in row["cuts"].split(";")]
    if _says_yes(row, "weight"):
        book.weight = name
    if code := code_text(row.get("code", "")):
        _take_code(entry, code, row, path, place)


def _take_code(entry: ColumnEntry, code: str, row: Mapping[str, str], path: Path, place: str) -> None:
    if _says_yes(row, "missing"):
        entry.missing.append(code)
        return
    if code in entry.labels:
        raise PackError(path, place, f"expected a new code, {code} stands above")
    entry.labels[code] = row.get("label", "") or code
    if row.get("value"):
        entry.values[code] = _number(row["value"], path, place, "value")
    if _says_yes(row, "nonresponse"):
        entry.nonresponse.append(code)


def _says_yes(row: Mapping[str, str], name: str) -> bool:
    return row.get(name, "").lower() in _YES


def _number(text: str, path: Path, place: str, name: str) -> float:
    number = any_number(text)
    if number is None:
        raise PackError(path, f"{place}, {name}", f'expected a number, got "{clean_line(text)}"')
    return number
