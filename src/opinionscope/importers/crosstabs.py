"""Crosstabs: questions above their options or above a header, which may have attributes above their values.

Their grid becomes a table with a question and an option in each row and a column for each group, called "Gender=Male"
where an attribute stands above it.
"""

import re
from collections.abc import Mapping, Sequence

from msgspec import Struct, field

from opinionscope.importers.base import ImportRefusedError
from opinionscope.importers.figures import any_number, is_percent
from opinionscope.importers.labels import is_nonresponse
from opinionscope.importers.reading import RawTable, ReadRow, ReadTable
from opinionscope.importers.records import LINES_OF_A_GLANCE, Record
from opinionscope.importers.respondent_columns import looks_like_attribute
from opinionscope.importers.tables_forms import role_of
from opinionscope.importers.tables_names import EVERYBODY
from opinionscope.importers.tables_sums import is_size, is_total
from opinionscope.regexes import regex
from opinionscope.survey.pack import MAX_OPTIONS
from opinionscope.survey.text import clean_line, fold

LEAST_VALUES = 2
"""A single value below an attribute may be anything."""
MOST_IN_A_TITLE = 2
"""Into so many cells may commas part a title in the narrowest table."""
_NUMBERED = regex(r"Q(?![1-4]\W?(?:19|20)\d\d\b)\d", re.IGNORECASE)
"""How a numbered question begins; Q2 2024 is a quarter of a year."""
_WORD = regex(r"\w")
_BESIDE = regex(
    r"\W*(?:table|base|source|notes?|field ?work|(?:un)?weighted|sample|page|all (?:adults|respondents))\b",
    re.IGNORECASE,
)
"""How a line above a header begins that is no part of a question."""
_OPEN = regex(r".*\w.*(?:…|\.\.\.|:)")
"""A question that its options complete, if it stands above a header."""
_TESTED = regex(r"[A-Za-z*, –-]*")
"""Cells of rows that hold results of tests."""
_IN_BRACKETS = regex(r"\(([\d., ]+)\)")
_OF_SOME = regex(r"\b(?:asked|base|among|those who|n ?=|if (?:you )?(?:said|answered|chose|yes|no)\b)", re.IGNORECASE)
"""Words of a question that not all people were asked."""
_STATEMENT = (".", ":", "…")
"""How a question that has no question mark ends."""
_NO_QUESTION = "no question stands above it or above its header"
_OTHER_GROUPS = "a row without a label stands above it, which may name other groups"
_KINDS = frozenset({"n", "%", "count", "counts", "freq", "frequency", "percent", "percentage", "pct", "share"})


def is_question(title: str) -> bool:
    """Whether a line by itself is a question: it ends with its mark, or begins with its number."""
    _, mark, behind = title.rpartition("?")
    return _NUMBERED.match(title) is not None or (mark != "" and not _WORD.search(behind))


class _Header(Struct, frozen=True):
    """A header of two or three rows: how many, the names of the columns behind the first, and what is above that."""

    rows: int
    names: tuple[str, ...]
    corner: str = ""


class CrosstabError(ImportRefusedError):
    """A crosstab, and of which question or which group its figures are cannot be told."""


