"""Answers in other languages, in mark-up and in sentences: read as a careful person reads them, or left unread."""

import json
import re

import pytest

from opinionscope.elicitation import Reply, read_reply
from opinionscope.elicitation.reply import Expected
from opinionscope.survey import Group

DEMOCRATS = Group("Democrat", (("party", "Democrat"),))
SHARES = (0.5, 0.3, 0.15, 0.05)
LABELS = ("Top priority", "Some priority", "No priority", "Refused")
OF_EACH = list(zip("ABCD", LABELS, (50, 30, 15, 5), strict=True))
MAP = '{"A": 50, "B": 30, "C": 15, "D": 5}'
OTHER = '{"A": 10, "B": 20, "C": 30, "D": 40}'


def _lines(pattern: str, join: str = "\n") -> str:
    return join.join(pattern.format(letter, label, number) for letter, label, number in OF_EACH)


MAPS = {
    "bold letters in HTML": _lines("<b>{0}</b>: {2}%<br>", ""),
    "bold numbers in HTML": _lines("{0}: <b>{2}</b>", ", "),
    "line breaks of HTML alone": _lines("{0}: {2}%", "<br>"),
    "a list in HTML": "<ul>" + _lines("<li><b>{1}</b>: {2}%</li>", "") + "</ul>",
    "definitions in HTML": "<dl>" + _lines("<dt>{0}</dt><dd>{2}%</dd>", "") + "</dl>",
    "tags of letters": _lines("<{0}>{2}</{0}>", ""),
    "elements of XML": "<answer>" + _lines('<option id="{0}">{2}</option>', "") + "</answer>",
    "attributes of XML": _lines('<option letter="{0}" percent="{2}"/>', ""),
    "a table of TeX": "\\begin{tabular}{lr}\nOption & Share \\\\\n\\hline\n"
    + _lines("{0} & {2}\\% \\\\")
    + "\n\\end{tabular}",
    "a drawn table": _lines("│ {0} │ {2}% │"),
    "a table of blanks": _lines("{0}       {2}"),
    "dashes before labels": _lines("{2}% – {1}"),
    "strokes between labels": _lines("{1} - {2} percent", " / "),
    "counts and percents": "A: 512 (50%)\nB: 307 (30%)\nC: 154 (15%)\nD: 51 (5%)",
    "margins of error": "A: 50 (4%), B: 30 (3%), C: 15 (2%), D: 5 (1%)",
    "probabilities": "A: 0.5 probability; B: 0.3 probability; C: 0.15 probability; D: 0.05 probability",
    "labels in brackets": _lines("{0} ({1}) {2}%", ", "),
    "a sum behind": _lines("{0}: {2}%", ", ") + " = 100%",
    "another group that is only named": f"Unlike Republicans, here is what I expect of them: {MAP}",
    "what all comes to": f"Overall: {MAP}",
    "the own group beside another": f"Democrats (not Republicans):\n{MAP}",
    "a head of labels before letters": f"Top priority: A; Some priority: B; No priority: C; Refused: D.\n{MAP}",
    "sentences": _lines("{0} ({1}) would be chosen by {2} percent", ", "),
    "Chinese": _lines("选项{0}：约{2}%", "，"),
    "Chinese in another order": _lines("{0}选项占{2}%", "，"),
    "Japanese": _lines("{0}が{2}%", "、") + "です。",
    "Korean": _lines("{0}: {2}퍼센트", ", "),
    "Turkish": _lines("{0}: %{2}"),
    "Spanish": _lines("{0}: alrededor del {2}%"),
    "one line and words below": _lines("{0}: {2}%", ", ") + "\n\nThese are my estimates.",
    "one line and its end": _lines("{0}: {2}%", "; ") + "\n",
    "one line with bars and its end": _lines("{0}: {2}%", " | ") + "\n",
    "one bold line and words below": f"**{_lines('{0}: {2}%', ', ')}**\n\nReasoning: it is about money.",
    "two lines of CSV and their end": "A,B,C,D\n50,30,15,5\n",
    "a column an option and an end": "| A | B | C | D |\n|---|---|---|---|\n| 50 | 30 | 15 | 5 |\n",
    "blanks of no width": MAP.replace(": ", ":\u200b "),
    "thoughts that are folded away": (
        f'<details type="reasoning"><summary>Thought for 3 seconds</summary>{OTHER}</details>\n{MAP}'
    ),
}


