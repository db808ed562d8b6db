"""How people answered, as the benchmark's public repository keeps it.

Three layouts, one reader each: OpinionQA counts people by option label in one file an attribute, the book
ratings in one file for all, GlobalOpinionQA gives shares in the order of a list of labels. What is known to
be wrong in an item is said in words and left as it is.
"""

import hashlib
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec import Struct

from opinionscope.importers.base import SetAside
from opinionscope.importers.literals import strings_in
from opinionscope.survey.pack import PackError, decode_file
from opinionscope.survey.question import Attributes
from opinionscope.survey.text import clean, clean_line

ATTRIBUTES: Mapping[str, str] = {
    "POLPARTY": "party",
    "SEX": "sex",
    "RACE": "race",
    "CREGION": "region",
    "EDUCATION": "education",
    "INCOME": "income",
}
"""The source's names of attributes, and ours."""

BOOK_GROUPS: Mapping[str, str] = {"Democrat": "party", "Republican": "party", "Male": "sex", "Female": "sex"}
OPINIONQA_FOLDER = "opinions_qa/data/human_resp"
BOOKS_FILE = "nytimes/data.json"
GLOBAL_FILE = "Global_Values/data/data.json"
READ_AS_MISSING = frozenset({"none", "na", "n/a", "nan", "null"})
"""Labels that table readers take for a missing value, so that the people who chose them are lost."""

T = TypeVar("T")
Record = dict[str, msgspec.Raw]


class HumanGroup(Struct, frozen=True):
    """One group's answers to one item: option label → count of people, or share of the group."""

    attributes: Attributes
    figures: Mapping[str, float]

    @property
    def total(self) -> float:
        """The sum of the figures: n where they are counts."""
        return math.fsum(self.figures.values())

    def shares(self, labels: Sequence[str]) -> tuple[float, ...]:
        """Shares of the group by label, shape (K,), 0 where nobody chose it."""
        total = self.total
        return tuple(self.figures.get(label, 0.0) / total for label in labels)


class HumanItem(Struct, frozen=True):
    """One item of the benchmark as people answered it.

    Attributes:
        dataset: our name: "opinionqa", "nytimes", "globalopinionqa".
        key: the item's name in the source, exactly.
        place: the file, relative to the source's folder.
        text: the question as the source words it, or the book's title.
        context: what respondents were told beforehand (genre and summary of a book), or "".
        options: labels in survey order as the source lists them; see `faults`.
        asked: every group the source lists, in its order.
        groups: those of them with at least one answer.
        counted: True if figures are counts of people, False if they are shares with unknown n.
        faults: what is wrong with the options, in words; () if nothing is known to be.
    """

    dataset: str
    key: str
    place: str
    text: str
    context: str
    options: tuple[str, ...]
    asked: tuple[Attributes, ...]
    groups: tuple[HumanGroup, ...]
    counted: bool = True
    faults: tuple[str, ...] = ()

    @property
    def source_key(self) -> str:
        """The key as packs name it: itself, or a digest where the key is the question's full text."""
        return text_key(self.key) if self.dataset == "globalopinionqa" else clean_line(self.key)

    def group(self, attributes: Attributes) -> HumanGroup | None:
        """The group with these attributes, if anybody in it answered."""
        return next((group for group in self.groups if group.attributes == attributes), None)


def text_key(text: str) -> str:
    """A short digest that names a question without repeating its wording: ``sha256:`` and 12 hex digits."""
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()[:12]


def short_key(key: str) -> str:
    """A key on one line, long ones cut, for messages."""
    line = clean_line(key)
    return line if len(line) <= 60 else f"{line[:59]}…"


def read_field(record: Record, name: str, shape: type[T], path: Path, key: str) -> T:
    """One field of a record, checked.

    Raises:
        PackError: naming the file, the key and what was expected.
    """
    try:
        return msgspec.json.decode(record[name], type=shape)
    except KeyError:
        raise PackError(path, f"{short_key(key)}.{name}", "expected this field, there is none") from None
    except msgspec.DecodeError as error:
        raise PackError(path, f"{short_key(key)}.{name}", clean_line(str(error))) from error


