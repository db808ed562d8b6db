"""Sequence: the model simulates a sample of people in one completion, a letter a person."""

import random
import re
from collections import Counter
from collections.abc import Sequence as SequenceOf
from dataclasses import dataclass, field

from typing_extensions import override

from opinionscope.elicitation.answer import Answer, Reading
from opinionscope.elicitation.expression.base import ExpressionFormat, Request, normalised, read_figures
from opinionscope.survey.distribution import Distribution, whole_shares
from opinionscope.survey.question import Question

LENGTH = 30
LONGEST_READ = 200_000
FEWEST_AMID_PROSE = 5
SHORTEST_EMBEDDED = 6

_WORD = re.compile(r"[^\W\d_]+")
_TALLY = re.compile(r"(?<!\w)[\"'*]*([A-Z])[\"'*]*\s*(?:[:=]|\s[-–—]\s|[x×])\s*[\"']?\d")


class Sequence(ExpressionFormat):
    """Asks for simulated answers as letters, and counts them."""

    name = "sequence"
    title = "Sequence"
    summary = f"the model simulates {LENGTH} people, one letter each"
    request = Request(max_tokens=240)

    @override
    def instruction(self, question: Question) -> str:
        return (
            f"Picture {LENGTH} people drawn at random and write down the option letter that each of them would "
            f"choose: {LENGTH} letters in one row, without spaces or commas, and nothing else."
        )

    @override
    def express(self, probabilities: SequenceOf[float], letters: str, rng: random.Random) -> str:
        counts = whole_shares(probabilities, LENGTH)
        row = [letter for letter, count in zip(letters, counts, strict=True) for _ in range(count)]
        rng.shuffle(row)
        return "".join(row)

    @override
    def read(self, answer: Answer, question: Question) -> Reading:
        if answer.text is None:
            reading = read_figures(answer, question, "letters counted")
            if reading.distribution is None:
                return reading
            size = round(sum(reading.figures))
            return Reading(reading.distribution, "", reading.trace, reading.figures, reading.coverage, size)
        text = answer.text[:LONGEST_READ]
        if not text.strip():
            return Reading.unread("the answer is empty")
        if len(set(_TALLY.findall(text))) > 1:
            return Reading.unread("the answer is a tally of numbers, not a row of letters")
        runs, prose = _runs(text, question.letters)
        if not runs:
            return Reading.unread("the answer has no row of option letters")
        best = max(reversed(runs), key=lambda run: len(run.letters))
        if prose and len(best.letters) < FEWEST_AMID_PROSE:
            return Reading.unread(f"prose with no row of at least {FEWEST_AMID_PROSE} option letters in it")
        return _count(best, question, ignored=len(runs) - 1, prose=prose)

    @override
    def preview(self, text: str, question: Question) -> Distribution | None:
        runs, _ = _runs(text[:LONGEST_READ], question.letters)
        if not runs:
            return None
        counts = Counter(max(runs, key=lambda run: len(run.letters)).letters)
        return Distribution.from_counts([counts[letter] for letter in question.letters])


@dataclass(slots=True)
class _Run:
    """Option letters that follow each other with no prose between them; strays are letters never offered."""

    letters: list[str] = field(default_factory=list)
    strays: list[str] = field(default_factory=list)
    folded: bool = False


def _runs(text: str, offered: str) -> tuple[list[_Run], bool]:
    """All runs of option letters, and whether there was prose beside them."""
    runs: list[_Run] = [_Run()]
    prose = False
    for match in _WORD.finditer(text):
        word = match.group()
        if _is_row(word, offered):
            runs[-1].letters += [x for x in word if x in offered]
            runs[-1].strays += [x for x in word if x not in offered]
        elif _is_row(word.upper(), offered) and word.islower() and len(word) != 2:
            runs[-1].letters += [x for x in word.upper() if x in offered]
            runs[-1].folded = True
        else:
            prose = True
            embedded = max(re.findall(f"[{offered}]+", word), key=len, default="")
            if len(embedded) >= SHORTEST_EMBEDDED:
                runs[-1].letters += embedded
            else:
                runs.append(_Run())
    return [run for run in runs if run.letters], prose


def _is_row(word: str, offered: str) -> bool:
    """Whether a word reads as letters of answers: all offered, or a long one of which most were."""
    inside = sum(character in offered for character in word)
    if inside == len(word):
        return True
    return len(word) >= SHORTEST_EMBEDDED and word.isascii() and word.isupper() and inside > len(word) / 2


def _count(run: _Run, question: Question, *, ignored: int, prose: bool) -> Reading:
    counts = Counter(run.letters)
    size = len(run.letters)
    trace = [f"counted {size} letters" + ("" if size == LENGTH else f"; {LENGTH} were asked for")]
    if run.folded:
        trace.append("lower-case letters taken as capitals")
    if run.strays:
        trace.append(
            f"set aside {len(run.strays)} letters that were never offered: {', '.join(sorted(set(run.strays)))}"
        )
    if prose:
        trace.append("set aside the words around the row of letters")
    if ignored:
        trace.append(f"set aside {ignored} shorter rows of letters")
    coverage = size / (size + len(run.strays))
    return normalised([counts[letter] for letter in question.letters], trace, coverage, size)
