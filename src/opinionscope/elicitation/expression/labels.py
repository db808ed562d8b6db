"""Other ways to name an option than by its letter: its label, and for "1: Very unlikely" its number or its words."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache

from opinionscope.regexes import regex
from opinionscope.survey.question import Question
from opinionscope.survey.text import clean_line, fold

_NUMBERED = regex(r"(?P<number>\d{1,3})\s?[:.)=–-]\s?(?P<words>\S.*)")
_AMOUNT = r"[$€£]?\d[\d.,]*k?"
_OPEN_ABOVE = regex(rf"(?P<low>{_AMOUNT}) ?(?:\+|(?:and|or) (?:over|older|more|above|up|higher))")
_OPEN_BELOW = regex(rf"(?:<|under|below|(?:less|fewer|younger) than) ?(?P<high>{_AMOUNT})")
_IN_BRACKETS_BEHIND = regex(r"(?<=[^\W\d_]) \([^()]*\)$")
_MARKED_LETTER = regex(r"[(\[]?([a-z])(?:[)\]]|[.:] | - |$)")


@lru_cache(maxsize=256)
def aliases(labels: tuple[str, ...], letters: str) -> Mapping[str, str]:
    """Name, folded → letter, of every name that belongs to one option only.

    Number and words of a label count as names where all labels are numbered.
    """
    numbered = [_NUMBERED.fullmatch(clean_line(label)) for label in labels]
    of_letter = {letter: {fold(clean_line(label))} for letter, label in zip(letters, labels, strict=True)}
    whole = set().union(*of_letter.values())
    words = [fold(match["words"]) for match in numbered if match]
    if len(words) == len(labels):
        for letter, match, said in zip(letters, numbered, words, strict=True):
            number = match["number"] if match else ""
            own_words = {said} if len(set(words)) == len(words) else set()
            of_letter[letter] |= {number, *_spellings(number, said)} | own_words
    for names in of_letter.values():
        names |= {other for name in names for other in _of_an_open_end(name)}
        names |= {"neither" for name in names if name.startswith("neither ")}
        names |= {_IN_BRACKETS_BEHIND.sub("", name) for name in names} - whole
        plain = [name for name in names if " " in name and re.fullmatch(r"[\w ]+", name)]
        names |= {name.replace(" ", mark) for name in plain for mark in ("_", "-", "")}
    counted = Counter(name for names in of_letter.values() for name in names)
    return {name: letter for letter, names in of_letter.items() for name in names if name and counted[name] == 1}


def words_alone(labels: tuple[str, ...]) -> tuple[str, ...]:
    """The words of all labels without their numbers, where all are numbered and no words the same; else ()."""
    numbered = [_NUMBERED.fullmatch(clean_line(label)) for label in labels]
    words = tuple(match["words"] for match in numbered if match)
    return words if len(labels) == len({*map(fold, words)}) else ()


def _of_an_open_end(label: str) -> tuple[str, ...]:
    """Other ways to write a range with one end: "50+" for "50 and over", "<18" for "under 18"."""
    if above := _OPEN_ABOVE.fullmatch(label):
        low = above["low"]
        return (
            f"{low}+",
            *(f"{low} {and_or} {more}" for and_or in ("and", "or") for more in ("over", "older", "more")),
        )
    if below := _OPEN_BELOW.fullmatch(label):
        return tuple(f"{less}{below['high']}" for less in ("<", "< ", "under ", "below ", "less than "))
    return ()


def _spellings(number: str, words: str) -> tuple[str, ...]:
    marks = (": ", " ", " - ", ". ", ") ", " = ")
    return (f"{number} ({words})", f"{words} ({number})", *(f"{number}{mark}{words}" for mark in marks))


def one_of(names: Iterable[str]) -> str:
    """A pattern for any of these names, the longest that fits; one that finds nothing where there are none."""
    return "|".join(map(re.escape, sorted(names, key=len, reverse=True))) or "(?!)"


def letter_named(name: str, question: Question) -> str:
    """The letter of the option that a text names by letter, label or number: "B", "B. Agree", "Agree"; else ""."""
    folded = fold(clean_line(name)).strip("\"'`*_ ")
    if known := aliases(question.labels, question.letters).get(folded):
        return known
    match = _MARKED_LETTER.match(folded.removeprefix("option "))
    letter = match[1].upper() if match else ""
    return letter if letter and letter in question.letters else ""
