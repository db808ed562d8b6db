"""Options that are named apart from their numbers: by letter and label, by a heading, or all in one run.

What is found is rewritten as plain pairs, "A: 50%", and only where every option of the question has its number.
"""

import math
import re
from functools import lru_cache
from itertools import pairwise

from opinionscope.elicitation.expression.labels import aliases, letter_named, one_of
from opinionscope.elicitation.expression.written import is_whole
from opinionscope.regexes import regex
from opinionscope.survey.question import Question

_NUMBER = r"(?:[~≈∼]\s?)?\d{1,3}(?:\.\d{1,9})?(?:\s?%)?"
_JOINT = r"[ \t]?+(?>,[ \t]and\b|[:/,|&–-]|and\b)[ \t]?+"
_RUNS = regex(
    rf"(?<![\w.])(?P<letters>[A-Z](?:{_JOINT}[A-Z](?!\w)){{1,25}}+)(?:[^\w\n]|(?:get|are|is|percent|respectively)\b)"
    rf"{{1,12}}(?P<numbers>{_NUMBER}(?:{_JOINT}{_NUMBER}){{1,25}}+)(?![\w%])"
)
"""“A/B/C: 50/30/20”, “A, B and C get 50%, 30% and 20%”."""
_MARKS_OF_A_HEADING = " \t\r#*_:>•[]()-"
LONGEST_LINE = 200
_ALONE = regex(
    rf"\W{{0,9}}(?:(?:[\w ]{{0,30}}\b)?(?:estimate[ds]?|percent(?:age)?|share|probability|value)\b[^\w\n]{{1,6}})?"
    rf"(?P<number>{_NUMBER})[\s*_.)]{{0,9}}",
    re.IGNORECASE,
)
"""A line that gives a number and nothing else."""

_NUMBERED_LINE = regex(
    rf"\W*(?:option )?(?P<name>\d{{1,2}})[ \t]?[.):–— -][ \t]?(?P<number>{_NUMBER})\W*", re.IGNORECASE
)
"""A line with the number of an option and its share: “1. 30%”."""
_IN_ORDER = regex(
    r"\W{0,9}(?:json\W{0,9})?(?:\w{0,20}(?:percent|share|prob|distribution|estimate|answer)\w{0,20}\W{1,9})?"
    rf"\[?\s{{0,9}}(?P<numbers>{_NUMBER}(?:[\s,;/|]{{1,9}}{_NUMBER}){{2,25}})\s{{0,9}}\]?\W{{0,9}}",
    re.IGNORECASE,
)
"""A whole answer that is a list of three numbers or more. Two may be a range: “[40, 60]”."""


def in_order(text: str, question: Question) -> str:
    """An answer that is a list with a number for each option, and nothing else, as pairs; "" for any other answer."""
    found = _IN_ORDER.fullmatch(text)
    numbers = re.findall(_NUMBER, found["numbers"]) if found else []
    values = [number.strip("~≈∼% \t\n") for number in numbers]
    are_labels = all(value in label for value, label in zip(values, question.labels, strict=False))
    if len(values) != len(question.letters) or are_labels or not is_whole(math.fsum(map(float, values)), 0.015):
        return ""
    return ", ".join(f"{letter}: {number}" for letter, number in zip(question.letters, numbers, strict=True))


def brought_together(text: str, question: Question) -> str:
    """The text with every option beside its number, where it has them apart."""
    return _runs(_numbered(_headings(_labels(text, question), question), question), question)


def _labels(text: str, question: Question) -> str:
    """Letters that stand with their own label before a number, without the label."""
    pattern = _label_pattern(question.labels, question.letters)
    found = {match.lastgroup for match in pattern.finditer(text)}
    return pattern.sub(lambda match: f"{match.lastgroup}: ", text) if len(found) == len(question.letters) else text


@lru_cache(maxsize=256)
def _label_pattern(labels: tuple[str, ...], letters: str) -> re.Pattern[str]:
    """What finds a letter with its own label before a number; the group that matched has the letter's name.

    A number of an option's own is none, for it may begin a range: “A: 0-10”.
    """
    names = [each for each in aliases(labels, letters).items() if not each[0].isdigit() or each[0] in labels]
    own = {letter: one_of(name for name, named in names if named == letter) for letter in letters}
    between = r"[^\w\n,;{}|<>~≈%]{1,20}"
    behind = r"(?:[ \t\"'*_)\]:=–—-]{1,40}|[ \t]?\((?=[~≈]?\d{1,3}(?:\.\d{1,9})?\s?%\)))"
    parts = "|".join(f"(?P<{letter}>{letter}){between}(?:{name})" for letter, name in own.items())
    return re.compile(rf"(?<![\w.])(?:{parts}){behind}(?<![:=]-)(?<![:=] -)(?=[~≈]?\s?\d)", re.IGNORECASE)


def _headings(text: str, question: Question) -> str:
    """Each option as a heading and its number on a line below, as one line each."""
    lines, size = text.split("\n"), len(question.letters)
    heads = {}
    for at, line in enumerate(lines):
        name = line.strip(_MARKS_OF_A_HEADING) if len(line) <= LONGEST_LINE else ""
        if name and (letter := letter_named(name, question)):
            heads[at] = letter
    named = list(heads.values())
    if not named or any(sorted(named[at : at + size]) != sorted(question.letters) for at in range(0, len(named), size)):
        return text
    starts = [*heads, len(lines)]
    rewritten = lines[: starts[0]]
    for start, end in pairwise(starts):
        numbers = {at: match["number"] for at in range(start + 1, end) if (match := _ALONE.fullmatch(lines[at]))}
        if len(numbers) != 1:
            return text
        at, number = numbers.popitem()
        rewritten += [f"{heads[start]}: {number}", *lines[at + 1 : end]]
    return "\n".join(rewritten)


def _numbered(text: str, question: Question) -> str:
    """The lines of a text that name each option once, by its own number, as pairs, if their shares are the whole."""
    names = aliases(question.labels, question.letters)
    lines = text.split("\n")
    found = {at: match for at, line in enumerate(lines) if (match := _NUMBERED_LINE.fullmatch(line))}
    letters = [names.get(match["name"], "") for match in found.values()]
    total = math.fsum(float(match["number"].strip("~≈∼% ")) for match in found.values())
    if sorted(letters) != sorted(question.letters) or not is_whole(total):
        return text
    for letter, (at, match) in zip(letters, found.items(), strict=True):
        lines[at] = f"{letter}: {match['number']}"
    return "\n".join(lines)


def _runs(text: str, question: Question) -> str:
    """All letters in one run and their numbers in another, as pairs."""
    return _RUNS.sub(lambda match: _paired(match, question.letters), text)


def _paired(match: re.Match[str], letters: str) -> str:
    named, numbers = re.findall(r"\b[A-Z]\b", match["letters"]), re.findall(_NUMBER, match["numbers"])
    if sorted(named) != sorted(letters) or len(named) != len(numbers):
        return match[0]
    return ", ".join(f"{letter}: {number}" for letter, number in zip(named, numbers, strict=True))
