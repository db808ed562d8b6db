"""Answers that are words of a scale stand in its order, not in that of the alphabet."""

from collections.abc import Sequence
from typing import Any

import pytest


@pytest.mark.parametrize(
    "labels",
    [
        ["Strongly agree", "Agree", "Neither agree nor disagree", "Disagree", "Strongly disagree"],
        ["Agree strongly", "Agree somewhat", "Disagree somewhat", "Disagree strongly", "Other"],
        ["Strongly support", "Somewhat support", "Somewhat oppose", "Strongly oppose", "Not sure", "Refused"],
        ["Very satisfied", "Satisfied", "Neutral", "Dissatisfied", "Very dissatisfied"],
        ["Very good", "Good", "Fair", "Bad", "Very bad"],
        ["Extremely likely", "Very likely", "Somewhat likely", "Not too likely", "Not at all likely"],
        ["Very", "Somewhat", "Not very", "Not at all"],
        ["Very liberal", "Liberal", "Moderate", "Conservative", "Very conservative"],
        ["Never", "Rarely", "Sometimes", "Often", "Always", "Don’t know"],
        ["Excellent", "Good", "Fair", "Poor"],
        ["A great deal", "A fair amount", "Not much", "None at all"],
        ["A great deal", "Quite a lot", "Some", "Very little", "None"],
        ["Never", "Sometimes", "About half the time", "Most of the time", "Always"],
        ["Better", "About the same", "Worse"],
        ["Better", "Same", "Worse"],
        ["Definitely yes", "Probably yes", "Probably not", "Definitely not"],
        ["Yes", "No", "Not sure"],
        ["Stimme voll zu", "Stimme eher zu", "Stimme eher nicht zu", "Stimme überhaupt nicht zu", "Weiß nicht"],
        ["Tout à fait d’accord", "Plutôt d'accord", "Plutôt pas d'accord", "Pas du tout d'accord"],
        ["Muy de acuerdo", "De acuerdo", "En desacuerdo", "Muy en desacuerdo"],
    ],
)
def test_words_of_a_scale_stand_in_its_order(labels: Sequence[str], field: Any) -> None:
    gathered = field.gather(field.people(sorted(labels), n=24 * len(labels)), attributes=("sex",))
    (entry,) = field.entries(gathered).values()
    assert field.labels(entry) == labels
    assert set(field.values(entry)) == {None}
    assert sum(entry["human"]["F"]) == 12 * len(labels)
    assert any("words of a scale" in text for text in gathered.texts.values())


@pytest.mark.parametrize(
    "labels",
    [
        ["Agree", "Purple", "Strongly agree"],
        ["Completely agree", "Disagree", "Strongly agree"],
        ["Often", "Satisfied", "Very satisfied"],
        ["Agree", "Oppose", "Strongly agree"],
        ["Bus", "Not at all", "Train"],
    ],
)
def test_words_that_are_of_no_one_scale_stand_in_alphabetical_order(labels: Sequence[str], field: Any) -> None:
    gathered = field.gather(field.people(labels), attributes=("sex",))
    assert field.labels(field.entries(gathered)["q"]) == labels
    assert any("in alphabetical order" in text for text in gathered.texts.values())


def test_labels_of_a_file_keep_their_own_order(field: Any) -> None:
    people = field.people(["1 Disagree", "2 Neutral", "3 Agree"])
    assert field.labels(field.entries(field.gather(people, attributes=("sex",)))["q"])[0] == "1 Disagree"
