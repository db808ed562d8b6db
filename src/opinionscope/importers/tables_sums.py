"""Rows and columns of tables that hold sums, numbers of people or statistics, and no answers."""

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import takewhile
from typing import Literal

from opinionscope.importers.labels import fold_label, is_nonresponse
from opinionscope.importers.words import known_words
from opinionscope.regexes import regex
from opinionscope.survey.text import clean_line

_NAMED_SUM = regex(
    r"(total|nett?|sum(mary)?|combined|(top|bottom|low)[ -]?\d|[tb][23]b|gesamt|summe|answered)\b.*"
    r"|.*\b(total|nett?|combined)\W*",
    re.IGNORECASE,
)
"""Labels of sums of some options, such as "Total agree"; an option may be called so, too."""
_WORD = regex(r"[^\W\d_]{3,}")
_YES = frozenset("yjsotd")
"""Yes, ja, sí, oui, tak, da: beside them N is no."""
_NEITHER = frozenset("druxk")
"""Letters for don't know, refused and unsure."""
_PARTIES = frozenset("dr")
"""Democrats and Republicans, and not da and refused."""
_ALSO_AN_OPTION = frozenset(("mean", "means", "median"))
"""Statistics that may be words of an answer as well: a mean person, a median."""
MOST_LABELS = 60
"""A question has at most 26 options; of more labels no sums are looked for."""
LEAST_GROUPS = 3
"""In fewer groups, an option may be as much as all others by chance."""
MOST_BESIDE = 3
"""So many labels at one end may be sizes and statistics."""
LEAST_WITH_SUM = 3
"""So few labels may be two options and their sum."""
SURELY_COUNTED = 2
"""The rank of numbers of people that are not weighted."""
LEAST_PEOPLE = 10
"""Less than that may be the sum of others by chance."""


@cache
def _of_label(kind: Literal["size", "base", "whole", "sum", "difference"]) -> re.Pattern[str]:
    """The expression for labels of a kind, in whatever case."""
    labels = known_words().labels
    every = (labels.size, labels.base, labels.whole, labels.whole_alone, labels.sum)
    size, base, whole, alone, sums = map("|".join, every)
    return re.compile(
        {
            "size": rf"({size})\s*(=[\s\d.,]*)?",
            "base": base,
            "whole": rf"({whole})\s*([=:]\s*|\([^()]*\)|(n|%))?|{alone}",
            "sum": sums,
            "difference": "|".join(labels.difference),
        }[kind],
        re.IGNORECASE,
    )


def is_size(label: str) -> bool:
    """Whether tables keep the number of people under this label, such as "N", "n = " or "Base"."""
    return is_surely_size(label) or _of_label("base").fullmatch(clean_line(label)) is not None


def is_surely_size(label: str) -> bool:
    """Whether a label says that people were counted, as "N" and "Unweighted base" do; "Base" may be weighted."""
    return _of_label("size").fullmatch(clean_line(label)) is not None


def size_rank(label: str) -> int:
    """By which of two numbers of people the one of the higher is taken, as their labels tell."""
    return SURELY_COUNTED if is_surely_size(label) else int("weighted" not in _words(label))


def is_total(label: str) -> bool:
    """Whether tables keep sums under this label; they are no answers."""
    return is_size(label) or is_whole(label) or _of_label("sum").fullmatch(clean_line(label)) is not None


def is_whole(label: str) -> bool:
    """Whether tables keep the sum of all answers under this label, such as "Total"."""
    return _of_label("whole").fullmatch(clean_line(label)) is not None


def is_difference(label: str) -> bool:
    """Whether tables keep differences of figures under this label, which may be below 0."""
    return _of_label("difference").fullmatch(clean_line(label)) is not None


def may_be_an_option(label: str) -> bool:
    """Whether a label of a statistic may be that of an option as well."""
    return fold_label(label) in _ALSO_AN_OPTION


def is_sure(label: str, groups: int) -> bool:
    """Whether a label that `sums_among` finds in so many groups is no option."""
    return groups >= LEAST_GROUPS or _NAMED_SUM.fullmatch(label) is not None


def are_letters(labels: Iterable[str]) -> bool:
    """Whether labels are letters for yes and no, so that N is one of them and no number of people."""
    letters = {label for label in map(fold_label, labels) if len(label) == 1} - {"n"}
    return len(letters & _YES) == 1 and letters <= _YES | _NEITHER and not letters >= _PARTIES


def nets_among(labels: Sequence[str], groups: Sequence[Mapping[str, float]]) -> list[str]:
    """Labels whose figures are sums of options that follow each other, in every group, with a sign that they are nets.

    The sign is a name such as "Total agree"; or that the parts are those that say more in the same words, as "Strongly
    agree" does than "Agree"; or the place, beside the parts or among nets at one end, where it is no chance.
    """
    if len(labels) > MOST_LABELS or _are_whole(labels, groups):
        return []
    parts = {label: found for label in labels if (found := _parts(label, labels, groups))}
    placed = _placed(labels, parts, groups)
    return [
        label
        for label, found in parts.items()
        if _NAMED_SUM.fullmatch(label) or {*found} == _kin(label, labels) - {*parts} or label in placed
    ]


def _parts(label: str, labels: Sequence[str], groups: Sequence[Mapping[str, float]]) -> Sequence[str]:
    """The options that follow each other, and make up a label's figures; () if there are none.

    Beside a label that is called a sum the figures may be rounded.
    """
    at, is_named = labels.index(label), _NAMED_SUM.fullmatch(label) is not None
    for side in (labels[at + 1 :], labels[:at][::-1]):
        for start in range(len(side) - 1):
            for run in _runs(side[start:]):
                if _is_sum(label, run, groups, exactly=start > 0 or not is_named) and _all_count(run, groups):
                    return run
    return ()


