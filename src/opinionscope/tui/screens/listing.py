"""ListingScreen: the part of History that reads runs, filters and sorts them, and moves among them."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.widgets import Static
from textual.worker import WorkerError
from typing_extensions import override

from opinionscope.errors import OpinionscopeError
from opinionscope.history import RunRow
from opinionscope.report.listing import MUTED_MARK
from opinionscope.selection import EVERYTHING, Selection, SelectionError, parse
from opinionscope.survey.text import counted
from opinionscope.tui.arrangement import Arrangement
from opinionscope.tui.completing import values_of
from opinionscope.tui.pace import A_MOMENT, Pace
from opinionscope.tui.run_columns import SPACIOUS, columns_for
from opinionscope.tui.session import Listing
from opinionscope.tui.unkept import unkept_of
from opinionscope.tui.watching import Watching
from opinionscope.tui.widgets.filter_line import FilterLine
from opinionscope.tui.widgets.key_footer import KeyFooter
from opinionscope.tui.widgets.run_list import PAGE, STATUS_MARKS, RunList
from opinionscope.tui.widgets.run_preview import RunPreview
from opinionscope.tui.widgets.top_bar import TopBar
from opinionscope.tui.working import work

MOST_UNKEPT = 3
GROUPINGS = ("", "question", "model", "created")
GROUP_WORDS = {"": "Not grouped", "question": "Grouped by question", "model": "Grouped by model", "created": "By day"}
FROM_BEST = ("kl", "tv", "question", "group", "steering", "format", "model")
"""What is sorted upwards at first: measures from the best, names from A."""

FEW = 8
"""Runs up to which the list leaves its room to the preview."""
NO_RUNS = Content.assemble(
    ("No runs yet\n\n", "bold $primary"),
    "A run is one answer: a model was asked how a group answers a question. It is kept here with its prompt, "
    "its answer and every measure, to be found, compared and asked again.\n\n",
    ("e", "bold $accent"), "  goes to Explore; ", ("r", "bold $accent"),
    " there asks the model, or keeps the recorded answer as a run.\n",
    ("A", "bold $accent"), "  asks many at once, as a sweep.\n",
    ("P", "bold $accent"), "  lets you guess yourself; guesses are runs too.",
)  # fmt: skip


class ListingScreen(Watching):
    """The list of runs, a line to filter it, and the chart of the run under the cursor.

    What other windows and programs write to the history is seen within a second or two.
    """

    CSS_PATH = "history.tcss"
    AUTO_FOCUS = "RunList"

    def __init__(self, arrangement: Arrangement) -> None:
        super().__init__()
        self._arrangement = arrangement
        self._unit = arrangement.settings.unit
        self._history = arrangement.history
        self._selection: Selection = EVERYTHING
        with suppress(SelectionError):
            self._selection = parse(arrangement.session.listing.filter)
        self._until = 0
        self._is_counted = False
        self._version: tuple[int, int] | None = None
        self._pace = Pace()

    @override
    def compose(self) -> ComposeResult:
        yield TopBar("history")
        values = values_of(self._arrangement.library, self._models, self._tags)
        yield FilterLine(values, self._selection.text, saved=self._history.selections)
        with Container(id="lists"):
            yield self._ordered(RunList(self._arrangement.prober.now, self._unit))
            yield RunPreview(self._unit)
        yield Static("", id="nothing", markup=False)
        yield Static("", id="count", markup=False)
        yield KeyFooter()

    def _ordered(self, listed: RunList) -> RunList:
        """A list in the order to begin with, if there is such an order."""
        first = self._arrangement.session.listing
        keys = {column.key for column in columns_for(SPACIOUS, self._unit)}
        if first.sort in keys and first.grouped in GROUPINGS:
            listed.sort, listed.descending, listed.grouped = first.sort, first.descending, first.grouped
        return listed

    @property
    def listing(self) -> Listing:
        """The filter and the order now."""
        listed = self._list
        text = self.query_one(FilterLine).field.value
        return Listing(text, listed.sort, listed.descending, listed.grouped)

    def on_mount(self) -> None:
        """Watch for runs that could not be kept."""
        self.watch(self.app, "unkept", self.action_reload, init=False)

    @override
    async def looked(self) -> None:
        version = await asyncio.to_thread(self._history.version)
        if version != self._version:
            self._version = version
            with suppress(WorkerError):
                await self._read(keep=True, only_news=True).wait()

    @property
    def _list(self) -> RunList:
        return self.query_one(RunList)

    # Reading

    def action_reload(self) -> None:
        """Read the runs in sight again."""
        self._read(keep=True)

    def _rows(self, page: int, until: int) -> list[RunRow]:
        """One page of the list as of a run, so that pages meet although runs begin meanwhile; blocks."""
        listed = self._list
        return self._history.page(
            self._selection, PAGE, page * PAGE, sort=listed.sort, descending=listed.descending, until=until
        )

    @work(group="page", exclusive=True)
    async def _read(self, *, keep: bool = False, only_news: bool = False, after: float = 0) -> None:
        """Read again, from the top, or where the cursor is.

        Args:
            keep: leave the cursor on its run.
            only_news: draw nothing again if nothing has changed.
            after: seconds to wait for another key.
        """
        await asyncio.sleep(after)
        listed = self._list
        page = listed.cursor // PAGE if keep else 0
        until = await asyncio.to_thread(self._history.latest)
        rows = await asyncio.to_thread(self._rows, page, until)
        if not rows and page:
            page, rows = 0, await asyncio.to_thread(self._rows, 0, until)
        if keep and listed.current and len(rows) == PAGE and listed.current.id not in {row.id for row in rows}:
            # New runs before it have moved it down.
            following = await asyncio.to_thread(self._rows, page + 1, until)
            if listed.current and listed.current.id in {row.id for row in following}:
                page, rows = page + 1, following
        is_same = only_news and bool(rows) and list(rows) == list(listed.page_at(page))
        total, is_last = page * PAGE + len(rows), len(rows) < PAGE
        if not is_same:
            self._show(max(total, listed.total if keep and not is_last else 0), page, rows, until, keep=keep)
            self._is_counted = is_last or (keep and self._is_counted)
            self._say_count()
        if not is_last:
            # What is in a million answers takes a second to count: nobody waits for that to see the first runs.
            total = await asyncio.to_thread(self._history.count, self._selection, until=until)
        if is_same and total != listed.total:
            self._show(total, page, rows, until, keep=keep)
        listed.count(total)
        self._is_counted = True
        self._say_count()

    def _show(self, total: int, page: int, rows: Sequence[RunRow], until: int, *, keep: bool) -> None:
        listed = self._list
        self._until = until
        current = listed.current.id if keep and listed.current else ""
        listed.unkept = frozenset(unkept_of(self.app))
        if not keep:
            listed.move_to(0)
        listed.show(total, page, rows, keep=current)

    @on(RunList.PageWanted)
    def _page_wanted(self, event: RunList.PageWanted) -> None:
        self._fill(event.page)

    @work(group="fill")
    async def _fill(self, page: int) -> None:
        listed = self._list
        asked = (self._until, self._selection, listed.sort, listed.descending)
        try:
            rows = await asyncio.to_thread(self._rows, page, self._until)
        except OpinionscopeError:
            listed.miss(page)
            raise
        else:
            if asked == (self._until, self._selection, listed.sort, listed.descending):
                listed.fill(page, rows)

    def _say_count(self) -> None:
        listed, unkept = self._list, unkept_of(self.app)
        is_filtered = bool(self._selection.terms)
        self.set_class(not listed.total, "-empty")
        if not listed.total and not is_filtered:
            self.set_focus(None)
        elif self.focused is None:
            listed.focus()
        self.query_one("#nothing", Static).update("No run fits this filter." if is_filtered else NO_RUNS)
        self.set_class(listed.total <= FEW, "-few")
        listed.styles.max_height = listed.total + 2
        parts = [counted(listed.total, "run") if self._is_counted else f"{listed.total:,}+ runs"]
        if listed.marked:
            parts.append(f"{len(listed.marked):,} marked")
        marks = [" ".join(f"{mark} {status}" for status, mark in STATUS_MARKS.items())] if listed.total else []
        muted = [f"{MUTED_MARK} not reliable"] if any(row.measures_muted for row in listed.loaded) else []
        said = "   ".join([*parts, *marks, *muted])
        if cell_len(said) > self.size.width - 2:
            said = "   ".join([*parts, *muted])
        lines = [f"Not kept: {words}." for words in unkept.values()]
        self.query_one("#count", Static).update("\n".join([*lines[:MOST_UNKEPT], said]))

    # The filter

    def _models(self) -> set[str]:
        shelf = self._arrangement.shelf
        return {*(row.model for row in self._list.loaded), *(item.key for item in shelf.items() if item.key)}

    def _tags(self) -> set[str]:
        return {tag for row in self._list.loaded for tag in row.tags}

    def action_filter(self) -> None:
        """Type a selection."""
        self.query_one(FilterLine).field.focus()

    def action_leave_filter(self) -> None:
        """Back to the list, and all of it."""
        self.query_one(FilterLine).write("")
        self._list.focus()

    @on(FilterLine.Changed)
    def _filtered(self, event: FilterLine.Changed) -> None:
        self._selection = event.selection
        self._read(after=A_MOMENT)

    @on(FilterLine.Done)
    def _filter_done(self) -> None:
        self._list.focus()

    # Order

    def action_sort(self) -> None:
        """Sort by the next column."""
        keys = [column.key for column in self._list.columns if column.key]
        at = keys.index(self._list.sort) if self._list.sort in keys else -1
        self._sort_by(keys[(at + 1) % len(keys)])

    def action_reverse(self) -> None:
        """Reverse the order."""
        self._list.descending = not self._list.descending
        self._read()

    @on(RunList.SortWanted)
    def _heading_clicked(self, event: RunList.SortWanted) -> None:
        if event.key == self._list.sort:
            self.action_reverse()
        else:
            self._sort_by(event.key)

    def _sort_by(self, key: str, grouped: str = "") -> None:
        listed = self._list
        listed.sort, listed.grouped, listed.descending = key, grouped, key not in FROM_BEST
        self._read()

    def action_group(self) -> None:
        """Group by the next thing."""
        grouped = GROUPINGS[(GROUPINGS.index(self._list.grouped) + 1) % len(GROUPINGS)]
        self._sort_by(grouped or "created", grouped)
        self.notify(GROUP_WORDS[grouped], timeout=2)

    # Moving and looking

    def action_move(self, by: int) -> None:
        """Move the cursor by some runs."""
        self._list.move(by)

    def action_turn(self, by: int) -> None:
        """Move the cursor by some pages."""
        self._list.turn(by)

    def action_go(self, index: int) -> None:
        """Go to the first run, or with -1 to the last."""
        self._list.move_to(index if index >= 0 else self._list.total - 1)

    def action_preview(self) -> None:
        """Show or hide the preview."""
        self.toggle_class("-hidden")
        self._preview_now(self._list.current)

    @on(RunList.Moved)
    def _moved(self, event: RunList.Moved) -> None:
        self._preview_now(event.row)

    def _preview_now(self, row: RunRow | None) -> None:
        if not self.has_class("-hidden"):
            self._preview(row.id if row else "", self._pace.pause())

    @work(group="preview", exclusive=True)
    async def _preview(self, run_id: str, pause: float) -> None:
        """Draw the chart of a run, unless the cursor goes on."""
        await asyncio.sleep(pause)
        preview = self.query_one(RunPreview)
        try:
            preview.show(await asyncio.to_thread(self._history.get, run_id) if run_id else None)
        except OpinionscopeError:
            preview.show(None)
