"""The parsers, put to every raw answer that the benchmark recorded."""

import math
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from opinionscope.elicitation import Reading, Reply
from opinionscope.elicitation.expression import FORMATS
from opinionscope.importers.benchmark import Benchmark, RecordedAnswer, SetAside

pytestmark = pytest.mark.reference

LEAST_READ = {"verbalized": 0.999, "sequence": 0.998}
LEAST_READ_OF_MODEL = {("verbalized", "gpt-3.5-turbo-0125"): 0.997}
"""Lower where more answers are no distributions at all: sums of 15 to 48, most of it on letters not offered."""

STATED_TO_THE_PERCENT = 0.011


@dataclass
class Readings:
    """How many answers of a format and model there are, and the two that matter here of them."""

    asked: Counter[tuple[str, str]] = field(default_factory=Counter)
    unread: dict[tuple[str, str], list[str]] = field(default_factory=partial(defaultdict, list))
    other_than_authors: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def readings(reference: Path, once: Any) -> Readings:
    return once("readings", lambda: _readings(reference))


def _readings(reference: Path) -> Readings:
    found = Readings()
    for answer in Benchmark(reference).answers():
        if isinstance(answer, SetAside) or answer.masses:
            continue
        reading = FORMATS[answer.format].read(Reply(text=answer.response), answer.question)
        key = (answer.format, answer.model)
        found.asked[key] += 1
        if reading.distribution is None:
            found.unread[key].append(f"{reading.reason}: {answer.response[:120]!r} in {answer.place}")
        elif _differs(reading, answer):
            found.other_than_authors.append(f"{answer.response[:120]!r}: {reading.figures}, {answer.authors_reading}")
    return found


def _differs(reading: Reading, answer: RecordedAnswer) -> bool:
    """Whether the authors made a whole distribution of the answer, and another one than we did."""
    assert reading.distribution is not None
    whole = abs(math.fsum(answer.authors_reading) - 1) < STATED_TO_THE_PERCENT
    pairs = zip(reading.distribution.probabilities, answer.authors_reading, strict=True)
    return whole and any(abs(ours - theirs) > STATED_TO_THE_PERCENT for ours, theirs in pairs)


def test_nearly_every_answer_is_read(readings: Readings) -> None:
    short = []
    for (format_name, model), asked in readings.asked.items():
        unread = readings.unread[format_name, model]
        least = LEAST_READ_OF_MODEL.get((format_name, model), LEAST_READ[format_name])
        if 1 - len(unread) / asked < least:
            listed = "\n  ".join(unread)
            short.append(f"{model}, {format_name}: {len(unread)} of {asked} unread\n  {listed}")
    assert len(readings.asked) == 6
    assert not short, "\n".join(short)


def test_readings_agree_with_the_authors_wherever_theirs_is_whole(readings: Readings) -> None:
    assert not readings.other_than_authors, "\n".join(readings.other_than_authors)
