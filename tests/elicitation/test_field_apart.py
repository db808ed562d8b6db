"""Answers that state options apart from their numbers, or beside other numbers: read where there is no doubt."""

import json

import pytest

from opinionscope.elicitation import Reply, read_reply
from opinionscope.elicitation.reply import Expected
from opinionscope.survey import Group

DEMOCRATS = Group("Democrat", (("party", "Democrat"),))
SHARES = (0.5, 0.3, 0.15, 0.05)
LABELS = ("Top priority", "Some priority", "No priority", "Refused")
PERCENTS = (50, 30, 15, 5)
OF_EACH = list(zip("ABCD", LABELS, PERCENTS, strict=True))


def _lines(line: str, between: str = "\n", numbers: tuple[int, ...] = PERCENTS) -> str:
    return between.join(line.format(*each[:2], number) for each, number in zip(OF_EACH, numbers, strict=True))


HEADINGS = _lines("**{0}. {1}**\n- Estimate: {2}%\n- Reason: about 70% in 2019")
READ = {
    "letters with labels": _lines("{0}: {1} {2}%"),
    "letters with labels in columns": "Option  Label  Percent\n" + _lines("{0}       {1:16}{2}"),
    "headings": _lines("**{0}. {1}**\n{2}%", "\n\n"),
    "headings with reasons": HEADINGS,
    "headings for two groups": _lines("### {0}\n{2}%", numbers=(5, 15, 30, 50)).join(
        ("## Republicans\n", "\n## Democrats\n" + _lines("### {0}\n{2}%"))
    ),
    "tables of TOML": _lines('[{0}]\nlabel = "{1}"\npercent = {2}'),
    "letters in a run": "A/B/C/D: 50/30/15/5",
    "letters in a sentence": "A, B, C and D get 50%, 30%, 15% and 5% respectively.",
    "a ratio": "A:B:C:D = 50:30:15:5",
    "letters with hyphens": "A-50, B-30, C-15, D-5",
    "letters with brackets": "A (50), B (30), C (15), D (5)",
    "a final line without marks": "**Draft:** A 10%, B 20%, C 30%, D 40%\n**Final:** A 50%, B 30%, C 15%, D 5%",
    "keys with a unit": '{"A_percent": 50, "B_percent": 30, "C_percent": 15, "D_percent": 5}',
    "keys in one word": '{"optionA": 50, "optionB": 30, "optionC": 15, "optionD": 5}',
    "conditions": _lines("P({0}|Democrat) = 0.{2:02}"),
    "comments in JSON": '{"A": 50, // A: 60 in 2019\n"B": 30 /* B: 20 */, "C": 15, "D": 5}',
    "an address before JSON": 'https://example.org/a\n{"A": 50, "B": 30, "C": 15, "D": 5}',
    "remarks of the group in a table": "| Option | Percent | Why |\n|-|-|-|\n"
    + _lines("| {0} | {2} | About 70% of Democrats in 2019 |"),
    "remarks before the number": "| Option | Why | % |\n|-|-|-|\n" + _lines("| {0} | 60% in 2019 | {2} |"),
    "draft and final": "| Option | Draft | Final |\n|-|-|-|\n" + _lines("| {0} | 25 | {2} |"),
    "codes beside hedged numbers": "| Option | Code | % |\n|-|-|-|\n" + _lines("| {0} | 1 | about {2}% |"),
    "margins with two marks": _lines("{0}: {2}% +/- 3%"),
    "struck out": "A: ~~60%~~ 50%\nB: ~~20%~~ 30%\nC: 15%\nD: 5%",
    "so many in ten": "A: 1 in 2\nB: 3 in 10\nC: 15 of 100\nD: 5 out of 100",
    "sums": "A: 40% + 10% = 50%\nB: 30%\nC: 15%\nD: 5%",
    "nearly": "A: nearly 50%, B: close to 30%, C: perhaps 15%, D: the remaining 5%",
    "Polish": _lines("{0}: około {2}%"),
    "Vietnamese": _lines("{0}: khoảng {2}%"),
    "Thai": _lines("{0}: ร้อยละ {2}"),
    "lines that correct the map": f'{{"A": 25, "B": 25, "C": 25, "D": 25}}\n\nCorrected:\n{_lines("{0}: {2}%")}',
    "a thought between lines": f"Thinking...\n{_lines('{0}: 25%')}\n...done thinking.\n\n{_lines('{0}: {2}%')}",
    "Chinese": _lines("{0}、{2}%", "；"),
    "Chinese in a sentence": _lines("选择{0}的占{2}%", "，"),
    "estimates in sentences": _lines("For {0}, I estimate {2}%", "; ") + ".",
    "words behind a key": _lines("{0}: I'd say {2}%"),
    "a label between commas": _lines("{0}: {1}, {2}%"),
    "an owner": _lines("{0}'s share: {2}%", ", "),
    "italic letters": _lines("_{0}_ {2}%"),
    "French": "50 % A, 30 % B, 15 % C et 5 % D",
    "German": _lines("{2} Prozent würden {0} wählen", ", "),
    "a numbered list without percents": "1. A 0.50\n2. B 0.30\n3. C 0.15\n4. D 0.05",
    "spoken percents before letters": "Fifty percent say A, thirty percent B, fifteen percent C and five percent D.",
    "people out of 100": "Out of 100 Democrats: A 50, B 30, C 15, D 5",
    "so many of 100": _lines("{2} out of 100 would choose {0}", ", "),
    "bold labels and a conjunction": _lines("**{1}**: {2}%", ", ").replace(", **R", ", and **R"),
    "labels with letters in a table": _lines("| {1} ({0}) | {2}% |"),
    "a remark with a percent below": _lines("{2}% chose {0}") + "\n\nNote: 60% of all adults voted in 2020.",
    "percents of the group": _lines("{0}: {2}% of Democrats", ", "),
    "sentences that end with a letter": _lines("{2}% pick {0}", ". ") + ".",
    "a courtesy": f"Sure! {_lines('{0} {2}%')}",
    "verbs behind a letter": _lines("{0} accounts for {2}%", ", "),
    "dots without blanks": _lines("{0}.{2}%"),
    "an abbreviated party": _lines("{0}: 25% (R), {2}% (D)"),
    "percents before two groups": _lines("{0}: 25% of Republicans, {2}% of Democrats"),
}


