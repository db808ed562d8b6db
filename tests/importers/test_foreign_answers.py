"""Answers as survey tools write them: several in a cell, and codes of missing answers."""

import json
from pathlib import Path
from typing import Any

import pytest

from opinionscope.importers.missing_codes import missing_among

PEOPLE = 60


@pytest.mark.parametrize(
    ("cells", "options"),
    [
        (["Bus", "Train", "Bike", "Bus,Train", "Bike,Train"], {"Bus", "Train", "Bike"}),
        (["Bus, Train", "Bus", "Train"], {"Bus", "Train"}),
        (["Bus;Train;", "Bus;", "Train;"], {"Bus", "Train"}),
        (["Bus; Train", "Bus", "Train"], {"Bus", "Train"}),
        (["Bus|Train", "Bus", "Train"], {"Bus", "Train"}),
        (["Bus\nTrain", "Bus", "Train"], {"Bus", "Train"}),
        (["1 3", "1", "3", "2", "2 3"], {"1", "2", "3"}),
        (["bus train", "bus", "train", "bike", "bus train bike"], {"bus", "train", "bike"}),
        (["1,3", "1", "3", "2", "1,2,3"], {"1", "2", "3"}),
        (["Bus,Car, taxi", "Bus", "Car, taxi"], {"Bus", "Car, taxi"}),
        (["Bus,Train", "Bus,Bike", "Train,Bike"], {"Bus", "Train", "Bike"}),
        (['["Bus","Train"]', '["Bus"]', '["Train"]'], {"Bus", "Train"}),
        (["Bus, Train", "Bus", "Train", "Bus, Other: I walk"], {"Bus", "Train", "Other: I walk"}),
    ],
)
def test_several_answers_in_a_cell_make_a_question_an_option(cells: list[str], options: set[str], field: Any) -> None:
    gathered = field.gather(field.people(cells), attributes=("sex",))
    entries = field.entries(gathered)
    assert set(entries) == {f"q – {option}" for option in options}
    assert all(field.labels(entry) == ["Chosen", "Not chosen"] for entry in entries.values())
    assert f"it was taken as {len(options)} questions" in field.told(gathered)
    women = [cells[at % len(cells)] for at in range(PEOPLE // 2)]
    for option in options:
        chosen = sum(option in cell for cell in women)
        assert entries[f"q – {option}"]["human"]["F"] == [chosen, len(women) - chosen]


@pytest.mark.parametrize(
    "cells",
    [
        ["Yes, definitely", "Yes", "No"],
        ["Yes, definitely", "Yes, probably", "No, probably", "No, definitely"],
        ["Conservative, moderate", "Conservative", "Liberal"],
        ["Strongly agree", "agree", "disagree"],
        ["North", "South", "East", "North East", "South East"],
        ["$1,000", "$2,000", "$3,000"],
        ["1,000-2,000", "2,000-3,000", "more"],
        ["Car; or taxi", "Walk; or bike"],
        ["Agree; strongly", "Agree; somewhat", "Disagree; somewhat", "Disagree; strongly", "Neither"],
        ["Agree;strongly", "Agree;somewhat", "Disagree;somewhat", "Disagree;strongly", "Neither"],
    ],
)
def test_a_label_with_a_comma_or_blank_in_it_stays_whole(cells: list[str], field: Any) -> None:
    gathered = field.gather(field.people(cells), attributes=("sex",))
    assert set(field.labels(field.entries(gathered)["q"])) == set(cells)
    if any(", " in cell for cell in cells):
        assert "are one answer each" in field.told(gathered)


def test_labels_of_a_codebook_are_options_of_several_answers(tmp_path: Path, field: Any) -> None:
    book = tmp_path / "book.json"
    labels = {"1": "Bus", "2": "Train", "3": "Bike"}
    book.write_text(json.dumps({"columns": {"q": {"text": "Which?", "labels": labels}}}), encoding="utf-8")
    content = field.people(["1", "2", "1,2", "1,2,3"])
    gathered = field.gather(content, attributes=("sex",), codebook=book, questions=("q",))
    assert list(field.entries(gathered)) == ["Which? – Bus", "Which? – Train", "Which? – Bike"]


def test_a_few_who_gave_several_answers_count_as_no_answer(field: Any) -> None:
    gathered = field.gather(field.people([*["Bus"] * 29, "Bus,Train", *["Train"] * 30], n=120), attributes=("sex",))
    assert field.entries(gathered)["q"]["human"]["F"] == [29, 30]
    assert "2 of 120 people gave several answers" in field.told(gathered)


def test_numbers_that_could_be_several_codes_are_not_guessed(field: Any) -> None:
    assert "1 and 3 or a decimal" in field.refused(field.people(["1", "2", "3", "1,3", "2,3"]), attributes=("sex",))
    halves = field.gather(field.people(["1", "1,5", "2", "2,5", "5"], ";"), attributes=("sex",))
    assert field.values(field.entries(halves)["q"]) == [1, 1.5, 2, 2.5, 5]
    assert "the comma was read as the decimal mark" in field.told(halves)


@pytest.mark.parametrize(("values", "first"), [(("1", "1"), "Q5_1"), (("Bus", "Train"), "Q5 – Bus")])
def test_a_column_an_option_counts_the_empty_cells_of_those_who_chose_another(
    values: tuple[str, str], first: str, field: Any
) -> None:
    rows = [["FM"[at % 2], values[0] * (at % 3 == 0), values[1] * (at % 5 == 0), "Yes"] for at in range(30)]
    gathered = field.gather(field.csv(["sex", "Q5_1", "Q5_2", "Q6"], rows), attributes=("sex",))
    assert field.entries(gathered)[first]["human"]["F"] == [5, 2], "3 of 15 women who chose nothing gave no answer"
    assert "Q5_1 to Q5_2 hold one question with several answers" in field.told(gathered)


def test_columns_of_zeros_and_ones_are_named_and_kept(field: Any) -> None:
    rows = [["FM"[at % 2], at % 3 % 2, at % 5 % 2] for at in range(30)]
    gathered = field.gather(field.csv(["sex", "Q5_1", "Q5_2"], rows), attributes=("sex",))
    assert field.labels(field.entries(gathered)["Q5_1"]) == ["0", "1"]
    assert "Q5_1 to Q5_2 hold 0 and 1 only" in field.told(gathered)


def test_combinations_by_which_groups_are_cut_stay_groups(field: Any) -> None:
    content = field.people(["White", "Black", "White,Black"]).replace("sex,q", "q,race")
    gathered = field.gather(content, attributes=("race",))
    assert "each combination is a group of its own" in field.told(gathered)
    assert "White,Black" in field.entries(gathered)["q"]["human"]


def test_several_addresses_in_a_cell_are_not_written(field: Any) -> None:
    content = field.people(["a@x.org", "b@x.org", "a@x.org,b@x.org"]).replace("sex,q", "sex,contact")
    assert "x.org" not in field.refused(content, attributes=("sex",))


@pytest.mark.parametrize(
    ("codes", "missing"),
    [
        ([1, 2, -1, -2, -4, -5], {-1, -2, -4, -5}),
        ([1, 2, 3, 4, -9], {-9}),
        ([1, 2, 3, 4, -99, 99], {-99, 99}),
        ([1, 2, 3, 4, 8, 9], {8, 9}),
        ([1, 2, 3, 4, 7, 8, 9], {7, 8, 9}),
        ([1, 2, 9], {9}),
        ([0, 1, 9], {9}),
        ([1, 2, 3, 4, 5, 77, 88, 99], {77, 88, 99}),
        ([*range(11), 98, 99], {98, 99}),
        ([1, 2, 3, 4, 5, 97, 98, 99], {97, 98, 99}),
        ([1, 2, 3, 8, 9, 98], {8, 9, 98}),
        ([1, 2, 3, 4, 5, 999], {999}),
        ([*range(18, 90), 998, 999], {998, 999}),
    ],
)
def test_codes_that_stand_apart_are_missing_answers(codes: list[int], missing: set[int]) -> None:
    assert missing_among(codes, 500).missing == missing


@pytest.mark.parametrize(
    "codes",
    [
        list(range(1, 11)),
        list(range(11)),
        list(range(1, 8)),
        list(range(1, 10)),
        [1, 2, 3, 4, 5],
        [1, 2, 3, 5],
        [1, 2, 3, 4, 8, 9, 10],
        [2, 4, 5, 7, 8],
        [-2, -1, 0, 1, 2],
        [-3, -2, -1, 0, 1, 2, 3],
        [0, 10, 20, 50, 80, 90, 99],
        list(range(18, 100)),
    ],
)
def test_codes_of_a_scale_are_answers(codes: list[int]) -> None:
    found = missing_among(codes, 500)
    assert (found.missing, found.doubt) == (frozenset(), "")


@pytest.mark.parametrize(
    "codes", [[-1, 0, 1], [-2, -1, 1, 2], [1, 2, 3, 4, 5, 6, 8, 9], [1, 3, 4, 8, 9], [-1, -2, -3, 0, 5]]
)
def test_codes_that_could_be_either_are_not_guessed(codes: list[int], field: Any) -> None:
    assert missing_among(codes, 500).doubt
    assert "codebook" in field.refused(field.people([str(code) for code in codes], n=480), attributes=("sex",))


def test_codes_of_missing_answers_get_no_place_on_a_scale(field: Any) -> None:
    gathered = field.gather(field.people(["1", "2", "3", "4", "8", "-1"]), attributes=("sex",))
    entry = field.entries(gathered)["q"]
    assert (field.labels(entry), field.values(entry)) == (["1", "2", "3", "4"], [1, 2, 3, 4])
    assert "q (20 people): -1 and 8 were taken as codes of missing answers" in field.told(gathered)
    assert "-1 and 8" in "".join(gathered.texts.values()), "the study card keeps the decision"


def test_numbers_among_words_are_codes_of_missing_answers(field: Any) -> None:
    gathered = field.gather(field.people(["Yes", "No", "-9", "99"]), attributes=("sex",))
    assert field.labels(field.entries(gathered)["q"]) == ["No", "Yes"]
    led = field.gather(field.people(["1 - Agree", "2 - Neutral", "3 - Disagree", "-9"]), attributes=("sex",))
    assert field.labels(field.entries(led)["q"]) == ["1 - Agree", "2 - Neutral", "3 - Disagree"]
    sided = field.gather(field.people(["-2 Bad", "-1", "0", "1", "2 Good"]), attributes=("sex",))
    assert field.labels(field.entries(sided)["q"]) == ["-2 Bad", "-1", "0", "1", "2 Good"]
    ends = field.gather(field.people(["0 None", "7", "8", "10 All"]), attributes=("sex",))
    assert field.labels(field.entries(ends)["q"]) == ["0 None", "7", "8", "10 All"]


def test_labels_say_what_codes_are(tmp_path: Path, field: Any) -> None:
    book = tmp_path / "book.json"
    labels = {"1": "Good", "2": "Bad", "8": "Neither", "-4": "Filtered out", "-1": "Don't know"}
    content = field.people(["1", "2", "8", "-4", "-1", "77"])
    book.write_text(json.dumps({"columns": {"q": {"labels": labels}}}), encoding="utf-8")
    gathered = field.gather(content, attributes=("sex",), codebook=book)
    options = field.entries(gathered)["q"]["options"]
    assert [each["label"] for each in options if not each.get("nonresponse")] == ["Good", "Bad", "Neither"]
    assert "count as no opinion, being negative" in field.told(gathered)
    book.write_text(json.dumps({"columns": {"q": {"missing": ["-4", "-1", "77"]}}}), encoding="utf-8")
    declared = field.gather(content, attributes=("sex",), codebook=book)
    assert field.labels(field.entries(declared)["q"]) == ["1", "2"], "8 stands apart from 1 and 2"


def test_a_code_that_is_both_labelled_and_missing_is_missing(tmp_path: Path, field: Any) -> None:
    book = tmp_path / "book.json"
    labels = {"1": "Good", "2": "Bad", "9": "Refused"}
    book.write_text(json.dumps({"columns": {"q": {"labels": labels, "missing": ["9"]}}}), encoding="utf-8")
    gathered = field.gather(field.people(["1", "2", "9", "Refused"]), attributes=("sex",), codebook=book)
    assert field.labels(field.entries(gathered)["q"]) == ["Good", "Bad"]
    assert "not in the codebook" not in field.told(gathered)
