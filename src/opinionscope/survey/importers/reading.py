"""Text and tables of other people's making, read row by row: a damaged row costs no other."""

import csv
import io
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from opinionscope.survey.importers.base import ImportRefusedError
from opinionscope.survey.text import clean_line

SEPARATORS = ",;\t|"
LONGEST_CELL = 16_000_000
GLANCE = 1 << 16
"""Bytes that are read to recognise a file."""

_OTHER_ENCODINGS = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16", b"PK": "a spreadsheet or zip archive"}


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table.

    Attributes:
        place: where it stands, in words: "line 4", "entry 2".
        cells: column → text, as many as the table has columns.
    """

    place: str
    cells: dict[str, str]


@dataclass(slots=True)
class Table:
    """A table with a header.

    Attributes:
        columns: as named in the header, cleaned.
        damaged: (place, reason) of rows that could not be read.
    """

    columns: tuple[str, ...]
    rows: list[Row] = field(default_factory=list)
    damaged: list[tuple[str, str]] = field(default_factory=list)
    separator: str = ","

    def named(self, columns: Collection[str], needed: Collection[str]) -> "Table":
        """The same table under these names of columns, whatever the case it writes them in.

        Raises:
            ImportRefusedError: if it lacks one that is needed.
        """
        names = {each: next((c for c in columns if c.casefold() == each.casefold()), each) for each in self.columns}
        if lacking := [column for column in needed if column not in names.values()]:
            raise ImportRefusedError(
                f"expected the columns {', '.join(columns)}; {', '.join(lacking)} is missing, "
                f"found {', '.join(self.columns)}"
            )
        if len(set(names.values())) < len(names):
            raise ImportRefusedError(f"two columns differ in case only: {', '.join(self.columns)}; rename one")
        rows = [Row(row.place, {names[column]: cell for column, cell in row.cells.items()}) for row in self.rows]
        return Table(tuple(names.values()), rows, self.damaged, self.separator)


def read_text(path: Path) -> str:
    """A file of text in UTF-8, with or without a byte order mark.

    Raises:
        ImportRefusedError: if it cannot be read or is in another encoding.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ImportRefusedError(f"{path.name} cannot be read ({error.strerror}); check the path") from error
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        other = next((name for mark, name in _OTHER_ENCODINGS.items() if content.startswith(mark)), "")
        found = f"it looks like {other}" if other else f"line {line} has a byte that is none"
        raise ImportRefusedError(
            f"{clean_line(path.name)}: expected text in UTF-8, but {found}; save it as UTF-8"
        ) from error


def glance(path: Path) -> str:
    """The first lines of a file, or "" if it cannot be read; never raises."""
    try:
        with path.open("rb") as file:
            return file.read(GLANCE).decode("utf-8-sig", errors="ignore")
    except OSError:
        return ""


def first_columns(path: Path, known: Collection[str] = (), separators: str = SEPARATORS) -> tuple[str, ...]:
    """The columns a file's header names, () if there is no header; never raises."""
    try:
        return table_of(glance(path).lstrip().splitlines()[0], known, separators).columns
    except (ImportRefusedError, IndexError):
        return ()


def table_of(text: str, known: Collection[str] = (), separators: str = SEPARATORS) -> Table:
    """The table that a text holds, its rows in order.

    Args:
        known: names of columns, folded, by which the right separator is told.
        separators: characters that may part the cells.

    Raises:
        ImportRefusedError: if it has no header, or one that names a column twice.
    """
    lines = list(io.StringIO(text, newline=""))
    start = next((i for i, line in enumerate(lines) if line.strip()), None)
    if start is None:
        raise ImportRefusedError("the file is empty; expected a header and rows")
    separator = max(separators, key=lambda each: _fitness(lines[start], each, known))
    records = _records(lines, start, separator)
    header = next(records)
    columns = tuple(clean_line(cell) for cell in header.cells)
    while columns and not columns[-1]:
        columns = columns[:-1]
    if header.reason or not columns:
        raise ImportRefusedError(f"the header cannot be read: {header.reason or 'it names no column'}")
    if twice := next((name for i, name in enumerate(columns) if name in columns[:i]), None):
        raise ImportRefusedError(f'the header names the column "{twice}" twice; give each column a name of its own')
    table = Table(columns, separator=separator)
    for record in records:
        place, cells = f"line {record.line}", record.cells
        extra = [cell for cell in cells[len(columns) :] if cell.strip()]
        if record.reason:
            table.damaged.append((place, record.reason))
        elif not any(cell.strip() for cell in cells):
            continue
        elif len(cells) < len(columns) or extra:
            table.damaged.append((place, f"expected {len(columns)} cells, found {len(cells)}"))
        else:
            table.rows.append(Row(place, dict(zip(columns, cells, strict=False))))
    return table


@dataclass(frozen=True, slots=True)
class _Record:
    line: int
    cells: Sequence[str]
    reason: str = ""


def _fitness(header: str, separator: str, known: Collection[str]) -> tuple[int, int]:
    with _long_cells():
        try:
            cells = next(csv.reader([header], delimiter=separator))
        except csv.Error:
            return (0, 0)
    return sum(clean_line(cell).casefold() in known for cell in cells), len(cells)


def _records(lines: Sequence[str], start: int, separator: str) -> Iterator[_Record]:
    """Each record; one whose quotes do not match takes up its first line only, so that the rest is read."""
    while start < len(lines):
        position = _Counted(lines, start)
        with _long_cells():
            try:
                cells = next(csv.reader(position, delimiter=separator, strict=True))
            except csv.Error as error:
                yield _Record(start + 1, (), f"the quotes of this row do not match ({error})")
                start += 1
                continue
        yield _Record(start + 1, cells)
        start = position.next


class _Counted:
    """Hands out lines and knows how many."""

    def __init__(self, lines: Sequence[str], start: int) -> None:
        self._lines, self.next = lines, start

    def __iter__(self) -> "_Counted":
        return self

    def __next__(self) -> str:
        if self.next >= len(self._lines):
            raise StopIteration
        self.next += 1
        return self._lines[self.next - 1]


@contextmanager
def _long_cells() -> Iterator[None]:
    before = csv.field_size_limit(LONGEST_CELL)
    try:
        yield
    finally:
        csv.field_size_limit(before)
