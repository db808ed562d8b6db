"""Text and tables written by other programs, read row by row: a damaged row costs no other."""

import codecs
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct, field

from opinionscope.importers.base import ImportRefusedError
from opinionscope.importers.records import (
    Record,
    completed,
    has_row_names,
    header_at,
    records,
    separator_of,
)
from opinionscope.regexes import regex
from opinionscope.survey.text import clean_line

JSON_LINES = frozenset({".jsonl", ".ndjson"})
JSON_SUFFIXES = JSON_LINES | {".json"}
TEXT_SUFFIXES = frozenset({".csv", ".dat", ".psv", ".tab", ".tsv", ".txt"})
SEPARATORS = ",;\t|"
SEPARATOR_NAMES = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
GLANCE = 1 << 16
"""Bytes that are read to recognise a file."""
FOREIGN = 0.25
"""With a larger share of letters outside ASCII, a text is in no Western European encoding."""

_SEP_LINE = regex(r'\s*"?sep=(.)"?\s*', re.IGNORECASE)
_TWICE = regex("[ÂÃÄÅâ][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹Œ‘’“”•–—˜™š›œŽž]")
_UNDEFINED = "\x81\x8d\x8f\x90\x9d"
"""Bytes that Windows-1252 has no character for."""
_AMID_A_WORD = regex(r"[^\W\d_][¡-§©¬®-±¶¼-¿‚„”†‡™][^\W\d_]|(?<!\w)[¦¬¯³¶¹¼¾][^\W\d_]")
"""A symbol between two letters, or one that begins no word: in the text's own encoding it is a letter."""
_UNNAMED = regex(r"|(?:Unnamed: ?|\.\.\.|X\.?)\d+")
"""Names that programs give to a column without one."""
_NUMBERING = ("#", "X")
"""Names of a first column that may number the rows."""
_ARCHIVE = b"PK"
_GZIP = b"\x1f\x8b"


class ReadRow(Struct, frozen=True):
    """A row of a table.

    Attributes:
        place: where it stands, in words: "line 4", "entry 2".
        cells: column → text, as many as the table has columns.
    """

    place: str
    cells: dict[str, str]

    def under(self, columns: Iterable[str]) -> tuple[str, ...]:
        """The cells of some columns."""
        return tuple(self.cells[each] for each in columns)


class ReadTable(Struct):
    """A table with a header.

    Attributes:
        columns: as named in the header, cleaned.
        damaged: (place, reason) of rows that could not be read.
        notes: what was decided on the way, a sentence each.
    """

    columns: tuple[str, ...]
    rows: list[ReadRow] = field(default_factory=list)
    damaged: list[tuple[str, str]] = field(default_factory=list)
    separator: str = ","
    notes: list[str] = field(default_factory=list)

    def named(self, columns: Collection[str], needed: Collection[str]) -> "ReadTable":
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
        rows = [ReadRow(row.place, {names[column]: cell for column, cell in row.cells.items()}) for row in self.rows]
        return ReadTable(tuple(names.values()), rows, self.damaged, self.separator, self.notes)


class RawTable(Struct):
    """A header and the rows below it, as a CSV file or a sheet of a workbook has them.

    Attributes:
        header: names of columns, cleaned; "" where there is none.
        rows: (place, cells) of each row that is not empty, of any length.
        damaged, notes: as in `ReadTable`.
        separator: what parts the cells; "" in a workbook.
        records: all that is not empty, as it stands; with the word for a place.
    """

    header: list[str]
    rows: list[tuple[str, Sequence[str]]] = field(default_factory=list)
    damaged: list[tuple[str, str]] = field(default_factory=list)
    separator: str = ","
    notes: list[str] = field(default_factory=list)
    records: Sequence[Record] = ()
    word: str = "line"

    def fit(self) -> None:
        """Drop columns at the right without a name that few rows fill, and move rows of another length to `damaged`."""
        while self.header and not self.header[-1] and 2 * self._filled(len(self.header) - 1) <= len(self.rows):
            self.header.pop()
        width, fitting = len(self.header), []
        for place, cells in self.rows:
            if len(cells) < width or any(cell.strip() for cell in cells[width:]):
                self.damaged.append((place, f"expected {width} cells, found {len(cells)}"))
            else:
                fitting.append((place, cells[:width]))
        self.rows = fitting
        self.damaged.sort(key=lambda each: int(each[0].rpartition(" ")[2]))

    def _drop_row_numbers(self) -> None:
        """Drop columns without a name that are empty, and a first one that numbers the rows."""
        for at in reversed(range(len(self.header))):
            cells = [row[at].strip() for _, row in self.rows]
            numbers = [int(cell) for cell in cells if cell.isdecimal()]
            counts = len(numbers) == len(cells) > 1 and numbers == [*range(numbers[0], numbers[0] + len(numbers))]
            has_name = _UNNAMED.fullmatch(self.header[at]) is None
            if not at and counts and numbers[0] < 2 and (not has_name or self.header[at] in _NUMBERING):
                self.notes.append("The first column numbers the rows and was left out.")
            elif has_name or any(cells):
                continue
            del self.header[at]
            self.rows = [(place, [*row[:at], *row[at + 1 :]]) for place, row in self.rows]

    def _filled(self, column: int) -> int:
        return sum(len(cells) > column and bool(cells[column].strip()) for _, cells in self.rows)

    def table(self) -> ReadTable:
        """The rows by name of column.

        Raises:
            ImportRefusedError: if the header names nothing, or a column twice.
        """
        self.fit()
        self._drop_row_numbers()
        columns = tuple(self.header)
        if not columns:
            raise ImportRefusedError("the header cannot be read: it names no column")
        if twice := next((name for i, name in enumerate(columns) if name in columns[:i]), None):
            raise ImportRefusedError(f'the header names the column "{twice}" twice; give each column a name of its own')
        rows = [ReadRow(place, dict(zip(columns, cells, strict=True))) for place, cells in self.rows]
        return ReadTable(columns, rows, self.damaged, self.separator, self.notes)


