"""QuestionPreview: a question while it is written, as the model will read it, and how people answered it."""

from collections.abc import Iterator, Sequence
from functools import partial
from string import ascii_uppercase

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static
from typing_extensions import override

from opinionscope.charts.chart import draw_human
from opinionscope.charts.lines import Line, Piece
from opinionscope.elicitation.phrasing import layout_parts, people
from opinionscope.report.words import sample_size
from opinionscope.survey.own_draft import Checked
from opinionscope.survey.own_lines import Answered
from opinionscope.survey.question import EVERYONE
from opinionscope.tui.widgets.drawing import Drawing

EXAMPLE = "An example, until you type."
UNREAD = "The chart appears here once every line about people is valid."
NOBODY = "No human answers: the model is asked about people in general, and shown alone."


class QuestionPreview(Vertical):
    """Shows what can be made of a draft so far."""

    @override
    def compose(self) -> ComposeResult:
        yield Static(EXAMPLE, id="preview-example", markup=False)
        yield Static("What the model is asked", classes="preview-heading")
        yield Static(id="preview-question", markup=False)
        yield Static("How people answered", classes="preview-heading")
        yield Drawing(partial(_drawn, (), (), NOBODY))

    def show(self, checked: Checked, *, is_example: bool = False) -> None:
        """Show another state of the draft, or what the fields hold as examples."""
        self.set_class(is_example, "-example")
        labels = tuple(option.label for option in checked.options)
        letters = ascii_uppercase[: len(labels)]
        shown = layout_parts(checked.text or "…", checked.context, labels[: len(letters)], letters)
        self.query_one("#preview-question", Static).update(Content(shown))
        instead = UNREAD if "people" in checked.problems else NOBODY
        self.query_one(Drawing).show(partial(_drawn, labels, checked.people, instead))


def _drawn(labels: Sequence[str], answered: Sequence[Answered], instead: str, width: int) -> list[Line]:
    return list(_lines(labels, answered, instead, width))


def _lines(labels: Sequence[str], answered: Sequence[Answered], instead: str, width: int) -> Iterator[Line]:
    """The human side of the chart, one drawing a group; `instead` stands where there is nobody."""
    if not answered:
        yield from _wrapped(instead, width)
    for each in answered:
        human = each.distribution
        spoken = f"in the prompt: “{people(each.group)}”"
        yield [Piece(each.group.name, "human"), Piece(f", {sample_size(human)}", "muted")]
        if each.group != EVERYONE:
            yield from _wrapped(spoken, width)
        if human is not None:
            yield from draw_human(labels, human.probabilities, width)
        yield []


def _wrapped(text: str, width: int) -> Iterator[Line]:
    from textwrap import wrap

    for line in wrap(text, max(20, width)):
        yield [Piece(line, "muted")]
