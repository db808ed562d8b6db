"""What holds for every answer, whatever is in it: a parser never raises, never makes half a distribution up."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opinionscope.elicitation import FORMATS, Reply, TokenLogprob, read_reply
from opinionscope.elicitation.reply import Expected
from opinionscope.survey.question import Group, Option, Question

QUESTIONS = [
    Question("q", "d", "own", "Title", "Text?", tuple(map(Option, labels)))
    for labels in (("Yes", "No"), ("Top priority", "Some priority", "No priority", "Refused"), ("1: Low", "2: High"))
]
MARKS = ["A", "B", "C", ": ", "50", "%", "0,5", "{", "}", "[", "]", ", ", "\n", '"', "Yes", "1", "→", "| ", " ", "🙂"]
WORDS = [
    "Democrats: ",
    "Republicans: ",
    "Person 1: B\n",
    "ABBA",
    "option",
    "probability",
    "-9",
    "1e9",
    "½",
    "Ａ",
    "xxxxx",
]
LEAKS = ["<think>", "</think>", "[THINK]", "<|im_end|>", "<answer>", "</answer>", "<|channel|>analysis<|message|>"]
PIECES = st.sampled_from([*MARKS, *WORDS, *LEAKS, "assistantfinal"])
TEXTS = st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=60).map("".join))
EXPECTED = st.builds(Expected, st.sampled_from([Group("D", (("party", "Democrat"),)), Group("E")]), st.integers(0, 40))
TOKENS = st.none() | st.lists(
    st.builds(TokenLogprob, st.one_of(st.text(max_size=4), PIECES), st.floats()), max_size=8
).map(tuple)
BEGINS = st.sampled_from(["<think>", "[THINK]", "<seed:think>", "<|START_THINKING|>", "◁think▷", "<|channel>thought\n"])


@pytest.mark.parametrize("format_name", FORMATS)
@given(text=st.none() | TEXTS, tokens=TOKENS, question=st.sampled_from(QUESTIONS), expected=EXPECTED)
def test_a_parser_never_raises_and_gives_a_whole_distribution_or_a_reason(
    format_name: str,
    text: str | None,
    tokens: tuple[TokenLogprob, ...] | None,
    question: Question,
    expected: Expected,
) -> None:
    reading = read_reply(Reply(text, first_token=tokens), format_name, question, expected)
    if reading.distribution is None:
        assert reading.reason
        assert reading.figures == ()
        assert len(reading.stated) in (0, len(question.options))
    else:
        assert math.fsum(reading.distribution.probabilities) == pytest.approx(1)
        assert all(0 <= share <= 1 for share in reading.distribution.probabilities)
        assert (reading.reason, reading.stated) == ("", ())
    FORMATS[format_name].preview(text or "", question)


@pytest.mark.parametrize("format_name", [name for name, form in FORMATS.items() if not form.request.top_logprobs])
@settings(max_examples=50)
@given(begins=BEGINS, thought=st.lists(st.sampled_from([*MARKS, *WORDS])).map("".join))
def test_nothing_in_a_thought_that_never_ends_is_read(format_name: str, begins: str, thought: str) -> None:
    reading = read_reply(Reply(begins + thought, finish_reason="length"), format_name, QUESTIONS[1])
    assert (reading.distribution, reading.stated) == (None, ())
