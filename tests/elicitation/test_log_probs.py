"""Log-probs: which tokens count for which letter, and what is refused."""

import math
from collections.abc import Callable
from typing import Any

import pytest

from opinionscope.elicitation import Reading, Reply, TokenLogprob, read_reply, reading_of_all
from opinionscope.elicitation.expression import LogProbs
from opinionscope.elicitation.expression.log_probs import LETTER_RULE, letter_of
from opinionscope.respondents.completion import first_token
from opinionscope.survey.question import Question


def _read(question: Question, *candidates: tuple[str, float]) -> Reading:
    """Read candidates given as (token, probability)."""
    tokens = tuple(TokenLogprob(token, math.log(p) if p > 0 else -9999.0) for token, p in candidates)
    return LogProbs().read(Reply(first_token=tokens), question)


def _probabilities(reading: Reading) -> tuple[float, ...]:
    assert reading.distribution is not None, reading.reason
    return reading.distribution.probabilities


@pytest.mark.parametrize(
    "token",
    ["A", " A", "a", " a", "A.", "A)", "(A", "(A)", "**A", '"A', "'A'", "A:", "\nA", "▁A", "ĠA", "[A]", "A,", "`A`"],
)
def test_variants_of_a_letter(token: str) -> None:
    assert letter_of(token, "ABCD") == "A"


@pytest.mark.parametrize("token", ["", " ", "\n", '"', "**", "E", "AB", "An", "I", "1", "Ä", "Top", "А", "{", "A B"])
def test_tokens_that_are_no_offered_letter(token: str) -> None:
    assert letter_of(token, "ABCD") is None


def test_merges_variants_and_says_so(priority: Question) -> None:
    reading = _read(priority, ("A", 0.3), (" A", 0.2), ("a", 0.1), ("B", 0.2), ("(B", 0.1), ("C", 0.1))
    assert _probabilities(reading) == pytest.approx((0.6, 0.3, 0.1, 0))
    assert reading.coverage == pytest.approx(1)
    trace = " ".join(reading.trace)
    assert "merged" in trace
    assert "' A'" in trace
    assert "not among the candidates" in trace


def test_states_the_mass_that_fell_outside(priority: Question) -> None:
    reading = _read(priority, ("A", 0.45), ("B", 0.15), ("The", 0.25), ("\n", 0.1))
    assert _probabilities(reading) == pytest.approx((0.75, 0.25, 0, 0))
    assert reading.coverage == pytest.approx(0.6)
    trace = " ".join(reading.trace)
    assert "40.0%" in trace
    assert "'The' 25.0%" in trace
    assert "'\\n'" in trace
    assert "care" not in trace


def test_warns_where_the_model_wanted_to_say_something_else(priority: Question) -> None:
    reading = _read(priority, ("A", 0.1), ("I", 0.9))
    assert _probabilities(reading) == pytest.approx((1, 0, 0, 0))
    assert "care" in " ".join(reading.trace)


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 1, 0, 2)])
def test_the_order_of_candidates_does_not_matter(order: tuple[int, ...], priority: Question) -> None:
    candidates = [("D", 0.4), ("A", 0.3), (" D", 0.2), ("B", 0.1)]
    assert _probabilities(_read(priority, *(candidates[at] for at in order))) == pytest.approx((0.3, 0.1, 0, 0.6))


@pytest.mark.parametrize("junk", [-9999.0, -math.inf, math.nan, math.inf, -1e308])
def test_a_logprob_that_is_no_number_counts_nothing(junk: float, priority: Question) -> None:
    tokens = (TokenLogprob("A", math.log(0.75)), TokenLogprob("B", math.log(0.25)), TokenLogprob("C", junk))
    reading = LogProbs().read(Reply(first_token=tokens), priority)
    assert _probabilities(reading) == pytest.approx((0.75, 0.25, 0, 0))


@pytest.mark.parametrize("second", [math.log(0.75), -9999.0])
def test_a_token_listed_twice_counts_once(second: float, priority: Question) -> None:
    tokens = (
        TokenLogprob("A", math.log(0.75)),
        TokenLogprob("B", math.log(0.25)),
        TokenLogprob("A", second),
    )
    reading = LogProbs().read(Reply(first_token=tokens), priority)
    assert _probabilities(reading) == pytest.approx((0.75, 0.25, 0, 0))


