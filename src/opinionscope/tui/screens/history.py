"""History: every run that was kept; they are opened, marked, compared, tagged and deleted here."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import ClassVar

from textual import on

from opinionscope.errors import OpinionscopeError
from opinionscope.history import RunRow
from opinionscope.report.figure import file_name
from opinionscope.report.listing import RUN_COLUMNS, row_cells, tab_separated
from opinionscope.runs import Run
from opinionscope.survey.text import clean_line, counted
from opinionscope.tui.actions import Scope, bindings_in
from opinionscope.tui.arrangement import Arrangement
from opinionscope.tui.items import PickerItem, search_in
from opinionscope.tui.keeping import ask_note, ask_tags, set_tags
from opinionscope.tui.messages import CompareWanted, CopyWanted, ExploreWanted
from opinionscope.tui.screens.line import LineScreen
from opinionscope.tui.screens.listing import ListingScreen
from opinionscope.tui.screens.saved_run import SavedRunScreen
from opinionscope.tui.widgets.filter_line import FilterLine
from opinionscope.tui.widgets.run_list import RunList
from opinionscope.tui.working import work

MOST_COMPARED = 8


class HistoryScreen(ListingScreen):
    """The list of runs, and what can be done with them."""

    SCOPE: ClassVar[Scope] = "history"
    BINDINGS = bindings_in(SCOPE)

    def __init__(self, arrangement: Arrangement) -> None:
        super().__init__(arrangement)
        self._deleted: list[list[str]] = []

    @property
    def _chosen(self) -> list[RunRow]:
        """The marked runs, or else the one under the cursor."""
        current = self._list.current
        return list(self._list.marked.values()) or ([current] if current else [])

    # Opening

    @on(RunList.Opened)
    def action_open_run(self) -> None:
        """Open the run under the cursor."""
        if (row := self._list.current) is not None:
            self._with_runs([row.id], lambda runs: self.app.push_screen(SavedRunScreen(runs[0], self._arrangement)))

    def action_explore(self) -> None:
        """Open the run under the cursor in Explore."""
        if (row := self._list.current) is not None:
            self._with_runs([row.id], lambda runs: self.post_message(ExploreWanted(runs[0])))

    def action_copy(self) -> None:
        """Copy the chosen runs as a table: tab-separated, under a line of headings."""
        if rows := self._chosen:
            cells = [row_cells(row) for row in rows]
            table = tab_separated([RUN_COLUMNS, *(list(each.values()) for each in cells)])
            what = "the run" if len(rows) == 1 else f"{len(rows):,} runs"
            self.post_message(CopyWanted(table, what, file_name("runs", rows[0].id, str(len(rows))), ".tsv"))

    def action_copy_id(self) -> None:
        """Copy the id of the run under the cursor."""
        if (row := self._list.current) is not None:
            self.app.copy_to_clipboard(row.id)
            self.notify(f"Copied {row.id}", timeout=3)

    @work(group="open", exclusive=True)
    async def _with_runs(self, run_ids: Iterable[str], then: Callable[[Sequence[Run]], object]) -> None:
        try:
            runs = [await asyncio.to_thread(self._history.get, run_id) for run_id in run_ids]
        except OpinionscopeError:
            self.action_reload()  # another window may have deleted one
            raise
        then(runs)

    # Marks

    def action_mark(self) -> None:
        """Mark the run under the cursor, or no longer, and go on to the next."""
        listed = self._list
        if (row := listed.current) is None:
            return
        if listed.marked.pop(row.id, None) is None:
            listed.marked[row.id] = row
        listed.move(1)
        listed.refresh()
        self._say_count()

    def action_unmark(self) -> None:
        """Take all marks away."""
        self._list.marked.clear()
        self._list.refresh()
        self._say_count()

    def action_compare(self) -> None:
        """Compare the marked runs; a single one with the run under the cursor."""
        ids = list(self._list.marked)
        current = self._list.current
        if len(ids) == 1 and current is not None and current.id not in ids:
            ids.append(current.id)
        if not 2 <= len(ids) <= MOST_COMPARED:
            said = f"{len(ids)} are marked. " if len(ids) > MOST_COMPARED else ""
            self.notify(f"{said}Mark two to eight runs with space, then press c.", timeout=4)
            return
        self._with_runs(ids, lambda runs: self.post_message(CompareWanted(runs)))

    # Keeping

    def action_tag(self) -> None:
        """Write the tags of the chosen runs: those they have in common can be changed."""
        rows = self._chosen
        if not rows:
            return
        ids = [row.id for row in rows]
        ask_tags(
            self,
            [row.tags for row in rows],
            lambda before, wanted: self._change(partial(set_tags, self._history, ids, before, wanted)),
        )

    def action_note(self) -> None:
        """Write a note on the run under the cursor."""
        if (row := self._list.current) is not None:
            ask_note(self, row.note, lambda text: self._change(partial(self._history.note, row.id, text)))

    def action_pin(self) -> None:
        """Pin the run under the cursor, or no longer."""
        if (row := self._list.current) is not None:
            self._change(partial(self._history.unpin if row.pinned else self._history.pin, row.id))

    def action_delete(self) -> None:
        """Put the chosen runs into the bin."""
        ids = [row.id for row in self._chosen]
        if not ids:
            return

        def delete() -> None:
            self._deleted.append(self._history.bin(*ids))

        said = f"Deleted {counted(len(ids), 'run')}; u brings {'it' if len(ids) == 1 else 'them'} back"
        self._change(delete, said, self._list.marked.clear)

    def action_undo(self) -> None:
        """Bring back what was deleted last."""
        if not self._deleted:
            self.notify("Nothing was deleted since the program began.", timeout=3)
            return
        ids = self._deleted.pop()

        def bring_back() -> None:
            try:
                self._history.unbin(*ids)
            except OpinionscopeError:
                self._deleted.append(ids)
                raise

        self._change(bring_back, "Brought back")

    @work(group="change")
    async def _change(
        self, change: Callable[[], object], said: str = "", done: Callable[[], object] = lambda: None
    ) -> None:
        """Change something in the history in a thread, be done with it, and read the history again."""
        await asyncio.to_thread(change)
        done()
        if said:
            self.notify(said, timeout=4, markup=False)
        self.action_reload()
        self._preview_now(self._list.current)

    # Saved filters

    @work()
    async def action_saved_filters(self) -> None:
        """Choose a saved filter."""
        from opinionscope.tui.screens.picker import PickerScreen

        saved = await asyncio.to_thread(self._history.selections)
        if not saved:
            self.notify("No filter is saved yet; F saves the one you have typed.", timeout=4)
            return
        items = [PickerItem(name, name, text) for name, text in saved.items()]

        def picked(name: str) -> None:
            self.query_one(FilterLine).write(saved[name])
            self._list.focus()

        PickerScreen("Saved filters", search_in(items)).ask(self.app, picked)

    def action_save_filter(self) -> None:
        """Save the filter by a name."""
        text = self.query_one(FilterLine).field.value.strip()
        if not text:
            self.notify("There is no filter to save; / begins one.", timeout=4)
            return

        def named(name: str) -> None:
            if name:
                self._change(partial(self._history.save_selection, name, text), f'Saved as "{clean_line(name)}"')

        LineScreen("Name of the filter", hint=text).ask(self.app, named)