@pytest.mark.parametrize("text", MAPS.values(), ids=MAPS)
def test_percents_that_a_person_reads_with_certainty(text, priority):
    reading = read_reply(Reply(text), "verbalized", priority, Expected(DEMOCRATS))
    assert reading.distribution is not None, reading.reason
    assert reading.distribution.probabilities == pytest.approx(SHARES)


OPEN = {
    "a fraction among percents": '{"A": 0.5, "B": 30, "C": 15, "D": 5}',
    "a bound": _lines("{0} gets over {2}%", ", "),
    "a denial": "A would not be chosen by 50%, B would be chosen by 30%, C by 15%, D by 5%.",
    "a comparison": "A beats B by 60%, C trails D by 40%",
    "a change": "Support for A rose by 50 percent and B fell by 30 percent.",
    "a growth": "Support for A increased by 50 percent, B grew by 50 percent",
    "a fall": "A has dropped by 10%, B has dropped by 90%.",
    "groups before their numbers": "Men favour A at 60%, women favour B at 40%",
    "groups behind their numbers": (
        "A (Top priority) was chosen by 60% of Democrats and B (Some priority) was chosen by 40% of Republicans."
    ),
    "numbers of groups": "60% of Democrats chose A, 40% of Republicans chose B.",
    "sentences of some options": "A would be chosen by 60%, B would be chosen by 40%.",
    "voters of letters": "50% of A voters, 30% of B voters, 15% of C voters and 5% of D voters turned out.",
    "how sure it is": "I am 50% sure of A, 30% of B, 15% of C and 5% of D.",
    "an article": "A Democrat would say 50%, B 30%, C 15%, D 5%.",
    "two letters with a plus": "A+B: 80%, C+D: 20%",
    "two letters with a stroke": '{"A/B": 80, "C": 15, "D": 5}',
    "two letters with a comma": "A, B: 80%; C, D: 20%",
    "two letters in a table": "| A & B | 80 |\n| C | 15 |\n| D | 5 |",
    "two letters with a word": '{"A": 50, "B or C": 45, "D": 5}',
    "two labels with a stroke": "Top priority/Some priority: 80%, No priority: 15%, Refused: 5%",
    "two labels with a plus": '{"Top priority + Some priority": 80, "No priority": 15, "Refused": 5}',
    "a name that was not offered": '{"A": 50, "B": 30, "Don\'t know": 20}',
    "another name that was not offered": '{"A": 50, "B": 30, "C": 15, "Other": 5}',
    "a name that was not offered on a line": "A: 50%\nB: 30%\nC: 15%\nDon't know: 5%",
    "a name that was not offered in one line": "A: 50%, B: 30%, C: 15%, Other: 5%",
    "a name that was not offered in a table": "| A | 50 |\n| B | 30 |\n| C | 15 |\n| Missing | 5 |",
    "a name that was not offered and fractions": "A: 0.5\nB: 0.3\nC: 0.15\nOther: 0.05",
    "a letter that was not offered": '{"A": 50, "B": 30, "C": 15, "E": 5}',
    "all others": '{"A": 50, "not A": 50}',
    "labels under other letters": "A. Refused: 5%\nB. No priority: 15%\nC. Some priority: 30%\nD. Top priority: 50%",
    "lines of CSV under other letters": "A,Refused,5\nB,No priority,15\nC,Some priority,30\nD,Top priority,50",
    "objects under other letters": (
        '{"A": {"label": "Refused", "pct": 5}, "B": {"label": "No priority", "pct": 15}, '
        '"C": {"label": "Some priority", "pct": 30}, "D": {"label": "Top priority", "pct": 50}}'
    ),
    "another group alone": f"Republicans:\n{MAP}",
    "another group alone as a key": f'{{"Republican": {MAP}}}',
    "everyone alone": f"All U.S. adults: {MAP}",
    "a table of labels under other letters": (
        "| A | Refused | 5 |\n| B | No priority | 15 |\n| C | Some priority | 30 |\n| D | Top priority | 50 |"
    ),
    "a number before its letter": "About 50% say B. A is chosen by 30%, C by 15%, D by 5%.",
}


