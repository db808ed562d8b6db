"""The forms that tables of aggregated answers come in: long, wide with a column an option or a group, and JSON."""

import re
from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct

from opinionscope.importers.base import ImportRefusedError
from opinionscope.importers.figures import Notation, count_and_percent, figure, is_blank
from opinionscope.importers.labels import without_html
from opinionscope.importers.reading import ReadRow, ReadTable
from opinionscope.importers.tables_answers import TableAnswers, new_option
from opinionscope.importers.tables_names import EVERYBODY, TableQuestion, Who, named_size, who_of
from opinionscope.importers.tables_sums import are_letters, is_size, is_surely_size, is_total
from opinionscope.importers.words import roles
from opinionscope.regexes import regex
from opinionscope.survey.text import clean, clean_line, fold
from opinionscope.values import replace

LONG, BY_OPTION, BY_GROUP = "long", "wide, a column for each option", "wide, a column for each group"
MEASURES = ("count", "share", "percent")
EXPECTED = (
    "expected the long form (question, option, group, count; or share or percent for count) or a wide one (question, "
    "group, and a column for each option; or question, option, and a column for each group)"
)
_UNIT = regex(r"\s*[(\[](?:in )?(?:%|pct|percent|n)[)\]]\s*$")
"""A unit behind the name of a column: "Percent (%)"."""
_TOO_SMALL = regex(r"\*{1,2}|[<≤]\s*(1|0?[.,]\d+)\s*%?")
"""How tables write a share that rounds to nothing."""


class Form(Struct, frozen=True):
    """How a table is laid out.

    Attributes:
        kind: `LONG`, `BY_OPTION` or `BY_GROUP`.
        columns: role → column.
        rest: columns of no known role: attributes, options or groups, by the kind.
        letters: whether options are single letters, so that "N" is one of them and no number of people.
        nested: the column of attributes whose values name what a group is one of: Gender of Male, Age of 18-29.
    """

    kind: str
    columns: Mapping[str, str]
    rest: tuple[str, ...]
    letters: bool = False
    nested: str = ""

    def is_size(self, label: str) -> bool:
        """Whether the number of people stands under a label."""
        return is_size(label) and not (self.letters and len(label) == 1)

    def is_total(self, label: str) -> bool:
        """Whether a sum or a statistic stands under a label."""
        return is_total(label) and not (self.letters and len(label) == 1)

    def option(self, row: ReadRow) -> str:
        """The label of an option in a row; "" where options have columns."""
        return row.cells[self.columns["option"]] if "option" in self.columns else ""

    def counts_people(self, row: ReadRow) -> bool:
        """Whether a row has the numbers of people of its groups, and no answers."""
        return self.is_size(self.option(row))

    @property
    def figures(self) -> str:
        """The column of figures of a long table."""
        return next(self.columns[name] for name in (*MEASURES, "figure", "n") if name in self.columns)

    @property
    def measure(self) -> str:
        """What a long table's figures are, by the name of their column; "" if it does not say, and for other forms."""
        named = next((name for name in MEASURES if name in self.columns), "" if "figure" in self.columns else "count")
        return named if self.kind == LONG else ""

    @property
    def size(self) -> str:
        """The column of group sizes, or ""."""
        alone = self.kind == LONG and self.columns["n"] == self.figures if "n" in self.columns else True
        return "" if alone else self.columns["n"]


def role_of(column: str) -> str:
    """What is found under a column of this name, or ""."""
    return roles().get(_UNIT.sub("", clean_line(fold(column).replace("_", " "))).rstrip(" .:"), "")


def _roles(names: Sequence[str]) -> dict[str, str]:
    """Role → column; of "question" beside "question text" the first is the id.

    Raises:
        ImportRefusedError: if two columns have the same role.
    """
    columns: dict[str, str] = {}
    for name in sorted(names, key=lambda name: role_of(name) == "question" == fold(name)):
        role = "" if name == "N" and "n" in names else role_of(name)
        if role == "question" in columns:
            role = "id"
        if role == "group" in columns and "group" in (fold(name), fold(columns["group"])):
            columns["group"], role = next(each for each in (name, columns["group"]) if fold(each) != "group"), ""
        if role and columns.setdefault(role, name) != name:
            raise ImportRefusedError(
                f'the columns "{columns[role]}" and "{name}" say the same; leave one out: found {", ".join(names)}'
            )
    if "item" in columns:
        columns.setdefault("question", columns["item"])
    return columns


