"""RecipeScreen: how the question is asked, besides group, steering and format."""

from collections.abc import Callable, Iterable, Iterator
from typing import ClassVar

from msgspec import Struct
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static
from typing_extensions import override

from opinionscope.elicitation import OPTIONS, ORDERS, PLAIN, Recipe, Voices
from opinionscope.elicitation.effects import counts_people, idle
from opinionscope.elicitation.steering import has_persona, has_real_examples
from opinionscope.errors import OpinionscopeError
from opinionscope.recipe import YES_NO
from opinionscope.runs.prober import Choices
from opinionscope.tui.screens.window import Window
from opinionscope.tui.styles import MUTED
from opinionscope.tui.widgets.choice_line import ChoiceLine
from opinionscope.tui.widgets.key_button import KeyButton
from opinionscope.values import replace

HINT = "↑↓ line  ←→ value"
LABEL_WIDTH = 13

Plan = Callable[[Choices], str]
"""Describes the calls and tokens of choices; may refuse them."""


class _Line(Struct, frozen=True):
    """One thing of a recipe.

    Attributes:
        presets: what the arrows step through.
        meaning: shown while the cursor is on it.
        idle: why it has no effect on what is chosen, or "".
    """

    name: str
    label: str
    presets: tuple[str, ...]
    meaning: str
    idle: str = ""


class RecipeScreen(Window[Recipe]):
    """Returns the recipe, or None if it is left.

    Args:
        choices: what is chosen, whose recipe is shown at first.
        voices: wordings of a persona.
        plan: describes the calls and tokens of choices, or raises why they cannot be asked.
    """

    CSS_PATH = "recipe.tcss"
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Leave"),
        Binding("enter", "take", "Take it", priority=True),
        Binding("backspace", "reset", "Defaults"),
        Binding("down", "app.focus_next", "Next line", show=False, priority=True),
        Binding("up", "app.focus_previous", "Previous line", show=False, priority=True),
    ]

    def __init__(self, choices: Choices, voices: Voices, plan: Plan) -> None:
        super().__init__()
        self._choices = choices
        self._summaries = {voice.name: voice.summary for voice in voices}
        self._plan = plan
        self._lines = {line.name: line for line in _lines(choices, self._summaries)}

    @override
    def compose(self) -> ComposeResult:
        with Vertical(id="recipe-box"):
            yield Static("How it is asked", id="recipe-title", markup=False)
            with VerticalScroll(id="recipe-lines", can_focus=False):
                for line in self._lines.values():
                    value = _value(self._choices.recipe, line.name)
                    presets = line.presets if value in line.presets else (value, *line.presets)
                    choice = ChoiceLine(line.label, presets, id=f"recipe-{line.name}", label_width=LABEL_WIDTH)
                    choice.value = value
                    choice.set_class(bool(line.idle), "-idle")
                    yield choice
            yield Static(id="recipe-words", markup=False)
            with Horizontal(id="recipe-ways"):
                yield KeyButton("⏎ Take it", "take", id="recipe-take")
                yield KeyButton("esc Leave", "leave", id="recipe-leave")
                yield KeyButton("⌫ Defaults", "reset", id="recipe-reset")
                yield Static(HINT, id="recipe-hint", markup=False)

    def on_mount(self) -> None:
        """Describe the first recipe; keys go to the lines only."""
        next(line for line in self.query(ChoiceLine) if not line.has_class("-idle")).focus()
        self._tell()

    def on_descendant_focus(self) -> None:
        """Explain the line under the cursor."""
        self._tell()

    @on(ChoiceLine.Changed)
    def _changed(self, event: ChoiceLine.Changed) -> None:
        event.stop()
        self._tell()

    def action_take(self) -> None:
        """Return this recipe, if it can be asked."""
        try:
            recipe = self._recipe()
        except OpinionscopeError:
            return
        self.close_with(recipe)

    def action_reset(self) -> None:
        """Reset everything to the defaults."""
        for name in self._lines:
            self.query_one(f"#recipe-{name}", ChoiceLine).value = _value(PLAIN, name)
        self._tell()

    def _recipe(self) -> Recipe:
        """The recipe as shown.

        Raises:
            RecipeError: if something is out of range.
        """
        values = {name: self.query_one(f"#recipe-{name}", ChoiceLine).value for name in self._lines}
        order = next(order for order in ORDERS if order == values["order"])
        return replace(
            self._choices.recipe,
            samples=int(values["samples"]),
            repeats=int(values["repeats"]),
            order=order,
            reasoning=values["reasoning"] == "yes",
            voice=values["voice"],
            examples=int(values["examples"]),
            temperature=float(values["temperature"]),
            **{option.name: option.value(values[option.name]) for option in OPTIONS},
        )

    def _tell(self) -> None:
        self.query_one("#recipe-words", Static).update(Content("\n").join(self._words()))

    def _words(self) -> Iterator[Content]:
        line = next((self._lines[name] for name in self._lines if self._has_cursor(name)), None)
        if line is not None:
            meaning = line.meaning
            if line.name == "voice":
                meaning = self._summaries.get(self.query_one("#recipe-voice", ChoiceLine).value, meaning)
            yield Content(meaning)
            yield Content.styled(line.idle, "$warning") if line.idle else Content("")
        try:
            yield Content.styled(self._plan(replace(self._choices, recipe=self._recipe())), MUTED)
        except OpinionscopeError as error:
            yield Content.styled(error.message, "$error")

    def _has_cursor(self, name: str) -> bool:
        return any(line.has_focus for line in self.query(f"#recipe-{name}"))


def _lines(choices: Choices, voices: Iterable[str]) -> Iterator[_Line]:
    steering, form = choices.steering, choices.format
    people = "" if counts_people(steering, form) else f"No effect: {form} simulates no single people."
    persona = "" if has_persona(steering) else f"No effect: steering {steering} has no persona."
    shown = "" if has_real_examples(steering) else f"No effect: steering {steering} has no examples."
    yield _Line(
        "samples", "Samples", ("10", "30", "50", "100", "200"), "N simulated people: letters, or calls of one", people
    )
    yield _Line("repeats", "Repeats", ("1", "3", "5", "10", "20"), "Repeat everything R times: mean and interval")
    yield _Line("order", "Order", ORDERS, "Order of the options; shuffled draws one for every call")
    yield _Line("reasoning", "Reasoning", YES_NO, "The model reasons first, then answers")
    yield _Line("voice", "Voice", tuple(voices), "Wording of the persona", persona)
    yield _Line(
        "examples", "Examples", ("1", "3", "5", "8", "10"), "Few-shot examples, the most similar questions first", shown
    )
    yield _Line("temperature", "Temperature", ("0", "0.5", "0.7", "1", "1.5"), "Sampling temperature; 1 in the paper")
    for option in OPTIONS:
        yield _Line(option.name, option.label, option.presets, option.meaning, idle(option, steering, form))


def _value(recipe: Recipe, name: str) -> str:
    value = getattr(recipe, name)
    if isinstance(value, bool):
        return YES_NO[value]
    return f"{value:g}" if isinstance(value, float) else str(value)