@pytest.mark.parametrize("text", OPEN.values(), ids=OPEN)
def test_percents_that_may_be_something_else(text, priority):
    reading = read_reply(Reply(text), "verbalized", priority, Expected(DEMOCRATS))
    assert reading.distribution is None
    assert reading.reason


@pytest.mark.parametrize(
    "text",
    [
        "A has dropped by 10%, B has dropped by 90%.",
        "Men favour A at 60%, women favour B at 40%",
        "A was chosen by 60% of Democrats, B was chosen by 40% of Republicans",
    ],
)
def test_sentences_about_something_else_with_a_number_for_every_option(text, make_question):
    reading = read_reply(Reply(text), "verbalized", make_question("Yes", "No"), Expected(DEMOCRATS))
    assert reading.distribution is None


def test_sentences_about_the_group_that_was_asked_for(make_question):
    text = "Given rising prices, A is chosen by 60% of Democrats, B is chosen by 40% of Democrats"
    reading = read_reply(Reply(text), "verbalized", make_question("Yes", "No"), Expected(DEMOCRATS))
    assert reading.figures == (60, 40), reading.reason


@pytest.mark.parametrize("text", ['{"A": 50, "B": 30, "C": 15, "D"', '{"A": 50, "B": 30, "C": 15, "D": 5', "A: 96%\nB"])
def test_an_option_that_was_cut_off_is_not_0(text, priority):
    reading = read_reply(Reply(text, finish_reason="length"), "verbalized", priority)
    assert reading.distribution is None
    assert re.search("cut off before it gave|D is given no percentage", reading.reason)


def test_an_answer_that_was_cut_off_behind_its_numbers_is_read(priority):
    reading = read_reply(Reply('{"A": 60, "B": 40}\nThe others', finish_reason="length"), "verbalized", priority)
    assert reading.figures == (60, 40, 0, 0)


@pytest.mark.parametrize("text", ["A: 50%, B: 30%, C: 15%, D: 5%, Other: 5%", "A: 50, B: 30, C: 15, D: 5\nMargin: 5"])
def test_another_name_changes_nothing_where_every_option_has_a_number(text, priority):
    assert read_reply(Reply(text), "verbalized", priority).figures == (50, 30, 15, 5)


def test_a_small_gap_that_no_other_name_fills_is_no_doubt(priority):
    assert read_reply(Reply("Option A: 5%\nOption B: 30%\nOption C: 60%"), "verbalized", priority).figures == (
        5,
        30,
        60,
        0,
    )


def test_options_that_share_nothing_are_read(priority):
    reading = read_reply(Reply('{"A": 60, "B": 40, "C and D": 0}'), "verbalized", priority)
    assert reading.figures == (60, 40, 0, 0)


def test_neither_is_the_option_that_begins_with_it(make_question):
    question = make_question("Agree", "Neither agree nor disagree", "Disagree")
    reading = read_reply(Reply('{"Agree": 50, "Neither": 20, "Disagree": 30}'), "verbalized", question)
    assert reading.figures == (50, 20, 30), reading.reason


ROW = "AABBCCADAABBCCADAABBCCADAABBCC"


@pytest.mark.parametrize("who", ["Répondant {} : ", "Участник {}: ", "第{}人：", "受访者{}：", "{}人目："])
def test_people_in_other_languages(who, priority):
    text = "\n".join(who.format(n) + letter for n, letter in enumerate(ROW, 1))
    reading = read_reply(Reply(text), "sequence", priority, Expected(DEMOCRATS, 30))
    assert reading.figures == tuple(map(ROW.count, "ABCD")), reading.reason


