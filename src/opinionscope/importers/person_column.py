"""One column of a table of people, with what its file and a codebook say of it."""

from collections.abc import Mapping

from msgspec import Struct, field

from opinionscope.importers.codebook import NO_ENTRY, ColumnEntry
from opinionscope.importers.figures import NO_RESULT
from opinionscope.importers.labels import has_opposite, is_nonresponse

NO_VALUE = frozenset(
    {"NA", "NaN", "nan", "<NA>", "#NULL!", "NULL", "null", "\\N", "-", "--", "–", "—", ".", "..", "(blank)"}
    | {"CONSENT_REVOKED", "DATA_EXPIRED"}
    | {"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#ERROR!", NO_RESULT}
)
"""What programs write for a cell without a value. "None" and "N/A" are not among them: surveys have such options."""


class PersonColumn(Struct):
    """One column of a table.

    Attributes:
        cells: one a person; "" where nothing is known.
        wording: of the question, as far as the format brings one.
        labels: code → label, in survey order, as far as the format has them.
        missing: cells and codes that are no answer, as the format declares or as is told by where they stand.
        order: categories in their order, where the format knows one.
        ordinal: whether the format says that the codes of this column have an order.
        unfit: why this column is no question, where the format tells; "" else.
        doubt: why it can be neither a question nor an attribute until the user says more; "" else.
        silent: codes with a label that are no opinion all the same.
        note: what the pack is to say of the question that is made of it.
        entry: what the codebook says of it.
    """

    name: str
    cells: list[str]
    wording: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    missing: frozenset[str] = frozenset()
    order: tuple[str, ...] = ()
    ordinal: bool = False
    unfit: str = ""
    doubt: str = ""
    silent: frozenset[str] = frozenset()
    note: str = ""
    entry: ColumnEntry = field(default_factory=lambda: NO_ENTRY)

    @property
    def known_labels(self) -> Mapping[str, str]:
        """Code → label: the codebook's, else the format's."""
        return self.entry.labels or self.labels

    @property
    def all_labels(self) -> Mapping[str, str]:
        """Code → label: the format's, with the codebook's in place of those of the same codes."""
        return {**self.labels, **self.entry.labels}

    def is_coded(self, cells: frozenset[str]) -> bool:
        """Whether all these cells are labels or codes that have one."""
        labels = self.known_labels
        return bool(labels) and cells <= {*labels, *labels.values()}

    def is_missing(self, cell: str) -> bool:
        """Whether a cell holds no answer; one that the codebook gives a label does."""
        if not cell or cell in self.entry.missing:
            return True
        if cell in self.entry.labels or cell in self.entry.labels.values():
            return False
        return cell in self.missing or (cell in NO_VALUE and cell not in self.labels and cell not in self.order)

    @property
    def answers(self) -> frozenset[str]:
        """What people answered, each once."""
        return frozenset(cell for cell in {*self.cells} if not self.is_missing(cell))

    def says_nothing(self, cell: str) -> bool:
        """Whether the label of a cell or code stands for no answer, and denies none of the column's others."""
        labels = self.known_labels
        label = labels.get(cell, cell)
        return is_nonresponse(label) and not has_opposite(label, {*labels.values(), *self.cells})

    def is_silent(self, code: str) -> bool:
        """Whether an option is no opinion."""
        declared = {code, self.known_labels.get(code, code)} & {*self.entry.nonresponse}
        return bool(declared) or code in self.silent or self.says_nothing(code)
