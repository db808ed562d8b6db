"""A selection and its terms."""

from datetime import datetime
from typing import Literal, TypeAlias

from msgspec import Struct

from opinionscope.errors import OpinionscopeError

Operator = Literal["word", "text", "is", "between"]
Bound: TypeAlias = "float | datetime | None"


class SelectionError(OpinionscopeError):
    """A selection that cannot be understood.

    Attributes:
        start, end: where in the text the mistake stands, as positions of characters.
    """

    title = "Selection"

    def __init__(self, message: str, start: int, end: int) -> None:
        super().__init__(message)
        self.start = start
        self.end = end


class Term(Struct, frozen=True):
    """One condition.

    Attributes:
        operator: "word" looks for a whole word in the names of a run; "text" looks for words one behind the other in
            question, prompt and answer; "is" compares a field with `values`; "between" holds it against two bounds.
        field: the name of the field; "" for words and texts.
        values: words or texts, of which one has to fit.
        low, high: bounds of numbers and dates; None where there is none. A date's `high` is the first moment after.
        low_open, high_open: whether the bound itself is outside.
        negated: whether the condition must not hold.
        start, end: where it stands in the text.
    """

    operator: Operator
    field: str = ""
    values: tuple[str, ...] = ()
    low: Bound = None
    high: Bound = None
    low_open: bool = False
    high_open: bool = False
    negated: bool = False
    start: int = 0
    end: int = 0


class Selection(Struct, frozen=True):
    """Conditions that all have to hold.

    Attributes:
        text: as it was typed.
    """

    text: str = ""
    terms: tuple[Term, ...] = ()


EVERYTHING = Selection()
"""The selection without a condition."""
