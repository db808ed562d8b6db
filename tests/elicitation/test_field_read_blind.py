"""Answers from a blind review: everyday ones that were lost, and numbers or letters of somebody else that were read."""

import pytest

from opinionscope.elicitation import Reply, read_reply
from opinionscope.elicitation.reply import Expected
from opinionscope.survey import Group

DEMOCRATS = Group("Democrat", (("party", "Democrat"),))
CATHOLICS = Group("Roman Catholic", (("religion", "Roman Catholic"),))
RICH = Group("$75,000 or more", (("income", "$75,000 or more"),))
AGED = Group("30-49", (("age", "30-49"),))
LABELS = ("Definitely true", "Lower taxes", "Definitely not true")

LETTERS = {
    "a verb at the end": ("Ich würde B wählen.", DEMOCRATS, "B"),
    "a label before its letter": ("Lower taxes - B", DEMOCRATS, "B"),
    "a label that begins like a lead": ("Definitely not true", DEMOCRATS, "C"),
    "a label that begins with L": ("My answer is Lower taxes.", DEMOCRATS, "B"),
    "who says it, with an age": ("A 45-year-old teacher from Ohio: B", DEMOCRATS, "B"),
    "one of the group": ("One of Democrats: B", DEMOCRATS, "B"),
    "a group by a part of its name": ("A Catholic would most likely choose B.", CATHOLICS, "B"),
    "a group that has an or": ("A person with an income of $75,000 or more would choose B.", RICH, "B"),
    "somebody of the group": ("Someone aged 30-49 would most likely choose B.", AGED, "B"),
    "more of somebody of the group": ("A Democrat who is conservative would choose B.", DEMOCRATS, "B"),
    "another group beside": ("I would choose B. Republicans would choose A.", DEMOCRATS, "B"),
    "another group before": ("Republicans would choose A, but a Democrat would choose B.", DEMOCRATS, "B"),
    "another group by its ideology": ("Conservatives would choose B.", DEMOCRATS, ""),
    "another group by its vote": ("Trump voters pick B", DEMOCRATS, ""),
}


@pytest.mark.parametrize(("text", "group", "letter"), LETTERS.values(), ids=LETTERS)
def test_the_letter_of_one_of_the_group(text, group, letter, make_question):
    reading = read_reply(Reply(text), "samples", make_question(*LABELS), Expected(group))
    assert "".join(each for each, figure in zip("ABC", reading.figures, strict=False) if figure) == letter


SHARES = {
    "others compared": ("\n".join(f"{each} (compared with 29% of Republicans)" for each in ("A: 20%", "B: 80%")), True),
    "a group with an age in a sentence": ("Among those aged 30-49, 20% would choose A and 80% would choose B.", True),
    "a map of turnout": ('{"turnout": {"A": 20, "B": 80}}', False),
    "a map of confidence": ('{"confidence": {"A": 20, "B": 80}}', False),
}


@pytest.mark.parametrize(("text", "is_read"), SHARES.values(), ids=SHARES)
def test_shares_of_the_group_alone(text, is_read, make_question):
    group = AGED if "30-49" in text else DEMOCRATS
    reading = read_reply(Reply(text), "verbalized", make_question("Yes", "No"), Expected(group))
    assert reading.figures == ((20.0, 80.0) if is_read else ())


def test_a_share_that_is_the_number_of_another_option_is_no_label(make_question):
    rows = "\n".join(f"| {letter} | {at} | {share} |" for at, letter, share in ((1, "A", 3), (2, "B", 1), (3, "C", 96)))
    table = f"| Option | Answer | Percent |\n|-|-|-|\n{rows}"
    assert read_reply(Reply(table), "verbalized", make_question("1", "2", "3")).figures == (3.0, 1.0, 96.0)


def test_a_label_that_is_the_name_of_a_turn_heads_its_share(make_question):
    assert read_reply(Reply("User: 20%\nHuman: 80%"), "verbalized", make_question("User", "Human")).figures == (20, 80)


