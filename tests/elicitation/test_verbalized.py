"""Verbalized answers, judged one by one as a careful person would: read so, or not read at all."""

from collections.abc import Callable, Mapping

import pytest

from opinionscope.elicitation import Reading, Reply
from opinionscope.elicitation.expression import Verbalized
from opinionscope.survey.question import Question

USUAL = (35, 45, 15, 5)

READ_AS_USUAL = {
    "JSON with strings": '{"A": "35%", "B": "45%", "C": "15%", "D": "5%"}',
    "single quotes": "{'A': '35%', 'B': '45%', 'C': '15%', 'D': '5%'}",
    "unquoted keys": "{A: '35%', B: '45%', C: '15%', D: '5%'}",
    "bare percents": "{'A': 35%, 'B': 45%, 'C': 15%, 'D': 5%}",
    "plain numbers": '{"A": 35, "B": 45, "C": 15, "D": 5}',
    "numbers as strings": '{"A": "35", "B": "45", "C": "15", "D": "5"}',
    "nothing quoted": "{A: 35%, B: 45%, C: 15%, D: 5%}",
    "trailing comma": '{"A": "35%", "B": "45%", "C": "15%", "D": "5%",}',
    "no blanks": "{'A':'35%','B':'45%','C':'15%','D':'5%'}",
    "blank before percent": "{'A': '35 %', 'B': '45 %', 'C': '15 %', 'D': '5 %'}",
    "decimals": '{"A": 35.0, "B": "45.00%", "C": 15.0, "D": 5.0}',
    "decimal commas": "{'A': '35,0%', 'B': '45,0%', 'C': '15,0%', 'D': '5,0%'}",
    "another order": '{"D": "5%", "B": "45%", "A": "35%", "C": "15%"}',
    "lower-case letters": '{"a": "35%", "b": "45%", "c": "15%", "d": "5%"}',
    "over several lines": '{\n  "A": "35%",\n  "B": "45%",\n  "C": "15%",\n  "D": "5%"\n}',
    "Windows line ends": '{\r\n"A": 35,\r\n"B": 45,\r\n"C": 15,\r\n"D": 5\r\n}',
    "fenced": '```json\n{"A": "35%", "B": "45%", "C": "15%", "D": "5%"}\n```',
    "fractions": '{"A": 0.35, "B": 0.45, "C": 0.15, "D": 0.05}',
    "fractions as strings": "{'A': '0.35', 'B': '0.45', 'C': '0.15', 'D': '0.05'}",
    "fractions without zero": "{A: .35, B: .45, C: .15, D: .05}",
    "fractions with a percent sign": "{'A': '0.35%', 'B': '0.45%', 'C': '0.15%', 'D': '0.05%'}",
    "sum 60": '{"A": 21, "B": 27, "C": 9, "D": 3}',
    "sum 80 in fractions": '{"A": 0.28, "B": 0.36, "C": 0.12, "D": 0.04}',
    "sum 140": '{"A": 49, "B": 63, "C": 21, "D": 7}',
    "no braces, one line": "A: 35%, B: 45%, C: 15%, D: 5%",
    "no braces, no percent": "A: 35, B: 45, C: 15, D: 5",
    "no braces, line each": "A: 35%\nB: 45%\nC: 15%\nD: 5%",
    "equals signs": "A = 35%\nB = 45%\nC = 15%\nD = 5%",
    "table without percents": "| Option | % |\n|--|--|\n| A | 35 |\n| B. Some priority | 45 |\n| C | 15 |\n| D | 5 |",
    "table with ranks": "| A | 2 | 35% |\n| B | 1 | 45% |\n| C | 3 | 15% |\n| D | 4 | 5% |",
    "dashes": "A - 35%\nB – 45%\nC — 15%\nD - 5%",
    "letter, label, percent": "A. Top priority: 35%\nB. Some priority: 45%\nC. No priority: 15%\nD. Refused: 5%",
    "letter in parenthesis": "A) Top priority - 35%\nB) Some priority - 45%\nC) No priority - 15%\nD) Refused - 5%",
    "bold letters": "**A**: 35%\n**B**: 45%\n**C**: 15%\n**D**: 5%",
    "bold with colon": "- **A:** 35%\n- **B:** 45%\n- **C:** 15%\n- **D:** 5%",
    "bulleted list": "* A: 35%\n* B: 45%\n* C: 15%\n* D: 5%",
    "Option A": "Option A: 35%\nOption B: 45%\nOption C: 15%\nOption D: 5%",
    "list of strings": '["A: 35%", "B: 45%", "C: 15%", "D: 5%"]',
    "nested": '{"distribution": {"A": 35, "B": 45, "C": 15, "D": 5}}',
    "labels as keys": '{"Top priority": "35%", "Some priority": "45%", "No priority": "15%", "Refused": "5%"}',
    "labels in lower case": "{'top priority': 35, 'some priority': 45, 'no priority': 15, 'refused': 5}",
    "text before": "Here is my estimate of how they answered: {'A': '35%', 'B': '45%', 'C': '15%', 'D': '5%'}",
    "text after": "{'A': '35%', 'B': '45%', 'C': '15%', 'D': '5%'}\n\nThis group gave it 2 times the weight of 2017.",
    "same letter, same value": '{"A": "35%", "A": "35%", "B": "45%", "C": "15%", "D": "5%"}',
    "draft, then map": "Maybe A: 50%, B: 30%, no: {'A': '35%', 'B': '45%', 'C': '15%', 'D': '5%'}",
    "example echoed, then map": "{'A': '83%', 'B': '17%'} was the example. {'A': 35, 'B': 45, 'C': 15, 'D': 5}",
    "two maps, the last counts": "{'A': 40, 'B': 40, 'C': 15, 'D': 5} or better {'A': 35, 'B': 45, 'C': 15, 'D': 5}",
    "no-break blanks": "{'A':\u00a0'35\u00a0%', 'B':\u00a0'45\u00a0%', 'C':\u00a0'15\u00a0%', 'D':\u00a0'5\u00a0%'}",
    "table": "| Option | Share |\n|---|---|\n| A | 35% |\n| B | 45% |\n| C | 15% |\n| D | 5% |",
    "letter in parentheses": "(A) 35% (B) 45% (C) 15% (D) 5%",
    "labels without quotes": "Top priority: 35%\nSome priority: 45%\nNo priority: 15%\nRefused: 5%",
    "label inside the value": '{"A": "Top (35%)", "B": "Some (45%)", "C": "No (15%)", "D": "Refused (5%)"}',
    "typographic quotes": "{“A”: “35%”, “B”: “45%”, “C”: “15%”, “D”: “5%”}",
    "escaped JSON": r'"{\"A\": \"35%\", \"B\": \"45%\", \"C\": \"15%\", \"D\": \"5%\"}"',
    "wide colon": "A：35%\nB：45%\nC：15%\nD：5%",
    "with a total": '{"A": 35, "B": 45, "C": 15, "D": 5, "total": 100}',
    "with a confidence": '{"A": 35, "B": 45, "C": 15, "D": 5, "confidence": 0.8}',
    "out of a hundred": "A: 35/100, B: 45/100, C: 15/100, D: 5/100",
    "power of ten": '{"A": 3.5e1, "B": 4.5e1, "C": 1.5e1, "D": 5e0}',
    "about": '{"A": "~35%", "B": "~45%", "C": "~15%", "D": "~5%"}',
    "about, on one": '{"A": "35%", "B": "45%", "C": "15%", "D": "~5%"}',
    "three maps of one": "{'A': '35%'}, {'B': '45%'}, {'C': '15%'}, {'D': '5%'}",
    "lost quotes": "{A': '35%', B': '45%', C': '15%', D': '5%'}",
    "unclosed quotes": "{'A': '35%, 'B': '45%, 'C': '15%, 'D': '5%}",
    "plus or minus": "A: 35%±5, B: 45%±5, C: 15%±5, D: 5%±2",
    "letter and label as key": '{"A. Top priority": 35, "B. Some priority": 45, "C. No priority": 15, "D. Refused": 5}',
    "letter, own words, percent": "A. Very high - 35%\nB) Middling, rather: 45%\n(C) Low (15%)\nD: No answer: 5%",
    "percent in words": "A: 35 percent, B: 45 per cent, C: 15 pct and D: 5 percent.",
    "comments in the map": '{"A": 35, // top\n "B": 45, // some\n "C": 15,\n "D": 5}',
    "options first, then map": "A: Top priority, B: Some priority, C: No priority\n{A: 35, B: 45, C: 15, D: 5}",
    "options first, then list": "A: Top, B: Some, C: No, D: Refused\nA: 35%\nB: 45%\nC: 15%\nD: 5%",
    "ranges in thought, then map": "A maybe 40-50%, B: about 30%?\n{A: 35, B: 45, C: 15, D: 5}",
}

