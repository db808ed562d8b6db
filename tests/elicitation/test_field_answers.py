"""Answers in shapes met in the field: read as a careful person reads them, or left unread with the reason."""

import json

import pytest

from opinionscope.elicitation import Reply, read_reply
from opinionscope.elicitation.reply import Expected
from opinionscope.survey import Group

DEMOCRATS = Group("Democrat", (("party", "Democrat"),))
SHARES = (0.5, 0.3, 0.15, 0.05)
PERCENTS = (50, 30, 15, 5)
LABELS = ("Top priority", "Some priority", "No priority", "Refused")
MAP = '{"A": 50, "B": 30, "C": 15, "D": 5}'
OTHER = '{"A": 10, "B": 20, "C": 30, "D": 40}'
OF_EACH = list(zip("ABCD", LABELS, PERCENTS, strict=True))

MAPS = {
    "a thought in DeepSeek's marks": f"<｜begin▁of▁thought｜>{OTHER}<｜end▁of▁thought｜>{MAP}",
    "the user's next turn": f"{MAP}\n\nUser: and the others?\nAssistant: {OTHER}",
    "bullets of labels": "\n".join(f"* {label}: {number}%" for _, label, number in OF_EACH),
    "labels before percents": "\n".join(f"{label} {number}%" for _, label, number in OF_EACH),
    "labels between strokes": " / ".join(f"{label} {number}%" for _, label, number in OF_EACH),
    "numbered labels": "\n".join(f"{at}. {label} {number}%" for at, (_, label, number) in enumerate(OF_EACH, 1)),
    "labels before brackets": ", ".join(f"{label} ({number}%)" for _, label, number in OF_EACH),
    "labels behind percents": ", ".join(f"{number}% {label}" for _, label, number in OF_EACH),
    "labels without blanks": json.dumps({"topPriority": 50, "somePriority": 30, "no-priority": 15, "refused": 5}),
    "leaders": "\n".join(f"{letter} ........ {number}%" for letter, _, number in OF_EACH),
    "bars": "\n".join(f"{letter} {'█' * (number // 5)} {number}%" for letter, _, number in OF_EACH),
    "a column an option": "| A | B | C | D |\n|---|---|---|---|\n| 50 | 30 | 15 | 5 |",
    "a column an option, a row a group": (
        "| G | A | B | C | D |\n|-|-|-|-|-|\n| Republicans | 10 | 20 | 30 | 40 |\n| Democrats | 50 | 30 | 15 | 5 |"
    ),
    "CSV with a column an option": "A,B,C,D\n50,30,15,5",
    "CSV with labels": "letter,label,percentage\n" + "\n".join(f"{a},{b},{c}" for a, b, c in OF_EACH),
    "CSV with ranks": "rank,option,percent\n1,A,50\n2,B,30\n3,C,15\n4,D,5",
    "counts and percents": "| Option | Count | Percent |\n|--|--|--|\n"
    + "\n".join(f"| {letter} | {number * 10} | {number} |" for letter, _, number in OF_EACH),
    "an HTML table": "<table>"
    + "".join(f"<tr><td>{letter}</td><td>{number}</td></tr>" for letter, _, number in OF_EACH)
    + "</table>",
    "an object an option": json.dumps({a: {"label": b, "percent": c} for a, b, c in OF_EACH}, indent=2),
    "estimates with their range": json.dumps({a: {"low": c - 5, "estimate": c, "high": c + 5} for a, _, c in OF_EACH}),
    "numbers of people beside": "| Option | Share (%) | N |\n|--|--|--|\n"
    + "\n".join(f"| {letter} | {number} | {number * 10 + 7} |" for letter, _, number in OF_EACH),
    "a margin of error": json.dumps({"estimate": json.loads(MAP), "margin_of_error": {"A": 4, "B": 4, "C": 3, "D": 1}}),
    "numbers in the reasoning": '{"reasoning": "Pew has A: 60, B: 20.", ' + MAP[1:],
    "the number of people": MAP[:-1] + ', "n": 1000}',
    "words": "A: fifty percent\nB: thirty percent\nC: fifteen percent\nD: five percent",
    "a final answer that says how sure it is": (
        f"Initial estimate: {OTHER}\nRevised estimate (moderate confidence): {MAP}"
    ),
    "a final answer of a percent of confidence": f"First: {OTHER}\nFinal answer, confidence 80%: {MAP}",
    "a final answer in a standard format": f"First: {OTHER}\nFinal answer (standard format): {MAP}",
    "words in one line": "A: half, B: thirty percent, C: fifteen percent; D: five percent",
    "cumulative percents beside": "| Option | % | Cumulative % |\n|--|--|--|\n| A | 50 | 50 |\n| B | 30 | 80 |\n"
    "| C | 15 | 95 |\n| D | 5 | 100 |",
    "numbers in the reasoning alone": '{"analysis": "The final split is A: 50%, B: 30%, C: 15%, D: 5%."}',
    "labels behind a head of the own group": "Democrats would answer: top priority 50%, some priority 30%, "
    "no priority 15% and refused 5%",
    "Cyrillic letters": '{"\u0410": 50, "\u0412": 30, "\u0421": 15, "D": 5}',
}


