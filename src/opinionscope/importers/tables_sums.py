"""Rows and columns of tables that hold sums, numbers of people or statistics, and no answers."""

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Literal

from opinionscope.importers.labels import fold_label
from opinionscope.importers.words import known_words
from opinionscope.regexes import regex
from opinionscope.survey.text import clean_line

_NAMED_SUM = regex(
    r"(total|nett?|sum|combined|top \d|bottom \d|[tb][23]b|gesamt|summe)\b.*|.*\b(total|nett?|combined)\W*",
    re.IGNORECASE,
)
"""Labels of sums of some options, such as "Total agree"; an option may be called so, too."""
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


@cache
def _of_label(kind: Literal["size", "whole", "sum"]) -> re.Pattern[str]:
    """The expression for labels of a kind, in whatever case."""
    labels = known_words().labels
    size, whole, alone, sums = map("|".join, (labels.size, labels.whole, labels.whole_alone, labels.sum))
    return re.compile(
        {
            "size": rf"({size})\s*(=[\s\d.,]*)?",
            "whole": rf"({whole})\s*([=:]\s*|\([^()]*\)|(n|%))?|{alone}",
            "sum": sums,
        }[kind],
        re.IGNORECASE,
    )


def is_size(label: str) -> bool:
    """Whether tables keep the number of people under this label, such as "N" or "n = "."""
    return _of_label("size").fullmatch(clean_line(label)) is not None


def is_total(label: str) -> bool:
    """Whether tables keep sums under this label; they are no answers."""
    return is_size(label) or is_whole(label) or _of_label("sum").fullmatch(clean_line(label)) is not None


def is_whole(label: str) -> bool:
    """Whether tables keep the sum of all answers under this label, such as "Total" or "Base"."""
    return _of_label("whole").fullmatch(clean_line(label)) is not None


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


def sums_among(labels: Sequence[str], groups: Sequence[Mapping[str, float]]) -> list[str]:
    """Labels whose figures are sums of others in every group.

    One that is called a sum ("Total agree") may be that of two or more options that stand beside it; one by any name
    is a sum if it stands at the end, or at the beginning of four or more, and groups that differ have under it what all
    other options make together. Among three, the first is also the sum of the second and of their difference.
    """
    found: list[str] = []
    if len(labels) > MOST_LABELS or _are_whole(labels, groups):
        return found
    for at, label in enumerate(labels):
        if _NAMED_SUM.fullmatch(label):
            runs = (*_runs(labels[at + 1 :]), *_runs(labels[:at][::-1]))
            if any(_is_sum(label, run, groups, exactly=False) for run in runs):
                found.append(label)
    rest = [label for label in labels if label not in found]
    if len(rest) < LEAST_WITH_SUM or _are_whole(rest, groups) or not _differ(groups):
        return found
    for label in (rest[0], rest[-1]) if len(rest) > LEAST_WITH_SUM else rest[-1:]:
        if _is_sum(label, [each for each in rest if each != label], groups, exactly=True):
            return [*found, label]
    return found


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
