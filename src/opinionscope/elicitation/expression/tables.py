"""Tables: the one with an option a column as a map a row, and of many columns the one that counts."""

from collections.abc import Sequence
from itertools import takewhile

from opinionscope.elicitation.expression.labels import letter_named
from opinionscope.elicitation.expression.several import names_only
from opinionscope.elicitation.expression.written import ABOUT, OF_SHARES, PLAIN_NUMBER, as_map
from opinionscope.regexes import regex
from opinionscope.survey.question import Group, Question

_MARKS = ("|", "\t", ";", ",")
"""What parts the columns of a table."""
_RULE = regex(r"[\s|:+=-]*")
MOST_HEADS = 4
"""So many columns beside those of the options may stand in a table with a column an option."""
_NUMBER_CELL = regex(r"(?!\W*(?:19|20)\d\d\W*$)\W{0,3}\d[\d.,]*\s?%?\W{0,3}")
_HEAD_IN_WORDS = regex(r"[\"']?[A-Za-z%][\w %()/]*[\"']?")
_ROW_LETTER = regex(
    r"(?!([a-z]) .*[(\[](?!\1)[a-z][)\]]$)"
    r"[(\[]?([a-z])[)\].:]{0,2}(?: (?!(?:[&+/,–-] ?|(?:and|or|to) )(?!\2\b)[a-z](?: ?$|[)\].:])).*)?"
)
"""The letter of a row, which is no article that begins a label before its letter: “a few times (b)”."""
_NEXT_BY_BAR = regex(r"(?<=[\d%|])[,;] ?(?=(?:\| ?)?[a-z] ?\|)")
"""What parts several options on one line: “a | 50, b | 30”."""
_HEDGE = regex(f"^(?:{ABOUT}) ")
OF_NO_SHARES = regex(
    r"cumul|^\W*+[^(±]*(?:error|margin|confidence)|"
    r"^(?!.*(?:percent|%|share|estimate|prob)).*\b(?:(?:rank|code|change|bound)s?|turnout|growth|certainty|"
    r"min(?:imum)?|max(?:imum)?|at (?:least|most))\b|"
    r"^(?:#|n|no\.?|id)$"
)
"""Heads of columns; “Percentage (high confidence)” and “Estimate ± error” head shares."""
_OF_THE_END = regex(
    r"^(?!.*(?:\d{4}|\bn\b|count|result)).*\b(?:final|revised|adjusted|corrected|normali[sz]ed|rescaled|updated)\b"
)
_OF_ROWS = regex(r"#|n[or]\.?|rank(?:ing)?|row")
_OF_DRAFTS = regex(r"\b(?:draft|initial|preliminary|unadjusted)\b")


def _cells(line: str, mark: str = "|") -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split(mark)]


def with_maps(text: str, question: Question) -> str:
    """Each table whose head names options over its columns, with a map in place of each of its rows of numbers."""
    lines = text.split("\n")
    for at, line in enumerate(lines):
        for mark in _MARKS:
            if mark in line and (letters := _heads(line, mark, question)):
                rows, below = [""], at + 1
                while below < len(lines) and (_RULE.fullmatch(lines[below]) or _row_of(lines[below], mark, letters)):
                    rows.append(_row_of(lines[below], mark, letters))
                    below += 1
                if any(rows):
                    lines[at:below] = rows
    return "\n".join(lines)


def _heads(line: str, mark: str, question: Question) -> list[str]:
    """The letter of each column, "" for one of no option; [] for a line that heads no such table.

    A number in a line that does not name all options is a figure, and no label.
    """
    cells = _cells(line, mark)
    letters = [letter_named(cell, question) for cell in cells]
    named = [letter for letter in letters if letter]
    if len(named) < len(question.letters) and any(map(PLAIN_NUMBER.fullmatch, cells)):
        return []
    return letters if len(named) == len(set(named)) > 1 and len(letters) - len(named) <= MOST_HEADS else []


def _row_of(line: str, mark: str, letters: Sequence[str]) -> str:
    """A row of numbers as what stands beside them and a map; "" if it is none."""
    cells = [cell.strip("*") for cell in _cells(line, mark)]
    if len(cells) != len(letters):
        return ""
    numbers = [(letter, PLAIN_NUMBER.fullmatch(cell)) for letter, cell in zip(letters, cells, strict=True) if letter]
    pairs = [(letter, number[1]) for letter, number in numbers if number]
    beside = " ".join(cell for letter, cell in zip(letters, cells, strict=True) if not letter)
    return f"{beside}: {as_map(pairs)}" if len(pairs) == len(numbers) else ""


