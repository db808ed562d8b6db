"""What several answers leave open, held against scipy."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from opinionscope.alignment.alignment import Alignment, align
from opinionscope.alignment.divergences import jensen_shannon
from opinionscope.alignment.spread import (
    Interval,
    consistent,
    effective_number,
    spread_of_answers,
    spread_of_people,
    student_interval,
)
from opinionscope.survey import Distribution, DistributionError, Option

OPTIONS = (Option("a", 0), Option("b", 1), Option("c", 2))
SCALE = (0.0, 1.0, 2.0)
HUMAN = Distribution((0.5, 0.3, 0.2), 400)


def _compare(model) -> Alignment:
    return align(HUMAN, Distribution.from_weights(model), OPTIONS)


@given(st.lists(st.floats(0, 5), min_size=2, max_size=45))
def test_the_interval_of_a_mean_is_students(values: list[float]) -> None:
    interval = student_interval(values)
    assert interval.mean == pytest.approx(sum(values) / len(values))
    assert interval.deviation is not None
    if interval.deviation < 1e-9:
        assert interval.low == pytest.approx(interval.high)
        return
    error = interval.deviation / math.sqrt(len(values))
    low, high = stats.t.interval(0.95, len(values) - 1, interval.mean, error)
    assert interval.high == pytest.approx(high, rel=0.001)
    assert interval.low == pytest.approx(max(0, low), rel=0.001, abs=0.001 * (high - low))


def test_answers_have_their_range_and_their_errors() -> None:
    answers = [(0.2, 0.8, 0.0), (0.4, 0.6, 0.0), (0.6, 0.4, 0.0)]
    spread = spread_of_answers(answers, _compare(answers[1]), SCALE)
    assert (spread.lowest, spread.highest) == ((0.2, 0.4, 0.0), (0.6, 0.8, 0.0))
    assert spread.errors == pytest.approx((0.2 / math.sqrt(3), 0.2 / math.sqrt(3), 0))
    for name in ("kl", "tv", "js", "wasserstein"):
        values = [_compare(answer)[name] for answer in answers]
        assert spread.intervals[name].mean == pytest.approx(sum(values) / 3)
        assert spread.intervals[name].low <= min(sum(values) / 3, spread.intervals[name].high)
    assert spread_of_answers([(0.5, 0.5), (0.4, 0.6)]).intervals == {}


def test_people_have_the_errors_of_a_multinomial() -> None:
    spread = spread_of_people([50, 30, 20])
    assert spread.errors == pytest.approx((0.05, math.sqrt(0.21) / 10, 0.04))
    assert (spread.answers, spread.of_people, spread.lowest, spread.intervals) == (100, True, (), {})


def test_an_answer_with_nothing_left_is_refused() -> None:
    with pytest.raises(DistributionError):
        spread_of_answers([(0.5, 0.5, 0.0), (0.0, 0.0, 0.0)], _compare((0.5, 0.5, 0.0)), SCALE)


shares = st.lists(st.floats(0, 1), min_size=3, max_size=3).filter(lambda values: sum(values) > 0.01)


@given(st.lists(shares, min_size=2, max_size=6))
def test_the_intervals_of_answers_agree_with_each_other_and_hold_their_means(answers) -> None:
    """Answers as far apart as can be, whose KL is skewed while their TV is not."""
    shares = [Distribution.from_weights(answer).probabilities for answer in answers]
    spread = spread_of_answers(shares, _compare(shares[0]), SCALE)
    assert_consistent(spread.intervals)


def assert_consistent(found) -> None:
    kl, tv, js = found["kl"], found["tv"], found["js"]
    for end in ("low", "high"):
        at_kl, at_tv, at_js = getattr(kl, end), getattr(tv, end), getattr(js, end)
        assert at_kl >= 2 * at_tv**2 - 1e-9
        assert at_js <= at_tv * math.log(2) + 1e-9
        two_options = (((1 + at_tv) / 2, (1 - at_tv) / 2), ((1 - at_tv) / 2, (1 + at_tv) / 2))
        assert at_js >= jensen_shannon(*two_options) - 1e-9
    for interval in (kl, tv, js):
        assert 0 <= interval.low <= interval.mean + 1e-12
        assert interval.mean <= interval.high + 1e-12
    assert tv.high <= 1
    assert js.high <= math.log(2) + 1e-9


def test_an_interval_is_widened_as_far_as_another_wants_and_no_further() -> None:
    seen = {"kl": Interval(1.0, 0.0, 3.0), "tv": Interval(0.5, 0.337, 0.732), "js": Interval(0.2, 0.1, 0.3)}
    mended = consistent(seen)
    assert (mended["kl"].low, mended["tv"].low, mended["js"].low) == (0, 0, 0)
    assert (mended["kl"].high, mended["tv"].high) == (3.0, 0.732)
    agreed = {"kl": Interval(0.6, 0.3, 1.2), "tv": Interval(0.4, 0.3, 0.5), "js": Interval(0.12, 0.07, 0.2)}
    assert consistent(agreed) == agreed
    narrow = consistent({"kl": Interval(0.6, 0.3, 0.6), "tv": agreed["tv"], "js": Interval(0.12, 0.02, 0.5)})
    assert narrow["tv"].high == pytest.approx(0.5 / math.log(2))
    assert narrow["kl"].high == pytest.approx(2 * narrow["tv"].high ** 2)
    assert narrow["tv"].low == pytest.approx(0.1993, abs=1e-3)


def test_answers_of_the_same_person_are_worth_about_one():
    assert effective_number("abcd") == 4
    assert effective_number("abcd" * 3) == 4
    assert effective_number("aaab") == pytest.approx(16 / 10)
    assert spread_of_people([50, 30, 20], worth=0.25).errors[0] == pytest.approx(2 * 0.05, rel=1e-3)
