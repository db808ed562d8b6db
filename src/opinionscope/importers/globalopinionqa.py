"""GlobalOpinionQA as its authors publish it (Durmus et al. 2023): one CSV, one row a question."""

import math
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from opinionscope.importers.base import Gathered, ImportOptions, refuse_options
from opinionscope.importers.benchmark_humans import HumanGroup, faults_of_shares, short_key, text_key
from opinionscope.importers.cards import study_card
from opinionscope.importers.drafts import PackDraft, dataset_id, stable_id, wanted_questions
from opinionscope.importers.labels import is_nonresponse, shares_entry, whole
from opinionscope.importers.lending import Lender, label_set
from opinionscope.importers.literals import read_literal
from opinionscope.importers.reading import ReadRow, first_columns, read_text, table_of
from opinionscope.regexes import regex
from opinionscope.survey.pack import PackFile, QuestionEntry, decode_file
from opinionscope.survey.text import clean, clean_line
from opinionscope.survey.titles import Names, short_title

DATASET = "global-opinions"
COLUMNS = ("question", "selections", "options", "source")
NEEDED = COLUMNS[:3]
SUM_TOLERANCE = 0.05
"""How far from 1 a country's shares may sum; the source rounds."""

SOURCES: Mapping[str, str] = {
    "GAS": "Pew Global Attitudes",
    "PEW": "Pew Global Attitudes",
    "WVS": "World Values Survey",
}

_TABLE_TOTAL = regex(r"total\s+n\s*=?", re.IGNORECASE)


class GlobalOpinionQAImporter:
    """The CSV of GlobalOpinionQA, whole."""

    name = "globalopinionqa"
    reads = "the CSV of GlobalOpinionQA (question, selections, options, source)"

    def recognises(self, path: Path) -> bool:
        """Whether the header names the source's columns."""
        return path.is_file() and set(NEEDED) <= {each.casefold() for each in first_columns(path, COLUMNS)}

    def gather(self, path: Path, options: ImportOptions) -> Gathered:
        """Read the CSV.

        Raises:
            ImportRefusedError: if no question in it can be read, or an option does not fit.
        """
        refuse_options(options, self.name, "dataset", "title", "questions")
        table = table_of(read_text(path), COLUMNS).named(COLUMNS, NEEDED)
        title = clean_line(options.title) or "GlobalOpinionQA, all of it"
        draft = PackDraft(
            dataset_id(options, path, DATASET), title, "global", study_card(self.name), options.place(path)
        )
        draft.aside_all(table.damaged)
        maker = _Maker(options.bundled)
        items = list(_items(table.rows, draft))
        entries = [maker.entry(item, draft) for item in items]
        for item, entry, wanted in zip(
            items, entries, wanted_questions(options, [(e.id, e.source_key, e.text) for e in entries]), strict=True
        ):
            if wanted and not item.contradictions:
                item.add_to(draft, entry)
        return draft.gathered(["Shares are the source's own, brought to a sum of 1."])


class _Item(Struct):
    """A question with one list of options; rows that repeat it bring further countries."""

    key: str
    place: str
    labels: tuple[str, ...]
    numbers: Mapping[str, float | None]
    source: str
    shares: dict[str, tuple[float, ...]] = field(default_factory=dict)
    contradictions: list[str] = field(default_factory=list)

    def add_to(self, draft: PackDraft, entry: QuestionEntry) -> None:
        """Put the question into the pack, unless something is known to be wrong with it."""
        groups = [
            HumanGroup((("country", name),), dict(zip(self.labels, shares, strict=True)))
            for name, shares in self.shares.items()
        ]
        faults = [f'"{label}" is a column of a table, no answer' for label in self.labels if _TABLE_TOTAL.match(label)]
        if len(set(self.labels)) == len(self.labels):
            faults += list(faults_of_shares(groups))
        if faults:
            draft.aside(self.place, "; ".join(faults))
        else:
            draft.add(entry, self.place)


def _items(rows: list[ReadRow], draft: PackDraft) -> Iterator[_Item]:
    items: dict[tuple[str, tuple[str, ...]], _Item] = {}
    for row in rows:
        place = f"{row.place}, {short_key(row.cells['question'])}"
        read = _read_row(row, place, draft)
        if read is None:
            continue
        item = items.setdefault((read.key.strip(), read.labels), read)
        if item is not read:
            _merge(item, read, place, draft)
    yield from items.values()


