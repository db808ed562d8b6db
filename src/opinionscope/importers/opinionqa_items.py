"""OpinionQA's own tables about a wave of the panel: its questions (``info.csv``) and attributes (``metadata.csv``).

Lists are written in these tables as Python would show them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from opinionscope.importers.base import ImportRefusedError, SetAside
from opinionscope.importers.benchmark_humans import ATTRIBUTES
from opinionscope.importers.labels import is_nonresponse, whole
from opinionscope.importers.literals import numbers_in, strings_in
from opinionscope.importers.reading import read_text, table_of
from opinionscope.survey.pack import OptionEntry
from opinionscope.survey.text import clean, clean_line

INFO, METADATA = "info.csv", "metadata.csv"
NAMES: Mapping[str, str] = {
    "POLPARTY": "party",
    "SEX": "sex",
    "RACE": "race",
    "AGE": "age",
    "POLIDEOLOGY": "ideology",
    "EDUCATION": "education",
    "INCOME": "income",
    "CREGION": "region",
    "RELIG": "religion",
    "RELIGATTEND": "attendance",
    "MARITAL": "marital status",
    "CITIZEN": "citizen",
} | dict(ATTRIBUTES)
"""The source's names of attributes, and ours, in the order groups are listed."""


class WaveItem(Struct, frozen=True):
    """A question of a wave.

    Attributes:
        place: file and line, for messages.
        options: in survey order; what follows those with a place on the scale stands for no answer.
    """

    key: str
    place: str
    text: str
    options: tuple[OptionEntry, ...]

    @property
    def labels(self) -> list[str]:
        """The labels of the options."""
        return [option.label for option in self.options]


def read_items(folder: Path) -> tuple[dict[str, WaveItem], list[SetAside]]:
    """The questions of a wave by key, and what of the table could not be read.

    Raises:
        ImportRefusedError: if there is no such table.
    """
    items: dict[str, WaveItem] = {}
    aside: list[SetAside] = []
    for place, row in _rows(folder, INFO, ("key", "question", "references"), aside):
        key = clean_line(row["key"])
        labels, values = strings_in(row["references"]), numbers_in(row.get("option_ordinal", ""))
        if not key or labels is None or not row["question"].strip():
            aside.append(SetAside(place, f"{key or 'a question'}: expected a key, a question and a list of labels"))
        elif key in items:
            aside.append(SetAside(place, f"{key} stands above"))
        else:
            if values is None:
                aside.append(SetAside(place, f"{key}: option_ordinal is no list of numbers; it gets no scale"))
            options = tuple(_options([clean_line(label) for label in labels], values))
            items[key] = WaveItem(key, place, clean(row["question"]).strip(), options)
    return items, aside


def read_values(folder: Path) -> tuple[dict[str, list[str]], list[SetAside]]:
    """The source's names of attributes → their values in order; none where the wave has no such table."""
    values: dict[str, list[str]] = {}
    aside: list[SetAside] = []
    if not (folder / METADATA).is_file():
        return {}, []
    try:
        for place, row in _rows(folder, METADATA, ("key", "options"), aside):
            listed = strings_in(row["options"])
            if listed is None:
                aside.append(SetAside(place, "expected a list of values; they stand in order of appearance"))
            else:
                values[clean_line(row["key"])] = [clean_line(value) for value in listed]
    except ImportRefusedError as error:
        aside.append(SetAside(f"{folder.name}/{METADATA}", error.message))
    return values, aside


def _options(labels: Sequence[str], values: Sequence[float] | None) -> Iterable[OptionEntry]:
    """Options with their places on the scale; a scale whose places are all the same is none."""
    if values is None or len(values) > len(labels):
        return [OptionEntry(label, None, is_nonresponse(label)) for label in labels]
    ordered = len(set(values)) > 1
    spoken = [OptionEntry(x, whole(v) if ordered else None) for x, v in zip(labels, values, strict=False)]
    return [*spoken, *(OptionEntry(label, None, True) for label in labels[len(values) :])]


def _rows(
    folder: Path, name: str, needed: Sequence[str], aside: list[SetAside]
) -> Iterator[tuple[str, dict[str, str]]]:
    place = f"{folder.name}/{name}"
    text = read_text(folder / name)
    try:
        table = table_of(text, needed, ",").named(needed, needed)
    except ImportRefusedError as error:
        raise ImportRefusedError(f"{place}: {error.message}") from error
    aside += (SetAside(f"{place}, {where}", reason) for where, reason in table.damaged)
    yield from ((f"{place}, {row.place}", row.cells) for row in table.rows)
