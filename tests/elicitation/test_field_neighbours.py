"""Neighbours of the answers met in the field: what stands near a shape that is rewritten, and is none of it."""

import json
import unicodedata

import pytest

from opinionscope.elicitation import Reply, read_reply
from opinionscope.elicitation.reply import Expected
from opinionscope.survey import Group
from opinionscope.survey.question import EVERYONE

DEMOCRATS = Group("Democrat", (("party", "Democrat"),))
WOMEN = Group("Female", (("sex", "Female"),))
PERCENTS = (50, 30, 15, 5)
PRIORITIES = ("Top priority", "Some priority", "No priority", "Refused")
MAP = '{"A": 50, "B": 30, "C": 15, "D": 5}'
ENTRIES = MAP[1:]


def _figures(text, question, group=EVERYONE):
    reading = read_reply(Reply(text), "verbalized", question, Expected(group))
    found = reading.distribution
    return None if found is None else tuple(round(100 * each, 1) for each in found.probabilities)


def _letter(text, question):
    found = read_reply(Reply(text), "samples", question).distribution
    return None if found is None else question.letters[found.probabilities.index(1)]


def _table(head, *columns, names="ABCD"):
    rows = zip(names, *columns, strict=True)
    return "\n".join(f"| {' | '.join(map(str, cells))} |" for cells in (head, ("-",) * len(head), *rows))


FINAL = {
    "options set aside": ("Options A and B are too extreme, D is a refusal.\n\nAnswer: C", "C"),
    "options weighed": ("I weigh A or B.\nFinal answer: B", "B"),
    "others behind it": ("Answer: B\n\nA or C would be less fitting.", "B"),
    "others in its line": ("The answer is B. Options A and C are less likely.", "B"),
    "others ruled out": ("Final answer: B\nRuled out: A, C, D", "B"),
    "a first thought": ("A\n\nFinal answer: B", "B"),
    "others in brackets": ("My choice is B (A & C excluded).", "B"),
    "others denied": ("Answer: B, not A or C", "B"),
    "two in one": ("Answer: A or B", None),
    "two in brackets": ("Answer: (A) or (B)", None),
    "a second thought in an answer": ("My answer: A\nMy answer: A or B", None),
    "two answers": ("Answer: A\nFinal answer: B", None),
    "a correction": ("Answer: A\nWait, actually B", None),
}


@pytest.mark.parametrize(("text", "letter"), FINAL.values(), ids=FINAL)
def test_options_beside_a_final_answer(text, letter, make_question):
    assert _letter(text, make_question(*PRIORITIES)) == letter


NO_FINAL = (10, 20, 30, 40)
DASHED = [f"{letter} – {label}" for letter, label in zip("ABCD", PRIORITIES, strict=True)]
TABLES = {
    "letters, dashes and labels": _table(("Option", "2019", "Estimate"), NO_FINAL, PERCENTS, names=DASHED),
    "letters and words like to": _table(
        ("Option", "2019", "Estimate"),
        NO_FINAL,
        PERCENTS,
        names=("A - Too much", "B / Town", "C - A great deal", "D Top"),
    ),
    "a final year beside an estimate": _table(("Option", "2019 (final)", "2024 estimate"), NO_FINAL, PERCENTS),
    "a final result beside an estimate": _table(("Option", "Final 2020 result", "Estimate"), NO_FINAL, PERCENTS),
    "uncorrected numbers of people": _table(("Option", "Uncorrected n", "Percent"), NO_FINAL, PERCENTS),
    "adjustments": _table(("Option", "Estimate", "Adjustment"), PERCENTS, (1, 2, 3, 4)),
    "factors": _table(("Option", "Estimate (%)", "Correction factor"), PERCENTS, (1, 2, 3, 4)),
    "years of an update": _table(("Option", "%", "Last updated"), PERCENTS, (1, 2, 3, 4)),
    "final counts": _table(("Option", "Percent", "Final count"), PERCENTS, (1, 2, 3, 4)),
    "percents of a draft": _table(("Option", "Draft %", "Final"), NO_FINAL, PERCENTS),
    "two estimates": _table(("Option", "Initial estimate", "Final estimate"), NO_FINAL, PERCENTS),
    "how sure in the head": _table(("Option", "Percentage (high confidence)"), PERCENTS),
    "an error in the head": _table(("Option", "Estimate ± error"), PERCENTS),
    "a code in the head": _table(("Option", "% who support dress code"), PERCENTS),
    "a name in the head": _table(("Option", "Frank's estimate"), PERCENTS),
    "percents of confidence": _table(("Option", "%", "Confidence (%)"), PERCENTS, NO_FINAL),
    "cumulative percents": _table(("Option", "%", "Cumulative (%)"), PERCENTS, NO_FINAL),
    "percents of an error": _table(("Option", "Estimate", "Margin of error (%)"), PERCENTS, NO_FINAL),
}


