"""What crowdworkers estimated, as the benchmark's public repository keeps it: exports of survey pages, a row a person.

Columns are called ``LOOP_BLOCK_OPTION``. LOOP counts the items of a data set in its order, with a gap after the first;
BLOCK names the group; OPTION is the place of a letter. Only these columns are read, and of ``LOOP_Q138`` the heading,
which lists the options as they were shown. Everything else in the exports is personal and is never looked at. As in the
authors' code nobody is left out, but for persons who completed no estimate of an item.
"""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from string import ascii_uppercase

from opinionscope.importers.base import SetAside
from opinionscope.importers.benchmark import ESTIMATES, RESULTS, UNSTEERED, Recorded
from opinionscope.importers.benchmark_humans import HumanItem, short_key
from opinionscope.regexes import regex
from opinionscope.survey.answers import CROWDWORKERS
from opinionscope.survey.question import Attributes
from opinionscope.survey.text import clean_line

FORMAT = "verbalized"
GAP: Mapping[str, int] = {"opinionqa": 4, "nytimes": 103}
"""The number of the second loop; the first is 1."""
BLOCKS: Mapping[str, Attributes] = {
    "Q_NoSteering": UNSTEERED,
    "Q135": (("party", "Republican"),),
    "Q136": (("sex", "Male"),),
    "Q137": (("sex", "Female"),),
    "Q138": (("race", "Black"),),
    "Q139": (("race", "White"),),
}
"""Whose answers were estimated; without steering `Q_NoSteering` is about everybody."""
_STEERINGS: Mapping[str, str] = {"No": "none", "Persona": "persona", "FewShot": "few-shot"}
_NAME = regex(
    r"Distributional_Alignment_(?P<steering>No|Persona|FewShot)_Steering(?P<books> - NYT)?.*?"
    r"_(?P<when>[A-Z][a-z]+ \d+, \d+_\d+\.\d+)\.csv"
)
_COLUMN = regex(rf"(?P<loop>\d+)_(?P<block>{'|'.join(BLOCKS)})_(?P<option>\d+)")
_HEADING = regex(r"(?P<loop>\d+)_Q138")
_Person = tuple[tuple[tuple[int, str], tuple[str, ...]], ...]
"""The cells of one person by loop and block."""


class Estimates(Recorded, frozen=True):
    """What several people estimated of one item.

    Attributes:
        percents: one row a person in the order of the exports, shape (R, K).
    """

    percents: tuple[tuple[float, ...], ...]

    def mean(self, first: int) -> tuple[float, ...]:
        """The mean of the first estimates as shares by letter, shape (K,)."""
        taken = self.percents[:first]
        return tuple(sum(column) / 100 / len(taken) for column in zip(*taken, strict=True))


def read_estimates(root: Path, dataset: str, items: Sequence[HumanItem]) -> Iterator[Estimates | SetAside]:
    """All estimates of a data set; nothing if the copy has none.

    Args:
        items: of the data set, in the source's order, damaged ones included.
    """
    if dataset not in GAP:
        return
    surveys: dict[str, list[tuple[datetime, Path]]] = {}
    for path in sorted((root / RESULTS / ESTIMATES).glob("*.csv")):
        if (name := _NAME.fullmatch(path.name)) and (dataset == "nytimes") == bool(name["books"]):
            with suppress(ValueError):
                when = datetime.strptime(name["when"], "%B %d, %Y_%H.%M").replace(tzinfo=UTC)
                surveys.setdefault(_STEERINGS[name["steering"]], []).append((when, path))
    for steering in (each for each in _STEERINGS.values() if each in surveys):
        yield from _read_survey(dataset, steering, [path for _, path in sorted(surveys[steering])], items)


def _read_survey(
    dataset: str, steering: str, paths: Sequence[Path], items: Sequence[HumanItem]
) -> Iterator[Estimates | SetAside]:
    """The exports of one survey in order of time; persons whom an earlier export has as well count once."""
    found: dict[tuple[str, Attributes], list[tuple[float, ...]]] = {}
    shown = {item.key: _shown(item) for item in items}
    loops = {1 if at == 0 else GAP[dataset] + at - 1: item for at, item in enumerate(items)}
    seen: set[_Person] = set()
    for path in paths:
        place = f"{RESULTS}/{ESTIMATES}/{clean_line(path.name)}"
        try:
            headings, people = _read_export(path)
        except (OSError, ValueError, csv.Error):
            yield SetAside(place, "it is no table of estimates in UTF-8", dataset, CROWDWORKERS)
            continue
        for loop, item in loops.items():
            if loop in headings and not _lists(headings[loop], shown[item.key]):
                reason = "other options stand over its column than the item has: it is not known what was estimated"
                yield SetAside(f"{place}, {short_key(item.key)}", reason, dataset, CROWDWORKERS)
                del headings[loop]
        for person in people:
            cells = () if person in seen else person
            seen.add(person)
            for (loop, block), texts in cells:
                about = loops.get(loop) if loop in headings else None
                if about and (percents := _percents(texts, len(shown[about.key]))):
                    group = () if steering == "none" else BLOCKS[block]
                    found.setdefault((about.key, group), []).append(percents)
    by_key = {item.key: item for item in items}
    for (key, group), estimates in found.items():
        place = f"{RESULTS}/{ESTIMATES}"
        yield Estimates(by_key[key], place, CROWDWORKERS, FORMAT, steering, group, shown[key], "", tuple(estimates))


def _read_export(path: Path) -> tuple[dict[int, str], list[_Person]]:
    """The heading of each loop, and the cells of each person by loop and block; no other column is kept.

    Raises:
        OSError, ValueError, csv.Error: if it is no such table.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.reader(file)
        names, wordings = next(rows, []), next(rows, [])
        next(rows, None)
        headings = {int(found["loop"]): wordings[at] for at, found in _columns(_HEADING, names)}
        places: dict[tuple[int, str], list[int]] = {}
        for at, found in _columns(_COLUMN, names):
            places.setdefault((int(found["loop"]), found["block"]), []).append(at)
        if not (headings and places) or len(wordings) != len(names):
            raise ValueError(path.name)
        return headings, [_person(row, places) for row in rows if len(row) == len(names)]


def _columns(pattern: re.Pattern[str], names: Sequence[str]) -> Iterator[tuple[int, re.Match[str]]]:
    return ((at, found) for at, name in enumerate(names) if (found := pattern.fullmatch(name)))


def _person(row: Sequence[str], places: Mapping[tuple[int, str], Sequence[int]]) -> _Person:
    cells = ((key, tuple(map(str.strip, map(row.__getitem__, columns)))) for key, columns in places.items())
    return tuple((key, found) for key, found in cells if any(found))


def _shown(item: HumanItem) -> tuple[str, ...]:
    """The options of an item as they were shown for every group: of OpinionQA those of the Democrats."""
    democrats = item.group(UNSTEERED) if item.dataset == "opinionqa" else None
    return tuple(democrats.figures) if democrats else item.options


def _lists(heading: str, labels: Sequence[str]) -> bool:
    """Whether a heading lists these options under their letters."""
    lines = {clean_line(line.strip()) for line in heading.split("<br>")}
    return all(f"{letter}. {label}" in lines for letter, label in zip(ascii_uppercase, labels, strict=False))


def _percents(cells: Sequence[str], size: int) -> tuple[float, ...]:
    """The percents of a complete estimate, shape (K,); () for another."""
    with suppress(ValueError):
        percents = tuple(float(cell) for cell in cells[:size])
        if len(percents) == size and min(percents) >= 0 and 0 < sum(percents) < float("inf"):
            return percents
    return ()
