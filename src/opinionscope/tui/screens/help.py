"""Help: what has the focus, then every key, and what the marks and measures mean."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen
from typing_extensions import override

from opinionscope.report.words import MEANINGS, UNDEFINED, knowing_sentence, main_measures, noise_sentence
from opinionscope.tui.actions import SCOPE_TITLES, Scope, actions_in
from opinionscope.tui.keymap import keys_of
from opinionscope.tui.parts import own_keys, part_of
from opinionscope.tui.screens.page import TextPage
from opinionscope.tui.widgets.run_view import RunView

TITLE = "bold $primary"

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


class HelpScreen(TextPage):
    """One page; any of its keys closes it.

    Args:
        about: the screen below, whose focused part is explained first.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,question_mark,f1,enter", "leave", "Close")]

    def __init__(self, about: Screen[Any]) -> None:
        super().__init__()
        self._about = about
        self._first = Content.assemble(*_focused(about))

    @override
    def text(self) -> Content:
        scope: Scope = getattr(self._about, "SCOPE", "everywhere")
        return Content.assemble(self._first, _text(getattr(self.app, "chosen_keys", {}), scope))


def _focused(screen: Screen[Any]) -> Iterator[tuple[str, str]]:
    """What has the focus on a screen, with its own keys; then the numbers that stand there."""
    keys = [line for key, does in own_keys(screen) for line in _line(key, does)]
    part = part_of(screen)
    if part is not None:
        yield from ((f"{part.title}\n", TITLE), (f"  {part.text}\n", ""))
    if part is not None or keys:
        yield from (*keys, ("\n", ""))
    for view in screen.query(RunView):
        if (alignment := view.shown.alignment) is not None:
            yield ("The numbers on this screen\n", TITLE)
            for each in main_measures(alignment, view.unit):
                unknown = " (unknown here: the options have no places on a scale, or people chose each as often)"
                yield (f"  {each.label} {each.value} {each.unit}".rstrip(), "bold")
                yield (f"  {each.meaning}{unknown if each.value == UNDEFINED else ''}\n", "")
            sentences = (noise_sentence(alignment, view.unit), knowing_sentence(alignment))
            yield from ((f"  {sentence}\n", "") for sentence in sentences if sentence)
            yield ("\n", "")


def _line(keys: str, does: str) -> tuple[tuple[str, str], tuple[str, str]]:
    return (f"  {keys:<10}", "bold"), (f" {does}\n" if len(keys) > 9 else f"{does}\n", "")


def _text(chosen: Mapping[str, str], first: Scope) -> Content:
    parts: list[str | tuple[str, str]] = []
    for scope in sorted(SCOPE_TITLES, key=lambda scope: (scope != first, scope != "everywhere")):
        parts.append((f"{SCOPE_TITLES[scope]}\n", TITLE))
        for action in actions_in(scope):
            parts += _line(keys_of(action, chosen), action.help)
        if scope == "everywhere":
            parts += _line("^p", "Every action as a list that can be searched")
        parts.append("\n")
    parts.append(("The chart\n", TITLE))
    for mark, style, meaning in CHART:
        parts += [(f"  {mark:<10}", style), f"{meaning}\n"]
    parts.append(("\nThe words\n", TITLE))
    for name, meaning in WORDS.items():
        parts += [(f"  {name}\n", "bold"), f"    {meaning}\n"]
    return Content.assemble(*parts)