@pytest.mark.parametrize("text", READ.values(), ids=READ)
def test_percents_that_a_person_reads_with_certainty(text, priority):
    reading = read_reply(Reply(text), "verbalized", priority, Expected(DEMOCRATS))
    assert reading.distribution is not None, reading.reason
    assert reading.distribution.probabilities == pytest.approx(SHARES)


ANOTHER, SHARED = "headed by another group", "share one number"
OPEN = {
    "two numbers": (_lines("{0}: {2}% vs 25%"), "a range"),
    "lines that say something else than the map": (
        f'{{"A": 25, "B": 25, "C": 25, "D": 25}}\n\n{_lines("{0}: {2}%")}',
        "2 different distributions",
    ),
    "two numbers below a heading": (HEADINGS.replace("- Reason", "60%\n- Reason"), "no letter with a percentage"),
    "too few numbers for a run": ("A, B, C, D: 50, 30, 20", ""),
    "ranks": ("A-1, B-2, C-3, D-4", "sum to 10"),
    "ranks in a table": ("| Option | Rank | Share |\n|-|-|-|\n" + _lines("| {0} | 1 | few |"), "no percentage"),
    "lines of another group": (f"Republicans:\n{_lines('{0}: {2}%')}", ANOTHER),
    "a line of another group": (f"Republicans: {_lines('{0}: {2}%', ', ')}", ANOTHER),
    "a sentence about another group": (f"Republicans would answer {_lines('{0}: {2}%', ', ')}", ANOTHER),
    "a table below another group": (f"**Republicans**\n\n{_lines('| {0} | {2} |')}", ANOTHER),
    "a heading in a sentence": (f"Here is how Republicans would answer:\n{_lines('{0}: {2}%')}", ANOTHER),
    "a heading behind a refusal": (f"I can't say, but Republicans would answer: {_lines('{0}: {2}%', ', ')}", ANOTHER),
    "percents of another group": (_lines("{0}: {2}% of Republicans"), "“50% of republicans”"),
    "percents of another sex": (_lines("{0} {2}% of men"), "no letter with a percentage"),
    "a range before its letter": (_lines("{2}% {0}").replace("15%", "10-15%"), "no letter with a percentage"),
    "bounds before their letters": (_lines("at least {2}% {0}"), "no letter with a percentage"),
    "a remark that two options share": ("A: 80% (A and B)\nC: 15%\nD: 5%", SHARED),
    "a dash behind two options": ("A and B – 80%\nC – 15%\nD – 5%", SHARED),
    "a dash behind another name": ("A – 50%\nB – 30%\nC – 15%\nOther – 5%", "“Other” is none of the options"),
    "a shift": ("2% of adults would avoid A. 60% B. 35% C. 3% D.", "before it or behind it"),
    "refusals": (_lines("{2}% would avoid {0}", ", "), "no letter with a percentage"),
    "less than before": (_lines("{0}: down {2}%"), "no percentage"),
    "less than before, by a sign": (_lines("{0} −{2}%", ", "), "no letter with a percentage"),
    "amounts of money": (_lines("{0}: ${2}"), "no percentage"),
    "ages": (_lines("{2}-year-olds choose {0}", ", "), "no letter with a percentage"),
    "what is counted": (_lines("{0}: {2} words"), "no percentage"),
    "people compared": (_lines("{0}: {2}% are older than 50"), "are older"),
    "another sex in a cell": (_lines("| {0} | {2}% | of men |"), "“50% of men”"),
    "a format in lines": (f"I can't know. For example, the format would be:\n{_lines('{0}: {2}%')}", "refuses"),
    "a format in braces": ('Sorry, I cannot. An example: {"A": 50, "B": 30, "C": 15, "D": 5}', "refuses"),
    "a number taken back": ("A: 40%, no wait, 50%\nB: 30%\nC: 15%\nD: 5%", "no percentage"),
    "a sign of less": (_lines("{0}: {1}: -{2}%"), "no percentage"),
    "a column of another group": (f"| Option | Republicans |\n|-|-|\n{_lines('| {0} | {2} |')}", ANOTHER),
}


