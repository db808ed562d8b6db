"""RecipeScreen: how the question is asked, besides group, steering and format."""

from collections.abc import Callable, Iterator
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static
from typing_extensions import override

from opinionscope.elicitation import PLAIN, Recipe, Voices
from opinionscope.elicitation.effects import idle
from opinionscope.errors import OpinionscopeError
from opinionscope.recipe import ALL_OPTIONS, RecipeOption
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
        self._lines = {option.name: option for option in ALL_OPTIONS}

    @override
    def compose(self) -> ComposeResult:
        with Vertical(id="recipe-box"):
            yield Static("How it is asked", id="recipe-title", markup=False)
            with VerticalScroll(id="recipe-lines", can_focus=False):
                for line in self._lines.values():
                    value, presets = line.of(self._choices.recipe), line.presets or tuple(self._summaries)
                    presets = presets if value in presets else (value, *presets)
                    choice = ChoiceLine(line.label, presets, id=f"recipe-{line.name}", label_width=LABEL_WIDTH)
                    choice.value = value
                    choice.set_class(bool(self._idle(line)), "-idle")
                    yield choice
            with Vertical(id="recipe-foot"):
                yield Static(id="recipe-words", markup=False)
                with Horizontal(id="recipe-ways"):
                    yield KeyButton("enter Take it", "take", id="recipe-take")
                    yield KeyButton("esc Leave", "leave", id="recipe-leave")
                    yield KeyButton("backspace Defaults", "reset", id="recipe-reset")
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
        for name, line in self._lines.items():
            self.query_one(f"#recipe-{name}", ChoiceLine).value = line.of(PLAIN)
        self._tell()

    def _recipe(self) -> Recipe:
        """The recipe as shown.

        Raises:
            RecipeError: if something is out of range.
        """
        values = {name: self.query_one(f"#recipe-{name}", ChoiceLine).value for name in self._lines}
        return replace(self._choices.recipe, **{name: self._lines[name].value(text) for name, text in values.items()})

    def _tell(self) -> None:
        self.query_one("#recipe-words", Static).update(Content("\n").join(self._words()))
        if self.focused is not None:  # more words leave the lines less room
            self.call_after_refresh(self.focused.scroll_visible, animate=False)

    def _words(self) -> Iterator[Content]:
        line = next((self._lines[name] for name in self._lines if self._has_cursor(name)), None)
        if line is not None:
            meaning = line.meaning
            if line.name == "voice":
                meaning = self._summaries.get(self.query_one("#recipe-voice", ChoiceLine).value, meaning)
            yield Content(meaning)
            yield Content.styled(self._idle(line), "$warning")
        try:
            yield Content.styled(self._plan(replace(self._choices, recipe=self._recipe())), MUTED)
        except OpinionscopeError as error:
            yield Content.styled(error.message, "$error")

    def _idle(self, line: RecipeOption) -> str:
        return idle(line, self._choices.steering, self._choices.format)

    def _has_cursor(self, name: str) -> bool:
        return any(line.has_focus for line in self.query(f"#recipe-{name}"))