READ_OTHERWISE = {
    "one quote lost": ("{'A': '35%', 'B': '45%', C': '15%', 'D': '5%'}", USUAL),
    "one option takes all": ('{"A": "100%", "B": "0%", "C": "0%", "D": "0%"}', (100, 0, 0, 0)),
    "one option takes all of 1": ('{"A": 1, "B": 0, "C": 0, "D": 0}', (100, 0, 0, 0)),
    "a half and a half": ("{A: 0.5, B: 0.5, C: 0, D: 0}", (50, 50, 0, 0)),
    "small percents beside large": ('{"A": 0.5, "B": 99, "C": 0.3, "D": 0.2}', (0.5, 99, 0.3, 0.2)),
    "letter missing, rest whole": ('{"A": 40, "B": 45, "C": 15}', (40, 45, 15, 0)),
    "letter missing, rest nearly whole": ('{"A": 40, "B": 44, "C": 15}', (40 / 0.99, 44 / 0.99, 15 / 0.99, 0)),
    "decimals": ('{"A": 33.3, "B": 33.3, "C": 33.3, "D": 0.1}', (33.3, 33.3, 33.3, 0.1)),
    "sum 99": ("{'A': 33, 'B': 33, 'C': 33, 'D': 0}", (100 / 3, 100 / 3, 100 / 3, 0)),
    "out of ten": ("A: 4/10, B: 3/10, C: 2/10, D: 1/10", (40, 30, 20, 10)),
    "less than one": ('{"A": "60%", "B": "30%", "C": "9.5%", "D": "<1%"}', (60, 30, 9.5, 0.5)),
    "tiny, as a power of ten": ('{"A": 50, "B": 30, "C": 19.999, "D": 1e-3}', (50, 30, 19.999, 0.001)),
    "vulgar fractions": ("A: ½, B: ¼, C: ⅛, D: ⅛", (50, 25, 12.5, 12.5)),
}

