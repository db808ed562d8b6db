"""Numbers and letters beside words that say what they are of: read where they are answers, else left unread."""

import pytest

from opinionscope.elicitation import Reply, read_reply
from opinionscope.elicitation.reply import Expected
from opinionscope.survey import Group

DEMOCRATS = Group("Democrat", (("party", "Democrat"),))
PERCENTS = (50, 30, 15, 5)
LIKELY = ("1: Very unlikely", "2: Somewhat unlikely", "3: Somewhat likely", "4: Very likely")


def _lines(line: str, between: str = "\n") -> str:
    return between.join(line.format(each, number) for each, number in zip("ABCD", PERCENTS, strict=True))


OF_SOMETHING_ELSE = [
    *("{0}: {1}% confidence", "{0}: confidence {1}%", "{0} (confidence: {1}%)", "{0}: {1}% turnout", "{0}: {1}% error"),
    *("{0}: {1}% increase", "{0}: {1}% in 2010", "{0} was {1}% in 2010", "{0} was {1}% last year"),
    *("{0}: {1}% at most", "{0}: {1}% or more", "{0}: {1}% max", "{0}: rank {1}", "{0}: #{1}", "{0}: 1:{1}"),
    *("{0}: {1}~60%", "{1}% oppose {0}", "{1}% disagree with {0}", "{1}% are against {0}", "{1}% dislike {0}"),
]


@pytest.mark.parametrize("line", OF_SOMETHING_ELSE)
@pytest.mark.parametrize("between", ["\n", ", "])
def test_a_number_of_something_else_is_no_share(line, between, priority):
    reading = read_reply(Reply(_lines(line, between)), "verbalized", priority, Expected(DEMOCRATS))
    assert reading.distribution is None
    assert "percentage" in reading.reason or "a range" in reading.reason


@pytest.mark.parametrize("head", ["Confidence (%)", "Turnout", "Change since 2019", "Margin of error", "Upper bound"])
def test_a_column_of_something_else_is_no_share(head, priority):
    table = f"| Option | {head} |\n|-|-|\n" + _lines("| {0} | {1}% |")
    assert read_reply(Reply(table), "verbalized", priority).distribution is None
    with_shares = f"| Option | {head} | Percent |\n|-|-|-|\n" + _lines("| {0} | 25% | {1}% |")
    assert read_reply(Reply(with_shares), "verbalized", priority).figures == PERCENTS


def test_a_record_of_something_else_has_no_share(priority):
    records = _lines('{{"option": "{0}", "KEY": {1}}}', ", ")
    for key, figures in (("turnout", ()), ("error", ()), ("percent", PERCENTS), ("n_percent", PERCENTS)):
        assert read_reply(Reply(f"[{records.replace('KEY', key)}]"), "verbalized", priority).figures == figures


SHARES = [
    *("{0} {1}% (no strong view)", "{0}: {1}% (high confidence)", "{1}% of them {0}", "{1}% would go for {0}"),
    *(
        "{1}% of Democratic women choose {0}",
        "{1} % würden {0} wählen",
        "{1}% agree with {0}",
        "{1}% in favor of {0}",
        "{1}% chance of {0}",
    ),
]


@pytest.mark.parametrize("line", SHARES)
def test_a_share_with_words_beside_it_is_read(line, priority):
    reading = read_reply(Reply(_lines(line, ", ")), "verbalized", priority, Expected(DEMOCRATS))
    assert reading.figures == PERCENTS, reading.reason


IN_ALL = _lines("{0}: {1}%")
WHOLE_ANSWERS = {
    "a remark on another group": (f"{IN_ALL}\n\nRepublicans would be more likely to choose A (80%).", PERCENTS),
    "a remark on the own group": (f"{IN_ALL}\n\nOf young Democrats, many choose A (80%).", ()),
    "another group in full": (f"{IN_ALL}\nRepublicans: A: 5%, B: 15%, C: 30%, D: 50%", PERCENTS),
    "a label with no and a year": (IN_ALL.replace("15%", "15% (No priority) - as in 2020"), PERCENTS),
    "a number taken back": (IN_ALL.replace("15%", "15% (no, 20%)"), ()),
    "one that leads": ("A leads with 50%, followed by B at 30%, C at 15%, and D at 5%.", PERCENTS),
    "one that leads by some": ("A leads by 50%, followed by B at 30%, C at 15%, and D at 5%.", ()),
    "letters in brackets": ("50% call it urgent (A), 30% do not oppose it (B), 15% mind (C), 5% refuse (D).", ()),
    "letters in brackets behind a paraphrase": (
        "50% call it urgent (A), 30% are for it (B), 20% refuse (D).",
        (50, 30, 0, 20),
    ),
}


