"""Crosstabs as people and programs lay them out: stacked, with bounds, with two kinds of figures, with footnotes."""

from typing import Any

import pytest

ASKED = "Like buses?"
FIGURES = ([60, 40], [45, 55])


def _both(field: Any, gathered: Any) -> tuple[list[float], list[float]]:
    return field.human(gathered), field.human(gathered, "Men")


@pytest.mark.parametrize(
    ("low", "high"), [("{} lower", "{} upper"), ("{}_low", "{}_high"), ("{} 95% CI low", "{} 95% CI high")]
)
def test_bounds_beside_figures_are_neither_groups_nor_options(low: str, high: str, field: Any) -> None:
    header = [each.format(who) for who in ("Women", "Men") for each in ("{}", low, high)]
    rows = [[ASKED, "Yes", 60, 55, 65, 45, 40, 50], [ASKED, "No", 40, 35, 45, 55, 50, 60]]
    gathered = field.gather(field.csv(["question", "option", *header], rows))
    assert list(field.entries(gathered)[ASKED]["human"]) == ["Women", "Men"]
    assert _both(field, gathered) == FIGURES
    assert f"others are: {header[1]}" in field.told(gathered)
    options = [each.format(option) for option in ("Yes", "No") for each in ("{}", low, high)]
    rows = [[ASKED, "Women", 60, 55, 65, 40, 35, 45], [ASKED, "Men", 45, 40, 50, 55, 50, 60]]
    gathered = field.gather(field.csv(["question", "group", *options], rows))
    assert field.labels(field.entries(gathered)[ASKED]) == ["Yes", "No"]
    assert _both(field, gathered) == FIGURES


@pytest.mark.parametrize(
    "header", [["Women", "Women low", "Women high"], ["Low", "High", "Lower class"], ["Income", "Income low", "CI"]]
)
def test_groups_that_are_called_as_bounds_are_groups(header: list[str], field: Any) -> None:
    gathered = field.gather(
        field.csv(["question", "option", *header], [[ASKED, "Yes", 60, 50, 70], [ASKED, "No", 40, 50, 30]])
    )
    assert list(field.entries(gathered)[ASKED]["human"]) == header


@pytest.mark.parametrize("n", ["{} n", "n {}", "{}_count", "{} (N)"])
@pytest.mark.parametrize("percent", ["{} %", "% {}", "{}_pct", "{} (%)"])
def test_counts_and_percents_in_columns_of_their_own_are_of_one_group(n: str, percent: str, field: Any) -> None:
    header = [each.format(who) for who in ("Women", "Men") for each in (n, percent)]
    rows = [[ASKED, "Yes", 300, 60, 90, 45], [ASKED, "No", 200, 40, 110, 55]]
    gathered = field.gather(field.csv(["question", "option", *header], rows))
    assert field.entries(gathered)[ASKED]["human"] == {"Women": [300, 200], "Men": [90, 110]}
    header = [each.format(option) for option in ("Yes", "No") for each in (n, percent)]
    rows = [[ASKED, "Women", 310, 60, 190, 40], [ASKED, "Men", 100, 45, 100, 55]]
    gathered = field.gather(field.csv(["question", "group", *header], rows))
    assert field.labels(field.entries(gathered)[ASKED]) == ["Yes", "No"]
    assert _both(field, gathered) == FIGURES
    assert "were read together" in field.told(gathered)


@pytest.mark.parametrize("mark", ["a", " B", "*", "†", "¹", " (b)", " A,C"])
def test_marks_of_footnotes_behind_figures_cost_no_group(mark: str, field: Any) -> None:
    rows = [[ASKED, "Yes", f"60{mark}", "45%"], [ASKED, "No", "40", f"55%{mark}"]]
    gathered = field.gather(field.csv(["question", "option", "Women", "Men"], rows))
    assert _both(field, gathered) == FIGURES
    assert f"Marks of footnotes were left out, as of 60{mark}" in field.told(gathered)
    long = [[ASKED, "Yes", "Women", f"60{mark}"], [ASKED, "No", "Women", "40"]]
    assert field.human(field.gather(field.csv(["question", "option", "group", "percent"], long))) == [60, 40]


@pytest.mark.parametrize("unit", ["k", " m", "x", " km"])
def test_letters_behind_figures_that_may_be_more_than_marks_are_not_left_out(unit: str, field: Any) -> None:
    rows = [[ASKED, "Yes", f"60{unit}"], [ASKED, "No", "40"]]
    assert "found 60" in field.refused(field.csv(["question", "option", "Women"], rows))


def test_marks_of_footnotes_behind_labels(field: Any) -> None:
    rows = [[ASKED, "A*", 60, 45], [ASKED, "A", 30, 45], [ASKED, "B†", 4, 5], [ASKED, "1 m²", 6, 5]]
    gathered = field.gather(field.csv(["question", "option", "Women*", "Men¹"], rows))
    assert field.labels(field.entries(gathered)[ASKED]) == ["A*", "A", "B", "1 m²"]
    assert list(field.entries(gathered)[ASKED]["human"]) == ["Women", "Men"]


@pytest.mark.parametrize(
    "content",
    [
        "Like buses?,,\n,Women,Men\nYes,60,45\nNo,40,55\n,,\nLike trams?,,\n,Women,Men\nYes,70,50\nNo,30,50\n",
        "Like buses?\n\n,Women,Men\nYes,60,45\nNo,40,55\nBase,9,8\n\nLike trams?\n,Women,Men\nYes,70,50\nNo,30,50\n",
        ",Women,Men\nBase,9,8\nLike buses?,,\nYes,60,45\nNo,40,55\nLike trams?,,\nYes,70,50\nNo,30,50\n",
        "Table 1\nanswer,Women,Men\nLike buses?\nYes,60,45\nNo,40,55\nLike trams?\nYes,70,50\nNo,30,50\n",
    ],
)
def test_questions_stacked_in_one_crosstab(content: str, field: Any) -> None:
    gathered = field.gather(content)
    assert _both(field, gathered) == FIGURES
    assert [each["shares"] for each in field.entries(gathered)["Like trams?"]["human"].values()] == [[70, 30], [50, 50]]
    assert "Questions were read from rows of their own" in field.told(gathered)


def test_a_crosstab_of_which_some_options_have_no_question_is_not_guessed(field: Any) -> None:
    content = ",Women,Men\nYes,60,45\nNo,40,55\nLike trams?,,\nYes,70,50\nNo,30,50\n"
    assert "expected the long form" in field.refused(content)
