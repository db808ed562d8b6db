"""Samples: the one letter that an answer gives, and many of them counted."""

from collections.abc import Callable

import pytest

from opinionscope.elicitation import FORMATS, PLAIN, Recipe, Reply, make_plan, read_reply, reading_of_all
from opinionscope.elicitation.expression import Samples
from opinionscope.survey.library import Library
from opinionscope.survey.question import Question

GIVES_B = {
    "letter": "B",
    "small letter": " b.",
    "bold": "**B**",
    "bold with a stop": "**B.**",
    "brackets": "(B)",
    "square brackets": "[B]",
    "quotes": '"B"',
    "code": "`B`",
    "bracket behind": "B)",
    "with its label": "B. Some priority",
    "with its label after a bracket": "B) Some priority",
    "with its label after a dash": "B - Some priority",
    "with its label in brackets": "B (Some priority)",
    "with its label in bold": "**B. Some priority**",
    "with its label and no mark": "B Some priority",
    "small, with its label": "b. some priority.",
    "label cut off": "B. Some prio",
    "label only": "Some priority",
    "label only, shouted": "SOME PRIORITY.",
    "Answer:": "Answer: B",
    "Answer: in bold": "**Answer:** B",
    "ANSWER: with the label": "ANSWER: B. Some priority",
    "Answer: label": "Answer: Some priority",
    "The answer is": "The answer is B.",
    "My answer would be": "My answer would be (B).",
    "Option": "Option B",
    "I would choose": "I would choose B.",
    "as whom": "As a Democrat, I would choose B.",
    "The correct answer is": "The correct answer is: **B. Some priority**",
    "I'd pick option": "I'd pick option B",
    "They chose, in a sentence": "I would choose option B, since it is important.",
    "a heading before": "Sure! Here is one answer:\n\nB",
    "reasons after": "B\n\nMany people find this important, but not the most important.",
    "reasons on the line": "B. I think that it matters.",
    "options repeated, then the answer": "A. Top priority\nB. Some priority\nC. No priority\n\nAnswer: B",
    "boxed": "$\\boxed{B}$",
    "JSON": '{"answer": "B"}',
    "said twice": "B\n\nB. Some priority",
    "after a hash": "### B",
    "list mark": "- B",
    "an article in the reasons": "B. A person like this would care.",
}

GIVES_NONE = {
    "empty": ("", "empty"),
    "blanks": (" \n ", "empty"),
    "marks only": ("...", "empty"),
    "refusal": ("I'm sorry, but I can't take on the view of a group.", "no option letter"),
    "refusal with an A": ("As an AI language model, I have no opinions.", "no option letter"),
    "an article": ("A dog", "no option letter"),
    "an article in a sentence": ("A survey like this is hard to answer.", "no option letter"),
    "small article": ("a person might say so", "no option letter"),
    "two letters": ("A or B", "several|no option letter"),
    "two letters with a comma": ("A, B", "several"),
    "a row": ("ABBA", "no option letter"),
    "letters in lines": ("A\nB\nB", "several"),
    "options in prose": ("Some would say A, others would pick B or even D.", "several|no option letter"),
    "one chosen, another weighed": ("B. But C would be as likely.", "several"),
    "another's label": ("B. No priority", "no option letter"),
    "two answers": ("Answer: A\nAnswer: B", "several"),
    "never offered": ("E", "never offered"),
    "never offered, with words": ("Answer: F", "never offered"),
    "a map": ('{"A": 20, "B": 80}', ""),
    "percents": ("A: 20%\nB: 80%", "no option letter"),
    "one percentage": ("B: 80%", "no option letter"),
    "a number": ("2", "no option letter"),
    "a word that begins with it": ("Before", "no option letter"),
    "another alphabet": ("В", "no option letter"),
    "a label in a sentence": ("I see no priority here and some priority there", "no option letter"),
}


