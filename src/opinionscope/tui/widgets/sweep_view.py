"""SweepView: how far a sweep is, how fast, what goes wrong, and the leaderboard of what is there."""

import asyncio
import time
from itertools import zip_longest

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Static
from typing_extensions import override

from opinionscope.errors import OpinionscopeError
from opinionscope.history.sweep_progress import SweepPace, SweepState
from opinionscope.report.table_lines import draw_table
from opinionscope.selection import parse
from opinionscope.tables import TABLES, Options, Report
from opinionscope.tables.base import TableError
from opinionscope.tables.leaderboard_scores import BASELINE
from opinionscope.tui.arrangement import Arrangement
from opinionscope.tui.styles import MUTED, to_content
from opinionscope.tui.sweep_words import (
    asked_words,
    early_warning,
    joined,
    kind_lines,
    progress_lines,
    status_style,
    status_word,
    stop_words,
)
from opinionscope.tui.widgets.row_plot import RowPlot

TABLE_EVERY = 5.0
"""Seconds between two tables, at least."""
TABLE_SHARE = 0.1
"""Of the time, that may be spent on making tables."""


class SweepView(VerticalScroll):
    """Shows one sweep, or another one, as it was when it was looked at last."""

    def __init__(self, arrangement: Arrangement) -> None:
        super().__init__(id="sweep")
        self._arrangement = arrangement
        self._state: SweepState | None = None
        self._pace: SweepPace | None = None
        self.forget()

    def forget(self) -> None:
        """A report has all answers: it goes when nobody looks, and is made again."""
        self._report: Report | None = None
        self._no_table = ""
        self._tabled: tuple[str, str, int] | None = None
        self._next_table = 0.0

    @override
    def compose(self) -> ComposeResult:
        for part in ("title", "progress", "warning", "failures", "unread", "log", "table"):
            yield Static("", id=f"sweep-{part}", markup=False)
        with Horizontal(id="sweep-plots"):
            yield RowPlot(id="plot-closest")
            yield RowPlot(id="plot-furthest")

    async def look_at(self, state: SweepState) -> None:
        """Show a sweep as it is now.

        Raises:
            OpinionscopeError: if the history cannot be read.
        """
        pace = await asyncio.to_thread(self._arrangement.history.sweep_pace, state.row.id)
        if self._state is None or self._state.row.id != state.row.id:
            self.forget()
            self._draw_table()
        self._state, self._pace = state, pace
        self._draw()
        await self._make_table(state)

    async def _make_table(self, state: SweepState) -> None:
        """The leaderboard of what is there, if something came since, and the last one is some seconds old."""
        stands = (state.row.id, state.status, state.done)
        is_last = state.status != "running"
        if stands == self._tabled or (time.monotonic() < self._next_table and not is_last):
            return
        begun, selection = time.monotonic(), parse(f"sweep:{state.row.id}")
        collection = self._arrangement.collection()
        try:
            self._report = await asyncio.to_thread(TABLES["leaderboard"], collection, selection, Options())
            self._no_table = ""
        except TableError:
            self._report, self._no_table = None, "No leaderboard: there is no answer that can be compared."
        except OpinionscopeError as error:
            self._report, self._no_table = None, str(error)
        took = time.monotonic() - begun
        self._tabled = stands
        if self._report is not None:
            self._next_table = time.monotonic() + max(TABLE_EVERY, took / TABLE_SHARE)
        self._draw_table()

    def on_resize(self, event: events.Resize) -> None:
        """Drawn for its width."""
        self.call_after_refresh(self._draw)
        self.call_after_refresh(self._draw_table)

    @property
    def _width(self) -> int:
        return max(20, self.query_one("#sweep-progress", Static).content_size.width)

    def _draw(self) -> None:
        state, pace = self._state, self._pace
        if state is None or pace is None or not self.is_attached:
            return
        width = self._width
        self.query_one("#sweep-title", Static).update(
            Content.assemble(
                (status_word(state), f"bold {status_style(state)}"), "  ", (state.row.name or "Sweep", "bold $primary"),
                (f"  {state.row.id}\n{asked_words(state.row.plan)}", MUTED),
            )
        )  # fmt: skip
        self.query_one("#sweep-progress", Static).update(joined(progress_lines(state, pace, width)))
        warnings, most = (
            filter(None, (stop_words(state), early_warning(state, pace))),
            2 if self.screen.has_class("-short") else 6,
        )
        self._say("#sweep-warning", Content.styled("\n".join(warnings), "bold $warning"))
        self._say("#sweep-failures", joined(kind_lines("Failed", pace.failures, "$error", width, most)))
        self._say("#sweep-unread", joined(kind_lines("Unread", pace.unread, "$warning", width, most)))
        self._say("#sweep-log", self._log(state))

    def say(self, error: OpinionscopeError) -> None:
        """Say why the history could not be read."""
        if self.is_attached:
            self._say("#sweep-log", Content.styled(str(error), "$error"))

    def _say(self, where: str, what: Content) -> None:
        line = self.query_one(where, Static)
        line.update(what)
        line.display = bool(what.plain)

    def _log(self, state: SweepState) -> Content:
        """What the process that was started here last said, while it starts or when it failed."""
        launches = [each for each in self._arrangement.launcher.launches if each.sweep == state.row.id]
        if not launches or state.status == "running":
            return Content("")
        last = launches[-1]
        if last.is_starting:
            return Content.styled(f"… starting  log: {last.log}", "$warning")
        if last.has_failed:
            return Content.assemble(
                (f"The process ended early. The end of {last.log}:\n", "bold"), ("\n".join(last.last_lines), "$error")
            )
        if state.status != "done" and last.process.poll() is not None:
            said = "\n".join(last.last_lines)
            return Content.assemble((f"{said}\n", "$warning"), (f"log: {last.log}", MUTED))
        return Content("")

    def _draw_table(self) -> None:
        report = self._report
        if not self.is_attached:
            return
        board = self.query_one("#sweep-table", Static)
        self.query_one("#sweep-plots").set_class(report is None, "-none")
        if report is None:
            board.update(Content.styled(self._no_table, MUTED))
            return
        drawn = draw_table(report, list(range(len(report.rows))), self._width)
        lines = [Content.styled("Leaderboard of what is there", "bold $primary"), to_content([drawn.header])]
        lines += [to_content([row]) for row in drawn.rows]
        lines += [Content(""), Content.styled(report.sentence, "bold")]
        if drawn.same:
            told = ". ".join(f"{label.capitalize()}: {value}" for label, value in drawn.same)
            lines.append(Content.styled(f"{told}.", MUTED))
        board.update(joined(lines))
        self._plot(report)

    def _plot(self, report: Report) -> None:
        """On large screens, the closest of the models and the one that is furthest off."""
        models = [at for at, row in enumerate(report.rows) if row.get("format") != BASELINE]
        shown = list(dict.fromkeys((*models[:1], *models[-1:])))
        for plot, at in zip_longest(self.query(RowPlot), shown):
            plot.display = at is not None
            if at is not None:
                plot.show("leaderboard", report, at)
