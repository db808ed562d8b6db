"""What the figures of a table are: counts, shares or percents, by their columns and signs, and how they are written."""

from collections.abc import Iterable

from opinionscope.importers.base import ImportRefusedError
from opinionscope.importers.figures import (
    COMMA,
    MARK_NAMES,
    POINT,
    Notation,
    any_number,
    count_and_percent,
    has_blank_groups,
    is_blank,
    is_percent,
    notation_of,
    plainly,
    size_notation,
)
from opinionscope.importers.reading import ReadTable
from opinionscope.importers.tables_answers import NAMED, SUMS
from opinionscope.importers.tables_forms import BY_GROUP, BY_OPTION, LONG, MEASURES, Form, role_of
from opinionscope.importers.tables_names import EVERYBODY
from opinionscope.importers.tables_sums import is_total
from opinionscope.regexes import regex
from opinionscope.survey.text import clean_line
from opinionscope.values import replace

SAME_RATIO = 0.006
"""So far, as shares, are counts from percents that were rounded to whole ones."""
WEIGHTED_RATIO = 0.15
"""So far, as shares, weights bring percents from counts of people."""
WHOLE = 0.05
"""So far from the whole are percents of which each was rounded."""
WEIGHTED = "Counts and percents differ, as weighted percents do from counts of people: the percents were read."
_PERCENT_OF = regex(r"\d\s?[%٪％﹪]")

Pairs = list[tuple[float, float]]


def measured(table: ReadTable, form: Form) -> tuple[Form, str, list[str]]:
    """The form with one column of figures, what these are by what the table says, or "", and notes.

    Raises:
        ImportRefusedError: if the table says what they are in words that are not known, or they make a whole in rows.
    """
    whole = _counted(table, form)
    form = _weighted(table, whole)
    measure = form.measure or _declared(table, form) or _marked(table, form)
    if "count" in whole.columns and "count" not in form.columns:
        return form, measure, [WEIGHTED]
    if not measure and _weighted_cells(table, form):
        return form, "percent", [WEIGHTED]
    measure = measure or _paired(table, form)
    if measure != "count" and form.kind == BY_GROUP:
        _refuse_wholes_in_rows(table, form)
    return form, measure, []


def written(table: ReadTable, form: Form, measure: str, decimal: str) -> tuple[tuple[Notation, Notation], list[str]]:
    """How figures and numbers of people are written, and what was decided about that.

    Args:
        decimal: the decimal mark if the user says which it is, else "".

    Raises:
        ImportRefusedError: if figures could be thousands or decimals, and nothing decides which.
    """
    notation, notes = _notation(table, form, measure, decimal)
    sizes = notation if decimal else size_notation(_sizes(table, form), notation)
    return (notation, sizes), notes


def _counted(table: ReadTable, form: Form) -> Form:
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
            row.cells[form.size] = plainly(sum(own for own, _ in groups.get(row.under(others), ())))
    return form


def _weighted(table: ReadTable, form: Form) -> Form:
    """The form without its counts, where percents or shares beside them are no shares of them, as weighted ones."""
    others = [form.columns[role] for role in ("share", "percent") if role in form.columns]
    if form.kind != LONG or "count" not in form.columns or not others:
        return form
    pairs = _pairs_of(table, form, form.columns["count"], others[0]).values()
    if _in_ratio(pairs) or not _are_whole(pairs):
        return form
    return replace(form, columns={role: each for role, each in form.columns.items() if role != "count"})


def _weighted_cells(table: ReadTable, form: Form) -> bool:
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
            groups.setdefault(row.under(others), []).append((own, other))
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


def _declared(table: ReadTable, form: Form) -> str:
    """The measure that a wide table names in a column of its own, or ""."""
    column = form.columns.get("measure")
    found = {role_of(row.cells[column]) for row in table.rows} if column else {""}
    if len(found) > 1 or not found <= {"", *NAMED} or (column and found == {""}):
        raise ImportRefusedError(f'expected count, share or percent under "{column}", the same in each row')
    return next(iter(found))


def _refuse_wholes_in_rows(table: ReadTable, form: Form) -> None:
    """Refuse figures that make 1 or 100 in each row and not below each group: options across, or percents of rows.

    Raises:
        ImportRefusedError: if they do.
    """
    columns = [each for each in form.rest if not is_total(each) and clean_line(each).casefold() not in EVERYBODY]
    across: list[Pairs] = []
    below: dict[tuple[str, str], Pairs] = {}
    for row in table.rows:
        if not form.is_total(form.option(row)):
            figures = [(0.0, any_number(row.cells[each]) or 0.0) for each in columns]
            across.append(figures)
            for each, pair in zip(columns, figures, strict=True):
                below.setdefault((row.cells[form.columns["question"]], each), []).append(pair)
    if len(columns) < 2 or 2 * len(below) > len(columns) * len(across):
        return
    if all(_are_whole([each]) for each in across) and not _are_whole(below.values()):
        raise ImportRefusedError(
            "the figures make a whole in each row, and not below each group: they may be percents of rows, or the "
            "options stand side by side; put options below each other and groups side by side, with percents of groups"
        )


