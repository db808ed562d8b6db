"""A pack in the making: what does not pass as part of one is set aside, with its place in the source and the reason."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from opinionscope.importers.base import (
    Gathered,
    ImportOptions,
    ImportRefusedError,
    SetAside,
    fault_of,
    finished,
    first_reasons,
)
from opinionscope.importers.benchmark import DATASETS
from opinionscope.importers.benchmark_import import FOLDER
from opinionscope.regexes import regex
from opinionscope.survey.microdata import composed
from opinionscope.survey.pack import PACK_FORMAT, PackFile, QuestionEntry, StudyCard
from opinionscope.survey.question import EVERYONE, Attributes
from opinionscope.survey.text import clean_line, fold
from opinionscope.survey.titles import LONGEST_ID, Names
from opinionscope.values import replace

TAKEN = (*DATASETS.values(), FOLDER)
"""Ids that bundled packs and the benchmark's import have."""

_SAFE_ID = regex(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def dataset_id(options: ImportOptions, path: Path, otherwise: str = "", prefix: str = "own-") -> str:
    """The id of the pack: what the user said, else `otherwise`, else the file's name made safe.

    Args:
        prefix: put before a file name that would be a bundled pack's id.

    Raises:
        ImportRefusedError: if what the user said cannot be one, or a file's name gives none.
    """
    if options.dataset:
        if not _SAFE_ID.fullmatch(options.dataset):
            raise ImportRefusedError(
                f'"{clean_line(options.dataset)}" cannot be the id of a dataset; expected small letters a to z, '
                "digits and hyphens, such as my-survey"
            )
        if options.dataset in TAKEN:
            raise ImportRefusedError(f'the program has a dataset "{options.dataset}" of its own; choose another id')
        return options.dataset
    made = otherwise or "-".join(re.findall(r"[a-z0-9]+", fold(path.stem)))[:LONGEST_ID].strip("-")
    if not made:
        raise ImportRefusedError(f"no id can be made from the name {clean_line(path.name)}; name one with --dataset")
    return prefix + made if made in TAKEN else made


def stable_id(title: str, *marks: str) -> str:
    """An id that hangs on these texts alone, whatever else is in the source: words of the title and a digest."""
    digest = hashlib.sha256("\x1f".join(marks).encode()).hexdigest()[:6]
    plain = Names(()).slug(title.rstrip("…"), "question")[: LONGEST_ID - 7].strip("-")
    return f"{plain}-{digest}"


class PackDraft:
    """Collects groups and questions of one dataset.

    Attributes:
        dataset: its id.
        questions: those that passed.
        set_aside: what was left out so far.
    """

    def __init__(self, dataset: str, title: str, domain: str, card: StudyCard, place: str) -> None:
        self.dataset = dataset
        self.questions: list[QuestionEntry] = []
        self.set_aside: list[SetAside] = []
        self._place = place
        self._frame = PackFile(PACK_FORMAT, dataset, title, domain, version="", card=card)
        self._names: dict[tuple[Attributes, str], str] = {}
        self._groups: dict[str, dict[str, str]] = {}

    def aside_all(self, damaged: Iterable[tuple[str, str]]) -> None:
        """Set aside each (place, reason)."""
        for place, reason in damaged:
            self.aside(place, reason)

    def aside(self, place: str, reason: str) -> None:
        """Set something aside; `place` within the file."""
        where = ", ".join(part for part in (self._place, clean_line(place)) if part)
        self.set_aside.append(SetAside(where, clean_line(reason), self.dataset))

    def group(self, attributes: Attributes, wanted: str = "") -> str:
        """The name of the group with these attributes; without any, of the group called `wanted`.

        Args:
            wanted: the name it gets when first named, if that is free.
        """
        key = (attributes, "" if attributes else wanted)
        if key not in self._names:
            single = len(attributes) == 1 and not attributes[0][1].isdecimal()
            plain = attributes[0][1] if single else composed(attributes).name if attributes else EVERYONE.name
            name, mark = wanted or plain, attributes[0][0] if single else "2"
            while name in self._groups:
                name = f"{name} ({mark})"
            self._names[key] = name
            self._groups[name] = dict(attributes)
        return self._names[key]

    def add(self, entry: QuestionEntry, place: str) -> bool:
        """Take in a question if a pack of it alone would be read; else set it aside."""
        known = {name: self._groups[name] for name in entry.human}
        if not entry.human:
            self.aside(place, "no group's answers to it could be read")
            return False
        if fault := fault_of(entry, replace(self._frame, groups=known)):
            self.aside(place, fault)
            return False
        self.questions.append(entry)
        return True

    def gathered(self, notes: Iterable[str]) -> Gathered:
        """The pack with what was set aside; its version changes with its content and with nothing else.

        Raises:
            ImportRefusedError: if no question passed, with the first reasons.
        """
        if not self.questions:
            raise ImportRefusedError(f"{self._place} has no question that can be read{first_reasons(self.set_aside)}")
        told = f"Imported from {self._place}; questions: {len(self.questions)}"
        if self.set_aside:
            told += f"; set aside: {len(self.set_aside)}, `opinionscope data import` lists what and why"
        card = replace(self._frame.card, notes=[f"{told}.", *notes, *self._frame.card.notes])
        gathered = Gathered(self.dataset, set_aside=self.set_aside)
        gathered.add_pack(finished(replace(self._frame, card=card), self._groups, self.questions))
        return gathered


def wanted_questions(options: ImportOptions, known: Sequence[Sequence[str]]) -> list[bool]:
    """Which questions the user asked for, by any of the names that each goes by; all if none were named.

    Raises:
        ImportRefusedError: naming what the user asked for and the source lacks.
    """
    names = {name for each in known for name in each}
    if missing := [clean_line(name) for name in options.questions if name not in names]:
        raise ImportRefusedError(f"there is no question {', '.join(missing)} in it; leave out --questions to read all")
    return [not options.questions or any(name in options.questions for name in each) for each in known]
