"""Crosstabs as people and programs lay them out: stacked, with bounds, with two kinds of figures, with footnotes."""

from pathlib import Path
from typing import Any

import pandas
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
    assert f"of other figures were left out: {header[1]}" in field.told(gathered)
    options = [each.format(option) for option in ("Yes", "No") for each in ("{}", low, high)]
    rows = [[ASKED, "Women", 60, 55, 65, 40, 35, 45], [ASKED, "Men", 45, 40, 50, 55, 50, 60]]
    gathered = field.gather(field.csv(["question", "group", *options], rows))
    assert field.labels(field.entries(gathered)[ASKED]) == ["Yes", "No"]
    assert _both(field, gathered) == FIGURES


@pytest.mark.parametrize("bounds", [["LCI", "UCI"], ["Women_low", "Women_upp"], ["Lower 95%", "Upper 95%"]])
def test_bounds_beside_the_only_group(bounds: list[str], field: Any) -> None:
    rows = [[ASKED, "Yes", 60, 55, 65], [ASKED, "No", 40, 35, 45]]
    gathered = field.gather(field.csv(["question", "option", "Women", *bounds], rows))
    assert field.entries(gathered)[ASKED]["human"] == {"Women": {"shares": [60, 40]}}


@pytest.mark.parametrize(
    "header",
    [
        ["Women", "Women low", "Women high"],
        ["Low", "High", "Lower class"],
        ["Middle", "Low", "High"],
        ["Income", "Income low", "CI"],
    ],
)
def test_groups_that_are_called_as_bounds_are_groups(header: list[str], field: Any) -> None:
    for figures in ([60, 50, 70], [60, 60, 60]):
        rows = [[ASKED, "Yes", *figures], [ASKED, "No", *(100 - each for each in figures)]]
        gathered = field.gather(field.csv(["question", "option", *header], rows))
        assert list(field.entries(gathered)[ASKED]["human"]) == header


@pytest.mark.parametrize("header", [["Low", "Medium", "High"], ["NO", "SE", "CI"], ["Asia", "Asia SE", "Asia high"]])
def test_counts_of_groups_that_are_called_as_bounds_are_counts_of_groups(header: list[str], field: Any) -> None:
    rows = [[ASKED, "Yes", 100, 60, 90], [ASKED, "No", 80, 75, 70]]
    rows = [[*row[:2], *(sorted(row[2:]) if header[0] == "Low" else row[2:])] for row in rows]
    gathered = field.gather(field.csv(["question", "option", *header], rows))
    assert field.entries(gathered)[ASKED]["human"] == {
        name: [rows[0][at], rows[1][at]] for at, name in enumerate(header, 2)
    }


@pytest.mark.parametrize(
    ("options", "women", "men"),
    [
        (["Low", "Medium", "High"], [20, 30, 50], [25, 30, 45]),
        (["Lower", "Middle", "Upper"], [30, 50, 20], [25, 60, 15]),
        (["Working", "Lower middle", "Middle", "Upper middle"], [40, 10, 15, 35], [35, 15, 20, 30]),
        (["Error", "Correct"], [20, 80], [30, 70]),
        (["High confidence", "Low confidence", "None"], [50, 30, 20], [60, 25, 15]),
    ],
)
def test_options_that_are_called_as_bounds_are_options(
    options: list[str], women: list[int], men: list[int], field: Any
) -> None:
    gathered = field.gather(
        field.csv(["question", "group", *options], [[ASKED, "Women", *women], [ASKED, "Men", *men]])
    )
    assert field.labels(field.entries(gathered)[ASKED]) == options
    assert _both(field, gathered) == (women, men)


def test_bounds_beside_figures_that_make_no_whole(field: Any) -> None:
    rows = [[ASKED, "Yes", 60, 55, 65], [ASKED, "No", 30, 25, 36]]
    gathered = field.gather(field.csv(["question", "option", "Women", "Women low", "Women high"], rows))
    assert list(field.entries(gathered)[ASKED]["human"]) == ["Women"]
    rows[1][-1] = 70
    gathered = field.gather(field.csv(["question", "option", "Middle", "Lower middle", "Upper middle"], rows))
    assert list(field.entries(gathered)[ASKED]["human"]) == ["Middle", "Lower middle", "Upper middle"]


