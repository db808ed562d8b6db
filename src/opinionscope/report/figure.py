"""A run, a comparison, a table or a grid as a picture on a page of its own, with what it says in words."""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from opinionscope.charts.chart import draw
from opinionscope.charts.differences import draw_differences
from opinionscope.charts.lines import Line, Piece, flow, paragraphs, plain
from opinionscope.comparison.comparing import Comparison
from opinionscope.comparison.sets import SetComparison
from opinionscope.report.caveats import caveats
from opinionscope.report.chart import chart_data
from opinionscope.report.comparing import comparison_lines, differs_sentence, verdict_sentence
from opinionscope.report.people import people_sentences
from opinionscope.report.spread import spread_sentences
from opinionscope.report.text_check import text_check_sentences
from opinionscope.report.words import (
    KL_NAME,
    Unit,
    cost,
    divergence,
    knowing_sentence,
    muted_sentence,
    noise_sentence,
    other_measures,
    provenance,
    recipe_words,
    sample_size,
)
from opinionscope.runs import Run
from opinionscope.theming import Palette

if TYPE_CHECKING:
    from opinionscope.report.grid import Grid
    from opinionscope.tables import Report

COLUMNS = 100
"""Width of a figure in a file, in cells."""
TABLE_COLUMNS = 120
"""Width of a table, with room for intervals on an axis."""
PLOT_LINES = 16
"""Height of a plot over time."""
ENDINGS = (".svg", ".txt")


class Figure(Struct, frozen=True):
    """A drawing with a title, to be put into a file.

    Attributes:
        title: in one line, for screen readers.
        name: for a file, without an ending.
    """

    title: str
    name: str
    lines: Sequence[Line]

    def content(self, ending: str, colors: Palette) -> str:
        """What a file with one of `ENDINGS` holds."""
        if ending == ".txt":
            return plain(self.lines) + "\n"
        from opinionscope.report.svg import svg

        return svg(self.lines, self.title, colors) + "\n"


def run_figure(run: Run, unit: Unit, *, differences: bool = False) -> Figure:
    """The figure of a run; with `differences` it shows how far the model is off, where both sides are known."""
    title = f"{run.cell.question.title}: {run.cell.group.name}, {provenance(run)}"
    name = file_name("run", run.cell.question.id, run.cell.group.name, run.model, run.id[-6:])
    return Figure(title, name, run_lines(run, unit, COLUMNS, differences=differences))


def comparison_figure(comparison: Comparison) -> Figure:
    """The figure of a comparison."""
    first = comparison.runs[0].cell
    title = f"{first.question.title}: {first.group.name}. {differs_sentence(comparison.differs)}"
    name = file_name("compare", first.question.id, first.group.name, *(run.id[-6:] for run in comparison.runs))
    return Figure(title, name, compared_lines(comparison, COLUMNS))


def sets_figure(comparison: SetComparison) -> Figure:
    """The figure of a comparison of sets."""
    from opinionscope.report.comparing_sets import HOW, sets_lines, sets_title

    lines = [*sets_lines(comparison, TABLE_COLUMNS), [], *paragraphs(TABLE_COLUMNS, (HOW, "muted"))]
    return Figure(sets_title(comparison), file_name("compare", comparison.by, *comparison.sizes), lines)


def table_figure(name: str, report: "Report", order: Sequence[int]) -> Figure:
    """The figure of a table: its sentence, the rows in an order with their intervals drawn, and its notes."""
    from opinionscope.report.table_lines import draw_table

    drawn = draw_table(report, order, TABLE_COLUMNS)
    lines = [
        *paragraphs(TABLE_COLUMNS, (report.sentence, "value")),
        [],
        drawn.header,
        *drawn.rows,
        [],
        *_over_time(name, report),
        *paragraphs(TABLE_COLUMNS, *((note, "muted") for note in (*drawn.told, *report.notes))),
    ]
    return Figure(f"{name}: {report.sentence}", file_name("table", name), lines)


