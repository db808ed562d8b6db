"""Sequence: the model simulates a sample of people in one completion, a letter a person."""

import random
import re
from collections import Counter
from collections.abc import Iterator
from collections.abc import Sequence as SequenceOf
from dataclasses import replace
from itertools import pairwise

from typing_extensions import override

from opinionscope.elicitation.answer import Answer, Reading
from opinionscope.elicitation.expression.base import ExpressionFormat, Request, both_ends, normalised, read_figures
from opinionscope.elicitation.expression.one_letter import ONE_LETTER
from opinionscope.elicitation.expression.rows import FEWEST_AMID_PROSE, FEWEST_IN_SMALL_GROUPS, Row, Rows, find_rows
from opinionscope.elicitation.recipe import SAMPLES, Recipe
from opinionscope.survey.distribution import whole_shares
from opinionscope.survey.question import Question

TOKENS_A_LETTER = 3
"""Enough for letters with commas; 1,000 of them, and a thought before them, stay below 4,096, which many allow."""
LONGEST_READ = 100_000
LONGEST_PREVIEWED = 8_000

_COUNT_BEHIND = re.compile(r"(?<!\w)([A-Z])[\"'*]{0,4}\s{0,4}(?:[:=]|(?<=\s)[-–—]\s|[x×])\s{0,4}[\"']?\d")
_COUNT_BEFORE = re.compile(r"(?<![\w.])(\d{1,4})(?: ?[x×])? ?[A-Z](?!\w)")


class Sequence(ExpressionFormat):
    """Asks for simulated answers as letters, and counts them."""

    name = "sequence"
    title = "Sequence"
    summary = "the model simulates people one after the other, a letter each"
    request = Request(max_tokens=240)
    counts_people = True

    @override
    def request_for(self, question: Question, recipe: Recipe) -> Request:
        request = super().request_for(question, recipe)
        room = TOKENS_A_LETTER * max(0, recipe.samples - SAMPLES)
        return replace(request, max_tokens=request.max_tokens + room)

    @override
    def instruction(self, question: Question, recipe: Recipe) -> str:
        number = recipe.samples
        if number == 1:
            return ONE_LETTER
        return (
            f"Answer as {number} of them, drawn at random: write down the option letter that each would choose, "
            f"{number} letters in one row, without spaces or commas, and nothing else."
        )

    @override
    def express(self, probabilities: SequenceOf[float], letters: str, rng: random.Random, recipe: Recipe) -> str:
        counts = whole_shares(probabilities, recipe.samples)
        row = [letter for letter, count in zip(letters, counts, strict=True) for _ in range(count)]
        rng.shuffle(row)
        return "".join(row)

    @override
    def read(self, answer: Answer, question: Question) -> Reading:
        if answer.text is None or answer.figures is not None:
            reading = read_figures(answer, question, "letters counted")
            if reading.distribution is None:
                return reading
            size = round(sum(reading.figures))
            return Reading(reading.distribution, "", reading.trace, reading.figures, reading.coverage, size)
        if not answer.text.strip():
            return Reading.unread("the answer is empty")
        text, cut = both_ends(answer.text, LONGEST_READ)
        found = find_rows(text, question.letters)
        best = _largest(found.answers)
        if (best is None or len(best.letters) < FEWEST_IN_SMALL_GROUPS) and _is_tally(text):
            return Reading.unread("the answer is a tally of numbers, not a row of letters", cut)
        if not found.rows:
            return Reading.unread("the answer has no row of option letters", cut)
        if best is None:
            return Reading.unread(f"prose with no row of at least {FEWEST_AMID_PROSE} option letters in it", cut)
        return _count(best, question, [*cut, *_set_aside(found, best)])

    @override
    def preview(self, text: str, question: Question) -> tuple[float, ...] | None:
        arriving, _ = both_ends(text, LONGEST_PREVIEWED)
        found = find_rows(arriving, question.letters)
        row = _largest(found.answers or found.beginning)
        if row is None:
            return None
        counts = Counter(letter for letter in row.letters if letter in question.letters)
        return tuple(counts[letter] / counts.total() for letter in question.letters)


def _is_tally(text: str) -> bool:
    """Whether letters are given numbers (“A: 9, B: 15”, “9 A, 15 B”) that do not merely count the answers up."""
    before = [int(number) for number in _COUNT_BEFORE.findall(text)]
    counted_up = all(after == number + 1 for number, after in pairwise(before))
    return len(set(_COUNT_BEHIND.findall(text))) > 1 or not counted_up


def _largest(rows: SequenceOf[Row]) -> Row | None:
    """The row of the most letters, the last of equals."""
    return max(reversed(rows), key=lambda row: len(row.letters), default=None)


def _set_aside(found: Rows, row: Row) -> Iterator[str]:
    """For the trace, what was not counted around a row."""
    if row.folded:
        yield "lower-case letters taken as capitals"
    if found.prose:
        yield "set aside the words around the row of letters"
    if others := len(found.rows) - 1:
        yield f"other rows of letters set aside: {others}"


def _count(row: Row, question: Question, trace: SequenceOf[str]) -> Reading:
    letters = row.letters
    counts = Counter(letters)
    figures = [counts[letter] for letter in question.letters]
    size = sum(figures)
    steps = [f"counted {size} letters", *trace]
    if strays := sorted(set(letters) - set(question.letters)):
        steps.append(f"letters set aside that were never offered ({len(letters) - size}): {', '.join(strays)}")
    if size < len(letters) / 2:
        return Reading.unread("most of the letters were never offered", tuple(steps))
    return normalised(figures, steps, size / len(letters), size)
