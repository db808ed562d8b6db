"""Rows and columns of tables of figures that are of another kind than the options beside them, and no answers."""

from collections.abc import Callable, Mapping, Sequence

from opinionscope.importers.benchmark_humans import short_key
from opinionscope.importers.figures import (
    any_number,
    count_and_percent,
    has_decimals,
    is_blank,
    is_percent,
    is_suppressed,
)
from opinionscope.importers.reading import ReadRow, ReadTable
from opinionscope.importers.tables_forms import BY_OPTION, LONG, Form
from opinionscope.importers.tables_sums import MOST_BESIDE, is_difference
from opinionscope.survey.text import clean_line, fold
from opinionscope.values import replace

LEAST_OPTIONS = 2
LEAST_GROUPS = 2
"""In one group, one figure may be written in another way by chance, or be damaged."""
WHOLE = 0.03
"""So far from the whole are percents of which each was rounded."""
_TALLIES = frozenset({"answered", "skipped"})
"""How SurveyMonkey counts people below the options, together."""

Cells = Mapping[str, Mapping[str, str]]
"""Label → group → figure as it is written."""


def without_asides(table: ReadTable, form: Form) -> tuple[ReadTable, list[tuple[str, str]]]:
    """The table without differences, tallies, and figures that are written in another way than those of options.

    Those are percents beside counts, and decimals beside whole numbers, unless figures make a whole with them.

    Returns:
        The table, and where each of those was, with the reason.
    """
    told: list[tuple[str, str]] = []
    left_out: set[tuple[str, str]] = set()
    places = {row.cells[form.columns["question"]]: row.place for row in reversed(table.rows)}
    for question, cells in _by_question(table, form).items():
        aside = {label: "a difference" for label, own in cells.items() if is_difference(label) and _is_below_0(own)}
        if {*map(fold, cells)} >= _TALLIES:
            aside |= {label: "a number of people" for label in cells if fold(label) in _TALLIES}
        rest = {label: own for label, own in cells.items() if label not in aside}
        aside |= dict.fromkeys(_odd(rest, _has_sign), "a percent beside others")
        aside |= dict.fromkeys(_odd(rest, has_decimals), "a decimal beside whole numbers")
        if len(cells) - len(aside) >= LEAST_OPTIONS:
            left_out |= {(question, label) for label in aside}
            where = f"{places[question]}, {short_key(question)}"
            told += [(where, f'"{clean_line(label)}" is {why}, no answer') for label, why in aside.items()]
    return (replace(table, rows=_without(table, form, left_out)) if left_out else table), told


def _by_question(table: ReadTable, form: Form) -> dict[str, dict[str, dict[str, str]]]:
    """The figures of each question, but for sums and empty cells."""
    found: dict[str, dict[str, dict[str, str]]] = {}
    for row in table.rows:
        cells = found.setdefault(row.cells[form.columns["question"]], {})
        for column in (form.figures,) if form.kind == LONG else form.rest:
            label = column if form.kind == BY_OPTION else form.option(row)
            group = column if form.kind not in (LONG, BY_OPTION) else _group(row, form)
            if not form.is_total(clean_line(label)) and not is_blank(row.cells[column]):
                cells.setdefault(label, {})[group] = row.cells[column].strip()
    return found


def _group(row: ReadRow, form: Form) -> str:
    names = [form.columns["group"]] if "group" in form.columns else []
    return " ".join(row.under((*names, *(form.rest if form.kind == LONG else ()))))


def _without(table: ReadTable, form: Form, left_out: set[tuple[str, str]]) -> list[ReadRow]:
    asked = form.columns["question"]
    if form.kind != BY_OPTION:
        return [row for row in table.rows if (row.cells[asked], form.option(row)) not in left_out]
    return [
        ReadRow(row.place, row.cells | {each: "" for each in form.rest if (row.cells[asked], each) in left_out})
        for row in table.rows
    ]


def _odd(cells: Cells, test: Callable[[str], bool]) -> Sequence[str]:
    """A few labels at one end of which all figures pass a test, where no other does, in two groups or more."""
    labels = [*cells]
    odd = [label for label, own in cells.items() if all(map(test, own.values()))]
    rest = [label for label in labels if label not in odd]
    groups = {group for label in rest for group in cells[label]}
    if not 0 < len(odd) <= MOST_BESIDE or len(rest) < LEAST_OPTIONS or len(groups) < LEAST_GROUPS:
        return ()
    at_end = odd in (labels[: len(odd)], labels[-len(odd) :])
    if not at_end or any(test(cell) for label in rest for cell in cells[label].values()):
        return ()
    return () if any(_make_whole(cells, rest, group) for group in groups) else odd


def _make_whole(cells: Cells, rest: Sequence[str], group: str) -> bool:
    """Whether all figures of a group are nearer to 1 or 100 together than without the odd ones."""
    every, without = (
        sum(any_number(cells[label].get(group, "")) or 0.0 for label in labels) for labels in (cells, rest)
    )
    return any(abs(every - whole) <= WHOLE * whole and abs(every - whole) < abs(without - whole) for whole in (1, 100))


def _has_sign(cell: str) -> bool:
    return is_percent(cell) and not count_and_percent(cell) and not is_suppressed(cell)


def _is_below_0(own: Mapping[str, str]) -> bool:
    return any((any_number(cell) or 0) < 0 for cell in own.values())
