"""Rows of option letters in an answer, told apart from the words around them."""

import re

from msgspec import Struct, field

from opinionscope.regexes import regex

FEWEST_AMID_PROSE = 5
FEWEST_IN_SMALL_GROUPS = 12
SHORTEST_BLOCK = 6
LONGEST_WORD = 11
"""No English word of more letters is spelt with the first ten letters of the alphabet alone."""

_WORD = regex(r"[^\W\d_]+")
_SPOKEN_OF = regex(
    r"[A-Z](?: (?!and\b|then\b)[a-z]|['’][a-z]|[\"'*]{0,4}\s?(?:[:=]|[-–—x×] ?\d)|[\"'*)\]]{0,4}\s?\?)",
)
"""A letter as a word ("A few"), as a key ("A: 9", "A × 9", "Group A:"), or asked for ("A?")."""

_ENDS_A_HEADING = regex(r"[^\w:]*+:|[^\w(\[)\]]*+[)\]][^\w(\[]*+$")
_CONJUNCTIONS = ("and", "then")


class LetterRow(Struct):
    """Letters that follow each other with no prose between them.

    Attributes:
        folded: they were lower-case letters.
        words: the letters as they stood together, as capitals, those that were never offered among them.
        longest: the length of the longest of the words.
        start, end: where it stands in the text.
    """

    folded: bool = False
    words: list[str] = field(default_factory=list)
    longest: int = 0
    start: int = 0
    end: int = 0

    @property
    def letters(self) -> str:
        """All letters in their order."""
        return "".join(self.words)

    def add(self, word: str, span: tuple[int, int]) -> None:
        """Let the row go on with a word that stands there in the text."""
        self.start, self.end = (self.start if self.words else span[0]), span[1]
        self.words.append(word)
        self.longest = max(self.longest, len(word))


class LetterRows(Struct):
    """All rows of an answer that hold a letter offered, in order, and whether there was prose beside them."""

    rows: list[LetterRow]
    prose: bool
    offered: str

    @property
    def answers(self) -> list[LetterRow]:
        """The rows that a careful person would take for simulated answers, not for words or mentions of options."""
        if len(self.rows) == 1 and not self.prose:
            return [row for row in self.rows if row.longest == 1 or not row.folded or _is_even(row)]
        return [row for row in self.rows if _stands_out(row) and row.letters not in self.offered]

    @property
    def beginning(self) -> list[LetterRow]:
        """The last row, if answers seem to begin with it: too short yet, but more than a mention of options."""
        return [row for row in self.rows[-1:] if not row.folded and not (self.prose and row.letters in self.offered)]


def _stands_out(row: LetterRow) -> bool:
    """Whether a row amid prose is too long to be a mention of options, or a few words spelt with their letters."""
    if row.folded and row.longest > 1:
        return row.longest > LONGEST_WORD
    size = len(row.letters)
    return size >= (FEWEST_IN_SMALL_GROUPS if 1 < row.longest < FEWEST_AMID_PROSE else FEWEST_AMID_PROSE)


def _is_even(row: LetterRow) -> bool:
    """Whether the letters stand in groups of one length, but for a shorter last one, as words rarely do."""
    *whole, last = map(len, row.words)
    return set(whole) <= {row.longest} and last <= row.longest


def find_rows(text: str, offered: str) -> LetterRows:
    """Every row of the letters `offered` in a text."""
    rows, prose, end = [LetterRow()], False, 0
    for match in _WORD.finditer(text):
        word = match.group()
        spoken_of = len(word) == 1 and _SPOKEN_OF.match(text, match.start())
        letters = "" if spoken_of else _letters(word, offered)
        prose |= letters != word.upper()
        if letters:
            gap, folded = text[end : match.start()], word.islower()
            if rows[-1].words and (rows[-1].folded != folded or _was_heading(rows[-1], gap, letters)):
                rows.append(LetterRow())
            rows[-1].folded = folded
            rows[-1].add(letters, match.span())
            end = match.end()
        elif word not in _CONJUNCTIONS and rows[-1].words:
            rows.append(LetterRow())
    return LetterRows([row for row in rows if set(row.letters) & set(offered)], prose, offered)


def _letters(word: str, offered: str) -> str:
    """The letters of answers that a word consists of, or that are glued into it; "" if it is only a word.

    All of them were offered, or it is a single capital, or it is long and most of them were offered.
    """
    capitals = word.upper() if word.islower() and word.isascii() else word
    inside = sum(character in offered for character in capitals)
    if inside == len(word) or (len(word) == 1 and "A" <= word <= "Z"):
        return capitals
    if len(word) >= SHORTEST_BLOCK and word.isascii() and word.isupper() and inside > len(word) / 2:
        return word
    glued = max(re.findall(f"[{offered}]+", word), key=len, default="")
    return glued if len(glued) >= SHORTEST_BLOCK else ""


def _was_heading(row: LetterRow, gap: str, letters: str) -> bool:
    """Whether the letters so far name options or a group (“A to D:”), and the answers come after the gap."""
    if _ENDS_A_HEADING.match(gap):
        return True
    return row.longest == 1 and len(letters) >= SHORTEST_BLOCK and "\n" in gap
