"""Alignment: what is compared with what, and what is refused."""

import math

import pytest

from opinionscope.alignment.alignment import align
from opinionscope.alignment.divergences import kullback_leibler
from opinionscope.survey.distribution import Distribution, DistributionError
from opinionscope.survey.question import Option

PRIORITY = (
    Option("Top priority", 1),
    Option("Some priority", 2),
    Option("No priority", 3),
    Option("Refused", nonresponse=True),
)
HUMAN = Distribution.from_counts([60, 240, 128, 0])
MODEL = Distribution((0.25, 0.5, 0.05, 0.2))


def test_the_whole_comparison_by_hand() -> None:
    human = Distribution((0.2, 0.5, 0.3, 0.0), n=100)
    model = Distribution((0.4, 0.5, 0.1, 0.0))
    found = align(human, model, PRIORITY)
    assert (found.human, found.model) == (human, model)
    assert found.positions == (0, 1, 2, 3)
    assert found.epsilon == 0.01
    assert found["kl_unsmoothed"] == pytest.approx(0.3 * math.log(3) - 0.2 * math.log(2))
    smooth = (0.2 * math.log(0.2 / 0.3985), 0.5 * math.log(0.5 / 0.4975), 0.3 * math.log(0.3 / 0.1015))
    assert found["kl"] == pytest.approx(math.fsum(smooth))
    assert found.kl_infinite_at is None
    assert found["tv"] == pytest.approx(0.2)
    assert found["wasserstein"] == pytest.approx(0.4)
    assert found["score"] == pytest.approx(100 * (1 - 0.2 / 0.3))
    assert found.scores["kl"].floor == pytest.approx(3 / 200)


def test_the_human_side_is_never_smoothed() -> None:
    human, model = Distribution((1.0, 0.0)), Distribution((0.5, 0.5))
    found = align(human, model, PRIORITY[:2])
    assert found["kl"] == pytest.approx(math.log(2))
    assert found.human is human


@pytest.mark.parametrize(
    ("human", "model", "at"),
    [
        ((0.5, 0.25, 0.25, 0.0), (0.0, 0.5, 0.5, 0.0), 0),
        ((0.0, 0.5, 0.25, 0.25), (0.5, 0.5, 0.0, 0.0), 2),
        ((0.0, 0.5, 0.0, 0.5), (0.25, 0.5, 0.25, 0.0), 3),
        ((0.5, 0.5, 0.0, 0.0), (0.5, 0.5, 0.0, 0.0), None),
        ((0.5, 0.5, 0.0, 0.0), (0.25, 0.25, 0.25, 0.25), None),
    ],
)
def test_an_infinite_kl_names_its_option(human: tuple[float, ...], model: tuple[float, ...], at: int | None) -> None:
    found = align(Distribution(human), Distribution(model), PRIORITY)
    assert found.kl_infinite_at == at
    assert math.isinf(found["kl_unsmoothed"]) == (at is not None)
    assert math.isfinite(found["kl"])


def test_a_model_that_gives_next_to_nothing_is_far_off_but_not_infinitely() -> None:
    found = align(Distribution((0.5, 0.5)), Distribution((5e-324, 1.0)), PRIORITY[:2])
    assert found.kl_infinite_at is None
    assert found["kl_unsmoothed"] == pytest.approx(0.5 * math.log(0.5) + 0.5 * (math.log(0.5) - math.log(5e-324)))
    assert math.isfinite(found["js"])


def test_an_infinite_kl_names_the_question_option_also_after_dropping() -> None:
    options = (Option("Refused", nonresponse=True), Option("Yes", 1), Option("No", 2))
    found = align(Distribution((0.2, 0.4, 0.4)), Distribution((0.5, 0.5, 0.0)), options, drop_nonresponse=True)
    assert found.positions == (1, 2)
    assert found.kl_infinite_at == 2


def test_epsilon_sets_the_smoothing_and_nothing_else() -> None:
    one, another = (align(HUMAN, MODEL, PRIORITY, epsilon=epsilon) for epsilon in (0.01, 0.2))
    assert another["kl"] < one["kl"]
    assert (another["kl_unsmoothed"], another["tv"], another["js"]) == (one["kl_unsmoothed"], one["tv"], one["js"])
    assert align(HUMAN, MODEL, PRIORITY, epsilon=0)["kl"] == kullback_leibler(HUMAN.probabilities, MODEL.probabilities)


def test_dropping_refusals_renormalises_both_sides_and_shrinks_n() -> None:
    human = Distribution.from_counts([10, 30, 40, 20])
    found = align(human, MODEL, PRIORITY, drop_nonresponse=True)
    assert found.positions == (0, 1, 2)
    assert found.human.probabilities == pytest.approx((0.125, 0.375, 0.5))
    assert found.model.probabilities == pytest.approx((0.3125, 0.625, 0.0625))
    assert found.human.n == pytest.approx(80)
    assert found.scores["kl"].floor == pytest.approx(2 / 160)


def test_dropping_refusals_shrinks_a_sequence_too() -> None:
    human = Distribution.from_counts([10, 30, 40, 20])
    model = Distribution.from_counts([5, 10, 10, 5])
    found = align(human, model, PRIORITY, drop_nonresponse=True, sample_size=30)
    assert found.scores["kl"].floor == pytest.approx(2 / 160 + 2 / 50)
    assert found.model.n == pytest.approx(25)


