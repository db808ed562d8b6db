"""Which columns of a table hold figures, which name groups, and which are beside the point."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from opinionscope.importers.base import ImportOptions, ImportRefusedError
from opinionscope.importers.figures import any_number, count_and_percent, is_blank, plainly
from opinionscope.importers.reading import ReadRow, ReadTable
from opinionscope.importers.tables_answers import NAMED
from opinionscope.importers.tables_forms import BY_OPTION, EXPECTED, LONG, MEASURES, Form
from opinionscope.regexes import regex
from opinionscope.survey.text import clean_line, fold
from opinionscope.values import replace

SAME_RATIO = 0.006
"""So far, as shares, are counts from percents that were rounded to whole ones."""
WEIGHTED_RATIO = 0.15
"""So far, as shares, weights bring percents from counts of people."""
WHOLE = 0.05
"""So far from the whole are percents of which each was rounded."""
WEIGHTED = "Counts and percents differ, as weighted percents do from counts of people: the percents were read."
_STATISTIC = regex(
    r"(?:.*[ _])?(?:se|moe|ci|std|stderr|std[. _]?err\w*|margin|lower|upper|low|high|lwr|upr|lcl|ucl)(?:[ _%].*)?",
    re.IGNORECASE,
)
"""Names of columns with the uncertainty of figures."""
_PERIOD = regex(r"(?:survey[ _]?)?(?:year|wave|round|jahr|welle|annee|vague|ano|ola)")
"""Names, folded, of columns that tell groups apart by numbers."""

Pairs = list[tuple[float, float]]


def counted(table: ReadTable, form: Form) -> Form:
    """The form with n as its figures, where n says how many chose each option, as R's tabyl writes it beside percents.

    That is told by n being in the same ratio as the figures in each group; the size of a group is the same in all rows.
    Beside weighted percents, which are in another, the size of a group is the sum of such n.
    """
    if form.kind != LONG or not form.size:
        return form
    groups = _pairs_of(table, form, form.size, form.figures)
    if all(own == pairs[0][0] for pairs in groups.values() for own, _ in pairs):
        return form
    if _in_ratio(groups.values()):
        return replace(form, columns={role: each for role, each in form.columns.items() if role not in MEASURES})
    near = _in_ratio(groups.values(), WEIGHTED_RATIO) and _are_whole(groups.values())
    if near and all(len({own for own, _ in pairs}) > 1 for pairs in groups.values()):
        others = _others(table, form, form.size, form.figures)
        for row in table.rows:
            row.cells[form.size] = plainly(sum(own for own, _ in groups.get(_cells(row, others), ())))
    return form


def weighted(table: ReadTable, form: Form) -> Form:
    """The form without its counts, where percents or shares beside them are no shares of them, as weighted ones."""
    others = [form.columns[role] for role in ("share", "percent") if role in form.columns]
    if form.kind != LONG or "count" not in form.columns or not others:
        return form
    pairs = _pairs_of(table, form, form.columns["count"], others[0]).values()
    if _in_ratio(pairs) or not _are_whole(pairs):
        return form
    return replace(form, columns={role: each for role, each in form.columns.items() if role != "count"})


def weighted_cells(table: ReadTable, form: Form) -> bool:
    """Whether the percents of cells such as "12 (34%)" are no shares of their counts."""
    groups: dict[tuple[str, ...], Pairs] = {}
    for row in table.rows:
        for column in form.rest if form.kind != LONG else (form.figures,):
            both = count_and_percent(row.cells[column])
            label = column if form.kind == BY_OPTION else row.cells[form.columns["option"]]
            if both and not form.is_total(label):
                key = (row.cells[form.columns["question"]], row.place if form.kind == BY_OPTION else column)
                groups.setdefault(key, []).append((any_number(both[0]) or 0.0, any_number(both[1]) or 0.0))
    return form.kind != LONG and _are_whole(groups.values()) and not _in_ratio(groups.values())


def _pairs_of(table: ReadTable, form: Form, *columns: str) -> dict[tuple[str, ...], Pairs]:
    """The figures of two columns for the options of each question and group."""
    others = _others(table, form, *columns)
    groups: dict[tuple[str, ...], Pairs] = {}
    for row in table.rows:
        own, other = (any_number(row.cells[column]) or 0.0 for column in columns)
        if not form.is_total(row.cells[form.columns["option"]]) and not any(
            is_blank(row.cells[each]) for each in columns
        ):
            groups.setdefault(_cells(row, others), []).append((own, other))
    return groups


def _others(table: ReadTable, form: Form, *columns: str) -> list[str]:
    """The columns that tell questions and groups apart."""
    return [each for each in table.columns if each not in (form.columns["option"], *columns)]


def _in_ratio(groups: Iterable[Pairs], slack: float = SAME_RATIO) -> bool:
    """Whether in each group the first figures are to each other as the second are, but for the slack."""
    for pairs in groups:
        n, total = (sum(each) for each in zip(*pairs, strict=True))
        if n <= 0 or total <= 0 or any(abs(own / n - other / total) > slack for own, other in pairs):
            return False
    return True


def _are_whole(groups: Iterable[Pairs]) -> bool:
    """Whether in most groups the second figures make 1 or 100: percents of rows or columns that cross them do not."""
    sums = [sum(other for _, other in pairs) for pairs in groups]
    return 2 * sum(any(abs(each / whole - 1) <= WHOLE for whole in (1, 100)) for each in sums) > len(sums)


def grouped(table: ReadTable, form: Form, options: ImportOptions) -> tuple[Form, tuple[str, ...]]:
    """The form, and the columns of attributes of a long table.

    A column may say of what a group is one ("Gender" of Male, "Age" of 18-29): it gives attributes their names. Where
    the group is one beside others, as in a table with a column of waves, it is an attribute as they are.

    Raises:
        ImportRefusedError: if one that was asked for is not there, or one may be something else.
    """
    if form.kind != LONG:
        if options.attributes:
            raise ImportRefusedError("--by is for the long form, where columns name attributes; leave it out")
        return form, ()
    if missing := [name for name in options.attributes if name not in form.rest]:
        raise ImportRefusedError(f"there is no column {', '.join(missing)}; found {', '.join(table.columns)}")
    attributes = options.attributes or _telling(table, form)
    column = form.columns.get("group", "")
    groups: dict[tuple[str, ...], set[str]] = {}
    for row in table.rows if column else ():
        groups.setdefault(_cells(row, attributes), set()).add(row.cells[column])
    if not attributes or all(len(names) == 1 for names in groups.values()):
        return form, attributes
    often = Counter(name for names in groups.values() for name in names)
    if len(attributes) == 1 < len(groups) and 2 * sum(count == 1 for count in often.values()) > len(often):
        return replace(form, nested=attributes[0]), ()
    return form, (*attributes, column)


def _cells(row: ReadRow, columns: Iterable[str]) -> tuple[str, ...]:
    return tuple(row.cells[each] for each in columns)


def _telling(table: ReadTable, form: Form) -> tuple[str, ...]:
    """Columns that tell groups apart: not those that say the same of a whole question, nor remarks on single figures.

    Raises:
        ImportRefusedError: if one holds numbers, no years and no uncertainty of figures, as attributes seldom do.
    """
    asked = [form.columns[role] for role in ("question", "item") if role in form.columns]
    questions = len({_cells(row, asked) for row in table.rows}) if "group" in form.columns else 0
    columns = [
        each
        for each in form.rest
        if len({_cells(row, (*asked, each)) for row in table.rows}) > questions or not questions
    ]
    for column in [*columns]:
        cells = [row.cells[column] for row in table.rows if row.cells[column].strip()]
        numbers = cells and all(cell.strip().replace(".", "", 1).replace(",", "", 1).isdecimal() for cell in cells)
        if numbers and _STATISTIC.fullmatch(column):
            columns.remove(column)
        elif numbers and not _PERIOD.fullmatch(fold(column)):
            raise ImportRefusedError(
                f'the column "{clean_line(column)}" holds numbers only, so it may be no attribute of groups; name '
                f"those that are with --by, or leave the column out. {EXPECTED}"
            )
    return tuple(each for each in columns if not _is_remark(table, form, each, columns))


def _is_remark(table: ReadTable, form: Form, column: str, columns: Sequence[str]) -> bool:
    """Whether a column differs between the options of a group and question, and no figure needs it to be told apart."""
    roles = [form.columns[role] for role in ("question", "id", "item", "group") if role in form.columns]
    others = [*roles, *(each for each in columns if each != column)]
    figures = {(*_cells(row, others), row.cells[form.columns["option"]]) for row in table.rows}
    answers = {_cells(row, others) for row in table.rows}
    return len(figures) == len(table.rows) and len({_cells(row, (*others, column)) for row in table.rows}) > len(
        answers
    )


def unused(form: Form, attributes: tuple[str, ...]) -> list[str]:
    """Columns that were passed over, in words."""
    passed = [column for column in form.rest if form.kind == LONG and column not in (*attributes, form.nested)]
    if form.kind == LONG:
        used = {form.figures, form.size}
        passed += [form.columns[role] for role in (*NAMED, "n", "measure") if role in form.columns]
        passed = [column for column in passed if column not in used]
    elif form.kind == BY_OPTION:
        passed += [form.columns[role] for role in ("value",) if role in form.columns]
    return [f"Columns that were not used: {', '.join(passed)}."] if passed else []
