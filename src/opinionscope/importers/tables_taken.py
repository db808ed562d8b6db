"""What a table says of a question and its groups, as it is gathered cell by cell."""

import math

from msgspec import Struct, field

from opinionscope.importers.tables_names import TableQuestion, Who
from opinionscope.survey.pack import OptionEntry

Fault = tuple[str, str]
"""Where something is wrong, and what."""


class TakenGroup(Struct):
    """What a group answered to a question.

    Attributes:
        place: of its first figure.
        figures: label → figure.
        percents: label → percent beside a count.
        size, total: how many were asked by a number of people, and by the sum of all answers.
        counted: the label of that number.
        lost: why its answer is left out.
        gap: its first figure that is not there.
        is_blank: whether any gap is more than a share that rounds to nothing.
    """

    place: str = ""
    figures: dict[str, float] = field(default_factory=dict)
    percents: dict[str, float] = field(default_factory=dict)
    size: float | None = None
    counted: str = ""
    total: float | None = None
    lost: Fault | None = None
    gap: Fault | None = None
    is_blank: bool = False

    def is_complete(self) -> bool:
        """Whether all figures make up the number of people, so that none is a sum of others."""
        n = self.total if self.size is None else self.size
        return n is not None and math.fsum(self.figures.values()) == n


class TakenQuestion(Struct):
    """A question; `answers` has those of its groups of which more is known than their size."""

    asked: TableQuestion
    place: str
    options: dict[str, OptionEntry] = field(default_factory=dict)
    spellings: dict[str, str] = field(default_factory=dict)
    groups: dict[Who, TakenGroup] = field(default_factory=dict)
    answers: dict[Who, TakenGroup] = field(default_factory=dict)
    spoiled: Fault | None = None

    def group(self, who: Who) -> TakenGroup:
        """What is known of a group."""
        return self.groups.setdefault(who, TakenGroup())

    def answer(self, who: Who) -> TakenGroup:
        """The same of one that is to have an answer."""
        return self.answers.setdefault(who, self.group(who))