class _Reader(Struct):
    """Reads line after line.

    Attributes:
        stem: the question that is asked, without the item that it is asked about.
        above: lines without figures since the last with some.
        sizes: rows with numbers of people that stand before all questions.
        headed: questions that stand above a header.
        unasked: whether figures of an option have no question.
        barred: why figures are not read until the next question; "" where they are.
        items: question → those that were made of it and of lines below it.
        sign: "%" where a line of percent signs says what the figures below are.
    """

    columns: tuple[str, ...]
    header: _Header
    stem: str = ""
    question: str = ""
    sign: str = ""
    above: list[str] = field(default_factory=list)
    sizes: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    rows: list[ReadRow] = field(default_factory=list)
    damaged: list[tuple[str, str]] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    headed: set[str] = field(default_factory=set)
    unasked: bool = False
    barred: str = ""
    items: dict[str, list[str]] = field(default_factory=dict)

    @property
    def asked(self) -> set[str]:
        """All questions that have figures."""
        return {row.cells["question"] for row in self.rows}

    def begin(self, header: _Header) -> None:
        """A header: the question is above it, with the item that is asked about."""
        lines = [each for each in (*self.above, header.corner) if each and not _BESIDE.match(each)]
        tests = (is_question, _OPEN.fullmatch) if header.rows > 1 else (is_question,)
        asked = next((test for test in tests if any(map(test, lines))), None)
        first = next((at for at, each in enumerate(lines) if asked and asked(each)), len(lines))
        self.header, self.question, self.sizes = header, " – ".join(lines[first:]), []
        self.stem, self.sign, self.barred = self.question, "", ""
        self.headed.add(self.question)
        self.above.clear()

    def read(self, place: str, cells: Sequence[str]) -> None:
        """A line below a header."""
        width = 1 + len(self.header.names)
        label, *figures = [*cells, *[""] * (width - len(cells))]
        filled = {*figures} - {""}
        if not filled and (self._is_new() or not is_nonresponse(label)):
            self._line(label)
        elif _WORD.search(last := next(filter(None, reversed(figures)), "")) and last.endswith("?"):
            self._line(", ".join(filter(None, cells)))
        elif filled and (len(cells) < width or any(figures[width - 1 :])):
            self.damaged.append((place, f"expected {width} cells, found {len(cells)}"))
        elif not label and filled == {"%"}:
            self.sign = "%"
        elif label and not self.question and not is_total(label):
            self.damaged.append((place, self.barred or _NO_QUESTION))
            self.unasked = self.unasked or not self.barred
        elif label:
            self._figures(place, label, figures[: width - 1])
        elif self._is_new():
            self._names(place, figures[: width - 1])
        elif not all(map(_TESTED.fullmatch, filled)):
            self._second(place, figures[: width - 1])

    def _line(self, text: str) -> None:
        """A question, or an item that the last one is asked about; lines of other kinds come before an option only."""
        self.above.append(text)
        is_item = self.stem and (self._is_new() or self.question != self.stem)
        if is_question(text):
            self.stem, self.question, self.barred = text, text, ""
        elif is_item and not _BESIDE.match(text):
            self.question = f"{self.stem} – {text}"
            self.items.setdefault(self.stem, []).append(self.question)
        elif not self._is_new() and text.endswith(_STATEMENT) and not _BESIDE.match(text):
            self.stem = self.question = text

    def _names(self, place: str, names: Sequence[str]) -> None:
        """A line without a label before all options: the same groups again, letters for tests, or other groups."""
        if not _are_letters(names) and [*names] != [each.rpartition("=")[2] for each in self.header.names]:
            self.damaged.append((place, "expected the label of an option, found nothing"))
            self.stem, self.question, self.barred = "", "", _OTHER_GROUPS

    def _is_new(self) -> bool:
        """Whether the question has no figure yet."""
        return not self.rows or self.rows[-1].cells["question"] != self.question

    def _figures(self, place: str, label: str, figures: Sequence[str]) -> None:
        if is_size(label):
            figures = [inner[1] if (inner := _IN_BRACKETS.fullmatch(each)) else each for each in figures]
        elif not is_total(label):
            figures = [each + self.sign if each[-1:].isdigit() else each for each in figures]
        cells = {"option": label, **dict(zip(self.header.names, figures, strict=True))}
        if not self.question:
            self.sizes += [(place, cells)] if is_size(label) else []
            return
        of_all = not is_size(label) and not any(map(_OF_SOME.search, (self.question, *self.above)))
        before = self.sizes if self._is_new() and of_all else []
        self.leave_out(self.question)
        blank = dict.fromkeys(self.columns, "")
        for where, found in (*before, (place, cells)):
            self.rows.append(ReadRow(where, blank | found | {"question": self.question}))

    def leave_out(self, question: str = "") -> None:
        """Take lines without figures for remarks, but those that are part of a question."""
        self.left_out += [each for each in self.above if not is_question(each) and each not in question]
        self.above.clear()

    def join_headings(self) -> None:
        """Make one question of items with other options each: they are headings of some of its options."""
        for stem, items in self.items.items():
            rows = [row for row in self.rows if row.cells["question"] in items and not is_total(row.cells["option"])]
            below = {row.under(("question", "option")) for row in rows}
            if len({asked for asked, _ in below}) > 1 and len(below) == len({option for _, option in below}):
                self.left_out += [each.removeprefix(f"{stem} – ") for each in items]
                for row in self.rows:
                    row.cells["question"] = stem if row.cells["question"] in items else row.cells["question"]

    def _second(self, place: str, figures: Sequence[str]) -> None:
        """A line without a label: the percents of the counts above it."""
        above = self.rows[-1].cells if self.rows else {}
        counts = [above.get(name, "") for name in self.header.names]
        pairs = [(n, share) for n, share in zip(counts, figures, strict=True) if n or share]
        if all(n and is_percent(share) and not is_percent(n) for n, share in pairs):
            for name, n, share in zip(self.header.names, counts, figures, strict=True):
                above[name] = f"{n} ({share})" if n else ""
        else:
            self.damaged.append((place, "expected the label of an option, found nothing"))