PEOPLE = {
    "items of YAML": "\n".join(f"- person: {n}\n  answer: {letter}" for n, letter in enumerate(ROW, 1)),
    "items of YAML with a party": "\n".join(f"- person: {n}\n  answer: {a}\n  party: D" for n, a in enumerate(ROW, 1)),
    "items of YAML with a sex": "\n".join(
        f"- person: {n}\n  sex: F\n  answer: {a}\n  party: D" for n, a in enumerate(ROW, 1)
    ),
    "items of YAML with a label": "\n".join(
        f"- person: {n}\n  answer: {LABELS['ABCD'.index(a)]}\n  party: D" for n, a in enumerate(ROW, 1)
    ),
    "objects with a party": json.dumps([{"n": n, "sex": "F", "answer": a, "party": "D"} for n, a in enumerate(ROW, 1)]),
    "items with a reason below": "\n".join(f"- Person {n}: {a}\n  Reason: B costs more" for n, a in enumerate(ROW, 1)),
    "rows of respondents": "\n".join(f"Respondents {n + 1}–{n + 10}: {' '.join(ROW[n : n + 10])}" for n in (0, 10, 20)),
}


@pytest.mark.parametrize("text", PEOPLE.values(), ids=PEOPLE)
def test_people_in_other_shapes(text, priority):
    reading = read_reply(Reply(text), "sequence", priority, Expected(DEMOCRATS, 30))
    assert reading.figures == tuple(map(ROW.count, "ABCD")), reading.reason


def test_people_with_the_labels_of_other_letters_are_not_counted(priority):
    text = "\n".join(f"Person {n}: {a}. {LABELS['DCBA'.index(a)]}" for n, a in enumerate(ROW, 1))
    assert read_reply(Reply(text), "sequence", priority, Expected(DEMOCRATS, 30)).distribution is None


@pytest.mark.parametrize("key", ["stance", "party: D\n  leaning"])
def test_the_party_of_people_is_not_counted(key, priority):
    text = "\n".join(f"- person: {n}\n  {key}: {a}\n  party: D" for n, a in enumerate(ROW, 1))
    assert read_reply(Reply(text), "sequence", priority, Expected(DEMOCRATS, 30)).distribution is None


@pytest.mark.parametrize(
    "entry", ["{n}. {a} ({label})", "Person {n}: {a} - {label}", "- {a}: {label}", "|{n}|{a}|{label}|"]
)
@pytest.mark.parametrize("at", [3, 25])
def test_people_are_not_counted_where_one_has_the_label_of_another_letter(entry, at, priority):
    labels = [LABELS["ABCD".index(letter)] for letter in ROW]
    people = [entry.format(n=n, a=a, label=label) for n, (a, label) in enumerate(zip(ROW, labels, strict=True), 1)]
    asked = Expected(DEMOCRATS, 30)
    assert read_reply(Reply("\n".join(people)), "sequence", priority, asked).distribution is not None
    people[at] = entry.format(n=at + 1, a=ROW[at], label=LABELS[2 if ROW[at] != "C" else 1])
    reading = read_reply(Reply("\n".join(people)), "sequence", priority, asked)
    assert reading.distribution is None
    assert "label of another option" in reading.reason


def test_people_by_label_and_letter(priority):
    text = "\n".join(f"* {dict(zip('ABCD', LABELS, strict=True))[letter]} ({letter})" for letter in ROW)
    reading = read_reply(Reply(text), "sequence", priority, Expected(DEMOCRATS, 30))
    assert reading.figures == tuple(map(ROW.count, "ABCD")), reading.reason


@pytest.mark.parametrize(
    "text",
    [
        *("Je choisirais l’option A.", "Ma réponse est A.", "Meine Antwort lautet A.", "La risposta è A."),
        *("Mi respuesta: opción A", "我选择A。", "选A", "答案是A", "答えはAです", "Aです。", "정답: A", "A입니다"),
        "Selected option: A",
    ],
)
def test_a_letter_in_other_languages(text, priority):
    assert read_reply(Reply(text), "samples", priority).figures == (1, 0, 0, 0)


@pytest.mark.parametrize("text", ["Je ne choisirais pas A.", "Ich wähle nicht A.", "我不选A", "No elegiría A."])
def test_a_letter_that_is_denied_in_other_languages(text, priority):
    assert read_reply(Reply(text), "samples", priority).distribution is None


def test_a_number_before_another_key_is_no_option(make_question):
    question = make_question("1: Very unlikely", "2: Unlikely", "3: Likely", "4: Very likely")
    assert read_reply(Reply('{"A": 4, "B": 96}'), "verbalized", question).figures == (4, 96, 0, 0)
    assert read_reply(Reply("A: 2\nB: 98"), "verbalized", make_question("1", "2", "3")).figures == (2, 98, 0)
