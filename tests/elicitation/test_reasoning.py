"""A model that reasons first: what it is told, and that none of its thoughts is taken for its answer."""

import itertools
import random

import pytest

from opinionscope.elicitation import FORMATS, STEERINGS, Call, Recipe, Reply, make_plan, read_reply
from opinionscope.elicitation.steering import steering_of
from opinionscope.elicitation.thoughts import split_thought
from opinionscope.survey.library import Library
from opinionscope.values import replace

REASONING = Recipe(reasoning=True)
MISLEADING = (
    "They were asked about the ferry. Families like A, A, A, others B.\n\n"
    '{"A": 1, "B": 2, "C": 3, "D": 94} would be wrong, and so would DDDDDDDDDDDDDDDDDDDD be.\n\n'
    "Answer: D is what few would say.\n\n"
)
ANSWERS = {
    name: form.express((0.7, 0.2, 0.1, 0.0), "ABCD", random.Random(1), Recipe())
    for name, form in FORMATS.items()
    if not form.request.top_logprobs
}

OF_GROUPS = [name for name in STEERINGS if not steering_of(name).draws_people]


def _call(library: Library, format_name: str, steering: str = "persona", recipe: Recipe = REASONING) -> Call:
    question = library.question("ferry")
    return make_plan(library, question, library.group(question, "Democrat"), steering, format_name, None, recipe).first


@pytest.mark.parametrize(("steering", "format_name"), list(itertools.product(OF_GROUPS, FORMATS)))
def test_the_prompt_ends_with_what_to_do_first_and_leaves_room_for_it(
    library: Library, steering: str, format_name: str
) -> None:
    made = _call(library, format_name, steering)
    without = _call(library, format_name, steering, Recipe())
    assert without.prompt.user.endswith("D. Refused\nAnswer:")
    start = without.prompt.user.removesuffix("Answer:")
    assert made.prompt.user.startswith(start)
    ending = made.prompt.user.removeprefix(start)
    assert ending.count("think aloud") == 1
    assert not ending.endswith(":")
    if format_name in ANSWERS:
        assert "ANSWER:" in ending
        assert made.request.max_tokens >= without.request.max_tokens + 500
        assert made.request.schema is None
    else:
        assert "ANSWER:" not in ending
        assert made.request == without.request
        assert made.thinking.request.top_logprobs == 0
        assert made.thinking.request.max_tokens >= 500


@pytest.mark.parametrize("format_name", ANSWERS)
@pytest.mark.parametrize(
    "mark", ["ANSWER: ", "ANSWER:\n", "**ANSWER:** ", "**ANSWER**: ", "## ANSWER:\n\n", "> ANSWER: "]
)
def test_only_what_stands_behind_the_mark_is_read(library: Library, format_name: str, mark: str) -> None:
    made = _call(library, format_name)
    answer = made.split(Reply(MISLEADING + mark + ANSWERS[format_name], finish_reason="stop"))
    assert answer.text == ANSWERS[format_name]
    assert answer.thought == MISLEADING.strip()
    reading = read_reply(answer, format_name, made.cell.question)
    assert reading == read_reply(Reply(ANSWERS[format_name]), format_name, made.cell.question)
    assert reading.distribution is not None


@pytest.mark.parametrize("format_name", ANSWERS)
@pytest.mark.parametrize(
    ("text", "finish_reason", "words"),
    [
        (MISLEADING, "length", "cut off"),
        (MISLEADING, "max_tokens", "cut off"),
        ("AAAAAAAAAAAABBBBBBCCC and so on", "length", "cut off"),
        ("Hm.\n\nANSWER:", "length", "cut off"),
        ("Families like A.\n\nA: 50%, B: 50%", "stop", "ANSWER:"),
        ("Families like it.\n\nA", "stop", "ANSWER:"),
        ("Families like it.\n\nANSWER: ", "stop", "ANSWER:"),
    ],
)
def test_a_thought_without_an_answer_is_unread_and_says_why(
    library: Library, format_name: str, text: str, finish_reason: str, words: str
) -> None:
    made = _call(library, format_name, recipe=Recipe(reasoning=True, order="reversed"))
    answer = made.split(Reply(text, finish_reason=finish_reason, offered=made.offered))
    assert answer.text is None
    assert answer.thought
    reading = read_reply(answer, format_name, made.cell.question)
    assert reading.distribution is None
    assert words in reading.reason


