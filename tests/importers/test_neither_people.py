"""Rows and columns of a table of people that are none: counts of people, labels of columns, averages, comments."""

from itertools import product
from typing import Any

import pytest

COMBINATIONS = [*product(("F", "M"), ("18-34", "35+"), ("Yes", "No", "Unsure"))]
COUNTED = [[*each, 3 + 7 * at % 29] for at, each in enumerate(COMBINATIONS)]


@pytest.mark.parametrize("name", ["n", "Freq", "COUNT(*)", "Count of id", "num_respondents", "0", "Anzahl", "v4"])
@pytest.mark.parametrize("questions", [(), ("support",)])
def test_rows_that_stand_for_many_people_are_not_taken_for_people(
    name: str, questions: tuple[str, ...], field: Any
) -> None:
    content = field.csv(["sex", "age", "support", name], COUNTED)
    refused = field.refused(content, attributes=("sex",), questions=questions)
    assert "sex, age, support once" in refused
    assert f"--weight {name}" in refused.replace('"', "")
    gathered = field.gather(content, attributes=("sex",), questions=("support",), weight=name)
    women = [sum(n for sex, _, said, n in COUNTED if (sex, said) == ("F", each)) for each in ("No", "Unsure", "Yes")]
    (entry,) = field.entries(gathered).values()
    assert dict(zip(field.labels(entry), entry["human"]["F"], strict=True)) == dict(
        zip(("No", "Unsure", "Yes"), women, strict=True)
    )
    assert f"{name} tells how many people each of 12 rows stands for: {sum(n for *_, n in COUNTED)}" in field.told(
        gathered
    )


