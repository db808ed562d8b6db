"""Intervals of counted answers, held against exact binomials and against simulation."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from opinionscope.alignment import resampling
from opinionscope.alignment.alignment import Alignment, align, scale_of
from opinionscope.alignment.divergences import total_variation
from opinionscope.alignment.measures import MEASURES
from opinionscope.alignment.resampling import intervals, pairs_between
from opinionscope.alignment.spread import Spread, spread_of_people
from opinionscope.survey import Distribution, Option

NAMES = ("kl", "tv", "js", "wasserstein")
EPSILON = 0.01


def _options(size: int) -> tuple[Option, ...]:
    return tuple(Option(f"option {at}", float(at)) for at in range(size))


def _aligned(human: Distribution, counts) -> Alignment:
    return align(human, Distribution.from_counts(counts), _options(len(counts)), sample_size=sum(counts))


def _spread(human: Distribution, counts) -> Spread:
    return spread_of_people(counts, _aligned(human, counts), scale_of(_options(len(counts))))


def _mid_p(q: float, observed: int, m: int, *, sign: int) -> float:
    """How often m answers at q are as far from ½ as those observed, or farther; ties half."""
    counts = np.arange(m + 1)
    distance, chances = abs(counts - m / 2), stats.binom.pmf(counts, m, q)
    here = abs(observed - m / 2)
    return float(chances[sign * distance > sign * here].sum() + chances[distance == here].sum() / 2)


@pytest.mark.parametrize(("observed", "m"), [(40, 50), (18, 20), (140, 200), (17, 20)])
def test_of_two_options_the_interval_is_that_of_a_binomial(observed: int, m: int) -> None:
    """With humans taken as they are, at one half each, TV is |q − ½|: the exact mid-p interval is known."""
    found = intervals(_aligned(Distribution((0.5, 0.5)), (observed, m - observed)), (0.0, 1.0))
    low = optimize.brentq(lambda q: _mid_p(q, observed, m, sign=1) - 0.025, 0.5001, observed / m)
    high = optimize.brentq(lambda q: _mid_p(q, observed, m, sign=-1) - 0.025, observed / m, 0.99999)
    assert found["tv"] == pytest.approx((low - 0.5, high - 0.5), abs=0.012)


def test_a_perfect_model_is_shut_out_where_it_would_show_as_much_in_less_than_2_5_of_100_cases() -> None:
    """Of 20 people at one half, 15 or more on one side are 4.1 % of cases, 16 or more 1.2 %."""
    human = Distribution((0.5, 0.5))
    assert intervals(_aligned(human, (15, 5)), ())["tv"][0] == 0
    assert intervals(_aligned(human, (16, 4)), ())["tv"][0] > 0


def test_people_who_are_a_sample_themselves_widen_it() -> None:
    """With as many people as answers the difference varies twice as much: the interval is √2 as wide."""
    counts = (140, 60)
    fixed = intervals(_aligned(Distribution((0.4, 0.6)), counts), ())["tv"]
    sample = intervals(_aligned(Distribution((0.4, 0.6), 200), counts), ())["tv"]
    assert fixed == pytest.approx((0.3 - 0.0635, 0.3 + 0.0635), abs=0.008)
    assert sample == pytest.approx((0.3 - 0.0935, 0.3 + 0.0935), abs=0.01)


def test_the_line_goes_from_the_pooled_sample_through_what_was_observed_in_units_of_chance() -> None:
    """Two uniform answers are added to each side, and to the pool."""
    human, model = np.array([0.6, 0.4, 0.0, 0.0]), np.array([0.2, 0.0, 0.8, 0.0])
    humans, models = pairs_between(human, model, 100, 50)
    assert humans[0] == pytest.approx(models[0])
    assert humans[0] == pytest.approx(np.array([70.5, 40.5, 40.5, 0.5]) / 152)
    at = resampling.OBSERVED
    assert humans[at] == pytest.approx(np.array([60.5, 40.5, 0.5, 0.5]) / 102)
    assert models[at] == pytest.approx(np.array([10.5, 0.5, 40.5, 0.5]) / 52)
    chance = 0.5 * math.sqrt(1 / 100 + 1 / 50)
    apart = total_variation(humans, models)
    assert list(apart[at - 1 : at + 1]) == pytest.approx([apart[at] - chance, apart[at]])
    assert list(pairs_between(human, human, 100, 50)[1][at]) == pytest.approx((150 * human + 0.5) / 152)


def test_without_a_number_of_people_their_side_is_taken_as_it_is() -> None:
    human, model = np.array([0.6, 0.4]), np.array([0.2, 0.8])
    humans, _ = pairs_between(human, model, resampling.ALL_BUT_CERTAIN, 30)
    assert humans == pytest.approx(np.tile(human, (len(humans), 1)), abs=1e-6)


def test_samples_that_agree_exactly_leave_open_how_far_apart_their_sources_are() -> None:
    found = intervals(_aligned(Distribution((0.5, 0.5), 100), (10, 10)), ())
    assert found["tv"][0] == 0
    assert 0.1 < found["tv"][1] < 0.3


@pytest.mark.parametrize(
    ("human", "counts"), [((3, 1), (6, 2)), ((1, 0), (5, 0)), ((100, 0, 0), (30, 0, 0)), ((2, 0), (7, 1))]
)
def test_samples_that_agree_but_for_what_is_added_to_them_have_an_interval_too(human, counts) -> None:
    """Two of these differ, and would no longer with two uniform answers more on each side."""
    found = intervals(_aligned(Distribution.from_counts(human), counts), ())
    for low, high in found.values():
        assert low == 0 < high < math.inf


def test_it_is_known_from_how_many_answers_and_the_same_each_time() -> None:
    human = Distribution((0.5, 0.3, 0.2), 400)
    stated = align(human, Distribution((0.2, 0.2, 0.6)), _options(3))
    with pytest.raises(ValueError, match="counted from answers"):
        intervals(stated, ())
    resampling._intervals.cache_clear()
    first = _spread(human, (4, 6, 50))
    resampling._intervals.cache_clear()
    assert _spread(human, (4, 6, 50)) == first


def test_an_option_without_a_value_takes_no_part_in_the_distance_along_the_scale() -> None:
    options = (*_options(3), Option("Refused", nonresponse=True))
    human, model = Distribution.from_counts((50, 30, 20, 10)), Distribution.from_counts((10, 10, 10, 30))
    counted = align(human, model, options, sample_size=60)
    with_refusals = intervals(counted, scale_of(options))["wasserstein"]
    assert counted["wasserstein"] is not None
    assert with_refusals[0] <= counted["wasserstein"] <= with_refusals[1] < 2
    assert "wasserstein" not in intervals(counted, ())


def test_enough_resamples_are_drawn_for_the_share_that_is_cut_off() -> None:
    assert resampling.TAIL == 0.025
    assert resampling.RESAMPLES * resampling.TAIL >= 12


side = st.lists(st.integers(0, 60), min_size=4, max_size=4).filter(lambda counts: sum(counts) >= 1)


@settings(max_examples=40, deadline=None)
@given(side, side)
def test_whatever_was_counted_the_intervals_agree_with_each_other(human, model) -> None:
    from_counts = _spread(Distribution.from_counts(human), model).intervals
    kl, tv, js = (from_counts[name] for name in ("kl", "tv", "js"))
    for end in ("low", "high"):
        at_kl, at_tv, at_js = getattr(kl, end), getattr(tv, end), getattr(js, end)
        assert at_kl >= 2 * at_tv**2 - 1e-9
        assert at_tv * math.log(2) + 1e-9 >= at_js >= 0
    highest = {name: measure.high for name, measure in MEASURES.items()}
    highest |= {"kl": math.log(4 / EPSILON), "wasserstein": 3.0}
    for name, interval in from_counts.items():
        assert 0 <= interval.low <= interval.mean <= interval.high <= highest[name] + 1e-9


def test_the_case_that_was_seen_in_the_field_agrees_with_itself() -> None:
    """One person of the model in an option that many humans chose: KL 0.000–3.046 beside TV .337–.732, once."""
    found = _spread(Distribution.from_counts((210, 40, 30, 8)), (1, 2, 24, 3)).intervals
    assert found["tv"].low > 0.3
    assert found["kl"].low > 2 * found["tv"].low ** 2
    assert found["kl"].high < math.log(4 / EPSILON)


SIMULATED = {
    "equal": ((0.4, 0.3, 0.2, 0.1), (0.4, 0.3, 0.2, 0.1)),
    "near": ((0.4, 0.3, 0.2, 0.1), (0.3, 0.3, 0.2, 0.2)),
    "far": ((0.4, 0.3, 0.2, 0.1), (0.05, 0.1, 0.15, 0.7)),
    "nobody chose it": ((0.5, 0.3, 0.2, 0.0), (0.4, 0.25, 0.2, 0.15)),
    "one answer": ((0.5, 0.25, 0.2, 0.05), (0.2, 0.4, 0.37, 0.03)),
}


@pytest.mark.parametrize("case", SIMULATED)
@pytest.mark.parametrize(("n", "m"), [(300, 30)])
def test_the_interval_holds_what_people_and_model_at_large_would_show(case: str, n: int, m: int) -> None:
    """In 95 of 100 cases; a perfect model above all, of which percentiles of resamples always say that it is not."""
    p, q = (np.array(side) for side in SIMULATED[case])
    truth = align(Distribution(tuple(p)), Distribution(tuple(q)), _options(4))
    rng, trials = np.random.default_rng(3), 100
    held = {name: 0 for name, measure in MEASURES.items() if measure.has_interval}
    for people, answers in zip(rng.multinomial(n, p, trials), rng.multinomial(m, q, trials), strict=True):
        for name, interval in _spread(
            Distribution.from_counts(people), [int(count) for count in answers]
        ).intervals.items():
            held[name] += interval.low - 1e-9 <= truth[name] <= interval.high + 1e-9
    assert min(held[name] for name in ("kl", "tv", "js")) >= 0.91 * trials
    assert held["wasserstein"] >= 0.91 * trials
