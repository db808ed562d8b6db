"""The layout of the benchmark's public repository (Meister, Guestrin and Hashimoto 2025), read as it stands.

    benchmark = Benchmark(folder)
    for item in benchmark.humans("opinionqa"): ...        # HumanItem, or SetAside with a reason
    for answer in benchmark.answers(): ...                # RecordedAnswer, or SetAside with a reason

Nothing is parsed here but JSON: what a model answered comes back as raw text, beside the labels of the
options it was offered in the order of its letters. Files are opened one at a time, as they are asked for.
"""

import math
from collections.abc import Iterator, Mapping
from glob import glob
from pathlib import Path
from string import ascii_uppercase

from msgspec import Struct

from opinionscope.importers.base import SetAside
from opinionscope.importers.benchmark_humans import (
    ATTRIBUTES,
    BOOKS_FILE,
    GLOBAL_FILE,
    OPINIONQA_FOLDER,
    HumanItem,
    Record,
    each_record_of,
    opinionqa_waves,
    read_books,
    read_field,
    read_global,
    read_opinionqa,
    short_key,
)
from opinionscope.survey.pack import PackError
from opinionscope.survey.question import Attributes, Option, Question
from opinionscope.survey.text import clean, clean_line
from opinionscope.values import replace

RESULTS = "results"
ESTIMATES = "human_annotations"
"""The folder of results that holds what crowdworkers estimated: see `benchmark_estimates`."""
DATASETS: Mapping[str, str] = {"opinionqa": "opinionqa", "nytimes": "nytimes", "globalvalues": "globalopinionqa"}
FORMATS: Mapping[str, str] = {
    "express_distribution": "verbalized",
    "sequence": "sequence",
    "model_logprobs": "log-probs",
}
STEERINGS: Mapping[str, str] = {"task0": "none", "task1": "persona", "task3_easy_hard": "few-shot"}
UNSTEERED: Attributes = (("party", "Democrat"),)
TOLERANCE = 1e-6
_LEVELS: Mapping[int, tuple[Mapping[str, str], str]] = {
    0: (DATASETS, "not a dataset of the benchmark"),
    1: (FORMATS, "not an expression format that was asked of a model"),
    3: (STEERINGS, "not a steering method of the benchmark"),
}
"""Depth below the folder of results → names of folders there, and what is said of others; models are at depth 2."""
_DEEPEST = max(_LEVELS)


class Recorded(Struct, frozen=True):
    """What is recorded of one item, for one group under one steering method.

    Attributes:
        item: how people answered it.
        place: the file or folder, relative to the source's folder.
        model: the source's name for it.
        format: "verbalized", "sequence" or "log-probs".
        steering: "none", "persona" or "few-shot".
        attributes: the group that was meant; () without steering.
        labels: the options offered, in the order of the letters A, B, C, …, shape (K,).
        doubt: why it does not count as an answer of this group, or "".
    """

    item: HumanItem
    place: str
    model: str
    format: str
    steering: str
    attributes: Attributes
    labels: tuple[str, ...]
    doubt: str

    @property
    def dataset(self) -> str:
        """Our name of the item's dataset."""
        return self.item.dataset

    @property
    def where(self) -> str:
        """The place with the item, for messages."""
        return f"{self.place}, {short_key(self.item.key)}"


class RecordedAnswer(Recorded, frozen=True):
    """One answer of one model.

    Attributes:
        response: the raw text (of sequences the authors dropped all blanks before they saved them).
        authors_reading: what the authors read in it, by letter, shape (K,), not normalised, all 0 where they
            could not read it; for log-probs the recorded probability masses of the letters.
        expected: how people answered as the authors scored it, shares by letter: one entry, or without
            steering one a group, each over that group's own letters.
    """

    response: str
    authors_reading: tuple[float, ...]
    expected: Mapping[Attributes, tuple[float, ...]]

    @property
    def question(self) -> Question:
        """What was offered, as the question that a parser needs: labels in the order of the recorded letters."""
        options = tuple(Option(label) for label in self.labels)
        return Question(self.item.source_key, self.dataset, domain="", title="", text="", options=options)

    @property
    def masses(self) -> tuple[float, ...] | None:
        """The recorded probability mass of each letter, shape (K,); None for other formats."""
        return self.authors_reading if self.format == "log-probs" else None


