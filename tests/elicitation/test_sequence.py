"""Rows of letters, judged one by one as a careful person would: counted so, or not read at all."""

import json
import random
from collections.abc import Callable, Mapping

import pytest

from opinionscope.elicitation import Reading, Recipe, Reply
from opinionscope.elicitation.expression import Sequence
from opinionscope.elicitation.reply import Expected
from opinionscope.survey.question import Question
from opinionscope.values import replace

ROW = "ABBCABBADBABBCABBABBCDABBABBAC"
COUNTS = (9, 15, 4, 2)

COUNTED_AS_THE_ROW = {
    "bare": ROW,
    "blanks": " ".join(ROW),
    "commas": ",".join(ROW),
    "commas and blanks": ", ".join(ROW),
    "lines": "\n".join(ROW),
    "Windows lines": "\r\n".join(ROW),
    "semicolons": "; ".join(ROW),
    "bars": "|".join(ROW),
    "quoted": f'"{ROW}"',
    "JSON list": "[" + ", ".join(f'"{letter}"' for letter in ROW) + "]",
    "Python list": "[" + ", ".join(f"'{letter}'" for letter in ROW) + "]",
    "lower case": ROW.lower(),
    "lower case with commas": ", ".join(ROW.lower()),
    "groups of five": " ".join(ROW[at : at + 5] for at in range(0, 30, 5)),
    "lines of ten": "\n".join(ROW[at : at + 10] for at in range(0, 30, 10)),
    "fenced": f"```\n{ROW}\n```",
    "bold": f"**{ROW}**",
    "full stop": f"{ROW}.",
    "numbered": "\n".join(f"{number}. {letter}" for number, letter in enumerate(ROW, 1)),
    "numbered with parenthesis": " ".join(f"{number}) {letter}" for number, letter in enumerate(ROW, 1)),
    "numbered with colon": "\n".join(f"{number}: {letter}" for number, letter in enumerate(ROW, 1)),
    "prose before": f"Here are 30 simulated answers:\n\n{ROW}",
    "prose before, letters apart": "Here are the letters you wanted:\n" + ", ".join(ROW),
    "prose before, an article": f"A sample of people might answer like this: {ROW}",
    "prose after": f"{ROW}\n\nMost of them would choose the second option.",
    "prose around": f"Sure! Here you go:\n\n{ROW}\n\nLet me know if you need a longer row.",
    "prose glued on": f"Sequence:{ROW}",
    "row and tally": f"{ROW}\n\nA: 9, B: 15, C: 4, D: 2",
    "options named before": f"Here are 30 simulated answers (A, B, C, D):\n\n{ROW}",
    "range of options before": f"Thirty answers, letters A to D:\n{ROW}",
    "group of people": f"Group D:\n{ROW}",
    "options named before a row with commas": "Here are the answers (A, B, C, D):\n" + ", ".join(ROW),
    "group before a row with commas": "Answers for group D: " + ", ".join(ROW),
    "row with commas and tally": ", ".join(ROW) + "\n\nA: 9, B: 15, C: 4, D: 2",
    "an article after": f"{ROW}\n\nA majority would choose the second option.",
    "an option spoken of after": ", ".join(ROW) + ". B is the most frequent.",
    "short example first": f"For instance AB, but in full: {ROW}",
}

COUNTED = {
    "one letter": ("A", (1, 0, 0, 0)),
    "one letter, lower case": ("b", (0, 1, 0, 0)),
    "one letter and a full stop": ("C.", (0, 0, 1, 0)),
    "one letter in quotes": ('"D"', (0, 0, 0, 1)),
    "two letters": ("AB", (1, 1, 0, 0)),
    "five letters after prose": ("The answers are: ABBAD", (2, 2, 0, 1)),
    "an and at the end": ("A, A, A, B, B, B, C, C, and D", (3, 3, 2, 1)),
    "groups by letter": ("AAAAAAAAA BBBBBB CCCC D", (9, 6, 4, 1)),
    "all the same": ("B" * 30, (0, 30, 0, 0)),
    "1,200 letters": ("ABBC" * 300, (300, 600, 300, 0)),
    "1,200 letters, commas": (", ".join("ABBC" * 300), (300, 600, 300, 0)),
}

