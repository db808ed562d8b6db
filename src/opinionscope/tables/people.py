"""The people that answers are compared with, each group and question once, and what others say in their place."""

from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from opinionscope.alignment.divergences import Array, total_variation
from opinionscope.alignment.measures.added_value import ENOUGH_PEOPLE, HALVES
from opinionscope.alignment.pairs import Pairs, padded
from opinionscope.collection import Item
from opinionscope.survey import Distribution, Group, Library
from opinionscope.survey.question import EVERYONE
from opinionscope.tables.answers import STUDY_GROUPS
from opinionscope.tables.resampling import Codes

Asked = tuple[str, str, str]


class GroupAnswers(Struct, frozen=True, dict=True):
    """Groups' answers, each once.

    Attributes:
        first: an item of each, shape (M,).
        of_item: the position of each item's people, shape (N,).
        pooled: what somebody would answer who does not know the group, shape (M, K); nan where not known.
        pooled_n: how many people that is, shape (M,); nan where not known.
        opposite_tv: TV to the other groups of the same attribute, their mean where there are several, shape (M,).
    """

    first: Sequence[Item]
    of_item: Codes
    human: Array
    n: Array
    pooled: Array
    pooled_n: Array
    opposite_tv: Array

    @classmethod
    def of(cls, items: Sequence[Item], library: Library) -> "GroupAnswers":
        """The people behind items that all have a human side."""
        known: dict[Asked, int] = {}
        first: list[Item] = []
        of_item = np.empty(len(items), np.intp)
        for at, item in enumerate(items):
            place = known.setdefault(item.asked, len(known))
            if place == len(first):
                first.append(item)
            of_item[at] = place
        answered = _answered(first, library)
        alike = [_alike(item, answered[item.asked[:2]]) for item in first]
        everyone = [answered[item.asked[:2]].get(EVERYONE) if item.group != EVERYONE else None for item in first]
        human, n = _sides([item.human for item in first if item.human])
        pooled, pooled_n, opposite_tv = _others(first, human, alike, everyone)
        return cls(first, of_item, human, n, pooled, pooled_n, opposite_tv)

    @cached_property
    def pairs(self) -> Pairs:
        """The people on both sides, as somebody would answer who knows them."""
        sizes = np.array([len(item.human.probabilities) for item in self.first if item.human], np.intp)
        options = np.arange(self.human.shape[1]) < sizes[:, np.newaxis]
        return Pairs(self.human, self.human, options, np.full(self.human.shape[1], np.nan), self.n, np.array(np.nan))

    @cached_property
    def is_small(self) -> NDArray[np.bool_]:
        """Whose pool is cross-fitted, shape (M,)."""
        return np.isfinite(self.n) & (self.n >= 2) & (self.n < ENOUGH_PEOPLE) & (self.pooled_n >= self.n)

    def added_value(self, model: Array, of_people: Codes, *, cross_fit: bool = True) -> Array:
        """TV(p, p̄) − TV(p, q), shape (N,); as the measure of that name, with the halves of each group drawn once.

        Args:
            model: the other side, shape (N, K).
            of_people: whom it answers for, shape (N,).
        """
        human, pooled = self.human[of_people], self.pooled[of_people]
        found = np.asarray(total_variation(human, pooled) - total_variation(human, model))
        if not cross_fit:
            return found
        order = np.argsort(of_people, kind="stable")
        order = order[self.is_small[of_people[order]]]
        small = np.searchsorted(np.flatnonzero(self.is_small), of_people[order])
        turn = np.arange(len(order)) - np.searchsorted(small, small)
        truth, pooled_tv = self._halves
        for each in range(turn.max(initial=-1) + 1):
            at, person = order[turn == each], small[turn == each]
            found[at] = pooled_tv[person] - total_variation(truth[person], model[at, np.newaxis]).mean(axis=-1)
        return found

    @cached_property
    def _halves(self) -> tuple[Array, Array]:
        """Random halves of each small group as shares, (S, R, K), and the mean TV to a pool without them, (S,)."""
        small = np.flatnonzero(self.is_small)
        human, n = self.human[small], self.n[small, np.newaxis]
        counts = np.rint(human * n).astype(np.int64)
        others = np.maximum(0.0, self.pooled[small] * self.pooled_n[small, np.newaxis] - human * n)
        truth = np.empty((len(small), HALVES, human.shape[1]))
        rng = np.random.default_rng(0)
        beginning = rng.bit_generator.state
        for at, people in enumerate(counts):
            rng.bit_generator.state = beginning
            truth[at] = rng.multivariate_hypergeometric(people, int(people.sum()) // 2, size=HALVES)
        rest = others[:, np.newaxis, :] + (counts[:, np.newaxis, :] - truth)
        truth /= truth.sum(axis=-1, keepdims=True)
        return truth, total_variation(truth, rest / rest.sum(axis=-1, keepdims=True)).mean(axis=-1)


def _sides(sides: Sequence[Distribution], width: int = 0) -> tuple[Array, Array]:
    """Distributions as arrays of shape (N, K) and (N,): shares, and how many people they are."""
    shares = padded([side.probabilities for side in sides])
    if width > shares.shape[1]:
        shares = np.pad(shares, ((0, 0), (0, width - shares.shape[1])))
    return shares, np.array([side.n or np.nan for side in sides], dtype=float)


def _others(
    first: Sequence[Item],
    human: Array,
    alike: Sequence[Mapping[str, Distribution]],
    everyone: Sequence[Distribution | None],
) -> tuple[Array, Array, Array]:
    """The pool, how many people it is, and the mean TV to the other groups; of shape (M, K), (M,) and (M,).

    Groups are weighted by how many of them answered; equally where that is not known.
    """
    number, width = human.shape
    person = np.repeat(np.arange(number), [len(each) for each in alike])
    shares, n = _sides([side for each in alike for side in each.values()], width)
    is_other = np.array(
        [name != item.group.name for item, each in zip(first, alike, strict=True) for name in each], bool
    )
    tv = total_variation(human[person], shares)
    with np.errstate(invalid="ignore", divide="ignore"):
        opposite_tv = np.bincount(person, tv * is_other, number) / np.bincount(person, is_other, number)
        pooled_n = np.asarray(np.bincount(person, n, number), dtype=float)
        weights = np.where(np.isfinite(pooled_n)[person], n, 1.0)
        total = np.bincount(person, weights, number)
        pooled = np.stack([np.bincount(person, shares[:, k] * weights, number) for k in range(width)], axis=1)
        pooled = np.where(
            np.bincount(person, minlength=number)[:, np.newaxis] > 1, pooled / total[:, np.newaxis], np.nan
        )
    for at, all_people in enumerate(everyone):
        if all_people is not None:
            pooled[at], pooled_n[at] = _sides([all_people], width)[0][0], all_people.n or np.nan
    return np.asarray(pooled, dtype=float), pooled_n, np.asarray(opposite_tv, dtype=float)


def _answered(first: Sequence[Item], library: Library) -> Mapping[tuple[str, str], Mapping[Group, Distribution]]:
    """How all groups answered each question: from the pack, else from the items themselves."""
    packs = {pack.dataset: pack for pack in library.packs}
    found: dict[tuple[str, str], dict[Group, Distribution]] = {}
    for item in first:
        known = found.setdefault(item.asked[:2], {})
        pack = packs.get(item.question.dataset)
        if not known and pack is not None:
            for name, side in (pack.humans.get(item.question.id) or {}).items():
                known[pack.groups.get(name, Group(name))] = side
        if item.human is not None:
            known[item.group] = item.human
    return found


def _alike(item: Item, answered: Mapping[Group, Distribution]) -> dict[str, Distribution]:
    """The groups of the same attributes, itself among them; of the benchmark's, only those that it scores.

    A group without attributes is alone: nothing says that another one is of the same kind.
    """
    attributes = {attribute for attribute, _ in item.group.attributes}
    scored = STUDY_GROUPS.get(item.question.dataset, frozenset())
    return {
        group.name: side
        for group, side in answered.items()
        if ({attribute for attribute, _ in group.attributes} == attributes if attributes else group == item.group)
        and (item.group.name not in scored or group.name in scored)
    }