def test_bounds_beside_figures_with_marks_of_footnotes(field: Any) -> None:
    rows = [[ASKED, "Yes", "60*", "55", "65"], [ASKED, "No", "40", "35", "45"]]
    gathered = field.gather(field.csv(["question", "option", "Women", "Lower", "Upper"], rows))
    assert field.entries(gathered)[ASKED]["human"] == {"Women": {"shares": [60, 40]}}


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
    rows = [[ASKED, "Women", 310, 0.62, 190, 0.38], [ASKED, "Men", 100, "", 100, 0.5]]
    gathered = field.gather(field.csv(["question", "group", *header], rows))
    assert _both(field, gathered) == ([310, 190], [100, 100])
    assert "310 (62%)" in field.told(gathered)


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
    "labels", [["5*", "4*", "None"], ["A*", "B", "C"], ["Hotel 5*", "Hotel 4*", "Hotel 3*"], ["f***", "A", "B"]]
)
def test_stars_of_grades_are_no_marks_of_footnotes(labels: list[str], field: Any) -> None:
    rows = [[ASKED, label, *figures] for label, figures in zip(labels, [(60, 45), (30, 45), (10, 10)], strict=True)]
    gathered = field.gather(field.csv(["question", "option", "Women", "Men"], rows))
    assert field.labels(field.entries(gathered)[ASKED]) == labels


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


def test_a_mark_of_a_footnote_behind_the_number_of_people(field: Any) -> None:
    rows = [[ASKED, "Yes", 60, 45], [ASKED, "No", 40, 55], [ASKED, "N*", 500, 400]]
    gathered = field.gather(field.csv(["question", "option", "Women", "Men"], rows))
    assert field.entries(gathered)[ASKED]["human"]["Women"] == {"shares": [60, 40], "n": 500}


@pytest.mark.parametrize("more", [("Valid Percent", "Cumulative Percent"), ("cum", "valid_pct"), ("Cum.", "valid %")])
def test_frequencies_as_statistics_programs_write_them(more: tuple[str, str], field: Any) -> None:
    rows = [[ASKED, "Yes", 30, 60, 60, 60], [ASKED, "No", 20, 40, 40, 100]]
    gathered = field.gather(field.csv(["question", "option", "Frequency", "Percent", *more], rows))
    assert field.entries(gathered)[ASKED]["human"] == {"Everyone": [30, 20]}
    assert all(name in field.told(gathered) for name in more)


def test_rows_of_crosstabs_that_have_no_figure_are_no_options(field: Any) -> None:
    content = "answer,Women,Men\nTRAFFIC,,\nLike buses?,,\nYes,60,45\nNo,40,55\nRefused,,\nNote: rounded,,\n"
    content += "Like trams?,,\nYes,70,50\nNo,30,50\nSource: us,,\n"
    gathered = field.gather(content)
    assert field.labels(field.entries(gathered)[ASKED]) == ["Yes", "No", "Refused"]
    assert field.labels(field.entries(gathered)["Like trams?"]) == ["Yes", "No"]
    assert "no figure were left out: TRAFFIC, Note: rounded, Source: us." in field.told(gathered)


def test_figures_that_make_a_whole_in_rows_are_not_taken_for_counts_of_groups(field: Any) -> None:
    across = "make a whole in each row, and not below each group"
    assert across in field.refused("Like buses?\n,Tea,Cake\nWith milk,60,40\nWithout,45,55\n")
    assert across in field.refused("Like buses?\n,Tea,Cake\nWith milk,60%,40%\nWithout,30%,70%\n")
    rows = [[ASKED, "Yes", 60, 40, 100], [ASKED, "No", 45, 55, 100]]
    assert across in field.refused(field.csv(["question", "option", "Women", "Men", "Total"], rows))
    rows[1][2:] = [40, 60, 100]
    gathered = field.gather(field.csv(["question", "option", "Women", "Men", "Total"], rows))
    assert _both(field, gathered) == ([60, 40], [40, 60])


def test_a_crosstab_of_which_some_options_have_no_question_is_not_guessed(field: Any) -> None:
    content = ",Women,Men\nYes,60,45\nNo,40,55\nLike trams?,,\nYes,70,50\nNo,30,50\n"
    assert "expected the long form" in field.refused(content)


