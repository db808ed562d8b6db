"""Survey packs: reading and writing one file of questions with their human distributions.

The format is described for people in ``data/README.md``. A pack is JSON (``NAME.pack.json``) or TOML
(``NAME.pack.toml``); it is read whole or refused whole, with the file, the place and the reason.
"""

import codecs
import math
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec import Struct

from opinionscope.errors import OpinionscopeError
from opinionscope.survey.distribution import DistributionError
from opinionscope.survey.humans import Humans, all_plainly_sound, distribution_of
from opinionscope.survey.humans import SharesEntry as SharesEntry
from opinionscope.survey.question import Group, Option, Question, Wording
from opinionscope.survey.text import clean, clean_line, not_utf8

PACK_FORMAT = "opinionscope-pack/1"
PACK_SUFFIXES = (".pack.json", ".pack.toml")
PACK_ROWS = ("options", "groups", "human", "composition")
PACK_FLAT = ("topics", "shares")
"""What takes one line in a pack's file, as `layout.laid_out` has it."""
MAX_OPTIONS = 26


class PackError(OpinionscopeError):
    """A file of the data format that cannot be used.

    Attributes:
        path: the file.
        place: where in it, in the manner of ``questions[3].options[1].value``, or "".
        reason: what was expected there.
    """

    title = "Pack refused"

    def __init__(self, path: Path, place: str, reason: str) -> None:
        self.path, self.place, self.reason = path, clean_line(place), clean_line(reason)
        where = f", at {self.place}" if self.place else ""
        super().__init__(f"{clean_line(path.name)}{where}: {self.reason}")


