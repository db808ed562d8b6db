"""Labels with one open end in other words, and keys that are no option beside an option without a number."""

from collections.abc import Callable

import pytest

from opinionscope.elicitation import Reading, Reply, read_reply
from opinionscope.survey.question import Question

MakeQuestion = Callable[..., Question]

AGES = ("Under 25", "25-44", "45-64", "65 and over")
INCOMES = ("Less than $30,000", "$30,000-$89,999", "$90,000 or more")


def _read(text: str, question: Question) -> Reading:
    return read_reply(Reply(text), "verbalized", question)


@pytest.mark.parametrize("below", ["<25", "< 25", "below 25", "Less than 25"])
@pytest.mark.parametrize("above", ["65+", "65 or older", "65 and older"])
def test_an_open_end_in_other_words_is_its_option(below: str, above: str, make_question: MakeQuestion) -> None:
    stated = {below: 11, "25-44": 38, "45-64": 48, above: 3}
    for text in (str(stated), "\n".join(f"{key}: {value}%" for key, value in stated.items())):
        assert _read(text, make_question(*AGES)).figures == (11, 38, 48, 3), text


def test_so_is_one_of_money(make_question: MakeQuestion) -> None:
    stated = '{"<$30,000": 3, "$30,000-$89,999": 55, "$90,000+": 42}'
    assert _read(stated, make_question(*INCOMES)).figures == (3, 55, 42)


@pytest.mark.parametrize("key", ["over 65", ">65", "65", "65-99", "Old"])
def test_a_key_of_no_option_beside_an_option_without_a_number(key: str, make_question: MakeQuestion) -> None:
    reading = _read(f'{{"Under 25": 11, "25-44": 38, "45-64": 48, "{key}": 3}}', make_question(*AGES))
    assert f"“{key.lower()}” is none of the options, and D has no number" in reading.reason


def test_an_open_end_with_another_limit_is_another_one(make_question: MakeQuestion) -> None:
    question = make_question("18 and over", "Over 18", "Refused")
    assert _read('{"18+": 70, "Over 18": 28, "Refused": 2}', question).figures == (70, 28, 2)
    assert _read('{"21+": 70, "Over 18": 28, "Refused": 2}', question).distribution is None