@pytest.mark.parametrize("label", ["Net agree", "Net", "Score", "Ø", "Basis"])
@pytest.mark.parametrize("first", [True, False])
def test_what_stands_beside_a_whole_is_no_option(label: str, first: bool, field: Any) -> None:
    rows = [[ASKED, "Agree", 60, 45], [ASKED, "Disagree", 40, 55]]
    rows.insert(0 if first else 2, [ASKED, label, 20, 512])
    gathered = field.gather(field.csv(["question", "option", "Women", "Men"], rows))
    assert field.labels(field.entries(gathered)[ASKED]) == ["Agree", "Disagree"]
    assert _both(field, gathered) == FIGURES
    assert any(f'"{label}" is' in each.reason for each in gathered.set_aside)


def test_several_rows_beside_a_whole_are_no_options(field: Any) -> None:
    rows = [[ASKED, "Yes", "60.0", "40.0"], [ASKED, "No", "40.0", "60.0"]]
    for more in (["Contacts", "Weighted"], ["SD"], ["Spread", "SD", "Cases"]):
        cells = [[ASKED, label, f"{1.1 + at}", f"{1.2 + at}"] for at, label in enumerate(more)]
        gathered = field.gather(field.csv(["question", "option", "Women", "Men"], [*rows, *cells]))
        assert field.human(gathered) == [60, 40]
        assert sum("make the whole without it" in each.reason for each in gathered.set_aside) == len(more)
    rounded = [[ASKED, "Yes", 60, 41], [ASKED, "No", 40, 59], [ASKED, "DK", 1, 1]]
    assert field.human(field.gather(field.csv(["question", "option", "Women", "Men"], rounded))) == [60, 40, 1]


def test_one_group_of_100_people_keeps_its_options(field: Any) -> None:
    rows = [[ASKED, "Agree", 60], [ASKED, "Disagree", 40], [ASKED, "Unsure", 20]]
    assert field.human(field.gather(field.csv(["question", "option", "Women"], rows))) == [60, 40, 20]


def test_counts_that_are_called_so_may_make_100(field: Any) -> None:
    cells = [("Yes", "Women", 60), ("No", "Women", 40), ("DK", "Women", 20)]
    cells += [("Yes", "Men", 45), ("No", "Men", 55), ("DK", "Men", 30)]
    rows = [[ASKED, *each] for each in cells]
    gathered = field.gather(field.csv(["question", "option", "group", "count"], rows))
    assert _both(field, gathered) == ([60, 40, 20], [45, 55, 30])


@pytest.mark.parametrize("scale", [1, 0.01])
def test_figures_with_decimals_that_make_no_whole_are_no_counts(scale: float, field: Any) -> None:
    rows = [["Use?", name, scale * women, scale * men] for name, women, men in (("Bus", 62.5, 60.1), ("Tram", 80, 70))]
    assert "say in a column measure" in field.refused(field.csv(["question", "option", "Women", "Men"], rows))


def test_weighted_numbers_of_people_have_decimals(field: Any) -> None:
    rows = [["Use?", "Bus", 62.5, 60.1], ["Use?", "Tram", 80, 70], ["Use?", "n", 142.5, 130.1]]
    gathered = field.gather(field.csv(["question", "option", "Women", "Men"], rows))
    assert field.entries(gathered)["Use?"]["human"]["Women"] == [62.5, 80]


def test_counts_that_may_be_percents_are_told(field: Any) -> None:
    rows = [["Use?", name, *figures] for name, *figures in (("Bus", 62, 60), ("Tram", 80, 70))]
    assert "if they are percents, say so" in field.told(field.gather(field.csv(["question", "option", "W", "M"], rows)))
    rows.append(["Use?", "Bike", 120, 4])
    assert "if they are" not in field.told(field.gather(field.csv(["question", "option", "W", "M"], rows)))


def test_counts_beside_percents_are_counts_though_one_group_has_100(field: Any) -> None:
    rows = [[ASKED, "Yes", "50 (50%)", "30 (60%)"], [ASKED, "No", "50 (50%)", "20 (40%)"], [ASKED, "DK", "0 (0%)", ""]]
    gathered = field.gather(field.csv(["question", "option", "Women", "Men"], rows))
    assert _both(field, gathered) == ([50, 50, 0], [30, 20, 0])
    assert 'Of cells such as "50 (50%)" the count was read' in field.told(gathered)
    assert "counts of people, as the table says." in field.told(gathered)
    rows = [[ASKED, "Yes", "60 (2.1)", "45 (2)"], [ASKED, "No", "40 (2.1)", "55 (2)"]]
    gathered = field.gather(field.csv(["question", "option", "Women", "Men"], rows))
    assert _both(field, gathered) == FIGURES
    assert 'Of cells such as "60 (2.1)" the first figure was read' in field.told(gathered)


