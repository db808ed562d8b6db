"""DetailTabs: the prompt in full, the raw answer, and how it was read."""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static
from typing_extensions import override

from opinionscope.report.details import answer_lines, prompt_lines, reading_lines
from opinionscope.report.lines import LineRole, TextLine
from opinionscope.report.names import answer_title
from opinionscope.report.words import Unit
from opinionscope.runs import Run
from opinionscope.tui.styles import MUTED
from opinionscope.tui.widgets.late import Late

if TYPE_CHECKING:
    from textual.widgets import TabbedContent

LINES: Mapping[str, Callable[[Run, Unit], Iterable[TextLine]]] = {
    "prompt": lambda run, _: prompt_lines(run),
    "answer": lambda run, _: answer_lines(run),
    "reading": reading_lines,
}
LINE_STYLES: Mapping[LineRole, str] = {
    "heading": f"bold {MUTED}",
    "strong": "bold",
    "text": "",
    "muted": MUTED,
}


class DetailTabs(Vertical, Late):
    """Three tabs of text, each taken literally; they are put together after the first paint."""

    def __init__(self, run: Run, unit: Unit) -> None:
        super().__init__()
        self._run = run
        self._unit: Unit = unit
        self._partial_text = ""
        self._wanted = ""
        self._tabs: TabbedContent | None = None

    def show(self, run: Run, partial_text: str = "") -> None:
        """Show the texts of a run; `partial_text` is an answer that is still arriving."""
        self._run, self._partial_text = run, partial_text
        if self._tabs is not None:
            self._tabs.get_tab("tab-answer").label = answer_title(run)
        self._renew()

    def show_in(self, unit: Unit) -> None:
        """Show divergences in another unit."""
        self._unit = unit
        self._renew()

    def _renew(self) -> None:
        for detail in LINES:
            for place in self.query(f"#text-{detail}").results(Static):
                place.update(self._text(detail))

    def open(self, detail: str) -> None:
        """Bring a tab to the front and into view, as soon as they have been put together."""
        self._wanted = detail
        if self._tabs is not None:
            self._tabs.active = f"tab-{detail}"
            self._tabs.query_one(f"#tab-{detail} VerticalScroll", VerticalScroll).focus(scroll_visible=False)
            self.scroll_visible(top=True, animate=False)

    @property
    def focused(self) -> str:
        """The tab in front, if the focus is within the tabs; else ""."""
        return self._tabs.active.removeprefix("tab-") if self._tabs is not None and self.has_focus_within else ""

    def text(self, detail: str) -> str:
        """The text of a tab."""
        return self._text(detail).plain

    def _text(self, detail: str) -> Content:
        if detail == "answer" and self._partial_text:
            return Content(self._partial_text)
        return styled_text(detail, self._run, self._unit)

    @override
    async def fill(self) -> None:
        from textual.widgets import TabbedContent, TabPane

        run, tabs = self._run, TabbedContent(initial=f"tab-{self._wanted}" if self._wanted else "")
        for detail in LINES:
            title = answer_title(run) if detail == "answer" else detail.capitalize()
            text = Static(self._text(detail), id=f"text-{detail}", markup=False)
            tabs.compose_add_child(TabPane(title, VerticalScroll(text, can_focus=True), id=f"tab-{detail}"))
        await self.mount(tabs)
        self._tabs = tabs
        if self._run is not run:
            self.show(self._run, self._partial_text)
        if self._wanted:
            self.open(self._wanted)


def styled_text(detail: str, run: Run, unit: Unit = "nats") -> Content:
    """The text of one of the tabs, for a run."""
    return Content("\n").join(Content.styled(text, LINE_STYLES[role]) for text, role in LINES[detail](run, unit))
