"""StudyCardScreen: who asked whom, who they are, and what is known to be wrong, on one page that scrolls."""

import asyncio
from typing import ClassVar

from textual import work
from textual.app import ComposeResult, RenderResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.geometry import Size
from textual.widget import Widget
from textual.widgets import Static
from typing_extensions import override

from opinionscope.charts import Line, Piece
from opinionscope.errors import OpinionscopeError
from opinionscope.report.card_drawing import draw_card
from opinionscope.report.study_card import StudyCardView, study_card
from opinionscope.survey import Library, Question
from opinionscope.tui.screens.window import Window
from opinionscope.tui.styles import to_content

WAITING = "Reading the card …"


class CardSheet(Widget):
    """The card, drawn for whatever width there is; before it has been read, a line that says so."""

    DEFAULT_CSS = """
    CardSheet { width: 1fr; height: auto; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._view: StudyCardView | None = None
        self._instead = WAITING

    def show(self, view: StudyCardView | None, instead: str = "") -> None:
        """Show a card, or some words in place of one."""
        self._view, self._instead = view, instead
        self.refresh(layout=True)

    def headings(self) -> list[int]:
        """The rows on which sections begin."""
        return [row for row, line in enumerate(self._drawn(self.content_size.width)) if _is_heading(line)]

    def _drawn(self, width: int) -> list[Line]:
        return [[Piece(self._instead, "muted")]] if self._view is None else draw_card(self._view, width)

    @override
    def render(self) -> RenderResult:
        return to_content(self._drawn(self.content_size.width))

    @override
    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self._drawn(width)) if width else 1


def _is_heading(line: Line) -> bool:
    return any(piece.role == "heading" for piece in line)


class StudyCardScreen(Window[None]):
    """The study card of a question's dataset, the question itself included.

    Args:
        library: where the dataset is looked up; its files are read in a thread.
        question: the item in hand, as it was asked.
    """

    CSS_PATH = "study_card.tcss"
    AUTO_FOCUS = "#card-page"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,c,q", "leave", "Close"),
        Binding("n,right_square_bracket,tab", "section(1)", "Next section", priority=True),
        Binding("N,left_square_bracket,shift+tab", "section(-1)", "Previous section", priority=True),
    ]

    def __init__(self, library: Library, question: Question) -> None:
        super().__init__()
        self._library = library
        self._question = question

    @override
    def compose(self) -> ComposeResult:
        with Vertical(id="card") as card:
            card.border_subtitle = "esc close · ↑↓ scroll · n next section"
            yield Static(f"Study card   {self._question.dataset}", id="card-title", markup=False)
            with VerticalScroll(id="card-page"):
                yield CardSheet()

    def on_mount(self) -> None:
        """Read the card behind the empty page."""
        self._read()

    @work(exit_on_error=False)
    async def _read(self) -> None:
        sheet = self.query_one(CardSheet)
        try:
            view = await asyncio.to_thread(study_card, self._library, self._question.dataset, self._question)
        except OpinionscopeError as error:
            sheet.show(None, error.message)
        else:
            self.query_one("#card-title", Static).update(f"Study card   {view.pack.title}")
            sheet.show(view)

    def action_section(self, by: int) -> None:
        """Go to the beginning of the next section, or of the one before."""
        page, rows = self.query_one("#card-page", VerticalScroll), self.query_one(CardSheet).headings()
        now = page.scroll_target_y
        later, earlier = [row for row in rows if row > now], [row for row in rows if row < now]
        if by > 0 and later:
            page.scroll_to(y=later[0], animate=False)
        elif by < 0:
            page.scroll_to(y=earlier[-1] if earlier else 0, animate=False)
