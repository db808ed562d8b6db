"""Answers that a careful person reads without doubt, or leaves alone, and that were once read otherwise."""

import pytest

from opinionscope.elicitation import Reply, read_reply
from opinionscope.elicitation.reply import Expected
from opinionscope.survey.question import EVERYONE

PERCENTS = (50, 30, 15, 5)


def _figures(text, question, finish=""):
    found = read_reply(Reply(text, finish_reason=finish), "verbalized", question).distribution
    return None if found is None else tuple(round(100 * each, 1) for each in found.probabilities)


def _listed(line, apart="\n"):
    return apart.join(line.format(*each) for each in zip("ABCD", PERCENTS, strict=True))


@pytest.mark.parametrize("text", ["{}% pick A (so they say)\n{}% pick B (so)", "{}% A (some)\n{}% B (the rest)"])
def test_a_number_belongs_to_no_option_of_the_line_before(text, make_question):
    shares = ((5, 95), (60, 40))
    assert tuple(_figures(text.format(*each), make_question("Yes", "No")) for each in shares) == shares


@pytest.mark.parametrize("line", ["{0} | {1}", "{0}|{1}%", "| {0} | {1}% |"])
def test_bars_on_one_line(line, priority):
    assert _figures(_listed(line, ", "), priority) == PERCENTS


@pytest.mark.parametrize("key", ["option_{0}", "Option_{0}", "percent_{0}", "option-{0}"])
def test_keys_behind_a_line_that_leads_to_them(key, priority):
    entries = _listed('"' + key + '": {1}', ", ").replace("_A", "_a")
    assert _figures(f"Here it is:\n{{{entries}}}\nThat is all.", priority) == PERCENTS


@pytest.mark.parametrize("line", ["{0} {1}%", "{1}% {0}", "{0} {1}", "{0} is at {1}%", "{1}% would choose {0}."])
@pytest.mark.parametrize("total", ["Total: 100%", "**Total:** 100 %", "(sum = 100)", "These add up to 100%."])
def test_a_total_is_no_option_without_its_letter(line, total, priority):
    assert _figures(f"My estimate:\n\n{_listed(line)}\n\n{total}", priority) == PERCENTS


@pytest.mark.parametrize("line", ["{0}) {1}", "{0}. {1}", "({0}) {1}"])
def test_marked_letters_on_one_line(line, priority):
    assert _figures(_listed(line, " "), priority) == PERCENTS


@pytest.mark.parametrize("kind", ["Group", "Plan", "plan", "Party", "Scenario", "Candidate", "Type"])
@pytest.mark.parametrize("line", ["{} A: 60%, {} B: 40%", "{} A 60%, {} B 40%", '{{"{} A": 60, "{} B": 40}}'])
def test_what_else_is_named_by_letters(kind, line, make_question):
    text = line.format(kind, kind)
    assert _figures(text, make_question("Yes", "No")) is None
    assert _figures(text, make_question(f"{kind} A", f"{kind} B")) == (60, 40)
    assert _figures(line.format("Option", "Option"), make_question("Yes", "No")) == (60, 40)


LISTS = {
    "in brackets": ("[50, 30, 15, 5]", PERCENTS),
    "fractions": ("[0.5, 0.3, 0.15, 0.05]", PERCENTS),
    "in a fence": ("```json\n[50, 30, 15, 5]\n```", PERCENTS),
    "as a value": ('{"percentages": [50, 30, 15, 5]}', PERCENTS),
    "without brackets": ("50%, 30%, 15%, 5%", PERCENTS),
    "a line each": ("50\n30\n15\n5", PERCENTS),
    "ranges without brackets": ("50-60, 30-40, 15-20, 5-9", None),
    "one too few": ("[50, 30, 20]", None),
    "one too many": ("[40, 30, 15, 10, 5]", None),
    "no whole": ("[50, 30, 15, 10]", None),
    "amid words": ("The largest are [50, 30, 15, 5].", None),
    "of ranks": ("[1, 2, 3, 4]", None),
}


