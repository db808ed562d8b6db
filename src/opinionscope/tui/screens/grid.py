"""GridScreen: one question asked in many ways, side by side; what is missing can be asked here."""

import asyncio
from contextlib import aclosing
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.message import Message
from textual.widgets import Static
from textual.worker import Worker
from typing_extensions import override

from opinionscope.errors import OpinionscopeError
from opinionscope.report.figure import grid_figure
from opinionscope.report.grid import ASKING, AXES, Axis, Grid, grid_rows, make_grid, with_run, with_scaled
from opinionscope.report.grid import COLUMNS as GRID_COLUMNS
from opinionscope.report.grid_cell import cell_lines
from opinionscope.report.listing import tab_separated
from opinionscope.report.words import calls_and_cost
from opinionscope.runs import Run
from opinionscope.runs.job import Watch
from opinionscope.runs.prober import Choices
from opinionscope.survey.text import counted
from opinionscope.tui.actions import Scope, bindings_in
from opinionscope.tui.arrangement import Arrangement
from opinionscope.tui.messages import ChartWanted, CopyWanted, ExploreWanted, KeepingChanged, SavedRunWanted
from opinionscope.tui.screens.confirm import ConfirmScreen
from opinionscope.tui.screens.window import Above
from opinionscope.tui.styles import to_content
from opinionscope.tui.widgets.grid_view import GridView
from opinionscope.tui.widgets.key_footer import KeyFooter
from opinionscope.tui.widgets.top_bar import TopBar
from opinionscope.tui.working import work
from opinionscope.values import replace