EXTRA = {
    "extra letter with nothing": ('{"A": 35, "B": 45, "C": 15, "D": 5, "E": 0}', USUAL, 1.0),
    "extra letter with a tenth": ('{"A": 31.5, "B": 40.5, "C": 13.5, "D": 4.5, "E": 10}', USUAL, 0.9),
}

UNREAD = {
    "empty": ("", "empty"),
    "blanks": (" \n\t ", "empty"),
    "refusal": ("I'm sorry, but I can't speak for a group of people.", "no letter"),
    "refusal with a number": ("I cannot be 100% sure about any of the 4 options.", "no letter"),
    "words for numbers": ("A: a third, B: about a half, C: the rest", "C is given no percentage: “the rest”"),
    "ranges": ("{'A': '30-40%', 'B': '40-50%', 'C': '10-20%', 'D': '0-5%'}", "range"),
    "ranges with to": ("A: 30 to 40%\nB: 40 to 50%\nC: 10 to 20%\nD: 0 to 5%", "A is given a range: “30 to 40%”"),
    "all zero": ('{"A": 0, "B": 0, "C": 0, "D": 0}', "0"),
    "letter given twice": ('{"A": "35%", "A": "20%", "B": "45%", "C": "15%", "D": "5%"}', "A"),
    "letter missing, rest short": ('{"A": "35%", "B": "45%", "C": "1%"}', "D"),
    "cut off": ('{"A": "35%", "B": "45%", "C": "1', "D"),
    "one letter only": ('{"A": "35%"}', "B, C, D"),
    "each judged alone": ('{"A": 90, "B": 80, "C": 70, "D": 10}', "250"),
    "sum far too small": ('{"A": 10, "B": 10, "C": 5, "D": 5}', "30"),
    "mostly other letters": ('{"A": 10, "B": 10, "C": 5, "D": 5, "E": 40, "F": 30}', "never offered"),
    "only other letters": ('{"W": 40, "X": 30, "Y": 20, "Z": 10}', ""),
    "negative among a whole hundred": ('{"A": -5, "B": 60, "C": 35, "D": 5}', "A is given no percentage: “-5”"),
    "a range among numbers": ("A: between 30 and 40%, B: 45%, C: 50%, D: 5%", "A is given a range"),
    "a range with dashes apart": ("A: 30 - 40%, B: 45%, C: 20%, D: 5%", "A is given a range: “30 - 40%”"),
    "words among numbers": ('{"A": "95%", "B": "a few", "C": "3%", "D": "2%"}', "B is given no percentage: “a few”"),
    "null among numbers": ('{"A": "95%", "B": null, "C": "3%", "D": "2%"}', "B is given no percentage: “null”"),
    "more than": ('{"A": ">90%", "B": "5%", "C": "3%", "D": "2%"}', "A is given no percentage: “>90%”"),
    "people, not percents": ("In that year group A - 40 people - said B: 60%", "“40 people"),
    "negative": ('{"A": -5, "B": 60, "C": 40, "D": 5}', "A is given no percentage: “-5”"),
    "cut off before a number": ('{"A": 40, "B": 45, "C": 15, "D": ', "D is given no percentage"),
    "letters for a sequence": ("ABABBCDABBA", "no letter"),
    "a single letter": ("B", "no letter"),
}