@pytest.mark.parametrize(("text", "percents"), LISTS.values(), ids=LISTS)
def test_a_list_of_numbers_alone(text, percents, priority):
    assert _figures(text, priority) == percents


def test_two_numbers_alone_may_be_a_range(make_question):
    assert _figures("[40, 60]", make_question("Yes", "No")) is None


CYRILLIC = {
    "beside words": ("\u0418\u0442\u043e\u0433:\n\u0410: 1%\n\u0412: 1%\n\u0421: 1%\nD: 97%", (1, 1, 1, 97)),
    "not all of them": ("\u0418\u0442\u043e\u0433: \u0410: 50%, \u0412: 50%", None),
}


@pytest.mark.parametrize(("text", "percents"), CYRILLIC.values(), ids=CYRILLIC)
def test_cyrillic_letters_beside_latin_ones(text, percents, priority):
    assert _figures(text, priority) == percents


def test_cyrillic_letters_in_their_own_order(make_question):
    text = "\u0412 \u0446\u0435\u043b\u043e\u043c: \u0410: 97%, \u0411: 3%"
    assert _figures(text, make_question("Yes", "No")) is None


def _letter(text, question):
    found = read_reply(Reply(text), "samples", question).distribution
    return None if found is None else question.letters[found.probabilities.index(1)]


LETTERS = {
    "another denied": ("B, not A", "B"),
    "another denied in brackets": ("B (not A)", "B"),
    "others denied": ("I choose B, not A or C.", "B"),
    "another passed over": ("As a Democrat, I choose B over A.", "B"),
    "another replaced": ("B rather than A", "B"),
    "nothing but a denial": ("Not A", None),
    "a denial first": ("Not A, B", None),
    "one of two denied": ("A or B, not C", None),
    "a range": ("B to A", None),
    "a reason": ("My answer is B because I care", "B"),
    "a reason at once": ("B because it matters", "B"),
    "a reason that names another": ("B because A is too strong", "B"),
    "only one": ("A Democrat would only choose B", "B"),
    "only on a condition": ("A Democrat would only choose B if asked", None),
    "it": ("It's B.", "B"),
    "a word": ("A good person", None),
    "it is a word": ("It's a disgrace", None),
    "what would be": ("That would be B", "B"),
    "a pick": ("My pick: B", "B"),
    "a vote": ("My vote is B", "B"),
    "a final one": ("Final: B", "B"),
    "here": ("Here is my answer: B", "B"),
    "a respondent": ("The respondent chose B", "B"),
    "a respondent who denies": ("The respondent did not choose B", None),
    "leaning": ("I lean towards B", "B"),
    "going": ("I'll go with B.", "B"),
    "they are going": ("They're going with B", "B"),
    "am going": ("I am going with B", "B"),
    "behind it": ("B is my answer.", "B"),
    "behind it, denied": ("B is not my answer.", None),
    "behind it, of two": ("B is the best answer. A is the worst.", "B"),
    "two that are sure": ("Definitely B or C", None),
    "percents": ("Final: A 50%, B 30%, C 15%, D 5%", None),
    "percents of an answer": ("Answer: A 50%, B 50%", None),
}


@pytest.mark.parametrize(("text", "letter"), LETTERS.values(), ids=LETTERS)
def test_what_is_said_beside_a_letter(text, letter, priority):
    assert _letter(text, priority) == letter


@pytest.mark.parametrize(("text", "letter"), [("B: 2", "B"), ("B (2)", "B"), ("B: 3", None), ("B (3)", None)])
def test_a_letter_beside_the_number_of_its_option(text, letter, make_question):
    assert _letter(text, make_question("1: Never", "2: Sometimes", "3: Always")) == letter


MARKS = (
    *("\\text{{{0}}}: {1}\\%", "${0}$: ${1}\\%$", "{0}: _{1}%_", "_{0}_: {1}%"),
    *("{0}: [{1}]", "{0}: ████ {1}%", "{0}项：约{1}%"),
)


@pytest.mark.parametrize("line", MARKS)
def test_marks_around_letters_and_numbers(line, priority):
    assert _figures(_listed(line), priority) == PERCENTS