class GridScreen(Above):
    """Shows every known answer at once, and asks for the others if that is wanted.

    Args:
        choices: those on screen, which the cells vary.
    """

    @dataclass
    class Came(Message):
        """An answer of a cell, or more of it."""

        run: Run

    CSS_PATH = "grid.tcss"
    AUTO_FOCUS = "GridView"
    SCOPE: ClassVar[Scope] = "grid"
    BINDINGS = bindings_in(SCOPE)

    def __init__(self, arrangement: Arrangement, choices: Choices) -> None:
        super().__init__()
        self._arrangement = arrangement
        self._prober = arrangement.prober
        self._choices = choices
        self._by: Axis = AXES[0]
        self._asking: Worker[None] | None = None
        self._asked: tuple[Choices, ...] = ()
        self._came: dict[str, Run] = {}

    @override
    def compose(self) -> ComposeResult:
        yield TopBar("explore")
        question = self._prober.library.question(self._choices.question)
        yield Static(question.text if question.context == "" else question.title, id="grid-question", markup=False)
        yield GridView(self._arrangement.settings.unit)
        yield Static("", id="grid-cell", markup=False)
        yield KeyFooter()

    def on_mount(self) -> None:
        """Look for answers."""
        self._look()

    @property
    def _view(self) -> GridView:
        return self.query_one(GridView)

    # Looking

    @work(group="look", exclusive=True)
    async def _look(self) -> None:
        arranged = self._arrangement
        collection, server_for = arranged.collection(), arranged.shelf.api_base
        grid = await asyncio.to_thread(make_grid, collection, self._choices, self._by, server_for)
        self._view.show(self._with_news(grid), grid.start)
        if self._choices.is_recorded:
            scaled = await with_scaled(grid, self._prober)
            self._view.show(self._with_news(scaled))

    def _with_news(self, grid: Grid) -> Grid:
        """The grid with what has been asked here, which the history may not have yet."""
        if self._asking is not None:
            for place in grid.missing:
                if grid[place].choices in self._asked:
                    grid = grid.with_cell(place, replace(grid[place], waiting=ASKING))
        for run in self._came.values():
            grid = with_run(grid, run)
        return grid

    def action_next_axis(self) -> None:
        """Vary something else."""
        self._by = AXES[(AXES.index(self._by) + 1) % len(AXES)]
        self._look()

    def action_move(self, down: int, right: int) -> None:
        """Move the cursor."""
        self._view.move(down, right)

    def action_toggle_unit(self) -> None:
        """Nats or bits."""
        self._view.unit = "bits" if self._view.unit == "nats" else "nats"
        self._view.move(0, 0)

    @on(GridView.Moved)
    def _moved(self) -> None:
        view = self._view
        if view.grid is not None:
            self.query_one("#grid-cell", Static).update(to_content(cell_lines(view.grid, view.cursor, view.unit)))

    @on(GridView.Opened)
    @work(group="open", exclusive=True)
    async def action_open(self) -> None:
        """Open the run of the cell, or its choices in Explore."""
        view = self._view
        if view.grid is None:
            return
        cell = view.grid[view.cursor]
        if cell.waiting:
            self.notify("It is being asked; esc stops.", timeout=3)
        elif cell.run_id:
            self.post_message(SavedRunWanted(await asyncio.to_thread(self._arrangement.history.get, cell.run_id)))
        elif self._asking is not None:
            self.notify("Models are being asked; esc stops.", timeout=3)
        else:
            self.post_message(ExploreWanted(cell.choices))

    # Taking it along

    def action_copy(self) -> None:
        """Copy the numbers of the grid, tab-separated."""
        if (grid := self._view.grid) is not None:
            text = tab_separated([GRID_COLUMNS, *([row[name] for name in GRID_COLUMNS] for row in grid_rows(grid))])
            self.post_message(
                CopyWanted(text, "the numbers of the grid", grid_figure(grid, self._view.unit).name, ".tsv")
            )

    def action_chart(self) -> None:
        """Write the grid into files."""
        if (grid := self._view.grid) is not None:
            self.post_message(ChartWanted(grid_figure(grid, self._view.unit)))

    # Asking

    @override
    def action_back(self) -> None:
        """Stop asking; else go back."""
        if self._asking is not None:
            self._asking.cancel()
        else:
            super().action_back()

    @override
    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return action != "ask" or self._asking is None

    @work(group="draft", exclusive=True)
    async def action_ask(self) -> None:
        """Say what asking for all that is missing takes, and ask if that is confirmed."""
        grid = self._view.grid
        if grid is None or self._asking is not None:
            return
        wanted = [grid[place].choices for place in grid.missing]
        if not wanted:
            words = (
                "Recorded models cannot be asked; choose a live one in Explore." if self._choices.is_recorded else ""
            )
            self.notify(words or "Nothing is missing.", timeout=4)
            return
        drafts, problems = await asyncio.to_thread(self._drafts, wanted)
        if not drafts:
            self.notify(problems[0].message, title=problems[0].title, severity="warning", markup=False)
            return
        cost = await asyncio.to_thread(calls_and_cost, list(drafts.values()), self._arrangement.opened.facts_of)
        left = f" {len(problems)} cannot be asked: {problems[0].message}." if problems else ""
        models = ", ".join(dict.fromkeys(choices.model for choices in drafts))
        cells = counted(len(drafts), "answer")
        question = f"Ask {models} for {cells}: {cost}?{left}"
        ConfirmScreen(question, "ask", "not now").ask(self.app, lambda _: self._begin(tuple(drafts)))

    def _drafts(self, wanted: list[Choices]) -> tuple[dict[Choices, Run], list[OpinionscopeError]]:
        """What would be sent for each cell, and why others cannot be asked."""
        drafts, problems = {}, []
        for choices in wanted:
            try:
                drafts[choices] = self._prober.draft(choices)
            except OpinionscopeError as error:
                problems.append(error)
        return drafts, problems

    def _begin(self, wanted: tuple[Choices, ...]) -> None:
        self._asked = wanted
        self._asking = self._ask(wanted)
        if self._view.grid is not None:
            self._view.show(self._with_news(self._view.grid))
        self.refresh_bindings()

    @work(group="ask")
    async def _ask(self, wanted: tuple[Choices, ...]) -> None:
        def tell(run: Run) -> None:
            self.post_message(self.Came(run))

        watch = Watch(on_part=tell, on_run=tell)
        ended: list[Run] = []
        try:
            async with aclosing(self._prober.runs((choices, watch) for choices in wanted)) as runs:
                async for run in runs:
                    ended.append(run)
                    tell(run)
        finally:
            self._end(ended)

    def _end(self, ended: list[Run]) -> None:
        self._asking = None
        self.app.post_message(KeepingChanged())  # this screen may be gone by now
        if not self.is_attached:
            self.app.notify("The grid was left: no more answers are asked for.", timeout=4)
            return
        failed = [run for run in ended if run.status == "failed"]
        if failed:
            words = f"{len(failed)} of {len(self._asked)} answers did not come: {failed[0].error}"
            self.notify(words, title=failed[0].error_title, severity="warning", markup=False)
        self._look()
        self.refresh_bindings()

    @on(Came)
    def _run_came(self, event: Came) -> None:
        self._came[event.run.id] = event.run
        if self._view.grid is not None:
            self._view.show(with_run(self._view.grid, event.run))
