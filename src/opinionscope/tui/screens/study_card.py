"""StudyCardScreen: who asked whom, who they are, and what is known to be wrong, on one page that scrolls."""

import asyncio
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Static
from typing_extensions import override

from opinionscope.charts.lines import Piece
from opinionscope.elicitation.stored import stored_under
from opinionscope.errors import OpinionscopeError
from opinionscope.report.card_drawing import draw_card
from opinionscope.report.study_card import study_card, with_claims
from opinionscope.settings import Paths
from opinionscope.survey import Library, Question
from opinionscope.tui.screens.window import Window
from opinionscope.tui.widgets.drawing import Drawing
from opinionscope.tui.working import work


class StudyCardScreen(Window[None]):
    """The study card of a question's dataset, the question itself included.

    Args:
        library: where the dataset is looked up; its files are read in a thread.
        question: the item in hand, as it was asked.
        paths: to the stored readings, for what the recorded answers say of claims; None to read all answers anew.
    """

    CSS_PATH = "study_card.tcss"
    AUTO_FOCUS = "#card-page"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,c,q", "leave", "Close"),
        Binding("n,right_square_bracket,tab", "section(1)", "Next section", priority=True),
        Binding("N,left_square_bracket,shift+tab", "section(-1)", "Previous section", priority=True),
    ]

    def __init__(self, library: Library, question: Question, paths: Paths | None = None) -> None:
        super().__init__()
        self._library = library
        self._question = question
        self._readings = stored_under(paths.cache) if paths else None

    @override
    def compose(self) -> ComposeResult:
        with Vertical(id="card") as card:
            card.border_subtitle = "esc close · ↑↓ scroll · n next section"
            yield Static(f"Study card   {self._question.dataset}", id="card-title", markup=False)
            with VerticalScroll(id="card-page"):
                yield Drawing(lambda _: [[Piece("Reading the card …", "muted")]])

    def on_mount(self) -> None:
        """Read the card behind the empty page."""
        self._read()

    @work()
    async def _read(self) -> None:
        sheet = self.query_one(Drawing)
        try:
            view = await asyncio.to_thread(study_card, self._library, self._question.dataset, self._question)
        except OpinionscopeError as error:
            problem = error.message
            sheet.show(lambda _: [[Piece(problem, "muted")]])
        else:
            self.query_one("#card-title", Static).update(f"Study card   {view.pack.title}")
            sheet.show(partial(draw_card, view))
            view = await asyncio.to_thread(with_claims, view, self._library, self._readings)
            sheet.show(partial(draw_card, view))

    def action_section(self, by: int) -> None:
        """Go to the beginning of the next section, or of the one before."""
        page, lines = self.query_one("#card-page", VerticalScroll), self.query_one(Drawing).lines
        rows = [row for row, line in enumerate(lines) if any(piece.role == "heading" for piece in line)]
        now = page.scroll_target_y
        later, earlier = [row for row in rows if row > now], [row for row in rows if row < now]
        if by > 0 and later:
            page.scroll_to(y=later[0], animate=False)
        elif by < 0:
            page.scroll_to(y=earlier[-1] if earlier else 0, animate=False)
