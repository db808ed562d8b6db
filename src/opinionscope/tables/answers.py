"""Answers: the selected items as columns, those that can be compared apart from those that cannot."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from itertools import chain

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from opinionscope.alignment.pairs import Pairs
from opinionscope.collecting import uncollected
from opinionscope.collection import Collection, Item, changed_figures, pairs_of
from opinionscope.selection import Selection
from opinionscope.survey.answers import CROWDWORKERS
from opinionscope.survey.text import counted
from opinionscope.tables.base import FEWEST_PEOPLE, RESAMPLES, Options, TableError
from opinionscope.tables.resampling import Clusters, Codes, codes_of

STUDY_GROUPS: Mapping[str, frozenset[str]] = {
    "opinionqa": frozenset(("Democrat", "Republican", "Male", "Female", "Black", "White")),
}
"""The groups that the benchmark scores, of a data set that has recorded answers for more. Its unsteered answers would
otherwise be compared with groups that no steered answer speaks for."""

ESTIMATES = "estimates"
"""In place of a format where people guessed how a group answered, and no model was asked."""

FIELDS: Mapping[str, Callable[[Item], str]] = {
    "model": lambda item: item.name,
    "format": lambda item: ESTIMATES if item.name == CROWDWORKERS else item.format,
    "steering": lambda item: item.steering,
    "domain": lambda item: item.question.domain,
    "dataset": lambda item: item.question.dataset,
    "group": lambda item: item.group.name,
    "question": lambda item: item.question.key,
    "attribute": lambda item: "×".join(name for name, _ in item.group.attributes) or item.group.name,
    "voice": lambda item: str(item.value("voice") or ""),
    "order": lambda item: str(item.value("order") or ""),
    "date": lambda item: f"{item.created:%Y-%m-%d}" if item.created else "",
}
"""What rows can be made and split by."""


class Answers(Struct, frozen=True, dict=True):
    """Items with both sides, and counts of the rest.

    Attributes:
        items: those that are compared, in the collection's order.
        unread: items whose answer could not be read.
        muted: reason → how many items were left out for it; `UNSCORED` and `FEW` among the reasons.
        smallest_n: items of groups of fewer people were left out.
    """

    items: Sequence[Item]
    unread: Sequence[Item] = ()
    muted: Mapping[str, int] | None = None
    smallest_n: int = 0

    @classmethod
    def of(cls, items: Iterable[Item], smallest_n: int, *, all_groups: bool = True) -> "Answers":
        """Sort items into those that can be compared and those that cannot.

        Args:
            all_groups: whether to take recorded answers for groups that the benchmark does not score.
        """
        kept: list[Item] = []
        unread: list[Item] = []
        muted: Counter[str] = Counter()
        for item in items:
            if item.human is None:
                continue
            if not (all_groups or is_scored(item)):
                muted[UNSCORED] += 1
            elif item.answer is None:
                unread.append(item)
            elif reason := _muted(item, smallest_n):
                muted[reason] += 1
            else:
                kept.append(item)
        return cls(kept, unread, muted, smallest_n)

    @classmethod
    def read(
        cls, collection: Collection, selection: Selection, options: Options, *, damaged: bool = False
    ) -> "Answers":
        """The answers that fit a selection.

        Args:
            damaged: whether to take in answers to questions whose list of options is damaged, compared by label.

        Raises:
            TableError: if there is none.
        """
        with uncollected():
            items: Iterable[Item] = collection.once(selection)
            if damaged:
                items = chain(items, collection.published(selection, compared=True))
            smallest_n = options.smallest_n or FEWEST_PEOPLE
            answers = cls.of(items, smallest_n, all_groups=names_groups(selection))
        if not answers.items:
            raise TableError(nothing_found(selection))
        return answers

    @cached_property
    def pairs(self) -> Pairs:
        """Both sides, shape (N, K)."""
        return pairs_of(self.items)

    def column(self, name: str) -> NDArray[np.object_]:
        """A field of all items, shape (N,)."""
        return column(self.items, name)

    def rows_by(self, *fields: str) -> tuple[list[dict[str, str]], Codes]:
        """Rows by the values of some fields, in the order of first appearance, and the row of each item, shape (N,)."""
        keys, cell = codes_of(zip(*map(self.column, fields), strict=True))
        return [dict(zip(fields, key, strict=True)) for key in keys], cell

    @cached_property
    def questions(self) -> Codes:
        """The cluster of each item: its question, shape (N,)."""
        return codes_of(self.column("question"))[1]

    @cached_property
    def domains(self) -> Codes:
        """The stratum of each item: its domain, shape (N,)."""
        return codes_of(self.column("domain"))[1]

    def clusters(
        self, options: Options, at: Codes | list[int] | slice = slice(None), usual: int = RESAMPLES
    ) -> Clusters:
        """Resamples of the questions, within domains, of all items or of those at some places.

        Args:
            usual: how many where the options do not say.
        """
        return Clusters(self.questions[at], self.domains[at], options.resamples or usual, options.seed)

    @cached_property
    def notes(self) -> list[str]:
        """Sentences on whose estimates are among the answers, and on what was left out."""
        found = []
        if any(item.name == CROWDWORKERS for item in self.items):
            found.append(f"{CROWDWORKERS}: people who estimated how the groups answered; no model was asked.")
        if guessed := {item.name for item in self.items if item.kind == "person"}:
            found.append(f"{', '.join(sorted(guessed))}: people who guessed in Play; no model was asked.")
        if sentence := changed_figures(self.items):
            found.append(sentence)
        if self.muted:
            few, unscored = (self.muted.get(reason, 0) for reason in (FEW, UNSCORED))
            others = sum(self.muted.values()) - few - unscored
            if few:
                groups = f"groups of fewer than {self.smallest_n} people"
                found.append(f"{counted(few, 'comparison')} with {groups} {_are(few)} left out.")
            if unscored:
                found.append(
                    f"{counted(unscored, 'recorded answer')} for groups that the benchmark does not score "
                    f"{_are(unscored)} left out; group:NAME takes them."
                )
            if others:
                found.append(
                    f"{counted(others, 'answer')} {_are(others)} left out for sums far from 100 %, low coverage or "
                    "few answers."
                )
        if self.unread:
            number = len(self.unread)
            their = "it counts in the coverage and has" if number == 1 else "they count in the coverage and have"
            found.append(f"{counted(number, 'answer')} could not be read: {their} no score.")
        return found


FEW = "few people"
UNSCORED = "a group that the benchmark does not score"


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def _muted(item: Item, smallest_n: int) -> str:
    assert item.human is not None
    if item.human.n is not None and item.human.n < smallest_n:
        return FEW
    return item.doubt_of_answer


def names_groups(selection: Selection) -> bool:
    """Whether a selection says which groups are wanted."""
    return any(term.field == "group" for term in selection.terms)


def is_scored(item: Item) -> bool:
    """Whether the benchmark scores the group of a recorded answer; of the user's own runs every group is scored."""
    scored = None if item.run_id else STUDY_GROUPS.get(item.question.dataset)
    return scored is None or item.group.name in scored


def column(items: Sequence[Item], name: str) -> NDArray[np.object_]:
    """A field of items, shape (N,)."""
    found = np.empty(len(items), dtype=object)
    found[:] = list(map(FIELDS[name], items))
    return found


def nothing_found(selection: Selection) -> str:
    """Why there is no table."""
    if not selection.terms:
        return "there are no answers to compare; ask a model, or import recorded answers"
    return f'nothing that can be compared fits "{selection.text}"'
