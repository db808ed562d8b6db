"""Tables: what saved runs, recorded and imported answers say together; every row opens what stands behind it."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from functools import partial
from itertools import combinations
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option
from typing_extensions import override

from opinionscope.errors import OpinionscopeError
from opinionscope.report.figure import file_name, table_figure
from opinionscope.report.listing import tab_separated
from opinionscope.report.table_lines import draw_table, in_order
from opinionscope.report.tables import cells, is_number, shown_columns
from opinionscope.runs.prober import Choices
from opinionscope.selection import EVERYTHING, Selection
from opinionscope.tables import TABLES, Options, Report
from opinionscope.tables.leaderboard_scores import BASELINE
from opinionscope.tui.actions import Scope, bindings_in
from opinionscope.tui.arrangement import Arrangement
from opinionscope.tui.completing import values_of
from opinionscope.tui.messages import ChartWanted, CopyWanted
from opinionscope.tui.pace import A_MOMENT, Pace
from opinionscope.tui.screens.table_row import TableRowScreen
from opinionscope.tui.styles import MUTED, to_content
from opinionscope.tui.widgets.filter_line import FilterLine
from opinionscope.tui.widgets.key_footer import KeyFooter
from opinionscope.tui.widgets.row_plot import RowPlot
from opinionscope.tui.widgets.top_bar import TopBar
from opinionscope.tui.working import work

NAMES = tuple(TABLES)
Wanted = tuple[str, Selection, Options]
PADDING = 3
"""Cells of a line that are not the table's: a blank on both sides, and the scrollbar."""


