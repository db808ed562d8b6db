"""Which side of a table of figures names the options, and which the groups.

A table whose options stand side by side is turned.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cache

from opinionscope.importers.base import ImportRefusedError
from opinionscope.importers.figures import any_number
from opinionscope.importers.labels import is_nonresponse
from opinionscope.importers.reading import ReadRow, ReadTable
from opinionscope.importers.scales import is_on_scale
from opinionscope.importers.tables_forms import BY_GROUP, Form
from opinionscope.importers.tables_names import EVERYBODY
from opinionscope.importers.tables_sums import is_total
from opinionscope.importers.words import known_words
from opinionscope.survey.text import clean_line, fold
from opinionscope.values import replace

WHOLE = 0.03
"""So far from the whole are percents of which each was rounded."""
WITHIN = (
    "the figures make a whole below each of {columns}, and the rows are {rows}: they may be percents of groups within "
    "each answer, which say not how a group answered; put options below each other, with percents of groups"
)
EITHER = (
    "{columns} beside each other and {rows} below each other may be options or groups; put options below each other, "
    "and groups side by side"
)


@cache
def _of_sides(kind: str) -> re.Pattern[str]:
    return re.compile("|".join(known_words().sides[kind]), re.IGNORECASE)


def is_answer(label: str) -> bool:
    """Whether a label is an answer of common scales, and the name of no group."""
    plain = fold(clean_line(label))
    is_known = is_on_scale(label) or is_nonresponse(label) or _of_sides("answers").fullmatch(plain) is not None
    return is_known and not is_group(label)


def is_person(label: str) -> bool:
    """Whether a label is a sex or an age, which are answers to hardly any question."""
    return _of_sides("people").fullmatch(fold(clean_line(label))) is not None


def is_group(label: str) -> bool:
    """Whether a label is a sex, an age, a party, a region or the like, which may be an answer as well."""
    return is_person(label) or _of_sides("groups").fullmatch(fold(clean_line(label))) is not None


def is_everybody(label: str) -> bool:
    """Whether a label is that of all people, or of a number of them or a sum."""
    return is_total(label) or fold(clean_line(label)) in EVERYBODY


def turned(table: ReadTable, form: Form) -> tuple[ReadTable, Form, list[str]]:
    """The table with options below each other, where words say that they stand side by side, and a sentence on that.

    Raises:
        ImportRefusedError: if words say so and sums the contrary, or the words could be those of either.
    """
    if form.kind != BY_GROUP or {*form.columns} != {"question", "option"}:
        return table, form, []
    rows = [row for row in table.rows if form.option(row).strip()]
    below, across = _named(map(form.option, rows)), _named(form.rest)
    as_answers = all(map(is_group, below)) and any(map(is_answer, across))
    as_people = below and all(map(is_person, below)) and not any(map(is_person, across))
    if not across or not (as_answers or as_people) or len(rows) < len(table.rows):
        return table, form, []
    whole_below, whole_across = _are_whole_below(rows, form, across), _are_whole_across(rows, form, across)
    shown = {"columns": ", ".join(across), "rows": ", ".join(below)}
    if whole_below and not whole_across:
        if as_answers:
            raise ImportRefusedError(WITHIN.format(**shown))
        return table, form, []
    if not as_answers and not whole_across and any(map(is_group, across)):
        raise ImportRefusedError(EITHER.format(**shown))
    return _turned(table, form), _form_of(table, form), [_told(across, below)]


def _told(across: Sequence[str], below: Sequence[str]) -> str:
    groups = f" ({', '.join(below)})" if below else ""
    return (
        f"The columns ({', '.join(across)}) were read as options, and the rows as groups{groups}, as their words tell."
    )


def _named(labels: Iterable[str]) -> list[str]:
    """Labels but those of sums and numbers of people, each once."""
    return [*dict.fromkeys(clean_line(label) for label in labels if not is_everybody(label))]


def _are_whole_across(rows: Sequence[ReadRow], form: Form, across: Sequence[str]) -> bool:
    return all(_is_whole([row.cells[each] for each in form.rest if clean_line(each) in across]) for row in rows)


def _are_whole_below(rows: Sequence[ReadRow], form: Form, across: Sequence[str]) -> bool:
    asked = {row.cells[form.columns["question"]] for row in rows}
    own = [[row for row in rows if row.cells[form.columns["question"]] == each] for each in asked]
    return all(
        _is_whole([row.cells[column] for row in each if not is_everybody(form.option(row))])
        for each in own
        for column in form.rest
        if clean_line(column) in across
    )


def _is_whole(cells: Sequence[str]) -> bool:
    total = sum(any_number(cell) or 0.0 for cell in cells)
    return any(abs(total - whole) <= WHOLE * whole for whole in (1, 100))


def _form_of(table: ReadTable, form: Form) -> Form:
    return replace(form, rest=tuple(dict.fromkeys(form.option(row) for row in table.rows)))


def _turned(table: ReadTable, form: Form) -> ReadTable:
    question, option = form.columns["question"], form.columns["option"]
    groups = _form_of(table, form).rest
    rows: dict[tuple[str, str], ReadRow] = {}
    for row in table.rows:
        asked = row.cells[question]
        for column in form.rest:
            blank = dict.fromkeys(groups, "") | {question: asked, option: column}
            cells = rows.setdefault((asked, column), ReadRow(row.place, blank)).cells
            cells[form.option(row)] = row.cells[column]
    return replace(table, columns=(question, option, *groups), rows=[*rows.values()])