RIGHTLY_OR_NOT_AT_ALL = {
    "no separator": ("A 35%, B 45%, C 15%, D 5%", USUAL),
    "number first": ("35% A, 45% B, 15% C, 5% D", USUAL),
    "number first, dash": ("35% - A, 45% - B, 15% - C, 5% - D", USUAL),
    "in a sentence": ("35% would say A, 45% B, 15% C and 5% D.", USUAL),
    "objects by letter": ('{"A": {"share": 35}, "B": {"share": 45}, "C": {"share": 15}, "D": {"share": 5}}', USUAL),
    "list of objects": (
        '[{"option": "A", "percent": 35}, {"option": "B", "percent": 45}, '
        '{"option": "C", "percent": 15}, {"option": "D", "percent": 5}]',
        USUAL,
    ),
    "counts of thirty": ("A: 12, B: 9, C: 6, D: 3", (40, 30, 20, 10)),
    "draft, then list": ("Perhaps A: 50%, B: 30%. On reflection:\nA: 35%\nB: 45%\nC: 15%\nD: 5%", USUAL),
    "one percent in all": ('{"A": "1%", "B": "0%", "C": "0%", "D": "0%"}', (100, 0, 0, 0)),
}

Rows = Mapping[str, tuple[object, ...]]


def _params(rows: Rows) -> list[object]:
    return [pytest.param(*row, id=name) for name, row in rows.items()]


def _shares(reading: Reading) -> tuple[float, ...]:
    assert reading.distribution is not None, reading.reason
    assert not reading.reason
    return tuple(100 * p for p in reading.distribution.probabilities)


@pytest.mark.parametrize("text", READ_AS_USUAL.values(), ids=READ_AS_USUAL)
def test_reads_what_a_person_would_read(text: str, priority: Question) -> None:
    assert _shares(Verbalized().read(Reply(text), priority)) == pytest.approx(USUAL)


@pytest.mark.parametrize(("text", "shares"), _params(READ_OTHERWISE))
def test_reads_edges(text: str, shares: tuple[float, ...], priority: Question) -> None:
    assert _shares(Verbalized().read(Reply(text), priority)) == pytest.approx(shares)