def form_of(names: Sequence[str]) -> Form:
    """The form of a table with these columns.

    Raises:
        ImportRefusedError: if it is none, or could be two; with the headers that are expected.
    """
    columns, found = _roles(names), f"found {', '.join(names)}"
    letters = "group" in columns and "option" not in columns and are_letters(names)
    if letters and len(columns.get("n", "")) == 1 and not {"n", "N"} <= {*names}:
        del columns["n"]
    rest = tuple(name for name in names if name not in columns.values())
    measured = any(name in columns for name in MEASURES)
    if {"question", "option", "group", "value"} <= columns.keys() and not (measured or "n" in columns or rest):
        columns["figure"] = columns.pop("value")
    kind = ""
    if "" in rest:
        raise ImportRefusedError(f"a column has no name: {found}")
    if "question" in columns and "option" in columns:
        if measured or not columns.keys().isdisjoint(("n", "figure")):
            kind = LONG
        elif rest and "group" not in columns:
            kind = BY_GROUP
    elif "question" in columns and "group" in columns and not measured and len(rest) > 1:
        kind = BY_OPTION
    if not kind:
        raise ImportRefusedError(f"{EXPECTED}; {found}")
    sizes = [name for name in rest if is_size(name)]
    if kind == LONG and "n" not in columns and len(sizes) == 1:
        columns["n"], rest = sizes[0], tuple(name for name in rest if name not in sizes)
    return Form(kind, columns, rest, letters)