def _all_count(run: Sequence[str], groups: Sequence[Mapping[str, float]]) -> bool:
    """Whether no part is nothing in every group, for without it the sum is the same."""
    return all(any(figures.get(part) for figures in groups) for part in run)


def _kin(label: str, labels: Sequence[str]) -> set[str]:
    """Other labels with the words of a label and more, or some of them, but for those that say it is a net."""
    own = _words(label) - known_words().labels.net
    others = {each: _words(each) for each in labels if each != label}
    return {each for each, words in others.items() if own & words and (own <= words or words <= own)}


def _words(label: str) -> set[str]:
    return {*_WORD.findall(fold_label(label))}


def _placed(
    labels: Sequence[str], parts: Mapping[str, Sequence[str]], groups: Sequence[Mapping[str, float]]
) -> list[str]:
    """Two or more labels that all stand beside their parts, or all at one end, as nets do: one alone may be chance.

    None is a part of another, they have no part in common, and no answer is in none.
    """
    telling = [
        label for label, found in parts.items() if _are_telling(label, groups) and not any(map(is_nonresponse, found))
    ]
    beside = [label for label in telling if labels.index(parts[label][0]) == labels.index(label) + 1]
    for found in (beside, _at_start(labels, telling), _at_start(labels[::-1], telling)):
        every = [*found, *(part for label in found for part in parts[label])]
        if len(found) > 1 and len({*every}) == len(every):
            return found
    return []


def _at_start(labels: Sequence[str], some: Sequence[str]) -> list[str]:
    return [*takewhile(some.__contains__, labels)]


def _are_telling(label: str, groups: Sequence[Mapping[str, float]]) -> bool:
    """Whether figures are too many, too large and too different to be sums by chance."""
    different = {(*figures.items(),) for figures in groups}
    return len(different) >= LEAST_GROUPS and all(each.get(label, 0) >= LEAST_PEOPLE for each in groups)


def sums_among(labels: Sequence[str], groups: Sequence[Mapping[str, float]]) -> list[str]:
    """Labels whose figures are the sums of all others in groups that differ.

    Such a one stands at the end, or at the beginning of four or more: among three, the first is also the sum of the
    second and of their difference.
    """
    if not LEAST_WITH_SUM <= len(labels) <= MOST_LABELS or _are_whole(labels, groups) or not _differ(groups):
        return []
    ends = (labels[0], labels[-1]) if len(labels) > LEAST_WITH_SUM else labels[-1:]
    others = {label: [each for each in labels if each != label] for label in ends}
    return [label for label in ends if _is_sum(label, others[label], groups, exactly=True)][:1]


def beside_whole(labels: Sequence[str], groups: Sequence[Mapping[str, float]]) -> Sequence[str]:
    """Labels without which figures make the whole in every group: nets, sizes and means beside percents.

    By any name they stand at one end, and not in one group only, for counts may make 100 by chance.
    """
    known = [figures for figures in groups if {*labels} <= figures.keys()]
    if len(labels) < LEAST_WITH_SUM or not known or _are_whole(labels, known, exactly=True):
        return ()
    runs = [[label] for label in labels if is_size(label) or _NAMED_SUM.fullmatch(label)]
    for length in range(1, MOST_BESIDE + 1) if _differ(known) else ():
        runs += [[*labels[-length:]], [*labels[:length]]]
    for run in runs:
        rest = [label for label in labels if label not in run]
        if len(rest) > 1 and _are_whole(rest, known, exactly=True):
            return run
    return ()


def _differ(groups: Sequence[Mapping[str, float]]) -> bool:
    return any(figures != groups[0] for figures in groups)


def _runs(labels: Sequence[str]) -> Iterator[Sequence[str]]:
    return (labels[:end] for end in range(2, len(labels) + 1))


def _is_sum(label: str, parts: Sequence[str], groups: Sequence[Mapping[str, float]], *, exactly: bool) -> bool:
    """Whether the parts make up a label's figure wherever it is known, each rounded; counts of people are exact."""
    known = [figures for figures in groups if {label, *parts} <= figures.keys() and any(figures.values())]
    if not known:
        return False
    unit = _unit(known[0])
    for figures in known:
        exact = exactly and unit == 1 and figures[label] != 100
        slack = 0.0 if exact else unit * (len(parts) + 1) / 2
        if abs(figures[label] - sum(figures[part] for part in parts)) > slack + 1e-9 or figures[label] <= 0:
            return False
    return True


def _unit(figures: Mapping[str, float]) -> float:
    """The last place to which figures are written."""
    return 10.0 ** -max(len(f"{each:.6f}".rstrip("0").partition(".")[2]) for each in figures.values())


def _are_whole(labels: Sequence[str], groups: Sequence[Mapping[str, float]], *, exactly: bool = False) -> bool:
    """Whether all figures together are shares or percents of a whole, so that none is a sum of the others.

    Args:
        exactly: whether they miss it no farther than by the rounding of each.
    """
    totals = [sum(figures.get(label, 0.0) for label in labels) for figures in groups]
    slack = _unit(groups[0]) * (len(labels) + 1) / 2 if exactly else math.inf
    return any(all(abs(total - whole) <= min(0.02 * whole, slack) + 1e-9 for total in totals) for whole in (1, 100))
