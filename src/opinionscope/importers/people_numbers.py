"""Numbers in tables of people brought to one form: 0,85 and 1.234,5 and "35 years" become 0.85, 1234.5 and 35."""

import re
from collections.abc import Collection

from opinionscope.importers.base import ImportRefusedError
from opinionscope.importers.figures import (
    COMMA,
    MARK_NAMES,
    POINT,
    Notation,
    any_number,
    code_text,
    has_blank_groups,
    notation_of,
    number_in,
    plainly,
)
from opinionscope.importers.labels import is_nonresponse
from opinionscope.importers.people_tables import PeopleTable
from opinionscope.importers.person_column import NO_VALUE, PersonColumn
from opinionscope.regexes import regex
from opinionscope.survey.text import some_of

LARGEST_WEIGHT = 100
"""Beside whole weights that large, 1.234 may be a thousand."""

_YEARS = regex(
    r"(?P<number>\d{1,3})\s*(?:years?|yrs?|yo|y/o|jahre?|ans|años|anni|anos|jaar|år)\.?(?:\s*(?:old|alt))?",
    re.IGNORECASE,
)


def plain_numbers(table: PeopleTable, weight: str, decimal: str) -> None:
    """Rewrite columns whose cells are all numbers, and say how they were read.

    Args:
        weight: the column of weights, or "".
        decimal: the decimal mark if the user says which it is, else "".

    Raises:
        ImportRefusedError: if weights could be thousands or decimals.
    """
    by_how: dict[str, list[str]] = {}
    for column in table.columns.values():
        if not column.labels and (how := _rewrite(column, table.separator, decimal, is_weight=column.name == weight)):
            by_how.setdefault(how, []).append(column.name)
    table.decisions += [f"{some_of(names)}: {how}." for how, names in by_how.items()]


def _rewrite(column: PersonColumn, separator: str, decimal: str, *, is_weight: bool) -> str:
    every = dict.fromkeys(column.cells)
    cells = [cell for cell in every if cell and cell not in NO_VALUE and not is_nonresponse(cell)]
    if is_weight:
        cells = [cell for cell in cells if any_number(cell) is not None]
    years = {cell: found["number"] for cell in cells if (found := _YEARS.fullmatch(cell))}
    plain = {cell: years.get(cell, cell) for cell in cells}
    if not any(_marked(cell, separator) for cell in plain.values()) and not years and not decimal:
        return ""
    if any(any_number(each) is None for each in plain.values()):
        return ""
    notation = _notation(column, plain.values(), separator, decimal, is_weight=is_weight)
    numbers = {cell: notation.number(each) for cell, each in plain.items()}
    if column.doubt or any(number is None for number in numbers.values()):
        return ""
    new = {cell: code_text(plainly(number)) for cell, number in numbers.items() if number is not None}
    changed = [cell for cell in cells if new[cell] != cell and not _same(cell, new[cell])]
    if not changed:
        return ""
    column.cells = [new.get(cell, cell) for cell in column.cells]
    if years:
        return "the number of years was read"
    return _how(changed, notation)


def _marked(cell: str, separator: str) -> bool:
    return (
        COMMA in cell
        or has_blank_groups(cell)
        or cell.count(POINT) > 1
        or (separator not in ("", COMMA) and POINT in cell)
    )


def _same(cell: str, new: str) -> bool:
    return number_in(cell) is not None and number_in(cell) == number_in(new)


def _how(changed: list[str], notation: Notation) -> str:
    other = COMMA if notation.decimal == POINT else POINT
    told = []
    if any(notation.decimal in cell for cell in changed):
        told.append(f"the {MARK_NAMES[notation.decimal]} was read as the decimal mark")
    if any(other in cell for cell in changed):
        told.append(f"the {MARK_NAMES[other]} was read as parting thousands")
    if any(map(has_blank_groups, changed)):
        told.append("the blank or apostrophe was read as parting thousands")
    return ", ".join(told)


def _notation(
    column: PersonColumn, cells: Collection[str], separator: str, decimal: str, *, is_weight: bool
) -> Notation:
    """How the numbers of a column are written; a doubt is laid to the column, or refused for weights."""
    if decimal:
        return Notation(decimal)
    try:
        notation = notation_of(cells)
    except ImportRefusedError as error:
        if is_weight:
            raise ImportRefusedError(f"{column.name}: {error.message}") from error
        column.doubt = error.message
        return Notation()
    if not notation.doubtful:
        return notation
    example = notation.doubtful[0]
    whole = [cell for cell in cells if cell.isdecimal() and int(cell) >= LARGEST_WEIGHT]
    doubt = f"{example} could have a thousands separator or a decimal mark; say --decimal comma or --decimal point"
    if is_weight:
        if whole:
            raise ImportRefusedError(f"{column.name} is ambiguous: {doubt}")
        return notation
    if separator == COMMA and COMMA in example:
        return Notation(POINT)
    if COMMA in example or whole or separator not in ("", COMMA):
        column.doubt = doubt
    return notation
