"""TableRowScreen: the answers behind one row of a table, the furthest off first, and a plot of them."""

import asyncio
from collections.abc import Callable, Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option
from typing_extensions import override

from opinionscope.alignment.divergences import total_variation
from opinionscope.charts.lines import fit
from opinionscope.collection import Item
from opinionscope.errors import OpinionscopeError
from opinionscope.report.names import without_folders
from opinionscope.report.tables import cells, shown_columns
from opinionscope.runs.prober import Choices
from opinionscope.tables import Report
from opinionscope.tables.words import number
from opinionscope.tui.actions import Scope, bindings_in
from opinionscope.tui.arrangement import Arrangement
from opinionscope.tui.messages import ExploreWanted, SavedRunWanted
from opinionscope.tui.screens.window import Above
from opinionscope.tui.styles import MUTED
from opinionscope.tui.widgets.key_footer import KeyFooter
from opinionscope.tui.widgets.row_plot import RowPlot
from opinionscope.tui.widgets.top_bar import TopBar
from opinionscope.tui.working import work
from opinionscope.values import replace

MOST_LISTED = 500
PADDING = 3
"""Cells of a line that are not the text's: a blank on both sides, and the scrollbar."""
HEADING = "     TV  "
TOLD = ("steering", "format", "name")
"""Fields of an item that are told where they differ within a row."""
NO_QUESTION = "The source has a damaged list of options for this question: it is in no pack, and cannot be asked."


class TableRowScreen(Above):
    """The items behind a row, and their shares against people's.

    Args:
        name: of the table.
        at: index of the row in the report.
        choices: gives those in Explore.
    """

    CSS_PATH = "tables.tcss"
    AUTO_FOCUS = "#row-items"
    SCOPE: ClassVar[Scope] = "table row"
    BINDINGS = bindings_in(SCOPE)

    def __init__(
        self, name: str, report: Report, at: int, arrangement: Arrangement, choices: Callable[[], Choices]
    ) -> None:
        super().__init__()
        self._arrangement, self._choices = arrangement, choices
        self._items = sorted(report.behind[at], key=lambda item: -(_tv(item) or 0.0))[:MOST_LISTED]
        self._title = _title(name, report, at)
        self._plot = RowPlot((name, report, at))

    @override
    def compose(self) -> ComposeResult:
        yield TopBar("tables")
        yield Static(self._title, id="row-title", markup=False)
        with Horizontal(id="row-body"):
            with Vertical(id="row-list"):
                yield Static(Content.styled(f"{HEADING}QUESTION · GROUP", MUTED), id="row-header", markup=False)
                yield OptionList(id="row-items", markup=False, compact=True)
            yield self._plot
        yield KeyFooter()

    def on_resize(self, event: events.Resize) -> None:
        """Lines and plot are as wide as there is room."""
        self.call_after_refresh(self._draw)

    def _draw(self) -> None:
        listed = self.query_one("#row-items", OptionList)
        if (width := listed.outer_size.width - PADDING) > 0:
            kept = listed.highlighted or 0
            listed.clear_options()
            varying = [name for name in TOLD if len({getattr(item, name) for item in self._items}) > 1]
            listed.add_options([Option(_line(item, width, varying)) for item in self._items])
            listed.highlighted = min(kept, len(self._items) - 1) if self._items else None

    def action_plot(self) -> None:
        """Show the plot, or the list again; on broad screens both are there."""
        self.toggle_class("-plotted")

    def action_move(self, by: int) -> None:
        """Move the cursor by an answer."""
        listed = self.query_one("#row-items", OptionList)
        (listed.action_cursor_down if by > 0 else listed.action_cursor_up)()

    @on(OptionList.OptionSelected, "#row-items")
    def action_open_item(self) -> None:
        """Open the answer under the cursor: a saved run as it was, a recorded answer in Explore."""
        if self._items:
            self._open(self._items[self.query_one("#row-items", OptionList).highlighted or 0])

    @work(group="open", exclusive=True)
    async def _open(self, item: Item) -> None:
        try:
            if item.run_id:
                run = await asyncio.to_thread(self._arrangement.history.get, item.run_id)
                self.post_message(SavedRunWanted(run))
                return
            if not item.question.options:
                self.notify(NO_QUESTION, title="Figures only", markup=False)
                return
            chosen = replace(
                self._choices(),
                question=item.question.key,
                group=item.group.name,
                steering=item.steering,
                format=item.format,
                model=item.model,
                api_base=None,
            )
            await self._arrangement.prober.peek(chosen)
            self.post_message(ExploreWanted(chosen))
        except OpinionscopeError as error:
            self.notify(error.message, title=error.title, severity="warning", markup=False)


def _title(name: str, report: Report, at: int) -> Content:
    values = zip(shown_columns(report), cells(report)[at], strict=True)
    told = " · ".join(f"{column.label.lower()} {value}" for column, value in values)
    count = len(report.behind[at])
    shown = f"the {MOST_LISTED:,} furthest off of {count:,}" if count > MOST_LISTED else f"all {count:,}"
    has_answers = any(item.answer or item.reason for item in report.behind[at])
    what = (
        f"Answers: {shown}" if has_answers else "No model was asked for this row: the questions and groups it is about"
    )
    return Content.assemble((name, "bold $primary"), f"  {told}\n", (what, MUTED))


def _tv(item: Item) -> float | None:
    """Total variation between both sides; None where one is missing."""
    if item.human is None or item.answer is None:
        return None
    return float(total_variation(item.human.probabilities, item.answer.probabilities))


def _line(item: Item, width: int, varying: Sequence[str]) -> Content:
    """An answer in a line: how far off, the question, and what tells it from the others."""
    tv = _tv(item)
    said = ("unread" if item.reason else number(tv)).rjust(7)
    how = "".join(f" · {without_folders(str(getattr(item, name)))}" for name in varying)
    how = f" · {item.group.name}{how}"
    title = item.question.title or f"no wording: {item.question.id}"
    title = fit(title, max(12, width - len(HEADING) - cell_len(how)))
    return Content.assemble((f"{said}  ", "bold"), title.rstrip(), (how, MUTED))
