"""SortingScreen: the part of Explore that sorts the list of questions by how close the model is."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from opinionscope.alignment.measures import MEASURES
from opinionscope.report.worst import DEFAULT_MEASURE, rank
from opinionscope.tui.arrangement import Arrangement
from opinionscope.tui.items import PickerItem, Search, search_in
from opinionscope.tui.menu import Menu
from opinionscope.tui.screens.asking import AskingScreen
from opinionscope.tui.widgets.chooser import Chooser
from opinionscope.tui.working import work

if TYPE_CHECKING:
    from opinionscope.tui.screens.picker import PickerScreen


class SortingScreen(AskingScreen):
    """Lists the questions, in the usual order or the worst first."""

    def __init__(self, arrangement: Arrangement) -> None:
        super().__init__(arrangement)
        self._menu = Menu(arrangement.library, arrangement.shelf, arrangement.settings.unit)
        self._measure = DEFAULT_MEASURE

    def action_worst(self) -> None:
        """List the questions with the worst first, or in the usual order again."""
        if self._menu.ranking is None:
            self._rank()
        else:
            self._menu.ranking = None
            self.list_again()

    def action_measure(self) -> None:
        """Choose what the questions are sorted by."""
        items = [PickerItem(name, measure.label, measure.meaning) for name, measure in MEASURES.items()]

        def chosen(name: str) -> None:
            self._measure = name
            self._rank()

        self._pick("Sort the questions by, the worst first", search_in(items), self._measure, chosen)

    @work(exclusive=True, group="rank")
    async def _rank(self, *, is_wanted: bool = True) -> None:
        """Score the questions and list them anew; `is_wanted` says whether the worst is to be looked at now."""
        choices = self._choices
        ranking = await asyncio.to_thread(rank, self._arrangement.collection(), choices, self._measure)
        self._menu.ranking = ranking if ranking.values else None
        self.list_again()
        if not ranking.values:
            asked = f"{choices.model}, {choices.steering}, {choices.format}, for {choices.group}"
            self.notify(f"No answer with {ranking.measure.label} is known: {asked}.", timeout=4, markup=False)
        elif is_wanted and not self.query_one(Chooser).show_first() and self.is_active:
            title = f"Question, the worst by {ranking.measure.label} first"
            self._pick(title, self._menu.questions, "", self.choose_question)

    def choose_question(self, key: str, *, from_list: bool = False) -> None:
        """Choose another question."""
        raise NotImplementedError

    def rank_again(self) -> None:
        """Score the questions for other choices, if they are sorted."""
        if self._menu.ranking is not None:
            self._rank(is_wanted=False)

    def list_again(self) -> None:
        """List the questions in the order that holds now."""
        ranking = self._menu.ranking
        self.query_one(Chooser).renew("" if ranking is None else f" by {ranking.measure.label}")

    def _pick(
        self,
        title: str,
        search: Search,
        current: str,
        chosen: Callable[[str], None],
        free_text: str = "",
        mark: Callable[[str], None] | None = None,
        place: Callable[[str], None] | None = None,
    ) -> "PickerScreen":
        from opinionscope.tui.screens.picker import PickerScreen

        picker = PickerScreen(title, search, current, free_text, mark, place)
        picker.ask(self.app, chosen)
        return picker