class TablesScreen(Screen[None]):
    """A list of tables, a line to filter what enters them, and the table with what it says in a sentence.

    Args:
        choices: gives those in Explore.
    """

    CSS_PATH = "tables.tcss"
    AUTO_FOCUS = "#rows"
    SCOPE: ClassVar[Scope] = "tables"
    BINDINGS = bindings_in(SCOPE)

    def __init__(self, arrangement: Arrangement, choices: Callable[[], Choices]) -> None:
        super().__init__()
        self._arrangement = arrangement
        self._choices = choices
        self._at = 0
        self._selection: Selection = EVERYTHING
        self._options = Options()
        self._report: Report | None = None
        self._made: Wanted | None = None
        self._wanted: Wanted | None = None
        self._making = threading.Lock()
        self._order: list[int] = []
        self._sort, self._descending = "", False
        self._pace = Pace()

    @override
    def compose(self) -> ComposeResult:
        yield TopBar("tables")
        yield FilterLine(values_of(self._arrangement.library), saved=self._arrangement.history.selections)
        with Horizontal(id="tables"):
            yield OptionList(
                *(Option(Content(name), id=name) for name in NAMES), id="names", markup=False, compact=True
            )
            with Vertical(id="table"):
                yield Static("", id="table-title", markup=False)
                yield Static("", id="table-sentence", markup=False)
                yield Static("", id="table-header", markup=False)
                yield OptionList(id="rows", markup=False, compact=True)
                with Horizontal(id="behind"):
                    yield RowPlot()
                    with VerticalScroll(id="notes"):
                        yield Static("", id="table-notes", markup=False)
        yield KeyFooter()

    def on_mount(self) -> None:
        """Begin with the first table; it is made once the screen is in sight."""
        self.query_one("#names", OptionList).highlighted = 0

    @property
    def _table_name(self) -> str:
        return NAMES[self._at]

    # Making

    def _choose(self, at: int) -> None:
        self._at = at % len(NAMES)
        self._sort, self._descending = "", False
        table = TABLES[self._table_name]
        scoring = self._options.scoring if table.has_paper_scoring else "corrected"
        self._options = Options(scoring=scoring)
        self.query_one("#names", OptionList).highlighted = self._at
        self._make(self._pace.pause())

    @work(group="table", exclusive=True)
    async def _make(self, pause: float = 0) -> None:
        """Make the table in a thread; a newer choice takes over. The same table again keeps its cursor."""
        await asyncio.sleep(pause)
        wanted = self._wanted = (self._table_name, self._selection, self._options)
        if wanted != self._made:
            self._report = self._made = None
            self.add_class("-working")
            summary = TABLES[self._table_name].summary
            self.query_one("#table-sentence", Static).update(f"{summary[:1].upper()}{summary[1:]}.")
        self._title(working=True)
        made = partial(TABLES[self._table_name], self._arrangement.collection(), self._selection, self._options)
        try:
            report = await asyncio.to_thread(self._if_still_wanted, wanted, made)
        except OpinionscopeError as error:
            self._fail(error)
            return
        if report is None:
            return
        kept = None if self._report is None or self._row is None else _names(self._report, self._row)
        self._report, self._made = report, wanted
        self._put_in_order(report)
        first = next((at for at, row in enumerate(self._order) if report.rows[row].get("format") != BASELINE), 0)
        self._draw(at=next((at for at, row in enumerate(self._order) if _names(report, row) == kept), first))

    def _if_still_wanted(self, wanted: Wanted, made: Callable[[], Report]) -> Report | None:
        """In a thread: one table at a time, for each takes all answers; None if another is wanted by now."""
        with self._making:
            return made() if wanted is self._wanted else None

    def _fail(self, error: OpinionscopeError) -> None:
        self._report = self._made = None
        self.remove_class("-working")
        self._title()
        self.query_one("#table-sentence", Static).update(Content.styled(error.message, "$warning"))
        self.query_one("#table-header", Static).update("")
        self.query_one("#table-notes", Static).update("")
        self.query_one("#rows", OptionList).clear_options()

    def _title(self, *, working: bool = False) -> None:
        table = TABLES[self._table_name]
        split = f" · by {', '.join(self._options.by)}" if self._options.by else ""
        scoring = f" · {self._options.scoring} scoring" if table.has_paper_scoring else ""
        order = f" · {self._order_words()}" if self._sort and self._report is not None else ""
        self.query_one("#table-title", Static).update(
            Content.assemble(
                (table.name, "bold $primary"),
                (f"  {self._at + 1} of {len(NAMES)}{order}{scoring}{split}{'   working …' if working else ''}", MUTED),
            )
        )

    def _draw(self, at: int | None = None) -> None:
        """Draw the rows for the width there is; `at` moves the cursor."""
        report, rows = self._report, self.query_one("#rows", OptionList)
        if report is None or not rows.size.width:
            return
        self.remove_class("-working")
        self._title()
        drawn = draw_table(report, self._order, rows.outer_size.width - PADDING)
        kept = (rows.highlighted or 0) if at is None else at
        rows.clear_options()
        rows.add_options([Option(to_content([line])) for line in drawn.rows])
        rows.highlighted = min(kept, len(drawn.rows) - 1) if drawn.rows else None
        self.query_one("#table-header", Static).update(to_content([drawn.header]))
        self.query_one("#table-sentence", Static).update(Content.styled(report.sentence, "bold"))
        told = [f"{label.capitalize()}: {value}" for label, value in drawn.same]
        if drawn.hidden:
            told.append(f"No room for {', '.join(label.lower() for label in drawn.hidden)}")
        lines = [". ".join([*told, ""]).strip(), *report.notes]
        self.query_one("#table-notes", Static).update(Content.styled("\n".join(filter(None, lines)), MUTED))
        self.call_after_refresh(self._row_highlighted)

    def on_resize(self, event: events.Resize) -> None:
        """Columns come and go with the width."""
        self.call_after_refresh(self._draw)

    def on_screen_resume(self) -> None:
        """Make the table: runs may have been added since."""
        self._make()

    # Choosing

    @on(OptionList.OptionHighlighted, "#names")
    def _name_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        if event.option_index != self._at:
            self._choose(event.option_index)

    @on(OptionList.OptionSelected, "#names")
    def _name_selected(self) -> None:
        self.query_one("#rows").focus()

    def action_table(self, by: int) -> None:
        """Another table."""
        self._choose(self._at + by)

    def action_scoring(self) -> None:
        """Corrected scoring, or as in the paper."""
        if not TABLES[self._table_name].has_paper_scoring:
            self.notify("This table has no scoring as in the paper.", timeout=3)
            return
        scoring = self._options.scoring
        self._options = Options(scoring="paper" if scoring == "corrected" else "corrected", by=self._options.by)
        self._make()

    def action_split(self) -> None:
        """Split the rows by the next field, or fields."""
        splits = _splits(TABLES[self._table_name].splits)
        if len(splits) == 1:
            self.notify("This table cannot be split.", timeout=3)
            return
        by = splits[(splits.index(self._options.by) + 1) % len(splits)]
        self._options = Options(scoring=self._options.scoring, by=by)
        self._make()

    def action_filter(self) -> None:
        """Type a selection."""
        self.query_one(FilterLine).field.focus()

    def action_leave_filter(self) -> None:
        """Back to the table, of everything."""
        self.query_one(FilterLine).write("")
        self.query_one("#rows").focus()

    @on(FilterLine.Changed)
    def _filtered(self, event: FilterLine.Changed) -> None:
        self._selection = event.selection
        self._make(A_MOMENT)

    @on(FilterLine.Done)
    def _filter_done(self) -> None:
        self.query_one("#rows").focus()

    # Order

    def action_sort(self) -> None:
        """Sort by the next column that holds numbers, or as the table came."""
        if self._report is None:
            return
        keys = ["", *(column.name for column in shown_columns(self._report) if is_number(column))]
        self._sort = keys[(keys.index(self._sort) + 1) % len(keys)] if self._sort in keys else ""
        self._sort_rows()

    def action_reverse(self) -> None:
        """Reverse the order."""
        self._descending = not self._descending
        self._sort_rows()

    def _sort_rows(self) -> None:
        report = self._report
        if report is None:
            return
        self._put_in_order(report)
        self._draw()

    def _order_words(self) -> str:
        """By which column the rows are sorted, and which way."""
        labels = {column.name: column.label for column in self._report.columns} if self._report else {}
        return f"by {labels.get(self._sort, self._sort).lower()} {'▼' if self._descending else '▲'}"

    def _put_in_order(self, report: Report) -> None:
        """Sort the rows as chosen; as the table came, if it has no such column."""
        if self._sort in (column.name for column in report.columns):
            self._order = in_order(report, self._sort, descending=self._descending)
        else:
            self._sort, self._order = "", list(range(len(report.rows)))
            if self._descending:
                self._order.reverse()

    # What stands behind a row

    @property
    def _row(self) -> int | None:
        at = self.query_one("#rows", OptionList).highlighted
        return None if self._report is None or at is None else self._order[at]

    @on(OptionList.OptionHighlighted, "#rows")
    def _row_highlighted(self) -> None:
        """On large screens the plot of the row is there already."""
        if self._report is not None and self._row is not None:
            self.query_one(RowPlot).show(self._table_name, self._report, self._row, self._pace.pause())

    @on(OptionList.OptionSelected, "#rows")
    def action_open_row(self) -> None:
        """Show the answers behind the row under the cursor."""
        if self._report is not None and self._row is not None:
            row = self._table_name, self._report, self._row
            self.app.push_screen(TableRowScreen(*row, self._arrangement, self._choices))

    # Taking it along

    def action_copy(self) -> None:
        """Copy the table as it is sorted, tab-separated."""
        if (report := self._report) is not None:
            rows = cells(report)
            header = [column.label for column in shown_columns(report)]
            text = tab_separated([header, *(rows[at] for at in self._order)])
            name = file_name("table", self._table_name)
            self.post_message(CopyWanted(text, f"the table, {len(rows):,} rows", name, ".tsv"))

    def action_chart(self) -> None:
        """Write the table with its intervals into files."""
        if self._report is not None:
            self.post_message(ChartWanted(table_figure(self._table_name, self._report, self._order)))

    def action_move(self, by: int) -> None:
        """Move the cursor by a row."""
        rows = self.query_one("#rows", OptionList)
        (rows.action_cursor_down if by > 0 else rows.action_cursor_up)()


def _names(report: Report, row: int) -> list[object]:
    """What tells a row from the others: all of it but its numbers."""
    return [report.rows[row].get(column.name) for column in report.columns if not is_number(column)]


def _splits(fields: Sequence[str]) -> list[tuple[str, ...]]:
    """Every way to split a table by none, one or two fields."""
    return [(), *((field,) for field in fields), *combinations(fields, 2)]