@contextmanager
def named(path: Path) -> Iterator[None]:
    """Names the file in the refusal of what is in it."""
    try:
        yield
    except ImportRefusedError as error:
        raise ImportRefusedError(f"{clean_line(path.name)}: {error.message}") from error


def read_bytes(path: Path) -> bytes:
    """The content of a file.

    Raises:
        ImportRefusedError: if it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise ImportRefusedError(
            f"{clean_line(path.name)} cannot be read ({error.strerror}); check the path"
        ) from error


def read_text(path: Path) -> str:
    """A file of text in UTF-8, with or without a byte order mark.

    Raises:
        ImportRefusedError: if it cannot be read or is in another encoding.
    """
    content = read_bytes(path)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _not_text(path, content, error.start) from error


def json_lines(path: Path) -> str:
    """The text of a JSON file; of one with an entry a line, whatever it is called, as one list of them.

    Raises:
        ImportRefusedError: as `read_text`.
    """
    text = read_text(path)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    an_entry_each = len(lines) > 1 and all(line.startswith("{") and line.endswith("}") for line in lines)
    return f"[{','.join(lines)}]" if an_entry_each or path.suffix.lower() in JSON_LINES else text


def read_any_text(path: Path) -> tuple[str, list[str]]:
    """A table's text in UTF-8, UTF-16 or Windows-1252, as Excel writes them, and a note if it is not UTF-8.

    Raises:
        ImportRefusedError: if it cannot be read or is in another encoding.
    """
    content = read_bytes(path)
    encoding = encoding_of(content) or "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise _not_text(path, content, error.start) from error
    text, notes = text.replace("\0", ""), []
    if mended := _encoded_once(text):
        text = mended
        notes.append('Its letters were in UTF-8 twice over, as "Ã¤" for "ä", and were mended.')
    elif encoding == "cp1252":
        notes.append("The file is not in UTF-8 and was read as Windows-1252; save it as UTF-8 if letters look wrong.")
    elif encoding.startswith(("utf-16", "utf-32")):
        notes.append(f"The file was read as {encoding[:6].upper()}.")
    return text, notes


def _encoded_once(text: str) -> str:
    """The text that was taken for Windows-1252 and encoded once more; "" if this is none such."""
    if not _TWICE.search(text):
        return ""
    try:
        return b"".join(each.encode("latin-1" if each in _UNDEFINED else "cp1252") for each in text).decode()
    except UnicodeError:
        return ""


def encoding_of(content: bytes) -> str:
    """The encoding of a table's text: utf-8-sig, utf-16 (-le, -be), cp1252, or "" for none of these.

    Windows-1252 is supposed only if no character is valid UTF-8 beside ASCII (one damaged byte in a UTF-8 file is
    damage), and if few letters are outside ASCII (else the text is Cyrillic, Japanese … in an encoding of its own), and
    no symbol stands amid a word.
    """
    if content.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    head = content[:400]
    even, odd = head[::2].count(0), head[1::2].count(0)
    if 3 * max(even, odd) > len(head) and not min(even, odd):
        return "utf-16-le" if odd else "utf-16-be"
    text = content.decode("utf-8-sig", "surrogateescape")
    if not any("\udc80" <= character <= "\udcff" for character in text):
        return "utf-8-sig"
    if any(character > "\x7f" and not "\udc80" <= character <= "\udcff" for character in text):
        return ""
    try:
        western = content.decode("cp1252")
    except UnicodeDecodeError:
        return ""
    letters = [character for character in western if character.isalpha()]
    if _AMID_A_WORD.search(western):
        return ""
    return "cp1252" if sum(not each.isascii() for each in letters) <= FOREIGN * len(letters) else ""


def _not_text(path: Path, content: bytes, at: int) -> ImportRefusedError:
    line = content.count(b"\n", 0, at) + 1
    found, advice = f"line {line} has a byte that is none", "save it as UTF-8"
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        found = "it looks like damaged UTF-16"
    elif content.startswith(_ARCHIVE):
        found, advice = "it looks like a spreadsheet or zip archive", "call it .xlsx or .zip if it is one"
    elif content.startswith(_GZIP):
        found, advice = "it is packed with gzip", f"call it {clean_line(path.name)}.gz"
    return ImportRefusedError(f"{clean_line(path.name)}: expected text in UTF-8, but {found}; {advice}")


def glance(path: Path) -> str:
    """The first lines of a file, or "" if it cannot be read; never raises."""
    try:
        with path.open("rb") as file:
            head = file.read(GLANCE)
    except OSError:
        return ""
    whole_lines = head[: head.rfind(b"\n") + 1] if len(head) == GLANCE else head
    return (whole_lines or head).decode(encoding_of(whole_lines) or "utf-8-sig", errors="ignore")


def first_columns(path: Path, known: Collection[str]) -> tuple[str, ...]:
    """The columns that a file's header names, () if there is none; never raises."""
    try:
        return tuple(grid_of(glance(path), known).header)
    except ImportRefusedError:
        return ()


