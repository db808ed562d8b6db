"""Single people's answers made into a pack: each value of an attribute is a group, its distribution cut from them."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from opinionscope.importers.base import ImportRefusedError, SetAside, fault_of, finished, first_reasons
from opinionscope.importers.figures import number_in
from opinionscope.importers.labels import SHARE_DECIMALS, is_nonresponse, option_entry
from opinionscope.survey.microdata import (
    MICRODATA_FORMAT,
    AttributeEntry,
    Cut,
    Microdata,
    MicrodataFile,
    composed,
    microdata_of,
)
from opinionscope.survey.pack import PackFile, QuestionEntry, SharesEntry, pack_of
from opinionscope.survey.question import Attributes
from opinionscope.survey.text import clean_line, fold
from opinionscope.values import replace

N_DECIMALS = 2
LEAST_WEIGHT, MOST_WEIGHT = 1e-9, 1e9


def people_pack(
    frame: PackFile,
    answered: Sequence[tuple[QuestionEntry, list[int]]],
    attributes: dict[str, AttributeEntry],
    weights: list[float],
    by: Sequence[str],
    place: str,
    source: str = "",
) -> tuple[PackFile, MicrodataFile, list[SetAside]]:
    """A pack of the questions, the microdata of the questions that are in it, and what was set aside.

    Args:
        frame: the pack without groups and questions.
        answered: each question, and which of its options each person chose.
        attributes: of everybody.
        weights: of everybody; [] where nobody is weighted.
        by: the attributes whose values become groups.
        place: of the source, for messages.
        source: what the microdata say of where they come from; the place if "".

    Raises:
        ImportRefusedError: if no question is sound.
    """
    sound, aside = sound_entries(frame, [entry for entry, _ in answered], place)
    if not sound:
        raise ImportRefusedError(f"{place} has no question that can be read{first_reasons(aside)}")
    codes = {entry.id: each for entry, each in answered}
    people = MicrodataFile(
        format=MICRODATA_FORMAT,
        dataset=frame.dataset,
        people=len(codes[sound[0].id]),
        attributes=attributes,
        options={entry.id: [option_entry(each).label for each in entry.options] for entry in sound},
        answers={entry.id: codes[entry.id] for entry in sound},
        source=source or place,
        weights=weights,
    )
    microdata = microdata_of(people, Path(place))
    names = group_names([each for attribute in by for each in _values(microdata, people, attribute)])
    pack = replace(frame, groups={name: dict(who) for who, name in names.items()}, questions=sound)
    questions = {question.id: question for question in pack_of(pack, Path(place)).questions}
    cut = []
    for entry in sound:
        found = ((name, microdata.cut(questions[entry.id], who)) for who, name in names.items())
        human = {name: _figures(each, microdata.weighted) for name, each in found if each.distribution is not None}
        cut.append(replace(entry, human=human))
    return finished(pack, pack.groups, cut), people, aside


def group_names(wanted: Sequence[Attributes]) -> dict[Attributes, str]:
    """Attributes → name, in order: as composed groups are named, with the attribute where that says too little.

    "Other" and "Refused" are said of many things, and so is a value that two attributes have.
    """
    parts = {part: composed((part,)).name for attributes in wanted for part in attributes}
    often = Counter(map(fold, parts.values()))
    for (attribute, value), name in parts.items():
        if name == value and (often[fold(name)] > 1 or fold(name) == "other" or is_nonresponse(name)):
            parts[attribute, value] = f"{name} ({attribute})"
    return {attributes: " & ".join(parts[part] for part in attributes) for attributes in wanted}


def _values(microdata: Microdata, people: MicrodataFile, attribute: str) -> list[Attributes]:
    """Each value of an attribute as a group; none for numbers without ranges."""
    entry = people.attributes[attribute]
    if entry.numbers and not entry.cuts:
        return []
    return [((clean_line(attribute), each.value),) for each in microdata.slices(attribute)]


def sound_entries(
    frame: PackFile, entries: Sequence[QuestionEntry], place: str
) -> tuple[list[QuestionEntry], list[SetAside]]:
    """The questions that a pack can have, and the others with what is wrong in them."""
    faults = [fault_of(entry, frame) for entry in entries]
    pairs = list(zip(entries, faults, strict=True))
    aside = [SetAside(f"{place}, {entry.source_key}", fault, frame.dataset) for entry, fault in pairs if fault]
    return [entry for entry, fault in pairs if not fault], aside


def _figures(cut: Cut, weighted: bool) -> list[float] | SharesEntry:
    assert cut.distribution is not None
    shares = cut.distribution.probabilities
    if not weighted:
        return [round(share * cut.people) for share in shares]
    return SharesEntry([round(share, SHARE_DECIMALS) for share in shares], round(cut.distribution.n or 0, N_DECIMALS))


def weight_in(cell: str) -> float | None:
    """A weight that can be reckoned with, or None; 0 counts nobody."""
    weight = number_in(cell)
    return weight if weight is not None and (weight == 0 or LEAST_WEIGHT <= weight <= MOST_WEIGHT) else None
