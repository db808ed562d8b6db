"""How groups answered a question: figures as a pack has them, made into distributions when they are asked for.

A pack of everything that a survey programme ever asked holds a hundred thousand of them, and a session looks at few.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

import msgspec
from typing_extensions import override

from opinionscope.survey.distribution import Distribution


class SharesEntry(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """A human distribution whose source gives shares, with or without the number of answers."""

    shares: list[float]
    n: float | None = None


Figures: TypeAlias = list[float] | SharesEntry
"""Counts, or shares with or without the number of answers, in survey order."""

PLAINLY_FINITE = 1e300
"""Sums below it are finite in whatever order they are added up."""


class Humans(Mapping[str, Distribution]):
    """Group name → Distribution over the options of one question, from figures that are known to make one."""

    __slots__ = ("_figures", "_made")

    def __init__(self, figures: Mapping[str, Figures]) -> None:
        self._figures = figures
        self._made: dict[str, Distribution] = {}

    @override
    def __getitem__(self, name: str) -> Distribution:
        if name not in self._made:
            self._made[name] = distribution_of(self._figures[name])
        return self._made[name]

    @override
    def __iter__(self) -> Iterator[str]:
        return iter(self._figures)

    @override
    def __len__(self) -> int:
        return len(self._figures)

    @override
    def __contains__(self, name: object) -> bool:
        return name in self._figures

    def n(self, name: str) -> float | None:
        """How many of a group answered; None where the source gives shares only.

        Raises:
            KeyError: if it is not known how the group answered.
        """
        figures = self._figures[name]
        return math.fsum(figures) if isinstance(figures, list) else figures.n


def distribution_of(figures: Figures) -> Distribution:
    """The distribution that counts or shares make.

    Raises:
        DistributionError: if they make none.
    """
    if isinstance(figures, list):
        return Distribution.from_counts(figures)
    return Distribution.from_weights(figures.shares, figures.n)


def all_plainly_sound(found: Iterable[Figures], size: int) -> bool:
    """Whether all figures surely make distributions over so many options; False where that takes a closer look."""
    for figures in found:
        if isinstance(figures, list):
            values = figures
        else:
            values = figures.shares
            if figures.n is not None and not 0 < figures.n < math.inf:
                return False
        if len(values) != size or not (min(values) >= 0 and 0 < sum(values) < PLAINLY_FINITE):
            return False
    return True
