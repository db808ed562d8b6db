"""Printing: JSON, tables and drawings; colours only where the terminal shows them."""

import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import click
from rich.console import Console
from rich.text import Text

from opinionscope.charts import Line, Role, fit

HUMAN, MODEL = "bright_yellow", "bright_blue"
ROLE_STYLES: Mapping[Role, str] = {
    "human": HUMAN,
    "model": MODEL,
    "human-bar": HUMAN,
    "model-bar": MODEL,
    "partial-bar": MODEL,
    "track": "",
    "label": "",
    "value": "bold",
    "muted": "dim",
    "above": MODEL,
    "below": HUMAN,
}


def print_json(data: Any) -> None:
    """One JSON document; text stays readable."""
    click.echo(json.dumps(data, ensure_ascii=False, indent=2, allow_nan=False))


def console() -> Console:
    """A console on stdout that takes all text literally."""
    return Console(file=sys.stdout, markup=False, emoji=False, highlight=False, soft_wrap=False)


def to_text(lines: Sequence[Line]) -> Text:
    """A drawing in the terminal's own colours."""
    return Text("\n").join(Text.assemble(*((text, ROLE_STYLES[role]) for text, role in line)) for line in lines)


def print_table(header: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[int]) -> None:
    """Columns of fixed width on a terminal; whole values, tab-separated, in a pipe."""
    if not sys.stdout.isatty():
        for row in rows:
            click.echo("\t".join(" ".join(cell.split()) for cell in row))
        return
    shown = console()
    shown.print(Text("  ".join(fit(name, width) for name, width in zip(header, widths, strict=True)), "bold"))
    for row in rows:
        shown.print(Text("  ".join(fit(cell, width) for cell, width in zip(row, widths, strict=True))))