@pytest.mark.parametrize(("text", "figures"), WHOLE_ANSWERS.values(), ids=WHOLE_ANSWERS)
def test_an_answer_beside_its_remarks(text, figures, priority):
    assert read_reply(Reply(text), "verbalized", priority, Expected(DEMOCRATS)).figures == figures


@pytest.mark.parametrize(
    ("labels", "text", "figures"),
    [
        (("Yes", "No"), "60% Yes 40% No", (60, 40)),
        (("Yes", "No", "Maybe"), "60% A 40% B", ()),
        (("1", "2", "3"), "20% 1, 30% 2, 50% 3", (20, 30, 50)),
        (("1", "2", "3"), "20% say 1, 30% say 2 and 50% say 3.", (20, 30, 50)),
        (LIKELY, "1. 10%\n2. 20%\n3. 40%\n4. 30%", (10, 20, 40, 30)),
        (LIKELY, "Democrats:\nOption 1: 10%\nOption 2 - 20%\n3) 40%\n4 30%", (10, 20, 40, 30)),
        (LIKELY, "Republicans:\n1. 10%\n2. 20%\n3. 40%\n4. 30%", ()),
        (("0", "1", "2"), "1. 20%\n2. 30%\n3. 50%", ()),
        (("Very certain", "Certain", "Not sure"), "A: 20% very certain\nB: 30% certain\nC: 50% not sure", (20, 30, 50)),
        (("Yes", "No"), "A: 0,505\nB: 0,495", (0.505, 0.495)),
        (("Yes", "No"), "A 60%, B 40% = 100%", (60, 40)),
    ],
)
def test_percents_beside_labels_and_numbers(labels, text, figures, make_question):
    assert read_reply(Reply(text), "verbalized", make_question(*labels), Expected(DEMOCRATS)).figures == figures


@pytest.mark.parametrize("lead", ["**Thinking:** ", "## Reasoning\n", "Let me think. ", "<scratch_pad>"])
def test_a_draft_in_a_thought_that_was_cut_off_is_no_answer(lead, priority):
    text = lead + '{"A": 50, "B": 30, "C": 15, "D": 5} may be too'
    assert read_reply(Reply(text, finish_reason="length"), "verbalized", priority).distribution is None


NO_ANSWER = [
    *("Republicans would choose B", "My neighbor says B", "My wife would always pick B", "Someone might say B"),
    *(
        "Other people would say B",
        "60% would choose B",
        "He used to say B",
        "Please choose B",
        "They ask whether I choose B",
    ),
    *("Option B: no", "B: not for me", "B? No.", "B?", "A. Smith", "B. J. Smith", "As a Republican: B"),
]


@pytest.mark.parametrize("text", NO_ANSWER)
def test_a_letter_of_somebody_or_something_else_is_no_answer(text, priority):
    reading = read_reply(Reply(text), "samples", priority, Expected(DEMOCRATS))
    assert reading.distribution is None
    assert reading.reason.startswith("the answer gives no option letter")


ANSWER_B = [
    *("As a Democrat: B", "For me it would be B.", "I would have to go with B.", "I suppose B.", "Let's go with B"),
    *("Um, B.", "My gut says B", "A conservative Democrat would say B", "B. It matters.", "B. Some", "B###"),
    *("Given the views of Democrats, the most likely answer is B.", "B (I care)", "In this case, B."),
]


@pytest.mark.parametrize("text", ANSWER_B)
def test_an_answer_is_still_one(text, priority):
    reading = read_reply(Reply(text), "samples", priority, Expected(DEMOCRATS))
    assert reading.figures == (0, 1, 0, 0), reading.reason


@pytest.mark.parametrize(
    ("line", "is_read"),
    [("{}. {}?", False), ("{}. {}. Smith", False), ("Person {}: I'd go with {}", True), ("{}번: {}", True)],
)
def test_people_who_answer_and_people_who_do_not(line, is_read, priority):
    text = "\n".join(line.format(number, letter) for number, letter in enumerate("ABBABACDAB" * 3, 1))
    reading = read_reply(Reply(text), "sequence", priority, Expected(DEMOCRATS, 30))
    assert reading.figures == ((12, 12, 3, 3) if is_read else ()), reading.reason
