"""What is given out of the program: texts to the clipboard, and files into the folder for them."""

import asyncio
import time
from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path
from traceback import format_exception

from textual import on
from textual.app import App
from textual.notifications import SeverityLevel
from typing_extensions import override

from opinionscope.cleaning import clean
from opinionscope.files import write_whole
from opinionscope.theming import palette
from opinionscope.tui.messages import ChartWanted, CopyWanted
from opinionscope.tui.working import Failed, as_told, work

NOT_AGAIN = 8.0
"""Seconds in which the same error is told once."""


class GivingApp(App[None]):
    """An app that copies texts and draws charts for its screens, and names the file of each; so also of errors."""

    _told: tuple[str, float] = ("", 0.0)

    @property
    def exports(self) -> Path:
        """The folder for files."""
        raise NotImplementedError

    @override
    def copy_to_clipboard(self, text: str) -> None:
        super().copy_to_clipboard(clean(text))

    @on(CopyWanted)
    def _copy(self, event: CopyWanted) -> None:
        self.copy_to_clipboard(event.text)
        self._write_out(f"Copied {event.what}", event.name, {event.ending: event.text})

    @on(ChartWanted)
    def _write_chart(self, event: ChartWanted) -> None:
        from opinionscope.report.figure import ENDINGS

        colors = palette(self.current_theme)
        contents = {ending: event.figure.content(ending, colors) for ending in ENDINGS}
        self._write_out("Chart drawn", event.figure.name, contents)

    @on(Failed)
    def _tell(self, event: Failed) -> None:
        """Tell an error that ended a worker; where one that nobody expected was met is written into a file."""
        trace, now = "".join(format_exception(event.error)), time.monotonic()
        before, then = self._told
        # What was raised comes again and again while its cause lasts; a refusal answers a key each time.
        if event.error.__traceback__ and trace == before and now < then + NOT_AGAIN:
            return
        self._told = (trace, now)
        error = as_told(event.error)
        words = error.message
        if error is not event.error:
            from opinionscope.respondents.redaction import scrub

            words += f"; {write_all(self.exports, 'error', {'.txt': scrub(trace)})[0]}"
        self.notify(words, title=error.title, severity="error", timeout=NOT_AGAIN, markup=False)

    @work(group="give")
    async def _write_out(self, said: str, name: str, contents: Mapping[str, str]) -> None:
        """Write files into the folder for them, one for each ending, and name the first."""
        words, is_fine = await asyncio.to_thread(write_all, self.exports, name, contents)
        severity: SeverityLevel = "information" if is_fine else "warning"
        self.notify(f"{said}; {words}", severity=severity, timeout=8, markup=False)


def write_all(folder: Path, name: str, contents: Mapping[str, str]) -> tuple[str, bool]:
    """Write files of one name, ending → text, and say where the first is, or why there is none; the latter as False."""
    try:
        paths = [write_beside(folder, name, ending, text) for ending, text in contents.items()]
    except OSError as error:
        return f"{folder} cannot be written ({error.strerror})", False
    others = "".join(f", and {path.suffix} beside it" for path in paths[1:])
    return f"file: {paths[0]}{others}", True


def write_beside(folder: Path, name: str, ending: str, text: str) -> Path:
    """Write a text into a folder, and return where; a file of that name with other content stays, another name is used.

    Args:
        name: without an ending.

    Raises:
        OSError: if it cannot be written.
    """
    content = clean(text).encode("utf-8", "replace")
    for path in _names(folder, name, ending):
        if not path.exists():
            write_whole(path, content)
            return path
        if path.read_bytes() == content:
            return path
    raise AssertionError("numbers do not end")


def _names(folder: Path, name: str, ending: str) -> Iterator[Path]:
    yield folder / f"{name}{ending}"
    yield from (folder / f"{name}-{number}{ending}" for number in count(2))