@pytest.mark.parametrize(("text", "words"), OPEN.values(), ids=OPEN)
def test_percents_that_may_be_something_else(text, words, priority):
    reading = read_reply(Reply(text), "verbalized", priority, Expected(DEMOCRATS))
    assert reading.distribution is None
    assert words in reading.reason


LIKELY = ("1: Very unlikely", "2: Somewhat unlikely", "3: Somewhat likely", "4: Very likely")


@pytest.mark.parametrize(
    ("labels", "text", "figures"),
    [
        (LIKELY, "Likely (3+4): 70%, unlikely (1+2): 30%", ()),
        (LIKELY, '{"1-2": 30, "3-4": 70}', ()),
        (LIKELY, "A: 3 and B: 97", (3, 97, 0, 0)),
        (("1", "2", "3"), "A: 1 - 20%\nB: 2 - 30%\nC: 3 - 50%", (20, 30, 50)),
        (("0", "1", "2 or more"), "A - 0 - 50%\nB - 1 - 30%\nC - 2 or more - 20%", (50, 30, 20)),
        (("18-29", "30-49", "50+"), "18–29: 20%\n30–49: 30%\n50+: 50%", (20, 30, 50)),
        (("Republican", "Democrat", "Other"), "A: Republican 5%\nB: Democrat 80%\nC: Other 15%", (5, 80, 15)),
        (("Yes", "No", "Not sure"), "About 60% would say yes, 30% would say no and 10% are not sure.", (60, 30, 10)),
        (("Yes", "No", "Not sure"), "60% would say yes because 40% said no", ()),
        (("10%", "20%", "30%", "40%"), "10, 20, 30, 40", ()),
        (("10%", "20%", "30%", "40%"), "20, 20, 20, 40", (20, 20, 20, 40)),
    ],
)
def test_labels_that_hold_numbers_or_groups(labels, text, figures, make_question):
    assert read_reply(Reply(text), "verbalized", make_question(*labels), Expected(DEMOCRATS)).figures == figures