@pytest.mark.parametrize("format_name", ANSWERS)
def test_a_bare_answer_of_a_model_that_did_not_reason_is_read(library: Library, format_name: str) -> None:
    made = _call(library, format_name)
    answer = made.split(Reply(ANSWERS[format_name], finish_reason="stop"))
    assert (answer.text, answer.thought) == (ANSWERS[format_name], "")
    loose = made.split(Reply(f"Hm.\n\nAnswer: {ANSWERS[format_name]}", finish_reason="stop"))
    assert (loose.text, loose.thought) == (ANSWERS[format_name], "Hm.")


def test_capitals_go_before_other_spellings_and_the_last_before_earlier_ones() -> None:
    assert split_thought("ANSWER: A\n\nNo.\n\nANSWER: B\n\nAnswer: C") == ("ANSWER: A\n\nNo.", "B\n\nAnswer: C")
    assert split_thought("The ANSWER: A is wrong") == ("", "The ANSWER: A is wrong")


def test_nothing_is_previewed_while_the_model_reasons(library: Library) -> None:
    made = _call(library, "verbalized")
    assert made.preview(MISLEADING) is None
    assert made.preview(f'{MISLEADING}ANSWER: {{"A": 70, ') == (0.7, 0, 0, 0)


def test_log_probs_are_asked_for_after_the_thought(library: Library) -> None:
    made = replace(_call(library, "log-probs"), thought="They like ferries.")
    roles = [message["role"] for message in made.messages]
    assert roles == ["system", "user", "assistant", "user"]
    assert made.messages[:2] == made.prompt.messages
    assert made.messages[2]["content"] == "They like ferries."
    assert made.request.top_logprobs == 20


THOUGHTS = 'Perhaps A. Perhaps {"A": 1, "B": 2, "C": 3, "D": 94}, or DDDDDDDDDDDDDDDDDDDDDDDDD?\n\nANSWER: D'


@pytest.mark.parametrize("recipe", [Recipe(), REASONING], ids=["plain", "reasoning"])
@pytest.mark.parametrize("format_name", ANSWERS)
@pytest.mark.parametrize("start", ["<think>\n", "", "<Thinking>x</Thinking><think>"])
def test_a_thought_in_tags_is_no_answer(library: Library, format_name: str, start: str, recipe: Recipe) -> None:
    made = _call(library, format_name, recipe=recipe)
    raw = f"{start}{THOUGHTS}\n</think>\n\n{ANSWERS[format_name]}"
    parted = made.split(Reply(raw, finish_reason="stop"))
    assert (parted.text, parted.thought.endswith(THOUGHTS)) == (ANSWERS[format_name], True)
    expected = read_reply(Reply(ANSWERS[format_name]), format_name, made.cell.question)
    assert read_reply(parted, format_name, made.cell.question) == expected
    assert read_reply(Reply(raw), format_name, made.cell.question) == expected


@pytest.mark.parametrize("format_name", ANSWERS)
def test_a_thought_in_tags_that_never_ends_has_no_answer(library: Library, format_name: str) -> None:
    made = _call(library, format_name, recipe=Recipe())
    unfinished = Reply(f"<think>{THOUGHTS}", finish_reason="length")
    for answer in (unfinished, made.split(unfinished)):
        reading = read_reply(answer, format_name, made.cell.question)
        assert reading.distribution is None
        assert "cut off while it still reasoned" in reading.reason
    assert made.preview(f"<think>{THOUGHTS}") is None
    assert made.split(unfinished).thought == THOUGHTS


def test_a_thought_that_a_filter_broke_off_is_no_reason_for_more_tokens(library: Library) -> None:
    made = _call(library, "verbalized", recipe=Recipe())
    answer = made.split(Reply(f"<think>{THOUGHTS}</think>", finish_reason="content_filter"))
    reason = read_reply(answer, "verbalized", made.cell.question).reason
    assert "(content_filter) while the model still reasoned" in reason
    assert "max_tokens" not in reason


@pytest.mark.parametrize("mark", ["FINAL ANSWER: ", "**ANSWER**\n\n", "### ANSWER\n", "Final answer: ", "ANSWER："])
def test_marks_that_a_careful_person_would_take_for_the_one_asked_for(mark: str) -> None:
    text = f"ANSWER: later.\n\nFirst A.\n\n{mark}" if mark.isupper() else f"First A.\n\n{mark}"
    assert split_thought(text + "B")[1].startswith("B")
    assert "First A." in split_thought(text + "B")[0]
