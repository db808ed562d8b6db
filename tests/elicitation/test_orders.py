"""Options offered in another order than the survey's: asked, previewed and read by label."""

import json
import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opinionscope.elicitation import (
    FORMATS,
    ORDERS,
    Order,
    Plan,
    Recipe,
    Reply,
    TokenLogprob,
    make_plan,
    read_reply,
    reading_of_all,
)
from opinionscope.survey.distribution import Distribution
from opinionscope.survey.library import Library
from opinionscope.survey.question import EVERYONE, Option, Question

MANY, SOME = 200, 60
"""People in a row of letters, and in calls of one letter each, which take longer."""
COUNTS = st.lists(st.integers(0, 1000), min_size=2, max_size=12).filter(any)
LABELS = st.lists(
    st.one_of(st.sampled_from(["Yes", "No", "B", "A: 3", "1-2 times"]), st.text("abcxyzÄß 1%:", min_size=1)),
    min_size=12,
    max_size=12,
    unique_by=lambda label: label.strip().lower(),
).filter(lambda labels: all(label.strip() for label in labels))


def _question(labels: list[str]) -> Question:
    return Question("q", "d", "own", "Title", "Text?", tuple(Option(label) for label in labels))


def _answer(format_name: str, by_label: dict[str, float], offered: tuple[str, ...], rng: random.Random) -> Reply:
    """What a model that believes these probabilities would answer where the options are offered like this."""
    letters = _question(list(offered)).letters
    probabilities = [by_label[label] for label in offered]
    if FORMATS[format_name].request.top_logprobs:
        tokens = (TokenLogprob(x, math.log(p)) for x, p in zip(letters, probabilities, strict=True) if p > 0)
        return Reply("", first_token=(*tokens, TokenLogprob("The", -20.0)), offered=offered)
    return Reply(FORMATS[format_name].express(probabilities, letters, rng, Recipe(samples=MANY)), offered=offered)


@pytest.mark.parametrize("format_name", FORMATS)
@given(order=st.sampled_from(ORDERS), counts=COUNTS, names=LABELS, seed=st.integers(0, 99))
def test_the_way_there_and_back_keeps_to_labels(
    format_name: str, order: Order, counts: list[int], names: list[str], seed: int
) -> None:
    question = _question(names[: len(counts)])
    truth = Distribution.from_weights(counts).probabilities
    by_label = dict(zip(question.labels, truth, strict=True))
    people = SOME if FORMATS[format_name].one_letter else MANY
    made = make_plan(Library(()), question, EVERYONE, "none", format_name, seed, Recipe(samples=people, order=order))
    rng = random.Random(seed)
    answers = [_answer(format_name, by_label, call.offered or question.labels, rng) for call in made.calls]
    readings = [read_reply(answer, format_name, question) for answer in answers]
    reading = reading_of_all(readings, format_name, question)
    assert reading.distribution is not None, reading.reason
    if FORMATS[format_name].one_letter and FORMATS[format_name].counts_people:
        letters = [read_reply(answer, format_name, question) for answer in answers]
        assert all(truth[one.figures.index(1)] > 0 for one in letters)
        assert reading.sample_size == SOME
        assert reading.distribution.probabilities == pytest.approx(truth, abs=0.4)
    else:
        assert reading.distribution.probabilities == pytest.approx(truth, abs=0.011)


def _ferry(library: Library, format_name: str, order: Order, seed: int | None = None) -> Plan:
    question = library.question("ferry")
    group = library.group(question, "Democrat")
    return make_plan(library, question, group, "persona", format_name, seed, Recipe(order=order))


@pytest.mark.parametrize("format_name", FORMATS)
def test_the_prompt_offers_the_options_in_the_order_of_the_call(library: Library, format_name: str) -> None:
    assert (
        "A. Refused\nB. Disagree\nC. Agree somewhat\nD. Agree\n"
        in _ferry(library, format_name, "reversed").first.prompt.user
    )
    shuffled = {_ferry(library, format_name, "shuffled", seed).first.offered for seed in range(60)}
    assert len(shuffled) > 15
    one = _ferry(library, format_name, "shuffled", 5)
    assert one == _ferry(library, format_name, "shuffled", 5)
    offered = "\n".join(f"{letter}. {label}" for letter, label in zip("ABCD", one.first.offered, strict=True))
    assert offered in one.first.prompt.user


def test_a_preview_is_in_survey_order_whatever_was_offered(library: Library) -> None:
    plan = _ferry(library, "verbalized", "reversed")
    assert plan.first.preview('{"A": 10, "B": 20, "C": 3') == (0, 0, 0.2, 0.1)
    assert plan.first.preview('{"Refused": 10, "Disagree": 20, "C": 3') == (0, 0, 0.2, 0.1)
    assert plan.first.preview("Let me see") is None
    assert _ferry(library, "sequence", "reversed").first.preview("AAAD") == (0.25, 0, 0, 0.75)
    assert _ferry(library, "sequence", "survey").first.preview("AAAD") == (0.75, 0, 0, 0.25)


def test_tokens_without_text_are_read_by_the_letters_offered(priority: Question) -> None:
    tokens = (TokenLogprob("A", math.log(0.9)), TokenLogprob("B", math.log(0.1)))
    reading = read_reply(Reply(None, tokens, offered=priority.labels[::-1]), "log-probs", priority)
    assert reading.distribution is not None
    assert reading.distribution.probabilities == pytest.approx((0, 0, 0.1, 0.9))
    assert [bound is not None for bound in reading.bounds] == [True, True, False, False]


def test_percents_by_label_agree_over_orders(priority: Question) -> None:
    shares = dict(zip(priority.labels, (50, 30, 15, 5), strict=True))
    for offered in (priority.labels, priority.labels[::-1], priority.labels[2:] + priority.labels[:2]):
        text = json.dumps(dict(zip("ABCD", (shares[label] for label in offered), strict=True)))
        assert read_reply(Reply(text, offered=offered), "verbalized", priority).figures == (50, 30, 15, 5)
