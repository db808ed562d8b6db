"""Things to choose from a list: how they are found, and how they look."""

from collections.abc import Callable, Sequence

from msgspec import Struct
from rich.cells import cell_len
from textual.content import Content
from textual.widgets.option_list import Option

from opinionscope.charts.lines import fit
from opinionscope.survey.text import fold
from opinionscope.tui.styles import MUTED

LEAST_LABEL, USUAL_WIDTH = 8, 48
"""In terminal cells."""

Search = Callable[[str], Sequence["PickerItem"]]


class PickerItem(Struct, frozen=True):
    """One thing to choose.

    Attributes:
        key: what the picker returns; "" for words that can only be read.
        detail: shown dim behind the label, and searched as well.
        section: heading under which it stands.
        figure: stands at the right.
        is_loud: whether the figure is to be seen first.
    """

    key: str
    label: str
    detail: str = ""
    section: str = ""
    figure: str = ""
    is_loud: bool = False


def search_in(items: Sequence[PickerItem]) -> Search:
    """A search that keeps the items holding every word."""

    def search(text: str) -> Sequence[PickerItem]:
        words = fold(text).split()
        return [item for item in items if all(word in fold(f"{item.label} {item.detail} {item.key}") for word in words)]

    return search


def options_of(items: Sequence[PickerItem], width: int = 0) -> list[Option]:
    """Items as options, with a heading before each section; `width` is that of the list, in cells, 0 if not known."""
    options: list[Option] = []
    section = ""
    for item in items:
        if item.section and item.section != section:
            section = item.section
            options.append(Option(Content.styled(section, f"bold {MUTED}"), disabled=True))
        text = Content.assemble(item.label, (f"  {item.detail}" if item.detail else "", MUTED))
        if item.figure:
            label = fit(item.label, max(LEAST_LABEL, (width or USUAL_WIDTH) - cell_len(item.figure) - 1))
            text = Content.assemble(label, " ", (item.figure, "bold $warning" if item.is_loud else MUTED))
        options.append(Option(text, id=item.key or None, disabled=not item.key))
    return options