def _merged(rows: Sequence[ReadRow]) -> list[ReadRow]:
    """One row for each option of a question, whose groups may stand in several tables below each other.

    Raises:
        CrosstabError: if two of them have different figures of the same group.
    """
    merged: dict[tuple[str, ...], ReadRow] = {}
    for row in rows:
        first = merged.setdefault(row.under(("question", "option")), row)
        for name, cell in row.cells.items():
            if cell and first.cells[name] and cell != first.cells[name]:
                raise CrosstabError(
                    f'{row.place}: "{row.cells["option"]}" of "{row.cells["question"]}" has {cell} for {name}, and '
                    f"{first.cells[name]} in {first.place}; write above each table which question or item it is about"
                )
            first.cells[name] = first.cells[name] or cell
    return [*merged.values()]


def crosstab(grid: RawTable) -> ReadTable | None:
    """The table of a grid with headers of two rows, or of one above options of questions; None if it has none.

    Raises:
        CrosstabError: if no question is there, or a header has the same value of the same attribute twice.
    """
    columns = _filled(grid.records)
    names = [grid.header[at] for at in columns if at < len(grid.header)]
    if not _headers(names, _lines(grid.records[:LINES_OF_A_GLANCE], columns)):
        return None
    lines = _lines(grid.records, columns)
    headers = _headers(names, lines)
    if not headers:
        return None
    reader = _read(grid, lines, headers)
    one, labels = headers[min(headers)].rows == 1, [row.cells["option"] for row in reader.rows]
    most = 2 * MAX_OPTIONS * len(reader.asked)
    if one and (reader.unasked or any(map(str.isdecimal, labels)) or len(labels) > most):
        return None
    if not labels:
        if one or all(line[0].isdecimal() for line in lines[max(headers) + headers[max(headers)].rows :]):
            return None
        raise CrosstabError(
            f"no question stands above or below the header in {grid.word} {grid.records[min(headers)].line}; "
            "write its text there, with a question mark"
        )
    notes = [*(note for note in grid.notes if "above the header" not in note), _told(reader, one)]
    if reader.left_out:
        notes.append(f"Rows that have no figure were left out: {', '.join(reader.left_out)}.")
    rows = reader.rows if one else _merged(reader.rows)
    return ReadTable(reader.columns, rows, reader.damaged, grid.separator, notes)


def _filled(records: Sequence[Record]) -> list[int]:
    """The columns that do not only part others, or stand before all, with nothing in them."""
    width = max((len(each.cells) for each in records), default=0)
    return [at for at in range(width) if any(each.cells[at].strip() for each in records if at < len(each.cells))]


def _lines(records: Sequence[Record], columns: Sequence[int]) -> list[list[str]]:
    return [[clean_line(each.cells[at]) for at in columns if at < len(each.cells)] or [""] for each in records]