FURTHER = "Example 7\nQuestion: Do you own a bicycle?\nA. Yes\nB. No\nAnswer: "
YES = {"A": "Yes", "B": "No"}
OF_THIRTY = "ABBAABABBAABABABABABABABABABAB"
ROWS = {
    "numbers on one line": ", ".join(f"{at}: {letter}" for at, letter in enumerate(OF_THIRTY * 2, 1)),
    "letters with labels in a list": str([f"{letter}. {YES[letter]}" for letter in OF_THIRTY]),
    "people described": "\n".join(f"Person of {at + 20}, teacher: **{each}**" for at, each in enumerate(OF_THIRTY)),
    "people described below headings": "\n".join(
        f"**Person {at}**\nA 34-year-old nurse.\nAnswer: {each}" for at, each in enumerate(OF_THIRTY, 1)
    ),
    "a further question": f"{', '.join(OF_THIRTY)}\n\n{FURTHER}{'A' * 30}",
    "a further question behind a row": f"{OF_THIRTY}\nQuestion: Do you own cats?\n{'A' * 20 + 'B' * 10}",
}


@pytest.mark.parametrize("text", ROWS.values(), ids=ROWS)
def test_a_row_of_people(text, make_question):
    reading = read_reply(Reply(text), "sequence", make_question("Yes", "No"), Expected(DEMOCRATS, 30))
    assert reading.distribution
    assert reading.figures[0] == reading.figures[1]


def test_what_a_model_answers_to_a_further_question_is_not_counted(make_question):
    question = make_question("Yes", "No", "Refused")
    lines = "A: 20%\nB: 70%\nC: 10%"
    assert read_reply(Reply(f'{lines}\n\n{FURTHER}{{"A": 91, "B": 9}}'), "verbalized", question).figures == (20, 70, 10)
    assert read_reply(Reply(f"B\n\n{FURTHER}A"), "samples", question).figures == (0, 1, 0)
    row = f"Most say yes, the others no.\n\n{FURTHER}{'A' * 30}"
    assert read_reply(Reply(row), "sequence", question, Expected(DEMOCRATS, 30)).distribution is None
    again = f"First, B.\n\nQuestion: {question.text}\nAnswer: A"
    assert read_reply(Reply(again), "samples", question).figures != (0, 1, 0)


def test_two_lists_of_people_are_two_answers(make_question):
    lists = (", ".join(f"{at}: {letter}" for at, letter in enumerate(row, 1)) for row in ("ABABBA", "BBABBB"))
    reading = read_reply(Reply("\n".join(lists)), "sequence", make_question("Yes", "No"), Expected(DEMOCRATS, 6))
    assert "2 different rows" in reading.reason


def test_options_named_before_their_letters_are_no_people(make_question):
    question = make_question("Very", "Somewhat", "Hardly", "Never")
    text = "Very: A\nSomewhat: B\nHardly: C\nNever: D\nMy answer: A"
    assert read_reply(Reply(text), "sequence", question, Expected(DEMOCRATS, 5)).distribution is None


LAWS = "Question: Laws on guns\n"
HEADED = {
    "sequence": f"Here are 5 people, as I know them:\n{LAWS}ABABB",
    "samples": f"I am 45, and a voter.\n{LAWS}Answer: B",
    "verbalized": f"A survey of 2,000 adults in 2018:\n\n**{LAWS}**A: 40%\nB: 60%",
}


@pytest.mark.parametrize("form", HEADED)
def test_a_heading_before_the_answer_is_no_further_question(form, make_question):
    reading = read_reply(Reply(HEADED[form]), form, make_question("Yes", "No"), Expected(DEMOCRATS, 5))
    assert reading.distribution, reading.reason


def test_the_words_of_a_numbered_label_stand_before_its_letter(make_question):
    question = make_question("1: Very unlikely", "2: Somewhat unlikely", "3: Very likely")
    assert read_reply(Reply("Very unlikely (A)"), "samples", question).figures == (1, 0, 0)
