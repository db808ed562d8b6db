"""Microdata: who answered what, one row a person, so that any group can be cut from them.

A file (``DATASET.microdata.json``) lies beside the pack of its dataset and is read when a group is composed that
the pack does not have. It names nobody: attributes, weights and answers stand in columns, a person is a position
in them. The format is described for people in ``data/README.md``.
"""

import math
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NoReturn

import msgspec
from msgspec import Struct

from opinionscope.errors import OpinionscopeError
from opinionscope.regexes import regex
from opinionscope.suggesting import did_you_mean
from opinionscope.survey.distribution import Distribution
from opinionscope.survey.pack import MAX_OPTIONS, PackError, decode_file
from opinionscope.survey.question import Attributes, Group, Question, conditions_in
from opinionscope.survey.text import clean_line, fold

MICRODATA_FORMAT = "opinionscope-microdata/1"
MICRODATA_SUFFIX = ".microdata.json"
MOST_LISTED = 6
"""How many values an error lists whole, before it names the nearest only."""
NOT_KNOWN = -1
"""In place of a code or a number: the person did not say, or was not asked."""
SPEAKS_ALONE = frozenset({"party", "sex", "race", "country", "nationality"})
"""Attributes whose values say by themselves what they are of."""
SAYS_LITTLE = frozenset({"other", "refused"})
"""Values, folded, that are said of many things all the same."""

_RANGE = regex(r"(?P<low>\d+(?:\.\d+)?)\s*(?:(?P<up>\+)|[-–]\s*(?P<high>\d+(?:\.\d+)?))?")


class CompositionError(OpinionscopeError):
    """A group that cannot be cut from the people at hand."""

    title = "No such group"


