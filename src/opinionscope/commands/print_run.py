"""A run on stdout."""

from opinionscope.commands.output import Page
from opinionscope.report.figure import run_lines
from opinionscope.report.words import Unit
from opinionscope.runs import Run

WIDEST = 120


def print_run(run: Run, unit: Unit) -> None:
    """A run as the chart, the measures, and what must be known to read them."""
    page = Page(WIDEST)
    page.draw(run_lines(run, unit, page.width))


def print_kept(run: Run, *, is_kept: bool) -> None:
    """Where a run is to be found again, if it is."""
    Page().print((f"run {run.id}" if is_kept else "not kept", "dim"))
