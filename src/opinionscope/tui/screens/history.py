"""History: every run that was kept, newest first, a page at a time."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.screen import Screen
from textual.widgets import DataTable, Input, Static
from typing_extensions import override

from opinionscope.charts import shorten
from opinionscope.errors import OpinionscopeError
from opinionscope.history import History, RunRow
from opinionscope.report import Unit
from opinionscope.report.names import without_folders
from opinionscope.runs.prober import Prober
from opinionscope.survey.text import while_typing
from opinionscope.tui.actions import Scope, bindings_in
from opinionscope.tui.pace import A_MOMENT
from opinionscope.tui.screens.layout import WIDTHS
from opinionscope.tui.screens.saved_run import SavedRunScreen
from opinionscope.tui.unkept import unkept_of
from opinionscope.tui.widgets.late_footer import LateFooter
from opinionscope.tui.widgets.top_bar import TopBar

PAGE = 100
NEAR_THE_END = 10
COLUMNS = ("  When, UTC", "Question", "Group", "KL nats", "TV", "Steering", "Format", "Model")
MARKS = {"done": "✓", "unread": "?", "failed": "✗", "cancelled": "–", "running": "…"}
NOT_KEPT = "!"
MOST_UNKEPT = 3
MUTED_MARK = "*"
NUMBERS = {"KL nats", "TV"}


class HistoryScreen(Screen[None]):
    """A table of runs, read page by page while scrolling."""

    CSS_PATH = "history.tcss"
    AUTO_FOCUS = "DataTable"
    HORIZONTAL_BREAKPOINTS = WIDTHS
    SCOPE: ClassVar[Scope] = "history"
    BINDINGS = bindings_in(SCOPE)

    def __init__(self, history: History, prober: Prober, unit: Unit = "nats") -> None:
        super().__init__()
        self._unit = unit
        self._history = history
        self._prober = prober
        self._filter = ""
        self._read_for = ""
        self._rows: list[RunRow] = []
        self._total = 0

    @override
    def compose(self) -> ComposeResult:
        yield TopBar("history")
        yield Input(placeholder="filter by words: democrat gpt-4 done …", compact=True, id="filter")
        yield DataTable[Text](cursor_type="row", zebra_stripes=True, id="runs")
        yield Static("", id="nothing", markup=False)
        yield Static("", id="count", markup=False)
        yield LateFooter()

    def on_mount(self) -> None:
        """Lay out the columns."""
        self.query_one(DataTable).add_columns(*(Text(name.rjust(7) if name in NUMBERS else name) for name in COLUMNS))
        self.watch(self.app, "unkept", self.action_reload, init=False)
        self.app.theme_changed_signal.subscribe(self, lambda _: self.action_reload())

    def on_screen_resume(self) -> None:
        """Runs may have been added since."""
        self._look_for_news()

    def action_reload(self) -> None:
        """Read the first page again."""
        self._read(self._filter, None)

    def action_filter(self) -> None:
        """Type words to filter by."""
        self.query_one("#filter").focus()

    def action_leave_filter(self) -> None:
        """Back to the list, and all of it."""
        self.query_one("#filter", Input).value = ""
        self.query_one(DataTable).focus()

    def action_open_run(self) -> None:
        """Open the run under the cursor."""
        self.query_one(DataTable).action_select_cursor()

    @on(Input.Changed, "#filter")
    def _filtered(self, event: Input.Changed) -> None:
        self._filter = while_typing(event.value)
        self._read(self._filter, None, A_MOMENT)

    @on(Input.Submitted, "#filter")
    def _filter_done(self) -> None:
        self.query_one(DataTable).focus()

    @on(DataTable.RowHighlighted)
    def _moved(self, event: DataTable.RowHighlighted) -> None:
        read = len(self._rows)
        if self._filter == self._read_for and 0 < read < self._total and event.cursor_row >= read - NEAR_THE_END:
            self._read(self._filter, self._rows[-1].id)

    @on(DataTable.RowSelected)
    def _chosen(self, event: DataTable.RowSelected) -> None:
        if event.row_key.value:
            self._open(event.row_key.value)

    @work(group="page", exclusive=True, exit_on_error=False)
    async def _look_for_news(self) -> None:
        """Read again if the runs have changed; else leave the cursor where it is."""
        try:
            newest = await asyncio.to_thread(self._history.page, self._filter, PAGE)
        except OpinionscopeError as error:
            self._complain(error)
        else:
            if not self._rows or newest != self._rows[:PAGE]:
                self.action_reload()

    @work(group="page", exclusive=True, exit_on_error=False)
    async def _read(self, words: str, before: str | None, after: float = 0) -> None:
        await asyncio.sleep(after)
        try:
            total = await asyncio.to_thread(self._history.count, words)
            rows = await asyncio.to_thread(self._history.page, words, PAGE, before)
        except OpinionscopeError as error:
            self._complain(error)
        else:
            self._read_for = words
            self._show(rows, total, anew=before is None)

    def _show(self, rows: Sequence[RunRow], total: int, *, anew: bool) -> None:
        table, unkept = self.query_one(DataTable), unkept_of(self.app)
        if anew:
            table.clear()
            self._rows.clear()
        for row in rows:
            table.add_row(*_cells(row, self.app.theme_variables, row.id in unkept), key=row.id)
        self._rows += rows
        self._total = total
        self.set_class(not total, "-empty")
        if not total and not self._filter:
            self.set_focus(None)
        elif self.focused is None:
            table.focus()
        self.query_one("#nothing", Static).update(
            "No run contains these words." if self._filter else "No runs yet. Press e, choose, and press r to run."
        )
        read = "" if total == len(self._rows) else f", {len(self._rows):,} read"
        legend = "   ".join(f"{mark} {status}" for status, mark in MARKS.items()) if total else ""
        if any(row.measures_muted for row in self._rows):
            legend += f"   {MUTED_MARK} not reliable"
        counted = f"{total:,} run{'' if total == 1 else 's'}{read}     {legend}".rstrip()
        lines = [f"Not kept: {words}." for words in unkept.values()]
        self.query_one("#count", Static).update("\n".join([*lines[:MOST_UNKEPT], counted]))

    @work(group="open", exclusive=True, exit_on_error=False)
    async def _open(self, run_id: str) -> None:
        try:
            run = await asyncio.to_thread(self._history.get, run_id)
        except OpinionscopeError as error:
            self._complain(error)
        else:
            self.app.push_screen(SavedRunScreen(run, self._prober, self._unit))

    def _complain(self, error: OpinionscopeError) -> None:
        self.notify(error.message, title=error.title, severity="error", markup=False)


def _cells(row: RunRow, colors: Mapping[str, str], is_unkept: bool) -> list[Text]:
    status = {"done": "success", "running": "warning", "cancelled": "warning"}.get(row.status, "error")
    return [
        Text.assemble(
            (NOT_KEPT, colors["error"]) if is_unkept else (MARKS.get(row.status, " "), colors[status]),
            (f" {row.created:%y-%m-%d %H:%M}", "dim"),
        ),
        Text(shorten(row.question_title, 28)),
        Text(shorten(row.group, 16), colors["chart-human"]),
        _number(row.kl, row.measures_muted),
        _number(row.tv, row.measures_muted),
        Text(row.steering),
        Text(f"{row.format} {row.answered:,}/{row.planned:,}" if row.is_partial else row.format),
        Text(shorten(without_folders(row.model), 32), colors["chart-model"]),
    ]


def _number(value: float | None, muted: str) -> Text:
    """A measure; an unreliable one is dim, with a mark behind it."""
    number = "–" if value is None else f"{value:.3f}"
    return Text(f"{number}{MUTED_MARK}".rjust(7), "dim") if muted else Text(f"{number} ".rjust(7))