class _File(Struct, frozen=True):
    """One file of results and what its path says about it."""

    path: Path
    place: str
    dataset: str
    format: str
    model: str
    steering: str
    wave: str
    kind: str


class Benchmark:
    """A copy of the benchmark's repository, whole or in part."""

    def __init__(self, root: Path) -> None:
        """Nothing is read yet.

        Args:
            root: its folder.
        """
        self.root = root
        self._humans: dict[str, list[HumanItem | SetAside]] = {}

    def humans(self, dataset: str) -> list[HumanItem | SetAside]:
        """How people answered, item by item in the source's order; nothing if the copy lacks the dataset.

        What is damaged is set aside.
        """
        if dataset not in self._humans:
            self._humans[dataset] = list(self._read(dataset))
        return self._humans[dataset]

    def items(self, dataset: str) -> list[HumanItem]:
        """The items of a dataset that could be read."""
        return [item for item in self.humans(dataset) if isinstance(item, HumanItem)]

    def _read(self, dataset: str) -> Iterator[HumanItem | SetAside]:
        if dataset == "opinionqa":
            for wave in opinionqa_waves(self.root):
                yield from read_opinionqa(self.root, wave)
        elif dataset == "nytimes" and (self.root / BOOKS_FILE).is_file():
            yield from read_books(self.root)
        elif dataset == "globalopinionqa" and (self.root / GLOBAL_FILE).is_file():
            yield from read_global(self.root)

    def answers(self) -> Iterator[RecordedAnswer | SetAside]:
        """The recorded answers of all models.

        Raises:
            PackError: if there is no folder of results. What is damaged in it is set aside.
        """
        for found in self._files():
            if isinstance(found, SetAside):
                yield found
                continue
            for read in _read_file(found, self._asked_in(found)):
                yield read if isinstance(read, Recorded) else replace(read, dataset=found.dataset, model=found.model)

    def _asked_in(self, file: _File) -> Mapping[str, HumanItem]:
        place = f"{OPINIONQA_FOLDER}/{file.wave}"
        of_wave = (item for item in self.items(file.dataset) if item.place == place or file.dataset != "opinionqa")
        return {item.key: item for item in of_wave}

    def _files(self) -> Iterator[_File | SetAside]:
        """Every file of results, in the order of its path; a folder of another kind is set aside, once."""
        results = self.root / RESULTS
        if not results.is_dir():
            raise PackError(self.root, RESULTS, "expected this folder, in the layout of the benchmark's repository")
        strange: set[str] = set()
        found = glob("*/**/*.json", root_dir=results, recursive=True)  # noqa: PTH207  # follows links to folders
        for path in sorted(map(Path, found)):
            folders, place = path.parts[:-1], clean_line(f"{RESULTS}/{path.as_posix()}")
            if folders[0] == ESTIMATES:
                continue
            if unknown := [at for at in _LEVELS if at < len(folders) and folders[at] not in _LEVELS[at][0]]:
                depth = unknown[0]
                folder = "/".join(place.split("/")[: depth + 2])
                if folder not in strange:
                    strange.add(folder)
                    yield SetAside(folder, _LEVELS[depth][1])
            elif len(folders) > _DEEPEST:
                dataset, form, model, task, *wave = folders
                *wave, kind = wave or ("",)
                yield _File(
                    results / path,
                    place,
                    DATASETS[dataset],
                    FORMATS[form],
                    clean_line(model),
                    STEERINGS[task],
                    "/".join(wave),
                    kind,
                )


def _read_file(file: _File, items: Mapping[str, HumanItem]) -> Iterator[RecordedAnswer | SetAside]:
    def read(key: str, record: Record) -> Iterator[RecordedAnswer | SetAside]:
        item = items.get(key)
        if item is None:
            yield SetAside(f"{file.place}, {short_key(key)}", "how people answered this item is not in the source")
        else:
            yield from _read_record(file, key, record, item)

    yield from each_record_of(file.path, file.place, read)