UNREAD = {
    "empty": ("", "empty"),
    "blanks": ("  \n", "empty"),
    "refusal": ("I'm sorry, but I can't pretend to be a group of people.", ""),
    "refusal that names options": ("People differ: some would say A, others would pick B or even D.", ""),
    "tally": ("A: 9, B: 15, C: 4, D: 2", "tally"),
    "tally in lines": ("A - 9\nB - 15\nC - 4\nD - 2", "tally"),
    "tally with times": ("A x 9, B x 15, C x 4, D x 2", "tally"),
    "map of percents": ('{"A": "30%", "B": "50%", "C": "13%", "D": "7%"}', "tally"),
    "tally with the number first": ("9 A, 15 B, 4 C, 2 D", "tally"),
    "options listed in prose": ("I cannot do that. The options A, B, C and D are all fine, E too.", "prose"),
    "numbers only": ("1 2 2 3 1 2 2 1 4", "no row"),
    "letters never offered": ("EFGHEFGHEFGHEFGHEFGHEFGHEFGHEF", "no row"),
    "mostly letters never offered": ("E" * 25 + "ABABA", ""),
    "mostly letters never offered, with commas": ("E, F, E, A, F, E, E", "never offered"),
    "words spelt with offered letters": ("I had a bad dad, sorry.", ""),
    "words spelt with offered letters, shouted": ("SORRY, I HAD A BAD DAD", ""),
    "labels": ("Top priority, Some priority, Some priority, No priority", ""),
    "another alphabet": ("АВВСАВВАВСАВВСАВВАВВС", ""),
}

RIGHTLY_OR_NOT_AT_ALL = {
    "persons": ("\n".join(f"Person {number}: {letter}" for number, letter in enumerate(ROW, 1)), COUNTS),
    "Answer: A": ("Answer: A", (1, 0, 0, 0)),
    "mixed case": ("".join(x.lower() if at % 2 else x for at, x in enumerate(ROW)), COUNTS),
}

Rows = Mapping[str, tuple[object, ...]]


def _params(rows: Rows) -> list[object]:
    return [pytest.param(*row, id=name) for name, row in rows.items()]


def _counted(reading: Reading) -> tuple[float, ...]:
    assert reading.distribution is not None, reading.reason
    assert not reading.reason
    assert reading.sample_size is not None
    return tuple(p * reading.sample_size for p in reading.distribution.probabilities)


@pytest.mark.parametrize("text", COUNTED_AS_THE_ROW.values(), ids=COUNTED_AS_THE_ROW)
def test_counts_what_a_person_would_count(text: str, priority: Question) -> None:
    reading = Sequence().read(Reply(text), priority)
    assert _counted(reading) == pytest.approx(COUNTS)
    assert reading.sample_size == 30
    assert reading.coverage == 1


@pytest.mark.parametrize(("text", "counts"), _params(COUNTED))
def test_counts_rows_of_any_length(text: str, counts: tuple[int, ...], priority: Question) -> None:
    reading = Sequence().read(Reply(text), priority)
    assert _counted(reading) == pytest.approx(counts)
    assert reading.sample_size == sum(counts)


@pytest.mark.parametrize(("text", "words"), _params(UNREAD))
def test_leaves_unread_with_a_reason(text: str, words: str, priority: Question) -> None:
    reading = Sequence().read(Reply(text), priority)
    assert reading.distribution is None
    assert reading.reason
    assert words in reading.reason


@pytest.mark.parametrize(("text", "counts"), _params(RIGHTLY_OR_NOT_AT_ALL))
def test_counts_rightly_or_not_at_all(text: str, counts: tuple[int, ...], priority: Question) -> None:
    reading = Sequence().read(Reply(text), priority)
    if reading.distribution is None:
        assert reading.reason
    else:
        assert _counted(reading) == pytest.approx(counts)


@pytest.mark.parametrize("text", ["I had a bad idea.", "I decide, I hide: a bad idea.", "i hid a bad idea"])
def test_words_are_no_rows_where_nine_letters_are_offered(text: str, make_question: Callable[..., Question]) -> None:
    nine = make_question(*(f"Country {number}" for number in range(9)))
    assert Sequence().read(Reply(text), nine).distribution is None


