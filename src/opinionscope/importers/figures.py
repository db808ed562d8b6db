"""Numbers as people and programs write them: decimal commas, thousands, percent signs, cells that hold none."""

import math
import re
import unicodedata
from collections.abc import Iterable

from msgspec import Struct

from opinionscope.importers.base import ImportRefusedError
from opinionscope.regexes import regex
from opinionscope.survey.text import clean_line

POINT, COMMA = ".", ","
MARK_NAMES = {POINT: "point", COMMA: "comma"}
NO_FIGURE = frozenset(
    {"", "-", "–", "—", ".", "..", "...", "…", ":", "n/a", "na", "n.a.", "nan", "k.a.", "#n/a", "<na>"}
)
"""Cells, folded, of a table of figures that hold none."""
NO_RESULT = "(no result yet: save it in Excel)"
"""In place of a formula whose result is not in the file."""
MOST_SHOWN = 40
FEW = 0.1
"""Up to so large a share of figures written in another way than the rest are damage."""

_BLANK_GROUPS = regex(r"(?<=\d)[ \u00a0\u2007\u2009\u202f'’](?=\d{3}(?!\d))")
_SAME_MARKS = str.maketrans("−％٪﹪·٫", "-%%%..")
_MARKED = regex(r"[+-]?(\d*(?:[.,]\d*)+)")
_SUPPRESSED = regex(r"\*+|[<≤]\s*\d+([.,]\d+)?\s*%?|x|c|\(?suppressed\)?", re.IGNORECASE)
_TWO = regex(r"(?P<first>[^()\[\]]+?)\s*[(\[]\s*(?P<second>[^()\[\]]+?)\s*[)\]]")
_BOTH_WAYS = regex(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")
_WHOLE = regex(r"([+-]?\d+)\.0+")
_AS_TEXT = regex(r"=\"(.*)\"|'(?=[+-]?\d)(.*)")
"""How a number is kept from becoming one in Excel."""
_MINUS = regex(r"[\u2212\u2013](?=\d+(?:[.,]\d+)?$)")


class Notation(Struct, frozen=True):
    """How the figures of a table are written.

    Attributes:
        decimal: "." or ",".
        doubtful: figures such as 1.234 that could be a thousand or a decimal, where no other figure decides it.
        told: whether any figure has a decimal or thousands mark at all.
    """

    decimal: str = POINT
    doubtful: tuple[str, ...] = ()
    told: bool = False

    def number(self, text: str) -> float | None:
        """The finite number that a text holds, a percent sign left out; None if it holds none."""
        plain = bare(text)
        other = COMMA if self.decimal == POINT else POINT
        head, mark, tail = plain.partition(self.decimal)
        if other in head:
            groups = head.lstrip("+-").split(other)
            if not 1 <= len(groups[0]) <= 3 or any(len(each) != 3 for each in groups[1:]):
                return None
            head = head.replace(other, "")
        if other in tail or self.decimal in tail or "_" in plain:
            return None
        return number_in(head + (POINT if mark else "") + tail)


def number_in(text: str) -> float | None:
    """The finite number that a text is, as programs write them, or None."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def code_text(text: str) -> str:
    """A cell on one line; a whole number without the ".0" that some programs add to it."""
    if text.isdecimal():
        return text
    line = clean_line(text) if text.isascii() else _MINUS.sub("-", unicodedata.normalize("NFC", clean_line(text)))
    if as_text := _AS_TEXT.fullmatch(line):
        line = as_text[1] or as_text[2] or ""
    whole = _WHOLE.fullmatch(line)
    return whole[1] if whole else line


def any_number(cell: str) -> float | None:
    """The number in a cell, whichever mark its decimals have; None if it holds none."""
    return next((number for mark in MARK_NAMES if (number := Notation(mark).number(cell)) is not None), None)


def notation_of(cells: Iterable[str]) -> Notation:
    """How figures are written, told by those that can be read in one way only: 12,5 or 1.234,5 or 1.234.567.

    Raises:
        ImportRefusedError: if many say that the comma is the decimal mark and many others that the point is.
    """
    proof: dict[str, list[str]] = {}
    doubtful: list[str] = []
    for cell in dict.fromkeys(cells):
        plain = bare(cell)
        if mark := _decimal_mark(plain, percent="%" in cell):
            proof.setdefault(mark, []).append(clean_line(cell))
        elif _BOTH_WAYS.fullmatch(plain):
            doubtful.append(clean_line(cell))
    if proof:
        ranked = sorted(proof, key=lambda mark: len(proof[mark]), reverse=True)
        if len(ranked) > 1 and len(proof[ranked[1]]) > FEW * len(proof[ranked[0]]):
            raise ImportRefusedError(
                f"figures are written in two ways: {proof[POINT][0]} has a decimal point, {proof[COMMA][0]} a decimal "
                "comma; write all of them in one way, or say --decimal comma or --decimal point"
            )
        return Notation(ranked[0], told=True)
    marks = {mark for mark in MARK_NAMES for cell in doubtful if mark in cell}
    return Notation(COMMA if marks == {COMMA} else POINT, tuple(doubtful), told=bool(doubtful))


def size_notation(cells: Iterable[str], figures: Notation) -> Notation:
    """How numbers of people are written: 1,024 and 1.024 are a thousand of them, since people come whole.

    Args:
        figures: how the other figures are written, which counts where nothing else tells.
    """
    found = notation_of(cells)
    if not found.doubtful:
        return found if found.told else figures
    return Notation(POINT if COMMA in found.doubtful[0] else COMMA, told=True)


def _decimal_mark(plain: str, *, percent: bool) -> str:
    """The decimal mark that a figure proves, or ""."""
    if not _MARKED.fullmatch(plain):
        return ""
    points, commas = plain.count(POINT), plain.count(COMMA)
    if points and commas:
        last = max(POINT, COMMA, key=plain.rfind)
        return last if plain.count(last) == 1 else ""
    mark = POINT if points else COMMA
    if points + commas > 1:
        return COMMA if mark == POINT else POINT
    return mark if percent or not _BOTH_WAYS.fullmatch(plain) else ""


def bare(text: str) -> str:
    """A figure without blanks or apostrophes between thousands, without a percent sign, with a plain minus sign."""
    plain = _BLANK_GROUPS.sub("", text.strip().translate(_SAME_MARKS))
    return plain.strip("%").strip()


def has_blank_groups(text: str) -> bool:
    """Whether a blank or an apostrophe parts thousands in a figure."""
    return _BLANK_GROUPS.search(text) is not None


def is_blank(cell: str) -> bool:
    """Whether a cell of a table of figures says that there is none."""
    return cell.strip().casefold() in NO_FIGURE


def is_percent(text: str) -> bool:
    """Whether a percent sign stands in a text."""
    return "%" in text.translate(_SAME_MARKS)


def has_decimals(cell: str) -> bool:
    """Whether a figure is written with decimals; 1.234 may be a thousand."""
    plain = bare(cell)
    mark = _decimal_mark(plain, percent=False)
    return mark != "" and mark in plain


def is_suppressed(cell: str) -> bool:
    """Whether a cell hides a small figure, as "<5" or "*" do."""
    return _SUPPRESSED.fullmatch(cell.strip()) is not None


def count_and_percent(cell: str) -> tuple[str, str] | None:
    """The count and the percent of "12 (34%)" or "34% (12)"; None if a cell does not hold both."""
    found = _TWO.fullmatch(cell.strip())
    if found is None:
        return None
    first, second = found["first"], found["second"]
    if not any(character.isdigit() for character in first) or not any(character.isdigit() for character in second):
        return None
    return (second, first) if "%" in first and "%" not in second else (first, second)


def figure(cell: str, notation: Notation, measure: str = "") -> float:
    """The figure of a cell, 0 or more.

    Args:
        measure: "count", "share", "percent", or "" where that is not known; of "12 (34%)" it says which is taken.

    Raises:
        ValueError: with what was expected.
    """
    if is_suppressed(cell):
        raise ValueError(f"the figure is suppressed ({clean_line(cell)}), so it is not known")
    both = count_and_percent(cell)
    taken = cell if both is None else both[measure == "percent"]
    if "%" in taken and measure in ("count", "share"):
        raise ValueError(f"expected a {measure}, found {clean_line(cell)[:MOST_SHOWN]}")
    number = notation.number(taken)
    if number is None:
        raise ValueError(f"expected a number, found {'nothing' if is_blank(cell) else clean_line(cell)[:MOST_SHOWN]}")
    if number < 0:
        raise ValueError(f"expected a number of 0 or more, found {clean_line(cell)[:MOST_SHOWN]}")
    return number


def plainly(number: float) -> str:
    """A number as text that can be read in one way only: 1.234 as 1.2340, 12.0 as 12."""
    if isinstance(number, float) and number.is_integer() and abs(number) < 1e15:
        return str(int(number))
    text = repr(number)
    return f"{text}0" if _BOTH_WAYS.fullmatch(text) else text
