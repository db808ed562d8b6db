"""Crosstabs as polling institutes print them: attributes above their values, a table a question or one for all."""

import io
import json
from typing import Any

import openpyxl
import pytest

HEADER = ",,Gender,,Age,\n,Total,Male,Female,18-34,35+\n"
FIGURES = "Yes,60,62,58,70,55\nNo,40,38,42,30,45\n"
YES = {"Everyone": 60, "Male": 62, "Female": 58, "18-34": 70, "35+": 55}
GROUPS = {
    "Everyone": {},
    "Male": {"gender": "Male"},
    "Female": {"gender": "Female"},
    "18-34": {"age": "18-34"},
    "35+": {"age": "35+"},
}
TABLE = f"Like buses?\n{HEADER}{FIGURES}"


def _groups(gathered: Any) -> dict[str, dict[str, str]]:
    return dict(json.loads(next(iter(gathered.texts.values())))["groups"])


def _yes(field: Any, gathered: Any, text: str = "Like buses?") -> dict[str, float]:
    human = field.entries(gathered)[text]["human"]
    return {name: (each["shares"] if isinstance(each, dict) else each)[0] for name, each in human.items()}


def _sizes(field: Any, gathered: Any, text: str) -> set[float | None]:
    return {each.get("n") for each in field.entries(gathered)[text]["human"].values()}


@pytest.mark.parametrize(
    "content",
    [
        TABLE,
        f"{HEADER}Like buses?\n{FIGURES}",
        f"{HEADER}Like buses?\nBase: all adults\n{FIGURES}",
        TABLE.replace(",Total,", ",,").replace(",,Gender", ",Total,Gender"),
        TABLE.replace(",Total,", ",Total,").replace(",,Gender", ",Total,Gender"),
        TABLE.replace("Gender,,Age,", "Gender,Gender,Age,Age"),
        f"Like buses?{HEADER}{FIGURES}",
        "Like buses?".join(("", *HEADER.splitlines(keepends=True))) + FIGURES,
        f"Table 1\nBuses\n{TABLE}\nSource: us\n",
        TABLE.replace("35+\n", "35+\n,(A),(B),(C),(D),(E)\n").replace("No,", ",,C,,E,\nNo,"),
        TABLE.replace(",", ";"),
        TABLE.replace(",", "\t"),
    ],
)
def test_columns_are_groups_of_the_attributes_above_them(content: str, field: Any) -> None:
    gathered = field.gather(content)
    assert _groups(gathered) == GROUPS
    assert _yes(field, gathered) == YES
    assert "read as attributes (Gender, Age)" in field.told(gathered)
    assert gathered.set_aside == []


def test_merged_cells_of_a_workbook_with_percents(field: Any) -> None:
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in (line.split(",") for line in TABLE.splitlines()):
        book.active.append([int(cell) / 100 if cell.isdecimal() else cell or None for cell in row])
    for row in book.active["B4:F5"]:
        for cell in row:
            cell.number_format = "0%"
    for cells in ("A1:F1", "C2:D2", "E2:F2"):
        book.active.merge_cells(cells)
    book.save(out)
    gathered = field.gather(out.getvalue(), "field.xlsx")
    assert (_groups(gathered), _yes(field, gathered)) == (GROUPS, YES)


def test_a_table_a_question_with_its_own_header_and_numbers_of_people(field: Any) -> None:
    tables = [
        f"{at}. Topic\n{text}\n{HEADER}{figures}Totals,100,100,100,100,100\n"
        f'Unweighted N,"({n},500)",700,800,300,1200\n\n'
        for at, (text, figures, n) in enumerate(
            (("Are things in town…", FIGURES, 1), ("Like trams?", FIGURES.replace("60", "61").replace("40", "39"), 2)),
            1,
        )
    ]
    gathered = field.gather("".join(tables))
    assert _yes(field, gathered, "Are things in town…") == YES
    assert _yes(field, gathered, "Like trams?") == {**YES, "Everyone": 61}
    assert field.entries(gathered)["Like trams?"]["human"]["Everyone"]["n"] == 2500
    assert field.entries(gathered)["Are things in town…"]["human"]["Male"]["n"] == 700


def test_numbers_of_people_above_all_questions_are_of_those_that_all_were_asked(field: Any) -> None:
    sizes = "Weighted Sample,900,400,500,450,450\nUnweighted Sample,1000,480,520,300,700\n,%,%,%,%,%\n"
    some = f"[Asked of those who ride] Like trams?\n{FIGURES}"
    gathered = field.gather(f"Town survey\nSample Size: 1000\n{HEADER}{sizes}Like buses?\n{FIGURES}{some}")
    assert _yes(field, gathered) == YES
    assert _sizes(field, gathered, "Like buses?") == {1000, 480, 520, 300, 700}
    assert _sizes(field, gathered, "[Asked of those who ride] Like trams?") == {None}
    assert "as percents" in field.told(gathered)


