"""The benchmark's questions as packs: in the source's words, under the ids, titles and scales of the bundled packs."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from opinionscope.importers.base import ImportRefusedError, SetAside, fault_of, with_version
from opinionscope.importers.benchmark_humans import OPINIONQA_FOLDER, HumanGroup, HumanItem, short_key, text_key
from opinionscope.importers.cards import study_card
from opinionscope.importers.labels import is_nonresponse, option_entry, shares_entry, whole
from opinionscope.importers.lending import Lender
from opinionscope.importers.literals import numbers_in, strings_in
from opinionscope.importers.reading import read_text, table_of
from opinionscope.survey.pack import (
    PackFile,
    QuestionEntry,
    SharesEntry,
)
from opinionscope.survey.question import Attributes, Wording
from opinionscope.survey.text import clean_line
from opinionscope.survey.titles import Names, author_and_title, short_title
from opinionscope.values import replace

WORDINGS: Mapping[str, Wording] = {"opinionqa": "verbatim", "nytimes": "abridged", "globalopinionqa": "verbatim"}
"""How the wording is marked; people saw the books' summaries, but the question itself is not in the source."""

Scale = Mapping[str, float | None]


def benchmark_pack(
    found: Iterable[HumanItem | SetAside], bundled: PackFile, ordinals: Mapping[str, Scale]
) -> tuple[PackFile | None, list[SetAside]]:
    """A pack of all sound items of a dataset, and what was set aside; None if no item is sound.

    Args:
        bundled: the pack of that dataset that comes with the program.
        ordinals: source key → label → value on an ordinal scale, where the source has one.
    """
    items: dict[str, HumanItem] = {}
    aside: list[SetAside] = []
    damaged: list[SetAside] = []
    for item in found:
        if isinstance(item, SetAside):
            aside.append(item)
        elif item.faults or item.source_key in items:
            reason = "; ".join(item.faults) or "an item of this name came before it"
            damaged.append(SetAside(f"{item.place}, {short_key(item.key)}", reason))
        else:
            items[item.source_key] = item
    known = [entry.source_key for entry in bundled.questions if entry.source_key in items]
    ordered = [items[key] for key in dict.fromkeys([*known, *items])]
    maker = _Maker(bundled, ordered, ordinals)
    entries: list[QuestionEntry] = []
    for position, item in enumerate(ordered):
        entry = maker.entry(item, position)
        if fault := fault_of(entry, maker.frame):
            damaged.append(SetAside(f"{item.place}, {short_key(item.key)}", fault))
        else:
            entries.append(entry)
    return (_finished(maker.frame, entries, len(damaged)) if entries else None), [*damaged, *aside]


def read_ordinals(root: Path) -> dict[str, Scale]:
    """The scale values that the source's ``info.csv`` files have; what cannot be read there is left out."""
    scales: dict[str, Scale] = {}
    for path in sorted((root / OPINIONQA_FOLDER).glob("*/info.csv")):
        with suppress(ImportRefusedError):
            for row in table_of(read_text(path), separators=",").rows:
                if scale := _scale(row.cells.get("references", ""), row.cells.get("option_ordinal", "")):
                    scales[clean_line(row.cells.get("key", ""))] = scale
    return scales


def _scale(references: str, ordinals: str) -> dict[str, float | None]:
    labels, values = strings_in(references), numbers_in(ordinals)
    if labels is None or values is None:
        return {}
    answers = [clean_line(label) for label in labels if not is_nonresponse(label)]
    return dict(zip(answers, values, strict=True)) if len(answers) == len(values) else {}


