"""One wave of OpinionQA made into a pack: cut from single people's answers, or from counts if there is nothing else."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from operator import itemgetter
from pathlib import Path

import msgspec
from msgspec import Struct, field

from opinionscope.importers.base import ImportRefusedError, SetAside, finished
from opinionscope.importers.benchmark_humans import each_record_of, fault_of_counts, read_field, read_records
from opinionscope.importers.labels import is_nonresponse, whole
from opinionscope.importers.opinionqa_items import NAMES, WaveItem, read_values
from opinionscope.importers.people_pack import group_names, people_pack, sound_entries, weight_in
from opinionscope.importers.reading import read_text
from opinionscope.importers.records import Record, records
from opinionscope.regexes import regex
from opinionscope.survey.microdata import NOT_KNOWN, AttributeEntry, MicrodataFile
from opinionscope.survey.pack import OptionEntry, PackError, PackFile, QuestionEntry, SharesEntry
from opinionscope.survey.question import Attributes
from opinionscope.survey.text import clean, clean_line
from opinionscope.values import replace

RESPONSES = "responses.csv"
COUNTS = regex(r"([A-Z]+)(?:_([A-Z]+))?_data\.json")
PARTIES = frozenset({"Democrat", "Republican", "Independent", "Other", "Refused"})
"""What ``NONE_data.json`` counts in the waves that have no ``POLPARTY_data.json``."""
UNKNOWN = frozenset({"", "nan"})

Entries = Mapping[str, QuestionEntry]
"""Source key → question without human distributions."""


class Wave(Struct):
    """What was read of a wave.

    Attributes:
        people: None where the source has counts only.
    """

    pack: PackFile
    people: MicrodataFile | None
    set_aside: list[SetAside] = field(default_factory=list)


def from_people(
    folder: Path, number: str, items: Mapping[str, WaveItem], entries: Entries, frame: PackFile, by: Sequence[str]
) -> Wave:
    """The wave as its people answered it, weighted by the wave's own weights.

    Raises:
        ImportRefusedError: if the table cannot be read or no question is sound.
    """
    place, aside = f"{folder.name}/{RESPONSES}", list[SetAside]()
    values, aside_of_values = read_values(folder)
    table = _People(folder / RESPONSES, place, [*items, *NAMES, f"WEIGHT_W{number}"], aside)
    weights = table.weights(f"WEIGHT_W{number}")
    answered: list[tuple[QuestionEntry, list[int]]] = []
    for key, item in items.items():
        if key not in table.columns:
            aside.append(SetAside(f"{place}, column {key}", "there is no such column, but info.csv has the question"))
        elif reason := fault_of_counts(item.labels, table.found(key)):
            aside.append(SetAside(f"{place}, column {key}", reason))
        else:
            answered.append((entries[key], table.coded(key, item.labels)))
    attributes = {
        name: table.attribute(source, values.get(source, []))
        for source, name in NAMES.items()
        if source in table.columns
    }
    attributes = {name: entry for name, entry in attributes.items() if entry.values}
    weighted = f"The wave's own weights ({f'WEIGHT_W{number}'}); n is the effective number of people (Kish 1965)"
    card = replace(
        frame.card,
        sample=f"{table.people:,} people of wave {number}",
        weights=weighted if weights else "None applied: the source has no weights",
    )
    grouped, source = [name for name in by if name in attributes], f"{place} of OpinionQA's distribution"
    pack, people, unsound = people_pack(
        replace(frame, card=card), answered, attributes, weights, grouped, place, source
    )
    return Wave(pack, people, [*aside_of_values, *aside, *unsound])


class _People:
    """The columns of the table of people that are asked for."""

    def __init__(self, path: Path, place: str, wanted: Sequence[str], aside: list[SetAside]) -> None:
        self._place, self._aside = place, aside
        rows = records(read_text(path), ",")
        first = next(rows, Record(1, [""]))
        header = list(first.cells)
        if first.reason:
            raise ImportRefusedError(f"{place}, line 1: expected the names of columns")
        at = {name: header.index(name) for name in wanted if header.count(name) == 1}
        if len(at) < 2:
            raise ImportRefusedError(f"{place}, line 1: expected columns of questions and attributes")
        pick = itemgetter(*at.values())
        kept = []
        for row in rows:
            if len(row.cells) != len(header):
                aside.append(SetAside(f"{place}, line {row.line}", f"expected {len(header)} cells"))
            else:
                kept.append(pick(row.cells))
        self.people = len(kept)
        self.columns: dict[str, Sequence[str]] = dict(zip(at, zip(*kept, strict=True), strict=False))

    def weights(self, name: str) -> list[float]:
        """The weights; people without a usable one leave the table."""
        if name not in self.columns:
            self._aside.append(SetAside(self._place, f"there is no column {name}, so nobody is weighted"))
            return []
        numbers = [weight_in(cell) for cell in self.columns[name]]
        fits = [number is not None for number in numbers]
        if lost := fits.count(False):
            self._aside.append(
                SetAside(f"{self._place}, column {name}", f"people without a weight are left out: {lost}")
            )
            self.columns = {
                key: [cell for cell, fit in zip(cells, fits, strict=True) if fit] for key, cells in self.columns.items()
            }
            self.people -= lost
        return [number for number in numbers if number is not None]

    def found(self, name: str) -> list[str]:
        """What stands in a column, each once, in order of appearance."""
        cells = dict.fromkeys(map(clean_line, dict.fromkeys(self.columns[name])))
        return [cell for cell in cells if cell not in UNKNOWN]

    def coded(self, name: str, labels: Sequence[str]) -> list[int]:
        """A position in the labels for each person."""
        place = {label: at for at, label in enumerate(labels)}
        of_cell = {cell: place.get(clean_line(cell), NOT_KNOWN) for cell in set(self.columns[name])}
        return [of_cell[cell] for cell in self.columns[name]]

    def attribute(self, name: str, listed: Sequence[str]) -> AttributeEntry:
        """An attribute, its values as listed, then as they appear."""
        found = self.found(name)
        values = [*(value for value in listed if value in found), *(value for value in found if value not in listed)]
        return AttributeEntry(values=values, codes=self.coded(name, values))


def from_counts(
    folder: Path, items: Mapping[str, WaveItem], entries: Entries, frame: PackFile, by: Sequence[str]
) -> Wave:
    """The wave as counted in ``*_data.json``, for single attributes and for pairs of them.

    Raises:
        ImportRefusedError: if no question is sound.
    """
    counted = _Counted(folder, items, by)
    for path in sorted(folder.glob("*_data.json")):
        counted.read(path)
    names = group_names(counted.groups)
    asked, aside = [], counted.set_aside
    for key, by_group in counted.figures.items():
        labels, place = items[key].labels, f"{folder.name}, {key}"
        if reason := fault_of_counts(labels, [label for figures in by_group.values() for label in figures]):
            aside.append(SetAside(place, reason))
            continue
        human = {names[a]: [f.get(label, 0.0) for label in labels] for a, f in by_group.items() if sum(f.values()) > 0}
        ordered: dict[str, list[float] | SharesEntry] = {}
        ordered |= {name: [whole(count) for count in human[name]] for name in names.values() if name in human}
        asked.append(replace(entries[key], human=ordered))
    groups = {name: dict(attributes) for attributes, name in names.items()}
    sound, unsound = sound_entries(replace(frame, groups=groups), asked, folder.name)
    if not sound:
        raise ImportRefusedError(f"{folder.name} has no question that can be read")
    card = replace(frame.card, weights="None applied: the counts are unweighted respondents")
    return Wave(finished(replace(frame, card=card), groups, sound), None, [*aside, *unsound])


def items_of_counts(folder: Path, known: Collection[str]) -> dict[str, WaveItem]:
    """The questions that only the counts name; `fault_of_counts` tells which lists of options were cut at commas."""
    items: dict[str, WaveItem] = {}
    for path in sorted(folder.glob("*_data.json")):
        try:
            records = read_records(path)
        except PackError:
            continue
        for key, record in records.items():
            if key not in known and key not in items:
                try:
                    labels = [clean_line(x) for x in read_field(record, "MC_options", list[str], path, key)]
                    text = clean(read_field(record, "question_text", str, path, key)).strip()
                except PackError:
                    continue
                options = tuple(OptionEntry(label, None, is_nonresponse(label)) for label in labels)
                items[key] = WaveItem(key, f"{folder.name}/{path.name}", text, options)
    return items


class _Counted:
    """Counts of a wave: question → group → label → people."""

    def __init__(self, folder: Path, items: Mapping[str, WaveItem], by: Sequence[str]) -> None:
        self.figures: dict[str, dict[Attributes, dict[str, float]]] = {}
        self.set_aside: list[SetAside] = []
        self._folder, self._items, self._by = folder, items, by

    @property
    def groups(self) -> list[Attributes]:
        """The groups somebody of whom answered: by single attributes, then by pairs, in our order of attributes."""
        found = dict.fromkeys(a for by_group in self.figures.values() for a, f in by_group.items() if sum(f.values()))
        order = list(NAMES.values())
        return sorted(found, key=lambda attributes: (len(attributes), [order.index(name) for name, _ in attributes]))

    def read(self, path: Path) -> None:
        """Take in the counts by one attribute or by a pair."""
        place, match = f"{self._folder.name}/{path.name}", COUNTS.fullmatch(path.name)
        sources = [name.replace("NONE", "POLPARTY") for name in match.groups() if name] if match else []
        if not sources or any(source not in NAMES for source in sources):
            self.set_aside.append(SetAside(place, f"expected counts by one or two of {', '.join(NAMES)}"))
            return
        names = [NAMES[source] for source in sources]
        if not set(names) <= set(self._by):
            return

        def groups(key: str, record: Mapping[str, msgspec.Raw]) -> Iterator[tuple[str, Attributes, dict[str, float]]]:
            for value in (name for name in record if bytes(record[name]).lstrip().startswith(b"{")):
                if value == "marginals":
                    continue
                if len(names) == 1:
                    yield key, ((names[0], value),), read_field(dict(record), value, dict[str, float], path, key)
                else:
                    inner = read_field(dict(record), value, dict[str, dict[str, float]], path, key)
                    yield from ((key, ((names[0], value), (names[1], other)), f) for other, f in inner.items())

        for found in each_record_of(path, place, groups):
            if isinstance(found, SetAside):
                self.set_aside.append(found)
            else:
                self._take(place, *found)

    def _take(self, place: str, key: str, attributes: Attributes, figures: Mapping[str, float]) -> None:
        order = list(NAMES.values())
        ours = tuple(sorted(((n, clean_line(value)) for n, value in attributes), key=lambda each: order.index(each[0])))
        counts = {clean_line(label): count for label, count in figures.items() if count}
        if key not in self._items or not counts:
            return
        if any(value in UNKNOWN for _, value in ours):
            reason = f"{sum(counts.values()):g} people of whom {' or '.join(name for name, _ in ours)} is not known"
        elif place.endswith("NONE_data.json") and ours[0][1] not in PARTIES:
            reason = f'"{ours[0][1]}" is no party; this file counts parties in the source'
        elif self.figures.setdefault(key, {}).setdefault(ours, counts) != counts:
            reason = f"another file counts {' and '.join(value for _, value in ours)} otherwise; that one was read"
        else:
            return
        self.set_aside.append(SetAside(f"{place}, {clean_line(key)}", reason))