def read_records(path: Path) -> dict[str, Record]:
    """A file that maps keys to records, their fields not decoded yet.

    Raises:
        PackError: if it cannot be read or has another shape.
    """
    return decode_file(path, dict[str, Record])


def each_record(
    records: Mapping[str, Record], place: str, read: Callable[[str, Record], Iterator[T]]
) -> Iterator[T | SetAside]:
    """What `read` makes of each record; a damaged one is set aside, and costs no other."""
    for key, record in records.items():
        try:
            yield from list(read(key, record))
        except PackError as error:
            yield SetAside(f"{place}, {short_key(key)}", f"damaged: at {error.place} {error.reason}")


def each_record_of(path: Path, place: str, read: Callable[[str, Record], Iterator[T]]) -> Iterator[T | SetAside]:
    """As `each_record`, of a file, which is set aside if it cannot be read at all."""
    try:
        records = read_records(path)
    except PackError as error:
        yield SetAside(place, f"the file is damaged: {error.reason}")
    else:
        yield from each_record(records, place, read)


def opinionqa_waves(root: Path) -> tuple[str, ...]:
    """The folders of OpinionQA items there are human counts for."""
    folder = root / OPINIONQA_FOLDER
    return tuple(sorted(path.name for path in folder.iterdir() if path.is_dir())) if folder.is_dir() else ()


def read_opinionqa(root: Path, wave: str) -> Iterator[HumanItem | SetAside]:
    """The items of one folder of OpinionQA, the groups of all its files together."""
    folder, place = root / OPINIONQA_FOLDER / wave, f"{OPINIONQA_FOLDER}/{wave}"
    files = {name: folder / f"{name}_data.json" for name in ATTRIBUTES}
    records: dict[str, dict[str, Record]] = {}
    for name, path in files.items():
        if path.is_file():
            try:
                found = read_records(path)
            except PackError as error:
                yield SetAside(f"{place}/{path.name}", f"the file is damaged: {error.reason}")
            else:
                records |= {name: found} if found else {}
    if not records:
        yield SetAside(place, f"expected at least one of {', '.join(path.name for path in files.values())}")
        return
    first = {key: name for name in reversed(records) for key in records[name]}

    def read(key: str, record: Record) -> Iterator[HumanItem | SetAside]:
        groups: list[HumanGroup] = []
        for name, others in records.items():
            if key in others:
                attribute_of = dict.fromkeys(others[key], ATTRIBUTES[name])
                groups += _counted_groups(others[key], attribute_of, files[name], key)
        path = files[first[key]]
        options = tuple(clean_line(label) for label in read_field(record, "MC_options", list[str], path, key))
        text = clean(read_field(record, "question_text", str, path, key)).strip()
        yield from _item("opinionqa", key, place, text, "", options, groups)

    everything = {key: records[first[key]][key] for found in records.values() for key in found}
    yield from each_record(everything, place, read)


def read_books(root: Path) -> Iterator[HumanItem | SetAside]:
    """The rated books."""
    path = root / BOOKS_FILE

    def read(key: str, record: Record) -> Iterator[HumanItem | SetAside]:
        options = tuple(clean_line(label) for label in read_field(record, "MC_options", list[str], path, key))
        genre, summary = (clean(read_field(record, name, str, path, key)).strip() for name in ("genre", "summary"))
        context = "\n".join(part for part in (genre, summary) if part)
        groups = _counted_groups(record, BOOK_GROUPS, path, key)
        yield from _item("nytimes", key, BOOKS_FILE, clean_line(key), context, options, groups)

    yield from each_record_of(path, BOOKS_FILE, read)


