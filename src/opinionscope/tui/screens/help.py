"""Help: every key, and what the marks and measures mean."""

from collections.abc import Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static
from typing_extensions import override

from opinionscope.report import MEANINGS
from opinionscope.tui.actions import SCOPE_TITLES, actions_in
from opinionscope.tui.keymap import keys_of
from opinionscope.tui.screens.window import Window

CHART = (
    ("■", "$chart-human", "humans: how the group really answered"),
    ("▀", "$chart-model", "model: how the model says, or simulates, that they did"),
    ("┃", "$foreground", "what all groups of the attribute answer together: who does not know the group would say so"),
    (
        "├─┼─┤",
        "$foreground",
        "95 % interval of a share: Wilson's for people counted, real or simulated, Student's for repeats; "
        "none without n, or where the model was asked once",
    ),
    ("Δ pp", "", "model minus humans, in percentage points"),
    ("<1 %", "", "more than nothing, less than half a percent"),
    ("✓ ? ✗ – …", "", "of a kept run: done, unread, failed, cancelled, not ended"),
    ("● ★ ! *", "", "of a kept run: marked, pinned, not kept, measures that are not reliable"),
)
WORDS = {
    **MEANINGS,
    "recorded": "an answer that a model gave earlier; live models are asked when you press r, or Enter in the list",
    "person": "a guess that somebody set as bars in Play; no model was asked",
    "abridged": "the wording is our own short one; the source's key tells where the original is",
}


class HelpScreen(Window[None]):
    """One page; any of its keys closes it."""

    CSS_PATH = "help.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,question_mark,f1,enter", "leave", "Close")]

    @override
    def compose(self) -> ComposeResult:
        with VerticalScroll(id="help"):
            yield Static(_text(getattr(self.app, "chosen_keys", {})), markup=False)


def _text(chosen: Mapping[str, str]) -> Content:
    parts: list[str | tuple[str, str]] = []
    for scope, title in SCOPE_TITLES.items():
        parts.append((f"{title}\n", "bold $primary"))
        for action in actions_in(scope):
            parts += [(f"  {keys_of(action, chosen):<10}", "bold"), f"{action.help}\n"]
        parts.append("\n")
    parts += [("  ^p        ", "bold"), "Everything above as a searchable list\n\n"]
    parts.append(("The chart\n", "bold $primary"))
    for mark, style, meaning in CHART:
        parts += [(f"  {mark:<10}", style), f"{meaning}\n"]
    parts.append(("\nThe words\n", "bold $primary"))
    for name, meaning in WORDS.items():
        parts += [(f"  {name}\n", "bold"), f"    {meaning}\n"]
    return Content.assemble(*parts)
