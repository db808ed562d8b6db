"""Single answers met in the field: with a reason behind, by a label alone, in other scripts, or escaped."""

import json

import pytest

from opinionscope.elicitation import Reply, read_reply
from opinionscope.elicitation.reply import Expected
from opinionscope.survey import Group

VOTERS = Group("Voters", (("party", "Green"),))
LABELS = ("Ferry", "Bridge", "Tunnel")

BEHIND = {
    "a concession": ("B\n\nAlthough A (Ferry) has its friends, B is likelier.", "B"),
    "a headed reason": ("**B**\n\n*Reason:* A is slow; C is dear.", "B"),
    "a comparison in brackets": ("Option B\n\n(Unlike A and C, it is cheap.)", "B"),
    "a reason that was cut": ("B. Bridge\n\nWhile some might choose A. Ferry or C", "B"),
    "a reason behind a label": ("Bridge\n\nBecause A and C are dear.", "B"),
    "another answer at its end": ("B\n\nReasoning: B and A are both cheap. I would choose A.", ""),
    "another answer in a clause": ("B\n\nGiven the fares, A", ""),
    "another answer in brackets": ("B\n\n(Since it is cheap, A)", ""),
    "another letter below": ("B\n\nBecause it is cheap.\n\nC", ""),
    "second thoughts": ("B\n\nWhile B is cheap, wait: it has to be A", ""),
    "no reason": ("B\n\nThey want A", ""),
}
TONGUES = {
    "Chinese": "B。因为多数人这样想。",
    "Japanese": "「B」を選びます。",
    "Hebrew": "תשובה: B",
    "Thai": "คำตอบ: B",
    "Vietnamese": "Câu trả lời: B",
    "Ukrainian": "Відповідь: B",
    "French": "À mon avis, la réponse est B.",
    "Spanish": "En mi opinión, la respuesta es B.",
}
KEYS = {
    each: (json.dumps({each: "B", "label": "Bridge"}), "B") for each in ("selected_option", "finalAnswer", "choice")
}


@pytest.mark.parametrize(
    ("text", "letter"),
    [*BEHIND.values(), *((text, "B") for text in TONGUES.values()), *KEYS.values()],
    ids=[*BEHIND, *TONGUES, *KEYS],
)
def test_one_letter_is_read(text, letter, make_question):
    assert _letter(read_reply(Reply(text), "samples", make_question(*LABELS), Expected(VOTERS))) == letter


ALONE = (
    (("Line B", "Line A", "Neither"), "Line A", "B"),
    (("Line B", "Line A", "Neither"), "**Line A.**", "B"),
    (("Line B", "Line A", "Neither"), "A", "A"),
    (("Line B", "Line A", "Neither"), "Line C", ""),
    (("Under 18", "18-29", "30 and over"), "18–29", "B"),
    (("Under 18", "18-29", "30 and over"), "B. 18‑29", "B"),
    (("Under 18", "18-29", "30 and over"), "A. 18–29", ""),
    (("Yes", "Don't know"), "Don’t know", "B"),
    (("Yes", "Don't know"), "(B) Don’t know", "B"),
    (("Yes", "Don’t know"), "Don't know", "B"),
    (("Yes", "Don’t know"), "B | Don't know", "B"),
    (("Yes", "Don’t know"), "A | Don't know", ""),
)


@pytest.mark.parametrize(("labels", "text", "letter"), ALONE)
def test_an_answer_that_is_the_label_of_one_option_is_that_option(labels, text, letter, make_question):
    assert _letter(read_reply(Reply(text), "samples", make_question(*labels))) == letter


@pytest.mark.parametrize(
    "stated",
    [{"Früher": 20, "Später": 50, "3–5": 30}, [{"option": each, "percentage": 20} for each in ("Früher", "Später")]],
)
def test_escapes_of_json_are_the_letters_that_they_stand_for(stated, make_question):
    question = make_question("Früher", "Später", "3-5")
    escaped, plain = (json.dumps(stated, ensure_ascii=ascii_only) for ascii_only in (True, False))
    figures = read_reply(Reply(escaped), "verbalized", question, Expected(any_sum=True)).figures
    assert figures[:2] == ((20.0, 50.0) if isinstance(stated, dict) else (20.0, 20.0))
    assert figures == read_reply(Reply(plain), "verbalized", question, Expected(any_sum=True)).figures


def test_an_escaped_quote_stays_a_part_of_its_string(make_question):
    text = '{"A": 60, "B": 40, "note": "they say \\u0022A: 10\\u0022"}'
    assert read_reply(Reply(text), "verbalized", make_question("Yes", "No")).figures == (60.0, 40.0)


@pytest.mark.parametrize(("line", "is_read"), [("Option {}", True), ("option {}.", True), ("Option {}: 9", False)])
def test_lines_that_name_an_option_each_are_a_sample(line, is_read, make_question):
    text = "\n".join(line.format(letter) for letter in "AABCA" * 6)
    reading = read_reply(Reply(text), "sequence", make_question(*LABELS), Expected(letters=30))
    assert reading.figures == ((18.0, 6.0, 6.0) if is_read else ())


def _letter(reading):
    return "".join(each for each, figure in zip("ABC", reading.figures, strict=False) if figure)