ROW = "ABACABADBA" * 3
PEOPLE = list(enumerate(ROW, 1))
OTHERS = "DDDDDCCCBA" * 3


def _people(line: str, between: str = "\n") -> str:
    return between.join(line.format(n, letter, dict(zip("ABCD", LABELS, strict=True))[letter]) for n, letter in PEOPLE)


SAMPLES = {
    "descriptions with an article": _people("{0}. A Democrat in Ohio would say {1}"),
    "in the first person": _people("{0}. I'd pick {1}"),
    "headings": _people("### Person {0}\n{1}. {2}", "\n\n"),
    "headings over answers": _people("**Person {0}**\nAnswer: {1}", "\n\n"),
    "a profile in a table": "| # | Who | Answer |\n|-|-|-|\n" + _people("| {0} | Woman, 34, nurse | {1} |"),
    "two groups in a table": "| # | Democrat | Republican |\n|-|-|-|\n" + _people("| {0} | {1} | D |"),
    "objects with an age": json.dumps([{"id": n, "age": 34, "sex": "F", "answer": a} for n, a in PEOPLE]),
    "objects without a number": json.dumps([{"persona": "40-year-old nurse", "answer": a} for _, a in PEOPLE]),
    "lines of objects": "\n".join(json.dumps({"name": "Al", "age": 34, "choice": a}) for _, a in PEOPLE),
    "items of YAML with an age and a party": _people("- person: {0}\n  age: 34\n  answer: {1}\n  party: D"),
    "German": _people("Person {0}: Antwort {1}"),
    "the same row again": f"{ROW}\n{ROW}",
    "labels before letters": _people("Person {0}: {2} ({1})"),
    "a corrected list": f"{OTHERS}\n\nCorrected:\n" + _people("Person {0}: {1}"),
    "a corrected row": f"{OTHERS}\n\nWait, let me fix that:\n{ROW}",
}


@pytest.mark.parametrize("text", SAMPLES.values(), ids=SAMPLES)
def test_people_that_a_person_counts_with_certainty(text, priority):
    reading = read_reply(Reply(text), "sequence", priority, Expected(DEMOCRATS, 30))
    assert reading.figures == (15, 9, 3, 3), reading.reason


def test_a_row_as_long_as_asked_for_is_no_tally(priority):
    text = "ABACABADBA\n\nA: 5, B: 3, C: 1, D: 1"
    assert read_reply(Reply(text), "sequence", priority, Expected(DEMOCRATS, 10)).figures == (5, 3, 1, 1)


NO_SAMPLE = {
    "articles": (_people("{0}. A person who cares"), "no row"),
    "denials": (_people("{0}. would not say {1}"), "no row"),
    "changes": (_people("Person {0}: {1} → D"), "no row"),
    "two groups in a line": (_people("{0}. Democrat: {1}, Republican: D"), "no row"),
    "two rows without headings": (f"{ROW}\n{OTHERS}", "2 different rows"),
    "two rows of blanks": (f"{' '.join(ROW)}\n\n{' '.join(OTHERS)}", "2 different rows"),
    "a row and a list": (f"{OTHERS}\n\n" + _people("{0}. {1}"), "2 different rows"),
    "labels of other letters": (_people("{0}. {2} ({1})").replace("(D)", "(A)"), "label of another option"),
    "another group": (f"Republicans: {ROW}", ANOTHER),
    "people of another group": (_people("Republican {0}: {1}"), ANOTHER),
    "another group in a sentence": (f"Here is how Republicans would answer:\n{ROW}", ANOTHER),
    "another group in a table": ("| # | Republican |\n|-|-|\n" + _people("| {0} | {1} |"), ANOTHER),
}


@pytest.mark.parametrize(("text", "words"), NO_SAMPLE.values(), ids=NO_SAMPLE)
def test_people_who_may_be_others_are_not_counted(text, words, priority):
    reading = read_reply(Reply(text), "sequence", priority, Expected(DEMOCRATS, 30))
    assert reading.distribution is None
    assert words in reading.reason