def test_items_of_a_battery_are_questions_above_and_below_the_header(field: Any) -> None:
    expected = ["Trust them? – Police", "Trust them? – Courts"]
    below = f"{HEADER}Trust them?\nPolice\n{FIGURES}Courts\n{FIGURES}Note: rounded\n"
    above = "".join(f"Trust them?\n{item}\nBase: all\n{HEADER}{FIGURES}" for item in ("Police", "Courts"))
    for content in (below, above):
        gathered = field.gather(content)
        assert [*field.entries(gathered)] == expected
        assert _yes(field, gathered, expected[1]) == YES


def test_percents_below_their_counts_and_counts_beside_their_percents(field: Any) -> None:
    base = "Unweighted base,1000,480,520,300,700\n"
    counts = "Yes,600,298,302,210,390\n,60%,62%,58%,70%,56%\nNo,400,182,218,90,310\n,40%,38%,42%,30%,44%\n"
    gathered = field.gather(f"Q1. Like buses?\n{HEADER}{base}{counts}")
    assert _yes(field, gathered, "Q1. Like buses?") == {
        "Everyone": 600,
        "Male": 298,
        "Female": 302,
        "18-34": 210,
        "35+": 390,
    }
    gathered = field.gather("Like buses?\n,Women,,Men,\n,n,%,n,%\nYes,300,60,90,45\nNo,200,40,110,55\n")
    assert _yes(field, gathered) == {"Women": 300, "Men": 90}


def test_further_groups_of_a_question_in_a_table_below(field: Any) -> None:
    more = TABLE.replace("Gender", "Party").replace("Male,Female", "Blue,Red").replace("62,58", "61,59")
    more = more.replace("38,42", "39,41")
    gathered = field.gather(TABLE + more)
    assert _yes(field, gathered) == {**YES, "Blue": 61, "Red": 59}
    message = field.refused(TABLE + more.replace("Yes,60", "Yes,64"))
    assert 'line 9: "Yes" of "Like buses?" has 64 for Total, and 60 in line 4' in message


def test_two_attributes_with_values_of_one_name(field: Any) -> None:
    content = TABLE.replace("Gender", "Children, at home").replace("Age", "Owns = a car")
    gathered = field.gather(
        content.replace("Children, at home", '"Children, at home"').replace("Male,Female,18-34,35+", "Yes,No,Yes,None")
    )
    assert list(_groups(gathered).values()) == [
        {},
        {"children at home": "Yes"},
        {"children at home": "No"},
        {"owns a car": "Yes"},
        {"owns a car": "None"},
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (TABLE.replace("Like buses?\n", ""), "no question stands above or below the header in line 1"),
        (TABLE.replace("Female", "Male"), '"Gender=Male" twice'),
        (TABLE.replace("Gender,,Age,", "2023,,2024,"), "needs --by"),
        (TABLE.replace("Gender,,Age,", "Wave,,Round,").replace("18-34,35+", "Male,Female"), "needs --by"),
    ],
)
def test_what_is_not_sure_is_refused(content: str, said: str, field: Any) -> None:
    assert said in field.refused(content)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("Some,1,2,3", "expected 6 cells, found 4"),
        ("Some,1,0,2,0,3,0,4,0,5,0", "expected 6 cells, found 11"),
        ('"Some,1,2,3,4,5', "the quotes of this row do not match"),
    ],
)
def test_rows_of_another_length_are_set_aside(row: str, reason: str, field: Any) -> None:
    gathered = field.gather(f"{TABLE}{row}\n")
    assert [each.place for each in gathered.set_aside] == ["field.csv, line 6"]
    assert reason in gathered.set_aside[0].reason
    assert _yes(field, gathered) == YES


def test_a_line_of_percent_signs_says_what_figures_of_several_answers_are(field: Any) -> None:
    several = FIGURES.replace("40,38,42,30,45", "90,98,82,80,75")
    assert "sum to 150" in field.refused(f"Like buses?\n{HEADER},%,%,%,%,%\n{several}")


def test_an_option_for_no_answer_that_nobody_chose(field: Any) -> None:
    gathered = field.gather(f"{TABLE}Refused,,,,,\nLike trams?\n{FIGURES}")
    assert field.labels(field.entries(gathered)["Like buses?"]) == ["Yes", "No", "Refused"]
    assert field.labels(field.entries(gathered)["Like trams?"]) == ["Yes", "No"]


def test_figures_without_a_label_are_set_aside(field: Any) -> None:
    gathered = field.gather(TABLE + ",1,2,3,4,5\n")
    assert [each.reason for each in gathered.set_aside] == ["expected the label of an option, found nothing"]
    assert _yes(field, gathered) == YES


def test_a_title_above_the_columns_is_no_attribute(field: Any) -> None:
    gathered = field.gather(f",Town survey,,,,\n,Total,A,B,C,D\nLike buses?\n{FIGURES}")
    assert _groups(gathered) == {name: {} for name in ["Everyone", *"ABCD"]}