@pytest.mark.parametrize("text", TABLES.values(), ids=TABLES)
def test_columns_beside_the_shares(text, priority):
    assert _figures(text, priority) == PERCENTS


COMMENTS = {
    "in a remark": '{"reason": "either // or", ' + ENTRIES,
    "in an address": '{"source": "https://pew.org/a//b", ' + ENTRIES,
    "in two texts": '{"reason": "yes/*no", ' + ENTRIES[:-1] + ', "x": "*/"}',
    "before a map": f"The ratio A//B is high. {MAP}",
    "an address before a map": f"See (//x.org) {MAP}",
    "between entries": "{A: 50 // B: 30 // C: 15 // D: 5}",
    "of each entry": '{"A": 50, // A: 60\n"B": 30 /* B: 20 */, "C": 15,\n"D": 5 // D: 90\n}',
}


@pytest.mark.parametrize("text", COMMENTS.values(), ids=COMMENTS)
def test_marks_of_a_comment(text, priority):
    assert _figures(text, priority) == PERCENTS


def test_marks_of_a_comment_in_labels(make_question):
    question = make_question("http://a.org", "https://b.org", "C#", "Other // none")
    text = '{"http://a.org": 50, "https://b.org": 30, "C#": 15, "Other // none": 5}'
    assert _figures(text, question) == _figures(text.replace('"', "'"), question) == PERCENTS


SAID = {
    "somebody": ("Most likely B.", "B"),
    "somebody of a group": ("Maria (34, Ohio) would say B", "B"),
    "nobody": ("Nobody would choose B", None),
    "none": ("None would choose B", None),
    "hardly anyone": ("Hardly anyone says B", None),
    "few": ("Few would choose B", None),
    "rarely": ("Rarely would they choose B", None),
    "a refusal": ("I refuse to choose B", None),
    "a refusal of others": ("They refuse to say B", None),
    "hesitation": ("I hesitate to choose B", None),
    "a question": ("Would they choose B?", None),
    "a question for whom": ("Who would choose B?", None),
    "only some": ("Only a racist would choose B", None),
    "opponents": ("They oppose whoever picks B", None),
    "others": ("Others would say B", None),
    "Portuguese": ("Ninguém escolheria B", None),
    "Spanish": ("Nadie elegiría B", None),
    "Japanese": ("B を選びます", "B"),
    "Japanese, denied": ("B を選びません", None),
    "Japanese, denied plainly": ("B を選ばない", None),
    "Korean, denied": ("B를 선택하지 않음", None),
}


@pytest.mark.parametrize(("text", "letter"), SAID.values(), ids=SAID)
def test_what_is_said_of_a_letter(text, letter, priority):
    assert _letter(text, priority) == letter


def test_labels_before_another_letter(make_question):
    assert _letter("Yes, B", make_question("Yes", "No")) is None
    assert _letter("Probably A", make_question("Probably not", "Probably")) is None


@pytest.mark.parametrize(
    ("text", "letter"),
    [
        ("Answer: À gauche", "B"),
        ("Answer: Ärger", "D"),
        ("I would choose Écologie", "C"),
        ("La réponse est Très", "A"),
    ],
)
def test_accents_that_stand_apart_from_their_letters(text, letter, make_question):
    question = make_question("Très", "À gauche", "Écologie", "Ärger")
    assert _letter(text, question) == _letter(unicodedata.normalize("NFD", text), question) == letter


RANGES = ("0-10", "11-20", "21-30", "31-40")
PARTIES = ("Republicans", "Democrats", "Independents", "Others")


@pytest.mark.parametrize("line", ["{0}: {1} ({2}%)", "{0} ({1}): {2}%", "{0}: {2}%"])
def test_labels_that_are_ranges(line, make_question):
    text = "\n".join(line.format(*each) for each in zip("ABCD", RANGES, PERCENTS, strict=True))
    assert _figures(text, make_question(*RANGES)) == PERCENTS


