"""The columns of the list of runs: which there is room for, how wide each is, and what stands in a cell."""

from collections.abc import Callable, Sequence
from datetime import datetime

from msgspec import Struct
from rich.cells import cell_len

from opinionscope.charts.lines import fit, shorten
from opinionscope.history import RunRow
from opinionscope.report.listing import MUTED_MARK
from opinionscope.report.names import without_folders
from opinionscope.report.words import Unit, divergence
from opinionscope.respondents.recorded import RECORDED_PREFIX
from opinionscope.tui.phrases import local_time, short_time
from opinionscope.tui.styles import MUTED
from opinionscope.values import replace

SEPARATOR = " · "
ROOMY, SPACIOUS = 100, 150
"""From these widths on, in cells, the setup of a run has columns of its own, and tags have one."""
SHORT_FORMAT, SHORT_STEERING, SHORT_MODEL = 5, 5, 8
WHEN, LONG_WHEN = 12, 15
NARROWEST = 4

Text = tuple[str, str]
"""Some text and its style."""


class RunColumn(Struct, frozen=True):
    """One column.

    Attributes:
        key: the name to sort by.
        width: in cells; of a column that stretches, its least.
        stretch: its part of the cells that are left over; 0 for a fixed width.
        cell: the text of a run and its style; given the row, the width, and the time now.
        shared: what neighbouring runs have in common if the list is grouped by this column; None if it never is.
    """

    key: str
    title: str
    width: int
    stretch: int
    cell: Callable[[RunRow, int, datetime], Text]
    shared: Callable[[RunRow], str] | None = None
    is_number: bool = False


def columns_for(width: int, unit: Unit) -> list[RunColumn]:
    """The columns that fit into a width, as wide as they will be drawn, in the order from left to right.

    Where even the least widths do not fit, those that stretch give way in proportion.
    """
    packed = [RunColumn("model", "How", 20, 5, lambda row, room, _: (how(row, room), ""), lambda row: row.model)]
    apart = [
        RunColumn("steering", "Steering", 9, 0, lambda row, room, _: (shorten(row.steering, room), "")),
        RunColumn("format", "Format", 12, 0, lambda row, room, _: (shorten(_format(row), room), "")),
        RunColumn("model", "Model", 14, 3, _model, lambda row: row.model),
    ]
    chosen = [
        RunColumn("created", "When", WHEN if width < ROOMY else LONG_WHEN, 0, _when),
        RunColumn("question", "Question", 12, 7, _question, lambda row: row.question_title + row.question.id),
        RunColumn("group", "Group", 10, 1, lambda row, room, _: (shorten(row.group, room), "$chart-human")),
        *(packed if width < ROOMY else apart),
        RunColumn(
            "kl", "KL" if width < ROOMY else f"KL {unit}", 6 if width < ROOMY else 9, 0, _kl(unit), is_number=True
        ),
        RunColumn("tv", "TV", 6, 0, lambda row, _, __: _number(row.tv, row), is_number=True),
        *([RunColumn("", "Tags", 10, 2, _tags)] if width >= SPACIOUS else []),
    ]
    left = width - sum(column.width + 1 for column in chosen) + 1
    parts = sum(column.stretch for column in chosen)
    widths = [column.width + max(0, left) * column.stretch // parts for column in chosen]
    if left < 0:
        free = sum(column.width for column in chosen if column.stretch)
        lost = [-(left * column.width // free) if column.stretch else 0 for column in chosen]
        widths = [max(NARROWEST, wide - less) for wide, less in zip(widths, lost, strict=True)]
    return [replace(column, width=wide) for column, wide in zip(chosen, widths, strict=True)]


def cell_texts(columns: Sequence[RunColumn], row: RunRow, now: datetime) -> list[Text]:
    """The cells of a run, each exactly as wide as its column."""
    texts = [(column, column.cell(row, column.width, now)) for column in columns]
    return [
        (text.rjust(column.width) if column.is_number else fit(text, column.width), style)
        for column, (text, style) in texts
    ]


def how(row: RunRow, width: int) -> str:
    """Steering, format and model in one cell; blanks give way first, then the format, the steering, the model."""
    parts = [row.steering, _format(row), without_folders(row.model).removeprefix(RECORDED_PREFIX)]
    whole = SEPARATOR.join(parts)
    if cell_len(whole) <= width:
        return whole
    separator = SEPARATOR.strip()
    for at, shortest in ((1, SHORT_FORMAT), (0, SHORT_STEERING), (2, SHORT_MODEL)):
        excess = cell_len(separator.join(parts)) - width
        if excess > 0:
            parts[at] = shorten(parts[at], max(shortest, cell_len(parts[at]) - excess))
    return shorten(separator.join(parts), width)


def _format(row: RunRow) -> str:
    return f"{row.format} {row.answered:,}/{row.planned:,}" if row.is_partial else row.format


def _when(row: RunRow, width: int, now: datetime) -> Text:
    text = local_time(row.created, now)
    return text if cell_len(text) <= width else short_time(row.created, now), MUTED


def _question(row: RunRow, width: int, _: datetime) -> Text:
    return shorten(f"★ {row.question_title}" if row.pinned else row.question_title, width), ""


def _model(row: RunRow, width: int, _: datetime) -> Text:
    return shorten(without_folders(row.model), width), "$chart-model"


def _tags(row: RunRow, width: int, _: datetime) -> Text:
    note = (f"✎ {' '.join(row.note.split())}",) if row.note else ()
    return shorten(" ".join((*(f"#{tag}" for tag in row.tags), *note)), width), MUTED


def _kl(unit: Unit) -> Callable[[RunRow, int, datetime], Text]:
    return lambda row, _, __: _number(row.kl, row, unit)


def _number(value: float | None, row: RunRow, unit: Unit | None = None) -> Text:
    """A measure; an unreliable one is dim, with a mark behind it."""
    if value is None:
        return "– ", MUTED
    text = f"{value:.3f}" if unit is None else divergence(value, unit)
    return (f"{text}{MUTED_MARK}", MUTED) if row.measures_muted else (f"{text} ", "")
