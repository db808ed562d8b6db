"""Records: the rows of a text parted into cells, and which of them is the header."""

import csv
import io
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager

from msgspec import Struct

from opinionscope.regexes import regex
from opinionscope.survey.text import clean_line

LONGEST_CELL = 16_000_000
LINES_OF_A_GLANCE = 60
"""Lines that are read to tell the separator."""
MOST_TITLES = 12
"""So many rows above a header are taken for titles."""
LEAST_ROWS = 3
"""Of fewer rows it cannot be told whether blanks part their cells."""
LEAST_KNOWN = 2
_FIGURE = regex(r"[<>~≈+−-]?\s*[\d.,]+\s*%?")
_NUMBER = regex(r"[<>~≈+−-]?\s*[.,]?\d")


class Record(Struct, frozen=True):
    """The cells of one row of a CSV file, or the reason why there are none.

    Attributes:
        line: number of the line on which it begins, from 1.
    """

    line: int
    cells: Sequence[str]
    reason: str = ""

    @property
    def blank(self) -> bool:
        """Whether no cell holds anything."""
        return not self.reason and not any(cell.strip() for cell in self.cells)


def records(text: str, separator: str, line: int = 1) -> Iterator[Record]:
    """Each row of a text that is not empty.

    One whose quotes do not match takes up its first line only, so that the rest is read. pandas cannot serve here: it
    fills short rows up without a word, and gives no row the number of its line.

    Args:
        line: number of the text's first line.
    """
    lines, start = list(io.StringIO(text, newline="")), 0
    while start < len(lines):
        rest = (lines[at] for at in range(start, len(lines)))
        reader, begun = csv.reader(rest, delimiter=separator, skipinitialspace=separator != " ", strict=True), start
        with _long_cells():
            try:
                for cells in reader:
                    if cells:
                        yield Record(line + begun, cells)
                    begun = start + reader.line_num
            except csv.Error as error:
                yield Record(line + begun, (), f"the quotes of this row do not match ({error})")
                start = begun + 1
            else:
                return


@contextmanager
def _long_cells() -> Iterator[None]:
    before = csv.field_size_limit(LONGEST_CELL)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def header_at(filled: Sequence[Record], known: Collection[str]) -> int:
    """The position of the header: the first row that is about as wide as the rows below it."""
    widths = Counter(len(record.cells) for record in filled[:LINES_OF_A_GLANCE] if not record.reason)
    usual = max(widths, key=lambda width: (widths[width], width), default=0)
    for at, record in enumerate(filled[:MOST_TITLES]):
        names = [clean_line(cell) for cell in record.cells if cell.strip()]
        wide = len(names) > 1 and (len(record.cells) >= usual or 4 * len(names) >= 3 * usual)
        one_less = not at and 1 < len(names) == len(record.cells) == usual - 1 == len(filled[1].cells) - 1
        if record.reason or wide or one_less or any(name.casefold() in known for name in names):
            below = at + _is_above_header(filled, at, known)
            return below if _names_known(filled[below], known) else _later(filled[:MOST_TITLES], below, known)
    return 0


def _names_known(record: Record, known: Collection[str]) -> int:
    """How many names of a row are known, each counted once: in no header does one stand below every group."""
    return len({clean_line(cell).casefold() for cell in record.cells}.intersection(known))


def _later(filled: Sequence[Record], at: int, known: Collection[str]) -> int:
    """The header, if a row above it is as wide as it: the first with most known names, two unless that is a comment."""
    named = [_names_known(record, known) for record in filled]
    least = 1 if "".join(filled[at].cells).startswith("#") else LEAST_KNOWN
    return named.index(max(named)) if max(named) >= least else at


def _is_above_header(filled: Sequence[Record], at: int, known: Collection[str]) -> bool:
    """Whether a row only groups the columns that the next one names: it has gaps, and the next has none.

    The next row is a header if it holds no number, and no cell that comes again below it in the same column.
    """
    here, rest = filled[at], filled[at + 1 :]
    if len(rest) < 3 or any(clean_line(cell).casefold() in known for cell in here.cells if cell.strip()):
        return False
    names = [cell.strip() for cell in rest[0].cells]
    gaps = sum(not cell.strip() for cell in here.cells[: len(names)])
    if not gaps or not all(names) or len(names) < len(here.cells) or any(map(_NUMBER.match, names)):
        return False
    return not any(
        record.cells[place].strip() == name
        for record in rest[1:]
        for place, name in enumerate(names)
        if place < len(record.cells)
    )


def completed(header: Record, below: Sequence[Record], known: Collection[str]) -> list[str]:
    """The header with the names that the row below it gives to columns under a heading; [] if it gives none.

    That row has a name wherever the header has a gap, and none under the columns that are known.
    """
    first = below[0].cells if below else ()
    gaps = [at for at, cell in enumerate(header.cells) if not cell.strip()]
    if not gaps or len(first) != len(header.cells) or _names_known(header, known) < LEAST_KNOWN:
        return []
    if any(not first[at].strip() or _FIGURE.fullmatch(first[at].strip()) for at in gaps):
        return []
    if any(cell.strip() and name.strip().casefold() in known for name, cell in zip(header.cells, first, strict=True)):
        return []
    return [cell if cell.strip() else name for name, cell in zip(header.cells, first, strict=True)]


def has_row_names(header: Record, below: Sequence[Record]) -> bool:
    """Whether all rows have one cell more than the header, and each another in it, as R writes names of rows.

    A cell more that is always empty comes from a mark at the end of each row.
    """
    firsts = [record.cells[0] for record in below if record.cells]
    if not any(record.cells[-1].strip() for record in below if record.cells):
        return False
    narrow = all(len(record.cells) == len(header.cells) + 1 for record in below if not record.reason)
    return len(firsts) > 1 and narrow and len(set(firsts)) == len(firsts) and all(map(str.strip, header.cells))


def separator_of(text: str, known: Collection[str], separators: str) -> str:
    """The character that parts the cells of a text: the one of these that fits best, or a blank where none does."""
    lines = list(io.StringIO(text[:LONGEST_CELL], newline=""))[:LINES_OF_A_GLANCE]
    head = "".join(lines)
    best = max(separators, key=lambda each: _fitness(head, each, known))
    return " " if not _fitness(head, best, known)[1] and _is_parted_by_blanks(head) else best


def _is_parted_by_blanks(head: str) -> bool:
    """Whether blanks part the cells, as of R's write.table: all rows are as wide as the header, or all wider by one."""
    widths = [len(record.cells) for record in records(head, " ") if not record.blank]
    return len(widths) > LEAST_ROWS and widths[0] > 1 and set(widths[1:]) in ({widths[0]}, {widths[0] + 1})


def _fitness(head: str, separator: str, known: Collection[str]) -> tuple[int, float, int, int]:
    """How well a separator fits: known names, rows as wide as the header, an early header, a wide one.

    So few rows below a header are no table that it may be a note, which has a comma.
    """
    filled = [record for record in records(head, separator) if not record.blank]
    if not filled:
        return (0, 0.0, 0, 0)
    at = header_at(filled, known)
    header, below = filled[at].cells, filled[at + 1 :]
    alike = sum(len(record.cells) == len(header) for record in below)
    agreeing = round(alike / max(len(below), len(filled) / 2), 1)
    names = sum(clean_line(cell).casefold() in known for cell in header)
    return names, agreeing if len(header) > 1 else 0.0, -at, len(header)