def _over_time(name: str, report: "Report") -> Iterator[Line]:
    """The plots of a table whose rows are days, one a model, format and steering method."""
    from opinionscope.report.plots import plot_of_row, series_of
    from opinionscope.tables import TABLES

    if not TABLES[name].is_over_time:
        return
    seen: set[int] = set()
    for at in range(len(report.rows)):
        first = id(series_of(report, at)[0])
        caption, drawn = plot_of_row(name, report, at, TABLE_COLUMNS, PLOT_LINES) if first not in seen else ("", [])
        seen.add(first)
        if drawn:
            yield from paragraphs(TABLE_COLUMNS, (caption, "muted"))
            yield from ([Piece(line, "label")] for line in drawn)
            yield []


def grid_figure(grid: "Grid", unit: Unit) -> Figure:
    """The figure of a grid of answers."""
    from opinionscope.report.grid_drawing import GridDrawing

    question, group = grid.question, grid.chosen.group
    title = f"{question.title}: {group}, by {grid.by}"
    lines = [*paragraphs(COLUMNS, (question.text, "value")), *GridDrawing(grid, COLUMNS, unit=unit).lines]
    return Figure(title, file_name("grid", question.id, group, grid.by), lines)


def file_name(*parts: str) -> str:
    """Words as the name of a file, without an ending."""
    words = (re.sub(r"[^\w.-]+", "-", part.rpartition("/")[2]).strip("-.") for part in parts)
    return "-".join(filter(None, words))[:150]


def run_lines(run: Run, unit: Unit, width: int, *, differences: bool = False) -> list[Line]:
    """A run: the question, the chart, the measures, and what must be known to read them."""
    data = chart_data(run)
    question, cell = run.cell.question, run.cell
    recipe = recipe_words(cell.recipe, cell.steering, cell.format)
    source = " · ".join(dict.fromkeys((question.wording, question.dataset, question.id)))
    asked: Line = [
        Piece(f"{cell.group.name}, {sample_size(run.human)}", "human"),
        Piece(f"   {' · '.join(filter(None, (cell.steering, cell.format, recipe)))}", "label"),
        Piece(f"   {run.reply.kind.upper()}" if run.reply else "  ", "value"),
        Piece(f" {provenance(run)}", "model"),
    ]
    return [
        *paragraphs(width, (question.text, "value"), (question.context, "muted"), (source, "muted")),
        *flow(asked, width),
        [],
        *(draw_differences if differences and data.has_differences else draw)(data, width),
        [],
        *_measures(run, unit, width),
        *paragraphs(width, *((each, "value") for each in people_sentences(run))),
        *paragraphs(width, *((each, "label") for each in (*text_check_sentences(run), *spread_sentences(run, unit)))),
        *paragraphs(width, (" · ".join(filter(None, (*caveats(run), cost(run)))), "muted")),
    ]


def _measures(run: Run, unit: Unit, width: int) -> list[Line]:
    if run.alignment is None:
        return []
    muted = muted_sentence(run)
    others = "".join(f"   {m.label} {m.value} {m.unit}".rstrip() for m in other_measures(run.alignment, unit))
    kl = f"{KL_NAME} {divergence(run.alignment['kl'] or 0.0, unit)} {unit}"
    noise, knowing = noise_sentence(run.alignment, unit), "" if muted else knowing_sentence(run.alignment)
    return [
        *flow([Piece(kl, "muted" if muted else "value"), Piece(others, "label")], width),
        *paragraphs(width, (muted, "warning"), (noise, "label"), (knowing, "label")),
    ]


def compared_lines(comparison: Comparison, width: int) -> list[Line]:
    """Runs beside each other: what differs, the verdicts, the question, and aligned bars."""
    cell = comparison.runs[0].cell
    source = f"{cell.group.name} · {cell.question.dataset} · {cell.question.id}"
    return [
        *paragraphs(width, (differs_sentence(comparison.differs), "value")),
        *paragraphs(width, *((verdict_sentence(each, comparison), "label") for each in comparison.verdicts)),
        [],
        *paragraphs(width, (cell.question.text, "value"), (source, "muted")),
        *comparison_lines(comparison, width),
    ]