class AttributeEntry(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """An attribute of every person: a code into `values`, or a number with cuts that make ranges of it."""

    values: list[str] = []
    codes: list[int] = []
    numbers: list[float] = []
    cuts: list[float] = []


class MicrodataFile(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """Microdata as written in a file; every list has one entry a person, −1 where nothing is known."""

    format: str
    dataset: str
    people: int
    attributes: dict[str, AttributeEntry]
    options: dict[str, list[str]]
    answers: dict[str, list[int]]
    source: str = ""
    weights: list[float] = []


class Slice(Struct, frozen=True):
    """One value of an attribute, and the people who have it.

    Attributes:
        value: as it is typed: a label, or a range such as "18-34" or "65+".
        people: how many.
        share: of those whose value is known, weighted.
    """

    value: str
    people: int
    share: float


class Cut(Struct, frozen=True):
    """How the people of a group answered a question.

    Attributes:
        people: how many of them answered.
        distribution: None if nobody did. Its n is the effective number of people: the same as `people` without
            weights, else (Σw)² / Σw² (Kish 1965), which is what the noise floor needs.
    """

    people: int
    distribution: Distribution | None


class Person(Struct, frozen=True):
    """One of the people of a file.

    Attributes:
        place: in the lists of the file, from 0; it names nobody, and is never sent to a model.
        attributes: those that are known; a number is rounded down.
        weight: as the source has it; 1 where it weighs nobody.
        answer: label of the option that was chosen; "" where that is not known.
    """

    place: int
    attributes: Attributes
    weight: float
    answer: str


class Microdata:
    """People, their attributes and their answers, of one dataset.

    Attributes:
        people: how many.
        weighted: whether the source weighs them.
    """

    def __init__(self, file: MicrodataFile) -> None:
        self.dataset = clean_line(file.dataset)
        self.people = file.people
        self.source = clean_line(file.source)
        self.weighted = bool(file.weights)
        self._weights = file.weights
        self._attributes = {_typable(name): entry for name, entry in file.attributes.items()}
        self._options = {key: tuple(clean_line(label) for label in labels) for key, labels in file.options.items()}
        self._answers = file.answers
        self._members_once = lru_cache(maxsize=64)(self._members)

    @property
    def attributes(self) -> tuple[str, ...]:
        """The attributes that groups can be cut by, in file order."""
        return tuple(self._attributes)

    def has_numbers(self, attribute: str) -> bool:
        """Whether any range of the attribute makes a group.

        Raises:
            CompositionError: if there is no such attribute.
        """
        return bool(self._attributes[self._attribute(attribute)].numbers)

    def slices(self, attribute: str) -> tuple[Slice, ...]:
        """The values of an attribute, in file order or upwards, with the people who have them.

        Raises:
            CompositionError: if there is no such attribute.
        """
        name = self._attribute(attribute)
        entry = self._attributes[name]
        values = tuple(map(clean_line, entry.values)) or tuple(_ranges(entry.cuts, entry.numbers))
        members = [self._members_once(((name, value),)) for value in values]
        weights = [math.fsum(self._weight(person) for person in people) for people in members]
        total = math.fsum(weights)
        return tuple(
            Slice(value, len(people), weight / total if total else 0.0)
            for value, people, weight in zip(values, members, weights, strict=True)
            if people
        )

    def group(self, expression: str) -> Group:
        """The group of an expression such as ``party=Democrat,sex=Female,age=18-34``, its case folded.

        Raises:
            CompositionError: with what was expected, and the nearest names.
        """
        conditions: dict[str, str] = {}
        for part in conditions_in(expression):
            name, equals, value = (side.strip() for side in part.partition("="))
            if not equals or not value:
                raise CompositionError(
                    f'expected attribute=value, got "{clean_line(part)}"; attributes: {", ".join(self.attributes)}'
                )
            attribute = self._attribute(name)
            if attribute in conditions:
                raise CompositionError(f"{attribute} is named twice; nobody is in two of its groups")
            conditions[attribute] = self._value(attribute, value)
        return composed([(name, conditions[name]) for name in self.attributes if name in conditions])

    def cut(self, question: Question, attributes: Attributes) -> Cut:
        """How the people with all these attributes answered; options are matched by label."""
        labels, codes = self._options.get(question.id), self._answers.get(question.id)
        if labels is None or codes is None or any(name not in self._attributes for name, _ in attributes):
            return Cut(0, None)
        place = {at: question.labels.index(label) for at, label in enumerate(labels) if label in question.labels}
        sums, squares, people = [0.0] * len(question.options), 0.0, 0
        for person in self._members_once(attributes):
            if (code := codes[person]) in place and (weight := self._weight(person)) > 0:
                sums[place[code]] += weight
                squares += weight * weight
                people += 1
        if not people:
            return Cut(0, None)
        return Cut(people, Distribution.from_weights(sums, math.fsum(sums) ** 2 / squares))

    def members(self, question: Question, attributes: Attributes) -> tuple[int, ...]:
        """The people with all these attributes who answered a question and weigh more than 0, as places in the file."""
        if any(name not in self._attributes for name, _ in attributes):
            return ()
        people = self._members_once(attributes)
        return tuple(at for at in people if self._weight(at) > 0 and self.answer(at, question))

    def person(self, at: int, question: Question) -> Person:
        """One of the people, by the place in the file, with the answer to a question."""
        known = tuple((name, value) for name in self._attributes if (value := self._value_of(at, name)))
        return Person(at, known, self._weight(at), self.answer(at, question))

    def answer(self, at: int, question: Question) -> str:
        """The label of the option that a person chose; "" where that is not known."""
        labels, codes = self._options.get(question.id, ()), self._answers.get(question.id)
        code = NOT_KNOWN if codes is None else codes[at]
        return labels[code] if code != NOT_KNOWN and labels[code] in question.labels else ""

    def _value_of(self, at: int, attribute: str) -> str:
        """A label, or a number rounded down; "" where nothing is known."""
        entry = self._attributes[attribute]
        if entry.numbers:
            number = entry.numbers[at]
            return "" if number == NOT_KNOWN else f"{math.floor(number):g}"
        code = entry.codes[at]
        return "" if code == NOT_KNOWN else clean_line(entry.values[code])

    def foreign_labels(self, question: Question) -> list[str]:
        """Labels that somebody chose and the question lacks."""
        chosen = set(self._answers.get(question.id, ()))
        labels = self._options.get(question.id, ())
        return [label for code, label in enumerate(labels) if code in chosen and label not in question.labels]

    def answered(self, attributes: Attributes) -> int:
        """How many people have all these attributes, whatever they were asked."""
        return len(self._members_once(attributes))

    def _weight(self, person: int) -> float:
        return self._weights[person] if self._weights else 1.0

    def _members(self, attributes: Attributes) -> tuple[int, ...]:
        members: Iterator[int] = iter(range(self.people))
        for name, value in attributes:
            members = _with_value(members, self._attributes[name], value)
        return tuple(members)

    def _attribute(self, wanted: str) -> str:
        for name in self.attributes:
            if fold(name) == fold(wanted):
                return name
        raise CompositionError(
            f'no attribute "{clean_line(wanted)}" is known of these people; there are {", ".join(self.attributes)}'
        )

    def _value(self, attribute: str, wanted: str) -> str:
        entry = self._attributes[attribute]
        if entry.numbers:
            low, high = _bounds(wanted) or self._no_value(attribute, wanted, ())
            return _range_text(low, high)
        values = [clean_line(value) for value in entry.values]
        if wanted in values:
            return wanted
        for value in values:
            if _plain(value) == _plain(wanted):
                return value
        return self._no_value(attribute, wanted, values)

    def _no_value(self, attribute: str, wanted: str, values: Sequence[str]) -> NoReturn:
        if not values:
            raise CompositionError(f'expected {attribute} as 18-34, 65+ or 40, got "{clean_line(wanted)}"')
        listed = f"there are {', '.join(values)}"
        hint = listed if len(values) <= MOST_LISTED else did_you_mean(wanted, values, listed)
        raise CompositionError(f'nobody with {attribute} "{clean_line(wanted)}" is known; {hint}')


def composed(attributes: Sequence[tuple[str, str]]) -> Group:
    """The group of a conjunction, named after it: "Democrat & Female & age 18-34"."""
    return Group(" & ".join(_named(*attribute) for attribute in attributes), tuple(attributes))


def _named(attribute: str, value: str) -> str:
    if attribute not in SPEAKS_ALONE:
        return f"{attribute} {value}"
    return f"{value} ({attribute})" if fold(value) in SAYS_LITTLE else value


def microdata_text(file: MicrodataFile) -> str:
    """Microdata as the JSON they are kept in, one line a column."""
    from opinionscope.survey.layout import laid_out

    flat = ("values", "codes", "numbers", "cuts", "weights")
    return laid_out(msgspec.to_builtins(file), rows=("answers", "options"), flat=flat)


def read_microdata(path: Path) -> Microdata:
    """Read a file of microdata, whole or not at all.

    Raises:
        PackError: naming the file, the place in it and what was expected.
    """
    return microdata_of(decode_file(path, MicrodataFile), path)


def microdata_of(file: MicrodataFile, path: Path) -> Microdata:
    """The microdata that a file of this content would be.

    Raises:
        PackError: as `read_microdata`.
    """
    if file.format != MICRODATA_FORMAT:
        raise PackError(path, "format", f'expected "{MICRODATA_FORMAT}", got "{file.format}"')
    for name, entry in file.attributes.items():
        _check_attribute(entry, file.people, path, f"attributes.{name}")
    if file.weights:
        _check_length(file.weights, file.people, path, "weights")
        if not all(math.isfinite(weight) and weight >= 0 for weight in file.weights):
            raise PackError(path, "weights", "expected finite numbers of 0 or more")
    for key, codes in file.answers.items():
        labels = file.options.get(key, [])
        if not 2 <= len(labels) <= MAX_OPTIONS:
            raise PackError(path, f"options.{key}", f"expected 2 to {MAX_OPTIONS} labels")
        _check_length(codes, file.people, path, f"answers.{key}")
        if not all(NOT_KNOWN <= code < len(labels) for code in codes):
            raise PackError(path, f"answers.{key}", f"expected codes from {NOT_KNOWN} to {len(labels) - 1}")
    return Microdata(file)


def _check_attribute(entry: AttributeEntry, people: int, path: Path, place: str) -> None:
    if entry.numbers and not entry.values and not entry.codes:
        _check_length(entry.numbers, people, path, f"{place}.numbers")
        if sorted(set(entry.cuts)) != entry.cuts:
            raise PackError(path, f"{place}.cuts", "expected rising numbers")
    elif entry.values and not entry.numbers:
        _check_length(entry.codes, people, path, f"{place}.codes")
        if not all(NOT_KNOWN <= code < len(entry.values) for code in entry.codes):
            raise PackError(path, f"{place}.codes", f"expected codes from {NOT_KNOWN} to {len(entry.values) - 1}")
    else:
        raise PackError(path, place, "expected either values with codes, or numbers")


def _check_length(column: Sequence[float], people: int, path: Path, place: str) -> None:
    if len(column) != people:
        raise PackError(path, place, f"expected {people} entries, one a person, got {len(column)}")


def _with_value(people: Iterator[int], entry: AttributeEntry, value: str) -> Iterator[int]:
    if entry.numbers:
        low, high = _bounds(value) or (math.inf, -math.inf)
        return (person for person in people if low <= math.floor(entry.numbers[person]) <= high)
    code = next((at for at, label in enumerate(entry.values) if clean_line(label) == value), None)
    return (person for person in people if entry.codes[person] == code)


def _bounds(text: str) -> tuple[float, float] | None:
    """Both ends of a range, which belong to it; None if the text is none."""
    match = _RANGE.fullmatch(text.strip())
    if match is None:
        return None
    low = float(match["low"])
    high = math.inf if match["up"] else float(match["high"] or low)
    return (low, high) if low <= high else None


def _range_text(low: float, high: float) -> str:
    if high == math.inf:
        return f"{low:g}+"
    return f"{low:g}" if low == high else f"{low:g}-{high:g}"


def _ranges(cuts: Sequence[float], numbers: Sequence[float]) -> Iterator[str]:
    """The ranges that cuts make; without cuts, every number for itself."""
    known = sorted({math.floor(number) for number in numbers if number != NOT_KNOWN})
    if not cuts:
        yield from (f"{number:g}" for number in known)
        return
    if known and known[0] < cuts[0]:
        yield _range_text(known[0], cuts[0] - 1)
    for low, above in zip(cuts, [*cuts[1:], math.inf], strict=True):
        yield _range_text(low, above - 1)


def _typable(name: str) -> str:
    """An attribute's name without the signs that mean something in an expression."""
    return clean_line(name.replace("=", " ").replace(",", " "))


def _plain(text: str) -> str:
    return fold(text).replace("–", "-").replace(" ", "").replace(",", "")