def _headers(names: Sequence[str], lines: Sequence[Sequence[str]]) -> dict[int, _Header]:
    """The headers by their first rows. Above the first of two rows stand titles: a row of names makes another table."""
    found: dict[int, _Header] = {}
    filled = [sum(map(bool, line)) for line in lines]
    for at in range(len(lines) - 2):
        if header := _header(lines[at : at + 3]):
            found[at] = header
        elif not found and filled[at] > max(MOST_IN_A_TITLE, max(filled) // 2):
            break
    return found or _plain_headers(names, lines)


def _read(grid: RawTable, lines: Sequence[Sequence[str]], headers: Mapping[int, _Header]) -> _Reader:
    names = dict.fromkeys(name for header in headers.values() for name in header.names)
    reader = _Reader(("question", "option", *names), headers[min(headers)])
    skip = 0
    for at, (record, cells) in enumerate(zip(grid.records, lines, strict=True)):
        if record.reason:
            reader.damaged.append((f"{grid.word} {record.line}", record.reason))
        elif header := headers.get(at):
            reader.begin(header)
            skip = at + header.rows
        elif at < min(headers):
            reader.above.append(clean_line(" ".join(cells)))
        elif at >= skip:
            reader.read(f"{grid.word} {record.line}", cells)
    reader.leave_out()
    reader.join_headings()
    return reader


def _told(reader: _Reader, one: bool) -> str:
    """How the table was read, in a sentence."""
    attributes = [*dict.fromkeys(name.partition("=")[0] for name in reader.columns if "=" in name)]
    if not one:
        what = f"attributes ({', '.join(attributes)})" if attributes else "groups"
        return f"The header was read as {what} with their columns below, and the first column as options."
    if len(reader.asked) == 1 and reader.asked <= reader.headed:
        (question,) = reader.asked
        return f'"{question}" above the header was read as the question, and the first column as its options.'
    return "Questions were read from rows of their own, and the first column as their options."


def _plain_headers(names: Sequence[str], lines: Sequence[Sequence[str]]) -> dict[int, _Header]:
    """The rows that name groups above options, all alike: behind a cell that is empty, or is called so."""
    width = max((at for at, name in enumerate(names, start=1) if name), default=0)
    names = [*names[:width]]
    if width < 2 or "" in names[1:] or len({*names}) < width or "question" in map(role_of, names):
        return {}
    if names[0] and role_of(names[0]) != "option":
        return {}
    header = _Header(1, tuple(names[1:]))
    return {at: header for at, line in enumerate(lines) if [*line[:width]] == names and not any(line[width:])}


def _header(lines: Sequence[Sequence[str]]) -> _Header | None:
    """The header that begins with the first of three lines, if one does.

    Raises:
        CrosstabError: if it names a column twice.
    """
    corners = {cell for line in lines[:2] for cell in line[:1] if cell and role_of(cell) != "option"}
    if len(corners) > 1 or not all(map(is_question, corners)):
        return None
    width = max(1, *map(len, lines[:2]))
    upper, lower = ([*line, *[""] * (width - len(line))] for line in lines[:2])
    while width > 1 and not (upper[width - 1] or lower[width - 1]):
        width -= 1
    heads, values = upper[1:width], lower[1:width]
    if not _are_names(heads, values):
        return None
    spans = _spans(heads)
    names = _named(spans, values)
    if not names:
        return None
    if twice := next((name for at, name in enumerate(names) if name in names[:at]), ""):
        raise CrosstabError(f'the header has "{twice}" twice; give each attribute and value a name of its own')
    return _Header(2 + (len(lines) > 2 and not lines[2][0] and _are_letters(lines[2])), names, *corners)


def _are_letters(cells: Sequence[str]) -> bool:
    """Whether cells are what tests of differences call the columns: A, B and so on, with or without brackets."""
    letters = [cell.strip("()").casefold() for cell in cells if cell]
    return letters[:1] == ["a"] and letters == sorted({*letters}) and all(len(each) == 1 for each in letters)


def _are_names(heads: Sequence[str], values: Sequence[str]) -> bool:
    """Whether two lines can be attributes and their values: every column has a name, and few are numbers."""
    filled = [cell for cell in values if cell]
    numbers = sum(any_number(cell) is not None for cell in (*heads, *filled))
    return (
        len(filled) > LEAST_VALUES - 1
        and any(heads)
        and all(head or value for head, value in zip(heads, values, strict=True))
        and 2 * numbers < len(filled)
    )


def _spans(heads: Sequence[str]) -> list[str]:
    """The attribute of each column: the last one named; "" before the first."""
    spans: list[str] = []
    for head in heads:
        spans.append(head or (spans[-1] if spans else ""))
    return spans


def _named(spans: Sequence[str], values: Sequence[str]) -> tuple[str, ...]:
    """The names of the columns; () if the upper line names no attributes."""
    below = {span: [v for s, v in zip(spans, values, strict=True) if s == span] for span in spans if span}
    wide = {span: found for span, found in below.items() if len(found) >= LEAST_VALUES}
    alike = len({tuple(found) for found in wide.values()}) == 1 < len(wide)
    if alike and len(wide) == len(below) and all(fold(each) in _KINDS for each in values):
        return tuple(f"{span} {value}" for span, value in zip(spans, values, strict=True))
    is_one = len(wide) == 1 and not any(map(looks_like_attribute, wide))
    if not wide or alike or is_one or any(any_number(span) is not None for span in wide):
        return ()
    return tuple(_name(span, value) for span, value in zip(spans, values, strict=True))


def _name(span: str, value: str) -> str:
    attribute = " ".join(re.split(r"[\s=,]+", span)).strip()
    if not value or not attribute or attribute.casefold() in EVERYBODY:
        return attribute or value
    return value if value.casefold() in EVERYBODY else f"{attribute}={value}"
