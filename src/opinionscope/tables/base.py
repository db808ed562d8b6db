"""What a table is: named columns, and one function from a collection and a selection to a report."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from msgspec import Struct

from opinionscope.alignment.divergences import Array
from opinionscope.collecting import uncollected
from opinionscope.collection import Collection, Item
from opinionscope.errors import OpinionscopeError
from opinionscope.modules import registering
from opinionscope.selection import EVERYTHING, Selection
from opinionscope.tables.resampling import interval

Scoring = Literal["corrected", "paper"]
RESAMPLES = 10_000
FEWEST_PEOPLE = 10
"""Groups of fewer people are left out, where a table does not say otherwise."""

Row = Mapping[str, Any]
"""Values by the name of the column; None where there is none."""


class TableError(OpinionscopeError):
    """A table that cannot be made from what was selected."""

    title = "No table"


class Column(Struct, frozen=True):
    """One column of a table.

    Attributes:
        name: in JSON and CSV.
        label: as a heading.
        meaning: one line for people who meet it for the first time.
        unit: "" for text, shares and ratios.
        decimals: how many are shown; None for text and whole numbers.
        interval: names of the columns that hold the ends of its 95 % interval, or ().
        reference: the value that intervals are read against (0 for no difference, 1 for a right slope or ratio); it
            is marked where they are drawn. None where there is none.
    """

    name: str
    label: str
    meaning: str
    unit: str = ""
    decimals: int | None = None
    interval: tuple[str, ...] = ()
    reference: float | None = None

    @property
    def ends(self) -> tuple["Column", ...]:
        """The columns of the ends of its interval, which stand behind it."""
        return tuple(
            Column(name, name.replace("_", " ").upper(), f"{end} end of the 95 % interval", decimals=self.decimals)
            for name, end in zip(self.interval, ("lower", "upper"), strict=False)
        )


_NAMING = {
    "model": Column("model", "MODEL", "whose answers"),
    "format": Column("format", "FORMAT", "how distributions are expressed"),
    "steering": Column("steering", "STEERING", "how the model is told whom to answer for"),
    "domain": Column("domain", "DOMAIN", "domain of the questions"),
    "items": Column("items", "ITEMS", "number of comparisons"),
}


def usual(*names: str) -> tuple[Column, ...]:
    """The columns of these names that most tables have alike."""
    return tuple(_NAMING[name] for name in names)


class Options(Struct, frozen=True):
    """What can be said of every table beside the selection.

    Attributes:
        scoring: "corrected" or as in the paper.
        by: fields that split rows further.
        smallest_n: groups of fewer people are left out; None for what the table does by itself.
        resamples: of the bootstrap; None for what the table does by itself.
        seed: of the bootstrap.
    """

    scoring: Scoring = "corrected"
    by: tuple[str, ...] = ()
    smallest_n: int | None = None
    resamples: int | None = None
    seed: int = 0


class Report(Struct, frozen=True):
    """A finished table.

    Attributes:
        behind: the items that stand behind each row, one sequence a row.
        sentence: what the table says, in plain words.
        notes: what was left out, what stands for what, how uncertain it is; a sentence each.
    """

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    behind: tuple[Sequence[Item], ...]
    sentence: str
    notes: tuple[str, ...] = ()


Function = Callable[[Collection, Selection, Options], Report]


class Table(Struct, frozen=True):
    """A named table.

    Attributes:
        summary: one line: what it says.
        splits: fields that `Options.by` may name.
        has_paper_scoring: whether it can be scored as in the paper.
        is_of_shifts: whether its rows speak of differences between two groups, and not of each answer.
        is_over_time: whether its rows are days, to be drawn one after the other.
    """

    function: Function
    name: str
    summary: str
    splits: tuple[str, ...] = ()
    has_paper_scoring: bool = False
    is_of_shifts: bool = False
    is_over_time: bool = False

    def __call__(
        self, collection: Collection, selection: Selection = EVERYTHING, options: Options | None = None
    ) -> Report:
        """Make the table.

        Raises:
            TableError: if nothing that was selected can enter it, or an option does not fit.
        """
        chosen = options or Options()
        if chosen.scoring == "paper" and not self.has_paper_scoring:
            raise TableError(f"{self.name} has no scoring as in the paper; leave --scoring out")
        if strange := [name for name in chosen.by if name not in self.splits]:
            known = f"expected some of {', '.join(self.splits)}" if self.splits else "it cannot be split"
            raise TableError(f"{self.name} cannot be split by {', '.join(strange)}; {known}")
        with uncollected():
            return self.function(collection, selection, chosen)


_registered: dict[str, Table] = {}
TABLES: Mapping[str, Table] = _registered
"""All tables by name, in the order in which they are listed."""

table = registering(Table, _registered)
"""Registers a function as a table; arguments as the attributes of `Table`."""


@dataclass
class Rows:
    """Collects rows with the items behind each."""

    rows: list[Row] = field(default_factory=list)
    behind: list[Sequence[Item]] = field(default_factory=list)

    def add(self, behind: Sequence[Item], row: Row) -> None:
        """Add a row."""
        self.rows.append(row)
        self.behind.append(behind)

    def report(self, columns: Sequence[Column], sentence: str, notes: Sequence[str] = ()) -> Report:
        """The finished table; the ends of intervals get columns of their own."""
        every = tuple(each for column in columns for each in (column, *column.ends))
        return Report(every, tuple(self.rows), tuple(self.behind), sentence, tuple(filter(None, notes)))


def ends(draws: Array, low: str = "low", high: str = "high") -> dict[str, float | None]:
    """The cells of a 95 % interval, from draws of shape (B,)."""
    return dict(zip((low, high), map(finite, interval(draws)), strict=True))


def finite(value: float) -> float | None:
    """A number as a cell: None for nan and infinities."""
    number = float(value)
    return number if number - number == 0 else None