@pytest.mark.parametrize("text", MAPS.values(), ids=MAPS)
def test_percents_that_a_person_reads_with_certainty(text, priority):
    reading = read_reply(Reply(text), "verbalized", priority, Expected(DEMOCRATS))
    assert reading.distribution is not None, reading.reason
    assert reading.distribution.probabilities == pytest.approx(SHARES)


OPEN = {
    "only ranges": json.dumps({a: {"low": c - 5, "high": c + 5} for a, _, c in OF_EACH}),
    "a table of ranges": "| | Low | High |\n|-|-|-|\n| A | 45 | 55 |\n| B | 25 | 35 |\n| C | 10 | 20 |\n| D | 0 | 9 |",
    "CSV of ranges": "option,low,high\nA,45,55\nB,25,35\nC,10,20\nD,0,10",
    "two years": "| | 2018 | 2022 |\n|-|-|-|\n| A | 40 | 50 |\n| B | 30 | 30 |\n| C | 20 | 15 |\n| D | 10 | 5 |",
    "fractions among percents": '{"A": 0.5, "B": "30%", "C": "15%", "D": "5%"}',
    "Cyrillic letters in their own order": "\u0410: 50%, \u0411: 30%, \u0412: 15%, \u0413: 5%",
    "ranges of dots": "A: 45...55\nB: 25...35\nC: 10...20\nD: 0...10",
    "percents in ranges of dots": "A: 45... 55%\nB: 25... 35%\nC: 10... 20%\nD: 0... 10%",
    "ranges of ellipses": "A: 45\u2026 55\nB: 25\u202635\nC: 10\u202620\nD: 0\u202610",
    "none, and yet some": "A: none, though perhaps 5%\nB: 50%\nC: 40%\nD: 5%",
    "a word of no number": "A: One, in fact 50%\nB: 30%\nC: 15%\nD: 5%",
    "a sentence of no number": "A: One. In fact 50%\nB: 30%\nC: 15%\nD: 5%",
    "cumulative percents beside counts": "| Option | N | Cumulative % |\n|--|--|--|\n| A | 500 | 50% |\n"
    "| B | 300 | 80% |\n| C | 150 | 95% |\n| D | 50 | 100% |",
    "labels behind a head of another group": "Republicans would answer: top priority 20%, some priority 30%, "
    "no priority 40%, refused 10%",
    "letters behind a head of another group": "Republicans would answer A 20%, B 30%, C 40%, D 10%",
    "numbers in the reasoning beside an answer": '{"reasoning": "Pew has A: 60%, B: 40%.", "answer": "hard to say"}',
    "a wide table of two rows": "A,B,C,D\n50,30,15,5\n10,20,30,40",
}


@pytest.mark.parametrize("text", OPEN.values(), ids=OPEN)
def test_percents_of_which_nobody_can_tell_which_count(text, priority):
    reading = read_reply(Reply(text), "verbalized", priority, Expected(DEMOCRATS))
    assert reading.distribution is None
    assert reading.reason


@pytest.mark.parametrize(
    ("labels", "text"),
    [
        (("Favor", "Oppose"), "Do not favor 70%\nOppose 30%"),
        (("Agree", "Disagree", "Neither"), "Do not agree 30%, disagree 50%, neither 20%"),
        (("Very good", "Good", "Bad"), "Not very good 40%, good 35%, bad 25%"),
        (("Yes", "No"), "There is no 60% majority; yes 40%"),
    ],
)
def test_a_label_in_other_words_is_not_the_option(labels, text, make_question):
    assert read_reply(Reply(text), "verbalized", make_question(*labels), Expected(DEMOCRATS)).distribution is None


ROW = "AABBCCADAABBCCADAABBCCADAABBCC"
LABEL_OF = dict(zip("ABCD", LABELS, strict=True))