def test_an_option_that_is_not_available_has_no_number(priority):
    reading = read_reply(Reply('{"A": "N/A", "B": 50, "C": 30, "D": 20}'), "verbalized", priority)
    assert reading.reason == "A is given no percentage: “n/a”"


B_ALONE = [
    *(
        "<choice>B</choice>",
        '{"name": "answer", "arguments": {"letter": "B"}}',
        "The selected option is B.",
        "The letter B",
    ),
    '{"reasoning": "Not A, which is too strong", "answer": "B"}',
    '{\n  "choice": "B. Some priority",\n  "reasoning": "A would be odd"\n}',
    *("A Democrat would say B.", "A typical Democrat would likely choose option B: Some priority.", "Maria chooses B."),
    *("Most likely B.", "I think B.", "I would probably pick B because others matter more.", "Sure! B", "Okay, B."),
    *("As an AI I have no opinions. However, I would choose B.", "I considered A. My final answer is B."),
    *("Maria (34, Ohio): B", "Me: B", "Randomly drawn Democrat: B", "I would say some priority."),
    *("Elegiría la opción B.", "Eu escolheria B.", "Wybieram B", "Cevap: B", "الإجابة: B", "उत्तर: B"),
    *("Bを選びます", "B를 선택하겠습니다.", "B\n\nA Democrat would care about that."),
    *(
        "Between A and B, I'd choose B.",
        "Out of A, B and C, I pick B",
        "B is my answer, not A",
        "My choice is B, not A or C.",
    ),
    *(
        "My answer is Some priority (B).",
        "Some priority is my choice.",
        "Some priority because it matters",
        "b",
        "I choose b",
    ),
    *("If I had to choose, B.", "Honestly, I'd say B", "I'm not sure, but B.", "Maybe B.", "B, I guess.", "B for me"),
    *("I think the answer is B.", "I reject A. My answer: B", "No doubt, B", "Without a doubt, B."),
    "Given that some people disagree, I choose B.",
    "As a Democrat in Ohio, I believe this matters, so I would choose B.",
    *("The most likely answer is B.", "The person drawn at random answers: B", "Hmm, B (Some priority)."),
]


@pytest.mark.parametrize("text", B_ALONE)
def test_one_letter_that_a_person_reads_with_certainty(text, priority):
    reading = read_reply(Reply(text), "samples", priority)
    assert reading.figures == (0, 1, 0, 0), reading.reason


NO_LETTER, SEVERAL = "gives no option letter", "names several options: A, B"
UNCLEAR = {
    '{"answer": ["A", "B"]}': SEVERAL,
    '{"choice": "A", "answer": "B"}': SEVERAL,
    "Answer: A\nCorrection: B": SEVERAL,
    "Answer: A or B": SEVERAL,
    "Maria says A, Paul says B.": SEVERAL,
    "I would never choose B.": NO_LETTER,
    "People say B is wrong": NO_LETTER,
    "The worst choice: B": NO_LETTER,
    "Plan B": NO_LETTER,
    "It is hard to say. A": NO_LETTER,
    "A rather than B, or C": "names several options: A, C",
    "The answer is A, not B or C. D": "names several options: A, D",
    "Answer: A. No wait, B.": SEVERAL,
    "Anything but B.": NO_LETTER,
    "Born in Washington, D": NO_LETTER,
    "For example, B.": NO_LETTER,
    "Not this time, B": NO_LETTER,
    "If I had a job, B.": NO_LETTER,
    "Half say B.": NO_LETTER,
    "I cannot pick B": NO_LETTER,
    "Example answer: B": NO_LETTER,
    "You should answer B.": NO_LETTER,
    "It's impossible to say B.": NO_LETTER,
    "I think so": NO_LETTER,
}


@pytest.mark.parametrize(("text", "words"), UNCLEAR.items())
def test_one_letter_that_may_be_another(text, words, priority):
    reading = read_reply(Reply(text), "samples", priority)
    assert reading.distribution is None
    assert words in reading.reason