def _read_row(row: ReadRow, place: str, draft: PackDraft) -> _Item | None:
    key = row.cells["question"]
    if not clean_line(key) or key.strip().lower() == "nan":
        draft.aside(row.place, "expected the text of a question, found nothing")
        return None
    parsed: dict[str, Any] = {}
    for column in ("options", "selections"):
        try:
            parsed[column] = read_literal(row.cells[column])
        except ValueError:
            found = short_key(row.cells[column]) or "nothing"
            draft.aside(place, f"expected a Python list or dict under {column}, found {found}")
            return None
    options, selections = parsed["options"], parsed["selections"]
    if not isinstance(options, list) or any(_missing(each) for each in options):
        draft.aside(place, "expected a list of labels under options; one is missing or was read as a missing value")
        return None
    if not isinstance(selections, dict) or not selections:
        draft.aside(place, "expected countries with their shares under selections, found none")
        return None
    labels = tuple(clean_line(_label(each)) for each in options)
    item = _Item(key, place, labels, _scale(options, labels), clean_line(row.cells.get("source", "")))
    for country, shares in selections.items():
        name = clean_line(str(country))
        if fault := _fault(shares, len(labels)) if name else "expected the name of a country":
            draft.aside(f"{place}, {name}", fault)
        else:
            item.shares[name] = tuple(float(share) for share in shares)
    return item


def _merge(item: _Item, other: _Item, place: str, draft: PackDraft) -> None:
    """Take in a second row of the same question; what both give differently spoils the question."""
    if twice := [name for name in other.shares if item.shares.get(name, other.shares[name]) != other.shares[name]]:
        reason = f"{twice[0]} has other shares here than at {item.place.partition(',')[0]}; the question is left out"
        item.contradictions.append(reason)
        draft.aside(place, reason)
    elif not item.contradictions and other.shares.keys() <= item.shares.keys():
        draft.aside(place, f"says the same as {item.place.partition(',')[0]}")
    else:
        item.shares |= other.shares


def _fault(shares: Any, size: int) -> str:
    """What is wrong with a country's shares, or ""."""
    if not isinstance(shares, list) or len(shares) != size:
        found = len(shares) if isinstance(shares, list) else "none"
        return f"expected {size} shares, one an option, found {found}"
    numbers = [share for share in shares if isinstance(share, int | float) and not isinstance(share, bool)]
    if len(numbers) < size or not all(math.isfinite(share) and share >= 0 for share in numbers):
        return "expected shares of 0 or more, found one that is missing or negative"
    total = math.fsum(numbers)
    if total == 0:
        return "nobody answered: every share is 0"
    return "" if abs(total - 1) <= SUM_TOLERANCE else f"expected shares that sum to 1, they sum to {total:.3g}"


def _missing(option: Any) -> bool:
    return not isinstance(option, str | int | float) or option != option or not str(option).strip()


def _label(option: str | float) -> str:
    return option if isinstance(option, str) else f"{whole(option)}" if math.isfinite(option) else str(option)


def _scale(options: list[Any], labels: tuple[str, ...]) -> Mapping[str, float | None]:
    """Label → number where every real answer is a number; else nothing."""
    scale: dict[str, float | None] = {}
    for option, label in zip(options, labels, strict=True):
        if not is_nonresponse(label):
            try:
                scale[label] = float(option)
            except ValueError:
                return {}
    return scale if all(value is not None and math.isfinite(value) for value in scale.values()) else {}


class _Maker:
    """Turns items into questions; the bundled pack of the same source lends titles, topics and scales."""

    def __init__(self, bundled: Path | None) -> None:
        path = bundled / "globalopinionqa.pack.json" if bundled else None
        pack = decode_file(path, PackFile) if path and path.is_file() else None
        self._lender = Lender(pack)
        self._titles = Names(())

    def entry(self, item: _Item, draft: PackDraft) -> QuestionEntry:
        known = self._lender.known.get(text_key(item.key))
        if known and label_set(known.options) != label_set(item.labels):
            known = None
        source = SOURCES.get(item.source.upper(), item.source)
        return QuestionEntry(
            id=stable_id(short_title(item.key), item.key.strip(), *item.labels),
            title=self._titles.title(known.title if known else short_title(item.key)),
            text=clean(item.key).strip(),
            topics=[*(known.topics if known else ()), *([source] if source else ())],
            options=[*self._lender.options(item.labels, known, item.numbers)],
            source_key=text_key(item.key),
            note=known.note if known else "",
            human={draft.group((("country", name),)): shares_entry(shares) for name, shares in item.shares.items()},
        )
