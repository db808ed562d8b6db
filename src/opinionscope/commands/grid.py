"""`opinionscope grid`: one question asked in many ways."""

import asyncio
from pathlib import Path
from typing import Any

import click

from opinionscope.commands.figures_out import CHART, put_figure
from opinionscope.commands.output import Page
from opinionscope.commands.printing import tell
from opinionscope.commands.tables_out import put_out
from opinionscope.report.figure import grid_figure
from opinionscope.report.grid import AXES, COLUMNS, Grid, grid_rows, make_grid, selection_of, with_scaled
from opinionscope.report.grid_drawing import GridDrawing
from opinionscope.runs.prober import Choices
from opinionscope.survey import Question
from opinionscope.workspace import Workspace

WIDEST = 200
FOR_PAPER = ("steering", "format", "model", "group", "n", "tv", "kl", "mark", "reason")
"""The columns of Markdown and LaTeX."""


def show_grid(workspace: Workspace, by: str, kind: str, out: Path | None, **options: Any) -> None:
    """Print a grid as small multiples, or write it as a chart, or its cells as a table.

    Raises:
        click.UsageError: if a group is needed and not given.
        NotFoundError: if the question or the group is not there.
        OutputFormatError: if the file cannot be written, or is there already.
    """
    choices = _choices(workspace, by, **options)
    axis = next(each for each in AXES if each == by)
    grid = make_grid(workspace.collection(), choices, axis, workspace.server_for)
    if choices.is_recorded:
        grid = asyncio.run(with_scaled(grid, workspace.prober(save=False)))
    unit = workspace.settings.unit
    if out is not None and kind == CHART:
        put_figure(grid_figure(grid, unit), out, workspace)
    elif kind:
        put_out(FOR_PAPER if kind in ("markdown", "latex") else COLUMNS, grid_rows(grid), kind, out)
    else:
        page = Page(WIDEST)
        page.print((grid.question.text, "bold"))
        page.draw(GridDrawing(grid, page.width, unit=unit).lines)
    _tell_missing(grid)


def _choices(
    workspace: Workspace, by: str, question: str, group: str | None, model: str | None, steering: str, format_: str
) -> Choices:
    library, settings = workspace.library, workspace.settings
    found = library.question(question)
    if group is None and by != "group":
        raise click.UsageError(f"--group is missing; `opinionscope groups -q {question}` lists what there is.")
    people = library.groups(found)[0] if group is None else library.group(found, group)
    model = model or workspace.default_model()
    return Choices(
        question=found.key,
        group=library.key_of(found, people),
        steering=steering,
        format=format_,
        model=model,
        api_base=workspace.server_for(model) or _newest_server(workspace, found, model),
        epsilon=settings.epsilon,
        drop_nonresponse=settings.drop_nonresponse,
    )


def _newest_server(workspace: Workspace, question: Question, model: str) -> str | None:
    """Where the model was last asked the question; None for its provider's own server."""
    asked = workspace.collection().items(selection_of(dataset=question.dataset, question=question.id, model=model))
    return next((item.server for item in asked if item.model == model), "") or None


def _tell_missing(grid: Grid) -> None:
    missing = len(grid.missing)
    if missing:
        tell(
            f"{missing:,} cells have no answer yet; `opinionscope run` asks for one, G in the terminal program for all."
        )