def _says_percent(name: str) -> bool:
    """Whether a name has a percent sign, and not one of a number, as "Below 50%" has."""
    return is_percent(name) and _PERCENT_OF.search(name) is None


def _marked(table: ReadTable, form: Form) -> str:
    """The measure of a table of which most cells, or all names of columns, have a percent sign; else ""."""
    columns = _figure_columns(form)
    cells = [row.cells[each].strip() for row in table.rows if not form.counts_people(row) for each in columns]
    figures = [cell for cell in cells if not is_blank(cell) and not count_and_percent(cell)]
    signed = sum(is_percent(cell) for cell in figures)
    return "percent" if 2 * signed > len(figures) or all(map(_says_percent, columns)) else ""


def _paired(table: ReadTable, form: Form) -> str:
    """The measure of a wide table of which most cells hold a count beside a percent; else ""."""
    cells = [row.cells[each] for row in table.rows if not form.counts_people(row) for each in form.rest]
    figures = [cell for cell in cells if not is_blank(cell)]
    paired = sum(
        is_percent(both[1]) and not is_percent(both[0]) for cell in figures if (both := count_and_percent(cell))
    )
    return "count" if 2 * paired > len(figures) else ""


def _figure_columns(form: Form) -> list[str]:
    return [form.figures] if form.kind == LONG else list(form.rest)


def _sizes(table: ReadTable, form: Form) -> list[str]:
    """The numbers of people in each group, as they are written."""
    column = [row.cells[form.size] for row in table.rows] if form.size else []
    rows = [row.cells[each] for row in table.rows if form.counts_people(row) for each in _figure_columns(form)]
    return [*column, *rows]


def _notation(table: ReadTable, form: Form, declared: str, decimal: str) -> tuple[Notation, list[str]]:
    """How the figures are written, and what was decided about it.

    Raises:
        ImportRefusedError: if they could be thousands or decimals, and nothing decides which.
    """
    rows = [row for row in table.rows if not form.counts_people(row)]
    written = [row.cells[column].strip() for row in rows for column in _figure_columns(form)]
    pairs = [cell for cell in written if count_and_percent(cell)]
    cells = [part for cell in written for part in (count_and_percent(cell) or (cell,)) if not is_blank(part)]
    notes = []
    if pairs:
        which = "percent" if declared == "percent" else "count" if is_percent(pairs[0]) else "first figure"
        notes.append(f'Of cells such as "{clean_line(pairs[0])}" the {which} was read.')
    if grouped := next(filter(has_blank_groups, cells), ""):
        notes.append(
            f'In figures such as "{clean_line(grouped)}" the blank or apostrophe was read as parting thousands.'
        )
    if decimal:
        return Notation(decimal), [
            *notes,
            f"The {MARK_NAMES[decimal]} was read as the decimal mark, as --decimal says.",
        ]
    notation = notation_of(cells)
    if notation.doubtful:
        notation = _decided(table, form, declared, notation, cells)
    if notation.told and any(mark in cell for cell in cells for mark in (COMMA, POINT)):
        other = COMMA if notation.decimal == POINT else POINT
        notes.append(f"In figures the {MARK_NAMES[notation.decimal]} was read as the decimal mark.")
        if any(other in cell for cell in cells):
            notes.append(f"In figures the {MARK_NAMES[other]} was read as parting thousands.")
    return notation, notes


def _decided(table: ReadTable, form: Form, declared: str, notation: Notation, cells: list[str]) -> Notation:
    """What figures such as 1.234 are, told by what they count and by how the file is written.

    Shares and percents are no thousands. Programs that part cells by commas write decimals with a point and may part
    thousands by a comma; but thousands are likely, too, where some figures are whole numbers below 1,000 and others
    have three digits behind a point.
    """
    shares = declared in SUMS or (not declared and _sums_to_whole(table, form, notation))
    marks = {mark for mark in MARK_NAMES for cell in notation.doubtful if mark in cell}
    if shares and len(marks) == 1:
        return notation
    if table.separator == COMMA and len(marks) == 1:
        if marks == {COMMA}:
            return Notation(POINT, told=True)
        if all(not cell.isdecimal() or cell == "0" for cell in cells):
            return notation
    example = notation.doubtful[0]
    raise ImportRefusedError(
        f"{example} is ambiguous: it could be {example.replace(',', '').replace('.', '')}, with a thousands separator, "
        f"or {example.replace(',', '.')}, with a decimal mark; write the figures without a thousands separator, "
        "or say --decimal comma or --decimal point"
    )


def _sums_to_whole(table: ReadTable, form: Form, notation: Notation) -> bool:
    """Whether the figures of a wide table sum to 1 or 100 for each question and group."""
    questions = {row.cells[form.columns["question"]] for row in table.rows}
    wholes = len(table.rows) if form.kind == BY_OPTION else len(questions) * len(form.rest)
    figures = [notation.number(row.cells[column]) or 0.0 for row in table.rows for column in form.rest]
    return any(abs(sum(figures) / (whole * wholes) - 1) < 0.02 for whole in SUMS.values()) if wholes else False
