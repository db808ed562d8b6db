"""PickerScreen: one list with a search field, to choose one of many items."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.types import CSSPathType
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option, OptionDoesNotExist
from typing_extensions import override

from opinionscope.tui.items import Search, options_of
from opinionscope.tui.screens.window import Window

MARK_HINT, PLACE_HINT = "^f favourite", "^o address"


class SearchField(Input):
    """Enter takes what is written by then: of a burst, neither earlier keys are lost nor later ones added."""

    @dataclass
    class Taken(Message):
        """Enter was pressed."""

        text: str

    is_taken = False

    def on_key(self, event: events.Key) -> None:
        """Look at keys in the order in which they come, before they change the text."""
        if event.key == "enter" and not self.is_taken:
            self.is_taken = True
            self.post_message(self.Taken(self.value))
        if self.is_taken and event.key != "escape":
            event.prevent_default()
            event.stop()


class PickerScreen(Window[str]):
    """Returns the key of the item chosen, free text where that is allowed, or None.

    Args:
        title: what is chosen.
        search: finds the items for what has been typed.
        current: key of the item under the cursor at first.
        free_text: label for taking the typed text itself, "" if only items may be chosen.
        mark: called with the key of an item that is to be a favourite, or no longer; None where there are none.
        place: called, after this has closed, with the key of a model whose server is to be named; None where none has.
    """

    CSS_PATH: ClassVar[CSSPathType | None] = "picker.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Close"),
        Binding("down", "move(1)", "Down", show=False, priority=True),
        Binding("up", "move(-1)", "Up", show=False, priority=True),
        Binding("pagedown", "move(10)", "Page down", show=False, priority=True),
        Binding("pageup", "move(-10)", "Page up", show=False, priority=True),
        Binding("ctrl+f", "mark", "Favourite", show=False, priority=True),
        Binding("ctrl+o", "place", "Address", show=False, priority=True),
    ]

    def __init__(
        self,
        title: str,
        search: Search,
        current: str = "",
        free_text: str = "",
        mark: Callable[[str], None] | None = None,
        place: Callable[[str], None] | None = None,
    ) -> None:
        super().__init__()
        self._title = title
        self._search = search
        self._current = current
        self._free_text = free_text
        self._mark = mark
        self._place = place
        self._filled_for = ""

    @override
    def compose(self) -> ComposeResult:
        with Vertical(id="picker") as picker:
            hints = (MARK_HINT if self._mark else "", PLACE_HINT if self._place else "")
            picker.border_subtitle = " · ".join(filter(None, hints))
            picker.set_class(self._mark is not None, "-long")
            with Vertical(id="picker-head"):
                yield Static(self._title, id="picker-title", markup=False)
                yield SearchField(placeholder="type to search", compact=True, id="picker-input")
            yield OptionList(compact=True, id="picker-list", markup=False)
            yield Static("Nothing contains these words.", id="picker-empty", markup=False)

    def on_mount(self) -> None:
        """Show everything, the cursor on what is chosen now."""
        self._fill("")
        self.query_one(Input).focus()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self._fill(event.value)

    @on(SearchField.Taken)
    def _taken(self, event: SearchField.Taken) -> None:
        options = self.query_one(OptionList)
        if event.text != self._filled_for:
            self._fill(event.text)
        if options.highlighted is None:
            self.query_one(SearchField).is_taken = False
        else:
            options.action_select()

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        self.close_with(event.option_id)

    def action_mark(self) -> None:
        """Make the item under the cursor a favourite, or no longer; the cursor stays on it."""
        options = self.query_one(OptionList)
        if self._mark is None or options.highlighted is None:
            return
        key = options.get_option_at_index(options.highlighted).id or ""
        self._mark(key)
        self.renew()

    def action_place(self) -> None:
        """Name the server of the model under the cursor, or of the one that is typed."""
        options = self.query_one(OptionList)
        if self._place is None or options.highlighted is None or not self.is_active:
            return
        key = options.get_option_at_index(options.highlighted).id or ""
        self.close_with(None)
        self._place(key)

    def renew(self) -> None:
        """Search again, because there may be more items now. The text and the cursor stay."""
        for options in self.query(OptionList):
            at = options.highlighted
            key = None if at is None else options.get_option_at_index(at).id
            self._fill(self.query_one(Input).value)
            if key is not None:
                with suppress(OptionDoesNotExist):
                    options.highlighted = options.get_option_index(key)

    def action_move(self, by: int) -> None:
        """Move the cursor while the search field keeps the focus."""
        options = self.query_one(OptionList)
        step = options.action_cursor_down if by > 0 else options.action_cursor_up
        for _ in range(abs(by)):
            step()

    def _fill(self, text: str) -> None:
        options, self._filled_for = self.query_one(OptionList), text
        found = options_of(self._search(text))
        typed = text.strip()
        if self._free_text and typed and not any(option.id == typed for option in found):
            free = Option(Content.assemble(self._free_text, " ", (typed, "bold")), id=typed)
            found = [*found, free] if found else [free]
        options.set_options(found)
        enabled = [at for at, option in enumerate(found) if not option.disabled]
        meant = self._current if not typed else typed if "/" in typed else None
        wanted = next((at for at in enabled if found[at].id == meant), None)
        options.highlighted = wanted if wanted is not None else next(iter(enabled), None)
        self.query_one("#picker-empty", Static).display = not found
