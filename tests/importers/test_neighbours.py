"""What stands next to a rule for flawed files and must be read as it stands."""

from collections.abc import Sequence
from time import process_time
from typing import Any

import pytest

from opinionscope.importers.crosstabs import is_question

ASKED = "Like buses?"


def test_a_title_of_many_marks_costs_no_time() -> None:
    start = process_time()
    assert not is_question("?" * 100_000 + "x")
    assert process_time() - start < 1


@pytest.mark.parametrize(("title", "asked"), [("Q2 2024", False), ("Q2. Like buses", True), ("Like buses? ", True)])
def test_a_quarter_of_a_year_is_no_question(title: str, asked: bool) -> None:
    assert is_question(title) == asked


def test_n_beside_democrats_and_republicans_is_a_number_of_people(field: Any) -> None:
    rows = [[ASKED, "Women", "60", "40", "512"], [ASKED, "Men", "55", "45", "400"]]
    gathered = field.gather(field.csv(["question", "group", "D", "R", "N"], rows))
    assert field.labels(field.entries(gathered)[ASKED]) == ["D", "R"]
    assert field.entries(gathered)[ASKED]["human"]["Women"] == {"shares": [60, 40], "n": 512}
    rows = [
        [ASKED, option, *each] for option, *each in zip("DRN", ("60", "40", "512"), ("55", "45", "400"), strict=True)
    ]
    gathered = field.gather(field.csv(["question", "option", "Women", "Men"], rows))
    assert field.entries(gathered)[ASKED]["human"]["Women"] == {"shares": [60, 40], "n": 512}


@pytest.mark.parametrize("name", ["X", "#"])
def test_figures_that_count_upwards_are_figures(name: str, field: Any) -> None:
    rows = [[ASKED, "Women", "1", "20", "30"], [ASKED, "Men", "2", "25", "40"]]
    gathered = field.gather(field.csv(["question", "group", name, "Y", "Z"], rows))
    assert field.labels(field.entries(gathered)[ASKED]) == [name, "Y", "Z"]
    assert (field.human(gathered), field.human(gathered, "Men")) == ([1, 20, 30], [2, 25, 40])
    numbered = [[str(at), *row] for at, row in enumerate(rows, 1)]
    gathered = field.gather(field.csv([name, "question", "group", "W", "Y", "Z"], numbered))
    assert field.human(gathered) == [1, 20, 30]
    assert "numbers the rows" in field.told(gathered)


@pytest.mark.parametrize(
    "cells",
    [
        ["-10 degrees", "0", "10 degrees", "20 degrees"],
        ["-20 – -10", "-10 – 0", "0 – 10", "10 – 30"],
        ["-100 to 0", "1 to 100"],
        ["-2 Much worse", "-1 Worse", "0 Same", "1 Better"],
        ["-2. Much worse", "-1. Worse", "0. Same", "1. Better"],
        ["-1 hour", "1 hour", "2 hours"],
    ],
)
def test_labels_that_begin_below_0_are_opinions(cells: Sequence[str], field: Any) -> None:
    gathered = field.gather(field.people(cells), attributes=("sex",))
    assert field.labels(field.entries(gathered)["q"]) == cells
    assert "no opinion" not in field.told(gathered)
    assert sum(field.entries(gathered)["q"]["human"]["F"]) == 30


