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


LEFT_OVER = {
    "bars on one line": ("A) Bus | 2%, B) Tram | 98%", ("Bus", "Tram")),
    "bars and no signs": ("A) Bus | 70, B) Tram | 29, C) Bike | 1", ("Bus", "Tram", "Bike")),
    "numbers as labels": ("1. 0 – (7%)\n2. 1 – (92%)\n3. 2 or more – (1%)", ("0", "1", "2 or more")),
}


@pytest.mark.parametrize(("text", "labels"), LEFT_OVER.values(), ids=LEFT_OVER)
def test_one_share_of_several_that_stand_there_is_not_everything(text, labels, make_question):
    reading = read_reply(Reply(text), "verbalized", make_question(*labels))
    assert reading.distribution is None


@pytest.mark.parametrize("text", ["A: 100%, all others 0%", "Nobody of 40 people chose B, so A: 100%"])
def test_an_option_that_takes_everything_is_read(text, make_question):
    assert read_reply(Reply(text), "verbalized", make_question("Bus", "Tram")).figures == (100.0, 0.0)


def test_an_article_that_begins_a_label_is_no_letter_in_a_table(make_question):
    rows = "| Every day (A) | 80 % |\n| A few times a week (B) | 1 % |\n| Never (C) | 19 % |"
    question = make_question("Every day", "A few times a week", "Never")
    reading = read_reply(Reply(f"| Option | Share |\n|---|---|\n{rows}"), "verbalized", question)
    assert reading.figures == (80.0, 1.0, 19.0)


STARS = ("5", "4", "3", "2", "1")
NUMBERS_AS_LABELS = {
    "ranks beside": "| Rank | Stars | Share |\n|---|---|---|\n| 1 | 5 | 50% |\n| 2 | 4 | 20% |\n| 3 | 3 | 15% |\n"
    "| 4 | 2 | 10% |\n| 5 | 1 | 5% |",
    "ranks in another order": "| # | Stars | Share |\n| 5 | 1 | 5% |\n| 4 | 2 | 10% |\n| 1 | 5 | 50% |\n"
    "| 2 | 4 | 20% |\n| 3 | 3 | 15% |",
    "numbers that are labels too": "Stars,Percent\n5,50\n4,20\n3,15\n2,10\n1,5",
}


@pytest.mark.parametrize("text", NUMBERS_AS_LABELS.values(), ids=NUMBERS_AS_LABELS)
def test_a_number_is_the_label_that_its_column_has(text, make_question):
    assert read_reply(Reply(text), "verbalized", make_question(*STARS)).figures == (50.0, 20.0, 15.0, 10.0, 5.0)


@pytest.mark.parametrize("line", ["| {} | {} |", "{} | {}", "{},{}"])
def test_small_shares_of_labels_that_are_numbers(line, make_question):
    shares = (1, 1, 2, 3, 93)
    rows = "\n".join(line.format(label, share) for label, share in enumerate(shares))
    question = make_question(*"01234")
    assert read_reply(Reply(f"{line.format('Cars', 'Percent')}\n{rows}"), "verbalized", question).figures == shares


def test_a_label_that_another_has_before_its_brackets_is_its_own(make_question):
    question = make_question("Never", "Other", "Other (please specify)")
    reading = read_reply(Reply("Never: 20%\nOther: 50%\nOther (please specify): 30%"), "verbalized", question)
    assert reading.figures == (20.0, 50.0, 30.0)


@pytest.mark.parametrize("text", ["Yes: 20%, No: 50% | Not sure: 30%", "All of them | Yes: 20, No: 50, Not sure: 30"])
def test_a_bar_between_options_makes_no_row_of_two_cells(text, make_question):
    reading = read_reply(Reply(text), "verbalized", make_question("Yes", "No", "Not sure"))
    assert reading.figures == (20.0, 50.0, 30.0)


def test_a_column_of_letters_numbers_no_rows(make_question):
    rows = "| A | Bus | 500 | 50 |\n| B | Tram | 300 | 30 |\n| C | Bike | 200 | 20 |"
    question = make_question("Bus", "Tram", "Bike")
    reading = read_reply(Reply(f"| # | Option | Votes | Share |\n|---|---|---|---|\n{rows}"), "verbalized", question)
    assert reading.figures == (50.0, 30.0, 20.0)


@pytest.mark.parametrize("text", ["Draft: A 50%, B 30%, C 20%. Final: {}", "{} Elsewhere it is 50% / 30% / 20%."])
def test_a_row_of_other_numbers_leaves_nothing_over(text, make_question):
    reading = read_reply(Reply(text.format("A: 60%, B: 40%.")), "verbalized", make_question("Bus", "Tram", "Bike"))
    assert reading.figures == (60.0, 40.0, 0.0)


def test_columns_of_some_options_are_read(make_question):
    question = make_question("Bus", "Tram", "Bike", "Car", "Foot")
    reading = read_reply(Reply("| Bus | Tram |\n|---|---|\n| 60 | 40 |"), "verbalized", question)
    assert reading.figures == (60.0, 40.0, 0.0, 0.0, 0.0)


def test_the_letter_m_is_no_hum(make_question):
    question = make_question(*(f"Number {number}" for number in range(13)))
    assert read_reply(Reply("M, B"), "samples", question).distribution is None
