"""Tables of aggregated answers written as JSON."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, Literal

import msgspec

from opinionscope.importers.base import ImportRefusedError
from opinionscope.importers.figures import Notation, figure, plainly
from opinionscope.importers.reading import RawTable, ReadRow, ReadTable
from opinionscope.importers.tables_answers import TableAnswers, new_option
from opinionscope.importers.tables_names import TableQuestion, who_of
from opinionscope.survey.pack import OptionEntry
from opinionscope.survey.text import clean, clean_line
from opinionscope.values import replace

EXPECTED = (
    'expected a list of {"question", "option", "group", "count"}, a list of {"question", "options", "groups"}, or an '
    'object of question → {"options", "groups"}'
)
Figure = int | float


class NestedEntry(msgspec.Struct, forbid_unknown_fields=True):
    """One question with its groups; `groups` maps a group to a list in the order of options, or to option → figure."""

    groups: dict[str, list[Figure | None] | dict[str, Figure | None]]
    question: str = ""
    options: list[str | OptionEntry] = []
    id: str = ""
    title: str = ""
    topics: list[str] = []
    n: dict[str, Figure] = {}
    measure: Literal["", "count", "share", "percent"] = ""


Nested = list[tuple[str, Any]]


def parsed_json(text: str) -> ReadTable | Nested:
    """A long table, or (place, entry) of each question.

    Raises:
        ImportRefusedError: if it is neither.
    """
    content = _listed(_decoded(text))
    if isinstance(content, list) and content and all(isinstance(each, dict) for each in content):
        if any("groups" in each for each in content):
            return [(f"entry {number}", each) for number, each in enumerate(content, start=1)]
        return _long_table(content)
    if isinstance(content, dict) and any(isinstance(each, dict) and "groups" in each for each in content.values()):
        return [
            (f"entry {number}", {"question": key, **each} if isinstance(each, dict) else each)
            for number, (key, each) in enumerate(content.items(), start=1)
        ]
    raise ImportRefusedError(EXPECTED)


def _decoded(text: str) -> Any:
    """What a text holds; NaN, which Python writes for a missing number, is null."""
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError) as error:
        with suppress(ValueError, RecursionError):
            return json.loads(text, parse_constant=lambda _: None)
        raise ImportRefusedError(f"expected valid JSON: {error}") from error


def _listed(content: Any) -> Any:
    """The rows of a table as a list, where JSON has them in another shape, as pandas writes it; else what it is.

    These are: columns beside data, a list a column, an object a column or a row with rows by number, and a list of
    rows under a name.
    """
    if not isinstance(content, dict):
        return content
    columns, data = content.get("columns"), content.get("data")
    if isinstance(columns, list) and isinstance(data, list):
        fit = all(isinstance(row, list) and len(row) == len(columns) for row in data)
        return [dict(zip(map(str, columns), row, strict=True)) for row in data] if fit else content
    lists = [each for each in content.values() if isinstance(each, list) and each]
    if len(lists) == 1 and all(isinstance(row, dict) for row in lists[0]):
        return lists[0]
    if lists and len(lists) == len(content) and len({*map(len, lists)}) == 1:
        return [dict(zip(content, row, strict=True)) for row in zip(*lists, strict=True)]
    parts = [each for each in content.values() if isinstance(each, dict)]
    if not parts or len(parts) < len(content):
        return content
    if all(map(str.isdecimal, content)):
        return parts
    numbers = list(parts[0])
    if all(map(str.isdecimal, numbers)) and all(list(each) == numbers for each in parts):
        return [{name: content[name][number] for name in content} for number in numbers]
    return content


def people_of_json(text: str) -> RawTable:
    """The people of a list of flat objects, one each; several answers in a list are parted by semicolons.

    Raises:
        ImportRefusedError: if it is none.
    """
    content = _listed(_decoded(text))
    try:
        entries = msgspec.convert(content, list[dict[str, str | int | float | bool | list[str | int | float] | None]])
    except msgspec.ValidationError as error:
        raise ImportRefusedError(f"expected a JSON list of flat objects, one a person: {error}") from error
    table = _table(entries)
    return RawTable([*table.columns], [(row.place, [*row.cells.values()]) for row in table.rows], separator="")


def _long_table(entries: Sequence[Mapping[str, Any]]) -> ReadTable:
    table, rows = _table(entries), []
    for row, entry in zip(table.rows, entries, strict=True):
        if any(isinstance(value, dict | list | bool) for value in entry.values()):
            table.damaged.append((row.place, "expected text and numbers only, found a list, an object, true or false"))
        else:
            rows.append(row)
    return replace(table, rows=rows)


def _table(entries: Sequence[Mapping[str, Any]]) -> ReadTable:
    columns = tuple(dict.fromkeys(clean_line(key) for entry in entries for key in entry))
    table = ReadTable(columns, separator="")
    for position, entry in enumerate(entries, start=1):
        cells = {clean_line(key): _text(value) for key, value in entry.items()}
        table.rows.append(ReadRow(f"entry {position}", {column: cells.get(column, "") for column in columns}))
    return table


def _text(value: object) -> str:
    if isinstance(value, list):
        return ";".join(map(_text, value))
    return "" if value is None else plainly(value) if isinstance(value, int | float) else str(value)


def read_nested(entries: Nested, answers: TableAnswers) -> str:
    """Take in questions with their groups; returns the measure they name, "" if none does.

    Raises:
        ImportRefusedError: if they name several.
    """
    measures: set[str] = set()
    for place, content in entries:
        try:
            entry = msgspec.convert(content, NestedEntry)
        except msgspec.ValidationError as error:
            reason, _, where = str(error).partition(" - at ")
            named = clean_line(str(content.get("question", ""))) if isinstance(content, dict) else ""
            answers.skip(", ".join(filter(None, (place, named[:60], where.strip("`$.")))), reason)
            continue
        if not clean_line(entry.question):
            answers.skip(place, "expected the text of a question, found nothing")
            continue
        measures |= {entry.measure} - {""}
        _read_entry(entry, place, answers)
    if len(measures) > 1:
        raise ImportRefusedError(
            f"the questions name {' and '.join(sorted(measures))} as measure; expected one for all"
        )
    return next(iter(measures), "")


def _read_entry(entry: NestedEntry, place: str, answers: TableAnswers) -> None:
    topics = tuple(clean_line(topic) for topic in entry.topics if clean_line(topic))
    asked = TableQuestion(clean(entry.question).strip(), clean_line(entry.id), clean_line(entry.title), topics)
    options = [_option(each) for each in entry.options]
    labels = [option.label for option in options]
    if "" in labels or len(set(labels)) < len(labels):
        answers.spoil(place, asked, "expected a label for each option, and none twice")
        return
    for group in entry.groups.values() if not options else ():
        found = {clean_line(label): None for label in group} if isinstance(group, dict) else {}
        options += [new_option(label) for label in found if label not in labels]
        labels = [option.label for option in options]
    for option in options:
        answers.option(place, asked, option)
    for name, figures in entry.groups.items():
        try:
            who = who_of(name)
        except ValueError as error:
            answers.skip(f"{place}, {clean_line(name)}", str(error))
            continue
        try:
            for label, number in _figures(figures, labels):
                answers.figure(place, asked, who, label, number)
            if name in entry.n:
                answers.size(place, asked, who, figure(str(entry.n[name]), Notation()))
        except ValueError as error:
            answers.lose(place, asked, who, str(error))


def _option(option: str | OptionEntry) -> OptionEntry:
    if isinstance(option, str):
        return new_option(clean_line(option))
    made = new_option(clean_line(option.label), option.value)
    return OptionEntry(made.label, option.value, True) if option.nonresponse else made


def _figures(
    figures: list[Figure | None] | Mapping[str, Figure | None], labels: list[str]
) -> Iterator[tuple[str, float]]:
    """Label and figure of each option that has one.

    Raises:
        ValueError: if a list is of another length, or a figure is none.
    """
    if isinstance(figures, list) and len(figures) != len(labels):
        raise ValueError(f"expected {len(labels)} figures, one an option, found {len(figures)}")
    pairs = zip(labels, figures, strict=True) if isinstance(figures, list) else figures.items()
    for label, found in pairs:
        if found is None:
            raise ValueError(f'expected a number for "{clean_line(label)}", found null')
        yield clean_line(label), figure(str(found), Notation())
