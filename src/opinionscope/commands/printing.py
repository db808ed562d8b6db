"""The one door to stdout and stderr: all text that goes through it is cleaned.

Nothing else in the commands calls `click.echo`, `print` or makes a Rich console or text; ruff's banned-api rule holds
this. It is light: `--help` and errors need it before anything else is loaded.
"""

import re
import shutil
import sys

import click

from opinionscope.cleaning import clean, clean_line, escape_json


def write(text: str = "") -> None:
    """Write text and a newline to stdout."""
    click.echo(clean(text))


def write_json(document: str) -> None:
    """Write a JSON document to stdout, with escapes for what `clean` would change: the data stay as they are."""
    click.echo(escape_json(document))


def tell(text: str = "") -> None:
    """Write text and a newline to stderr; on a terminal its lines break between words."""
    text = clean(text)
    if sys.stderr.isatty():
        text = "\n".join(map(_wrapped, text.split("\n")))
    click.echo(text, err=True)


def _wrapped(line: str) -> str:
    from rich.cells import cell_len

    columns = shutil.get_terminal_size().columns
    lines = [""]
    for word in re.findall(r"\s*\S+", line):
        if lines[-1] and cell_len(lines[-1] + word) > columns:
            lines.append(word.lstrip())
        else:
            lines[-1] += word
    return "\n".join(lines)


def tell_over(line: str, before: int = 0) -> int:
    """Write a line on stderr over the one that stands there, and stay on it.

    Args:
        before: how many cells are taken there.

    Returns:
        How many cells are taken there now.
    """
    from rich.cells import cell_len

    shown = clean_line(line)
    width = cell_len(shown)
    click.echo(f"\r{shown}{' ' * (before - width)}", nl=False, err=True)
    return width


def wipe(before: int) -> None:
    """Leave the line on stderr empty on which `before` cells are taken."""
    click.echo(f"\r{' ' * before}\r", nl=False, err=True)


def agreed(question: str) -> bool:
    """Ask a question on stderr that is answered with y or n."""
    return click.confirm(clean(question), err=True)