PEOPLE = {
    "objects in an object": json.dumps({"answers": [{"person": n, "answer": a} for n, a in enumerate(ROW, 1)]}),
    "labels": "\n".join(f"Person {n}: {LABEL_OF[a]}" for n, a in enumerate(ROW, 1)),
    "labels alone": ", ".join(LABEL_OF[a] for a in ROW),
    "letters with labels": "\n".join(f"- {a}: {LABEL_OF[a]}" for a in ROW),
    "letters in brackets": "\n".join(f"{a})" for a in ROW),
    "described people": "\n".join(f"{n}. Maria, {20 + n}, teacher: {a}" for n, a in enumerate(ROW, 1)),
    "described in brackets": "\n".join(f"Person {n} (woman, {20 + n}): {a}" for n, a in enumerate(ROW, 1)),
    "no numbers": "\n".join(f"Person: {a}" for a in ROW),
    "numbered rows": "\n".join(f"Row {at // 10 + 1}: {ROW[at : at + 10]}" for at in range(0, 30, 10)),
    "full-width letters": "".join(chr(ord(a) + 0xFEE0) for a in ROW),
}


@pytest.mark.parametrize("text", PEOPLE.values(), ids=PEOPLE)
def test_people_that_a_person_counts_with_certainty(text, priority):
    reading = read_reply(Reply(text), "sequence", priority, Expected(DEMOCRATS, 30))
    assert reading.figures == tuple(map(ROW.count, "ABCD")), reading.reason


@pytest.mark.parametrize(
    "text",
    [
        "Step 1: list A\nStep 2: think: B\nStep 3: C\nStep 4: say: A",
        "\n".join(LABELS * 4),
        "Row 1: AABBA\nRow 2: CCDDB",
    ],
)
def test_no_row_is_made_of_what_is_none(text, priority):
    assert read_reply(Reply(text), "sequence", priority, Expected(DEMOCRATS, 40)).distribution is None


QUALITY = ("Very good", "Good", "Fair", "Bad", "Very bad", "Refused")
LEGEND = "\n".join(f"{a}. {label}" for a, label in zip("ABCDEF", QUALITY, strict=True))


@pytest.mark.parametrize(
    "people", ["B, B, A, C, A, B, B, A, A, B", "\n".join("BBACABBAAB"), "\n".join(f"- {a}" for a in "BBACABBAAB")]
)
def test_options_that_an_answer_repeats_are_no_people(people, make_question):
    reading = read_reply(Reply(f"{LEGEND}\n\n{people}"), "sequence", make_question(*QUALITY), Expected(DEMOCRATS, 10))
    assert reading.figures == (4, 5, 1, 0, 0, 0), reading.reason


def test_labels_below_the_options_are_the_people(make_question):
    people = "\n".join(QUALITY["ABCDEF".index(a)] for a in "BBACABBAAB")
    reading = read_reply(Reply(f"{LEGEND}\n\n{people}"), "sequence", make_question(*QUALITY), Expected(DEMOCRATS, 10))
    assert reading.figures == (4, 5, 1, 0, 0, 0), reading.reason


@pytest.mark.parametrize(
    "text",
    [
        f"{LEGEND}\n\nB, B, A",
        "Most likely first:\nB. Good, A. Very good, C. Fair, D. Bad, E. Very bad, F. Refused",
        "Most likely first:\nB. Good\nA. Very good\nC. Fair\nD. Bad\nE. Very bad\nF. Refused",
        "1. B: Good\n2. A: Very good\n3. C: Fair\n4. D: Bad\n5. E: Very bad\n6. F: Refused",
    ],
)
def test_options_alone_or_ranked_are_no_people(text, make_question):
    assert read_reply(Reply(text), "sequence", make_question(*QUALITY), Expected(DEMOCRATS, 10)).distribution is None


ONE = [
    "Ａ",
    "\u0410",
    "✅ A",
    "A 😊",
    "1. A",
    "Person 1: A",
    "Top priority (A)",
    "Réponse : A",
    "答案是A",
    "<A>",
    "A\n\nUser: B",
]


@pytest.mark.parametrize("text", ONE)
def test_one_letter_that_a_person_reads_with_certainty(text, priority):
    reading = read_reply(Reply(text), "samples", priority)
    assert reading.figures == (1, 0, 0, 0), reading.reason


@pytest.mark.parametrize("text", ["My least favourite: A", "Republicans: A", "Top priority: B", "Some priority (A)"])
def test_a_letter_that_is_said_of_something_else(text, priority):
    assert read_reply(Reply(text), "samples", priority).distribution is None
