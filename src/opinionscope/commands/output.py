"""Printing: JSON, tables and drawings; colours only where the terminal shows them."""

import asyncio
import codecs
import json
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from opinionscope.charts.lines import GAP, NARROWEST, Line, Role, fit, narrowed
from opinionscope.cleaning import clean, clean_line
from opinionscope.commands.printing import tell, tell_over, wipe, write, write_json
from opinionscope.errors import OpinionscopeError
from opinionscope.regexes import regex
from opinionscope.report.lines import TextLine
from opinionscope.respondents.base import Attempt
from opinionscope.runs import Run
from opinionscope.survey.text import counted

A_SECOND, LOG_EVERY = 1.0, 10.0
"""Seconds between two lines of the narration, on a terminal and elsewhere."""

LEGIBLE = 10
"""Cells that all columns of a table shall have before one that is less needed is shown."""

_FIGURE = regex(r"[−+$<∞]?\.?[0-9]")

HUMAN, MODEL = "bright_yellow", "bright_blue"
ROLE_STYLES: Mapping[Role, str] = {
    "human": HUMAN,
    "model": MODEL,
    "human-bar": HUMAN,
    "model-bar": MODEL,
    "partial-bar": MODEL,
    "expected-bar": "dim",
    "pooled": "bold",
    "pooled-on-bar": f"bold black on {HUMAN}",
    "interval": "",
    "interval-on-human": f"black on {HUMAN}",
    "interval-on-model": f"black on {MODEL}",
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
    write_json(json.dumps(data, ensure_ascii=not holds_all, indent=2, allow_nan=False))


def print_lines(lines: Iterable[TextLine]) -> None:
    """Lines of text as they are."""
    for line in lines:
        write(line.text)


def warn(problems: Iterable[OpinionscopeError]) -> None:
    """What could not be used, on stderr."""
    for problem in problems:
        tell(f"Warning: {problem}")


class Narration:
    """What is going on, on stderr: what is awaited, and for how many seconds.

    On a terminal it is one line that is drawn over and goes when all is over. Elsewhere (a pipe, a log file) it is a
    line for every further attempt, and one every `LOG_EVERY` seconds.
    """

    def __init__(self) -> None:
        self._length = 0
        self._is_seen = sys.stderr.isatty()
        self._begun = time.monotonic()
        self._awaited = ""

    def begin(self, model: str) -> None:
        """Say that a model is being asked."""
        self._begun = time.monotonic()
        self.show(f"asking {clean_line(model)}")

    def text(self, text: str) -> None:
        """Say how long the text is so far."""
        self.show(counted(len(text), "character"))

    def part(self, run: Run) -> None:
        """Say how many of several answers there are."""
        self.show(f"{len(run.replies):,} of {counted(len(run.plan.calls), 'answer')}")

    def attempt(self, attempt: Attempt) -> None:
        """Say what the next attempt waits for."""
        self.show(attempt.words)
        if not self._is_seen:
            self._log()

    @asynccontextmanager
    async def ticking(self) -> AsyncIterator[None]:
        """Let the seconds run meanwhile."""
        ticks = asyncio.create_task(self._tick())
        try:
            yield
        finally:
            ticks.cancel()

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(A_SECOND if self._is_seen else LOG_EVERY)
            if self._is_seen:
                self._draw()
            else:
                self._log()

    def show(self, awaited: str) -> None:
        """Say what is awaited, in words."""
        self._awaited = awaited
        self._draw()

    @property
    def _line(self) -> str:
        seconds = int(time.monotonic() - self._begun)
        return f"{self._awaited} …{f' {seconds:,} s' if seconds else ''}"

    def _draw(self) -> None:
        if self._is_seen:
            with suppress(OSError):  # a terminal may hang up at any time
                self._length = tell_over(self._line, self._length)

    def _log(self) -> None:
        if self._awaited:
            with suppress(OSError, OpinionscopeError):
                tell(self._line)

    def above(self, sentence: str) -> None:
        """Say something that stays, above the line."""
        awaited = self._awaited
        self.end()
        tell(sentence)
        self.show(awaited)

    def end(self) -> None:
        """Leave the line empty, as it was found."""
        self._awaited = ""
        if self._length:
            with suppress(OSError):
                wipe(self._length)
            self._length = 0


class Page:
    """stdout as a page of styled text: all of it is cleaned and taken literally, never as markup."""

    def __init__(self, most_columns: int | None = None) -> None:
        self._console = Console(file=sys.stdout, markup=False, emoji=False, highlight=False, soft_wrap=False)
        self.width = min(self._console.width, most_columns or self._console.width)

    def print(self, *parts: str | tuple[str, str], wrap: bool = True) -> None:
        """Print texts, or texts with their styles, one after the other on a line that is wrapped at the width."""
        text = Text.assemble(
            *((clean(part), "") if isinstance(part, str) else (clean(part[0]), part[1]) for part in parts)
        )
        self._console.print(text, width=self.width if wrap else None, soft_wrap=not wrap)

    def draw(self, lines: Sequence[Line]) -> None:
        """Print a drawing in the terminal's own colours."""
        drawn = (Text.assemble(*((clean(text), ROLE_STYLES[role]) for text, role in line)) for line in lines)
        self._console.print(Text("\n").join(drawn), width=self.width, no_wrap=True)


def print_table(
    header: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[int], least_needed: Sequence[int] = ()
) -> None:
    """Columns on a terminal, cut to its width; whole values, tab-separated, in a pipe.

    A terminal that is too narrow goes without some columns, and stderr says without which: those with the same text in
    all rows first.

    Args:
        widths: the most cells of each column.
        least_needed: the columns that go next, the least needed first.
    """
    cells = [[clean_line(cell) for cell in row] for row in rows]
    if not sys.stdout.isatty():
        for row in cells:
            write("\t".join(row))
        return
    page = Page()
    widths = [min(width, max(map(cell_len, column))) for width, *column in zip(widths, header, *cells, strict=True)]
    can_be_cut = [
        any(cell_len(row[column]) > NARROWEST and not _FIGURE.match(row[column]) for row in cells)
        for column in range(len(header))
    ]
    needed = [min(width, LEGIBLE) if cut else width for width, cut in zip(widths, can_be_cut, strict=True)]
    alike = [column for column, texts in enumerate(zip(*cells, strict=True)) if _is_alike(texts)]
    columns, missing = list(range(len(header))), []
    for column in dict.fromkeys((*alike, *least_needed)):
        if sum(needed[kept] + GAP for kept in columns) - GAP > page.width:
            columns.remove(column)
            missing.append(f"{header[column]} ({cells[0][column]})" if column in alike else header[column])
    names = [at for at, column in enumerate(columns) if can_be_cut[column]]
    first_last = [at for at in names if at], [at for at in names if not at]
    shown = [widths[column] for column in columns]
    for least in (LEGIBLE, NARROWEST):
        shown = narrowed(shown, page.width, *first_last, least=least)
    for style, line in (("bold", header), *(("", row) for row in cells)):
        page.print(((" " * GAP).join(fit(line[at], width) for at, width in zip(columns, shown, strict=True)), style))
    if any(missing):
        tell(f"Too narrow for {', '.join(filter(None, missing))}")


def _is_alike(texts: Sequence[str]) -> bool:
    return len(set(texts)) == 1 < len(texts) and bool(texts[0]) and not _FIGURE.match(texts[0])


@contextmanager
def progress_bar(title: str) -> Iterator[tuple[Callable[[int, int | None], None], Callable[[str], None]]]:
    """A bar on stderr for as long as something is fetched.

    Yields:
        A function to show how many bytes have come of how many, and one to print a sentence above the bar.
    """
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

    console = Console(stderr=True, markup=False, emoji=False, highlight=False)
    columns = (TextColumn("Fetching", markup=False), BarColumn(), DownloadColumn(), TransferSpeedColumn())

    def say(sentence: str) -> None:
        console.print(Text(clean(sentence)))

    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=None)
        say(title)
        yield lambda have, total: bar.update(task, completed=have, total=total), say