BEHIND = {
    "another year": ("In 2019: A: 40%, B: 35%, C: 15%, D: 10%", PERCENTS),
    "a guess": ("A uniform guess would be A: 25%, B: 25%, C: 25%, D: 25%", PERCENTS),
    "reasoning": ("My reasoning:\n- A: 48% in the last poll\n- B: 32%\n- C: 15%\n- D: 5%", PERCENTS),
    "a table of a year": (_table(("Option", "2019"), (10, 20, 30, 40)), PERCENTS),
    "a correction": ("Corrected: A: 10%, B: 20%, C: 30%, D: 40%", (10, 20, 30, 40)),
}


@pytest.mark.parametrize(("behind", "percents"), BEHIND.values(), ids=BEHIND)
def test_numbers_behind_a_map(behind, percents, priority):
    assert _figures(f"{MAP}\n\n{behind}", priority) == percents


@pytest.mark.parametrize("line", ["{1} ({0}): {2}%", "{1} {0}: {2}%", "{1} - {0}: {2}%"])
def test_labels_that_name_groups(line, make_question):
    for labels, group in ((PARTIES, DEMOCRATS), (("Men", "Women", "Both", "Neither"), WOMEN)):
        text = "\n".join(line.format(*each) for each in zip("ABCD", labels, PERCENTS, strict=True))
        assert _figures(text, make_question(*labels), group) == PERCENTS


def test_headings_that_name_groups(priority):
    listed = "\n".join(f"{letter}: {number}%" for letter, number in zip("ABCD", PERCENTS, strict=True))
    assert _figures(f"Democrats:\n{listed}", priority, DEMOCRATS) == PERCENTS
    assert _figures(f"Republicans:\n{listed}", priority, DEMOCRATS) is None


@pytest.mark.parametrize(
    ("head", "columns"),
    [
        (("Option", "Democrats", "2024"), (PERCENTS, (10, 20, 30, 40))),
        (("2024", "Democrats", "Republicans"), (PERCENTS, (10, 20, 30, 40))),
    ],
)
def test_a_year_in_the_head_of_a_table(head, columns, priority):
    assert _figures(_table(head, *columns), priority, DEMOCRATS) == PERCENTS


FRACTIONS = ("1 in 2", "2 of 3", "1 of 10", "Refused")


def test_labels_that_are_fractions(make_question):
    question = make_question(*FRACTIONS)
    each = list(zip("ABCD", FRACTIONS, PERCENTS, strict=True))
    texts = (
        "\n".join(f"{letter}: {label} ({percent}%)" for letter, label, percent in each),
        "\n".join(f"{label}: {percent}%" for _, label, percent in each),
        json.dumps({letter: {"label": label, "percent": percent} for letter, label, percent in each}),
        json.dumps([{"label": label, "percent": percent} for _, label, percent in each]),
    )
    assert [_figures(text, question) for text in texts] == [PERCENTS] * len(texts)


COMPARED = {
    "fractions and percents": ("A: 1 in 2 (50%)\nB: 3 in 10 (30%)\nC: 15 of 100 (15%)\nD: 5 of 100 (5%)", PERCENTS),
    "percents against others": ("A: 50% vs 40% nationally\nB: 30% versus 20% of all\nC: 15%\nD: 5%", PERCENTS),
    "two numbers": ("A: 50 vs 40\nB: 30 vs 20\nC: 15 vs 20\nD: 5", None),
    "a range of percents": ("A: 50% to 60%\nB: 30%\nC: 15%\nD: 5%", None),
    "a line of thinking": ("Thinking...\nA: 50%, B: 30%, C: 15%, D: 5%", PERCENTS),
    "a thought that ends": ("Thinking...\nA: 10%\n...done thinking.\nA: 50%, B: 30%, C: 15%, D: 5%", PERCENTS),
}


@pytest.mark.parametrize(("text", "percents"), COMPARED.values(), ids=COMPARED)
def test_numbers_beside_the_percents(text, percents, priority):
    assert _figures(text, priority) == percents


def test_a_line_of_thinking_before_a_letter(priority):
    assert _letter("Thinking...\nB", priority) == "B"
    cut = Reply("Thinking...\nA: 50%, B: 30%, C: 15%, D: 5%", finish_reason="length")
    assert read_reply(cut, "verbalized", priority).distribution is None
