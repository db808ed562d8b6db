"""Printing: JSON, tables and drawings; colours only where the terminal shows them."""

import codecs
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any

import click
from rich.console import Console
from rich.text import Text

from opinionscope.charts import Line, Role, fit
from opinionscope.errors import OpinionscopeError
from opinionscope.history import Run
from opinionscope.report import TextLine
from opinionscope.respondents import Attempt

HUMAN, MODEL = "bright_yellow", "bright_blue"
ROLE_STYLES: Mapping[Role, str] = {
    "human": HUMAN,
    "model": MODEL,
    "human-bar": HUMAN,
    "model-bar": MODEL,
    "partial-bar": MODEL,
    "expected-bar": "dim",
    "track": "",
    "heading": "bold",
    "rule": "dim",
    "label": "",
    "value": "bold",
    "muted": "dim",
    "warning": "yellow",
    "above": MODEL,
    "below": HUMAN,
}


def print_json(data: Any) -> None:
    """One JSON document; text stays readable where stdout can hold all of it, and is escaped elsewhere."""
    holds_all = codecs.lookup(sys.stdout.encoding or "utf-8").name.startswith("utf")
    click.echo(json.dumps(data, ensure_ascii=not holds_all, indent=2, allow_nan=False))


def print_lines(lines: Iterable[TextLine]) -> None:
    """Lines of text as they are."""
    for line in lines:
        click.echo(line.text)


def warn(problems: Iterable[OpinionscopeError]) -> None:
    """What was passed over, on stderr."""
    for problem in problems:
        click.echo(f"Warning: {problem}", err=True)


def counted(number: int, noun: str) -> str:
    """``1 run``, ``2 runs``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


class Narration:
    """One line on stderr that says how much has arrived, and goes when it is over; nothing where nobody looks on."""

    def __init__(self) -> None:
        self._length = 0
        self._is_seen = sys.stderr.isatty()

    def begin(self, model: str) -> None:
        """Show that a model is being asked."""
        self._show(f"asking {model} …")

    def text(self, text: str) -> None:
        """Show the length of the text so far."""
        self._show(f"{counted(len(text), 'character')} …")

    def part(self, run: Run) -> None:
        """Show how many of several answers there are."""
        self._show(f"{len(run.responses):,} of {counted(len(run.elicitation.calls), 'answer')} …")

    def attempt(self, attempt: Attempt) -> None:
        """Show what the next attempt waits for."""
        self._show(f"{attempt.words} …")

    def _show(self, line: str) -> None:
        if not self._is_seen:
            return
        with suppress(OSError):  # a terminal may hang up at any time
            click.echo(f"\r{line.ljust(self._length)}", nl=False, err=True)
        self._length = len(line)

    def end(self) -> None:
        """Leave the line empty, as it was found."""
        if self._length:
            with suppress(OSError):
                click.echo(f"\r{' ' * self._length}\r", nl=False, err=True)
            self._length = 0


def console() -> Console:
    """A console on stdout that takes all text literally."""
    return Console(file=sys.stdout, markup=False, emoji=False, highlight=False, soft_wrap=False)


def to_text(lines: Sequence[Line]) -> Text:
    """A drawing in the terminal's own colours."""
    return Text("\n").join(Text.assemble(*((text, ROLE_STYLES[role]) for text, role in line)) for line in lines)


def print_table(
    header: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[int], least_needed: Sequence[int] = ()
) -> None:
    """Columns of fixed width on a terminal; whole values, tab-separated, in a pipe.

    Args:
        least_needed: the columns that a terminal which is too narrow goes without, the least needed first.
    """
    if not sys.stdout.isatty():
        for row in rows:
            click.echo("\t".join(" ".join(cell.split()) for cell in row))
        return
    shown = console()
    columns = list(range(len(header)))
    for column in least_needed:
        if sum(widths[kept] + 2 for kept in columns) - 2 > shown.width:
            columns.remove(column)
    shown.print(Text("  ".join(fit(header[column], widths[column]) for column in columns), "bold"))
    for row in rows:
        shown.print(Text("  ".join(fit(row[column], widths[column]) for column in columns)))
