"""What holds for every format and every answer: a distribution or a reason, and the way there and back."""

import math
import random
import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from opinionscope.elicitation import FORMATS, PLAIN, Reading, Reply, TokenLogprob
from opinionscope.survey.distribution import Distribution
from opinionscope.survey.question import Option, Question

PIECES = [
    *"ABCDEFabcdef{}[]()\"'*:=,;.-–—%<>~/|\\\n\r\t _0159",
    *(
        "35%",
        "0.45",
        "100",
        "1e9",
        "9" * 12,
        "-5",
        "½",
        "٣",
        "A:",
        "<1%",
        "/3",
        " and ",
        "{",
        "},",
        '"B": ',
        "{'A': '50%'",
        "30-40%",
        " to ",
        "```json",
    ),
    *("Top", "Don't know", "Person 1", "the", "Sorry", "\u202e", "\x1b[2J", "\ud800", "\u00a0", "ABBCABBADB", "x", "×"),
]
ANYTHING = st.one_of(
    st.text(st.characters(exclude_categories=()), max_size=200),
    st.lists(st.sampled_from(PIECES), max_size=40).map("".join),
)
LABELS = st.lists(
    st.one_of(st.sampled_from(["Top", "Don't know", "A", "B: 3", "1-2 times"]), st.text(min_size=1, max_size=8)),
    min_size=2,
    max_size=26,
    unique=True,
)
PROBABILITIES = (
    st.lists(st.integers(0, 1000), min_size=2, max_size=26)
    .filter(any)
    .map(lambda weights: Distribution.from_weights(weights).probabilities)
)
FIGURES = st.lists(st.one_of(st.none(), st.floats()), max_size=6).map(tuple)
LOGPROBS = st.one_of(st.floats(), st.floats(-8, 0), st.sampled_from([0.0, -9999.0]))


def _question(labels: list[str]) -> Question:
    return Question("q", "d", "own", "Title", "Text?", tuple(Option(label) for label in labels))


def _assert_sound(reading: Reading, question: Question) -> None:
    assert (reading.distribution is None) == bool(reading.reason)
    assert all(reading.trace)
    if reading.distribution is not None:
        assert len(reading.distribution) == len(question.options)
        assert math.isclose(math.fsum(reading.distribution.probabilities), 1, abs_tol=1e-6)
        assert len(reading.figures) == len(question.options)
        assert reading.coverage is None or 0 < reading.coverage <= 1


@pytest.mark.parametrize("format_name", FORMATS)
@given(text=ANYTHING, labels=LABELS)
@example(text="", labels=["Yes", "No"])
@example(text="A: 9" + "9" * 400, labels=["Yes", "No"])
@example(text="A: ." + "9" * 400 + "%", labels=["Yes", "No"])
@example(text="A: 1e99, B: 9e99", labels=["Yes", "No"])
@example(text="A: 1/3, B: 1/0", labels=["Yes", "No"])
@example(text="A: 1e-99, B: 0", labels=["Yes", "No"])
def test_any_text_gives_a_distribution_or_a_reason(format_name: str, text: str, labels: list[str]) -> None:
    question = _question(labels)
    _assert_sound(FORMATS[format_name].read(Reply(text), question), question)
    preview = FORMATS[format_name].preview(text, question)
    if preview is not None:
        assert len(preview) == len(labels)
        assert all(share >= 0 for share in preview)
        assert 0 < math.fsum(preview) <= 1 + 1e-6


@pytest.mark.parametrize("format_name", FORMATS)
@given(figures=FIGURES)
@example(figures=(1e308, 1e308, 1e308, 1e308))
@example(figures=(math.inf, -math.inf, 0.0, 0.0))
@example(figures=(None, None, None, None))
@example(figures=(0.0, 0.0, 0.0, 0.0))
def test_any_recorded_figures_give_a_distribution_or_a_reason(
    format_name: str, figures: tuple[float | None, ...]
) -> None:
    question = _question(["Top", "Some", "No", "Refused"])
    _assert_sound(FORMATS[format_name].read(Reply(figures=figures), question), question)


@given(
    st.lists(st.builds(TokenLogprob, st.sampled_from(["A", " A", "b", "C)", "The", "", "\n"]), LOGPROBS), max_size=8)
)
def test_any_candidates_give_a_distribution_or_a_reason(candidates: list[TokenLogprob]) -> None:
    question = _question(["Top", "Some", "No"])
    _assert_sound(FORMATS["log-probs"].read(Reply(first_token=tuple(candidates)), question), question)


@pytest.mark.parametrize("format_name", FORMATS)
def test_a_recorded_reason_is_passed_on(format_name: str, priority: Question) -> None:
    reading = FORMATS[format_name].read(Reply(unread="the model was asked for five options"), priority)
    assert reading.distribution is None
    assert reading.reason == "the model was asked for five options"


@given(probabilities=PROBABILITIES, seed=st.integers(0, 9))
def test_verbalized_reads_back_what_it_expressed(probabilities: tuple[float, ...], seed: int) -> None:
    question = _question([f"Label {number}" for number in range(len(probabilities))])
    form = FORMATS["verbalized"]
    text = form.express(probabilities, question.letters, random.Random(seed), PLAIN)
    reading = form.read(Reply(text), question)
    assert reading.distribution is not None
    assert reading.distribution.probabilities == pytest.approx(probabilities, abs=0.01)
    assert math.fsum(reading.figures) == 100
    assert reading.coverage == 1


@given(probabilities=PROBABILITIES, seed=st.integers(0, 9))
def test_sequence_reads_back_what_it_expressed(probabilities: tuple[float, ...], seed: int) -> None:
    question = _question([f"Label {number}" for number in range(len(probabilities))])
    form = FORMATS["sequence"]
    text = form.express(probabilities, question.letters, random.Random(seed), PLAIN)
    assert len(text) == 30
    reading = form.read(Reply(text), question)
    assert reading.distribution is not None
    assert reading.distribution.probabilities == pytest.approx(probabilities, abs=1 / 30)
    assert reading.sample_size == 30
    assert not reading.trace[1:]


@given(probabilities=PROBABILITIES)
def test_log_probs_expresses_an_answer_that_somebody_gave(probabilities: tuple[float, ...]) -> None:
    letters = string.ascii_uppercase[: len(probabilities)]
    letter = FORMATS["log-probs"].express(probabilities, letters, random.Random(0), PLAIN)
    assert probabilities[letters.index(letter)] > 0