class OptionEntry(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """An option as written in a pack; a bare string stands for a label alone."""

    label: str
    value: float | None = None
    nonresponse: bool = False


class QuestionEntry(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A question as written in a pack."""

    id: str
    title: str
    text: str
    context: str = ""
    topics: list[str] = []
    options: list[OptionEntry | str] = []
    source_key: str = ""
    source_index: int | None = None
    note: str = ""
    human: dict[str, list[float] | SharesEntry] = {}


class Expectation(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True, frozen=True):
    """How a population is composed by one attribute: value → share of 0 to 1, and who published it when.

    A value without a published share is left out, so shares need not sum to 1.
    """

    shares: dict[str, float]
    population: str = ""
    source: str = ""


class StudyCard(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True, frozen=True):
    """Who asked whom, when and how; every text "" where unknown.

    Attributes:
        composition: attribute → value → how many of those asked have it.
        expected: attribute → what one would expect of it.
    """

    asked_by: str = ""
    platform: str = ""
    population: str = ""
    fielded: str = ""
    mode: str = ""
    sample: str = ""
    weights: str = ""
    citation: str = ""
    licence: str = ""
    notes: list[str] = []
    composition: dict[str, dict[str, float]] = {}
    expected: dict[str, Expectation] = {}


CARD_TEXTS = tuple(field.name for field in msgspec.structs.fields(StudyCard) if field.type is str)


class PackFile(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A pack as written in a file."""

    format: str
    dataset: str
    title: str
    domain: str = "own"
    version: str = "1"
    wording: Wording = "verbatim"
    card: StudyCard = StudyCard()
    groups: dict[str, dict[str, str]] = {}
    options: list[OptionEntry | str] = []
    questions: list[QuestionEntry] = []


class PackHead(msgspec.Struct):
    """As much of a pack as tells whether it is worth reading."""

    dataset: str = ""


class Pack(Struct, frozen=True):
    """One dataset: its questions, its groups, and how each group answered.

    Attributes:
        humans: question id → group name → Distribution over the question's options.
    """

    dataset: str
    title: str
    domain: str
    version: str
    card: StudyCard
    questions: tuple[Question, ...]
    groups: Mapping[str, Group]
    humans: Mapping[str, Humans]
    path: Path


T = TypeVar("T")


def read_bytes(path: Path) -> bytes:
    """The content of a file of the data format.

    Raises:
        PackError: if it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise PackError(path, "", f"it cannot be read ({error.strerror}); check the path and its rights") from error


def decode_file(path: Path, shape: type[T]) -> T:
    """Read a JSON or TOML file into a msgspec shape.

    Raises:
        PackError: if the file cannot be read, is not valid JSON or TOML, or has another shape.
    """
    content = read_bytes(path).removeprefix(codecs.BOM_UTF8)
    decode = msgspec.toml.decode if path.suffix == ".toml" else msgspec.json.decode
    try:
        return decode(content, type=shape)
    except msgspec.ValidationError as error:
        reason, _, place = str(error).partition(" - at ")
        raise PackError(path, place.strip("`").removeprefix("$").removeprefix("."), reason) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        kind = path.suffix.removeprefix(".").upper()
        reason = not_utf8(content) or f"expected valid {kind}: {error}"
        raise PackError(path, "", reason) from error
    except RecursionError as error:
        raise PackError(path, "", "expected a few levels of nesting, got too many to read") from error


def dataset_of(path: Path) -> str:
    """Which dataset a file holds, without looking further; "" if that cannot be told."""
    try:
        return clean_line(decode_file(path, PackHead).dataset)
    except PackError:
        return ""


def read_pack(path: Path) -> Pack:
    """Read a pack, whole or not at all.

    Raises:
        PackError: naming the file, the place in it and what was expected.
    """
    file = decode_file(path, PackFile)
    if file.format != PACK_FORMAT:
        raise PackError(path, "format", f'expected "{PACK_FORMAT}", got "{file.format}"')
    return _PackReader(path, file).pack()


def pack_of(file: PackFile, path: Path) -> Pack:
    """The pack that a file of this content would be.

    Raises:
        PackError: as `read_pack`.
    """
    return _PackReader(path, file).pack()


def pack_text(file: PackFile) -> str:
    """A pack as the JSON it is kept in, one line for what reads as a row."""
    from opinionscope.survey.layout import laid_out

    return laid_out(msgspec.to_builtins(file), rows=PACK_ROWS, flat=PACK_FLAT)


class _PackReader:
    """Turns a decoded file into a Pack, knowing the place of each complaint."""

    def __init__(self, path: Path, file: PackFile) -> None:
        self.path = path
        self.file = file
        self._names = {written: clean_line(written) for written in file.groups}
        self._is_clean = all(written == name for written, name in self._names.items())

    def pack(self) -> Pack:
        file = self.file
        for name in ("dataset", "title"):
            if not clean_line(getattr(file, name)):
                self._refuse(name, "expected some text")
        if not file.questions:
            self._refuse("questions", "expected at least one question")
        groups = self._groups()
        questions: list[Question] = []
        humans: dict[str, Humans] = {}
        for position, entry in enumerate(file.questions):
            place = f"questions[{position}]"
            question = self._question(entry, place)
            if question.id in humans:
                self._refuse(f"{place}.id", f'expected a new id, "{question.id}" is taken')
            questions.append(question)
            humans[question.id] = self._humans(entry, len(question.options), place)
        return Pack(
            clean_line(file.dataset),
            clean_line(file.title),
            clean_line(file.domain),
            clean_line(file.version),
            self._card(),
            tuple(questions),
            groups,
            humans,
            self.path,
        )

    def _card(self) -> StudyCard:
        card = self.file.card
        texts = {name: clean(text).strip() for name in CARD_TEXTS if (text := getattr(card, name))}
        return StudyCard(
            **texts,
            notes=[clean(note).strip() for note in card.notes],
            composition={
                clean_line(name): self._amounts(people, f"card.composition.{name}", math.inf)
                for name, people in card.composition.items()
            },
            expected={
                clean_line(name): Expectation(
                    self._amounts(each.shares, f"card.expected.{name}.shares", 1.0),
                    clean_line(each.population),
                    clean(each.source).strip(),
                )
                for name, each in card.expected.items()
            },
        )

    def _amounts(self, amounts: Mapping[str, float], place: str, most: float) -> dict[str, float]:
        for value, amount in amounts.items():
            if not (math.isfinite(amount) and 0 <= amount <= most):
                limit = "of 0 or more" if most == math.inf else f"from 0 to {most:g}"
                self._refuse(f"{place}.{value}", f"expected a number {limit}, got {amount}")
        return {clean_line(value): amount for value, amount in amounts.items()}

    def _groups(self) -> dict[str, Group]:
        groups: dict[str, Group] = {}
        for written, attributes in self.file.groups.items():
            name = self._names[written]
            if not name:
                self._refuse("groups", "expected a name for every group")
            if name in groups:
                self._refuse(f"groups.{name}", f'expected a new name, "{name}" is taken')
            groups[name] = Group(name, tuple((clean_line(a), clean_line(v)) for a, v in attributes.items()))
        return groups

    def _question(self, entry: QuestionEntry, place: str) -> Question:
        for name in ("id", "title", "text"):
            if not clean_line(getattr(entry, name)):
                self._refuse(f"{place}.{name}", "expected some text")
        if " " in clean_line(entry.id):
            self._refuse(f"{place}.id", "expected an id without blanks, for the command line")
        return Question(
            id=clean_line(entry.id),
            dataset=clean_line(self.file.dataset),
            domain=clean_line(self.file.domain),
            title=clean_line(entry.title),
            text=clean(entry.text).strip(),
            options=self._options(entry.options or self.file.options, f"{place}.options"),
            wording=clean_line(self.file.wording),
            context=clean(entry.context).strip(),
            topics=tuple(clean_line(topic) for topic in entry.topics),
            source_key=clean_line(entry.source_key),
            note=clean(entry.note).strip(),
        )

    def _options(self, entries: list[OptionEntry | str], place: str) -> tuple[Option, ...]:
        if not 2 <= len(entries) <= MAX_OPTIONS:
            self._refuse(place, f"expected 2 to {MAX_OPTIONS} options, got {len(entries)}")
        options = tuple(
            Option(clean_line(entry))
            if isinstance(entry, str)
            else Option(clean_line(entry.label), entry.value, entry.nonresponse)
            for entry in entries
        )
        labels = [option.label for option in options]
        for position, label in enumerate(labels):
            if not label:
                self._refuse(f"{place}[{position}].label", "expected some text")
            if label in labels[:position]:
                self._refuse(f"{place}[{position}].label", f'expected a new label, "{label}" is taken')
            value = options[position].value
            if value is not None and not math.isfinite(value):
                self._refuse(f"{place}[{position}].value", f"expected a finite number, got {value}")
        return options

    def _humans(self, entry: QuestionEntry, size: int, place: str) -> Humans:
        """How groups answered, each checked now and made into a distribution when it is asked for."""
        if not (entry.human.keys() <= self._names.keys() and all_plainly_sound(entry.human.values(), size)):
            for written, figures in entry.human.items():
                self._check_figures(written, figures, size, f"{place}.human.{written}")
        if self._is_clean:
            return Humans(entry.human)
        return Humans({self._names[written]: figures for written, figures in entry.human.items()})

    def _check_figures(self, written: str, figures: list[float] | SharesEntry, size: int, place: str) -> None:
        if written not in self._names:
            self._refuse(place, "expected the name of one of the pack's groups")
        values = figures if isinstance(figures, list) else figures.shares
        if len(values) != size:
            self._refuse(place, f"expected {size} numbers, one an option in survey order, got {len(values)}")
        try:
            distribution_of(figures)
        except DistributionError as error:
            raise PackError(self.path, place, error.message) from error

    def _refuse(self, place: str, reason: str) -> None:
        raise PackError(self.path, place, reason)