class _Maker:
    """Turns items into questions of a pack; the bundled pack lends what it knows of them."""

    def __init__(self, bundled: PackFile, items: Sequence[HumanItem], ordinals: Mapping[str, Scale]) -> None:
        self._lender, self._ordinals = Lender(bundled), ordinals
        self._pack_options = [option_entry(each) for each in bundled.options]
        used = [self._lender.known[item.source_key] for item in items if item.source_key in self._lender.known]
        self._ids = Names(entry.id for entry in bundled.questions)
        self._titles = Names(entry.title for entry in used)
        self._names = _group_names(bundled, items)
        groups = {name: dict(attributes) for attributes, name in self._names.items()}
        self.frame = replace(bundled, wording=WORDINGS[bundled.dataset], groups=groups, questions=[])

    def entry(self, item: HumanItem, position: int) -> QuestionEntry:
        known = self._lender.known.get(item.source_key)
        options = self._lender.options(item.options, known, self._ordinals.get(item.source_key, {}))
        shared = self._pack_options and options == self._pack_options
        title, question_id = (known.title, known.id) if known else self._new_names(item)
        return QuestionEntry(
            id=question_id,
            title=title,
            text=_question_text(item),
            context=item.context,
            topics=known.topics if known else _topics(item),
            options=[] if shared else list(options),
            source_key=item.source_key,
            source_index=known.source_index if known else None,
            note=known.note if known else "",
            human={
                self._names[group.attributes]: _human(group, item)
                for group in sorted(item.groups, key=lambda group: list(self._names).index(group.attributes))
            },
        )

    def _new_names(self, item: HumanItem) -> tuple[str, str]:
        """A title and an id for an item that no bundled pack has."""
        whole = author_and_title(item.key)[1] if item.dataset == "nytimes" else item.text
        title = self._titles.title(short_title(whole))
        own_id = item.source_key.replace(" ", "-") if item.dataset == "opinionqa" else ""
        return title, self._ids.slug(own_id or title.rstrip("…"), text_key(item.key)[-4:], as_is=bool(own_id))


def _finished(frame: PackFile, entries: list[QuestionEntry], damaged: int) -> PackFile:
    """The pack with its study card, and a version that changes with its content and with nothing else."""
    notes = [
        f"{len(entries)} items in the source's own words, imported from a copy of the benchmark's repository"
        + (f"; {damaged} set aside as damaged, `opinionscope data import` lists them." if damaged else "."),
        *study_card(f"benchmark-{frame.dataset}").notes,
    ]
    sample = frame.card.sample
    if sizes := [sum(h) for entry in entries for h in entry.human.values() if isinstance(h, list)]:
        sample = (
            sample if frame.dataset == "nytimes" else f"Differs by item and group: {min(sizes):,} to {max(sizes):,}"
        )
    licence = study_card("benchmark").licence
    card = replace(frame.card, licence=licence, notes=notes, sample=sample)
    return with_version(replace(frame, questions=entries, card=card), "verbatim")


def _group_names(bundled: PackFile, items: Sequence[HumanItem]) -> dict[Attributes, str]:
    """Attributes → name: the bundled pack's names first, then the value, with its attribute where it is taken."""
    names: dict[Attributes, str] = {tuple(attributes.items()): name for name, attributes in bundled.groups.items()}
    answered = dict.fromkeys(group.attributes for item in items for group in item.groups)
    for attributes in answered:
        if attributes not in names:
            attribute, value = attributes[0]
            names[attributes] = f"{value} ({attribute})" if value in names.values() else value
    return {attributes: name for attributes, name in names.items() if attributes in answered}


def _question_text(item: HumanItem) -> str:
    if item.dataset != "nytimes":
        return item.text
    author, title = author_and_title(item.key)
    return f"How likely are you to read {title}{f' by {author}' if author else ''}?"


def _topics(item: HumanItem) -> list[str]:
    """A book's genre; elsewhere the source names none."""
    genre = item.context.partition("\n")[0] if item.dataset == "nytimes" else ""
    return [genre.lower()] if genre and len(genre) <= 40 else []


def _human(group: HumanGroup, item: HumanItem) -> list[float] | SharesEntry:
    figures = [group.figures.get(label, 0.0) for label in item.options]
    if item.counted:
        return [whole(figure) for figure in figures]
    return shares_entry(figures)