class FormReader:
    """Reads the rows of a table into answers."""

    def __init__(
        self,
        table: ReadTable,
        form: Form,
        measure: str,
        attributes: Sequence[str],
        answers: TableAnswers,
        notation: tuple[Notation, Notation],
    ) -> None:
        """Nothing is read yet.

        Args:
            notation: how figures are written, and how numbers of people are.
        """
        self._table, self._form, self._measure, self._answers = table, form, measure, answers
        self._answered: set[tuple[str, str]] = set()
        self._attributes, (self._notation, self._sizes) = tuple(attributes), notation

    def read(self) -> None:
        """Take in all rows; damage is laid to the question or group it is about."""
        for place, reason in self._table.damaged:
            self._answers.skip(place, reason)
            self._answers.distrust_gaps()
        if self._form.kind == BY_OPTION:
            self._name_options()
        self._answered = {
            (self._asked(row).key, column)
            for row in self._table.rows
            if self._cell(row, "question").strip()
            for column in self._form.rest
            if not is_blank(row.cells[column])
        }
        for row in self._table.rows:
            try:
                self._read(row)
            except ValueError as error:
                self._answers.skip(row.place, str(error))
                self._answers.distrust_gaps()

    def _name_options(self) -> None:
        """Name each question's options in the order of the columns, whichever of its rows has the figure."""
        for column in self._form.rest:
            for row in self._table.rows:
                answered = not is_blank(row.cells[column]) and self._cell(row, "question").strip()
                if answered and not self._form.is_total(column):
                    self._answers.option(row.place, self._asked(row), new_option(clean_line(column)))

    def _read(self, row: ReadRow) -> None:
        if is_total(self._cell(row, "question")) and not self._cell(row, "option").strip():
            self._answers.skip(row.place, "a row of sums, no answer")
            return
        if sum(map(bool, map(str.strip, row.cells.values()))) == 1 and self._cell(row, "question").strip():
            return
        asked = self._asked(row)
        label = clean_line(self._cell(row, "option"))
        if self._form.kind == BY_OPTION:
            self._read_options(row, asked)
        elif self._form.kind == BY_GROUP:
            self._read_groups(row, asked, label)
        else:
            self._read_long(row, asked, label)

    def _cell(self, row: ReadRow, role: str) -> str:
        return row.cells[self._form.columns[role]] if role in self._form.columns else ""

    def _asked(self, row: ReadRow) -> TableQuestion:
        text, item = (clean(without_html(self._cell(row, role))).strip() for role in ("question", "item"))
        item = "" if self._form.columns["question"] == self._form.columns.get("item") else item
        if not text:
            raise ValueError("expected the text of a question, found nothing")
        topics = tuple(filter(None, map(clean_line, re.split(r"[;|]", self._cell(row, "topic")))))
        own, title = (clean_line(self._cell(row, role)) for role in ("id", "title"))
        if item:
            text, own, title = f"{text} – {item}", own and f"{own} {item}", title and f"{title} – {item}"
        return TableQuestion(text, own, title, topics)

    def _option(self, row: ReadRow, asked: TableQuestion, label: str) -> None:
        """Name the option of a row.

        Raises:
            ValueError: if it has no label or its value is no number.
        """
        if not label:
            raise ValueError("expected the label of an option, found nothing")
        written = self._cell(row, "value").strip()
        value = None if is_blank(written) else self._notation.number(written)
        if value is None and not is_blank(written):
            raise ValueError(f"expected a number as the value of an option, found {clean_line(written)[:40]}")
        self._answers.option(row.place, asked, new_option(label, value))

    def _read_long(self, row: ReadRow, asked: TableQuestion, label: str) -> None:
        name, n = named_size(self._cell(row, "group"))
        try:
            who = self._who(row, clean_line(name))
        except ValueError as error:
            self._answers.spoil(row.place, asked, str(error))
            return
        try:
            if not self._form.is_total(label):
                self._option(row, asked, label)
        except ValueError as error:
            self._answers.lose(row.place, asked, who, str(error))
            return
        if self._figure(row, self._form.figures, asked, who, label):
            self._size(row.place, asked, who, n or (row.cells[self._form.size] if self._form.size else ""))

    def _who(self, row: ReadRow, name: str) -> Who:
        """The group of a row of a long table, which is called so there.

        Raises:
            ValueError: as `who_of`.
        """
        kind = clean_line(row.cells[self._form.nested]) if self._form.nested else ""
        if kind and name and not {kind.casefold(), name.casefold()} & {*EVERYBODY}:
            return replace(who_of("", {kind: name}), name=name)
        more = {each: clean_line(row.cells[each]) for each in self._attributes if clean_line(row.cells[each])}
        column = self._form.columns.get("group", "")
        if column in self._attributes:
            return who_of("", more)
        return who_of(name, more if more or not column else None)

    def _read_groups(self, row: ReadRow, asked: TableQuestion, label: str) -> None:
        try:
            if not self._form.is_total(label):
                self._option(row, asked, label)
        except ValueError as error:
            self._answers.spoil(row.place, asked, str(error))
            return
        groups = {column: named_size(column) for column in self._form.rest}
        for column in self._filled(row, asked, lambda column: who_of(groups[column][0]), label):
            name, n = groups[column]
            if self._figure(row, column, asked, who_of(name), label):
                self._size(row.place, asked, who_of(name), n)

    def _read_options(self, row: ReadRow, asked: TableQuestion) -> None:
        name, n = named_size(self._cell(row, "group"))
        who = who_of(name)
        for column in self._filled(row, asked, lambda _: who):
            self._figure(row, column, asked, who, clean_line(column))
        self._size(row.place, asked, who, n or (row.cells[self._form.size] if self._form.size else ""))

    def _filled(self, row: ReadRow, asked: TableQuestion, who: Callable[[str], Who], label: str = "") -> list[str]:
        """The columns with a figure; one that has none here, and has one elsewhere for the question, is a gap."""
        for column in self._form.rest:
            if (
                is_blank(row.cells[column])
                and (asked.key, column) in self._answered
                and not self._form.is_total(label or column)
            ):
                name = label or clean_line(column)
                self._answers.gap(
                    row.place, asked, who(column), f'expected a figure for each option, "{name}" has none'
                )
        return [column for column in self._form.rest if not is_blank(row.cells[column])]

    def _figure(self, row: ReadRow, column: str, asked: TableQuestion, who: Who, label: str) -> bool:
        """Take in the figure of a cell, and say whether it is of an answer.

        A sum is the size of its group if it is called n, else nothing that is needed.
        """
        notation, measure = (self._sizes, "count") if self._form.is_size(label) else (self._notation, self._measure)
        try:
            number = figure(row.cells[column], notation, measure)
        except ValueError as error:
            if self._form.is_total(label) and not is_surely_size(label):
                return False
            is_small = measure != "count" and _TOO_SMALL.fullmatch(row.cells[column].strip()) is not None
            if is_small or is_blank(row.cells[column]):
                self._answers.gap(row.place, asked, who, str(error), is_small=is_small)
            else:
                self._answers.lose(row.place, asked, who, str(error))
            return False
        if not self._form.is_total(label):
            self._answers.figure(row.place, asked, who, label, number, self._percent(row, column))
            return True
        if self._form.is_size(label):
            self._answers.size(row.place, asked, who, number, label)
        else:
            self._answers.sum_row(row.place, asked, who, label, number)
        return False

    def _percent(self, row: ReadRow, column: str) -> float | None:
        """The percent or share beside a count, in its cell or in a column of its own."""
        both = count_and_percent(row.cells[column])
        named = [self._cell(row, role) for role in ("percent", "share") if self._form.columns.get(role) != column]
        return self._notation.number(both[1]) if both else next(map(self._notation.number, filter(None, named)), None)

    def _size(self, place: str, asked: TableQuestion, who: Who, written: str) -> None:
        if not is_blank(written):
            try:
                n = figure(written, self._sizes, "count")
            except ValueError as error:
                self._answers.lose(place, asked, who, f"n: {error}")
                return
            self._answers.size(place, asked, who, n)