def test_a_list_of_two_is_no_number(priority):
    assert _figures("A: [40, 60]\nB: 30\nC: 15\nD: 5", priority) is None


def test_dollars_in_labels(make_question):
    labels = ("Less than $25,000", "$25,000 to $50,000", "$50,000 to $75,000", "$75,000 or more")
    each = ", ".join(f"{label}: {percent}%" for label, percent in zip(labels, PERCENTS, strict=True))
    assert _figures(each, make_question(*labels)) == PERCENTS


@pytest.mark.parametrize("finish", ["error", "ERROR", "abort", "content_filter", "insufficient_system_resource"])
def test_an_answer_that_was_broken_off(finish, priority):
    for text in ("A: 50, B: 45, C: 5", '{"A": 50, "B": 30, "C": 15, "D": 5'):
        assert _figures(text, priority) is not None
        assert _figures(text, priority, finish) is None


@pytest.mark.parametrize("text", ["Yes (B): 60%, No (A): 40%", "Yes B: 60%\nNo A: 40%", "60% A (No), 40% B (Yes)"])
def test_letters_behind_the_labels_of_others(text, make_question):
    assert _figures(text, make_question("Yes", "No")) is None
    assert _figures(text, make_question("No", "Yes")) is not None


def test_an_object_an_option_with_keys_of_one_letter(priority):
    assert _figures("{" + _listed('"{0}": {{"n": {1}0, "p": {1}}}', ", ") + "}", priority) == PERCENTS
    assert _figures(_listed("{1}% {0}", " vs "), priority) == PERCENTS


def _counted(text, question, wanted):
    return read_reply(Reply(text), "sequence", question, Expected(EVERYONE, wanted)).figures


def test_two_letters_of_one_person_are_no_two_people(priority):
    row = "ABBABCDABBAC"
    for line in ("{0}. {1} → {2}", "{0}. {1}/{2}", "| {0} | {1} | {2} |", "{0}. {1} or {2}"):
        text = "\n".join(line.format(at, each, "ABCD"[at % 4]) for at, each in enumerate(row, 1))
        assert _counted(text, priority, 12) == ()
    for line in ("{0}. {1}", "{0}. The answer is {1}", "| {0} | {1} |"):
        text = "\n".join(line.format(at, each) for at, each in enumerate(row, 1))
        assert _counted(text, priority, 12) == (4, 5, 2, 1)
    listed = "\n".join(f"{at}. a reason" for at in range(1, 7))
    assert _counted(f"{listed}\n\n{', '.join(row)}", priority, 12) == (4, 5, 2, 1)
    rows = "\n".join(f"{at}. {' '.join(row[at * 2 - 2 : at * 2])}" for at in range(1, 7))
    assert _counted(rows, priority, 12) == (4, 5, 2, 1)


@pytest.mark.parametrize("line", ["| {0} | nearly {1}% |", "{0} {1} procent", "{1} процентов {0}", "{1}パーセント {0}"])
def test_words_for_percents_and_about_are_the_same_everywhere(line, priority):
    assert _figures(_listed(line), priority) == PERCENTS


def test_words_for_about_before_a_number_in_words(make_question):
    assert _figures("Yes: nearly half, No: about half", make_question("Yes", "No")) == (50, 50)


def test_a_party_before_the_first_letter_is_no_kind_of_letter(priority):
    text = "For the Democratic Party A: 3%, B: 60%, C: 30%, D: 7%"
    assert _figures(text, priority) == (3, 60, 30, 7)


SHARED = (
    *("A, B 80%, C 15%, D 5%", "A and B 80%; C 15%; D 5%", "80% A or B, 15% C, 5% D", "A/B 80%\nC 15%\nD 5%"),
    *("80% for A and B\n15% for C\n5% for D", "(A) or (B) 80%, (C) 15%, (D) 5%"),
    "| A, B | 80% |\n| C | 15% |\n| D | 5% |",
    "Top priority and some priority 80%, no priority 15%, refused 5%",
)


@pytest.mark.parametrize("text", SHARED)
def test_options_that_share_a_percentage(text, priority):
    assert _figures(text, priority) is None
