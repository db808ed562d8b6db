"""QuestionPreview: a question while it is written, as the model will read it, and how people answered it."""

from collections.abc import Iterator
from string import ascii_uppercase

from textual.app import ComposeResult, RenderResult
from textual.containers import Vertical
from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget
from textual.widgets import Static
from typing_extensions import override

from opinionscope.charts import Line, Piece, draw_human
from opinionscope.elicitation.phrasing import layout_parts, people
from opinionscope.report import sample_size
from opinionscope.survey.own_draft import Checked
from opinionscope.survey.own_lines import Answered
from opinionscope.survey.question import EVERYONE
from opinionscope.tui.styles import to_content

NOTHING = "Here stands the question as soon as you write it."
UNREAD = "Drawn as soon as every line about people can be read."
NOBODY = "Nobody's answers are known: the model will be shown alone, asked about people in general."


class QuestionPreview(Vertical):
    """Shows what can be made of a draft so far."""

    @override
    def compose(self) -> ComposeResult:
        yield Static("What the model is asked", classes="preview-heading")
        yield Static(NOTHING, id="preview-question", markup=False)
        yield Static("How people answered", classes="preview-heading")
        yield PeopleView()

    def show(self, checked: Checked) -> None:
        """Show another state of the draft."""
        labels = tuple(option.label for option in checked.options)
        letters = ascii_uppercase[: len(labels)]
        shown = layout_parts(checked.text or "…", checked.context, labels[: len(letters)], letters)
        is_empty = not (checked.text or checked.context or labels)
        question = self.query_one("#preview-question", Static)
        question.update(Content(NOTHING if is_empty else shown))
        question.set_class(is_empty, "-empty")
        self.query_one(PeopleView).show(labels, checked.people, UNREAD if "people" in checked.problems else NOBODY)


class PeopleView(Widget):
    """The human side of the chart, one drawing a group; drawn for whatever width there is."""

    DEFAULT_CSS = """
    PeopleView { width: 1fr; height: auto; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._labels: tuple[str, ...] = ()
        self._people: tuple[Answered, ...] = ()
        self._instead = NOBODY

    def show(self, labels: tuple[str, ...], people: tuple[Answered, ...], instead: str) -> None:
        """Draw something else; `instead` stands where there is nobody."""
        self._labels, self._people, self._instead = labels, people, instead
        self.refresh(layout=True)

    @override
    def render(self) -> RenderResult:
        return to_content(self._drawn(self.content_size.width))

    @override
    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self._drawn(width)) if width else 1

    def _drawn(self, width: int) -> list[Line]:
        return list(self._lines(width))

    def _lines(self, width: int) -> Iterator[Line]:
        if not self._people:
            yield from _wrapped(self._instead, width)
        for each in self._people:
            human = each.distribution
            spoken = f"in the prompt: “{people(each.group)}”"
            yield [Piece(each.group.name, "human"), Piece(f", {sample_size(human)}", "muted")]
            if each.group != EVERYONE:
                yield from _wrapped(spoken, width)
            if human is not None:
                yield from draw_human(self._labels, human.probabilities, width)
            yield []


def _wrapped(text: str, width: int) -> Iterator[Line]:
    from textwrap import wrap

    for line in wrap(text, max(20, width)):
        yield [Piece(line, "muted")]
