"""Which columns of a table tell groups apart, and which are beside the point."""

from collections import Counter
from collections.abc import Sequence

from opinionscope.importers.base import ImportOptions, ImportRefusedError
from opinionscope.importers.reading import ReadTable
from opinionscope.importers.tables_answers import NAMED
from opinionscope.importers.tables_forms import BY_OPTION, EXPECTED, LONG, Form
from opinionscope.importers.tables_layout import says_how_sure
from opinionscope.importers.tables_names import EVERYBODY
from opinionscope.regexes import regex
from opinionscope.survey.text import clean_line, fold
from opinionscope.values import replace

_PERIOD = regex(r"(?:survey[ _]?)?(?:year|wave|round|jahr|welle|annee|vague|ano|ola)")
"""Names, folded, of columns that tell groups apart by numbers."""
_OTHER_PERCENT = regex(r"(?:cum\w*|valid)(?:[ _]?(?:percent\w*|pct|%|freq\w*))?")
"""Names, folded, of what SPSS and Stata write beside each percent."""


def grouped(table: ReadTable, form: Form, options: ImportOptions) -> tuple[Form, tuple[str, ...]]:
    """The form, and the columns of attributes of a long table.

    A column may say of what a group is one ("Gender" of Male, "Age" of 18-29): it gives attributes their names. Where
    the group is one beside others, as in a table with a column of waves, it is an attribute as they are; where all are
    everybody, it says nothing.

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
        groups.setdefault(row.under(attributes), set()).add(row.cells[column])
    if not attributes or all(len(names) == 1 for names in groups.values()):
        found = {name for names in groups.values() for name in names}
        if not attributes or len(found) == len(groups):
            return form, attributes
        if any(clean_line(name).casefold() not in ("", *EVERYBODY) for name in found):
            return form, (*attributes, column)
        return replace(form, columns={role: each for role, each in form.columns.items() if each != column}), attributes
    often = Counter(name for names in groups.values() for name in names)
    if len(attributes) == 1 < len(groups) and 2 * sum(count == 1 for count in often.values()) > len(often):
        return replace(form, nested=attributes[0]), ()
    return form, (*attributes, column)


def _telling(table: ReadTable, form: Form) -> tuple[str, ...]:
    """Columns that tell groups apart: not those that say the same of a whole question, nor remarks on single figures.

    Raises:
        ImportRefusedError: if one holds numbers, no years and nothing about the figures, as attributes seldom do.
    """
    asked = [form.columns[role] for role in ("question", "item") if role in form.columns]
    questions = len({row.under(asked) for row in table.rows}) if "group" in form.columns else 0
    columns = [
        each
        for each in form.rest
        if len({row.under((*asked, each)) for row in table.rows}) > questions or not questions
    ]
    for column in [*columns]:
        cells = [row.cells[column] for row in table.rows if row.cells[column].strip()]
        numbers = cells and all(cell.strip().replace(".", "", 1).replace(",", "", 1).isdecimal() for cell in cells)
        if numbers and (
            _is_code(table, form, column)
            or says_how_sure(column)
            or _OTHER_PERCENT.fullmatch(fold(column).strip(" .:"))
        ):
            columns.remove(column)
        elif numbers and not _PERIOD.fullmatch(fold(column)):
            raise ImportRefusedError(
                f'the column "{clean_line(column)}" holds numbers only, so it may be no attribute of groups; name '
                f"those that are with --by, or leave the column out. {EXPECTED}"
            )
    return tuple(each for each in columns if not _is_remark(table, form, each, columns))


def _is_code(table: ReadTable, form: Form, column: str) -> bool:
    """Whether each option of a question has a number of its own, the same wherever it stands."""
    question, option = form.columns["question"], form.columns["option"]
    pairs = {row.under((question, option, column)) for row in table.rows}
    sides = {(asked, label) for asked, label, _ in pairs}, {(asked, code) for asked, _, code in pairs}
    return all(len(pairs) == len(side) > 1 for side in sides)


def _is_remark(table: ReadTable, form: Form, column: str, columns: Sequence[str]) -> bool:
    """Whether a column differs between the options of a group and question, and no figure needs it to be told apart."""
    roles = [form.columns[role] for role in ("question", "id", "item", "group") if role in form.columns]
    others = [*roles, *(each for each in columns if each != column)]
    figures = {(*row.under(others), row.cells[form.columns["option"]]) for row in table.rows}
    answers = {row.under(others) for row in table.rows}
    return len(figures) == len(table.rows) and len({row.under((*others, column)) for row in table.rows}) > len(answers)


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