@pytest.mark.parametrize(
    ("header", "rows"),
    [
        (["sex", "q", "children"], [["FM"[at % 2], "YN"[at % 3 % 2], at % 4] for at in range(40)]),
        (["sex", "q", "n"], [["FM"[at % 2], "YN"[at % 3 % 2], at % 4] for at in range(40)]),
        (["id", "sex", "q", "n"], [[at, "FM"[at % 2], "YN"[at % 3 % 2], at % 4] for at in range(40)]),
        (["pid", "wave", "q", "warmth"], [[at // 2, at % 2, "YN"[at % 3 % 2], at * 7 % 100] for at in range(40)]),
        (["sex", "q", "hours"], [["FM"[at % 2], "ABC"[at // 2], 11 + 7 * at] for at in range(6)]),
        (["wave", "q", "income"], [[f"W{at % 4}", f"A{at // 4}", at] for at in range(16)]),
    ],
)
def test_people_with_numbers_are_people(header: list[str], rows: list[list[object]], field: Any) -> None:
    gathered = field.gather(field.csv(header, rows), attributes=(header[-3],), questions=("q",))
    assert gathered.datasets["field"].people == len(rows)
    assert "stands for" not in field.told(gathered)


def test_counts_that_are_no_whole_numbers_stay_weights(field: Any) -> None:
    content = field.csv(["sex", "age", "q", "n"], [[*row[:3], row[3] + 0.5] for row in COUNTED])
    gathered = field.gather(content, attributes=("sex",), questions=("q",), weight="n")
    assert gathered.datasets["field"].people == len(COUNTED)


def test_whoever_asks_for_the_numbers_as_a_question_has_people(field: Any) -> None:
    content = field.csv(["sex", "age", "q", "n"], COUNTED)
    gathered = field.gather(content, attributes=("sex",), questions=("q", "n"))
    assert gathered.datasets["field"].people == len(COUNTED)


WORDS = [["FM"[at % 2], ("Good", "Fair", "Bad")[at % 3], ("Bus", "Tram")[at % 4 // 2]] for at in range(36)]


@pytest.mark.parametrize(
    "row",
    [
        ["Gender", "Buses are good", "Mode"],
        ["text", "text", "text"],
        ["QID1", "QID2", "QID3"],
        ["A1", "A2", "A3"],
        ["1", "2", "3"],
        ["Geschlecht", "Zustimmung", "Mittel"],
    ],
)
def test_a_row_above_words_that_recur_is_no_person_if_it_shares_none(row: list[str], field: Any) -> None:
    gathered = field.gather(field.csv(["v1", "v2", "v3"], [row, *WORDS]), attributes=("v1",))
    assert gathered.datasets["field"].people == len(WORDS)
    assert "Line 2 holds labels of the columns" in field.told(gathered)
    are_texts = row[1] in ("Buses are good", "Zustimmung")
    assert list(field.entries(gathered)) == (row[1:] if are_texts else ["v2", "v3"])


@pytest.mark.parametrize(
    "row",
    [
        ["X", "Unheard of", "Bus"],
        ["X", "Refused", "Bike"],
        ["X", "", "Bike"],
        ["X", "Strongly agree", "Bike"],
    ],
)
def test_a_first_person_with_answers_of_their_own_is_a_person(row: list[str], field: Any) -> None:
    agreed = {"Good": "Agree", "Fair": "Disagree", "Bad": "Strongly disagree"}
    words = [[sex, agreed[said], by] for sex, said, by in WORDS]
    gathered = field.gather(field.csv(["v1", "v2", "v3"], [row, *words]), attributes=("v1",))
    assert gathered.datasets["field"].people == len(words) + 1


@pytest.mark.parametrize("age", ["18-24", "90"])
def test_a_first_person_of_an_age_of_their_own_is_a_person(age: str, field: Any) -> None:
    rows = [[("25-64", "65+")[at % 2], "YN"[at % 3 % 2]] for at in range(40)]
    gathered = field.gather(field.csv(["age", "q"], [[age, "Z"], *rows]), attributes=("age",))
    assert gathered.datasets["field"].people == 41


CODES = [[1 + at % 2, 1 + at % 5, 1 + at % 3] for at in range(30)]


@pytest.mark.parametrize("last", [["", "3.02", "1.98"], ["", "3.02", ""], ["", "3", "1.9"]])
def test_a_nameless_row_of_averages_is_no_person(last: list[str], field: Any) -> None:
    gathered = field.gather(field.csv(["sex", "q", "r"], [*CODES, last]), attributes=("sex",))
    assert gathered.datasets["field"].people == 30
    (aside,) = [each for each in gathered.set_aside if each.place == "field.csv, line 32"]
    assert "averages what stands above" in aside.reason
    assert next(cell for cell in last if "." in cell) in aside.reason


@pytest.mark.parametrize("last", [["", "3", "2"], ["1", "3.02", "2"], ["", "7.5", "1.9"]])
def test_a_last_person_with_numbers_is_a_person(last: list[str], field: Any) -> None:
    gathered = field.gather(field.csv(["sex", "q", "r"], [*CODES, last]), attributes=("sex",))
    assert gathered.datasets["field"].people == 31


def test_a_table_beside_the_people_is_left_out(field: Any) -> None:
    beside = [["Women", 18], ["Men", 18]]
    rows = [[*row, "", *(beside[at] if at < 2 else ["", ""])] for at, row in enumerate(WORDS)]
    gathered = field.gather(field.csv(["sex", "q", "r", "", "Summary", "n"], rows), attributes=("sex",))
    assert list(field.entries(gathered)) == ["q", "r"]
    assert "Summary, n stand beside the people" in field.told(gathered)
    rows = [[*row, "", "YN"[at % 2] if at % 4 else "", at % 3] for at, row in enumerate(WORDS)]
    gathered = field.gather(field.csv(["sex", "q", "r", "", "s", "t"], rows), attributes=("sex",))
    assert list(field.entries(gathered)) == ["q", "r", "s", "t"]


def test_comments_are_no_question(field: Any) -> None:
    texts = ["no", "none", "Buses are late.", "More please"]
    rows = [[*row, f"I wrote {at} words" if at % 9 == 0 else texts[at % 4]] for at, row in enumerate(WORDS)]
    gathered = field.gather(field.csv(["sex", "q", "r", "comment"], rows), attributes=("sex",))
    assert list(field.entries(gathered)) == ["q", "r"]
    assert "comments" in " ".join(each.reason for each in gathered.set_aside)
    rows = [[*row, texts[at % 2]] for at, row in enumerate(WORDS)]
    gathered = field.gather(field.csv(["sex", "q", "r", "comment"], rows), attributes=("sex",))
    assert list(field.entries(gathered)) == ["q", "r", "comment"]
