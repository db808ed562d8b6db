"""Answers with what pages and editors add to them: entities, line breaks, struck text, plus signs, small words."""

import pytest

from opinionscope.elicitation import Reply, read_reply

SHARES = {
    "a sign as an entity": "A: 20&#37;\nB: 80&#37;",
    "a blank as an entity": "A:&nbsp;20&nbsp;%\nB:&nbsp;80&nbsp;%",
    "quotes as entities": "{&quot;A&quot;: 20, &quot;B&quot;: 80}",
    "an entity in a string": '{"note": "a &quot;guess&quot;", "A": 20, "B": 80}',
    "a number of an entity": "A:&#32;20\nB:&#x20;80",
    "struck out": "A: <del>45%</del> 20%\nB: ~~55%~~ 80%",
    "plus signs": "A: +20%\nB: + 80%",
    "plus signs in a map": '{"A": +20, "B": "+80"}',
}


@pytest.mark.parametrize("text", SHARES.values(), ids=SHARES)
def test_shares_are_read_without_what_pages_add(text, make_question):
    assert read_reply(Reply(text), "verbalized", make_question("Yes", "No")).figures == (20.0, 80.0)


@pytest.mark.parametrize("text", ["A: +20%\nB: -20%", "A: +20 points\nB: +3 points", "A: +60%\nB: +70%"])
def test_changes_are_no_shares(text, make_question):
    assert read_reply(Reply(text), "verbalized", make_question("Yes", "No")).distribution is None


LETTERS = {
    "an entity behind": "B&nbsp;",
    "brackets as entities": "&#40;B&#41;",
    "an apostrophe as an entity": "I&#39;d say B",
    "another one struck out": "~~A~~ B",
    "a pause": "Hmm... B.",
    "a hum": "Mmm, B",
    "a doubt": "Um… B",
    "a wonder": "Oh, B!",
    "assent": "Ok: B",
    "yeah": "Yeah. B",
}


@pytest.mark.parametrize("text", LETTERS.values(), ids=LETTERS)
def test_a_letter_is_read_behind_small_words(text, make_question):
    assert read_reply(Reply(text), "samples", make_question("Bus", "Tram")).figures == (0.0, 1.0)


def test_a_small_word_that_is_a_label_is_an_answer(make_question):
    assert read_reply(Reply("Right. B"), "samples", make_question("Right", "Wrong")).distribution is None


def test_letters_stand_in_lines_of_a_page(make_question):
    reading = read_reply(Reply("<br>".join("ABBABBABBA")), "sequence", make_question("Yes", "No"))
    assert reading.figures == (4.0, 6.0)


def test_a_range_of_money_is_found_whatever_its_dash(make_question):
    question = make_question("$0–$5", "$6–$10")
    assert read_reply(Reply("$0-$5: 20%\n$6-$10: 80%"), "verbalized", question).figures == (20.0, 80.0)


def test_what_a_label_has_in_brackets_may_be_left_out(make_question):
    question = make_question("Never", "It depends (please say on what)")
    assert read_reply(Reply("Never: 20%\nIt depends: 80%"), "verbalized", question).figures == (20.0, 80.0)


def test_what_tells_two_labels_apart_may_not(make_question):
    question = make_question("By bus (daily)", "By bus (weekly)")
    assert read_reply(Reply("By bus: 20%\nBy bus: 80%"), "verbalized", question).distribution is None