def with_bars(text: str, question: Question) -> str:
    """Lines of a CSV file with an option in each, below a head of words, as a table with vertical bars."""
    lines = text.split("\n")
    for at, line in enumerate(lines):
        mark = next((mark for mark in _MARKS[1:] if mark in line), "")
        names = _cells(line, mark) if mark else []
        if len(names) < 2 or not all(map(_HEAD_IN_WORDS.fullmatch, names)):
            continue
        below = at + 1
        while below < len(lines) and (cells := _cells_of_option(lines[below], mark, len(names), question)):
            lines[below] = f"| {' | '.join(cells)} |"
            below += 1
        if below > at + 2:
            lines[at] = f"| {' | '.join(names)} |"
    return "\n".join(lines)


def _cells_of_option(line: str, mark: str, width: int, question: Question) -> list[str]:
    """The cells of a line that names an option and has a number; [] for another line."""
    cells = [cell.strip("\"'") for cell in _cells(line, mark)]
    named = any(letter_named(cell, question) for cell in cells)
    return cells if len(cells) == width and named and any(map(PLAIN_NUMBER.fullmatch, cells)) else []


def without_numbering(text: str) -> str:
    """Tables without a first column that counts or ranks their rows, whose numbers may be labels."""
    lines = text.split("\n")
    numbers = [_cells(line)[0].strip(".") for line in lines]
    for at, line in enumerate(lines):
        if line.strip(" |").count("|") > 1 and _OF_ROWS.fullmatch(numbers[at]):
            below = range(at + 1, len(lines))
            rows = [*takewhile(lambda row: numbers[row].isdecimal() or _RULE.fullmatch(lines[row]), below)]
            rows = [row for row in rows if numbers[row].isdecimal()]
            if rows and {numbers[row] for row in rows} == {str(number + 1) for number in range(len(rows))}:
                for row in (at, *rows):
                    lines[row] = f"| {' | '.join(_cells(lines[row])[1:])} |"
    return "\n".join(lines)


def own_column(text: str, group: Group) -> str:
    """A table whose head names the group over one of several columns, with that column alone beside the first."""
    lines = text.split("\n")
    for at, line in enumerate(lines):
        heads = _cells(line)
        named = [place for place, cell in enumerate(heads) if place and names_only(cell, group)]
        if line.count("|") > 1 and len(named) == 1 and not any(map(_NUMBER_CELL.fullmatch, heads)):
            for below in range(at, len(lines)):
                cells = _cells(lines[below])
                if len(cells) > named[0]:
                    lines[below] = f"| {cells[0]} | {cells[named[0]]} |"
            return "\n".join(lines)
    return text


def one_column(text: str) -> str:
    """Tables with an option a row and several columns of numbers: the one of shares, or a range where none is told.

    Args:
        text: folded, with letters in place of labels.
    """
    lines = _NEXT_BY_BAR.sub("\n", text).split("\n")
    head: list[str] = []
    for at, line in enumerate(lines):
        if line.count("|") < 2:
            head = []
            continue
        cells = [_HEDGE.sub("", cell) for cell in _cells(line)]
        letter = next((found[2] for cell in cells if (found := _ROW_LETTER.fullmatch(cell))), "")
        numbers = [place for place, cell in enumerate(cells) if PLAIN_NUMBER.fullmatch(cell)]
        if letter and numbers:
            told = _told(numbers, cells, [*head, *[""] * len(cells)])
            figure = "-".join(cells[place] for place in told) or "-"
            whom = [cell for cell in cells[numbers[-1] + 1 :] if figure.endswith("%") and cell.startswith("of ")]
            lines[at] = " ".join((f"{letter}:", figure, *whom))
        elif not numbers and not _RULE.fullmatch(line):
            head = cells
    return "\n".join(lines)


def _told(numbers: Sequence[int], cells: Sequence[str], heads: Sequence[str]) -> Sequence[int]:
    """Of the places of numbers in a row the one of the shares that count; all that may be it where none is told."""
    shares = [place for place in numbers if not OF_NO_SHARES.search(heads[place])]
    if any(_OF_THE_END.search(heads[place]) for place in shares):
        shares = [place for place in shares if not _OF_DRAFTS.search(heads[place])]
    named = [place for place in shares if OF_SHARES.search(heads[place])]
    signed = [place for place in shares if "%" in cells[place]]
    final = [place for place in named or signed or shares if _OF_THE_END.search(heads[place])]
    return next((places for places in (named, signed, final) if len(places) == 1), shares)