def test_a_rounding_above_zero_is_certainty(priority: Question) -> None:
    tokens = (TokenLogprob("B", 1e-6), TokenLogprob("A", -30.0))
    reading = LogProbs().read(Reply(first_token=tokens), priority)
    assert _probabilities(reading) == pytest.approx((0, 1, 0, 0))
    assert reading.coverage == 1


@pytest.mark.parametrize(
    "tokens",
    [
        (TokenLogprob("A", 21.5), TokenLogprob("B", 20.1), TokenLogprob("C", 1e308)),
        (TokenLogprob("A", 0.0), TokenLogprob("B", 0.0)),
        tuple(TokenLogprob(token, -0.1) for token in ("A", "B", "C", "D")),
    ],
    ids=["logits", "every one certain", "more than one in all"],
)
def test_numbers_that_cannot_be_log_probabilities_are_unread(
    tokens: tuple[TokenLogprob, ...], priority: Question
) -> None:
    reading = LogProbs().read(Reply(first_token=tokens), priority)
    assert reading.distribution is None
    assert "sum to" in reading.reason


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Reply(text="A"), "no log-probabilities"),
        (Reply(text="A", first_token=()), "no log-probabilities"),
        (Reply(first_token=(TokenLogprob("The", -0.01),)), "fell on the option letters"),
        (Reply(first_token=(TokenLogprob("A", math.log(0.005)), TokenLogprob("I", -0.01))), "0.50%"),
        (Reply(first_token=(TokenLogprob("A", -9999.0), TokenLogprob("B", -9999.0))), "0.00%"),
        (Reply(first_token=(TokenLogprob("A", math.nan), TokenLogprob("B", math.inf))), "0.00%"),
    ],
    ids=["not given", "empty list", "only a word", "next to nothing", "all -9999", "no numbers"],
)
def test_leaves_unread_with_a_reason(answer: Reply, words: str, priority: Question) -> None:
    reading = LogProbs().read(answer, priority)
    assert reading.distribution is None
    assert words in reading.reason


def test_a_letter_beyond_the_options_is_outside(make_question: Callable[..., Question]) -> None:
    reading = _read(make_question("Yes", "No"), ("A", 0.5), ("B", 0.3), ("C", 0.2))
    assert _probabilities(reading) == pytest.approx((0.625, 0.375))
    assert reading.coverage == pytest.approx(0.8)


def test_recorded_masses_are_renormalised_and_their_sum_kept(priority: Question) -> None:
    reading = LogProbs().read(Reply(figures=(0.3, 0.1, 0.0, None)), priority)
    assert _probabilities(reading) == pytest.approx((0.75, 0.25, 0, 0))
    assert reading.coverage == pytest.approx(0.4)
    assert "Refused" in " ".join(reading.trace)
    assert LogProbs().read(Reply(figures=(0.004, 0.001, 0.0, 0.0)), priority).distribution is None


def test_an_option_that_was_not_listed_is_bounded_by_the_least_likely_candidate(priority: Question) -> None:
    reading = _read(priority, ("A", 0.7), ("B", 0.2), ("The", 0.05), ("I", 0.002))
    assert _probabilities(reading) == pytest.approx((7 / 9, 2 / 9, 0, 0))
    assert reading.bounds[:2] == (None, None)
    assert reading.bounds[2] == reading.bounds[3] == pytest.approx(0.008 / 0.908)
    assert "not among the candidates, in 4 spellings at most 0.008 each: C, D" in reading.trace


def test_what_the_candidates_leave_over_is_a_bound_as_well(priority: Question) -> None:
    reading = _read(priority, ("A", 0.6), ("B", 0.39))
    assert reading.bounds[2] == pytest.approx(0.01 / 1.0)


def test_the_drawn_token_is_no_bound_for_servers_list_it_however_unlikely(priority: Question) -> None:
    tokens = tuple(TokenLogprob(token, math.log(p)) for token, p in (("A", 0.6), ("B", 0.1), (" C", 1e-6)))
    reading = LogProbs().read(Reply(" C", first_token=tokens), priority)
    assert reading.bounds[3] == pytest.approx(0.3 / 1.0, rel=1e-4)


def test_nothing_is_bounded_where_all_were_listed_or_nothing_was_read(priority: Question) -> None:
    assert _read(priority, ("A", 0.4), ("B", 0.3), ("C", 0.2), ("D", 0.05)).bounds == ()
    assert _read(priority, ("The", 0.9)).bounds == ()
    assert LogProbs().read(Reply(figures=(0.3, 0.1, 0.0, None)), priority).bounds == ()