@pytest.mark.parametrize("answer", ["5", "3"])
def test_numbers_that_neighbours_share_are_no_ticks(answer: str, field: Any) -> None:
    rows = [["FM"[at % 2], answer, answer, answer if at % 3 else "", "YN"[at // 2 % 2]] for at in range(60)]
    gathered = field.gather(field.csv(["sex", "a1", "a2", "a3", "q"], rows), attributes=("sex",))
    assert [*field.entries(gathered)] == ["q"]
    assert sum("everybody gave the same answer" in each.reason for each in gathered.set_aside) == 3


def test_an_answer_beside_others_that_agree_is_no_free_text(field: Any) -> None:
    rows = [
        ["FM"[at % 2], "" if at % 3 else "Agree", ("Agree", "Disagree", "", "", "")[at % 5], ""] for at in range(60)
    ]
    rows = [[*row[:3], "" if at % 4 else "Agree"] for at, row in enumerate(rows)]
    gathered = field.gather(field.csv(["sex", "Q1_1", "Q1_2", "Q1_3"], rows), attributes=("sex",))
    assert [*field.entries(gathered)] == ["Q1_2"]
    assert field.entries(gathered)["Q1_2"]["human"] == {"F": [6, 6], "M": [6, 6]}


def test_counts_beside_percents_of_rows_are_read(field: Any) -> None:
    cells = [("Yes", "Women", 60, 75), ("No", "Women", 40, 33), ("Yes", "Men", 20, 25), ("No", "Men", 80, 67)]
    rows = [[ASKED, *each] for each in cells]
    gathered = field.gather(field.csv(["question", "option", "group", "count", "percent"], rows))
    assert (field.human(gathered), field.human(gathered, "Men")) == ([60, 40], [20, 80])
    wide = [[ASKED, "Yes", "60 (75%)", "20 (25%)"], [ASKED, "No", "40 (33%)", "80 (67%)"]]
    gathered = field.gather(field.csv(["question", "option", "Women", "Men"], wide))
    assert (field.human(gathered), field.human(gathered, "Men")) == ([60, 40], [20, 80])


def test_a_percent_in_a_label_says_nothing_of_figures(field: Any) -> None:
    rows = [[ASKED, "Women", "160", "140"], [ASKED, "Men", "150", "120"]]
    gathered = field.gather(field.csv(["question", "group", "Below 50%", "Above 50%"], rows))
    assert (field.human(gathered), field.human(gathered, "Men")) == ([160, 140], [150, 120])


@pytest.mark.parametrize(("asked", "answered"), [("item", "value"), ("question", "answer"), ("variable", "choice")])
def test_a_row_a_person_may_have_columns_of_such_names(asked: str, answered: str, field: Any) -> None:
    rows = [[f"p{at}", "FM"[at % 2], "AB"[at // 2 % 2], "YN"[at // 4 % 2]] for at in range(80)]
    header = ["id", "sex", asked, answered]
    gathered = field.gather(field.csv(header, rows), "p.csv", attributes=("sex",))
    assert field.entries(gathered)[asked]["human"] == {"F": [20, 20], "M": [20, 20]}
    rows = [[f"p{at // 2}", *row[1:]] for at, row in enumerate(rows)]
    assert "a row an answer" in field.refused(field.csv(header, rows), attributes=("sex",))


@pytest.mark.parametrize("head", ["# {}", "Note: ok {}"])
def test_people_whose_first_cell_looks_like_a_note_are_kept(head: str, field: Any) -> None:
    rows = [[head.format(at), "FM"[at % 2], "YN"[at // 2 % 2]] for at in range(40)]
    rows += [["Source: us", "", ""]]
    gathered = field.gather(field.csv(["label", "sex", "q"], rows), attributes=("sex",))
    assert field.entries(gathered)["q"]["human"] == {"F": [10, 10], "M": [10, 10]}


def test_columns_that_only_sound_like_those_of_tools_are_questions(field: Any) -> None:
    names = ["timeline", "timely", "time_spent", "q1"]
    rows = [["FM"[at % 2], "x", str(at), *["YN"[at // 2 % 2]] * 4, str(at)] for at in range(60)]
    header = ["sex", "QUESTNNR", "LASTPAGE", *names, "TIME001"]
    assert [*field.entries(field.gather(field.csv(header, rows), attributes=("sex",)))] == names


def test_percents_that_make_102_keep_their_options(field: Any) -> None:
    rows = [[ASKED, "Women", "49", "2", "51"], [ASKED, "Men", "48", "3", "51"], [ASKED, "Others", "47", "4", "51"]]
    gathered = field.gather(field.csv(["question", "group", "No", "DK", "Yes"], rows))
    assert field.labels(field.entries(gathered)[ASKED]) == ["No", "DK", "Yes"]


def test_a_question_called_to_do_is_one_in_an_export_of_qualtrics(field: Any) -> None:
    names = ["ResponseId", "sex", "TO_DO", "WHAT_TO_DO", "Q3_DO_1", "FL_5_DO", "trust_DO_2"]
    rows: list[list[str]] = [names, [f'{{"ImportId":"QID{at}"}}' for at in range(len(names))]]
    rows += [[f"R_{at}", "FM"[at % 2], *["YN"[at // 2 % 2]] * 5] for at in range(60)]
    entries = field.entries(field.gather(field.csv(names, rows), attributes=("sex",)))
    assert [*entries] == ["TO_DO", "WHAT_TO_DO"]
    assert entries["TO_DO"]["human"] == {"F": [15, 15], "M": [15, 15]}


def test_numbers_under_a_name_that_only_ends_as_weights_do_are_answers(field: Any) -> None:
    rows = [["FM"[at % 2], *["12"[at // 2 % 2]] * 3] for at in range(60)]
    gathered = field.gather(field.csv(["sex", "newt", "lightweight", "wt"], rows), attributes=("sex",))
    assert [*field.entries(gathered)] == ["newt", "lightweight"]
    assert field.entries(gathered)["newt"]["human"] == {"F": [15, 15], "M": [15, 15]}
    assert any("column wt" in each.place and "holds weights" in each.reason for each in gathered.set_aside)


def test_what_is_complete_beside_an_id_of_redcap_may_be_a_question(field: Any) -> None:
    rows = [[str(at), "FM"[at % 2], "YN"[at // 2 % 2], "02"[at // 2 % 2]] for at in range(60)]
    gathered = field.gather(
        field.csv(["record_id", "sex", "feel_complete", "form_complete"], rows), attributes=("sex",)
    )
    assert [*field.entries(gathered)] == ["feel_complete"]