def test_states_letters_that_were_never_offered(priority: Question) -> None:
    reading = Sequence().read(Reply("A" * 20 + "B" * 8 + "EF"), priority)
    assert _counted(reading) == pytest.approx((20, 8, 0, 0))
    assert reading.coverage == pytest.approx(28 / 30)
    assert "E, F" in " ".join(reading.trace)


def test_a_letter_never_offered_does_not_end_a_row(priority: Question) -> None:
    reading = Sequence().read(Reply("A, B, B, A, C, A, E, D, D, D, D, D, D, D"), priority)
    assert _counted(reading) == pytest.approx((3, 2, 1, 7))
    assert reading.coverage == pytest.approx(13 / 14)
    assert "E" in " ".join(reading.trace)


def test_says_how_many_letters_came(priority: Question) -> None:
    assert "counted 4 letters" in Sequence().read(Reply("ABBA"), priority).trace


PREVIEWS = {
    "nothing yet": ("Here", None),
    "a mention": ("Here are 30 answers, letters A to D", None),
    "a listing": ("Here are 30 answers (A, B, C, D):", None),
    "one letter": ("A", (1, 0, 0, 0)),
    "a row": ("Here are 30 letters: ABBA", (0.5, 0.5, 0, 0)),
    "after a listing": ("Answers (A, B, C, D):\n\nABBA", (0.5, 0.5, 0, 0)),
    "with a letter never offered": ("A, B, E, B, A", (0.5, 0.5, 0, 0)),
    "after much thought": ("Let me think. " * 9_000 + "ABBA", (0.5, 0.5, 0, 0)),
}


@pytest.mark.parametrize(("text", "shares"), _params(PREVIEWS))
def test_previews_the_letters_so_far(text: str, shares: tuple[float, ...] | None, priority: Question) -> None:
    preview = Sequence().preview(text, priority)
    assert preview == (None if shares is None else pytest.approx(shares))


@pytest.mark.parametrize("number", [1, 2, 7, 100, 1000])
def test_any_number_of_letters_can_be_asked_for_and_fits(number: int, priority: Question) -> None:
    recipe = Recipe(samples=number)
    form = Sequence()
    told = form.instruction(priority, recipe)
    assert ("one of them" if number == 1 else f"{number} letters") in told
    text = form.express((0.5, 0.3, 0.15, 0.05), "ABCD", random.Random(0), recipe)
    assert len(text) == number
    assert form.read(Reply(text), priority).sample_size == number
    for reasoning in (False, True):
        most = form.request_for(priority, replace(recipe, reasoning=reasoning)).max_tokens
        assert number * 3 < most < 4096


THIRTY = Expected(letters=30)


@pytest.mark.parametrize(
    "text",
    [
        "A",
        "ABBAC",
        "ABBACABBACABBA",
    ],
)
def test_fewer_than_half_of_the_letters_asked_for_are_no_sequence(text: str, priority: Question) -> None:
    reading = Sequence().read(Reply(text), priority, THIRTY)
    assert (reading.distribution, reading.figures) == (None, ())
    assert "of the 30 asked for" in reading.reason
    assert reading.stated == tuple(text.count(letter) for letter in "ABCD")


@pytest.mark.parametrize(
    ("letters", "counted"), [(15, 15), (29, 29), (30, 30), (31, 31), (63, 63), (75, 75), (76, 30), (240, 30)]
)
def test_half_are_enough_and_of_far_more_the_first_count(letters: int, counted: int, priority: Question) -> None:
    text = (ROW + "D" * letters)[:letters]
    reading = Sequence().read(Reply(text), priority, THIRTY)
    assert reading.sample_size == counted
    assert any("only the first 30" in step for step in reading.trace) is (counted < letters)
    if counted == 30:
        assert _counted(reading) == pytest.approx(COUNTS)


def test_a_loop_that_the_token_limit_ended_counts_up_to_what_was_asked_for(priority: Question) -> None:
    reading = Sequence().read(Reply(ROW + "DDDD", finish_reason="length"), priority, THIRTY)
    assert (reading.sample_size, _counted(reading)) == (30, pytest.approx(COUNTS))


