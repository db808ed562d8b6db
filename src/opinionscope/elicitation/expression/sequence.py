"""Sequence: the model simulates a sample of people in one completion, a letter a person."""

import random
import re
from collections import Counter
from collections.abc import Sequence as SequenceOf
from dataclasses import dataclass, field

from typing_extensions import override

from opinionscope.elicitation.answer import Answer, Reading
from opinionscope.elicitation.expression.base import ExpressionFormat, Request, both_ends, normalised, read_figures
from opinionscope.elicitation.expression.rows import Row, Rows, find_rows
from opinionscope.survey.distribution import whole_shares
from opinionscope.survey.question import Question

LENGTH = 30
LONGEST_READ = 100_000
LONGEST_PREVIEWED = 8_000

_TALLY = re.compile(r"(?<!\w)([A-Z])[\"'*]{0,4}\s{0,4}(?:[:=]|(?<=\s)[-–—]\s|[x×])\s{0,4}[\"']?\d")


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
        ...
