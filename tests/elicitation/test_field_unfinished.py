"""Answers that came to no end: a draft in a thought, or one that the text takes back, is no answer."""

import pytest

from opinionscope.elicitation import Reading, Reply, read_reply
from opinionscope.survey.question import Question

USUAL = '{"A": 40, "B": 35, "C": 20, "D": 5}'
DRAFT = '{"A": 80, "B": 15, "C": 4, "D": 1}'

THOUGHTS = (
    f"Okay, I need to work out what Democrats think here. Perhaps {DRAFT}, though",
    f"Alright, the user asks for percentages. Perhaps {DRAFT}. Hmm",
    f"We have to give an object. Perhaps {DRAFT}. Does it",
    f"Let's see. Perhaps {DRAFT}. But older surveys",
    f"Thinking process:\n\n1. Draft: {DRAFT}\n2. Check",
    f"**Weighing the Options**\n\nI am starting from {DRAFT}. I will",
    f"### Refining Estimates\nMy first numbers are {DRAFT} and",
)
TAKEN_BACK = (
    f"{DRAFT}\n\nWait, this is too high for A",
    f"{DRAFT}\n\nThese sum to 108. I will",
    f"Draft: {DRAFT}\n\nFinal answer: {{'A': 40, 'B'",
    f"{DRAFT}\n\nLet me rescale",
    "A: 80%\nB: 25%\nC: 4%\nD: 1%\n\nSorry, that is too much. It",
)
FINISHED = (
    f"{USUAL}\n\nThe numbers sum to 100, as they should. Most",
    f"Here is my estimate: {USUAL}\n\nLet me know if you need",
    f"{USUAL}\n\nDemocrats rather care about other issues, and finally",
    f"{USUAL}\n\nThe reason for my answer: waiting would be a mistake, and A and B add up to 75, so",
    f"**Estimating Shares**\n\n{USUAL}\n\nThese numbers",
    f"We need to produce an object. Perhaps {DRAFT}?\n\nFinal answer: {USUAL}\n\nThis follows",
    f"{USUAL}\n{USUAL}\n{{'A': 40, 'B': 3",
)


def _read(text: str, question: Question, finish: str = "length", format_name: str = "verbalized") -> Reading:
    return read_reply(Reply(text, finish_reason=finish), format_name, question)


def _is_usual(reading: Reading) -> bool:
    assert reading.distribution is not None, reading.reason
    return reading.distribution.probabilities == pytest.approx((0.4, 0.35, 0.2, 0.05))


@pytest.mark.parametrize("text", THOUGHTS)
def test_a_draft_in_a_thought_without_tags_that_was_cut_is_no_answer(text: str, priority: Question) -> None:
    assert "cut off while it still reasoned" in _read(text, priority).reason


@pytest.mark.parametrize(("format_name", "said"), [("sequence", "ABCA" * 8), ("samples", "I would choose A")])
def test_nor_are_a_row_and_a_letter_in_such_a_thought(format_name: str, said: str, priority: Question) -> None:
    text = f"Okay, so we need to choose. {said}. But"
    assert "cut off while it still reasoned" in _read(text, priority, format_name=format_name).reason


@pytest.mark.parametrize("text", TAKEN_BACK)
def test_numbers_taken_back_before_the_cut_are_no_answer(text: str, priority: Question) -> None:
    assert "takes back" in _read(text, priority).reason


@pytest.mark.parametrize("text", FINISHED)
def test_an_answer_that_was_whole_before_the_cut_stays_one(text: str, priority: Question) -> None:
    assert _is_usual(_read(text, priority))


@pytest.mark.parametrize("text", ['{"A": 65, "B": 35', '{"A": 50, "B": 40, "C": 9, ', "```json\n{'A': 95,\n'B': 5"])
def test_an_object_that_is_not_closed_gives_no_zeros_to_letters_it_lacks(text: str, priority: Question) -> None:
    reading = _read(text, priority, "stop")
    assert "cut off before it gave" in reading.reason
    assert _is_usual(_read(USUAL.rstrip("}"), priority, "stop"))
