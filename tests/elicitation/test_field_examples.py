"""Worked examples and other questions that a model repeats or makes up: their answers are none to what was asked."""

import pytest

from opinionscope.elicitation import Reading, Reply, read_reply
from opinionscope.elicitation.expression import FORMATS
from opinionscope.elicitation.reply import Expected
from opinionscope.survey.question import EVERYONE, Question

OTHER = "Question: Which pet would you keep?\nA. Cat\nB. Dog\nC. Fish\nD. None\n"
RANKED = "Question: How often do you swim,\nin a lake or at sea?\n\nA) Often\nB) Rarely\n"
ANSWERS = {
    "verbalized": ('{"A": 10, "B": 20, "C": 30, "D": 40}', '{"A": 40, "B": 35, "C": 20, "D": 5}'),
    "sequence": ("DDDCDDBDDDCDDADDDCDD", "ABABACABBACADABBACAB"),
    "samples": ("D", "A"),
}
FORMS = [name for name in FORMATS if name in ANSWERS]


def _read(text: str, format_name: str, question: Question) -> Reading:
    return read_reply(Reply(text), format_name, question, Expected(EVERYONE, 20))


@pytest.mark.parametrize("format_name", FORMS)
@pytest.mark.parametrize(
    "text",
    [
        f"{OTHER}Answer: {{0}}",
        f"Example 1\n{OTHER}Answer: {{0}}\n\n",
        f"**Example 2**\n{OTHER}\nAnswer:\n{{0}}",
        f"Example 1\n{OTHER}Answer: {{0}}\n\nExample 2\n{RANKED}Answer: {{0}}",
    ],
)
def test_an_example_repeated_is_no_answer(text: str, format_name: str, priority: Question) -> None:
    assert "another question" in _read(text.replace("{0}", ANSWERS[format_name][0]), format_name, priority).reason


@pytest.mark.parametrize("format_name", FORMS)
def test_an_answer_beside_an_example_counts(format_name: str, priority: Question) -> None:
    other, own = ANSWERS[format_name]
    labels = "\n".join(f"{letter}. {label}" for letter, label in zip(priority.letters, priority.labels, strict=True))
    asked = f"Question: {priority.text}\n{labels}\nAnswer: {own}"
    in_other_words = f"Question: Which priority is it for Democrats?\n{labels}\nAnswer: {own}"
    expected = _read(own, format_name, priority)
    assert expected.distribution is not None
    for text in (
        f"Example 1\n{OTHER}Answer: {other}\n\nAnswer: {own}",
        f"{OTHER}Answer: {other}\n{asked}",
        in_other_words,
    ):
        assert _read(text, format_name, priority).distribution == expected.distribution, text
