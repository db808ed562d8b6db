"""When measures are muted, and what is said of it."""

import pytest

from opinionscope.alignment.reliability import Basis, doubt


@pytest.mark.parametrize(
    ("basis", "said"),
    [
        (Basis(humans=2), "only 2 people answered"),
        (Basis(humans=1), "only 1 person answered"),
        (Basis(humans=9), "only 9 people answered"),
        (Basis(humans=8.44), "the people's effective number is only 8.4"),
        (Basis(humans=400, counted=1, answers=30, coverage=1 / 30), "counted from only 1 answer of the model"),
        (Basis(humans=400, counted=9), "counted from only 9 answers of the model"),
        (Basis(coverage=0.18), "82 % of the probability fell outside the options"),
        (Basis(coverage=0.49), "51 % of the probability fell outside the options"),
        (Basis(answers=5, coverage=0.2), "only 20 % of 5 answers could be counted"),
        (Basis(answers=30, coverage=0.1, counted=3), "only 10 % of 30 answers could be counted"),
        (Basis(stated=146), "the percentages stated sum to 146, not 100"),
        (Basis(stated=60), "the percentages stated sum to 60, not 100"),
        (Basis(stated=1.4), "the percentages stated sum to 1.4, not 1"),
        (Basis(stated=0.6), "the percentages stated sum to 0.6, not 1"),
    ],
)
def test_measures_on_too_little_are_muted_and_it_is_said_why(basis: Basis, said: str) -> None:
    assert said in doubt(basis).split("; ")


@pytest.mark.parametrize(
    "basis",
    [
        Basis(),
        Basis(humans=10),
        Basis(humans=19.3),
        Basis(counted=10),
        Basis(counted=30, answers=30, coverage=1.0),
        Basis(answers=30, coverage=0.5),
        Basis(coverage=0.5),
        Basis(stated=125),
        Basis(stated=75),
        Basis(stated=1.25),
        Basis(stated=0.75),
        Basis(stated=100, coverage=1.0, humans=428),
    ],
)
def test_measures_on_enough_are_not(basis: Basis) -> None:
    assert doubt(basis) == ""


def test_all_reasons_are_named() -> None:
    assert doubt(Basis(2, 1, 30, 1 / 30)).count(";") == 2
