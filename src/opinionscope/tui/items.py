"""Things to choose from a list: how they are found, and how they look."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from textual.content import Content
from textual.widgets.option_list import Option

from opinionscope.survey.text import fold
from opinionscope.tui.styles import MUTED

Search = Callable[[str], Sequence["Item"]]


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to choose.

    Attributes:
        key: what the picker returns; "" for words that can only be read.
        detail: shown dim behind the label, and searched as well.
        section: heading under which it stands.
    """

    key: str
    label: str
    detail: str = ""
    section: str = ""


def search_in(items: Sequence[Item]) -> Search:
    """A search that keeps the items holding every word."""

    def search(text: str) -> Sequence[Item]:
        words = fold(text).split()
        return [item for item in items if all(word in fold(f"{item.label} {item.detail} {item.key}") for word in words)]

    return search


def options_of(items: Sequence[Item]) -> list[Option]:
    """Items as options, with a heading before each section."""
    options: list[Option] = []
    section = ""
    for item in items:
        if item.section and item.section != section:
            section = item.section
            options.append(Option(Content.styled(section, f"bold {MUTED}"), disabled=True))
        text = Content.assemble(item.label, (f"  {item.detail}" if item.detail else "", MUTED))
        options.append(Option(text, id=item.key or None, disabled=not item.key))
    return options
