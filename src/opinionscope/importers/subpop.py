"""SubPOP (Suh et al. 2025): one row for each question and group, as CSV or as JSON lines.

``responses`` are shares of those who answered, in the order of ``options`` without its last, the refusal; the
share of refusals among all stands in ``refusal_rate``. CSV, which the authors' program writes, keeps lists as
Python text; JSON lines, which they publish, keep them as lists.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct, field

from opinionscope.importers.base import Gathered, ImportOptions, ImportRefusedError, refuse_options
from opinionscope.importers.benchmark_humans import ATTRIBUTES as OPINIONQA_ATTRIBUTES
from opinionscope.importers.benchmark_humans import short_key
from opinionscope.importers.cards import study_card
from opinionscope.importers.drafts import PackDraft, dataset_id, wanted_questions
from opinionscope.importers.labels import is_nonresponse, shares_entry, whole
from opinionscope.importers.literals import read_literal
from opinionscope.importers.reading import JSON_SUFFIXES, first_columns, glance, read_text, table_of
from opinionscope.survey.pack import OptionEntry, QuestionEntry
from opinionscope.survey.question import Attributes
from opinionscope.survey.text import clean, clean_line
from opinionscope.survey.titles import Names, short_title

COLUMNS = ("qkey", "attribute", "group", "responses", "refusal_rate", "ordinal", "question", "options")
SUM_TOLERANCE = 0.01

ATTRIBUTES: Mapping[str, str] = {
    **OPINIONQA_ATTRIBUTES,
    "AGE": "age",
    "CITIZEN": "citizenship",
    "MARITAL": "marital status",
    "POLIDEOLOGY": "ideology",
    "RELIG": "religion",
    "RELIGATTEND": "religious attendance",
}
"""The source's names of attributes, and ours; others are kept as small letters."""

Record = Mapping[str, Any]


class SubPOPImporter:
    """SubPOP's tables, train or eval, CSV or JSON lines."""

    name = "subpop"
    reads = "a CSV or JSON lines file of SubPOP (qkey, attribute, group, responses, refusal_rate, ordinal, …)"

    def recognises(self, path: Path) -> bool:
        """Whether the header, or the first line's keys, are the source's."""
        if not path.is_file():
            return False
        found: Iterable[str] = first_columns(path, COLUMNS)
        if path.suffix.lower() in JSON_SUFFIXES:
            try:
                found = msgspec.json.decode(glance(path).lstrip().partition("\n")[0], type=dict[str, Any])
            except msgspec.DecodeError:
                return False
        return set(COLUMNS) - {"ordinal", "refusal_rate"} <= set(found)

    def gather(self, path: Path, options: ImportOptions) -> Gathered:
        """Read the file.

        Raises:
            ImportRefusedError: if no question in it can be read, or an option does not fit.
        """
        refuse_options(options, self.name, "dataset", "title", "questions")
        title = clean_line(options.title) or f"SubPOP ({clean_line(path.stem)})"
        dataset = dataset_id(options, path, prefix="subpop-")
        draft = PackDraft(dataset, title, "political", study_card(self.name), options.place(path))
        items: dict[str, _Item] = {}
        for place, record in _records(path, draft):
            _take_in(items, record, place, draft)
        titles, ids = Names(()), Names(())
        wanted = wanted_questions(options, [(key, _plain_id(key)) for key in items])
        for item in (item for item, asked in zip(items.values(), wanted, strict=True) if asked):
            if item.contradictions:
                draft.aside(item.place, item.contradictions[0])
            else:
                draft.add(_entry(item, draft, titles, ids), item.place)
        return draft.gathered(["Shares are the source's own."])


class _Item(Struct):
    key: str
    place: str
    text: str
    labels: tuple[str, ...]
    scale: tuple[float, ...]
    shares: dict[Attributes, tuple[float, ...]] = field(default_factory=dict)
    contradictions: list[str] = field(default_factory=list)


def _records(path: Path, draft: PackDraft) -> Iterable[tuple[str, Record]]:
    text = read_text(path)
    if path.suffix.lower() not in JSON_SUFFIXES:
        table = table_of(text, COLUMNS).named(COLUMNS, COLUMNS)
        draft.aside_all(table.damaged)
        return [(row.place, row.cells) for row in table.rows]
    records = []
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                records.append((f"line {number}", msgspec.json.decode(line, type=dict[str, Any])))
            except msgspec.DecodeError as error:
                draft.aside(f"line {number}", f"expected a JSON object on each line: {error}")
    if not records:
        raise ImportRefusedError(f"{clean_line(path.name)}: expected a JSON object on each line, found none")
    return records