@pytest.mark.parametrize("text", GIVES_B.values(), ids=GIVES_B)
def test_reads_the_letter_that_a_person_would_read(text: str, priority: Question) -> None:
    reading = Samples().read(Reply(text), priority)
    assert reading.distribution is not None, reading.reason
    assert reading.distribution.probabilities == (0, 1, 0, 0)
    assert reading.figures == (0, 1, 0, 0)
    assert (reading.sample_size, reading.coverage) == (1, 1)


@pytest.mark.parametrize(("text", "words"), GIVES_NONE.values(), ids=GIVES_NONE)
def test_leaves_unread_what_names_no_option_or_several(text: str, words: str, priority: Question) -> None:
    reading = Samples().read(Reply(text), priority)
    assert reading.distribution is None
    assert any(word in reading.reason for word in words.split("|")), reading.reason


@pytest.mark.parametrize(
    ("text", "at"), [("Yes", 0), ("No.", 1), ("no", 1), ("Don't know", 2), ("C: Don’t know", 2), ("**don't know**", 2)]
)
def test_labels_that_are_words_are_read_in_full(text: str, at: int, make_question: Callable[..., Question]) -> None:
    question = make_question("Yes", "No", "Don't know")
    reading = Samples().read(Reply(text), question)
    assert reading.distribution is not None, reading.reason
    assert reading.figures[at] == 1


@pytest.mark.parametrize("text", ["No, I cannot do that.", "I would not say", "I think so", "I", "Don't"])
def test_words_of_a_refusal_are_no_labels(text: str, make_question: Callable[..., Question]) -> None:
    question = make_question("Yes", "No", "Don't know")
    assert Samples().read(Reply(text), question).distribution is None


def test_many_answers_are_counted_and_the_unread_ones_said(priority: Question) -> None:
    texts = ["B", "A", "b.", "**B. Some priority**", "I'd rather not say.", "D"]
    reading = reading_of_all([read_reply(Reply(text), "samples", priority) for text in texts], "samples", priority)
    assert reading.distribution is not None
    assert reading.figures == (1, 3, 0, 1)
    assert reading.sample_size == 5
    assert reading.coverage == pytest.approx(5 / 6)
    assert any("1 of 6 could not be read" in step for step in reading.trace)


def test_it_takes_a_call_a_person_each_with_a_seed_of_its_own(library: Library) -> None:
    question = library.question("ferry")
    group = library.group(question, "Democrat")
    plain = make_plan(library, question, group, "persona", "samples")
    assert len(plain.calls) == 30
    asked = make_plan(library, question, group, "persona", "samples", 7, Recipe(samples=5, repeats=2))
    assert [call.seed for call in asked.calls] == list(range(7, 17))
    assert {call.prompt for call in asked.calls} == {asked.first.prompt}
    shuffled = make_plan(library, question, group, "persona", "samples", 7, Recipe(samples=40, order="shuffled"))
    assert len({call.offered for call in shuffled.calls}) > 10
    assert len({call.prompt for call in shuffled.calls}) == len({call.offered for call in shuffled.calls})


@pytest.mark.parametrize(
    ("format_name", "recipe", "said"),
    [
        ("samples", Recipe(temperature=0), True),
        ("samples", PLAIN, False),
        ("samples", Recipe(samples=1, temperature=0), False),
        ("verbalized", Recipe(repeats=3, temperature=0), True),
        ("verbalized", Recipe(temperature=0), False),
    ],
)
def test_says_that_answers_at_temperature_0_are_all_alike(
    library: Library, format_name: str, recipe: Recipe, said: bool
) -> None:
    question = library.question("ferry")
    made = make_plan(library, question, library.group(question, "Democrat"), "persona", format_name, None, recipe)
    assert any("temperature 0" in note for note in made.notes) is said


def test_few_shot_shows_the_spread_that_one_letter_cannot(library: Library) -> None:
    question = library.question("ferry")
    made = make_plan(library, question, library.group(question, "Democrat"), "few-shot", "samples")
    assert made.first.prompt.user.count("How they answered: A ") == 5
    assert made.first.request == FORMATS["samples"].request
