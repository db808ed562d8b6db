"""KeptStylesheet: style rules that are parsed once."""

from textual.css.stylesheet import Stylesheet
from typing_extensions import override


class KeptStylesheet(Stylesheet):
    """Parses a text again only if the theme has changed.

    Textual (8.2.8) parses every text again for each screen that is opened for the first time, some of them three times.
    """

    @override
    def set_variables(self, variables: dict[str, str]) -> None:
        if variables != self._variables:
            super().set_variables(variables)

    @override
    def reparse(self) -> None:
        self.parse()
