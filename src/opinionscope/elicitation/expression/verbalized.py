"""Verbalized: the model states a percentage for every option, as a map from letter to percent."""

import random
import re
from collections.abc import Sequence

from typing_extensions import override

from opinionscope.elicitation.answer import Answer, Reading
from opinionscope.elicitation.expression.base import ExpressionFormat, Request, normalised, read_figures
from opinionscope.survey.distribution import Distribution, whole_shares
from opinionscope.survey.question import Question
from opinionscope.survey.text import fold

_NUMBER = r"(?P<number>\d{1,9}(?:\.\d{1,12})?|\.\d{1,12}|\d{1,3},\d{1,6}(?=\s*%))(?![\d.]*\d)\s*(?P<percent>%?)"
_PAIR = re.compile(
    r"(?:(?P<quote>[\"'])(?P<label>[^\"'\n]{1,200})(?P=quote)|(?<![\w'])[\"'*]*(?P<letter>[A-Za-z])[\"'*]*)"
    r"\s*(?:[:=]|\s[-–—]\s)\s*[\"'*]*\s*" + _NUMBER
)
_LINE = re.compile(r"^\W{0,8}(?P<letter>[A-Za-z])[.):]\s[^\n]{0,600}?[:=–—-]\W{0,4}" + _NUMBER, re.MULTILINE)
_RANGE = re.compile(r"\d\s*%?\s*(?:-|–|—|to)\s*\d+(?:\.\d+)?\s*%")
_MAP = re.compile(r"\{[^{}]*\}")

LONGEST_READ = 200_000
LARGEST_DEVIATION = 0.5
LARGEST_GAP = 0.05


class Verbalized(ExpressionFormat):
    """Asks for percents, reads maps in all the shapes models give them."""

    name = "verbalized"
    title = "Verbalized"
    summary = "the model states a percentage for every option"
    request = Request(max_tokens=600)

    @override
    def instruction(self, question: Question) -> str:
        letters = question.letters
        return (
            "Give your estimate as one map from option letter to whole percentage, every letter from "
            f"{letters[0]} to {letters[-1]} exactly once, the percentages adding up to 100. "
            "Write the map and nothing else."
        )

    @override
    def express(self, probabilities: Sequence[float], letters: str, rng: random.Random) -> str:
        shares = whole_shares(probabilities)
        return "{" + ", ".join(f"'{x}': '{share}%'" for x, share in zip(letters, shares, strict=True)) + "}"

    @override
    def read(self, answer: Answer, question: Question) -> Reading:
        if answer.text is None:
            return read_figures(answer, question, "percents as stated")
        text = answer.text[:LONGEST_READ]
        if not text.strip():
            return Reading.unread("the answer is empty")
        found = _find_map(text, question)
        if not found.values:
            reason = "a range instead of a number" if _RANGE.search(text) else "no letter with a percentage in it"
            return Reading.unread(f"the answer has {reason}", found.trace)
        return _judge(found, question)

    @override
    def preview(self, text: str, question: Question) -> Distribution | None:
        found = _find_map(text[:LONGEST_READ], question)
        figures = [found.values.get(letter, 0.0) for letter in question.letters]
        return Distribution.from_weights(figures) if sum(figures) > 0 else None


class _Found:
    """The pairs found in an answer: letter → number, those of letters never offered apart."""

    def __init__(self, matches: Sequence[re.Match[str]], question: Question, where: str) -> None:
        self.values: dict[str, float] = {}
        self.outside: dict[str, float] = {}
        self.conflicts: dict[str, tuple[float, float]] = {}
        self.percent = any(match["percent"] for match in matches)
        self.trace: tuple[str, ...] = (where,) if matches else ()
        by_label = {fold(label): letter for label, letter in zip(question.labels, question.letters, strict=True)}
        for match in matches:
            key, value = _key(match), float(match["number"].replace(",", "."))
            letter = key.upper() if len(key) == 1 else by_label.get(fold(key), "")
            if letter and letter in question.letters:
                if self.values.setdefault(letter, value) != value:
                    self.conflicts[letter] = (self.values[letter], value)
            else:
                self.outside[key] = value


def _key(match: re.Match[str]) -> str:
    groups = match.groupdict()
    return (groups["letter"] or groups.get("label") or "").strip()


def _find_map(text: str, question: Question) -> _Found:
    """The map that names the most letters, the last of equals; else loose pairs; else a list of lines."""
    best: _Found | None = None
    for block in _MAP.finditer(text):
        found = _Found(list(_PAIR.finditer(block.group())), question, "read a map in braces")
        if found.values and (best is None or len(found.values) >= len(best.values)):
            best = found
    if best is not None:
        return best
    loose = _Found(list(_PAIR.finditer(text)), question, "read pairs of letter and number, without braces")
    lines = _Found(list(_LINE.finditer(text)), question, "read one option a line, the number at its end")
    return lines if len(lines.values) > len(loose.values) else loose


def _judge(found: _Found, question: Question) -> Reading:
    """Decide whether the pairs are a distribution a careful person would accept, and say why."""
    letters = question.letters
    trace = list(found.trace)
    if found.conflicts:
        letter, (first, second) = next(iter(found.conflicts.items()))
        return Reading.unread(f"{letter} is given two different values, {first:g} and {second:g}", tuple(trace))
    inside = sum(found.values.values())
    total = inside + sum(found.outside.values())
    scale = 1.0 if total <= 1 + LARGEST_DEVIATION else 100.0
    trace.append("fractions of 1" if scale == 1.0 else "percents")
    if total <= 0:
        return Reading.unread("every percentage is 0", tuple(trace))
    if found.outside:
        names = ", ".join(f"{key} ({value:g})" for key, value in found.outside.items())
        trace.append(f"set aside what was never offered: {names}")
    missing = [letter for letter in letters if letter not in found.values]
    if missing:
        if abs(total / scale - 1) > LARGEST_GAP:
            return Reading.unread(
                f"{', '.join(missing)} missing, and the rest sums to {total:g}, not {scale:g}", tuple(trace)
            )
        trace.append(f"not named, so 0: {', '.join(missing)}")
    if abs(total / scale - 1) > LARGEST_DEVIATION:
        return Reading.unread(f"the numbers sum to {total:g}, far from {scale:g}", tuple(trace))
    if inside < total / 2:
        return Reading.unread("most of it went to letters that were never offered", tuple(trace))
    if abs(total - scale) > 1e-6 * scale:
        trace.append(f"summed to {total:g}, not {scale:g}; normalised")
    return normalised([found.values.get(letter, 0.0) for letter in letters], trace, inside / total)