def read_global(root: Path) -> Iterator[HumanItem | SetAside]:
    """The items of GlobalOpinionQA, whose keys are their full texts."""
    path = root / GLOBAL_FILE

    def read(key: str, record: Record) -> Iterator[HumanItem | SetAside]:
        listed = read_field(record, "MC_options", str, path, key)
        labels = strings_in(listed)
        if labels is None:
            raise PackError(path, f"{short_key(key)}.MC_options", "expected a list of labels")
        options = tuple(clean_line(label) for label in labels)
        groups: list[HumanGroup] = []
        for country in read_field(record, "countries", list[str], path, key):
            shares = read_field(record, country, list[float], path, key)
            if len(shares) != len(options):
                raise PackError(path, f"{short_key(key)}.{country}", f"expected {len(options)} shares")
            groups.append(HumanGroup((("country", clean_line(country)),), dict(zip(options, shares, strict=True))))
        yield from _item("globalopinionqa", key, GLOBAL_FILE, clean(key).strip(), "", options, groups)

    yield from each_record_of(path, GLOBAL_FILE, read)


def _counted_groups(record: Record, attribute_of: Mapping[str, str], path: Path, key: str) -> list[HumanGroup]:
    """The groups of a record: every field with an attribute that maps labels to counts."""
    groups = []
    for name, raw in record.items():
        if name in attribute_of and bytes(raw).lstrip().startswith(b"{"):
            counts = read_field(record, name, dict[str, float], path, key)
            figures = {clean_line(label): count for label, count in counts.items()}
            groups.append(HumanGroup(((attribute_of[name], clean_line(name)),), figures))
    return groups


def _item(
    dataset: str,
    key: str,
    place: str,
    text: str,
    context: str,
    options: tuple[str, ...],
    groups: Sequence[HumanGroup],
) -> Iterator[HumanItem | SetAside]:
    """The item with the groups that answered; the others set aside; faults named."""
    for group in groups:
        if group.total <= 0:
            who = ", ".join(f"{attribute} {value}" for attribute, value in group.attributes)
            yield SetAside(f"{place}, {short_key(key)}, {who}", "nobody in this group answered (n = 0)")
    asked = tuple(group.attributes for group in groups)
    answered = tuple(group for group in groups if group.total > 0)
    counted = dataset != "globalopinionqa"
    chosen = (label for group in answered for label in group.figures)
    faults = filter(None, [fault_of_counts(options, chosen)]) if counted else faults_of_shares(answered)
    yield HumanItem(dataset, key, place, text, context, options, asked, answered, counted, tuple(faults))


def fault_of_counts(labels: Sequence[str], chosen: Iterable[str]) -> str:
    """What is wrong with a list of options, given what people chose; "" if nothing is known to be."""
    once = dict.fromkeys(chosen)
    if unlisted := [label for label in once if label not in labels]:
        return "the list of options is damaged: people chose " + "; ".join(f'"{x}"' for x in unlisted)
    if lost := [label for label in labels if label not in once and label.casefold() in READ_AS_MISSING]:
        return "nobody is counted under " + "; ".join(f'"{x}"' for x in lost) + ": it was read as a missing value"
    return ""


def faults_of_shares(groups: Sequence[HumanGroup]) -> Iterator[str]:
    """What shows that countries were asked in different words, or that answers are missing."""
    used = [_used(group) for group in groups]
    for one, other in combinations(range(len(groups)), 2):
        if used[one].isdisjoint(used[other]):
            here, there = (groups[position].attributes[0][1] for position in (one, other))
            yield f"{here} and {there} share no option: two wordings were merged, or answers are missing"
            return
    labels = list(groups[0].figures) if groups else []
    for short, long in ((a, b) for a in labels for b in labels if a != b and b.startswith(a + " ")):
        users = [{short, long} & each for each in used]
        if {short} in users and {long} in users and {short, long} not in users:
            yield f'"{short}" and "{long}" never occur together: two wordings were merged'


def _used(group: HumanGroup) -> set[str]:
    return {label for label, figure in group.figures.items() if figure > 0}
