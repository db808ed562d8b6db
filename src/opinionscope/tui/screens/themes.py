"""ThemePicker: the themes, each shown at once on the screen below."""

from collections.abc import Mapping
from typing import Any, ClassVar

from textual import on
from textual.app import App
from textual.types import CSSPathType
from textual.widgets import OptionList
from typing_extensions import override

from opinionscope.tui.items import PickerItem, search_in
from opinionscope.tui.screens.picker import PickerScreen


class ThemePicker(PickerScreen):
    """Shows the theme under the cursor; Enter keeps it, Esc brings back the one before.

    Args:
        app: the program, whose themes are offered.
        about: what our own themes are for, by name; they come first.
    """

    CSS_PATH: ClassVar[CSSPathType | None] = ["picker.tcss", "themes.tcss"]

    def __init__(self, app: App[Any], about: Mapping[str, str]) -> None:
        self._before = app.theme
        known = app.available_themes
        names = [*about, *(name for name in known if name not in about)]
        items = [
            PickerItem(
                name,
                name,
                about.get(name) or ("dark" if known[name].dark else "light"),
                section="opinionscope" if name in about else "Textual",
            )
            for name in names
        ]
        super().__init__("Theme", search_in(items), self._before)

    @on(OptionList.OptionHighlighted)
    def _show(self, event: OptionList.OptionHighlighted) -> None:
        if event.option_id and self.is_active:
            self.app.theme = event.option_id

    @override
    def close_with(self, result: str | None) -> None:
        if self.is_active:
            self.app.theme = result or self._before
        super().close_with(result)