def test_a_mean_of_answers_bounds_what_none_of_them_listed(priority: Question) -> None:
    one = (TokenLogprob("A", math.log(0.5)), TokenLogprob("B", math.log(0.4)), TokenLogprob("x", math.log(0.01)))
    other = (TokenLogprob("A", math.log(0.5)), TokenLogprob("C", math.log(0.4)), TokenLogprob("x", math.log(0.03)))
    readings = [read_reply(Reply(first_token=each), "log-probs", priority) for each in (one, other)]
    reading = reading_of_all(readings, "log-probs", priority)
    assert reading.bounds[:3] == (None, None, None)
    assert reading.bounds[3] == pytest.approx((0.04 / 0.94 + 0.07 / 0.97) / 2)


def test_a_bound_holds_for_an_option_that_is_spelt_in_several_ways(priority: Question) -> None:
    truth = {"A": 0.5, " A": 0.3, "x": 0.04, "y": 0.04, "C": 0.035, " C": 0.035, "c": 0.03, " c": 0.02}
    listed = [(token, p) for token, p in truth.items() if p >= 0.04]
    bound = _read(priority, *listed).bounds[2]
    assert bound is not None
    whole = LogProbs().read(Reply(first_token=tuple(TokenLogprob(t, math.log(p)) for t, p in truth.items())), priority)
    assert _probabilities(whole)[2] <= bound < 0.15


def test_the_rule_for_letters_is_kept_with_the_reading(priority: Question) -> None:
    assert LETTER_RULE in _read(priority, ("A", 0.9), ("B", 0.1)).trace


def test_a_model_that_begins_with_prose_is_diagnosed(priority: Question) -> None:
    reading = _read(priority, ("As", 0.6), ("I", 0.3), ("Sorry", 0.05), ("A", 0.004))
    assert reading.distribution is None
    assert "0.40% of the probability fell on the option letters" in reading.reason
    assert "'As' 60.0%, 'I' 30.0%" in reading.reason


def test_a_letter_listed_without_any_probability_was_not_measured(priority: Question) -> None:
    """Some servers list the drawn token at -9999 where it is not among the likeliest."""
    reading = _read(priority, ("A", 0.9), ("B", 0.06), ("D", 0.0))
    assert _probabilities(reading)[3] == 0
    assert reading.bounds[:2] == (None, None)
    assert all(bound is not None and bound > 0 for bound in reading.bounds[2:])


def _sent(drawn: str, probability: float, shares: dict[str, float]) -> dict[str, Any]:
    """Log-probs as a server sends them: the drawn token, and the candidates."""
    top = [{"token": token, "logprob": math.log(share)} for token, share in shares.items()]
    return {"content": [{"token": drawn, "logprob": math.log(probability), "top_logprobs": top}]}


DRAWN = [
    (" B", "B"),
    ("▁B", "B"),
    ("ĠB", "B"),
    ("B", " B"),
    ("B", "▁B"),
    ("B", "ĠB"),
    ("ĊB", "B"),
    ("\nB", "B"),
    ("<0x42>", "B"),
]


@pytest.mark.parametrize("text", [" B", "B", ""], ids=["as drawn", "stripped", "none"])
@pytest.mark.parametrize(("drawn", "listed"), DRAWN)
def test_the_drawn_token_is_one_of_those_listed_however_its_blank_is_spelt(
    drawn: str, listed: str, text: str, priority: Question
) -> None:
    shares = {"A": 0.5, "C": 0.3, "D": 0.1, listed: 0.05}
    tokens = first_token(_sent(drawn, 0.05, shares))
    reading = LogProbs().read(Reply(text or drawn, first_token=tokens), priority)
    assert _probabilities(reading) == pytest.approx((0.5263, 0.0526, 0.3158, 0.1053), abs=1e-4)
    assert reading.coverage == pytest.approx(0.95)


def test_a_likely_drawn_token_does_not_make_the_sum_pass_1(priority: Question) -> None:
    for probability in (0.9, 1.0):
        tokens = first_token(_sent("▁B", probability, {"B": 0.9, "A": 0.1}))
        reading = LogProbs().read(Reply("B", first_token=tokens), priority)
        assert _probabilities(reading) == pytest.approx((0.1, 0.9, 0, 0), abs=0.01)


@pytest.mark.parametrize("drawn", ["A", " A", "B"])
def test_two_listed_spellings_that_are_equally_likely_both_count(drawn: str, priority: Question) -> None:
    """Servers round log-probs: equal ones are common, and no sign of one token listed twice."""
    shares = {"A": 0.25, " A": 0.25, "B": 0.3, "C": 0.15, "D": 0.05}
    reading = LogProbs().read(Reply(drawn, first_token=first_token(_sent(drawn, shares[drawn], shares))), priority)
    assert _probabilities(reading) == pytest.approx((0.5, 0.3, 0.15, 0.05))


