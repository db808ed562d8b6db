"""Neighbours of the answers met in the field: what stands near a shape that is rewritten, and is none of it."""

import unicodedata

import pytest

from opinionscope.elicitation import Reply, read_reply
from opinionscope.elicitation.reply import Expected
from opinionscope.survey import Group
from opinionscope.survey.question import EVERYONE

DEMOCRATS = Group("Democrat", (("party", "Democrat"),))
WOMEN = Group("Female", (("sex", "Female"),))
PERCENTS = (50, 30, 15, 5)
PRIORITIES = ("Top priority", "Some priority", "No priority", "Refused")
MAP = '{"A": 50, "B": 30, "C": 15, "D": 5}'
ENTRIES = MAP[1:]


def _figures(text, question, group=EVERYONE):
    reading = read_reply(Reply(text), "verbalized", question, Expected(group))
    found = reading.distribution
    return None if found is None else tuple(round(100 * each, 1) for each in found.probabilities)


def _letter(text, question):
    found = read_reply(Reply(text), "samples", question).distribution
    return None if found is None else question.letters[found.probabilities.index(1)]


def _table(head, *columns, names="ABCD"):
    rows = zip(names, *columns, strict=True)
    return "\n".join(f"| {' | '.join(map(str, cells))} |" for cells in (head, ("-",) * len(head), *rows))


FINAL = {
    "options set aside": ("Options A and B are too extreme, D is a refusal.\n\nAnswer: C", "C"),
    "options weighed": ("I weigh A or B.\nFinal answer: B", "B"),
    "others behind it": ("Answer: B\n\nA or C would be less fitting.", "B"),
    "others in its line": ("The answer is B. Options A and C are less likely.", "B"),
    "others ruled out": ("Final answer: B\nRuled out: A, C, D", "B"),
    "a first thought": ("A\n\nFinal answer: B", "B"),
    "others in brackets": ("My choice is B (A & C excluded).", "B"),
    "others denied": ("Answer: B, not A or C", "B"),
    "two in one": ("Answer: A or B", None),
    "two in brackets": ("Answer: (A) or (B)", None),
    "two answers": ("Answer: A\nFinal answer: B", None),
    "a correction": ("Answer: A\nWait, actually B", None),
}


@pytest.mark.parametrize(("text", "letter"), FINAL.values(), ids=FINAL)
def test_options_beside_a_final_answer(text, letter, make_question):
    assert _letter(text, make_question(*PRIORITIES)) == letter
