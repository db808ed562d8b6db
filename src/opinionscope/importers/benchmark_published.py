"""The benchmark's answers as its authors scored them, faults included, for tables that reproduce the published numbers.

The faults are described where the scores are shown. Answers to questions that an import sets aside, because their
list of options is damaged, are kept as figures by label: they can still be compared.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePath

from opinionscope.alignment.divergences import paper_tv
from opinionscope.importers.benchmark import Recorded, RecordedAnswer
from opinionscope.importers.benchmark_answers import read_by_label
from opinionscope.importers.benchmark_estimates import Estimates
from opinionscope.importers.benchmark_humans import HumanGroup, HumanItem
from opinionscope.survey.pack import PackFile
from opinionscope.survey.published import (
    PUBLISHED_FORMAT,
    PublishedBlock,
    PublishedFile,
    PublishedScore,
)
from opinionscope.survey.question import Attributes

COUNTRIES_SCORED = (1, 2, 2)
"""Positions of the countries in the published baselines: the second once and the third twice."""
ESTIMATES_SCORED = 4
"""How many of the estimates of an item the published figures are the mean of: the first."""
_BOOK_GROUPS: tuple[Attributes, ...] = tuple(
    (pair,) for pair in (("party", "Democrat"), ("party", "Republican"), ("sex", "Male"), ("sex", "Female"))
)
SCORED_GROUPS: Mapping[str, tuple[Attributes, ...]] = {
    "nytimes": _BOOK_GROUPS,
    "opinionqa": (*_BOOK_GROUPS, (("race", "Black"),), (("race", "White"),)),
}
"""The groups that the published means are over; of global values all countries."""

_Key = tuple[str, str, str, str, str]


class PublishedSheet:
    """Collects the scores of one data set."""

    def __init__(self, pack: PackFile, items: Sequence[HumanItem]) -> None:
        self._pack = pack
        self._names: dict[Attributes, str] = {tuple(a.items()): name for name, a in pack.groups.items()}
        self._sound = {entry.source_key for entry in pack.questions}
        self._blocks: dict[_Key, PublishedBlock] = {}
        for item in items:
            self._add_baselines(item)

    @property
    def file(self) -> PublishedFile:
        """All scores taken in so far."""
        return PublishedFile(PUBLISHED_FORMAT, self._pack.dataset, self._pack.domain, list(self._blocks.values()))

    def add(self, found: Recorded) -> None:
        """Take in an answer, or what people estimated, for each group that it was compared with."""
        item = found.item
        scored = SCORED_GROUPS.get(item.dataset, (found.attributes,))
        for attributes in scored if found.steering == "none" else {found.attributes} & set(scored):
            name, score = self._name(attributes), self._score(found, attributes)
            if score is not None:
                slot = name if item.counted else PurePath(found.place).stem
                self._keep((found.model, found.format, found.steering, name, slot), item, score)

    def _score(self, found: Recorded, attributes: Attributes) -> PublishedScore | None:
        """How far it is from a group; None if that group was not asked."""
        group = found.item.group(attributes)
        if isinstance(found, Estimates):
            return self._score_of_estimates(found, group) if attributes in found.item.asked else None
        assert isinstance(found, RecordedAnswer)
        return self._score_of_answer(found, group) if group else None

    def _score_of_estimates(self, found: Estimates, group: HumanGroup | None) -> PublishedScore:
        """The mean of the first four against the letters of the group's own list; 0 where nobody answered."""
        item = found.item
        if group is None:
            return PublishedScore(0.0)
        expected = group.shares(tuple(group.figures) if item.dataset == "opinionqa" else item.options)
        mean = dict(enumerate(found.mean(ESTIMATES_SCORED)))
        tv = _short(paper_tv(expected, [mean.get(at, 0.0) for at in range(len(expected))]))
        if item.source_key in self._sound:
            return PublishedScore(tv)
        labels = dict.fromkeys((*_labels(item), *found.labels))
        singles = [dict(zip(found.labels, percents, strict=True)) for percents in found.percents]
        rows = [[each.get(label, 0.0) for label in labels] for each in singles]
        human = [group.figures.get(label, 0.0) for label in labels]
        return PublishedScore(tv, human, [_short(sum(each)) for each in zip(*rows, strict=True)], group.total, rows)

    def _score_of_answer(self, answer: RecordedAnswer, group: HumanGroup) -> PublishedScore:
        item, expected = answer.item, _as_lined_up(answer, group)
        same = len(expected) == len(answer.authors_reading)
        tv = _short(paper_tv(expected, answer.authors_reading)) if same else None
        if item.source_key in self._sound or answer.doubt:
            return PublishedScore(tv)
        read = read_by_label(answer)
        labels = dict.fromkeys((*_labels(item), *(read or ())))
        human = [group.figures.get(label, 0.0) for label in labels]
        model = [_short(read.get(label, 0.0)) for label in labels] if read else []
        return PublishedScore(tv, human, model, group.total if item.counted else None)

    def _add_baselines(self, item: HumanItem) -> None:
        """Uniform and the commonest answer, as published: OpinionQA's humans lined up as the Democrats' letters."""
        for slot, group in _baseline_groups(item):
            name = self._name(group.attributes)
            labels = item.options
            if item.dataset == "opinionqa":
                democrats = item.group((("party", "Democrat"),))
                labels = item.options[: len(democrats.figures)] if democrats else ()
            if len(labels) > 1:
                uniform = _short(paper_tv(group.shares(labels), [1 / len(labels)] * len(labels)))
                self._keep(("uniform", "baseline", "", name, slot), item, PublishedScore(uniform))
            top = max(group.figures.values()) / group.total
            self._keep(("mode", "baseline", "", name, slot), item, PublishedScore(_short(1 - top)))

    def _keep(self, key: _Key, item: HumanItem, score: PublishedScore) -> None:
        self._blocks.setdefault(key, PublishedBlock(*key, scores={})).scores.setdefault(item.source_key, score)

    def _name(self, attributes: Attributes) -> str:
        return self._names.get(attributes) or ",".join("=".join(pair) for pair in attributes)


def _baseline_groups(item: HumanItem) -> Iterator[tuple[str, HumanGroup]]:
    if item.counted:
        scored = SCORED_GROUPS.get(item.dataset, ())
        yield from ((each.attributes[0][1], each) for each in item.groups if each.attributes in scored)
    else:
        for place, position in enumerate(COUNTRIES_SCORED):
            if position < len(item.groups):
                yield str(place), item.groups[position]


def _labels(item: HumanItem) -> Sequence[str]:
    return list(dict.fromkeys(label for group in item.groups for label in group.figures))


def _as_lined_up(answer: RecordedAnswer, group: HumanGroup) -> tuple[float, ...]:
    """The people as the authors lined them up with the answer.

    Without steering, OpinionQA's are in survey order and cut to the number of letters, which is a fault.
    """
    if answer.steering == "none" and answer.dataset == "opinionqa":
        return group.shares(answer.item.options[: len(answer.labels)])
    return answer.expected.get(group.attributes, ())


def _short(number: float) -> float:
    return round(float(number), 6)
