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

NOTHING = "The question appears here as you write it."
UNREAD = "The chart appears here once every line about people is valid."
NOBODY = "No human answers: the model is asked about people in general, and shown alone."


class QuestionPreview(Vertical):
    """Shows what can be made of a draft so far."""

    @override
    def compose(self) -> ComposeResult:
        yield Static("What the model is asked", classes="preview-heading")
        yield Static(NOTHING, id="preview-question", markup=False)
        yield Static("How people answered", classes="preview-heading")
        yield Drawing(partial(_drawn, (), (), NOBODY))

    def show(self, checked: Checked) -> None:
        """Show another state of the draft."""
        labels = tuple(option.label for option in checked.options)
        letters = ascii_uppercase[: len(labels)]
        shown = layout_parts(checked.text or "…", checked.context, labels[: len(letters)], letters)
        is_empty = not (checked.text or checked.context or labels)
        question = self.query_one("#preview-question", Static)
        question.update(Content(NOTHING if is_empty else shown))
        question.set_class(is_empty, "-empty")
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