@pytest.mark.parametrize(
    "rows",
    [
        [["", "Yes", "Yes", "No", "No", "F"], ["", "No", "No", "Yes", "No", "M"]],
        [["", "Yes", "Yes", "No", "No", "F"], ["", "No", "Yes", "Yes", "No", "M"]],
    ],
)
def test_people_of_whom_the_first_column_is_not_known_are_no_header(rows: list[list[str]], field: Any) -> None:
    known = [["NS"[at % 2], "Yes", "No", "Yes", "No", "FM"[at // 2 % 2]] for at in range(24)]
    for people in ([*rows, *known], [*known, *rows]):
        gathered = field.gather(field.csv(["region", *"abcd", "sex"], people), attributes=("sex",))
        assert gathered.datasets["field"].people == 26


def test_a_column_that_only_parts_groups_is_passed_over(field: Any) -> None:
    gathered = field.gather("Like buses?,,,\n,Women,,Men\nYes,60,,55\nNo,40,,45\n")
    assert _yes(field, gathered) == {"Women": 60, "Men": 55}
    rows = [line.split(",") for line in f"{HEADER}Like buses?,,,,,\n{FIGURES}".splitlines()]
    parted = "".join(f"{','.join([*row[:4], '', *row[4:]])}\n" for row in rows)
    assert _groups(field.gather(parted)) == GROUPS


@pytest.mark.parametrize(
    "groups",
    [",Blue,Red\n", ",2023,2024\n", ",Party,\n,Blue,Red\n", ",M,F\n", ",500,400\n", ",100%,100%\n"],
)
def test_figures_below_a_row_that_may_name_other_groups_are_not_read(groups: str, field: Any) -> None:
    one = "Like buses?\n,Women,Men\nYes,60,55\nNo,40,45\n"
    gathered = field.gather(f"{one}Like trams?\n{groups}Yes,61,56\nNo,39,44\nLike bikes?\nYes,1,2\nNo,99,98\n")
    assert [*field.entries(gathered)] == ["Like buses?", "Like bikes?"]
    assert _yes(field, gathered, "Like bikes?") == {"Women": 1, "Men": 2}
    assert {each.reason for each in gathered.set_aside} == {
        "expected the label of an option, found nothing",
        "a row without a label stands above it, which may name other groups",
    }


def test_a_question_that_its_commas_part_is_one(field: Any) -> None:
    for question in (
        "Where, if at all, do you ride?",
        "Do you, too?",
        "Now, of all the people, in town, by tram, who rides?",
    ):
        gathered = field.gather(f"{HEADER}Like buses?\n{FIGURES}{question}\n{FIGURES.replace('Yes', 'Often')}")
        assert field.labels(field.entries(gathered)[question]) == ["Often", "No"]


def test_figures_of_other_groups_below_a_header_of_two_rows_are_not_read(field: Any) -> None:
    gathered = field.gather(f"{TABLE}Like trams?\n,Total,Blue,Red,Green,Grey\n{FIGURES}")
    assert [*field.entries(gathered)] == ["Like buses?"]
    again = field.gather(f"{TABLE}Like trams?\n,Total,Male,Female,18-34,35+\n{FIGURES}")
    assert _yes(field, again, "Like trams?") == YES


def test_headings_of_options_make_no_questions(field: Any) -> None:
    figures = "{}\nA lot,30,20\nSome,30,35\n{}\nNot much,25,30\nNot at all,15,15\n"
    for headings in (("Like them", "Do not"), ("Like them,,", "Do not,,")):
        gathered = field.gather(f"Like buses?\n,Women,Men\n{figures.format(*headings)}")
        assert field.human(gathered) == [30, 30, 25, 15]
        assert "left out: Like them, Do not." in field.told(gathered)


def test_a_question_without_a_mark_of_its_own_is_none_of_the_last(field: Any) -> None:
    for header in (HEADER, ",Total,Male,Female,18-34,35+\n"):
        content = (
            f"Like buses?\n{header}{FIGURES}Rate the trams.\nGood,700,10,20,30,40\nBad,300,20,40,50,60\nRounded.\n"
        )
        entries = field.entries(field.gather(content))
        assert {text: field.labels(entry) for text, entry in entries.items()} == {
            "Like buses?": ["Yes", "No"],
            "Rate the trams.": ["Good", "Bad"],
        }


@pytest.mark.parametrize(
    ("question", "below", "size"),
    [
        ("Like trams?", "Base: those who ride,,,,,\n", None),
        ("If you said yes, like trams?", "", None),
        ("Like trams?", "Unweighted base,10,20,30,40,50\n", 10),
        ("Like trams?", "", 1000),
    ],
)
def test_numbers_of_people_above_all_questions_are_not_those_of_some(
    question: str, below: str, size: int | None, field: Any
) -> None:
    sizes = "Unweighted Sample,1000,480,520,300,700\n"
    gathered = field.gather(f"{HEADER}{sizes}Like buses?\n{FIGURES}{question}\n{below}{FIGURES}")
    assert field.entries(gathered)[question]["human"]["Everyone"].get("n") == size


@pytest.mark.parametrize("label", ["Respondents", "All respondents", "All adults"])
def test_numbers_of_people_above_counts_are_no_option(label: str, field: Any) -> None:
    gathered = field.gather(f"Like buses?\n,Women,Men\n{label},500,401\nYes,300,260\nNo,200,141\n")
    assert field.human(gathered) == [300, 200]
