"""Answers that a rule made for others had once spoiled: a careful person reads them without doubt."""

import pytest

from opinionscope.elicitation import Reply, read_reply
from opinionscope.elicitation.reply import Expected
from opinionscope.survey.question import EVERYONE

PERCENTS = (50, 30, 15, 5)


def _figures(text, question):
    found = read_reply(Reply(text), "verbalized", question).distribution
    return None if found is None else tuple(round(100 * each, 1) for each in found.probabilities)


def _counted(letters, line, size, question, wanted):
    rows = [letters[at : at + size] for at in range(0, len(letters), size)]
    text = "\n".join(
        line.format(row=at + 1, first=size * at + 1, last=size * at + len(row), letters=" ".join(row))
        for at, row in enumerate(rows)
    )
    return read_reply(Reply(text), "sequence", question, Expected(EVERYONE, wanted)).figures


@pytest.mark.parametrize("line", ["{row}. {letters}", "{first}-{last}: {letters}", "({row}) {letters}"])
@pytest.mark.parametrize("size", [5, 10])
def test_numbered_rows_may_be_a_letter_short_or_long(line, size, priority):
    for letters in ("ABBABACDAB" * 9 + "ABBABACDA", "ABBABACDAB" * 10 + "B"):
        assert _counted(letters, line, size, priority, 100) == tuple(map(letters.count, "ABCD"))


@pytest.mark.parametrize("size", [2, 3])
def test_a_few_letters_beside_each_number_may_be_those_of_one_person(size, priority):
    assert _counted("ABBABACDAB" * 4, "{row}. {letters}", size, priority, 30) == ()


@pytest.mark.parametrize("text", ["It is a", "That's a", "It's a.", "Definitely a", "Hard to say A over B"])
def test_a_word_is_no_letter(text, priority):
    assert read_reply(Reply(text), "samples", priority).distribution is None
    assert read_reply(Reply("It is b"), "samples", priority).distribution is not None
    assert read_reply(Reply("It is A"), "samples", priority).distribution is not None


def test_a_letter_beside_the_word_i_shares_nothing(priority):
    assert _figures("A 50% B 30% C 15% D 5%. A, I think, leads.", priority) == PERCENTS


NEARLY_ALL = (
    *("In total, 95% would pick A and 5% B", "In sum 95% A, 5% B", "To sum up: 95% A, 5% B", "total: 95% A, 5% B"),
    "In sum, 95% say yes and 5% say no.",
)


@pytest.mark.parametrize("text", NEARLY_ALL)
def test_nearly_all_of_a_total_is_a_share(text, make_question):
    assert _figures(text, make_question("Yes", "No")) == (95, 5)


@pytest.mark.parametrize("total", ["(total: 100%)", "[sum = 100%]", "Total 100%", "; they add up to 100%. So be it."])
def test_a_total_behind_the_shares_is_none_of_them(total, priority):
    assert _figures(f"50% A, 30% B, 15% C, 5% D {total}", priority) == PERCENTS


@pytest.mark.parametrize("line", ["{0}: [1] {1}%", "{0}: [1] about {1}%", "{0}: [note] {1}%"])
def test_a_reference_is_no_number(line, priority):
    assert _figures("\n".join(line.format(*each) for each in zip("ABCD", PERCENTS, strict=True)), priority) == PERCENTS


def test_kinds_behind_letters_are_what_the_letters_stand_for(make_question):
    question = make_question("Yes", "No")
    assert _figures("A (plan A): 60, B (plan B): 40", question) == (60, 40)
    assert _figures("In this group A: 60%, in this group B: 40%", question) == (60, 40)


def test_options_listed_on_one_line_before_the_numbers(make_question):
    question = make_question("Strongly agree", "Agree", "Disagree", "Strongly disagree")
    listed = " ".join(f"{letter}: {label}" for letter, label in zip("ABCD", question.labels, strict=True))
    assert _figures(f"{listed}\nA: 50 B: 30 C: 15 D: 5", question) == PERCENTS
    assert _figures("Most agree A: 50% and some disagree B: 30%, C: 15%, D: 5%", question) == PERCENTS


@pytest.mark.parametrize("text", ["[33, 33, 33]", "[0.33, 0.33, 0.33]"])
def test_a_list_of_rounded_numbers_is_a_whole(text, make_question):
    assert _figures(text, make_question("More", "Same", "Less")) == (33.3, 33.3, 33.3)


@pytest.mark.parametrize(
    "text",
    [
        "Sure! I'd go with B.",
        "Great question. B.",
        "Certainly! B",
        "Of course, my answer is B",
        "I picked B",
        "I answered B",
        "Option B is my choice.",
        "Die Antwort ist B",
        "Minha resposta é B",
        "Answer: I would say B",
    ],
)
def test_courtesy_and_words_around_a_letter_leave_it_clear(text, priority):
    assert read_reply(Reply(text), "samples", priority).distribution.probabilities == (0, 1, 0, 0)


def test_courtesy_that_an_option_is_called_is_the_answer(make_question):
    question = make_question("No", "Of course", "Certainly", "Sure")
    assert read_reply(Reply("Of course"), "samples", question).distribution.probabilities == (0, 1, 0, 0)
    assert read_reply(Reply("Of course. A"), "samples", question).distribution is None


@pytest.mark.parametrize("text", ["Yes, probably", "**Yes, probably.**", "Sure! Yes, probably"])
def test_courtesy_that_a_label_begins_with_belongs_to_the_label(text, make_question):
    question = make_question("Yes, definitely", "Yes, probably", "No, probably not", "Absolutely, always")
    assert read_reply(Reply(text), "samples", question).distribution.probabilities == (0, 1, 0, 0)


@pytest.mark.parametrize("text", ["Answer: A. Correction: B", "It's A Democrat", "I vote for A Democrat"])
def test_a_corrected_answer_and_an_article_are_no_choice(text, priority):
    assert read_reply(Reply(text), "samples", priority).distribution is None


def test_a_label_before_its_own_letter_is_that_letter(make_question):
    question = make_question("Yes", "No")
    assert read_reply(Reply("Yes, A"), "samples", question).distribution.probabilities == (1, 0)
    assert read_reply(Reply("Yes, B"), "samples", question).distribution is None


def test_a_lower_case_letter_is_read_whichever_it_is(priority):
    for text in ("I choose {}", "My answer is {}", "Answer: {}", "option {}", "{}"):
        for place, letter in enumerate("ab"):
            shares = read_reply(Reply(text.format(letter)), "samples", priority).distribution.probabilities
            assert shares.index(1) == place


def test_a_label_that_goes_on_as_another_is_the_other(make_question):
    question = make_question("Agree", "Agree somewhat", "Disagree")
    assert read_reply(Reply("A. Agree somewhat"), "samples", question).distribution is None
    assert read_reply(Reply("B. Agree somewhat"), "samples", question).distribution.probabilities == (0, 1, 0)


def test_numbers_of_two_options_on_one_line(make_question):
    for text in ("Yes: 60 No: 40", "Yes 60 No 40", "Yes: 60% and No: 40%"):
        assert _figures(text, make_question("Yes", "No")) == (60, 40)
    assert _figures("State A: 60%, State B: 40%", make_question("State A", "State B")) == (60, 40)