LABEL_OF = dict(zip("ABCD", ("Top priority", "Some priority", "No priority", "Refused"), strict=True))
PERSONS = {
    "Person 1": "\n".join(f"Person {number}: {letter}" for number, letter in enumerate(ROW, 1)),
    "Respondent #1": "\n".join(f"Respondent #{number} - {letter}" for number, letter in enumerate(ROW, 1)),
    "bold": "\n".join(f"**Person {number}:** {letter}" for number, letter in enumerate(ROW, 1)),
    "with reasons": "\n".join(f"{number}) {letter} - they said so." for number, letter in enumerate(ROW, 1)),
    "with labels": "\n".join(f"{number}. {letter}. {LABEL_OF[letter]}" for number, letter in enumerate(ROW, 1)),
    "because": "\n".join(f"{number}. {letter} because it matters" for number, letter in enumerate(ROW, 1)),
    "from 0": "\n".join(f"Person {number}: {letter}" for number, letter in enumerate(ROW)),
    "prose around": "Sure!\n" + "\n".join(f"Person {n}: {x}" for n, x in enumerate(ROW, 1)) + "\nDone.",
    "in a line": ", ".join(f"Person {number}: {letter}" for number, letter in enumerate(ROW, 1)),
    "a map": "{" + ", ".join(f'"{number}": "{letter}"' for number, letter in enumerate(ROW, 1)) + "}",
    "records": "[" + ", ".join(f'{{"person": {n}, "answer": "{x}"}}' for n, x in enumerate(ROW, 1)) + "]",
    "chose": "\n".join(f"Person {number} chose {letter}" for number, letter in enumerate(ROW, 1)),
    "Option": "\n".join(f"Person {number}: Option {letter}" for number, letter in enumerate(ROW, 1)),
    "Answer": "\n".join(f"Person {number}: Answer: {letter}" for number, letter in enumerate(ROW, 1)),
    "chooses option": "\n".join(f"Person {n} would choose option {x}." for n, x in enumerate(ROW, 1)),
    "records on several lines": json.dumps([{"id": n, "choice": x} for n, x in enumerate(ROW, 1)], indent=2),
    "chooses": "\n".join(f"Person {number} chooses {letter}" for number, letter in enumerate(ROW, 1)),
    "blank lines": "\n\n".join(f"Voter {number} = {letter}" for number, letter in enumerate(ROW, 1)),
}


@pytest.mark.parametrize("text", PERSONS.values(), ids=PERSONS)
def test_one_line_a_person(text: str, priority: Question) -> None:
    reading = Sequence().read(Reply(text), priority, THIRTY)
    assert _counted(reading) == pytest.approx(COUNTS)
    assert reading.sample_size == 30


@pytest.mark.parametrize(
    "text",
    [
        "1. A: 9\n2. B: 15\n3. C: 4\n4. D: 2",
        "1. A - Top priority\n2. B - Some priority\n3. C - No priority\n4. D - Refused",
        "\n".join(f"{number}. {'A few' if number % 2 else 'B'}" for number in range(1, 31)),
    ],
    ids=["a tally", "the options", "articles"],
)
def test_numbered_lines_that_are_no_persons(text: str, priority: Question) -> None:
    assert Sequence().read(Reply(text), priority, THIRTY).distribution is None


def test_recorded_counts_are_judged_as_rows_are(priority: Question) -> None:
    few = Sequence().read(Reply(figures=(3.0, 4.0, 2.0, 1.0)), priority, THIRTY)
    assert (few.distribution, few.stated) == (None, (3, 4, 2, 1))
    assert few.reason == "only 10 letters came of the 30 asked for"
    loop = Sequence().read(Reply(figures=(0.0, 0.0, 1200.0, 0.0)), priority, THIRTY)
    assert loop.sample_size == 30, "1,200 letters of a loop are no more people than were asked for"
    assert "1,200 letters counted" in loop.trace[-1]
    shares = Sequence().read(Reply(figures=(0.5, 0.3, 0.2, 0.0)), priority, THIRTY)
    assert shares.distribution is not None
