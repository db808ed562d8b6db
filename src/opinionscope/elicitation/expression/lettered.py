"""Letters for the labels of options where these stand as keys of numbers: “Very good: 10” as “a: 10”."""

import re
from functools import lru_cache

from opinionscope.elicitation.expression.labels import aliases
from opinionscope.elicitation.expression.plain import plain
from opinionscope.elicitation.expression.written import AND
from opinionscope.regexes import regex
from opinionscope.survey.question import Question

_ROW_OF_LETTER = regex(r" ?\| ?[a-z] ?\|")
_ROW_OF_TWO = regex(r" ?\|?[^|]*\| ?[\d.,]+ ?%? ?\|? ?")
"""A row of two cells, the second of them a number."""
DASH = "[-‐–—]"


def lettered_line(line: str, question: Question) -> str:
    """A line with letters for labels in a key's place.

    Behind the letter of a row a number is no label, nor is the second of two cells.
    """
    labels, letter_of = keyed_labels(question.labels, question.letters)
    is_row, is_row_of_two = _ROW_OF_LETTER.match(line) is not None, _ROW_OF_TWO.fullmatch(line) is not None

    def lettered(match: re.Match[str]) -> str:
        return match[0] if is_row and match[2].isdigit() else match[1] + letter_of[match[2]]

    return labels.sub(lettered, line, int(is_row_of_two))


@lru_cache(maxsize=256)
def keyed_labels(labels: tuple[str, ...], letters: str) -> tuple[re.Pattern[str], dict[str, str]]:
    """What finds a label in a key's place in plain text (as its second group), and each label's letter."""
    letter_of = {plain(name).strip(): letter.lower() for name, letter in aliases(labels, letters).items()}
    longest_first = sorted(letter_of, key=len, reverse=True)
    known = "|".join(_as_key(label) for label in longest_first if not re.fullmatch("[a-z]?", label))
    return re.compile(rf"(^ ?|[^\w\s] ?|\n|\d |\b(?:{AND}) )({known or '(?!)'})"), letter_of


def _as_key(label: str) -> str:
    """A pattern for a label before a separator; “1 - 5” is a range rather than the label 1 and its number."""
    dash = f"| {DASH} " if any(map(str.isalpha, label)) else ""
    return rf"{re.escape(label)}(?=[)\]]? ?[:=|]{dash})"