def _read_record(file: _File, key: str, record: Record, item: HumanItem) -> Iterator[RecordedAnswer | SetAside]:
    place = f"{file.place}, {short_key(key)}"
    authors = read_field(record, "avg_actual_results", dict[str, float], file.path, key)
    attributes, labels = _offered(file, item, len(authors))
    if len(labels) < 2:
        reason = f'only one option was offered, "{labels[0]}"' if labels else _why_unknown(attributes, item)
        yield SetAside(place, reason)
        return
    letters = ascii_uppercase[: len(labels)]
    if "".join(sorted(authors)) != letters:
        found = ", ".join(sorted(authors))
        yield SetAside(place, f"{len(labels)} options were offered, but the record has the letters {clean_line(found)}")
        return
    expected = _expected(file, key, record, attributes)
    doubt = _doubt(attributes, labels, item, expected)
    for response in read_field(record, "response", list[str], file.path, key):
        yield RecordedAnswer(
            item,
            file.place,
            file.model,
            file.format,
            file.steering,
            attributes,
            labels,
            doubt,
            clean(response),
            tuple(authors[letter] for letter in letters),
            expected,
        )
        doubt = doubt or "a further answer to the same prompt; the first was read"


def _offered(file: _File, item: HumanItem, letters: int) -> tuple[Attributes, tuple[str, ...]]:
    """The group and the labels it was offered, in letter order; () where that cannot be known.

    OpinionQA: the labels somebody in the group chose, in the order of the group's own map; without steering
    those of the Democrats. For groups without a map they are known only if as many letters were recorded as
    there are labels at all. Books and global values: all options in survey order.
    """
    name = file.path.stem
    if file.dataset == "globalopinionqa":
        position = int(name) if name.isdecimal() else len(item.groups)
        attributes = (
            item.groups[position].attributes if position < len(item.groups) else (("country", clean_line(name)),)
        )
        return attributes, item.options if item.group(attributes) else ()
    steered: Attributes = ((ATTRIBUTES.get(file.kind, clean_line(file.kind)), clean_line(name)),)
    attributes = () if file.steering == "none" else steered
    if file.dataset == "nytimes":
        return attributes, item.options if not attributes or item.group(attributes) else ()
    if group := item.group(attributes or UNSTEERED):
        return attributes, tuple(group.figures)
    everything = sorted({label for group in item.groups for label in group.figures})
    known = len(everything) == letters and file.kind in ATTRIBUTES
    return attributes, tuple(everything) if known else ()


def _why_unknown(attributes: Attributes, item: HumanItem) -> str:
    if (attributes or UNSTEERED) in item.asked:
        return "nobody in this group answered (n = 0), so no options were offered"
    return "how this group answered is not in the source, so it is not known which options were offered"


def _expected(file: _File, key: str, record: Record, attributes: Attributes) -> Mapping[Attributes, tuple[float, ...]]:
    """The authors' reference, one vector a group; fields are ``expected_results[_ATTRIBUTE_value]``."""
    found: dict[Attributes, tuple[float, ...]] = {}
    for name in record:
        kind, _, value = name.removeprefix("expected_results").strip("_").partition("_")
        if name.startswith("expected_results") and (not kind or kind in ATTRIBUTES):
            shares = read_field(record, name, dict[str, float], file.path, key)
            who = ((ATTRIBUTES[kind], clean_line(value)),) if kind else attributes
            found[who] = tuple(share for _, share in sorted(shares.items()))
    return found


def _doubt(
    attributes: Attributes, labels: tuple[str, ...], item: HumanItem, expected: Mapping[Attributes, tuple[float, ...]]
) -> str:
    """Why the group named by the file may not be the one that was asked about: the reference is another's."""
    group, reference = item.group(attributes), expected.get(attributes)
    if group is None or reference is None or _same(reference, group.shares(labels)):
        return ""
    others = [other.attributes[0][1] for other in item.groups if _same(reference, other.shares(labels))]
    whose = f"those of {others[0]}" if others else "another group's"
    return f"who was meant is not known: the file is that of {attributes[0][1]}, its reference figures are {whose}"


def _same(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    """Whether two vectors of shares are the same, one of which may be rounded so that it misses 1."""
    total = math.fsum(one)
    return len(one) == len(other) and all(abs(a - b * total) < TOLERANCE for a, b in zip(one, other, strict=True))