@pytest.mark.parametrize(("text", "shares", "coverage"), _params(EXTRA))
def test_states_what_was_never_offered(
    text: str, shares: tuple[float, ...], coverage: float, priority: Question
) -> None:
    reading = Verbalized().read(Reply(text), priority)
    assert _shares(reading) == pytest.approx(shares)
    assert reading.coverage == pytest.approx(coverage)
    assert "E" in " ".join(reading.trace)


@pytest.mark.parametrize(("text", "words"), _params(UNREAD))
def test_leaves_unread_with_a_reason(text: str, words: str, priority: Question) -> None:
    reading = Verbalized().read(Reply(text), priority)
    assert reading.distribution is None
    assert reading.reason
    assert words in reading.reason


@pytest.mark.parametrize(("text", "shares"), _params(RIGHTLY_OR_NOT_AT_ALL))
def test_reads_rightly_or_not_at_all(text: str, shares: tuple[float, ...], priority: Question) -> None:
    _assert_right_or_unread(Verbalized().read(Reply(text), priority), shares)


OTHER_LABELS = {
    "label with an apostrophe, in a map": (
        ("Very good", "Fairly good", "Bad", "Don't know"),
        """{"Very good": 40, "Fairly good": 30, "Bad": 10, "Don't know": 20}""",
        (40, 30, 10, 20),
    ),
    "label with an apostrophe, in a nearly whole map": (
        ("Very good", "Fairly good", "Bad", "Don't know"),
        """{"Very good": 40, "Fairly good": 30, "Bad": 27, "Don't know": 3}""",
        (40, 30, 27, 3),
    ),
    "label with an apostrophe, in a list": (
        ("Very good", "Fairly good", "Bad", "Don't know"),
        "A. Very good: 40%\nB. Fairly good: 30%\nC. Bad: 10%\nD. Don't know: 20%",
        (40, 30, 10, 20),
    ),
    "label that begins with a range": (
        ("1-2 times a week", "3-4 times a week", "Never"),
        "A. 1-2 times a week: 4%\nB. 3-4 times a week: 4%\nC. Never: 92%",
        (4, 4, 92),
    ),
    "letter and label that begins with a range": (
        ("1-2 times a week", "3-4 times a week", "Never"),
        "A: 1-2 times a week: 4%\nB: 3-4 times a week: 4%\nC: Never: 92%",
        (4, 4, 92),
    ),
    "labels that are numbers": (
        ("1", "2", "3"),
        '{"1": 40, "2": 30, "3": 30}',
        (40, 30, 30),
    ),
    "label within another": (
        ("Agree", "Somewhat agree", "Disagree"),
        "Somewhat agree: 30%\nAgree: 50%\nDisagree: 20%",
        (50, 30, 20),
    ),
    "label that begins with its number, in a map": (
        ("1: Very unlikely", "2: Somewhat unlikely", "3: Somewhat likely", "4: Very likely"),
        '{"1: Very unlikely": 40, "2: Somewhat unlikely": 30, "3: Somewhat likely": 20, "4: Very likely": 10}',
        (40, 30, 20, 10),
    ),
    "label that begins with its number, in a list": (
        ("1: Very unlikely", "2: Somewhat unlikely", "3: Somewhat likely", "4: Very likely"),
        "A. 1: Very unlikely: 40%\nB. 2: Somewhat unlikely: 30%\nC. 3: Somewhat likely: 20%\nD. 4: Very likely: 10%",
        (40, 30, 20, 10),
    ),
    "label that begins with its number, after a colon": (
        ("1: Very unlikely", "2: Somewhat unlikely", "3: Somewhat likely", "4: Very likely"),
        "A: 1: Very unlikely: 40%\nB: 2: Somewhat unlikely: 30%\nC: 3: Somewhat likely: 20%\nD: 4: Very likely: 10%",
        (40, 30, 20, 10),
    ),
}


@pytest.mark.parametrize(("labels", "text", "shares"), _params(OTHER_LABELS))
def test_labels_with_numbers_and_quotes_mislead_nobody(
    labels: tuple[str, ...], text: str, shares: tuple[float, ...], make_question: Callable[..., Question]
) -> None:
    assert _shares(Verbalized().read(Reply(text), make_question(*labels))) == pytest.approx(shares)


