"""Tables with a row a combination of answers, and how many people gave it, as groupby().size() and COUNT(*) write them.

Every combination stands once there. Of people, some would agree in all that was asked.
"""

from collections.abc import Collection, Sequence
from math import prod

from opinionscope.importers.base import ImportRefusedError
from opinionscope.importers.people_pack import weight_in
from opinionscope.importers.people_tables import PeopleTable
from opinionscope.importers.respondent_columns import is_called_weight, looks_like_attribute, looks_like_id, words_of
from opinionscope.importers.words import known_words
from opinionscope.survey.text import some_of

TWINS = 2
"""So many pairs of rows would agree by chance, were they people, that none doing so tells that they are not."""
TWINS_UNNAMED = 5
"""The same where no name tells which column counts people."""
MOST_VALUES = 12
"""A column with more different values may be one of ids, where no name tells which column counts people."""
MOST_ON_A_SCALE = 10
"""Numbers up to that may be codes of answers."""
MOST_COUNTED = 200_000
"""Counts of more people stay weights."""


def count_rows(table: PeopleTable, taken: Collection[str], weight: str) -> str:
    """Have rows that stand for many people stand there as often; returns the column of weights, "" once it is used so.

    Args:
        taken: columns that are attributes or questions.
        weight: the column of weights, or "".

    Raises:
        ImportRefusedError: if rows stand for many people, and `weight` does not say so.
    """
    counts, others = _counts(table, taken, weight)
    if not counts:
        return weight
    if not weight:
        shown = f'"{counts}"' if not counts.isidentifier() else counts
        raise ImportRefusedError(
            f"{table.file} has every combination of {some_of(others)} once, and {counts} beside it: its rows stand for "
            f"many people each; say --weight {shown} if {counts} tells how many, or name it among --questions if each "
            "row is a person"
        )
    numbers = _numbers(table, counts)
    if sum(numbers) > MOST_COUNTED or any(number % 1 for number in numbers):
        return weight
    rows = len(table.rows)
    table.keep([at for at, number in enumerate(numbers) for _ in range(int(number))])
    del table.columns[counts]
    table.decisions.append(f"{counts} tells how many people each of {rows} rows stands for: {len(table.rows)} in all.")
    return ""


def _counts(table: PeopleTable, taken: Collection[str], weight: str) -> tuple[str, Sequence[str]]:
    """The column that tells how many people each row stands for, and the others; "" where rows are people."""
    able = [name for name in table.columns if name not in taken and _numbers(table, name)]
    named = [name for name in able if not known_words().counts.isdisjoint(words_of(name)[:1] + words_of(name)[-1:])]
    likely = [weight] if weight in able else named or [name for name in able if _may_count(table, name)]
    for each in likely:
        beside = {each, *named, *filter(is_called_weight, able)}
        others = [name for name in table.columns if name not in beside]
        if _stand_once(table, others, is_named=each in (*named, weight)):
            return each, others
    return "", ()


def _numbers(table: PeopleTable, name: str) -> list[float]:
    """The counts in a column, 0 where it is empty; [] where it holds anything else."""
    column = table.columns[name]
    numbers = [weight_in(cell) if cell else 0.0 for cell in column.cells]
    if column.known_labels or not any(numbers):
        return []
    found = [number for number in numbers if number is not None]
    return found if len(found) == len(numbers) else []


def _may_count(table: PeopleTable, name: str) -> bool:
    """Whether a column without a telling name holds counts: whole numbers that are no codes of a scale, or weights."""
    numbers = _numbers(table, name)
    are_codes = max(numbers) <= MOST_ON_A_SCALE or any(number % 1 for number in numbers)
    return is_called_weight(name) or not (are_codes or looks_like_attribute(name) or looks_like_id(name))


def _stand_once(table: PeopleTable, others: Sequence[str], *, is_named: bool) -> bool:
    """Whether no two rows agree in these columns, though their values recur and so many people would."""
    rows = len(table.rows)
    different = [len({*table.columns[name].cells}) for name in others]
    if sum(number > 1 for number in different) < 2 or max(different) == rows or any(map(looks_like_id, others)):
        return False
    if not is_named and max(different) > MOST_VALUES:
        return False
    by_chance = rows**2 / (2 * prod(different))
    combinations = {*zip(*(table.columns[name].cells for name in others), strict=True)}
    return len(combinations) == rows and by_chance >= (TWINS if is_named else TWINS_UNNAMED)
