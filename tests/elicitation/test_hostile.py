"""Answers made to take long take no longer than harmless ones of the same length, but for a generous factor."""

import time
from collections.abc import Callable

import pytest

from opinionscope.elicitation import FORMATS, Reply
from opinionscope.elicitation.thoughts import bare_answer, part_thoughts
from opinionscope.survey.question import Question

LENGTH = 20_000
GENEROUS = 10
"""A parser that takes quadratic time exceeds this factor several times over at `LENGTH`."""

ROUNDS = 5
MEASURABLE = 0.005

HARMLESS = "Here is what I would expect, given what I know: A, B, or C. "
HOSTILE = {
    "emphasis": "*",
    "double quotes": '"',
    "single quotes": "'",
    "blanks behind a key": "A:" + " " * LENGTH,
    "quotes behind a key": "A" + "'\"*" * LENGTH,
    "blank lines": " \n",
    "braces": "{",
    "braces and commas": "{,",
    "a word in braces": "{," + "a" * LENGTH,
    "words in braces": "{" + ", many words and no number" * LENGTH,
    "keys": "A:",
    "keys in a list": "A. ",
    "one long entry": "A. " + "x" * LENGTH,
    "one long number": "A: " + "9" * LENGTH,
    "one long range": "A: " + "1-" * LENGTH,
    "labels without numbers": ", Top priority",
    "parentheses": "A" + ")" * LENGTH + "(B",
    "letters": "A, ",
    "letters apart": "A and ",
    "lines of letters": "ABBABBA\n",
    "lists of pairs": "A: 5, B: 6\n",
    "one pair again": "A:0;" + "A:5;" * LENGTH,
    "lists of pairs for groups": "Democrats: A: 5, B: 6\nRepublicans: A: 6, B: 5\n",
    "maps": "{A: 5, B: 6} ",
    "records": '{"option": "A", "share": 5}, ',
    "lists": '["A", ',
    "persons": "Person 1: A\n",
    "columns": "| Democrats | A |\n",
    "a column an option": "A,B,C,D\n1,2,3,4\n",
    "objects of numbers": ': {"low": 1, "high": 2}',
    "remarks without an end": '"reason": "',
    "cells of HTML": "</td><td>",
    "leaders": "A ...... ",
    "low lines": "_",
    "entries with labels": "- A: Top priority\n",
    "accents on one letter": "a" + "\u0316\u0301" * LENGTH,
}


def _of_length(text: str, length: int) -> str:
    return (text * (length // len(text) + 1))[:length]


def _takes_no_longer(action: Callable[[], object], other: Callable[[], object], factor: float) -> bool:
    """Whether an action takes at most that many times as long as another, in the best of several interleaved runs.

    Processor time, of which other work on the machine only ever adds some; what takes less than `MEASURABLE` seconds
    counts as that.
    """
    best, best_of_other = float("inf"), float("inf")
    for _ in range(ROUNDS):
        best = min(best, _seconds(action))
        best_of_other = min(best_of_other, _seconds(other))
        if best < factor * max(best_of_other, MEASURABLE):
            return True
    return False


def _seconds(action: Callable[[], object]) -> float:
    start = time.process_time()
    action()
    return time.process_time() - start


@pytest.mark.parametrize("format_name", [name for name, form in FORMATS.items() if not form.request.top_logprobs])
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_answer_takes_no_longer_than_a_harmless_one(format_name: str, text: str, priority: Question) -> None:
    form = FORMATS[format_name]

    def read(answer: str) -> Callable[[], object]:
        return lambda: (form.read(Reply(answer), priority), form.preview(answer, priority))

    assert _takes_no_longer(read(_of_length(text, LENGTH)), read(_of_length(HARMLESS, LENGTH)), GENEROUS)


MARKERS = [
    "<think>",
    "</think>",
    "<a_b_c_",
    "[THINK",
    "```thinking\n",
    "<|channel|>analysis",
    "here is my ",
    "### Thinking\n",
]


@pytest.mark.parametrize("text", [*MARKERS, "<answer>", "<|im_end|>", "assistantfinal", "analysis"])
def test_markers_that_lead_nowhere_take_no_longer_than_words(text: str, priority: Question) -> None:
    def read(answer: str) -> Callable[[], object]:
        return lambda: bare_answer(part_thoughts(answer)[1])

    # Words alone are not searched for marks at all.
    assert _takes_no_longer(read(_of_length(text, LENGTH)), read(_of_length(f"{HARMLESS}[", LENGTH)), GENEROUS)


@pytest.mark.parametrize("format_name", ["verbalized", "sequence"])
@pytest.mark.parametrize("text", ["A: 5%, ", "A, B, ", "A", HARMLESS], ids=["pairs", "letters", "one word", "prose"])
def test_the_preview_of_a_long_answer_costs_as_much_as_that_of_a_short_one(
    format_name: str, text: str, priority: Question
) -> None:
    form = FORMATS[format_name]
    short, long = (_of_length(text, length) for length in (LENGTH, 50 * LENGTH))
    assert _takes_no_longer(lambda: form.preview(long, priority), lambda: form.preview(short, priority), 5)