@pytest.mark.parametrize("drawn", ["B", " B", "A"])
def test_other_tokens_of_a_letter_that_are_listed_add_up(drawn: str, priority: Question) -> None:
    tokens = tuple(TokenLogprob(token, math.log(p)) for token, p in (("A", 0.5), ("B", 0.3), (" B", 0.1), ("b", 0.1)))
    reading = LogProbs().read(Reply(drawn, first_token=tokens), priority)
    assert _probabilities(reading) == pytest.approx((0.5, 0.5, 0, 0))


ONE = math.log(0.3)


@pytest.mark.parametrize(
    "tokens",
    [
        (TokenLogprob("B", ONE),),
        (TokenLogprob("B", 0.0),),
        (TokenLogprob("B", ONE), TokenLogprob("B", ONE)),
        (TokenLogprob("B", ONE), TokenLogprob(" B", ONE)),
        (TokenLogprob("B", ONE), TokenLogprob("A", -9999.0), TokenLogprob("C", -9999.0)),
        (TokenLogprob("B", 0.0), TokenLogprob("A", -math.inf)),
    ],
    ids=["alone", "certain and alone", "twice", "in two spellings", "others at -9999", "others at minus infinity"],
)
def test_one_token_is_no_distribution(tokens: tuple[TokenLogprob, ...], priority: Question) -> None:
    reading = LogProbs().read(Reply("B", first_token=tokens), priority)
    assert reading.distribution is None
    assert "one token" in reading.reason
    assert "choose verbalized, sequence or samples" in reading.reason
    assert [number is not None for number in reading.stated] == [False, True, False, False]


def test_a_model_that_is_certain_is_read_where_others_are_listed(priority: Question) -> None:
    tokens = (TokenLogprob("B", 0.0), TokenLogprob("A", -40.0), TokenLogprob("The", -45.0))
    reading = LogProbs().read(Reply("B", first_token=tokens), priority)
    assert _probabilities(reading) == pytest.approx((0, 1, 0, 0))


@pytest.mark.parametrize("token", ["Ｂ", "▁Ｂ", "(Ｂ"])
def test_a_letter_of_double_width_is_the_letter(token):
    assert letter_of(token, "ABCD") == "B"


def _listed(token, logprob, **more):
    return {"token": token, "logprob": logprob, **more}


@pytest.mark.parametrize(
    ("logprobs", "tokens"),
    [
        (  # one token, spelt otherwise where it is named as drawn
            {"content": [_listed("b", -1.5, top_logprobs=[_listed("A", -0.4), _listed("B", -1.5)])]},
            ["A", "B"],
        ),
        (  # another token: the same letter, but another probability
            {"content": [_listed("b", -2.5, top_logprobs=[_listed("A", -0.4), _listed("B", -1.5)])]},
            ["A", "B", "b"],
        ),
        (  # tokens by their bytes alone
            {
                "content": [
                    _listed("A", -0.4, top_logprobs=[_listed("", -0.4, bytes=[65]), _listed("", -1.5, bytes=[66])])
                ]
            },
            ["A", "B"],
        ),
        (  # the older form, without the drawn token among the candidates
            {"tokens": ["C"], "token_logprobs": [-3.0], "top_logprobs": [{"A": -0.4, "B": -1.5}]},
            ["A", "B", "C"],
        ),
        (  # a likely blank before the answer, and the answer's own candidates
            {
                "content": [
                    _listed("▁", -0.1, top_logprobs=[_listed("▁", -0.1), _listed("A", -3.0)]),
                    _listed("B", -1.5, top_logprobs=[_listed("A", -0.4), _listed("B", -1.5)]),
                ]
            },
            ["A", "B"],
        ),
        (  # a blank that was drawn, but was not likely: the first token has candidates of its own
            {
                "content": [
                    _listed(" ", -3.0, top_logprobs=[_listed("A", -0.4), _listed("B", -1.5)]),
                    _listed("C", -0.4, top_logprobs=[_listed("C", -0.4), _listed("D", -1.5)]),
                ]
            },
            ["A", "B", " "],
        ),
    ],
)
def test_the_drawn_token_is_listed_once(logprobs, tokens):
    assert [candidate.token for candidate in first_token(logprobs) or ()] == tokens