def test_refusals_stay_unless_dropped() -> None:
    found = align(HUMAN, MODEL, PRIORITY)
    assert found.positions == (0, 1, 2, 3)
    assert found["tv"] == pytest.approx(0.31, abs=0.001)
    all_answers = (*PRIORITY[:3], Option("Other", 4))
    assert align(HUMAN, MODEL, all_answers, drop_nonresponse=True).positions == (0, 1, 2, 3)


def test_wasserstein_takes_the_valued_options_alone() -> None:
    human = Distribution((0.4, 0.0, 0.4, 0.2))
    model = Distribution((0.0, 0.5, 0.0, 0.5))
    assert align(human, model, PRIORITY)["wasserstein"] == pytest.approx(1)


@pytest.mark.parametrize(
    "options",
    [
        (Option("Red"), Option("Green"), Option("Blue"), Option("Refused", nonresponse=True)),
        (Option("Low", 1), Option("High", 2), Option("Other"), Option("Refused", nonresponse=True)),
        (Option("Yes", 1), *(Option(label, nonresponse=True) for label in ("DK", "Refused", "Missing"))),
    ],
    ids=["no values", "an answer without", "one value"],
)
def test_wasserstein_needs_a_scale(options: tuple[Option, ...]) -> None:
    assert align(HUMAN, MODEL, options)["wasserstein"] is None


def test_wasserstein_needs_mass_on_the_scale() -> None:
    only_refusals = Distribution((0.0, 0.0, 0.0, 1.0))
    assert align(only_refusals, MODEL, PRIORITY)["wasserstein"] is None
    assert align(HUMAN, only_refusals, PRIORITY)["wasserstein"] is None


def test_without_n_there_is_no_floor_and_nothing_within_it() -> None:
    found = align(Distribution((0.5, 0.5)), Distribution((0.5, 0.5)), PRIORITY[:2])
    assert found.scores["kl"].floor is None
    assert not found.within_noise


@pytest.mark.parametrize(("model", "within"), [((0.5, 0.5), True), ((0.53, 0.47), True), ((0.7, 0.3), False)])
def test_says_when_a_difference_is_within_noise(model: tuple[float, ...], within: bool) -> None:
    assert align(Distribution((0.5, 0.5), n=50), Distribution(model), PRIORITY[:2]).within_noise is within


def test_what_is_held_against_the_floor_is_as_unsmoothed_as_the_floor() -> None:
    perfect = align(Distribution((0.98, 0.02), n=2000), Distribution((0.98, 0.02)), PRIORITY[:2], epsilon=0.05)
    assert perfect["kl"] > perfect.scores["kl"].floor
    assert perfect.within_noise
    flattered = align(Distribution((0.9, 0.1), n=70), Distribution((0.94, 0.06)), PRIORITY[:2], epsilon=0.1)
    assert flattered["kl"] < flattered.scores["kl"].floor
    assert not flattered.within_noise


def test_an_infinite_kl_is_held_against_the_floor_smoothed() -> None:
    found = align(Distribution((0.99, 0.01), n=20), Distribution((1.0, 0.0)), PRIORITY[:2])
    assert math.isinf(found["kl_unsmoothed"])
    assert found.within_noise


@pytest.mark.parametrize("n", [1e-300, 0.25, 1, 19.5, 2.5e8, 1e300])
def test_any_number_of_people_has_a_floor(n: float) -> None:
    floor = align(Distribution((0.3, 0.7), n=n), Distribution((0.5, 0.5)), PRIORITY[:2]).scores["tv"].floor
    assert floor is not None
    assert 0 <= floor <= 0.5


@pytest.mark.parametrize(
    ("human", "model", "options"),
    [
        (Distribution((0.5, 0.5)), MODEL, PRIORITY),
        (HUMAN, Distribution((0.5, 0.5)), PRIORITY),
        (HUMAN, MODEL, PRIORITY[:3]),
        (HUMAN, MODEL, ()),
    ],
)
def test_refuses_other_shapes(human: Distribution, model: Distribution, options: tuple[Option, ...]) -> None:
    with pytest.raises(DistributionError, match="probabilities a side"):
        align(human, model, options)


@pytest.mark.parametrize("epsilon", [-0.01, 1, 1.5, math.nan, math.inf])
def test_refuses_an_epsilon_out_of_range(epsilon: float) -> None:
    with pytest.raises(DistributionError, match="ε"):
        align(HUMAN, MODEL, PRIORITY, epsilon=epsilon)


@pytest.mark.parametrize(
    ("human", "model"),
    [((0.0, 0.0, 0.0, 1.0), (0.25, 0.25, 0.25, 0.25)), ((0.25, 0.25, 0.25, 0.25), (0.0, 0.0, 0.0, 1.0))],
    ids=["humans refused", "model refused"],
)
def test_refuses_to_drop_all_there_is(human: tuple[float, ...], model: tuple[float, ...]) -> None:
    with pytest.raises(DistributionError):
        align(Distribution(human), Distribution(model), PRIORITY, drop_nonresponse=True)


def test_refuses_to_drop_all_but_one_option() -> None:
    options = (Option("Yes"), Option("Refused", nonresponse=True))
    with pytest.raises(DistributionError, match="at least two options"):
        align(Distribution((0.5, 0.5)), Distribution((0.5, 0.5)), options, drop_nonresponse=True)


def test_a_sequence_of_no_whole_letter_has_the_floor_of_the_humans_alone() -> None:
    found = align(HUMAN, MODEL, PRIORITY, sample_size=0)
    plain = align(HUMAN, MODEL, PRIORITY).scores
    assert {name: score.floor for name, score in found.scores.items()} == {
        name: score.floor for name, score in plain.items()
    }