def test_counts_beside_percents_of_a_question_with_several_answers_are_refused(field: Any) -> None:
    several = "the percents beside the counts sum to 142; of a question with several answers"
    rows = [["Use?", "Bus", "310 (62%)", "30 (60%)"], ["Use?", "Tram", "400 (80%)", "35 (70%)"]]
    assert several in field.refused(field.csv(["question", "option", "W", "M"], rows))
    long = [["Use?", "Bus", "W", 310, 62], ["Use?", "Tram", "W", 400, 80]]
    assert several in field.refused(field.csv(["question", "option", "group", "count", "percent"], long))


def test_unweighted_numbers_of_people_beside_weighted_percents_are_summed(field: Any) -> None:
    rows = [[ASKED, "Yes", "Women", 60, 280], [ASKED, "No", "Women", 40, 220]]
    gathered = field.gather(field.csv(["question", "option", "group", "weighted percent", "unweighted n"], rows))
    assert field.entries(gathered)[ASKED]["human"]["Women"] == {"shares": [60, 40], "n": 500}


def test_yes_and_no_as_letters_beside_numbers_of_people(field: Any) -> None:
    rows = [[ASKED, "Women", 60, 40, 500], [ASKED, "Men", 45, 55, 400]]
    gathered = field.gather(field.csv(["question", "group", "Y", "N", "n"], rows))
    assert field.entries(gathered)[ASKED]["human"]["Women"] == {"shares": [60, 40], "n": 500}


@pytest.mark.parametrize("name", ["year", "Wave", "survey_year", "Année"])
def test_years_tell_groups_apart(name: str, field: Any) -> None:
    rows = [[ASKED, option, year, 10 + int(year)] for option in ("Yes", "No") for year in ("1", "2")]
    human = field.entries(field.gather(field.csv(["question", "option", name, "count"], rows)))[ASKED]["human"]
    assert [*human.values()] == [[11, 11], [12, 12]]


@pytest.mark.parametrize(
    ("group", "names"), [("All", ["year 2010", "year 2020"]), ("W", ["year 2010 & group W", "year 2020 & group W"])]
)
def test_one_group_in_several_years_is_called_by_them(group: str, names: list[str], field: Any) -> None:
    rows = [[ASKED, option, group, year, 50] for option in ("Yes", "No") for year in (2010, 2020)]
    gathered = field.gather(field.csv(["question", "option", "group", "year", "percent"], rows))
    assert list(field.entries(gathered)[ASKED]["human"]) == names


@pytest.mark.parametrize(
    "header",
    [
        ["Frage", "Antwort", "Gruppe", "Anzahl"],
        ["Question", "Réponse", "Groupe", "Effectif"],
        ["Pregunta", "Respuesta", "Grupo", "Frecuencia"],
    ],
)
def test_headers_in_other_languages(header: list[str], field: Any) -> None:
    rows = [[ASKED, option, who, n] for option, who, n in (("Ja", "Women", 30), ("Nein", "Women", 20))]
    assert field.human(field.gather(field.csv(header, rows))) == [30, 20]
    rows = [[ASKED, "Ja", 60, 45], [ASKED, "Nein", 40, 55], [ASKED, "Summe", 100, 100]]
    assert _both(field, field.gather(field.csv([*header[:2], "Women", "Men"], rows))) == FIGURES


def test_figures_in_parquet(tmp_path: Path, field: Any) -> None:
    pytest.importorskip("pyarrow")
    frame = pandas.DataFrame({"question": ASKED, "option": ["Yes", "No", "DK"], "W": [62.375, 37.625, None], "M": 50})
    frame["M"] = [45, 54, 1]
    frame.to_parquet(tmp_path / "x.parquet")
    gathered = field.gather((tmp_path / "x.parquet").read_bytes(), "field.parquet")
    assert field.human(gathered, "W") == [62.375, 37.625, 0]
    assert field.human(gathered, "M") == [45, 54, 1]
    people = pandas.DataFrame({"question": ["FM"[at % 2] for at in range(60)], "option": "AB" * 30, "q": [*range(60)]})
    people.to_parquet(tmp_path / "x.parquet")
    told = field.refused((tmp_path / "x.parquet").read_bytes(), "people.parquet")
    assert "needs --by" in told