def _take_in(items: dict[str, _Item], record: Record, place: str, draft: PackDraft) -> None:
    """Add a row's group to its question; what is wrong with the row is set aside."""
    key = clean_line(str(record.get("qkey") or ""))
    if not key:
        draft.aside(place, "expected the key of a question under qkey, found nothing")
        return
    try:
        attributes = _attributes(record)
        item, shares = _read(record, key, place)
    except ValueError as error:
        draft.aside(f"{place}, {key}, {_who(record)}", str(error))
        return
    known = items.setdefault(key, item)
    if (known.text, known.labels, known.scale) != (item.text, item.labels, item.scale):
        known.contradictions.append(f"{place} has another wording, other options or another scale for this key")
    elif known.shares.setdefault(attributes, shares) != shares:
        known.contradictions.append(f"{place} gives {_who(record)} other shares than a row before it")
    elif known is not item and known.shares[attributes] is not shares:
        draft.aside(f"{place}, {key}, {_who(record)}", "says the same as a row before it")


def _who(record: Record) -> str:
    return f"{short_key(str(record.get('attribute')))} {short_key(str(record.get('group')))}"


def _read(record: Record, key: str, place: str) -> tuple[_Item, tuple[float, ...]]:
    """The question of a row and its group's shares, the refusals among them.

    Raises:
        ValueError: with what was expected.
    """
    text = clean(str(record.get("question") or "")).strip()
    if not text:
        raise ValueError("expected the text of a question, found nothing")
    options, responses, scale = (_list(record, name) for name in ("options", "responses", "ordinal"))
    if not all(isinstance(label, str) and clean_line(label) for label in options):
        raise ValueError("expected a list of labels under options; one is missing or was read as a missing value")
    labels = tuple(clean_line(label) for label in options)
    refusals = _number(record.get("refusal_rate"))
    shares = [_number(share) for share in responses]
    if len(shares) != len(labels) - 1:
        raise ValueError(
            f"expected {len(labels) - 1} responses, one for each option but the last (the refusal), found {len(shares)}"
        )
    if len(scale) != len(shares):
        raise ValueError(f"expected {len(shares)} values under ordinal, one a response, found {len(scale)}")
    if not 0 <= refusals <= 1 or any(not 0 <= share <= 1 + SUM_TOLERANCE for share in shares):
        raise ValueError("expected shares from 0 to 1 under responses and refusal_rate")
    total = math.fsum(shares)
    if abs(total - 1) > SUM_TOLERANCE and not (total == 0 and refusals == 1):
        raise ValueError(f"expected responses that sum to 1, they sum to {total:.3g}")
    values = tuple(_number(value) for value in scale)
    item = _Item(key, f"{place}, {key}", text, labels, values if len(set(values)) > 1 else ())
    return item, (*(share * (1 - refusals) for share in shares), refusals)


def _attributes(record: Record) -> Attributes:
    """The group of a row: one attribute and value, or a list of each for a conjunction.

    Raises:
        ValueError: if they do not match.
    """
    names, values = _one_or_more(record.get("attribute")), _one_or_more(record.get("group"))
    if not names or len(names) != len(values) or not all((*names, *values)) or len(set(names)) < len(names):
        raise ValueError("expected an attribute and a group, or as many of one as of the other")
    return tuple((ATTRIBUTES.get(name, name.lower()), value) for name, value in zip(names, values, strict=True))


def _one_or_more(cell: Any) -> list[str]:
    parsed = cell
    if isinstance(cell, str) and cell.lstrip().startswith("["):
        parsed = read_literal(cell)
    return [clean_line(str(each)) for each in (parsed if isinstance(parsed, list) else [parsed or ""])]


def _list(record: Record, name: str) -> Sequence[Any]:
    found = record.get(name)
    if isinstance(found, str):
        try:
            found = _parsed(found)
        except ValueError:
            found = None
    if not isinstance(found, list):
        raise ValueError(f"expected a list under {name}, found {short_key(str(record.get(name))) or 'nothing'}")
    return found


@lru_cache(maxsize=1024)
def _parsed(text: str) -> Any:
    return read_literal(text)


def _number(found: Any) -> float:
    try:
        number = float(found)
    except (TypeError, ValueError):
        number = math.nan
    if isinstance(found, bool) or not math.isfinite(number):
        raise ValueError(f"expected a number, found {short_key(str(found)) or 'nothing'}")
    return number


def _plain_id(key: str) -> str:
    return key.replace(" ", "-")


def _entry(item: _Item, draft: PackDraft, titles: Names, ids: Names) -> QuestionEntry:
    """The question that an item makes, under the source's own key."""
    scale = dict(zip(item.labels, item.scale, strict=False))
    options = [
        OptionEntry(label, None, True)
        if label == item.labels[-1] or is_nonresponse(label)
        else OptionEntry(label, whole(scale[label]) if label in scale else None)
        for label in item.labels
    ]
    return QuestionEntry(
        id=ids.slug(_plain_id(item.key), "2", as_is=True),
        title=titles.title(short_title(item.text)),
        text=item.text,
        options=list(options),
        source_key=item.key,
        human={draft.group(attributes): shares_entry(shares) for attributes, shares in item.shares.items()},
    )