def test_says_how_it_was_read(priority: Question) -> None:
    trace = " ".join(Verbalized().read(Reply("{'A': 21, 'B': 27, 'C': 9, 'D': 3}"), priority).trace)
    assert "60" in trace
    assert "normalised" in trace
    assert "not named, so 0: D" in " ".join(Verbalized().read(Reply("{A: 40, B: 45, C: 15}"), priority).trace)


PREVIEWS = {
    "nothing yet": ('{"A', None),
    "a key alone": ("{'A': '", None),
    "nothing above 0 yet": ("{'A': '0%', 'B", None),
    "one share": ("{'A': '10%'", (0.1, 0, 0, 0)),
    "a number that may go on": ("{'A': '10%', 'B': '6", (0.1, 0, 0, 0)),
    "one percent is no whole": ("{'A': '1%'", (0.01, 0, 0, 0)),
    "three shares": ("{'A': '10%', 'B': '60%', 'C': '25%', 'D", (0.1, 0.6, 0.25, 0)),
    "fractions": ('{"A": 0.35, "B": 0.45, "C', (0.35, 0.45, 0, 0)),
    "more than the whole": ("{'A': '80%', 'B': '80%'", (0.5, 0.5, 0, 0)),
    "a second map begins": ("{'A': 40, 'B': 40, 'C': 15, 'D': 5} or {'A': 3", (0.4, 0.4, 0.15, 0.05)),
    "in a list": ("A. Top priority: 35%\nB. Some priority: 45%\nC. No pri", (0.35, 0.45, 0, 0)),
    "after much thought": ("Let me think. " * 9_000 + "A: 35%, B: 45%, C", (0.35, 0.45, 0, 0)),
    "before much talk": ("A: 35%, B: 45%, C: 15%, D: 5%. " + "Let me explain. " * 9_000, (0.35, 0.45, 0.15, 0.05)),
}


@pytest.mark.parametrize(("text", "shares"), _params(PREVIEWS))
def test_previews_shares_as_stated_so_far(text: str, shares: tuple[float, ...] | None, priority: Question) -> None:
    preview = Verbalized().preview(text, priority)
    assert preview == (None if shares is None else pytest.approx(shares))


def _assert_right_or_unread(reading: Reading, shares: tuple[float, ...]) -> None:
    if reading.distribution is None:
        assert reading.reason
    else:
        assert _shares(reading) == pytest.approx(shares, abs=0.7)


def test_half_a_number_is_no_number(priority: Question) -> None:
    broken_off = '{"A": 10, "B": 20, "C": 30, "D": 4'
    whole = Verbalized().read(Reply(broken_off, finish_reason="stop"), priority)
    assert whole.distribution is not None
    cut = Verbalized().read(Reply(broken_off, finish_reason="length"), priority)
    assert (cut.distribution, cut.reason) == (None, "D is given no percentage")


@pytest.mark.parametrize(
    "labels", [("Yes", "No", "Refused"), ("B", "C", "A"), ("1", "2", "10 %"), ("Men", "Turnout", "Rank")], ids=" ".join
)
@pytest.mark.parametrize(
    "text",
    [
        '{"A": 50, "B": 30, "C": 20}',
        "{'C': '20%','A':'50 %', 'B' : 30.5}",
        "{A: 0.5, B: 0.3, C: 0.2}",
        "{'A': 0, 'B': 0, 'C': 0}",
        "{'A': 50, 'A': 40, 'B': 30, 'C': 20}",
        "{'A': 60, 'B': 30, 'D': 10}",
        "{'A': 60, 'B': 40}",
    ],
)
def test_a_map_alone_is_read_like_one_among_words(text, labels, make_question):
    alone, among = (Verbalized().read(Reply(said), make_question(*labels)) for said in (text, f"Estimate:\n{text}."))
    assert (alone.figures, alone.reason, alone.trace) == (among.figures, among.reason, among.trace)
