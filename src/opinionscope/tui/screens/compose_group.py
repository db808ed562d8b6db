"""ComposeGroupScreen: a group put together from attributes, where single people's answers are at hand."""

from contextlib import suppress
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static
from typing_extensions import override

from opinionscope.alignment.uncertainty import noise_floor
from opinionscope.charts.chart import draw_human
from opinionscope.charts.lines import Line
from opinionscope.elicitation.phrasing import people
from opinionscope.report.caveats import SMALL_SAMPLE
from opinionscope.report.words import Unit, divergence
from opinionscope.survey import Group, Library, Question
from opinionscope.survey.microdata import CompositionError, Microdata
from opinionscope.tui.phrases import people_counted
from opinionscope.tui.screens.window import Window
from opinionscope.tui.styles import MUTED
from opinionscope.tui.widgets.attribute_line import AttributeLine, label_width
from opinionscope.tui.widgets.drawing import Drawing
from opinionscope.tui.widgets.key_button import KeyButton

NOBODY = "Nobody in this group answered this question: the model is shown alone."
FEW = f"Fewer than {SMALL_SAMPLE} answered: differences near this floor are mostly chance."
HINT = "↑↓ attribute  ←→ value"


class ComposeGroupScreen(Window[Group]):
    """Returns the group composed, or None.

    Args:
        question: the one whose answers are counted.
        current: what is composed at first, as far as the people at hand can be told apart in that way.

    Raises:
        CompositionError: if single people's answers are not at hand.
        PackError: if they cannot be read.
    """

    CSS_PATH = "compose_group.tcss"
    AUTO_FOCUS = "AttributeLine"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Leave"),
        Binding("enter", "take", "Take it"),
        Binding("down", "app.focus_next", "Next attribute", show=False),
        Binding("up", "app.focus_previous", "Previous attribute", show=False),
    ]

    def __init__(self, library: Library, question: Question, current: Group, unit: Unit = "nats") -> None:
        super().__init__()
        microdata = library.microdata(question.dataset)
        if microdata is None:
            raise CompositionError(f"single people's answers to {question.dataset} are not at hand")
        self._library = library
        self._question = question
        self._microdata = microdata
        self._unit: Unit = unit
        self._first = dict(_known(microdata, current))

    @override
    def compose(self) -> ComposeResult:
        attributes = self._microdata.attributes
        with Vertical(id="compose"):
            yield Static(
                f"Compose a group of {people_counted(self._microdata.people)}", id="compose-title", markup=False
            )
            with VerticalScroll(id="compose-attributes", can_focus=False):
                for attribute in attributes:
                    line = AttributeLine(
                        attribute,
                        self._microdata.slices(attribute),
                        takes_range=self._microdata.has_numbers(attribute),
                        label_width=label_width(attributes),
                    )
                    line.value = self._first.get(attribute, "")
                    yield line
            yield Static(id="compose-group", markup=False)
            yield Drawing(lambda _: [], id="compose-answers")
            with Horizontal(id="compose-ways"):
                yield KeyButton("enter Take it", "take", id="compose-take")
                yield KeyButton("esc Leave", "leave", id="compose-leave")
                yield Static(HINT, id="compose-hint", markup=False)

    def on_mount(self) -> None:
        """Say what is composed at first; keys go to the attributes only."""
        self._tell()

    @on(AttributeLine.Changed)
    def _tell(self) -> None:
        self.query_one("#compose-group", Static).update(self._words())
        self.query_one(Drawing).show(self._answers)

    def action_take(self) -> None:
        """Take the group, if one is composed."""
        try:
            group = self._group()
        except CompositionError:
            group = None
        if group is None:
            self.app.bell()
        else:
            self.close_with(group)

    def _group(self) -> Group | None:
        """What is composed; None if nothing is chosen yet."""
        expression = ",".join(filter(None, (line.condition for line in self.query(AttributeLine))))
        return self._library.group(self._question, expression) if expression else None

    def _words(self) -> Content:
        try:
            group = self._group()
        except CompositionError as error:
            return Content.styled(error.message, "$error")
        if group is None:
            return Content.styled("Choose a value of at least one attribute.", MUTED)
        lines = [
            Content.styled(group.name, "bold $chart-human"),
            Content(self._counted(group)),
            Content.styled(self._warning(group), "$warning"),
            Content.styled(f"In the prompt: “{people(group)}”", MUTED),
        ]
        return Content("\n").join(line for line in lines if line)

    def _answers(self, width: int) -> list[Line]:
        """How the group answered; nothing where none is composed yet."""
        with suppress(CompositionError):
            group = self._group()
            human = self._library.human(self._question, group) if group else None
            if human is not None:
                return draw_human(self._question.labels, human.probabilities, width)
        return []

    def _counted(self, group: Group) -> str:
        """How many people the group has, how many of them answered, and how near a perfect answer would come."""
        human = self._library.human(self._question, group)
        answered = self._microdata.cut(self._question, group.attributes).people
        if human and human.n and not self._microdata.weighted:
            answered = round(human.n)
        size = f"{people_counted(self._microdata.answered(group.attributes))}, {answered:,} answered this"
        floor = noise_floor(human.probabilities, human.n) if human else None
        if human is None or floor is None:
            return size
        effective = f" (effective n {human.n:,.0f})" if self._microdata.weighted else ""
        kl = divergence(floor.kl, self._unit)
        return f"{size}{effective} · noise floor KL {kl} {self._unit}, TV {floor.tv:.2f}"

    def _warning(self, group: Group) -> str:
        human = self._library.human(self._question, group)
        if human is None:
            return NOBODY
        return FEW if human.n is not None and human.n < SMALL_SAMPLE else ""


def _known(microdata: Microdata, group: Group) -> tuple[tuple[str, str], ...]:
    """The attributes of a group that can be told of these people."""
    known: list[tuple[str, str]] = []
    for attribute, value in group.attributes:
        try:
            known += microdata.group(f"{attribute}={value}").attributes
        except CompositionError:
            continue
    return tuple(known)
