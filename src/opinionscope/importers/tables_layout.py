"""Tables of figures brought to one layout: a question in each row, a column for each group or option, bare figures."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

from opinionscope.importers.crosstabs import crosstab
from opinionscope.importers.figures import any_number, is_percent, plainly
from opinionscope.importers.reading import RawTable, ReadRow, ReadTable
from opinionscope.importers.records import Record
from opinionscope.importers.tables_forms import LONG, Form, role_of
from opinionscope.importers.tables_names import named_size
from opinionscope.importers.tables_sides import is_answer, is_everybody, is_group
from opinionscope.importers.tables_sums import is_total
from opinionscope.regexes import regex
from opinionscope.survey.text import clean_line, fold
from opinionscope.values import replace

LEAST_PAIRS = 2
"""So many groups or options with a column of counts and one of percents are no chance."""
MOST_SHOWN = 3
WHOLE = 0.02
"""So far from the whole are percents of which each was rounded."""
MIDWAY = 0.2
"""So far from the middle between its bounds, as a share of what is between them, a figure may be."""
_SIZE = regex(
    r"\(?(?:n|base|sample)\s?[=: ]\s?(\d[\d., ]*)\)?|\(?(\d[\d., ]*) (?:adults|interviews|people|respondents)\)?",
    re.IGNORECASE,
)
_OF_COLUMN = regex(r"col(?:umn)?\.? (?:n )?", re.IGNORECASE)
_WORDS = regex(r"[^\W_]+")
_COUNTED = frozenset({"n", "count", "counts", "freq", "frequency"})
_KINDS = "|".join(sorted(_COUNTED)) + "|pct|percent|percentage|share|proportion"
_OF_KIND = regex(
    rf"\W*(?:%|(?P<first>{_KINDS})(?=[\W_]))[\W_]*(?P<stem>.*[^\W_])\W*"
    rf"|\W*(?P<name>[^\W_].*?)[\W_]*(?:%|[\W_](?P<last>{_KINDS}))[\W_]*",
    re.IGNORECASE,
)
"""A name with what its figures are before or behind it: "% Women", "Women_n", "Women (%)"."""
_LOW = frozenset({"low", "lower", "lwr", "lcl", "lci", "lb"})
_HIGH = frozenset({"high", "upper", "upr", "upp", "ucl", "uci", "ub"})
_SPREAD = frozenset({"moe", "ci", "se", "std", "stderr", "stderror", "margin", "error"})
_SURE = _LOW | _HIGH | _SPREAD
_BOUND = _SURE | {"bound", "limit", "of", "confidence", "interval", "95"}
"""Words in names of columns that say how sure the figures of another column are."""
_MARKED_FIGURE = regex(
    r"(?P<figure>[<≤]?\s*\d[\d., \u00a0\u202f'’]*%?(?:\s*[(\[][^()\[\]]*\d[^()\[\]]*[)\]])?)"
    r"(?:\s?[*†‡§#]+|[¹²³⁰⁴-⁹]+|\s?[A-J](?:,?\s?[A-J])*|\s?[a-jlnp-wyz]|\s?[(\[][a-z][)\]])"
)
"""A figure with the mark of a footnote, or letters of the columns that it differs from."""
_MARKED_LABEL = regex(r"(?![A-H\d]\*)(?P<label>.*[^\W_].*?)(?:\s?(?:(?<!\*)\*{1,2}|[†‡§]+)|(?<![mO])[¹²³⁴-⁹]+)")
"""A label with the mark of a footnote; in "A*" and "5*" a star belongs to a grade."""


def laid_out(grid: RawTable) -> ReadTable:
    """The table of a grid, with its questions in a column and with one column for each group or option.

    Raises:
        ImportRefusedError: if the header names nothing, or a column twice.
    """
    grid = _without_corner(_with_labels(grid))
    return _without_bounds(_joined(crosstab(grid) or grid.table()))


def _with_labels(grid: RawTable) -> RawTable:
    """A grid in which rows that only say what figures are, or of how many people, are written alike."""
    records = [Record(each.line, _labelled(each.cells), each.reason) for each in grid.records]
    rows = [(place, _labelled(cells)) for place, cells in grid.rows]
    return RawTable(grid.header, rows, grid.damaged, grid.separator, grid.notes, records, grid.word)


def _labelled(cells: Sequence[str]) -> Sequence[str]:
    """A row without a label as one of percent signs, or of bare numbers that are labelled n; any other as it is."""
    filled = [*filter(None, map(clean_line, cells))]
    if len(filled) < LEAST_PAIRS or clean_line(cells[0]):
        return cells
    if all(_SIZE.fullmatch(cell) for cell in filled):
        return ["n", *(_SIZE.sub(r"\1\2", clean_line(cell)) for cell in cells[1:])]
    if all(role_of(_OF_COLUMN.sub("", cell.strip("()"))) == "percent" for cell in filled):
        return ["%" if cell.strip() else "" for cell in cells]
    return cells


def _without_corner(grid: RawTable) -> RawTable:
    """A crosstab with its question in the corner as one with the question above its header."""
    corner, groups = "".join(grid.header[:1]), [*filter(None, grid.header[1:])]
    if not corner.endswith("?") or not groups or any(map(role_of, grid.header)):
        return grid
    rows = [row[: len(grid.header)] for _, row in grid.rows]
    has_nameless = any(cell.strip() and not name for row in rows for name, cell in zip(grid.header, row, strict=False))
    if has_nameless or not _are_figures(rows, groups):
        return grid
    at = next(at for at, each in enumerate(grid.records) if [*map(clean_line, each.cells)] == grid.header)
    line, head = grid.records[at].line, ["", *grid.header[1:]]
    records = [Record(line, [corner]), Record(line, head), *grid.records[at + 1 :]]
    return RawTable(head, grid.rows, grid.damaged, grid.separator, grid.notes, records, grid.word)


def _are_figures(rows: Sequence[Sequence[str]], names: Sequence[str]) -> bool:
    """Whether rows are figures of options, and no people: percents, or numbers where words tell options and groups."""
    cells = [cell.strip() for row in rows for cell in row[1:] if cell.strip()]
    labels = [label for row in rows if row and (label := clean_line(row[0])) and not is_total(label)]
    if any(any_number(label) is not None for label in labels):
        return False
    if 2 * sum(map(is_percent, cells)) > len(cells):
        return True
    bare = [named_size(name)[0] for name in names]
    told = any(is_group(name) or is_everybody(name) or is_answer(name) for name in bare) or any(map(is_answer, labels))
    numbers = [cell for cell in cells if _number(cell) is not None]
    return told and len({*labels}) == len(labels) > 1 and 2 * len(numbers) > len(cells)


def _joined(table: ReadTable) -> ReadTable:
    """The table with columns such as "Women n" and "Women %" made one, which holds "30 (60%)"."""
    counts: dict[str, str] = {}
    percents: dict[str, str] = {}
    names = [name for name in table.columns if not role_of(name)]
    for name in names:
        if found := _OF_KIND.fullmatch(name):
            kind = (found["first"] or found["last"] or "%").casefold()
            (counts if kind in _COUNTED else percents)[found["stem"] or found["name"]] = name
    if len(counts) < LEAST_PAIRS or counts.keys() != percents.keys() or len(counts) + len(percents) < len(names):
        return table
    rows = []
    are_shares = all((any_number(row.cells[name]) or 0) <= 1 for row in table.rows for name in percents.values())
    for row in table.rows:
        cells = {name: row.cells[name] for name in table.columns if name not in names}
        for stem in counts:
            n, share = row.cells[counts[stem]].strip(), row.cells[percents[stem]].strip()
            percent = plainly(round(100 * (any_number(share) or 0), 6)) if are_shares else share.rstrip("%")
            cells[stem] = f"{n} ({percent}%)" if n and share else n
        rows.append(ReadRow(row.place, cells))
    first = next(iter(counts))
    told = f'The columns "{counts[first]}" and "{percents[first]}" and others like them were read together.'
    columns = (*(name for name in table.columns if name not in names), *counts)
    return replace(table, columns=columns, rows=rows, notes=[*table.notes, told])


def _without_bounds(table: ReadTable) -> ReadTable:
    """The table without columns such as "Women lower" and "Women CI" beside "Women".

    In a column of a bound no figure may be on the other side of the figure it belongs to, as figures of people with low
    incomes are; and the figures make a whole without it, for counts of groups may all be on one side, and options that
    are called so are a part of the whole.
    """
    words = {name: _words(name) for name in table.columns}
    plain = {" ".join(found): name for name, found in words.items() if _BOUND.isdisjoint(found)}
    figures = [name for name in plain.values() if not role_of(name)]
    if len(figures) == 1:
        plain[""] = figures[0]
    left_out = []
    for name, found in words.items():
        of = plain.get(" ".join(word for word in found if word not in _BOUND), "")
        if of and not _BOUND.isdisjoint(found) and _may_bound(table, of, name, figures):
            left_out.append(name)
    if not left_out:
        return table
    columns = tuple(name for name in table.columns if name not in left_out)
    rows = [ReadRow(row.place, {each: row.cells[each] for each in columns}) for row in table.rows]
    told = f"Columns of bounds or errors of other figures were left out: {', '.join(left_out)}."
    return replace(table, columns=columns, rows=rows, notes=[*table.notes, told])


def says_how_sure(name: str) -> bool:
    """Whether a name is one of a column that says how sure figures are, as lower, CI and SE are."""
    return not _SURE.isdisjoint(_words(name))


def _words(name: str) -> list[str]:
    return [fold(word) for word in _WORDS.findall(name)]


def _may_bound(table: ReadTable, of: str, bound: str, figures: Sequence[str]) -> bool:
    """Whether figures are bounds of others, or how far from them bounds are."""
    is_high = not _HIGH.isdisjoint(_words(bound))
    pairs = [(_number(row.cells[of]), _number(row.cells[bound])) for row in table.rows]
    known = [(figure, other) for figure, other in pairs if figure is not None and other is not None]
    if not known:
        return True
    bounds = all(figure <= other if is_high else other <= figure for figure, other in known)
    differ = any(figure != other for figure, other in known)
    return bounds and differ and (bool(role_of(of)) or _make_wholes(table, of, figures) or _is_midway(table, of))


def _is_midway(table: ReadTable, of: str) -> bool:
    """Whether a column is always about midway between two that are called its bounds, by its own name."""
    ends = [
        name
        for name in table.columns
        if [word for word in _words(name) if word not in _BOUND] == _words(of) and _words(name) != _words(of)
    ]
    if len(ends) != len(("low", "high")):
        return False
    cells = [[_number(row.cells[name]) for name in (of, *ends)] for row in table.rows]
    known = [[number for number in numbers if number is not None] for numbers in cells if None not in numbers]
    return all(abs(one + other - 2 * figure) <= MIDWAY * abs(one - other) for figure, one, other in known)


def _make_wholes(table: ReadTable, of: str, figures: Sequence[str]) -> bool:
    """Whether the figures of a group make 1 or 100 for each question, or those of all options do in each row."""
    roles = {role_of(name): name for name in table.columns}
    rows = [row for row in table.rows if "option" not in roles or not is_total(row.cells[roles["option"]])]
    columns = [of] if "option" in roles else [name for name in figures if not is_total(name)]
    found = [number for row in rows for each in columns if (number := _number(row.cells[each])) is not None]
    asked = {row.cells[roles["question"]] for row in rows} - {""} if "question" in roles else {""}
    wholes = len(asked) if "option" in roles else len(rows)
    return any(abs(sum(found) - whole * wholes) <= WHOLE * whole * wholes for whole in (1, 100))


def _number(cell: str) -> float | None:
    """The number in a cell, without the mark of a footnote."""
    marked = _MARKED_FIGURE.fullmatch(cell.strip())
    return any_number(marked["figure"] if marked else cell)


def without_marks(table: ReadTable, form: Form) -> tuple[ReadTable, Form]:
    """The table and its form without marks of footnotes behind figures and labels of groups and options."""
    long = form.kind == LONG
    labels = [form.columns[role] for role in ("option", "group") if role in form.columns]
    names = _bare_labels(() if long else form.rest)
    cells = {column: _bare_labels({row.cells[column] for row in table.rows}) for column in labels}
    figures = {form.figures, form.size} if long else {*form.rest, form.size}
    found: dict[str, None] = {}
    rows = []
    for row in table.rows:
        bare = {}
        for column, cell in row.cells.items():
            marked = _MARKED_FIGURE.fullmatch(cell.strip()) if column in figures else None
            text = marked["figure"] if marked else cells.get(column, {}).get(cell, cell)
            if text != cell:
                found[clean_line(cell)] = None
            bare[names.get(column, column)] = text
        rows.append(ReadRow(row.place, bare))
    shown = [*(column for column in names), *found][:MOST_SHOWN]
    if not shown:
        return table, form
    told = f"Marks of footnotes were left out, as of {', '.join(shown)}."
    columns = tuple(names.get(each, each) for each in table.columns)
    rest = tuple(names.get(each, each) for each in form.rest)
    return replace(table, columns=columns, rows=rows, notes=[*table.notes, told]), replace(form, rest=rest)


def _bare_labels(labels: Iterable[str]) -> dict[str, str]:
    """Labels with a mark of a footnote → without it, where no other label is called so, and not all have one mark."""
    every = {clean_line(label) for label in labels}
    marked = {label: found["label"] for label in labels if (found := _MARKED_LABEL.fullmatch(clean_line(label)))}
    often = Counter(marked.values())
    marks = {clean_line(label).removeprefix(bare) for label, bare in marked.items()}
    if len(marked) == len(every) > len(marks):
        return {}
    return {label: bare for label, bare in marked.items() if bare not in every and often[bare] == 1}


def fill_down(table: ReadTable, form: Form) -> list[str]:
    """Give a question to the rows below it that name none, as merged cells leave them; returns a note.

    That is done only where no question stands twice: else an empty cell is damage.
    """
    column = form.columns["question"]
    named = [row.cells[column] for row in table.rows if row.cells[column].strip()]
    if len(named) == len(table.rows) or len(set(named)) < len(named) or not named:
        return []
    first = next(row for row in table.rows if row.cells[column].strip() or not form.is_total(form.option(row)))
    if not first.cells[column].strip():
        return []
    roles = [form.columns[role] for role in ("question", "id", "title", "topic") if role in form.columns]
    groups = [form.columns["group"]] if "group" in form.columns and not form.rest else []
    for above, row in pairwise(table.rows):
        if not row.cells[column].strip() and any(cell.strip() for cell in row.cells.values()):
            for each in (*roles, *groups):
                row.cells[each] = row.cells[each] if row.cells[each].strip() else above.cells[each]
    return ["An empty cell was read as the question above it, for each question is named once only."]