def table_of(text: str, known: Collection[str] = (), separators: str = SEPARATORS) -> ReadTable:
    """The table that a text holds, its rows in order; arguments and errors as in `grid_of` and `Grid.table`."""
    return grid_of(text, known, separators).table()


def grid_of(text: str, known: Collection[str] = (), separators: str = SEPARATORS) -> RawTable:
    """The header and the rows of a text, titles above the header left out.

    Args:
        known: names of columns, folded, by which separator and header are told.
        separators: characters that may part the cells; a first line ``sep=;`` names it.

    Raises:
        ImportRefusedError: if there is no header.
    """
    first, newline, rest = text.partition("\n")
    named = _SEP_LINE.fullmatch(first)
    separator = named[1] if named and newline else separator_of(text, known, separators)
    found = list(records(rest, separator, line=2) if named and newline else records(text, separator))
    grid = grid_of_records(found, separator, known)
    if named and newline:
        grid.notes.insert(
            0, f"The first line says that cells are parted by {SEPARATOR_NAMES.get(separator, separator)}."
        )
    return grid


def grid_of_text(path: Path, known: Collection[str] = (), separators: str = SEPARATORS) -> RawTable:
    """The header and rows of a file of text, in any encoding that Excel writes; arguments as in `grid_of`.

    Raises:
        ImportRefusedError: if it cannot be read, or has no header.
    """
    text, notes = read_any_text(path)
    with named(path):
        grid = grid_of(text, known, separators)
    grid.notes[:0] = notes
    return grid


def grid_of_records(
    found: Sequence[Record], separator: str, known: Collection[str] = (), word: str = "line"
) -> RawTable:
    """The header and the rows among records.

    Args:
        word: what a place is called, "line" or "row".

    Raises:
        ImportRefusedError: if there is no header.
    """
    filled = [record for record in found if not record.blank]
    if not filled:
        raise ImportRefusedError("the file is empty; expected a header and rows")
    at = header_at(filled, known)
    header = filled[at]
    if has_row_names(header, filled[at + 1 :]):
        header = Record(header.line, ["", *header.cells])
    below = at + 1
    if names := completed(header, filled[below:], known):
        header, below = Record(header.line, names), below + 1
    if header.reason:
        raise ImportRefusedError(f"the header cannot be read: {header.reason}")
    grid = RawTable([clean_line(cell) for cell in header.cells], separator=separator, records=filled, word=word)
    if at:
        places = places_of([record.line for record in filled[:at]], word)
        grid.notes.append(
            f"{places} above the header {'is a title and was' if at == 1 else 'are titles and were'} left out."
        )
    for record in filled[below:]:
        if record.reason:
            grid.damaged.append((f"{word} {record.line}", record.reason))
        else:
            grid.rows.append((f"{word} {record.line}", record.cells))
    return grid


def places_of(lines: Sequence[int], word: str) -> str:
    """Places in words: "Line 1", "Lines 1 and 2", "Lines 1 to 4"."""
    word = word.capitalize()
    if len(lines) == 1:
        return f"{word} {lines[0]}"
    return f"{word}s {lines[0]} {'and' if len(lines) == 2 else 'to'} {lines[-1]}"
