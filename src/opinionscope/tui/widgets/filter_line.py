"""FilterLine: a selection as it is typed, with completions, and with mistakes marked where they stand."""

import asyncio
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static
from typing_extensions import override

from opinionscope.charts.lines import shorten
from opinionscope.errors import OpinionscopeError
from opinionscope.regexes import regex
from opinionscope.selection import Selection, SelectionError, parse
from opinionscope.selection.completing import Suggestion, Values, completions, condition_start
from opinionscope.selection.fields import field_named
from opinionscope.tui.styles import MUTED
from opinionscope.tui.working import Failed

EXAMPLE = 'filter: words, model:gpt-4, kl<0.2, on:yesterday, -tag:old, "exact text"'
MOST_SHOWN = 12

_NAME = regex(r'"[^"]*"?|(?<!\S)@(\S+)')
_BEGUN = regex(r"-?([A-Za-z_][\w-]*?)(?::|<=|>=|<|>|=)")


class FilterInput(Input):
    """Tab takes the first completion."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("tab", "complete", "Complete", show=False)]

    class CompletionWanted(Message):
        """Tab was pressed."""

    def action_complete(self) -> None:
        """Ask for the first completion."""
        self.post_message(self.CompletionWanted())


class FilterLine(Vertical):
    """A field, and a line under it that says what could stand at the cursor, or what is wrong and where.

    Args:
        values: gives values of fields; called on every key, so it has to be quick.
        text: what stands in the field at first.
        saved: gives the saved selections, by name, and blocks; Enter puts one in place of its ``@NAME``.
        leaves_by_tab: whether tab goes to the next field where there is nothing to complete.
    """

    @dataclass
    class Changed(Message):
        """There is another selection: of a text with a mistake, what is right in it."""

        selection: Selection

    class Done(Message):
        """Enter was pressed, and nothing in the text is wrong."""

    def __init__(
        self, values: Values, text: str = "", *, saved: Callable[[], Mapping[str, str]], leaves_by_tab: bool = False
    ) -> None:
        super().__init__(id="filter-line")
        self._saved = saved
        self._leaves_by_tab = leaves_by_tab
        self._first_text = text
        self._values = values
        self._offered: Sequence[Suggestion] = ()

    @override
    def compose(self) -> ComposeResult:
        yield FilterInput(self._first_text, placeholder=EXAMPLE, compact=True, id="filter")
        yield Static("", id="filter-hint", markup=False)

    @property
    def field(self) -> Input:
        """Where one types."""
        return self.query_one("#filter", Input)

    def write(self, text: str) -> None:
        """Put another text into the field."""
        self.field.value = text
        self.field.cursor_position = len(text)

    @on(Input.Changed, "#filter")
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        text = while_typing(event.value)
        try:
            if names := _names(event.value):
                raise SelectionError("Enter puts the saved selection here", *names[0].span())
            selection = parse(text)
        except SelectionError as error:
            self._mark(error)
            with suppress(SelectionError):
                self.post_message(self.Changed(parse(f"{text[: error.start]} {text[error.end :]}")))
        else:
            self._offer()
            self.post_message(self.Changed(selection))

    @on(Input.Submitted, "#filter")
    async def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        text = typed = self.field.value
        names = _names(text)
        try:
            saved = await asyncio.to_thread(self._saved) if names else {}
        except OpinionscopeError as error:
            self.post_message(Failed(error))
            return
        for found in reversed(names):
            start, end = found.span()
            if found[1] not in saved:
                known = f"there are {', '.join(saved)}" if saved else "there are none"
                self._mark(SelectionError(f'no selection is saved as "{found[1]}"; {known}', start, end))
                return
            text = text[:start] + saved[found[1]] + text[end:]
        if text != typed:
            self.write(text)
        elif self.has_class("-wrong"):
            return
        self.post_message(self.Done())

    @on(FilterInput.CompletionWanted)
    def _take_completion(self) -> None:
        field = self.field
        if not self._offered:
            if self._leaves_by_tab:
                self.screen.focus_next()
            return
        before, after = field.value[: field.cursor_position], field.value[field.cursor_position :]
        taken = f"{before[: self._offered[0].start]}{self._offered[0].text}"
        taken += "" if taken.endswith((":", "<", ">")) or after.startswith(" ") else " "
        field.value = taken + after
        field.cursor_position = len(taken)

    def on_descendant_blur(self) -> None:
        """Completions are for whoever types."""
        if not self.has_class("-wrong"):
            self.query_one("#filter-hint", Static).update("")

    def _offer(self) -> None:
        """Show what could stand at the cursor."""
        self.remove_class("-wrong")
        value, cursor = self.field.value, self.field.cursor_position
        is_begun = self.field.has_focus and condition_start(value[:cursor]) < cursor
        offered = completions(value, cursor, self._values) if is_begun else []
        is_whole = [each.text for each in offered] == [value[each.start : cursor] for each in offered]
        self._offered = () if is_whole else offered
        if not self._offered:
            self.query_one("#filter-hint", Static).update("")
            return
        first, *others = [each.text for each in self._offered[:MOST_SHOWN]]
        more = " …" if len(self._offered) > MOST_SHOWN else ""
        rest = shorten("  ".join(others) + more, max(8, self.size.width - cell_len(first) - 8))
        self.query_one("#filter-hint", Static).update(
            Content.assemble(("tab ", MUTED), (first, "bold $primary"), (f"  {rest}", MUTED))
        )

    def _mark(self, error: SelectionError) -> None:
        """Say what was expected, under the place where it was."""
        self.add_class("-wrong")
        self._offered = ()
        value, width = self.field.value, max(20, self.size.width)
        start = cell_len(value[: error.start]) - int(self.field.scroll_offset.x)
        length = max(1, cell_len(value[error.start : error.end]))
        start = max(0, min(start, width - 1))
        marks, words = "▔" * min(length, width - start), error.message
        if start + len(marks) + 1 + cell_len(words) <= width:
            line = Content.assemble(" " * start, (marks, "bold $error"), (f" {words}", "$error"))
        elif cell_len(words) + 1 <= start:
            line = Content.assemble(
                " " * (start - cell_len(words) - 1), (f"{words} ", "$error"), (marks, "bold $error")
            )
        else:
            line = Content.assemble(" " * start, (marks, "bold $error"), (f"\n{words}", "$error"))
        self.query_one("#filter-hint", Static).update(line)


def _names(text: str) -> list[re.Match[str]]:
    """The ``@NAME`` outside of quotes."""
    return [found for found in _NAME.finditer(text) if found[1]]


def while_typing(text: str) -> str:
    """The text with its last word or name taken as the beginning of one, for it is still being typed.

    A condition that has no value yet is left out.
    """
    start = condition_start(text)
    last = text[start:]
    begun = _BEGUN.fullmatch(last)
    if begun and field_named(begun[1].lower()):
        return text[:start]
    if not last or last[-1] in '*":,-<>=.':
        return text
    found = re.match(r"-?([A-Za-z_][\w-]*?)(:|<=|>=|<|>|=)", last)
    if found is None:
        return f"{text}*"
    field = field_named(found[1].lower())
    is_text = field is not None and field.kind in ("name", "words") and found[2] in ":="
    return f"{text}*" if is_text or (field is None and found[2] != ":") else text
