"""Lines of text with a role: whoever shows them styles the roles."""

from typing import Literal, NamedTuple

LineRole = Literal["heading", "strong", "text", "muted"]


class TextLine(NamedTuple):
    """Some text and the role it plays; a prompt or an answer is one TextLine, line feeds and all.

    Shown one under the other, blank ones included, they make the whole text.
    """

    text: str
    role: LineRole = "text"


BLANK = TextLine("")
